//! What columns and arrays are called, by the tools that write them.

use super::{Quantity, unit};
use crate::units::Dimension;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A place along x, y or z.
    At(usize),
    /// A distance from an axis.
    Radius,
    /// A component along x, y or z.
    Component(usize),
    /// A component away from the axis.
    Radial,
    /// Whether the point has a value (ParaView).
    Valid,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub name: String,
    pub unit: Option<String>,
}

impl Column {
    /// Reads "Bx [T]", "mf.Bx (T)", "x / mm" or "Bx".
    pub fn new(title: &str) -> Self {
        let title = title
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}'))
            .split('@')
            .next()
            .unwrap_or_default()
            .trim();
        let mut from = 0;
        while let Some(open) = title[from..].find(['[', '(']).map(|o| o + from) {
            let close = if title[open..].starts_with('[') { ']' } else { ')' };
            let end = title[open..].find(close).map_or(title.len(), |e| open + e);
            let inside = title[open + 1..end].trim();
            if !(close == ']' && axis(&inside.to_lowercase()).is_some()) {
                let unit = Some(inside.to_owned()).filter(|u| !u.is_empty());
                return Self {
                    name: title[..open].trim().to_owned(),
                    unit,
                };
            }
            from = end;
        }
        match title.split_once('/') {
            Some((name, unit)) if !name.trim().is_empty() => Self {
                name: name.trim().to_owned(),
                unit: Some(unit.trim().to_owned()),
            },
            _ => Self {
                name: title.to_owned(),
                unit: None,
            },
        }
    }

    /// What it holds, with its unit where that hangs on its name ("x_mm").
    pub fn role(&self, quantity: &Quantity, array: Option<&str>) -> Option<(Role, Option<String>)> {
        if let Some(role) = role(&self.name, quantity, array) {
            return Some((role, self.unit.clone()));
        }
        let (name, hung) = self.name.rsplit_once('_')?;
        let role = role(name, quantity, array)?;
        let dimension = match role {
            Role::At(_) | Role::Radius => Dimension::Length,
            _ => quantity.dimension,
        };
        unit::factor(hung, dimension).ok()?;
        (self.unit.is_none()).then(|| (role, Some(hung.to_owned())))
    }
}

/// The axis of a letter or a number.
fn axis(text: &str) -> Option<usize> {
    match text {
        "x" | "0" | "i" => Some(0),
        "y" | "1" | "j" => Some(1),
        "z" | "2" | "k" => Some(2),
        _ => None,
    }
}

/// A name in small letters with single spaces for all that parts it: "Points:0", "x-coordinate", "Velocity[i]".
pub(super) fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    // "mf.Bx" and "comp1.spf.u" are Bx and u; "B.x" is not x
    let bare = match lower.rsplit_once('.') {
        Some((before, last)) if last.len() > 1 || (before.len() > 1 && !matches!(last, "x" | "y" | "z")) => {
            last
        }
        _ => &lower,
    };
    let parted: String = bare
        .chars()
        .map(|c| {
            if matches!(c, '_' | ':' | '.' | '-' | '[' | ']') {
                ' '
            } else {
                c
            }
        })
        .collect();
    parted.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words beside the letter of an axis that make it a place.
const PLACES: &[&str] = &[
    "points",
    "point",
    "coordinates",
    "coordinate",
    "coord",
    "koordinate",
    "coordonn\u{e9}e",
    "coordenada",
    "position",
    "pos",
    "posici\u{f3}n",
    "ort",
    "location",
    "length",
    "l\u{e4}nge",
    "laenge",
    "longueur",
    "longitud",
    "distance",
    "abstand",
    "distancia",
    "axis",
    "achse",
];

fn role(name: &str, quantity: &Quantity, array: Option<&str>) -> Option<Role> {
    let plain = plain(name);
    if plain == "vtkvalidpointmask" {
        return Some(Role::Valid);
    }
    let place = |w: &&str| PLACES.contains(w);
    let mut rest = plain.split(' ').filter(|w| !place(w));
    let (letter, more) = (rest.next(), rest.next());
    match (letter, more) {
        (Some("r"), None) => return Some(Role::Radius),
        (Some(letter), None) => {
            if let Some(k) = axis(letter)
                && !matches!(plain.as_str(), "0" | "1" | "2" | "i" | "j" | "k")
            {
                return Some(Role::At(k));
            }
        }
        _ => {}
    }
    if let Some(array) = array {
        return component(&plain, &self::plain(array));
    }
    for (k, alone) in quantity.components.iter().enumerate() {
        if alone.contains(&plain.as_str()) {
            return Some(Role::Component(k));
        }
    }
    quantity.names.iter().find_map(|base| component(&plain, base))
}

/// The component that a name is of `base`.
fn component(plain: &str, base: &str) -> Option<Role> {
    let rest = plain.strip_prefix(base)?;
    let of = |letter: &str| match letter {
        "r" | "radial" => Some(Role::Radial),
        other => axis(other).map(Role::Component),
    };
    match rest.strip_prefix(' ') {
        Some(letter) => of(letter),
        // "bx", but neither "b0" nor "bi"
        None if matches!(rest, "x" | "y" | "z" | "r") => of(rest),
        None => None,
    }
}

/// Whether an array of vectors is called as this quantity is.
pub(super) fn means(name: &str, quantity: &Quantity) -> bool {
    quantity.names.contains(&plain(name).as_str())
}
