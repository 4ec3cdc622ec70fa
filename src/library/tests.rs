use super::*;
use crate::model::{CellClass, Status};
use approx::assert_relative_eq;

/// Everything embedded loads, and is all there.
#[test]
fn embedded_files_load() {
    assert_eq!(species_entries().unwrap().len(), 17);
    assert_eq!(cases().unwrap().len(), 61);
    assert_eq!(media().unwrap().len(), 15);
    assert_eq!(beads().unwrap().len(), 7);
    let c23 = case("c23").unwrap();
    let points = Margin::Absolute {
        value: 8.0,
        unit: "%".into(),
    };
    assert_eq!(
        (&c23.tolerance, c23.tolerance.to_string().as_str()),
        (&points, "8 percentage points")
    );
}

/// Plasma against the numbers of the reference: 1.24 mPa s at 37 degC, 1.60 at 25, 1.80 at 20.
#[test]
fn plasma_follows_temperature() {
    for (t, density, viscosity) in [(37.0, 1.0205, 1.24), (25.0, 1.027, 1.60), (20.0, 1.028, 1.80)] {
        let m = medium("plasma", t).unwrap();
        assert_relative_eq!(m.fluid.density, density, max_relative = 1e-12);
        // three digits are printed
        assert_relative_eq!(m.fluid.viscosity, viscosity, max_relative = 4e-3);
    }
    // halfway between 25 and 37 it is (1027/997.047 + 1020.5/993.333)/2 = 1.028696 times as dense as water, 0.995340 g/mL
    assert_relative_eq!(
        medium("plasma", 31.0).unwrap().fluid.density,
        1.023_902,
        max_relative = 1e-5
    );
    // as it was read (R90); above the last point it expands as water does: 1020.5 * 0.991436/0.993333 = 1018.55
    for (t, density, assumed) in [(4.0, 1.031, 0), (42.0, 1.018_55, 1)] {
        let m = medium("plasma", t).unwrap();
        assert_relative_eq!(m.fluid.density, density, max_relative = 1e-5);
        assert_relative_eq!(m.fluid.viscosity, 1.8 * water_viscosity(t), max_relative = 1e-12);
        assert_eq!(m.assumed.len(), assumed, "{:?}", m.assumed);
    }
    assert!(
        medium("plasma", 42.0).unwrap().assumed[0]
            .starts_with("plasma is listed from 4 to 37 degC: its density")
    );
    // near its points nothing is said: it was usable there without a word before
    assert_eq!(medium("plasma", 18.0).unwrap().assumed, [""; 0]);
    assert_relative_eq!(
        medium("saline", 20.0).unwrap().fluid.viscosity,
        1.02,
        max_relative = 1e-12
    );
    // 1005 * 0.997773/0.998207
    assert_relative_eq!(
        medium("saline", 22.0).unwrap().fluid.density,
        1.004_563,
        max_relative = 1e-6
    );
}

/// Every watery medium is there from 2 to 42 degC, thinner and lighter the warmer it is above 4 degC; none beyond, and no other one
/// further than 3 degC from its points.
#[test]
fn watery_media_from_the_cold_room_to_the_incubator() {
    let mut watery = Vec::new();
    for m in media().unwrap() {
        if !m.watery() {
            let (low, high) = m.listed();
            assert_eq!(m.range(), (low - 3.0, high + 3.0), "{}", m.name);
            continue;
        }
        watery.push(m.name.as_str());
        let all: Vec<_> = (4..=42).map(|t| m.at(f64::from(t)).unwrap().fluid).collect();
        for pair in all.windows(2) {
            assert!(pair[1].density < pair[0].density, "{}", m.name);
            assert!(pair[1].viscosity < pair[0].viscosity, "{}", m.name);
        }
        assert!(m.at(2.0).is_ok() && m.at(1.9).is_err() && m.at(42.1).is_err());
    }
    assert_eq!(
        watery,
        [
            "acd_a",
            "cpd",
            "plasma",
            "plasma_acda",
            "saline",
            "tsc_3_2",
            "tsc_4",
            "water"
        ]
    );
    // water is water
    for t in [2.0, 20.0, 30.0, 42.0] {
        let m = medium("water", t).unwrap().fluid;
        assert_relative_eq!(m.density, water_density(t), max_relative = 1e-4);
        assert_relative_eq!(m.viscosity, water_viscosity(t), max_relative = 1e-12);
    }
}

/// 0.154 mol/kg of NaCl, interpolated in the table of R92: 1.0066 g/mL at 0 degC, 0.9983 at 40 degC. Ours differ by 0.4 kg/m3, as
/// they do at 20 degC already (the library's 1005 is that of a buffer; 1004.6 there).
#[test]
fn saline_expands_as_salt_water_does() {
    let at = |t: f64| medium("saline", t).unwrap().fluid.density;
    for (t, table) in [(2.0, 1.0067), (20.0, 1.0046), (40.0, 0.9983)] {
        assert!((at(t) - table).abs() < 7e-4, "{t}: {}", at(t));
    }
}

#[test]
fn media_have_other_names() {
    for name in ["pbs", "PBS", "Saline", " nacl "] {
        assert_eq!(medium_entry(name).unwrap().name, "saline");
    }
    assert_eq!(medium_entry("ACD-A").unwrap().name, "acd_a");
    let mut names: Vec<&str> = Vec::new();
    for m in media().unwrap() {
        names.push(&m.name);
        names.extend(m.also.iter().map(String::as_str));
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name is that of two media");
}

#[test]
fn media_refuse_what_is_not_known() {
    let said = |name: &str, t: f64| medium(name, t).unwrap_err().to_string();
    assert_eq!(
        said("plasma", 1.0),
        "plasma is known from 2 to 42 degC, not at 1 degC"
    );
    assert_eq!(
        said("plasna", 20.0),
        "there is no medium `plasna` in the library; did you mean `plasma`?"
    );
    assert!(said("nycoprep_1068", 20.0).contains("viscosity is not in the library"));
    assert!(said("whole_blood", 37.0).contains("not a suspending fluid"));
}

#[test]
fn species_aggregate_by_medium() {
    assert_eq!(species("erythrocyte", Some("plasma")).unwrap().aggregation, 12.0);
    assert_eq!(species("erythrocyte", Some("saline")).unwrap().aggregation, 1.0);
    assert_eq!(species("erythrocyte", None).unwrap().aggregation, 1.0);
    assert_eq!(species("lymphocyte", Some("plasma")).unwrap().aggregation, 1.0);
    assert_eq!(
        species("erythrocyte", Some("plasma")).unwrap().status,
        Status::Unverified
    );
}

/// The correlation is the slope of two read fractions times the ratio of the spreads; here from scratch.
#[test]
fn platelet_correlation_is_derived() {
    let p = species("platelet", None).unwrap();
    let d = |femtolitres: f64| (6.0 * femtolitres / std::f64::consts::PI).cbrt();
    let slope = (1.072 - 1.067) / (d(8.19) - d(3.94));
    assert_relative_eq!(
        p.correlation,
        slope * p.diameter_sd / p.density_sd,
        max_relative = 5e-3
    );
    assert_eq!(p.class, CellClass::Platelet);
}

/// A spread is known as well as it is, not as well as its mean: that of the lymphocytes' sizes is between persons.
#[test]
fn spreads_have_a_status_of_their_own() {
    let s = species_entry("lymphocyte").unwrap();
    assert_eq!(s.diameter.status, Status::Read);
    assert_eq!(
        s.diameter.spread.as_ref().map(|s| s.status),
        Some(Status::Unverified)
    );
    assert_eq!(
        s.unverified(None),
        ["spread of diameters", "spread of densities", "packing limit"]
    );
    let red = species_entry("erythrocyte").unwrap();
    assert!(!red.unverified(None).contains(&"spread of diameters"));
    let all = include_str!("../../data/species.toml");
    for from in [", sd_status = \"derived\"", ", sd = \"0.25 um\""] {
        let e = species::load(&all.replacen(from, "", 1)).unwrap_err().to_string();
        assert!(e.contains("erythrocyte.diameter: `sd`, `sd_status`"), "{e}");
    }
    let e = species::load(&all.replacen("sd_source = \"RDW", "sd_source = \" \" }\n#", 1));
    assert!(e.unwrap_err().to_string().contains("the source is empty"));
}

/// A number without a source does not load, nor one with an empty source, and the message says where.
#[test]
fn a_source_is_required() {
    let good = include_str!("../../data/species.toml");
    for (with, message) in [
        ("", "missing field `source`"),
        (", source = \" \"", "the source is empty"),
    ] {
        let at = good.find("source = \"MCV").unwrap();
        let end = at + good[at..].find(", sd_status").unwrap();
        let bad = format!(
            "{}{}{}",
            &good[..at].trim_end().trim_end_matches(','),
            with,
            &good[end..]
        );
        let e = species::load(&bad).unwrap_err().to_string();
        assert!(e.contains(message), "{e}");
    }
}

/// By hand: 7e-4 m3/kg * 1500 kg/m3 = 1.05; mu0 * 19.6 A m2/kg * 1500 kg/m3 = 36.95 mT.
#[test]
fn beads_as_the_engine_takes_them() {
    let (m450, entry) = bead("dynabeads_m450").unwrap();
    assert!((m450.diameter, m450.density) == (4.5, 1.5) && entry.unverified());
    assert!((m450.curve.susceptibility() - 1.05).abs() < 1e-12);
    assert!((m450.curve.saturation() - 0.036_95).abs() < 1e-5);
    let usable: Vec<&str> = beads()
        .unwrap()
        .iter()
        .filter(|(name, b)| b.magnetic(name).is_ok())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(usable, ["dynabeads_m280", "dynabeads_m450", "dynabeads_myone"]);
    let nano = bead("macs_cd34_or_cd4_nanobead").unwrap_err().to_string();
    assert!(nano.contains("its magnetisation is not known"), "{nano}");
    let unknown = bead("dynabeads_m540").unwrap_err().to_string();
    assert!(unknown.contains("did you mean `dynabeads_m450`?"), "{unknown}");
    assert!(!beads().unwrap()["rbc_deoxy_intrinsic"].unverified());
}

/// Words that people have for a cell, in some languages; and what is spelt alike.
#[test]
fn other_words_for_cells() {
    let all_white =
        "give each kind its own amount: `neutrophil`, `lymphocyte`, `monocyte`, `eosinophil` and `basophil`";
    for (word, advice) in [
        ("thrombocyte", "did you mean `platelet`?"),
        ("thrombocytes", "did you mean `platelet`?"),
        ("Thrombozyten", "did you mean `platelet`?"),
        ("plaquettes", "did you mean `platelet`?"),
        ("plaquetas", "did you mean `platelet`?"),
        ("PLT", "did you mean `platelet`?"),
        ("platelets", "did you mean `platelet`?"),
        ("RBC", "did you mean `erythrocyte`?"),
        ("RBCs", "did you mean `erythrocyte`?"),
        ("red_cells", "did you mean `erythrocyte`?"),
        ("erythrocytes", "did you mean `erythrocyte`?"),
        ("eritrocitos", "did you mean `erythrocyte`?"),
        ("Erythrozyten", "did you mean `erythrocyte`?"),
        ("h\u{e9}maties", "did you mean `erythrocyte`?"),
        ("erythocyte", "did you mean `erythrocyte`?"),
        ("granulocytes", "did you mean `neutrophil`?"),
        ("Granulozyten", "did you mean `neutrophil`?"),
        ("neutrophils", "did you mean `neutrophil`?"),
        ("Lymphozyten", "did you mean `lymphocyte`?"),
        ("T cell", "did you mean `lymphocyte`?"),
        ("CD34+", "did you mean `cd34_mobilised` or `cd34_steady_state`?"),
        ("WBC", all_white),
        ("leucocytes", all_white),
        ("Leukozyten", all_white),
        (
            "PBMC",
            "give each kind its own amount: `lymphocyte` and `monocyte`",
        ),
    ] {
        let said = species_entry(word).expect_err(word).to_string();
        assert!(said.ends_with(advice), "{said}");
    }
    for word in ["xylophone", "abc", ""] {
        let said = species_entry(word).expect_err(word).to_string();
        assert!(said.ends_with("in the library"), "{said}");
    }
    // no word is another's
    let words: Vec<(&str, &str)> = species_entries()
        .unwrap()
        .iter()
        .flat_map(|e| e.also.iter().map(|w| (w.as_str(), e.name.as_str())))
        .collect();
    for (word, name) in &words {
        let said = species_entry(word).expect_err(word).to_string();
        // it may be a part of the names of others, which then follow
        assert!(said.contains(&format!("did you mean `{name}`")), "{said}");
    }
    for word in ["blood", "Vollblut", "sang total"] {
        assert_eq!(medium_entry(word).unwrap().name, "whole_blood");
    }
    assert_eq!(medium_entry("Kochsalzl\u{f6}sung").unwrap().name, "saline");
}
