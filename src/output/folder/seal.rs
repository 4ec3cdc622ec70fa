//! The hash that a summary has of its own contents, by which a changed one is found out.
//!
//! It is the last entry of the JSON object, and that of the text without it: no byte of the file can change without a word. It does not keep out
//! who means harm and hashes again.

use crate::output::atomic;

/// What stands between the rest of the object and the hash.
const BEFORE: &str = ",\n  \"content_hash\": \"";

/// What stands behind the hash.
const AFTER: &str = "\"\n}\n";

/// The end of an object without a hash.
const END: &str = "\n}\n";

/// Whether a summary is as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// It has the hash of its contents.
    Whole,
    /// Something was changed: its hash is that of other contents.
    Broken,
    /// It has no hash, as those of earlier versions.
    Absent,
}

/// A JSON object, written over several lines, with the hash of its contents at its end.
pub fn seal(object: &str) -> String {
    match object.strip_suffix(END) {
        Some(inside) => format!("{inside}{BEFORE}{}{AFTER}", atomic::digest(object.as_bytes())),
        None => object.to_owned(),
    }
}

/// Whether the text of a summary is as it was written.
pub fn seal_of(text: &str) -> Seal {
    let parts = text.strip_suffix(AFTER).and_then(|rest| rest.rsplit_once(BEFORE));
    match parts {
        Some((inside, hash)) if atomic::digest(format!("{inside}{END}").as_bytes()) == hash => Seal::Whole,
        Some(_) => Seal::Broken,
        // a hash that is not at the end: somebody has put the file in another order
        None if text.contains("\"content_hash\":") => Seal::Broken,
        None => Seal::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever byte of the file is changed or left out, it is found out, but for those of the key's own name, without which there is no hash.
    #[test]
    fn every_change_is_found_out() {
        let plain = "{\n  \"a\": 1.5,\n  \"b\": \"\\\"content_hash\\\": x\"\n}\n";
        assert_eq!(seal_of(plain), Seal::Absent);
        let text = seal(plain);
        assert_eq!(seal_of(&text), Seal::Whole);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(
            value["content_hash"].as_str(),
            Some(blake3::hash(plain.as_bytes()).to_hex().as_str())
        );
        let name = text.rfind("\"content_hash\":").unwrap_or(0);
        for i in (0..text.len()).filter(|i| !(name..name + "\"content_hash\":".len()).contains(i)) {
            let without = format!("{}{}", &text[..i], &text[i + 1..]);
            assert_eq!(seal_of(&without), Seal::Broken, "{i}: {without}");
            let other = format!("{}~{}", &text[..i], &text[i + 1..]);
            assert_eq!(seal_of(&other), Seal::Broken, "{i}: {other}");
        }
        // written anew by another program
        assert_eq!(seal_of(&value.to_string()), Seal::Broken);
    }
}
