//! Whatever is in a scene, the reader answers.

use super::super::*;
use proptest::prelude::*;

/// One edit: at a place, remove some characters and put others.
fn edit() -> impl Strategy<Value = (usize, usize, String)> {
    let piece = prop_oneof![
        "\\PC{0,6}",
        "[\\[\\]{}=\",.#\\n ]{1,4}",
        Just("-1".to_owned()),
        Just("nan".to_owned()),
        Just("\"1e300 m\"".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("\u{b5}".to_owned()),
        Just("\u{b0}".to_owned()),
        Just("\u{201c}".to_owned()),
        Just("\u{201d}".to_owned()),
        Just("\u{201e}".to_owned()),
        Just("\n \"a\", \"b\u{201d}]".to_owned()),
        Just("[sample]\n".to_owned()),
        Just("0".to_owned()),
    ];
    (any::<usize>(), 0usize..12, piece)
}

fn apply(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, remove, insert) in edits {
        let at = at % (chars.len() + 1);
        let end = (at + remove).min(chars.len());
        chars.splice(at..end, insert.chars());
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Any mutation of the bundled scene is read or refused with a report; what is read can be forecast.
    #[test]
    fn mutated_scenes(edits in prop::collection::vec(edit(), 1..6)) {
        let text = apply(Scene::bundled_text(), &edits);
        match Scene::from_str("m.toml", &text) {
            Ok(scene) => {
                prop_assert!(!scene.forecast().table().is_empty());
                prop_assert!(scene.setup.components.iter().all(|c| c.parcels > 0));
                scene.render_warnings(true);
            }
            Err(e) => {
                prop_assert!(e.problems.iter().any(|p| p.severity == Severity::Error));
                prop_assert!(e.to_string().contains("m.toml:"), "{}", e);
            }
        }
    }

    /// So is any text at all.
    #[test]
    fn any_text(text in "\\PC{0,80}") {
        let answer = Scene::from_str("m.toml", &text);
        prop_assert!(answer.is_err_and(|e| !e.render(true).is_empty()));
    }
}
