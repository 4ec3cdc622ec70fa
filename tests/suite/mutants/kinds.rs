//! The kernel `field` with one kind of magnet alone. It has a law for each kind, and all of them together take a second to compile.

use buffycoat::kernels::Fixture;
use buffycoat::magnets::Packed;

/// Kinds whose fields notice most mutants of a file, by the names of their constants in the kernel.
const NOTICED_BY: &[(&str, &[&str])] = &[
    ("magnets/multipole", &["MULTIPOLE"]),
    ("magnets/dipole", &["DIPOLE"]),
    ("magnets/cuboid", &["CUBOID"]),
    ("magnets/cylinder", &["CYLINDER"]),
    ("magnets/poles", &["CYLINDER"]),
    ("magnets/wire", &["WIRE"]),
    ("lib/angles", &["CUBOID"]),
    ("lib/corners", &["CUBOID", "CYLINDER"]),
    ("lib/displacement", &["DIPOLE"]),
    ("kernels/field", &["DIPOLE"]),
];

/// The kinds of a file; none where all are needed.
pub fn noticed_by(file: &str) -> &'static [&'static str] {
    NOTICED_BY
        .iter()
        .find(|(f, _)| *f == file)
        .map_or(&[], |(_, kinds)| kinds)
}

/// The text of the kernel for magnets of one kind, for which the compiler leaves out the laws of the others.
pub fn narrowed(text: &str, kind: &str) -> String {
    let any = "let kind = more.z;";
    assert_eq!(text.matches(any).count(), 1, "`{any}` in the kernel");
    text.replace(any, &format!("let kind = {kind};"))
}

/// Whether all magnets of a fixture are of one kind.
pub fn has_only(fixture: &Fixture, text: &str, kind: &str) -> bool {
    let begin = format!("const {kind}: u32 = ");
    let (_, rest) = text.split_once(&begin).unwrap();
    let number: u32 = rest.split_once('u').unwrap().0.parse().unwrap();
    let rows = fixture.words("magnets").chunks_exact(Packed::WORDS);
    rows.take(fixture.page.spare as usize).all(|row| row[6] == number)
}
