//! What a scene says of the files that it names.

use super::files::*;
use buffycoat::scenario::Scene;
use glam::DVec3;

fn scene(folder: &std::path::Path, magnet: &str) -> Result<Scene, String> {
    let text = format!(
        "schema = 1\ntitle = \"a map\"\nduration = \"30 s\"\n[sample]\nmedium = \"water\"\ntemperature = \"20 degC\"\nparcels = 1000\ncells = {{ \
         lymphocyte = \"500 /uL\" }}\n[duct]\nshape = \"tube\"\nradius = \"2 mm\"\nlength = \"10 mm\"\naxis = \"down\"\nholds = [\"outer \
         wall\"]\n[[magnet]]\nkind = \"map\"\n{magnet}\n[labels.lymphocyte]\nbeads = \"dynabeads_m450\"\nmean = 4\n"
    );
    let path = folder.join("s.toml");
    Scene::from_str(&path.to_string_lossy(), &text).map_err(|e| e.to_string())
}

/// In a scene: what a file was taken for, its digest, its wrong number with the line, and the keys that place it.
#[test]
fn a_scene_says_what_it_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let good = format!("{HEADER}{}", rows(&nodes(&axes()), ",", 1.0, 1.0));
    write("b.csv", &good);
    let said = scene(folder.path(), "file = \"b.csv\"").unwrap();
    assert!(
        said.notes
            .iter()
            .any(|n| n.starts_with("b.csv: text in columns, commas between; x [mm]")),
        "{:?}",
        said.notes
    );
    assert!(!said.warnings.iter().any(|w| w.title.contains("predict")));
    let [file] = said.files.as_slice() else {
        panic!("{:?}", said.files)
    };
    assert_eq!((file.name.as_str(), file.bytes), ("b.csv", good.len() as u64));
    assert_eq!(file.blake3, blake3::hash(good.as_bytes()).to_hex().to_string());
    assert!(file.path.is_absolute() && file.path.ends_with("b.csv"));

    let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
    let node = nodes(&axes())[4 + 9 * (4 + 9 * 6)];
    let at = 1 + 4 + 9 * (4 + 9 * 6);
    lines[at] = format!(
        "{},{},{},{},{},{}",
        node.0.x,
        node.0.y,
        node.0.z,
        1.1 * node.1.x,
        node.1.y,
        node.1.z
    );
    write("spike.csv", &lines.join("\n"));
    let said = scene(folder.path(), "file = \"spike.csv\"").unwrap();
    let warning = said
        .warnings
        .iter()
        .find(|w| w.title.contains("neighbours predict"))
        .unwrap();
    assert!(
        warning.title.starts_with(&format!(
            "spike.csv, line {}: the point (0, 0, 5) mm differs by",
            at + 1
        )),
        "{}",
        warning.title
    );

    // about its own middle
    let moved: Vec<(DVec3, DVec3)> = nodes(&axes())
        .iter()
        .map(|(q, b)| (*q - DVec3::new(0.0, 0.0, 5.0), *b))
        .collect();
    write("own.csv", &format!("{HEADER}{}", rows(&moved, ",", 1.0, 1.0)));
    let error = scene(folder.path(), "file = \"own.csv\"").unwrap_err();
    assert!(
        error.contains("Check the length unit, or set `centre` and `axes`"),
        "{error}"
    );
    let placed = scene(
        folder.path(),
        "file = \"own.csv\"\ncentre = [\"0 mm\", \"0 mm\", \"5 mm\"]",
    )
    .unwrap();
    let q = DVec3::new(1e3, -1e3, 2e3);
    let there = placed.setup.field.as_ref().unwrap().at(q).unwrap().b;
    let first = scene(folder.path(), "file = \"b.csv\"").unwrap();
    assert!(there.distance(first.setup.field.as_ref().unwrap().at(q).unwrap().b) < 1e-12);

    // a gap in the duct
    lines[at] = lines[at].rsplitn(4, ',').last().unwrap().to_owned() + ",,,";
    write("gap.csv", &lines.join("\n"));
    let error = scene(folder.path(), "file = \"gap.csv\"").unwrap_err();
    assert!(
        error.contains(&format!(
            "gap.csv, line {}: there is no value at (0, 0, 5) mm",
            at + 1
        )),
        "{error}"
    );
    let error = scene(folder.path(), "file = \"b.csv\"\nsymmetry = \"planar\"").unwrap_err();
    assert!(
        error.contains("fill a volume, not a plane. Remove `symmetry`"),
        "{error}"
    );
}
