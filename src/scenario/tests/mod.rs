//! What the reader has to get right, and what it has to say when a scene is wrong.

mod advice;
mod bad_input;
mod bad_separators;
mod beads;
mod broken;
mod channel;
mod checks;
mod columns;
mod derived;
mod follow_on;
mod fuzz;
mod imperatives;
mod magnetic;
mod mixtures;
mod ports;
mod separators;
mod spinning;
mod tables;
mod twins;
mod usual;
mod validity;

use super::*;

/// The bundled scene with one piece of its text replaced; fails if the piece is not there.
fn with(from: &str, to: &str) -> String {
    let base = Scene::bundled_text();
    assert!(base.contains(from), "`{from}` is not in the bundled scene");
    base.replace(from, to)
}

/// Scenes of people whose blood is not as usual. What is unusual is meant.
const UNUSUAL: [&str; 2] = ["leukapheresis_cd34.toml", "leukoreduction_cml.toml"];

/// Every scene of the examples can be run, and gives nothing to warn of but unusual blood.
#[test]
fn examples_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenes");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let scene = Scene::from_file(&path).unwrap_or_else(|e| unreachable!("{e}"));
        let unusual = UNUSUAL.iter().any(|name| path.ends_with(name));
        for warning in &scene.warnings {
            let expected = unusual && warning.title.ends_with("is unusual in blood");
            assert!(expected, "{}: {}", path.display(), warning.title);
        }
        count += 1;
        if scene.setup.carries() || scene.setup.channel.is_some() {
            continue;
        }
        let forecast = scene.forecast();
        assert!(
            forecast.steps > 10 && forecast.steps < 100_000,
            "{} steps",
            forecast.steps
        );
    }
    assert_eq!(count, BUNDLED.len());
}

/// Every default of the description is a value of its kind.
#[test]
fn defaults_fit() {
    fn visit(table: &'static spec::Table) {
        for key in table.keys {
            if let spec::Need::Default(toml) = key.need {
                assert!(
                    reader::default(&key.kind, toml).is_some(),
                    "{} = {toml}",
                    key.name
                );
            }
            for form in table.forms {
                assert!(form.iter().all(|k| table.key(k).is_some()));
            }
            descend(&key.kind);
        }
    }
    fn descend(kind: &'static spec::Kind) {
        match kind {
            spec::Kind::Table(t) | spec::Kind::Tables(t) => visit(t),
            spec::Kind::Map(k) | spec::Kind::List(k, ..) => descend(k),
            spec::Kind::Either(a, b) => {
                descend(a);
                descend(b);
            }
            _ => {}
        }
    }
    visit(&keys::SCENE);
}

/// The schema says what the description says.
#[test]
fn schema_follows_the_description() {
    let s = json_schema();
    let get = |p: &str| s.pointer(p).cloned().unwrap_or_default();
    assert_eq!(get("/$schema"), "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(get("/required"), serde_json::json!(["schema", "sample"]));
    assert_eq!(
        get("/oneOf"),
        serde_json::json!([{ "required": ["chamber", "protocol"] }, { "required": ["duct"] }, { "required": ["channel"] }])
    );
    assert_eq!(
        get("/properties/duct/properties/holds/items/enum/0"),
        "inner wall"
    );
    assert_eq!(get("/properties/magnet/items/properties/centre/minItems"), 3);
    assert_eq!(
        get("/properties/labels/additionalProperties/oneOf/1/required/0"),
        "beads"
    );
    assert_eq!(get("/properties/sample/properties/parcels/default"), 500_000);
    assert_eq!(get("/properties/physics/properties/packing_width/default"), "5 %");
    assert_eq!(
        get("/properties/chamber/properties/shape/enum"),
        serde_json::json!(["tube", "sector", "channel"])
    );
    assert_eq!(get("/properties/protocol/items/oneOf/0/required/0"), "ramp_to");
    // what is not in this version is not offered
    assert!(get("/properties/ports").is_null());
    assert_eq!(get("/additionalProperties"), false);
}

/// A misread file is the user's to mend (2), an unreadable one the disk's (4).
#[test]
fn exit_codes() {
    assert_eq!(
        crate::Error::from(Scene::from_str("x", "").unwrap_err()).exit_code(),
        2
    );
    assert_eq!(Scene::from_file("no/such/scene.toml").unwrap_err().exit_code(), 4);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin1.toml");
    std::fs::write(&file, b"schema = 1\n# \xc2\xb5\ntitle = \"\xc2\xb5 \xb5\"").unwrap();
    let error = Scene::from_file(&file).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    // characters, not bytes, before it on its line
    let said = error.to_string();
    assert!(
        said.ends_with("latin1.toml:3:12: byte 28 (0xb5) is not UTF-8 text; save the file as UTF-8"),
        "{said}"
    );
}

#[test]
fn all_bundled_scenes_run() {
    for (name, text) in BUNDLED {
        if let Err(e) = Scene::from_str(&format!("{name}.toml"), text) {
            panic!("{e}");
        }
    }
}

#[test]
fn rescaling_keeps_the_shares() -> Result<(), SceneError> {
    let mut scene = Scene::bundled()?;
    for parcels in [20_000, 1_234_567, 500] {
        let before: Vec<f64> = scene.setup.components.iter().map(|c| c.parcels as f64).collect();
        let sum: f64 = before.iter().sum();
        scene.rescale(parcels);
        assert_eq!(scene.setup.parcels(), parcels);
        for (c, b) in scene.setup.components.iter().zip(before) {
            assert!(c.parcels >= 1);
            assert!(
                (c.parcels as f64 - b / sum * parcels as f64).abs() <= 1.0,
                "{parcels}"
            );
        }
    }
    Ok(())
}
