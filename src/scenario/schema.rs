//! The description of the format as a JSON Schema (draft 2020-12).

use super::keys::{SCENE, SCHEMA};
use super::spec::{Bounds, Key, Kind, Need, Table};
use super::{node, reader};
use serde_json::{Map, Value, json};

/// JSON Schema of a scene, for editors. It takes what the reader takes as far as a schema can say it; of a quantity
/// it can say only that there is a number and a unit.
pub fn json_schema() -> Value {
    let mut schema = table(&SCENE);
    if let Some(o) = schema.as_object_mut() {
        o.shift_insert(
            0,
            "$schema".into(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        o.shift_insert(1, "title".into(), json!("buffycoat scene"));
    }
    if let Some(version) = schema.pointer_mut("/properties/schema") {
        *version = json!({ "const": SCHEMA, "description": "Version of the format." });
    }
    schema
}

fn table(spec: &'static Table) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut conditions = Vec::new();
    for key in spec.keys {
        if matches!(key.kind, Kind::Later(_)) {
            continue;
        }
        for name in key.names() {
            properties.insert(name.into(), property(key));
        }
        // one thing is written under one name
        let one = |names: Vec<&str>| -> Value {
            match names.as_slice() {
                [name] => json!({ "required": [name] }),
                _ => json!({ "oneOf": names.iter().map(|n| json!({ "required": [n] })).collect::<Vec<_>>() }),
            }
        };
        let any = |names: Vec<&str>| -> Value {
            json!({ "anyOf": names.iter().map(|n| json!({ "required": [n] })).collect::<Vec<_>>() })
        };
        match key.need {
            Need::Required if key.twin.is_some() => conditions.push(one(key.names().collect())),
            Need::Required => required.push(key.name),
            Need::When(sibling, values) => conditions.push(json!({
                "if": { "properties": { sibling: { "enum": values } }, "required": [sibling] },
                "then": one(key.names().collect()),
                "else": { "not": any(key.names().collect()) },
            })),
            Need::May(sibling, values) => conditions.push(json!({
                "if": { "required": [key.name] },
                "then": { "properties": { sibling: { "enum": values } }, "required": [sibling] },
            })),
            Need::Beside(other) => conditions.push(json!({
                "if": { "required": [key.name] },
                "then": { "required": [other] },
            })),
            Need::Optional | Need::Default(_) => {}
        }
    }
    let mut out = Map::new();
    out.insert("type".into(), json!("object"));
    out.insert("description".into(), json!(spec.doc));
    out.insert("properties".into(), Value::Object(properties));
    out.insert("additionalProperties".into(), json!(false));
    if !required.is_empty() {
        out.insert("required".into(), json!(required));
    }
    if !spec.forms.is_empty() {
        let forms: Vec<Value> = spec
            .forms
            .iter()
            .map(|form| json!({ "required": form }))
            .collect();
        out.insert("oneOf".into(), json!(forms));
    }
    if !conditions.is_empty() {
        out.insert("allOf".into(), json!(conditions));
    }
    Value::Object(out)
}

fn property(key: &'static Key) -> Value {
    let mut value = kind(&key.kind);
    if let Some(o) = value.as_object_mut() {
        o.insert("description".into(), json!(key.doc));
        if let Need::Default(toml) = key.need
            && let Some(d) = reader::default(&key.kind, toml)
        {
            o.insert("default".into(), as_json(&d, toml));
        }
    }
    value
}

/// A default as it would be written.
fn as_json(value: &node::Value, toml: &str) -> Value {
    match value {
        node::Value::Bool(b) => json!(b),
        node::Value::Integer(i) => json!(i),
        node::Value::Number(x) => json!(x),
        node::Value::Table(_) | node::Value::Map(_) => json!({}),
        _ => json!(toml.trim_matches('"')),
    }
}

fn kind(k: &'static Kind) -> Value {
    match k {
        Kind::Text => json!({ "type": "string" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer(low, high) if *high == i64::MAX => json!({ "type": "integer", "minimum": low }),
        Kind::Integer(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Kind::Number(low, high) => json!({ "type": "number", "minimum": low, "maximum": high }),
        Kind::Quantity(dimensions, bounds) => {
            let examples: Vec<String> = dimensions
                .iter()
                .flat_map(|d| d.handy())
                .map(|unit| format!("1 {unit}"))
                .collect();
            let sign = if *bounds == Bounds::Any { "[+-]?" } else { "\\+?" };
            // units follow a grammar, which a pattern cannot tell; that there is one it can
            json!({
                "type": "string",
                "pattern": format!("^\\s*([Rr][A-Za-z]{{2}}\\s*)?{sign}\\.?[0-9].*[^0-9\\s.,].*$"),
                "examples": examples,
            })
        }
        Kind::Colour => json!({ "type": "string", "pattern": "^#[0-9a-fA-F]{6}$" }),
        Kind::Choice(words, _) => json!({ "enum": words }),
        Kind::Table(t) => table(t),
        Kind::Tables(t) => json!({ "type": "array", "minItems": 1, "items": table(t) }),
        Kind::List(inner, low, high) => {
            json!({ "type": "array", "minItems": low, "maxItems": high, "items": kind(inner) })
        }
        Kind::Map(inner) => json!({ "type": "object", "additionalProperties": kind(inner) }),
        Kind::Either(a, b) => json!({ "anyOf": [kind(a), kind(b)] }),
        Kind::Later(_) => json!(false),
    }
}
