//! Keys that tables with a file of vectors have in common: `[[magnet]]` and `[flow]`.

use super::super::spec::Kind;

/// Kinds and descriptions, each used by both.
pub(super) const COLUMN_NAMES: Kind = Kind::List(&Kind::Text, 4, 64);
pub(super) const DECIMALS: Kind = Kind::Choice(&[".", ","], &[]);
pub(super) const SYMMETRIES: Kind = Kind::Choice(&["planar", "axial"], &[]);
pub(super) const AXES3: Kind = Kind::List(&Kind::Choice(&["x", "y", "z", "-x", "-y", "-z"], &[]), 3, 3);
pub(super) const LENGTH_UNIT: &str = "Unit of length in the file, e.g. \"mm\", if the file names none. VTK files and tables of \
             ParaView name none.";
pub(super) const COLUMNS: &str = "Names of the columns of a table, in order, instead of its own header: x, y, z (or r, z) \
             and the components, each with its unit, such as \"x [mm]\". \"-\" skips a column.";
pub(super) const ARRAY: &str = "Name of the array of vectors, if the file has several.";
pub(super) const DECIMAL: &str = "Decimal sign of a table, if the file leaves it open.";
pub(super) const SYMMETRY: &str = "What a two-dimensional file stands for. Planar: the same along the missing axis. Axial: \
             the same around its second axis, with the first as the radius. A file with a column r is \
             axial.";
pub(super) const AXES: &str = "Axes of the duct along which x, y and z of the file point. The default is [\"x\", \"y\", \
             \"z\"].";
