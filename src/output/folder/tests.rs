//! What goes before a run's files get their names.

use super::*;

/// A run that is killed between the summary and a page about it leaves a page that no later run knows.
#[test]
fn pages_go_before_the_summary_that_they_are_about() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let summary = seal("{\n  \"program\": \"buffycoat\"\n}\n");
    let page = format!("<p>{}</p>", about(&mark(summary.as_bytes())));
    std::fs::write(at(SUMMARY), &summary).unwrap();
    for name in ["a.html", "plot_1.svg", "z.html"] {
        std::fs::write(at(name), &page).unwrap();
    }
    let folder = Folder::take(home.path(), &[SUMMARY]).unwrap();
    let (mut gone, said) = folder.outdated(&BTreeSet::from([SUMMARY]));
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(gone.pop(), Some(at(SUMMARY)));
    gone.sort();
    assert_eq!(gone, ["a.html", "plot_1.svg", "z.html"].map(at));
}
