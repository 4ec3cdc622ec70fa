//! Reports of folders that were written by hand; whole runs are in `tests/suite/reports`.

use super::*;
use crate::output::summary::{ChamberDigest, LayerResults};

fn tube(height_mm: f64) -> ChamberDigest {
    ChamberDigest::Tube {
        radius_mm: None,
        height_mm,
    }
}

fn refused(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let error = Report::of(folder.path()).unwrap_err();
    assert!(matches!(error, Error::Input(_) | Error::Disk { .. }), "{error:?}");
    error.to_string()
}

#[test]
fn what_is_no_summary_is_refused_with_its_line() {
    for (text, words) in [
        ("", "summary.json:1: the file is cut off"),
        ("{\n  \"schema\": 1,\n", "the file is cut off"),
        ("not json", "summary.json:1: this is not JSON"),
        ("[1, 2]", "summary.json:1:"),
        ("{}", "this is not a summary of buffycoat: it names no program"),
        (
            "{\n \"program\": \"other\"}",
            "summary.json:2: this is not a summary of buffycoat: its program is `other`",
        ),
        (
            "{\n \"program\": \"buffycoat\",\n \"schema\": 99}",
            "summary.json:3: the layout of this summary is 99; this version reads 3",
        ),
        (
            "{\"program\": \"buffycoat\", \"schema\": 2,\n \"kind\": \"bag\"}",
            "summary.json:1: the layout of this summary is 2; this version reads 3",
        ),
    ] {
        let said = refused(&[("summary.json", text)]);
        assert!(said.contains(words), "{text}: {said}");
    }
    // the summary is gone through before the picture is looked at
    let head = "{\"program\": \"buffycoat\", \"schema\": 3}";
    let said = refused(&[("summary.json", head), ("final.png", "no picture")]);
    assert!(said.contains("summary.json:1: missing field `version`"), "{said}");
    assert!(refused(&[]).contains("summary.json"));
}

/// A run of blood as the program leaves it: two samples, the second the end.
fn blood() -> (tempfile::TempDir, Summary) {
    use crate::constants::SECOND;
    use crate::observe::synthetic::{BLOOD, hard_spin, specimen};
    use crate::output::{csv::ProfileCsv, fixture};
    let folder = tempfile::tempdir().unwrap();
    let setup = fixture::setup();
    let mut profile = hard_spin(260);
    let mut table = ProfileCsv::create(folder.path().join("profile.csv"), &setup).unwrap();
    table.sample(&profile).unwrap();
    profile.time = 810.0 * SECOND;
    table.sample(&profile).unwrap();
    table.finish().unwrap();
    fixture::summary(&setup, &profile, &specimen(&profile, &BLOOD))
        .write(folder.path().join("summary.json"))
        .unwrap();
    let source = Source::read(folder.path().join("summary.json")).unwrap();
    let mut s = Summary::read(&source.text).unwrap();
    // the profile is of a column of 1 cm2, the setup of a tube
    s.setup.volume_ml = profile.bin_volume.iter().sum::<f64>() / crate::constants::MILLILITRE;
    (folder, s)
}

/// What was found along the vessel.
fn along(s: &mut Summary) -> &mut LayerResults {
    s.layers.as_mut().unwrap()
}

fn timeline_of(source: &Source, s: &Summary) -> Result<timeline::Timeline, Error> {
    timeline::read(source, s, s.layers.as_ref().unwrap())
}

/// What is read back at the end is what the summary says of it: the curves end where the table stands.
#[test]
fn curves_end_at_the_numbers_of_the_summary() {
    let (folder, s) = blood();
    let timeline = timeline_of(&Source::read(folder.path().join("profile.csv")).unwrap(), &s).unwrap();
    assert_eq!((timeline.moments.len(), timeline.profiles.len()), (2, 2));
    let last = &timeline.moments[1];
    assert_eq!(last.time, 810.0);
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * b.abs().max(1e-3);
    let surface = last.layers.red_cell_surface.unwrap() / crate::constants::MILLIMETRE;
    assert!(
        near(surface, s.layers.as_ref().unwrap().red_cell_surface_mm.unwrap()),
        "{surface}"
    );
    assert_eq!(last.contents.layers.len(), 3);
    for (found, layer) in last
        .contents
        .layers
        .iter()
        .zip(&s.layers.as_ref().unwrap().layers)
    {
        assert_eq!(found.layer.kind, layer.kind);
        assert!(near(found.layer.top_mm(), layer.top_mm) && near(found.layer.volume_ml(), layer.volume_ml));
        for (share, told) in found.shares.iter().zip(&layer.species) {
            assert!(near(share.recovery, told.recovery.unwrap()), "{share:?} {told:?}");
        }
    }
}

/// The depths of parcels are not in profile.csv. So the curves end where the summary, which was made with them, puts the layers.
#[test]
fn one_page_has_one_depth() {
    let (folder, mut s) = blood();
    let found = along(&mut s);
    found.layers[2].top_mm += 0.1;
    found.layers[1].bottom_mm += 0.1;
    found.red_cell_surface_mm = found.red_cell_surface_mm.map(|x| x + 0.1);
    found.layers[1].species[3].recovery = Some(0.5);
    let top = found.layers[2].top_mm;
    let timeline = timeline_of(&Source::read(folder.path().join("profile.csv")).unwrap(), &s).unwrap();
    let [first, last] = &timeline.moments[..] else {
        panic!("two samples")
    };
    let kind = crate::observe::LayerKind::RedCells;
    assert!((last.boundary(kind, false) - top).abs() < 1e-9);
    assert!((first.boundary(kind, false) - top + 0.1).abs() < 1e-3);
    assert_eq!(last.contents.layers[1].shares[3].recovery, 0.5);
}

/// A table of another vessel, and one that goes back in time, are noticed.
#[test]
fn a_table_of_another_vessel_is_refused() {
    let (folder, mut s) = blood();
    let source = Source::read(folder.path().join("profile.csv")).unwrap();
    s.setup.chamber = tube(66.0);
    let said = timeline_of(&source, &s).unwrap_err().to_string();
    assert!(said.contains("profile.csv:2: row 1 of the sample"), "{said}");
    s.setup.chamber = tube(65.0);
    s.run.simulated_seconds = 900.0;
    let said = timeline_of(&source, &s).unwrap_err().to_string();
    assert!(
        said.contains("the table ends at 810 s, the run at 900 s"),
        "{said}"
    );
    let back = Source {
        text: source.text.replacen("\n810,", "\n-810,", 1),
        ..source
    };
    let said = timeline_of(&back, &s).unwrap_err().to_string();
    assert!(said.contains("time goes back"), "{said}");
}

/// By hand: of a sector from 100 to 150 mm, the inner half of the radius is (125^2 - 100^2) / (150^2 - 100^2) = 0.45 of the
/// volume; of a tube it is a half.
#[test]
fn bins_of_a_sector_grow_with_the_radius() {
    let (_, mut s) = blood();
    (s.setup.chamber, s.setup.volume_ml) = (tube(50.0), 2.0);
    let tube = timeline::volumes(&s, &[0.0, 25.0, 50.0]);
    assert!(tube.iter().all(|v| (v / 1e12 - 1.0).abs() < 1e-12), "{tube:?}");
    s.setup.chamber = ChamberDigest::Sector {
        meniscus_radius_mm: Some(100.0),
        height_mm: 50.0,
        angle_deg: None,
        thickness_mm: None,
    };
    let sector = timeline::volumes(&s, &[0.0, 25.0, 50.0]);
    assert!(
        (sector[0] / 0.9e12 - 1.0).abs() < 1e-12 && (sector[1] / 1.1e12 - 1.0).abs() < 1e-12,
        "{sector:?}"
    );
}

/// The rule by which cases are near, on the fixture's blood in a swing-out rotor.
#[test]
fn near_cases_follow_from_the_run() {
    let ids = |s: &Summary| {
        cases::of_layers(s, s.layers.as_ref().unwrap())
            .iter()
            .map(|c| c.id)
            .collect::<Vec<_>>()
    };
    let (_, mut s) = blood();
    // what was measured and compared first, what was not compared last
    assert_eq!(ids(&s), ["C23", "C09", "C11", "C10", "C13", "C14", "C21", "C22"]);
    let c23 = &cases::of_layers(&s, s.layers.as_ref().unwrap())[0];
    assert!(
        c23.here.as_ref().is_some_and(|h| h.contains('%')) && c23.checks.len() == 1,
        "{c23:?}"
    );
    s.setup.rotor = None;
    assert_eq!(ids(&s), ["C09", "C10", "C13", "C14", "C15", "C16"]);
    s.setup.suspension = "dilute".into();
    assert_eq!(ids(&s), ["C01", "C05"]);
}
