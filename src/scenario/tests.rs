#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
use super::*;
#[test]
fn bundled() {
    let s = Scene::bundled().unwrap();
    eprintln!(
        "{}\n{:?}\n{}",
        s.forecast().table(Some(15e6)),
        s.notes,
        s.render_warnings(false)
    );
}
