//! A scene whose programme was changed while it ran, written down as a scene again.

use super::Scene;
use crate::Error;
use crate::engine::{Feed, Setup};
use crate::model::Protocol;
use crate::times::Time;
use crate::units::{Dimension, parse, unit_factor};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, absolute};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a scene with another programme. All the rest stays as it is written, but for files that are named relative to
/// the scene, which get their whole path; `path` is where the scene was read from. Numbers are written so that they are read as
/// the very same.
///
/// # Errors
/// [`Error::Input`] for a text that is no scene, or writes its programme in a way that cannot be replaced.
pub fn as_steered(text: &str, path: &str, setup: &Setup, outlets: &[String]) -> Result<String, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = DeTable::parse(text).map_err(|e| Error::Input(format!("{path}: {}", e.message())))?;
    let root = parsed.get_ref();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    files(root, path, &mut edits);
    let tables = if !setup.carries() {
        without(root, text, "protocol", &mut edits);
        rotor(&setup.protocol)
    } else {
        flow(root, setup, &mut edits);
        if Scene::from_str(path, text)?.setup.protocol == setup.protocol {
            // as it is written
            String::new()
        } else {
            without(root, text, "phase", &mut edits);
            without(root, text, "duration", &mut edits);
            phases(setup, outlets, &given(root))
        }
    };
    // from the back, so that places stay
    edits.sort_by_key(|e| e.0.start);
    let mut out = text.to_owned();
    for (range, new) in edits.into_iter().rev() {
        out.replace_range(range, &new);
    }
    let out = format!("{}\n{tables}", out.trim_end());
    agrees(&out, path, setup)?;
    Ok(out)
}

/// Makes sure that the text is read as what it was written for.
fn agrees(text: &str, path: &str, setup: &Setup) -> Result<(), Error> {
    let new = Scene::from_str(path, text)?.setup;
    let same =
        new.protocol == setup.protocol && new.stream == setup.stream && new.ports.feed == setup.ports.feed;
    if same {
        Ok(())
    } else {
        Err(Error::Input(format!(
            "{path} writes its programme in a way that cannot be replaced; write it as tables, [[protocol]] or [[phase]]"
        )))
    }
}

/// Cuts a key of the root out: `key = ...`, or all tables under `[[key]]`, with the comments above them.
fn without(root: &DeTable<'_>, text: &str, key: &str, edits: &mut Vec<(Range<usize>, String)>) {
    let header = |line: &str| -> bool {
        let inner = line.trim().strip_prefix("[[").and_then(|l| l.split_once("]]"));
        inner.is_some_and(|(name, _)| name.trim() == key)
    };
    let (mut place, mut begun, mut any) = (0, None, false);
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            if let Some(start) = begun.take() {
                edits.push((start..place, String::new()));
            }
            if header(line) {
                begun = Some(place);
                any = true;
            }
        }
        place += line.len();
    }
    if let Some(start) = begun {
        edits.push((start..text.len(), String::new()));
    }
    if any {
        return;
    }
    if let Some((name, value)) = root.get_key_value(key) {
        let rest = &text[value.span().end..];
        let end = rest.find('\n').map_or(text.len(), |n| value.span().end + n + 1);
        // only a comment may stand behind a value on its line
        edits.push((name.span().start..end, String::new()));
    }
}

/// Rate and feeding time, where they are not what is written.
fn flow(root: &DeTable<'_>, s: &Setup, edits: &mut Vec<(Range<usize>, String)>) {
    let mut put = |table: &str, key: &str, value: f64, dimension: Dimension| {
        let written = root.get(table).and_then(|t| t.get_ref().as_table()?.get(key));
        let Some((span, text)) = written.and_then(|w| Some((w.span(), w.get_ref().as_str()?))) else {
            return;
        };
        if parse(text, dimension) != Ok(value) {
            edits.push((span, exact(value, dimension)));
        }
    };
    if s.stream.is_some() {
        put("flow", "rate", s.rate(), Dimension::FlowRate);
    }
    if let Feed::Inlets { over } = s.ports.feed {
        put("feed", "over", over, Dimension::Time);
    }
}

/// Files of maps and of a flow, which are looked for beside the scene, by their whole path.
fn files(root: &DeTable<'_>, path: &str, edits: &mut Vec<(Range<usize>, String)>) {
    let beside = Path::new(path).parent().unwrap_or(Path::new(""));
    let magnets = root.get("magnet").and_then(|m| m.get_ref().as_array());
    let of = |m: &Spanned<DeValue<'_>>| -> Option<(Range<usize>, String)> {
        let file = m.get_ref().as_table()?.get("file")?;
        let whole = absolute(beside.join(file.get_ref().as_str()?)).ok()?;
        Some((
            file.span(),
            toml::Value::from(whole.to_string_lossy().as_ref()).to_string(),
        ))
    };
    edits.extend(magnets.into_iter().flat_map(|all| all.iter().filter_map(of)));
    edits.extend(root.get("flow").and_then(of));
}

fn rotor(protocol: &Protocol) -> String {
    let mut out = String::new();
    for s in protocol.segments() {
        let time = exact(s.duration.us(), Dimension::Time);
        let what = if s.omega_start == s.omega_end {
            format!("hold = {time}")
        } else if s.omega_end == 0.0 {
            format!("brake_over = {time}")
        } else {
            let speed = exact(s.omega_end, Dimension::RotorSpeed);
            format!("ramp_to = {speed}\nover    = {time}")
        };
        let _ = write!(out, "\n[[protocol]]\n{what}\n");
    }
    out
}

/// Names of the phases that are written, and when each ends [us].
fn given(root: &DeTable<'_>) -> Vec<(String, f64)> {
    let all = root.get("phase").and_then(|p| p.get_ref().as_array());
    let mut end = 0.0;
    let of = |phase: &Spanned<DeValue<'_>>| -> Option<(String, f64)> {
        let phase = phase.get_ref().as_table()?;
        let text = |key: &str| phase.get(key)?.get_ref().as_str();
        end += parse(text("over")?, Dimension::Time).ok()?;
        Some((text("name")?.to_owned(), end))
    };
    all.into_iter().flatten().filter_map(of).collect()
}

fn phases(s: &Setup, outlets: &[String], given: &[(String, f64)]) -> String {
    let lanes = !s.ports.splits.is_empty() || s.stream.is_none();
    let mut out = String::new();
    let (mut start, mut last, mut part) = (Time::ZERO, None, 1);
    for phase in s.protocol.segments() {
        // phases are cut, never moved: the one that is written in whose time its middle lies
        let middle = (start + phase.duration.part(2)).us();
        start += phase.duration;
        let of = given.iter().position(|(_, end)| middle < *end);
        part = if of == last && start > phase.duration {
            part + 1
        } else {
            1
        };
        last = of;
        let name = match of.and_then(|i| given.get(i)) {
            Some((name, _)) if part == 1 => name.clone(),
            Some((name, _)) => format!("{name}, {part}"),
            None => format!("part {part}"),
        };
        let _ = write!(
            out,
            "\n[[phase]]\nname    = {}\nover    = {}\n",
            toml::Value::from(name),
            exact(phase.duration.us(), Dimension::Time)
        );
        if s.rate() != phase.rate {
            let _ = writeln!(out, "rate    = {}", exact(phase.rate, Dimension::FlowRate));
        }
        if phase.ramps() {
            let _ = writeln!(out, "speed   = {}", exact(phase.omega_end, Dimension::RotorSpeed));
        }
        if !phase.magnets {
            out.push_str("magnets = false\n");
        }
        if let (false, Some(name)) = (lanes, outlets.get(phase.outlet as usize)) {
            let _ = writeln!(out, "collect = {}", toml::Value::from(name.as_str()));
        }
    }
    out
}

/// A value with the handiest unit in which it can be written so that it is read as the very same, quoted.
fn exact(value: f64, dimension: Dimension) -> String {
    let units = dimension
        .handy()
        .iter()
        .filter_map(|u| Some((*u, unit_factor(u, dimension).ok()?)));
    let same = |x: f64, symbol: &str| {
        // a zero more where the digits behind the point could be a group of thousands
        let more = if x.fract() == 0.0 { "" } else { "0" };
        [format!("{x} {symbol}"), format!("{x}{more} {symbol}")]
            .into_iter()
            .find(|text| parse(text, dimension) == Ok(value))
    };
    let in_unit = |(symbol, factor): (&str, f64)| -> Option<String> {
        let x = value / factor;
        [x, x.next_up(), x.next_down()]
            .into_iter()
            .find_map(|x| same(x, symbol))
    };
    let text = units.clone().find_map(in_unit).unwrap_or_else(|| {
        let (symbol, factor) = units.clone().next().unwrap_or(("", 1.0));
        format!("{} {symbol}", value / factor)
    });
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::SECOND;
    use crate::model::Segment;
    use crate::scenario::BUNDLED;

    fn bundled(name: &str) -> &'static str {
        BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1
    }

    fn separator(text: &str) -> crate::scenario::Scene {
        Scene::from_str("a.toml", text).unwrap()
    }

    /// The bundled vessel with another programme.
    fn turned(protocol: &Protocol) -> Setup {
        Setup {
            protocol: protocol.clone(),
            ..Scene::bundled().unwrap().setup
        }
    }

    /// Odd numbers come back as the very same, and the rest of the text stays, comments too.
    #[test]
    fn a_rotor_is_written_down() {
        let text = bundled("whole_blood");
        let protocol = Protocol::new(0.0)
            .ramp(1.234_567_890_123_4e-4, 30.1 * SECOND / 3.0)
            .ramp(2e-4 / 7.0, 10.0 * SECOND)
            .hold(61.7 * SECOND)
            .ramp(0.0, 10.0 * SECOND)
            .hold(5.0 * SECOND);
        let out = as_steered(text, "a.toml", &turned(&protocol), &[]).unwrap();
        let scene = Scene::from_str("a.toml", &out).unwrap();
        assert_eq!(scene.setup.protocol, protocol);
        let head = text.split("[[protocol]]").next().unwrap().trim_end();
        assert!(out.starts_with(head), "{out}");
        assert_eq!(out.matches("[[protocol]]").count(), 5, "{out}");
        // and once more
        assert_eq!(as_steered(&out, "a.toml", &turned(&protocol), &[]).unwrap(), out);
    }

    /// A programme in one line is replaced, and one in the middle of the text.
    #[test]
    fn wherever_the_programme_stands() {
        let text = bundled("whole_blood");
        let (head, _) = text.split_once("[[protocol]]").unwrap();
        let protocol = Protocol::new(0.0).ramp(1e-4, 10.0 * SECOND).hold(60.0 * SECOND);
        let inline = head.replacen(
            "\nschema",
            "\nprotocol = [{ ramp_to = \"1000 rpm\", over = \"9 s\" }] # before\nschema",
            1,
        );
        let middle = head.replacen("[chamber]", "[[protocol]]\nhold = \"3 s\"\n\n[chamber]", 1);
        for text in [inline, middle] {
            let out = as_steered(&text, "a.toml", &turned(&protocol), &[]).unwrap();
            assert!(!out.contains("9 s") && !out.contains("3 s"), "{out}");
            assert!(out.contains("[chamber]"), "{out}");
        }
    }

    /// Lanes, phases with outlets, and a vessel without a flow.
    #[test]
    fn separators_are_written_down() {
        for name in ["quadrupole_sorter", "cd34_selection_column", "rack_separation"] {
            let text = bundled(name);
            let scene = separator(text);
            let mut s = scene.setup.clone();
            let rate = s.rate();
            let mut parts = s.protocol.segments().to_vec();
            let first = parts[0];
            parts[0].duration = first.duration.part(3);
            parts.insert(
                1,
                Segment {
                    duration: first.duration - first.duration.part(3),
                    rate: rate * 1.7,
                    magnets: false,
                    ..first
                },
            );
            s.protocol = parts.into_iter().collect();
            let out =
                as_steered(text, "a.toml", &s, &scene.outlets).unwrap_or_else(|e| panic!("{name}: {e}"));
            let again = separator(&out);
            assert_eq!(again.setup.protocol.segments(), s.protocol.segments(), "{name}");
            assert_eq!(again.outlets, scene.outlets, "{name}");
            assert_eq!(again.setup.ports.splits, s.ports.splits, "{name}");
            again.setup.check().unwrap();
        }
    }

    /// The speeds of a spinning duct stay as they were where its pump is steered, odd ones too, also where a ramp is cut in two.
    #[test]
    fn speeds_of_a_duct_are_written_down() {
        let text = bundled("spinning_annulus").to_owned()
            + "\n[[phase]]\nname = \"a\"\nover = \"2 min\"\nspeed = \"70 rad/s\"\n[[phase]]\nname = \"b\"\nover = \"1 min\"\n";
        let scene = separator(&text);
        let mut s = scene.setup.clone();
        s.protocol = s.protocol.changed(Time::seconds(37.0), |rest| rest.rate *= 1.3);
        assert_eq!(s.protocol.segments().len(), 3);
        let out = as_steered(&text, "a.toml", &s, &scene.outlets).unwrap();
        let again = separator(&out).setup.protocol;
        assert_eq!(again.segments(), s.protocol.segments(), "{out}");
    }

    /// Phases keep their names, rates, outlets and whether the magnets are on; what is cut is told apart by a number.
    #[test]
    fn phases_keep_their_names() {
        let text = bundled("cd34_selection_column");
        let scene = separator(text);
        let mut s = scene.setup.clone();
        let mut parts = s.protocol.segments().to_vec();
        let load = parts[0];
        parts[0].duration = Time::seconds(600.0);
        for (i, length) in [(1, Time::seconds(1000.0)), (2, Time::seconds(2000.0))] {
            parts.insert(
                i,
                Segment {
                    duration: length,
                    magnets: i > 1,
                    ..load
                },
            );
        }
        s.protocol = parts.into_iter().collect();
        let out = as_steered(text, "a.toml", &s, &scene.outlets).unwrap();
        let names: Vec<&str> = out.lines().filter_map(|l| l.strip_prefix("name    = ")).collect();
        let names = &names[names.len() - 5..];
        assert_eq!(
            names,
            [
                "\"flow-through\"",
                "\"flow-through, 2\"",
                "\"flow-through, 3\"",
                "\"wash\"",
                "\"CD34+\""
            ]
        );
        let again = separator(&out);
        assert_eq!(again.setup.protocol.segments(), s.protocol.segments());
        assert_eq!(again.outlets, scene.outlets);
        // the elution is as it was
        assert_eq!(
            again.setup.protocol.segments()[4],
            separator(text).setup.protocol.segments()[2]
        );
    }

    /// A pump that was told at the start is the scene's own, and a file is found from anywhere.
    #[test]
    fn rates_and_files() {
        let text = bundled("quadrupole_sorter");
        let scene = separator(text);
        let mut s = scene.setup.clone();
        s.protocol = s.protocol.clone().at_rate(2.0 * s.rate());
        let Feed::Inlets { over } = &mut s.ports.feed else {
            panic!("no feed")
        };
        *over /= 2.0;
        let out = as_steered(text, "a.toml", &s, &scene.outlets).unwrap();
        assert!(
            out.contains("rate = \"28 mL/min\"") && out.contains("over  = \"60 s\""),
            "{out}"
        );
        let mut edits = Vec::new();
        let map = "[[magnet]]\nkind = \"map\"\nfile = \"field.csv\"\n";
        files(
            DeTable::parse(map).unwrap().get_ref(),
            "/some/where/a.toml",
            &mut edits,
        );
        assert_eq!(edits.len(), 1);
        assert_eq!(&map[edits[0].0.clone()], "\"field.csv\"");
        assert!(edits[0].1.contains("/some/where/field.csv"), "{edits:?}");
    }

    #[test]
    fn what_is_no_scene_is_refused() {
        let protocol = Protocol::new(0.0).hold(SECOND);
        for text in ["", "schema = ", "schema = 1\n"] {
            assert!(as_steered(text, "a.toml", &turned(&protocol), &[]).is_err());
        }
    }
}
