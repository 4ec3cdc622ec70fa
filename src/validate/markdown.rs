//! VALIDATION.md
pub fn markdown(_r: &[super::Report]) -> String { String::new() }
