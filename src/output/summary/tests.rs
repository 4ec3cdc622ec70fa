use super::*;
use crate::observe::synthetic::{BLOOD, hard_spin, specimen};
use crate::output::fixture;

fn blood() -> Summary {
    let profile = hard_spin(260);
    fixture::summary(&fixture::setup(), &profile, &specimen(&profile, &BLOOD))
}

/// What is written is read back as it was, in the same types.
#[test]
fn reads_back() -> Result<(), Box<dyn std::error::Error>> {
    let summary = blood();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("summary.json");
    summary.write(&path)?;
    let text = std::fs::read_to_string(&path)?;
    let again = Summary::read(&text).map_err(|e| e.what)?;
    assert_eq!(again.layers, summary.layers);
    assert_eq!(again, summary);
    let json: serde_json::Value = serde_json::from_str(&text)?;
    assert_eq!(json["schema"], 3);
    assert_eq!(json["layers"][1]["kind"], "buffy_coat");
    assert_eq!(json["layers"][1]["species"][3]["species"], "platelet");
    assert_eq!(json["parcels_conserved"], true);
    assert_eq!(json["setup"]["rotor"]["mounting"], "swing-out");
    assert_eq!(json["setup"]["chamber"]["shape"], "tube");
    assert_eq!(json["setup"]["rotor"]["meniscus_radius_mm"], 105.0);
    assert_eq!(json["run"]["steps"], 3123);
    assert_eq!(json["run"]["time_step"]["mean_s"], 0.2594);
    assert!(json.get("fractions").is_none());
    let surface = json["red_cell_surface_mm"].as_f64().unwrap_or(f64::NAN);
    assert!((surface - 34.667).abs() < 0.05);
    let near = json["near_surface_mm"][1].as_f64().unwrap_or(f64::NAN);
    assert!((near - surface - 3.0).abs() < 1e-9, "{near}");
    let unwritable = summary.write(path.join("below-a-file.json"));
    assert!(matches!(unwritable, Err(Error::Disk { .. })));
    Ok(())
}

/// A broken part of a section is an error with its line, and not a section that is not there.
#[test]
fn a_broken_section_is_not_an_absent_one() -> Result<(), Box<dyn std::error::Error>> {
    let mut json = serde_json::to_value(blood())?;
    json["layers"][1]["height_mm"] = "thin".into();
    let text = serde_json::to_string_pretty(&json)?;
    let line = 1 + text.lines().position(|l| l.contains("thin")).ok_or("written")?;
    let error = Summary::read(&text).map(|_| ()).unwrap_err();
    assert_eq!(error.line, line, "{error:?}");
    Ok(())
}

/// What is no object, has no results or counts other species than the run is refused, and shows nothing.
#[test]
fn what_does_not_fit_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    let said = |text: &str| Summary::read(text).map(|_| ()).unwrap_err().what;
    for list in [
        "[\"buffycoat\", 1, null, null, null]",
        "[\"buffycoat\", 3, null, 1, 1]",
        " []",
    ] {
        assert!(said(list).contains("it is a list"), "{list}");
    }
    let mut none = serde_json::to_value(blood())?;
    none.as_object_mut().ok_or("an object")?.remove("layers");
    assert!(said(&none.to_string()).contains("missing field `layers`"));
    none["layers"] = serde_json::Value::Null;
    assert!(said(&none.to_string()).contains("missing field `layers`"));
    // a vessel with places, too
    let mut both = serde_json::to_value(blood())?;
    both["fractions"] = serde_json::json!([]);
    for key in [
        "held_until_release",
        "matrix_filled",
        "throughput_cells_per_s",
        "steady",
    ] {
        both[key] = serde_json::Value::Null;
    }
    assert!(said(&both.to_string()).contains("both `layers` and `fractions`"));
    for (schema, kind) in [(1, None), (2, Some("separator"))] {
        let old = serde_json::json!({ "program": "buffycoat", "schema": schema, "kind": kind, "setup": 1, "species": [2] });
        let old = old.to_string().replace("\"kind\":null,", "");
        assert!(!said(&old).is_empty());
    }
    Ok(())
}

/// A spin has no phases of pumps and magnets, and every run says how it was suspended.
#[test]
fn a_spin_has_no_phases() {
    let s = blood();
    assert!(s.setup.phases.is_empty() && s.setup.flow.is_none());
    assert_eq!(
        (s.setup.suspension.as_str(), s.setup.hindrance_exponent),
        ("dense", Some(4.65))
    );
}
