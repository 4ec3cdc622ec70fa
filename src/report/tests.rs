//! Reports of folders that were written by hand; whole runs are in `tests/suite/reports`.

use super::*;

fn refused(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let error = Report::of(folder.path(), &|_| String::new()).unwrap_err();
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
            "summary.json:3: the layout of this summary is 99; this version reads 1",
        ),
        (
            "{\"program\": \"buffycoat\", \"schema\": 1,\n \"kind\": \"bag\"}",
            "summary.json:2: a run of kind `bag` is not known",
        ),
    ] {
        let said = refused(&[("summary.json", text)]);
        assert!(said.contains(words), "{text}: {said}");
    }
    // the summary is gone through before the picture is looked at
    let head = "{\"program\": \"buffycoat\", \"schema\": 1}";
    let said = refused(&[("summary.json", head), ("final.png", "no picture")]);
    assert!(said.contains("summary.json:1: missing field `version`"), "{said}");
    assert!(refused(&[]).contains("summary.json"));
}
