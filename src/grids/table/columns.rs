//! Which column of a table is what, and in which unit.

use super::super::names::{Column, Role};
use super::super::read::{Fault, Layout};
use super::super::{Quantity, unit};
use crate::units::Dimension;

/// The columns that count, each with its place in a line and what one of it is in the engine's unit.
pub struct Columns {
    pub at: [Option<(usize, f64)>; 3],
    pub components: [Option<(usize, f64)>; 3],
    /// Of a point that has a value.
    pub valid: Option<usize>,
    /// Whether the first place is a distance from an axis, along which the last one goes.
    pub around: bool,
    /// As they are called.
    pub titles: Vec<String>,
    /// What was taken for what.
    pub told: String,
}

/// Names of columns, for a message.
pub fn listed(columns: &[Column]) -> String {
    let names: Vec<String> = columns.iter().take(12).map(|c| format!("`{}`", c.name)).collect();
    let more = if columns.len() > 12 { ", \u{2026}" } else { "" };
    format!("columns {}{more}", names.join(", "))
}

/// Whether the titles of a line are units and nothing else.
pub fn are_units(titles: &[String], quantity: &Quantity) -> bool {
    let mut units = 0;
    titles.iter().all(|t| {
        let plain = t.trim_matches(['[', ']', '(', ')', ' ']);
        let known =
            unit::factor(plain, Dimension::Length).is_ok() || unit::factor(plain, quantity.dimension).is_ok();
        units += usize::from(known);
        known || plain.is_empty() || plain == "-"
    }) && units >= 4
}

impl Columns {
    /// Finds them. `length` is the unit of lengths that the file names beside its columns.
    pub fn new(
        columns: &[Column],
        length: Option<&str>,
        layout: &Layout<'_>,
        quantity: &Quantity,
    ) -> Result<Self, Fault> {
        let mut places: [Option<(usize, Option<String>)>; 3] = Default::default();
        let mut components: [Option<(usize, Option<String>)>; 3] = Default::default();
        let (mut radius, mut radial, mut valid) = (None, None, None);
        for (i, column) in columns.iter().enumerate() {
            let Some((role, unit)) = column.role(quantity, layout.array) else {
                continue;
            };
            let slot = match role {
                Role::At(k) => &mut places[k],
                Role::Component(k) => &mut components[k],
                Role::Radius => &mut radius,
                Role::Radial => &mut radial,
                Role::Valid => &mut valid,
            };
            if let Some((before, _)) = slot {
                let before: usize = *before;
                return Err(Fault::plain(format!(
                    "both columns `{}` and `{}` could be {}; leave one out, or `columns` in the scene names all in their order, \
                     with \"-\" for one that does not matter",
                    columns[before].name,
                    column.name,
                    wanted(role, quantity)
                )));
            }
            *slot = Some((i, unit));
        }
        let around = radius.is_some() && places[0].is_none() && places[1].is_none();
        if around {
            places = [radius, None, places[2].take()];
            components = [radial, None, components[2].take()];
        }
        let flat = places.iter().filter(|p| p.is_none()).count();
        let missing = |what: &str| {
            Fault::plain(format!(
                "there is no column for {what} among the {}; `columns = [...]` in the scene names them in their order, as in \"x [mm]\" or \
                 \"{} [{}]\", with \"-\" for one that does not matter",
                listed(columns),
                quantity.columns[0],
                quantity.unit
            ))
        };
        if flat > 1 || (around && places[2].is_none()) {
            let k = places.iter().position(Option::is_none).unwrap_or(0);
            return Err(missing(["x", "y", "z"][k]));
        }
        if components.iter().all(Option::is_none) {
            // "U:0" of an array that is called otherwise
            return Err(missing(&format!(
                "the {} ({})",
                quantity.name,
                quantity.columns.join(", ")
            )));
        }
        for k in 0..3 {
            // a plane needs no component across it
            if components[k].is_none() && places[k].is_some() {
                let name = if around && k == 0 {
                    "Br"
                } else {
                    quantity.columns[k]
                };
                return Err(missing(name));
            }
        }
        let bare = |slots: &[Option<(usize, Option<String>)>]| slots.iter().flatten().any(|c| c.1.is_none());
        let vectors_bare = bare(&components) && layout.vector_unit.is_none();
        let mut told = Vec::new();
        let mut with_unit = |slot: Option<(usize, Option<String>)>, lengths: bool| {
            let Some((i, own)) = slot else { return Ok(None) };
            let key = if lengths { "length_unit" } else { quantity.key };
            let said = if lengths {
                layout.length_unit
            } else {
                layout.vector_unit
            };
            let name = &columns[i].name;
            let meta = length.filter(|_| lengths).map(str::to_owned);
            let symbol = match (own.or(meta), said) {
                (Some(_), Some(_)) => {
                    return Err(Fault {
                        key: Some(key),
                        ..Fault::plain(format!(
                            "column {name} of the file has a unit already. Remove `{key}`"
                        ))
                    });
                }
                (Some(own), None) => own,
                (None, Some(said)) => said.to_owned(),
                (None, None) => {
                    let example = if lengths { "mm" } else { quantity.unit };
                    let also = if lengths && vectors_bare {
                        format!(" and `{} = \"{}\"`", quantity.key, quantity.unit)
                    } else {
                        String::new()
                    };
                    return Err(Fault::plain(format!(
                        "column {name} has no unit; write `{name} [{example}]` in the file, or `{key} = \"{example}\"`{also} in the scene"
                    )));
                }
            };
            let dimension = if lengths {
                Dimension::Length
            } else {
                quantity.dimension
            };
            let factor = unit::factor(&symbol, dimension).map_err(|e| match said {
                Some(_) => Fault {
                    key: Some(key),
                    ..Fault::plain(e.to_string())
                },
                None => Fault::plain(format!("column {name}: {e}")),
            })?;
            told.push(format!("{name} [{symbol}]"));
            Ok(Some((i, factor)))
        };
        let [x, y, z] = places;
        let [bx, by, bz] = components;
        let at = [with_unit(x, true)?, with_unit(y, true)?, with_unit(z, true)?];
        let components = [
            with_unit(bx, false)?,
            with_unit(by, false)?,
            with_unit(bz, false)?,
        ];
        Ok(Self {
            at,
            components,
            valid: valid.map(|v: (usize, Option<String>)| v.0),
            around,
            titles: columns.iter().map(|c| c.name.clone()).collect(),
            told: told.join(", "),
        })
    }
}

/// What a role is called in a message.
fn wanted(role: Role, quantity: &Quantity) -> String {
    match role {
        Role::At(k) => ["x", "y", "z"][k].to_owned(),
        Role::Component(k) => quantity.columns[k].to_owned(),
        Role::Radius => "the distance from the axis".into(),
        Role::Radial => "the component away from the axis".into(),
        Role::Valid => "the mask of points".into(),
    }
}
