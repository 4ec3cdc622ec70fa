//! A scene that was read: values by key, each with its place in the text.

use crate::units::Quantity;
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of the scene's text.
pub type Span = Range<usize>;

/// A value that fits its kind.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Bool(bool),
    Integer(i64),
    Number(f64),
    Quantity(Quantity),
    Colour([u8; 3]),
    Table(Node),
    Tables(Vec<Node>),
    List(Vec<Value>),
    Map(Vec<Entry>),
}

/// A name chosen by the user, with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub span: Span,
    pub value_span: Span,
    pub value: Value,
}

/// A table that was read. A key that is missing here is optional, or has been complained of.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub span: Span,
    pub(super) values: BTreeMap<&'static str, (Span, Value, bool)>,
    /// Keys that somebody tried to write: misspelt, or with a value that does not fit, or a part of it.
    pub(super) attempts: Vec<&'static str>,
    /// Keys that were written under their other name, with it and with what a value under it was multiplied by.
    pub(super) twins: Vec<(&'static str, (&'static str, f64))>,
}

impl Node {
    /// Where the value of a key stands; the table itself if it is not given.
    pub fn at(&self, key: &str) -> Span {
        match self.values.get(key) {
            Some((span, _, true)) => span.clone(),
            _ => self.span.clone(),
        }
    }

    /// True if the key was written, not filled in.
    pub fn given(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|v| v.2)
    }

    /// True if the key was written, but misspelt or with a wrong value, of which it was complained.
    pub fn attempted(&self, key: &str) -> bool {
        self.attempts.contains(&key)
    }

    /// The other name under which a key was written, and what its value was multiplied by.
    pub fn twin(&self, key: &str) -> Option<(&'static str, f64)> {
        self.twins.iter().find(|t| t.0 == key).map(|t| t.1)
    }

    /// True if all that was written here could be read. What follows from several keys is looked at only then.
    pub fn whole(&self) -> bool {
        self.attempts.is_empty()
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|v| &v.1)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        match self.value(key) {
            Some(Value::Text(s)) => Some(s),
            _ => None,
        }
    }

    pub fn bool(&self, key: &str) -> Option<bool> {
        match self.value(key) {
            Some(Value::Bool(b)) => Some(*b),
            _ => None,
        }
    }

    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.value(key) {
            Some(Value::Integer(i)) => Some(*i),
            _ => None,
        }
    }

    pub fn number(&self, key: &str) -> Option<f64> {
        match self.value(key) {
            Some(Value::Number(x)) => Some(*x),
            _ => None,
        }
    }

    /// Value in engine units.
    pub fn quantity(&self, key: &str) -> Option<f64> {
        self.measured(key).map(|q| q.value)
    }

    /// Value in engine units, with its dimension.
    pub fn measured(&self, key: &str) -> Option<Quantity> {
        match self.value(key) {
            Some(Value::Quantity(q)) => Some(*q),
            _ => None,
        }
    }

    pub fn colour(&self, key: &str) -> Option<[u8; 3]> {
        match self.value(key) {
            Some(Value::Colour(c)) => Some(*c),
            _ => None,
        }
    }

    /// Entries of a list; none if it is not there.
    fn list(&self, key: &str) -> &[Value] {
        match self.value(key) {
            Some(Value::List(list)) => list,
            _ => &[],
        }
    }

    /// Words of a list.
    pub fn texts(&self, key: &str) -> Vec<&str> {
        self.list(key)
            .iter()
            .filter_map(|v| match v {
                Value::Text(s) => Some(s.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Values of a list in engine units.
    pub fn quantities<const N: usize>(&self, key: &str) -> Option<[f64; N]> {
        let number = |v: &Value| match v {
            Value::Quantity(q) => Some(q.value),
            Value::Number(x) => Some(*x),
            Value::Integer(i) => Some(*i as f64),
            _ => None,
        };
        let all: Option<Vec<f64>> = self.list(key).iter().map(number).collect();
        all?.try_into().ok()
    }

    pub fn table(&self, key: &str) -> Option<&Node> {
        match self.value(key) {
            Some(Value::Table(n)) => Some(n),
            _ => None,
        }
    }

    pub fn tables(&self, key: &str) -> &[Node] {
        match self.value(key) {
            Some(Value::Tables(n)) => n,
            _ => &[],
        }
    }

    pub fn map(&self, key: &str) -> &[Entry] {
        match self.value(key) {
            Some(Value::Map(m)) => m,
            _ => &[],
        }
    }
}
