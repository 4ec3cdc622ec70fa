//! A radius and a diameter say the same thing, and all vessels take both.

use super::super::{BUNDLED, Scene};

fn bundled(name: &str) -> &'static str {
    BUNDLED.iter().find(|(n, _)| *n == name).map(|(_, t)| *t).unwrap()
}

fn read(text: &str) -> Result<Scene, String> {
    Scene::from_str("mine.toml", text).map_err(|e| e.render(false))
}

/// The volume that a scene's vessel holds [um3].
fn volume(text: &str) -> f64 {
    read(text).unwrap().setup.chamber.volume()
}

/// Every vessel is the same to the last bit, whichever of the two is written.
#[test]
fn radius_or_diameter() {
    for (scene, one, other) in [
        ("whole_blood", "inner_diameter = \"14 mm\"", "radius = \"7 mm\""),
        (
            "rack_separation",
            "radius = \"6.5 mm\"",
            "inner_diameter = \"13 mm\"",
        ),
        (
            "quadrupole_sorter",
            "inner_radius = \"3.98 mm\"",
            "core_diameter = \"7.96 mm\"",
        ),
        (
            "quadrupole_sorter",
            "outer_radius = \"4.36 mm\"",
            "outer_diameter = \"8.72 mm\"",
        ),
    ] {
        let text = bundled(scene);
        let squeezed: String = text
            .lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ") + "\n")
            .collect();
        let one = one.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains(&one), "{scene} has no {one}:\n{squeezed}");
        assert_eq!(
            volume(&squeezed),
            volume(&squeezed.replace(&one, other)),
            "{scene}: {other}"
        );
    }
}

#[test]
fn one_of_them_is_enough() {
    let text = bundled("whole_blood").replace(
        "inner_diameter = \"14 mm\"",
        "inner_diameter = \"14 mm\"\nradius = \"7 mm\"",
    );
    let error = read(&text).unwrap_err();
    assert!(error.contains("`radius` repeats line"), "{error}");
    assert!(
        error.contains("only one of `inner_diameter` or `radius` is taken"),
        "{error}"
    );
    let text = bundled("whole_blood").replace("inner_diameter = \"14 mm\"", "");
    let error = read(&text).unwrap_err();
    assert!(
        error.contains("`inner_diameter` or `radius` is missing in [chamber]"),
        "{error}"
    );
}

/// A name that belongs to another shape is told as it was written.
#[test]
fn of_another_shape() {
    let text = bundled("quadrupole_sorter").replace("inner_radius", "inner_diameter");
    let error = read(&text).unwrap_err();
    assert!(
        error.contains("`inner_diameter` does not go with shape = \"annulus\""),
        "{error}"
    );
}
