//! Keys that tables with a file of vectors have in common: `[[magnet]]` and `[flow]`.

use super::super::spec::Kind;

/// Kinds and descriptions, each used by both.
pub(super) const COLUMN_NAMES: Kind = Kind::List(&Kind::Text, 4, 64);
pub(super) const DECIMALS: Kind = Kind::Choice(&[".", ","], &[]);
pub(super) const SYMMETRIES: Kind = Kind::Choice(&["planar", "axial"], &[]);
pub(super) const AXES3: Kind = Kind::List(&Kind::Choice(&["x", "y", "z", "-x", "-y", "-z"], &[]), 3, 3);
pub(super) const LENGTH_UNIT: &str =
    "Unit of the places in a file that names none, e.g. \"mm\", as VTK files and the tables of ParaView.";
pub(super) const COLUMNS: &str = "Names of the columns of a text in their order, instead of the file's own: x, y, z (or r, z) and the components, \
     each with its unit, as in \"x [mm]\", and \"-\" for one that does not matter.";
pub(super) const ARRAY: &str = "Name of the array of vectors, where the file has several.";
pub(super) const DECIMAL: &str =
    "Whether numbers of a text have decimal points or commas, where the file leaves that open.";
pub(super) const SYMMETRY: &str = "What a file of a plane stands for: the same all along the axis that it lacks (planar), or all around the second of \
     its axes, with the first as the distance from it (axial). A file with a column r is axial.";
pub(super) const AXES: &str =
    "Along which axes of the duct x, y and z of the file point; [\"x\", \"y\", \"z\"] if left out.";
