//! Tables of fields that a scene makes by itself.

use super::separators::read;

/// Axes are sized by what the field needs once the grid resolves it, and share the nodes that there are. A block 60 um from a flat channel,
/// with a fortieth of the nodes of a run: without the last step, in which they are shared, the error is 39 %.
#[test]
fn the_axes_of_a_table_share_its_nodes() {
    let text = r#"
schema = 1
duration = "1 min"
[sample]
medium = "saline"
temperature = "22 degC"
parcels = 100
cells = { lymphocyte = "1000 /uL" }
[duct]
shape = "channel"
width = "4 mm"
height = "0.2 mm"
length = "20 mm"
axis = "horizontal"
gravity = "-y"
[[magnet]]
kind = "block"
centre = ["0 mm", "-1.16 mm", "10 mm"]
size = ["2 mm", "2 mm", "4 mm"]
remanence = "1.3 T"
magnetised = [0, 1, 0]
[labels.lymphocyte]
mobility = "1e-13 m3 s/kg"
"#;
    let mut scene = read(text);
    let table = scene.tabulate_within(2e5).unwrap().unwrap();
    let nodes: f64 = scene.setup.cells.iter().map(|n| f64::from(*n) + 1.0).product();
    assert!(nodes <= 2e5 && nodes > 1.5e5, "{:?}", scene.setup.cells);
    // 2.7 % were measured with ten times the nodes, and the error goes as their number to the power 2/3: 12.5 %
    assert!(
        table.error().force_max < 0.125,
        "{:?} {:?}",
        scene.setup.cells,
        table.error()
    );
}
