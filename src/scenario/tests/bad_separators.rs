//! What is wrong with scenes of separators, and where it is said.

use super::super::*;
use super::separators::{HALBACH, MAGNET, RACK, SORTER};

const COLUMN: &str = include_str!("../../../examples/scenes/cd34_selection_column.toml");

/// The magnet of the rack before it is there again, as after pasting it twice.
const TWICE: &str = "[[magnet]]\nkind = \"block\"\ncentre = [\"12.5 mm\", \"0 mm\", \"20 mm\"]\nsize = [\"10 mm\", \"20 mm\", \"40 mm\"]\nremanence = \"1.3 T\"\nmagnetised = [-1, 0, 0]\n[[magnet]]";

/// Scene, text to find in it, its replacement, the text that the error's caret points at, title, label or help.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Two labels from the same beads after different times.
const TWO_STEPS: &str = "[labels.lymphocyte]\nbeads = \"dynabeads_myone\"\nbinding = { time = \"30 min\", beads = \"1e6 /uL\", capacity = 100, rate = \"1e8 L/(mol s)\" }\n\
                         [labels.monocyte]\nbeads = \"dynabeads_myone\"\nbinding = { time = \"20 min\", beads = \"1e6 /uL\", capacity = 100, rate = \"1e8 L/(mol s)\" }";

#[rustfmt::skip] // a table: one case a line
const CASES: &[Case] = &[
    // magnets that cannot be
    (RACK, "\"1.3 T\"", "\"2.6 T\"", "\"2.6 T\"", "a remanence of 2.6 T; no material has more than 2.5 T"),
    (SORTER, "\"1.42 T\"", "\"142 T\"", "\"142 T\"", "no magnet sustains more than 50 T"),
    (RACK, MAGNET, "kind = \"dipole\"\ncentre = [\"20 mm\", \"0 mm\", \"0 mm\"]\nmoment = \"2 A m2\"\nball_radius = \"5 mm\"\nmagnetised = [1, 0, 0]", "\"2 A m2\"", "is a polarisation of 4.800 T; no material has more"),
    (RACK, "\"12.5 mm\"", "\"11 mm\"", "[\"11 mm\"", "mm is in a cuboid, or nearer to it than 130 um"),
    (RACK, "\"NdFeB\"", "\"iron\"", "\"iron\"", "iron is soft and has no remanence"),
    (RACK, "\"NdFeB\"", "\"NdFeBo\"", "\"NdFeBo\"", "no material `NdFeBo`"),
    (RACK, "[-1, 0, 0]", "[0, 0, 0]", "[0, 0, 0]", "polarisation"),
    (RACK, "[-1, 0, 0]", "[0, 1]", "[0, 1]", "`magnet.magnetised` is a list of 2"),
    (RACK, "size       =", "radius = \"1 mm\"\nsize       =", "radius =", "`radius` does not go with kind = \"block\""),
    (SORTER, "\"1.42 T\"", "\"1.42 T\"\nmaterial = \"wood\"", "\"wood\"", "no material `wood`"),
    (HALBACH, "\"1.3 T\"", "\"1.3 T\"\nmaterial = \"superconductor\"", "\"superconductor\"", "superconductor has no remanence"),
    (RACK, MAGNET, "kind = \"dipole\"\ncentre = [\"10 mm\", \"0 mm\", \"0 mm\"]\nmoment = \"0.1 A m2\"\nball_radius = \"5 mm\"\nmagnetised = [1, 0, 0]", "[\"10 mm\"", "is in a dipole, or nearer"),
    (RACK, MAGNET, "kind = \"dipole\"\ncentre = [\"20 mm\", \"0 mm\", \"0 mm\"]\nmoment = \"1 A m2\"\nmaterial = \"SmCo\"\nmagnetised = [1, 0, 0]", "\"SmCo\"", "a point has no material"),
    // soft bodies and rings that cannot be
    (RACK, MAGNET, "kind = \"wire\"\ncentre = [\"7 mm\", \"0 mm\", \"0 mm\"]\nradius = \"0.4 mm\"\nsusceptibility = 1000\nalong = [0, 0, 1]\nbackground = [\"0 T\", \"0 T\", \"1 T\"]", "[\"0 T\"", "has to lie across the wire"),
    (RACK, MAGNET, "kind = \"wire\"\ncentre = [\"7 mm\", \"0 mm\", \"0 mm\"]\nradius = \"0.4 mm\"\nsusceptibility = 1000\nalong = [0, 0, 0]\nbackground = [\"1 T\", \"0 T\", \"0 T\"]", "[0, 0, 0]", "the wire has no direction"),
    (RACK, MAGNET, "kind = \"wire\"\ncentre = [\"6.8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"0.4 mm\"\nsusceptibility = 1000\nalong = [0, 0, 1]\nbackground = [\"1 T\", \"0 T\", \"0 T\"]", "[\"6.8 mm\"", "is in a wire, or nearer"),
    (RACK, MAGNET, "kind = \"sphere\"\ncentre = [\"8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nbackground = [\"1 T\", \"0 T\"]", "[\"1 T\"", "is a list of 2"),
    (RACK, MAGNET, "kind = \"sphere\"\ncentre = [\"8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nmaterial = \"NdFeB\"\nbackground = [\"1 T\", \"0 T\", \"0 T\"]", "\"NdFeB\"", "NdFeB is not a soft material"),
    (RACK, MAGNET, "kind = \"sphere\"\ncentre = [\"8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nbackground = [\"1 T\", \"0 T\", \"0 T\"]\nrepeat = [{ step = [\"0 mm\", \"0 mm\", \"1.9 mm\"], count = 3 }]", "[{ step", "each sphere would lie in the next: they are 1900 um apart"),
    (RACK, MAGNET, "kind = \"sphere\"\ncentre = [\"8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nbackground = [\"1 T\", \"0 T\", \"0 T\"]\n[[magnet]]\nkind = \"sphere\"\ncentre = [\"-8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nbackground = [\"1.1 T\", \"0 T\", \"0 T\"]", "[\"1.1 T\"", "this background differs from that of the first"),
    (RACK, MAGNET, "kind = \"ring\"\ncentre = [\"0 mm\", \"0 mm\", \"50 mm\"]\ninner_radius = \"5 mm\"\nouter_radius = \"4 mm\"\nheight = \"5 mm\"\nremanence = \"1.2 T\"\nmagnetised = [0, 0, 1]", "\"5 mm\"", "the inner radius of a ring is below"),
    (RACK, MAGNET, "kind = \"ring\"\ncentre = [\"0 mm\", \"0 mm\", \"20 mm\"]\ninner_radius = \"6 mm\"\nouter_radius = \"9 mm\"\nheight = \"5 mm\"\nremanence = \"1.2 T\"\nmagnetised = [0, 0, 1]", "[\"0 mm\", \"0 mm\", \"20 mm\"]", "in a cylinder, or nearer"),
    // beads in one vessel
    (SORTER, "[labels.lymphocyte]\nmobility = \"1e-13 m3 s/kg\"\nspread   = 0.3", TWO_STEPS, "\"30 min\"", "`lymphocyte` and `monocyte` take from the same beads, but their `binding.time` differ"),
    (HALBACH, "\"3 mm\"", "\"2.4 mm\"", "\"2.4 mm\"", "not within the poles"),
    (HALBACH, "\"12 mm\"", "\"2 mm\"", "\"2 mm\"", "larger than the inner one"),
    (SORTER, "\"4.965 mm\"", "\"4 mm\"", "\"4 mm\"", "not within the poles"),
    (SORTER, "pole_tip   = \"1.42 T\"", "pole_tip = \"1.42 mm\"", "\"1.42 mm\"", "is a length"),
    (SORTER, "kind       = \"quadrupole\"\npole_tip   = \"1.42 T\"\ntip_radius = \"4.965 mm\"", "kind = \"map\"\nfile = \"no_such.csv\"", "\"no_such.csv\"", "no_such.csv"),
    // ducts and flows that cannot be
    (SORTER, "\"4.36 mm\"", "\"3.9 mm\"", "\"3.9 mm\"", "the core is as wide as the wall"),
    (SORTER, "[\"outer wall\"]", "[\"end\"]", "[\"end\"]", "has no \"end\" to hold cells"),
    (SORTER, "[\"outer wall\"]", "[\"outer\"]", "\"outer\"", "cannot be \"outer\""),
    (SORTER, "[\"0 %\", \"20 %\"]", "[\"20 %\", \"20 %\"]", "[\"20 %\", \"20 %\"]", "there is no flow between these shares"),
    (SORTER, "up_to = \"50 %\"", "", "[[outlet]]", "up to which share of the flow does `unlabelled` reach?"),
    (SORTER, "name = \"labelled\"", "name = \"inside\"", "\"inside\"", "an outlet cannot be called \"inside\""),
    (SORTER, "name = \"labelled\"", "name = \"labelled\"\nup_to = \"60 %\"", "\"60 %\"", "the last outlet takes the rest"),
    (RACK, "duration = \"5 min\"", "", "[duct]", "for how long is the duct followed?"),
    (RACK, "[duct]", "[feed]\nover = \"1 s\"\n[duct]", "feed]", "`feed` belongs to a table with `flow`"),
    (HALBACH, "gravity = \"-y\"", "", "[duct]", "`gravity` is missing in [duct]"),
    // labels that cannot be
    (SORTER, "[labels.lymphocyte]", "[labels.lymfocyte]", "lymfocyte", "there is no `lymfocyte` in the sample"),
    (SORTER, "spread   = 0.3", "oxygenation = \"0 %\"", "oxygenation", "takes only one of"),
    (SORTER, "mobility = \"1e-13 m3 s/kg\"", "oxygenation = \"0 %\"", "\"0 %\"", "`lymphocyte` carries no oxygen"),
    (SORTER, "spread   = 0.3", "spread = 5", "5", "at most 3 for a mobility"),
    (RACK, "mean   = 4", "", "\"dynabeads_m450\"", "how many beads does a cell of `lymphocyte` carry?"),
    (RACK, "mean   = 4", "mean = 400", "400", "400 beads on a cell of `lymphocyte`"),
    (RACK, "\"dynabeads_m450\"", "\"dynabeads_m540\"", "\"dynabeads_m540\"", "did you mean \"dynabeads_m450\"?"),
    (RACK, "\"dynabeads_m450\"", "\"macs_cd34_or_cd4_nanobead\"", "\"macs_cd34_or_cd4_nanobead\"", "its magnetisation is not known"),
    (RACK, "[labels.lymphocyte]", "[beads.mine]\nsource = \"x\"\ndiameter = \"1 um\"\ndensity = \"1.5 g/mL\"\nsusceptibility = -0.5\nsaturation = \"30 mT\"\n[labels.lymphocyte]", "-0.5", "the susceptibility of a bead is -0.5; it has to be above zero"),
    (RACK, "mean   = 4", "mean = -5", "-5", "`labels.lymphocyte.mean` is out of range"),
    (SORTER, "\"1e-13 m3 s/kg\"", "\"1e-3 m3 s/kg\"", "\"1e-3 m3 s/kg\"", "no `lymphocyte` has a mobility of 1.00e-3 m3 s/kg"),
    (SORTER, "\"1e-13 m3 s/kg\"", "\"-1e-7 m3 s/kg\"", "\"-1e-7 m3 s/kg\"", "even an iron ball of its size"),
    (SORTER, "\"1e-13 m3 s/kg\"", "\"4e-9 m3 s/kg\"\nsaturation_field = \"30 mT\"\nmeasured_at = \"1.4 T\"", "\"4e-9 m3 s/kg\"", "in a weak field"),
    (SORTER, "spread   = 0.3", "saturation_field = \"50 mT\"", "\"1e-13", "in which field was this mobility measured?"),
    (SORTER, "spread   = 0.3", "bead = \"dynabeads_m280\"", "\"1e-13", "in which field was this mobility measured?"),
    (SORTER, "spread   = 0.3", "measured_at = \"1.4 T\"", "\"1.4 T\"", "needs `bead` or `saturation_field` beside it"),
    (SORTER, "spread   = 0.3", "measured_at = \"1.4 T\"\nsaturation_field = \"-50 mT\"", "\"-50 mT\"", "has to be positive"),
    (SORTER, "spread   = 0.3", "measured_at = \"1.4 T\"\nbead = \"dynabeads_m280\"\nsaturation_field = \"50 mT\"", "\"50 mT\"", "one of `bead` and `saturation_field`, not both"),
    (SORTER, "spread   = 0.3", "measured_at = \"1.4 T\"\nbead = \"dynabeads_m281\"", "\"dynabeads_m281\"", "there is no bead `dynabeads_m281`"),
    (SORTER, "spread   = 0.3", "measured_at = \"1.4 T\"\nbead = \"macs_cd34_or_cd4_nanobead\"", "\"macs_cd34_or_cd4_nanobead\"", "its magnetisation is not known"),
    (SORTER, "\"1e-13 m3 s/kg\"", "\"-1e-13 m3 s/kg\"\nmeasured_at = \"0 T\"\nsaturation_field = \"50 mT\"", "\"50 mT\"", "what the field repels does not saturate"),
    (RACK, "beads  = \"dynabeads_m450\"", "beads = \"dynabeads_m450\"\nmeasured_at = \"1 T\"", "measured_at", "`labels.lymphocyte.measured_at` belongs to a table with `mobility`"),
    // surfaces, matrices and phases
    (SORTER, "holds        = [\"outer wall\"]", "coverage = \"50 %\"", "\"50 %\"", "no surface of this duct holds cells, so none can fill"),
    (COLUMN, "capacity   = 6e8", "capacity = 1", "1", "less room than a parcel of `cd34_mobilised` takes"),
    (SORTER, "holds        = [\"outer wall\"]", "holds = [\"outer wall\"]\ncoverage = \"1e-7 %\"", "\"1e-7 %\"", "less room than a parcel of `lymphocyte` takes"),
    (COLUMN, "collect = \"flow-through\"", "collect = \"flow-trough\"", "\"flow-trough\"", "did you mean \"flow-through\"?"),
    // magnets that are put into each other
    (RACK, "[[magnet]]", TWICE, "[[magnet]]\nkind       = \"block\"\ncentre     = [\"12.5 mm\", \"0 mm\", \"20 mm\"]", "this block lies in the block at scene.toml:"),
    // misspelt tables, of which no more is said than that
    (SORTER, "[flow]", "[fow]", "fow", "did you mean `flow`?"),
    (RACK, "[duct]", "[dutc]", "dutc", "did you mean `duct`?"),
    // free beads that cannot be
    (RACK, "neutrophil = \"4000 /uL\"", "free = { concentration = \"1 /uL\", bead = \"dynabeads_m540\" }", "\"dynabeads_m540\"", "did you mean \"dynabeads_m450\"?"),
    (RACK, "neutrophil = \"4000 /uL\"", "free = { concentration = \"1 /uL\", bead = \"macs_cd34_or_cd4_nanobead\" }", "\"macs_cd34_or_cd4_nanobead\"", "its magnetisation is not known"),
    (RACK, "neutrophil = \"4000 /uL\"", "monocyte = { concentration = \"1 /uL\", bead = \"dynabeads_m450\" }", "monocyte", "`monocyte` is a cell of the library"),
    (RACK, "neutrophil = \"4000 /uL\"", "free = { bead = \"dynabeads_m450\" }", "{ bead", "how many cells of `free` are there?"),
    (RACK, "[labels.lymphocyte]", "[species.free]\nsource = \"x\"\nclass = \"particle\"\ndiameter = \"3 um\"\ndensity = \"1.5 g/mL\"\n[sample.cells.free]\nbead = \"dynabeads_m450\"\nconcentration = \"1 /uL\"\n[labels.lymphocyte]", "\"dynabeads_m450\"", "`free` is in [species] already"),
    (RACK, "[labels.lymphocyte]", "[sample.cells.free]\nbead = \"dynabeads_m450\"\nconcentration = \"1 /uL\"\n[labels.free]\nmobility = \"1e-13 m3 s/kg\"\n[labels.lymphocyte]", "[labels.free]", "`free` are free beads"),
    // keys of the other kind
    (RACK, "[duct]", "[physics]\nsuspension = \"dense\"\n[duct]", "[physics]", "`physics` belongs to a vessel with a [chamber]"),
    (RACK, "[duct]", "[output]\nprofile = { bins = 10 }\n[duct]", "{ bins", "`output.profile` belongs to a vessel"),
    (RACK, "[duct]", "[numerics]\nlayers = 10\n[duct]", "10", "`numerics.layers` belongs to a vessel"),
    (RACK, "[duct]", "[[protocol]]\nhold = \"1 s\"\n[duct]", "duct]", "the scene takes only one of"),
];

/// Magnets that are more than is known of their material: taken, and said.
#[rustfmt::skip] // a table: one case a line
const DOUBTED: &[Case] = &[
    (RACK, "\"1.3 T\"", "\"1.6 T\"", "\"1.6 T\"", "NdFeB has at most 1.48 T"),
    (RACK, "\"NdFeB\"", "\"ferrite\"", "\"1.3 T\"", "ferrite has at most 0.45 T"),
    (SORTER, "\"1.42 T\"", "\"2.3 T\"", "\"2.3 T\"", "iron has at most 2.16 T"),
    (SORTER, "\"1.42 T\"", "\"1.42 T\"\nmaterial = \"ferrite\"", "\"1.42 T\"", "`kind = \"halbach\"` is another way"),
    (HALBACH, "= 2\ninner_radius = \"3 mm\"\nouter_radius = \"12 mm\"", "= 1\ninner_radius = \"3 mm\"\nouter_radius = \"60 mm\"", "\"60 mm\"", "3.894 T at the bore demagnetise"),
    (RACK, MAGNET, "kind = \"gradient\"\nfield = \"3 T\"\ngradient = \"10 T/m\"\nforce = [1, 0, 0]", "\"3 T\"", "a flux density of 3 T; iron has"),
    (RACK, MAGNET, "kind = \"dipole\"\ncentre = [\"20 mm\", \"0 mm\", \"0 mm\"]\nmoment = \"1 A m2\"\nball_radius = \"5 mm\"\nmagnetised = [1, 0, 0]", "\"1 A m2\"", "is a polarisation of 2.400 T; NdFeB has"),
    (RACK, MAGNET, "kind = \"gradient\"\nfield = \"1 T\"\ngradient = \"100 T/m\"\nforce = [1, 0, 0]", "\"100 T/m\"", "; iron gives at most 2.16 T"),
    (RACK, MAGNET, "kind = \"dipole\"\ncentre = [\"20 mm\", \"0 mm\", \"0 mm\"]\nmoment = \"100 A m2\"\nmagnetised = [1, 0, 0]", "\"100 A m2\"", "in the duct at (6.5, 0, 0) mm: a flux density of 8.129 T; NdFeB gives at most 3.5 T"),
    (RACK, MAGNET, "kind = \"sphere\"\ncentre = [\"8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nbackground = [\"0 T\", \"-25 T\", \"25 T\"]", "[\"0 T\"", "a flux density of 35.36 T; superconductor gives at most 28.2 T"),
    (RACK, MAGNET, "kind = \"sphere\"\ncentre = [\"8 mm\", \"0 mm\", \"0 mm\"]\nradius = \"1 mm\"\nsusceptibility = 1000\nsaturation = \"2.3 T\"\nbackground = [\"1 T\", \"0 T\", \"0 T\"]", "\"2.3 T\"", "iron has at most 2.16 T"),
];

/// Grades become better, and what is from memory refuses nothing: a published magnet of 1.5 T runs.
#[test]
fn what_is_more_than_known_is_taken_and_said() {
    let mut wrong = Vec::new();
    for (scene, from, to, at, said) in DOUBTED {
        assert!(scene.contains(from), "{from}");
        let text = scene.replacen(from, to, 1);
        match Scene::from_str("scene.toml", &text) {
            Ok(scene) => {
                let hit = scene.warnings.iter().any(|p| {
                    let whole = format!("{} | {}", p.title, p.help.clone().unwrap_or_default());
                    whole.contains(said) && text[p.span.start..].starts_with(at)
                });
                if !hit || scene.warnings.len() > 2 {
                    wrong.push(format!(
                        "`{said}` is not at `{at}`:\n{}",
                        scene.render_warnings(false)
                    ));
                }
            }
            Err(error) => wrong.push(format!("{to} is refused:\n{error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn each_is_refused_at_its_place() {
    let mut wrong = Vec::new();
    for (scene, from, to, at, said) in CASES {
        assert!(scene.contains(from), "{from}");
        let text = scene.replacen(from, to, 1);
        let Err(error) = Scene::from_str("scene.toml", &text) else {
            wrong.push(format!("{to} is taken"));
            continue;
        };
        let hit = error.problems.iter().any(|p| {
            let whole = format!(
                "{} | {} | {}",
                p.title,
                p.label,
                p.help.clone().unwrap_or_default()
            );
            whole.contains(said) && text[p.span.start..].starts_with(at.trim_start_matches('['))
                || whole.contains(said) && text[p.span.start..].starts_with(at)
        });
        if !hit || error.problems.len() > 2 {
            wrong.push(format!("`{said}` is not at `{at}`:\n{error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
