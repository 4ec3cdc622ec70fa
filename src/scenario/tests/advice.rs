//! What people are advised to do: followed to the letter it gives what they meant, and nothing else changes. Every help that the reader of
//! scenes can give is either followed here, or listed with the reason why it is no edit.

use super::super::*;
use super::separators::{RACK, SORTER};
use std::path::PathBuf;

/// A scene with a mistake (what to replace in it, by what), a part of the help, what following it replaces, and what was meant, as
/// another replacement in the scene.
struct Followed {
    scene: &'static str,
    wrong: [&'static str; 2],
    help: &'static str,
    edit: [&'static str; 2],
    meant: [&'static str; 2],
}

const BLOOD: &str = include_str!("../../../examples/scenes/whole_blood.toml");
const LONE: &str = include_str!("../../../examples/scenes/dilute_platelets.toml");
const ESR: &str = include_str!("../../../examples/scenes/bench_esr.toml");
const COLUMN: &str = include_str!("../../../examples/scenes/cd34_selection_column.toml");
const SAME: [&str; 2] = ["", ""];

/// The vessel of [`LONE`] down to its rotor, a tube in its place, and both with the mounting in which a tube may be.
const SECTOR: &str =
    "shape       = \"sector\"\nangle       = \"2.5 deg\"\nthickness   = \"12 mm\"\nfill_height = \"50 mm\"";
const TUBE: &str = "shape = \"tube\"\ninner_diameter = \"12 mm\"\nfill_height = \"50 mm\"";
const CELL: &str = "shape       = \"sector\"\nangle       = \"2.5 deg\"\nthickness   = \"12 mm\"\nfill_height = \"50 mm\"\nrotor       = { mounting = \"horizontal\"";
const ROUND: &str = "shape = \"tube\"\ninner_diameter = \"12 mm\"\nfill_height = \"50 mm\"\nrotor       = { mounting = \"swing-out\"";

/// The same on to the physics, with what acts across a vessel.
const SECTOR_TO_PHYSICS: &str = "shape       = \"sector\"\nangle       = \"2.5 deg\"\nthickness   = \"12 mm\"\nfill_height = \"50 mm\"\nrotor       = { mounting = \"horizontal\", bottom_radius = \"150 mm\" }\n\n[physics]\nsuspension = \"dilute\"";
const TUBE_TO_PHYSICS: &str = "shape = \"tube\"\ninner_diameter = \"12 mm\"\nfill_height = \"50 mm\"\nrotor       = { mounting = \"swing-out\", bottom_radius = \"150 mm\" }\n\n[physics]\nsuspension = \"dilute\"\ncoriolis = true";
const MIXED: &str = "shape = \"tube\"\ninner_diameter = \"12 mm\"\nfill_height = \"50 mm\"\nrotor       = { mounting = \"swing-out\", bottom_radius = \"150 mm\" }\n\n[physics]\nsuspension = \"dilute\"";
const RESOLVED: &str = "shape = \"tube\"\ninner_diameter = \"12 mm\"\nfill_height = \"50 mm\"\nrotor       = { mounting = \"swing-out\", bottom_radius = \"150 mm\" }\n\n[physics]\nsuspension = \"dilute\"\ncoriolis = true\nlateral = \"resolved\"";

#[rustfmt::skip] // a table: one case a line
const FOLLOWED: &[Followed] = &[
    Followed { scene: BLOOD, wrong: ["haematocrit =", "hematocrit ="], help: "did you mean `haematocrit`?", edit: ["hematocrit =", "haematocrit ="], meant: SAME },
    Followed { scene: BLOOD, wrong: ["swing-out", "swingout"], help: "did you mean \"swing-out\"?", edit: ["swingout", "swing-out"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["\"plasma\"", "\"plasna\""], help: "did you mean \"plasma\"?", edit: ["plasna", "plasma"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["lymphocyte =", "lymfocyte ="], help: "did you mean `lymphocyte`?", edit: ["lymfocyte", "lymphocyte"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["monocyte = \"450 /uL\"", "monocyte = \"0 /uL\""], help: "leave `monocyte` out of the cells where there are none", edit: ["monocyte = \"0 /uL\", ", ""], meant: ["monocyte = \"450 /uL\", ", ""] },
    Followed { scene: BLOOD, wrong: ["monocyte = \"450 /uL\"", "monocyte = { parcels = 5 }"], help: "add `concentration = \"... /uL\"`", edit: ["{ parcels", "{ concentration = \"450 /uL\", parcels"], meant: ["\"450 /uL\"", "{ concentration = \"450 /uL\", parcels = 5 }"] },
    Followed { scene: BLOOD, wrong: ["cells = {", "cells = { erythrocyte = \"5e6 /uL\","], help: "leave out one of the two", edit: [" erythrocyte = \"5e6 /uL\",", ""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["fill_height ", "angle = \"5 deg\"\nfill_height "], help: "leave it out", edit: ["angle = \"5 deg\"\n", ""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["fill_height ", "radius = \"7 mm\"\nfill_height "], help: "remove one of the two", edit: ["radius = \"7 mm\"\n", ""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["bins = 260", "bins = 20"], help: "take `bins = 260` in [output] profile", edit: ["bins = 20", "bins = 260"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["500_000", "500.000"], help: "write 500 or 500000, whichever is meant", edit: ["500.000", "500000"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["\"22 degC\"", "\"4 F\""], help: "give the temperature of the sample during the run, e.g. \"4 degC\"", edit: ["\"4 F\"", "\"4 degC\""], meant: ["\"22 degC\"", "\"4 degC\""] },
    Followed { scene: BLOOD, wrong: ["temperature = \"22 degC\"", "temperature = \"-4 degC\"\nanticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\""], help: "give the temperature of the sample during the run, e.g. \"4 degC\"", edit: ["-4 degC", "4 degC"], meant: ["temperature = \"22 degC\"", "temperature = \"4 degC\"\nanticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\""] },
    Followed { scene: BLOOD, wrong: ["[output]", "[numerics]\nlayers = 65\n[output]"], help: "take at least 100 `layers` in [numerics]", edit: ["layers = 65", "layers = 100"], meant: ["[output]", "[numerics]\nlayers = 100\n[output]"] },
    Followed { scene: BLOOD, wrong: ["500_000", "20_000"], help: "take 26000 parcels or more, or at most", edit: ["20_000", "26000"], meant: ["500_000", "26_000"] },
    Followed { scene: BLOOD, wrong: ["[output]", "[physics]\nsuspension = \"dilute\"\n[output]"], help: "use suspension = \"dense\"", edit: ["\"dilute\"", "\"dense\""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["1500 x g", "700 x g"], help: "as `packing_limit` in [physics], e.g. \"85 %\", interpolated between these for 700 x g", edit: ["[output]", "[physics]\npacking_limit = \"85 %\"\n[output]"], meant: ["1500 x g\"       # at the bottom of the tube, unless `at_radius` says otherwise\nover    = \"30 s\"", "700 x g\"\nover = \"30 s\"\n[physics]\npacking_limit = \"85 %\""] },
    Followed { scene: SORTER, wrong: ["[flow]", "[flow]\nprofile = \"plates\""], help: "\"laminar\" is the profile of every shape", edit: ["\"plates\"", "\"laminar\""], meant: SAME },
    Followed { scene: SORTER, wrong: ["[flow]", "[flow]\nside_by_side = \"width\""], help: "leave it out", edit: ["side_by_side = \"width\"\n", ""], meant: SAME },
    Followed { scene: RACK, wrong: ["[duct]", "[physics]\nsuspension = \"dense\"\n[duct]"], help: "leave it out", edit: ["[physics]\nsuspension = \"dense\"\n", ""], meant: SAME },
    Followed { scene: RACK, wrong: ["duration = \"5 min\"", ""], help: "add `duration = \"... min\"` above the first table", edit: ["[sample]", "duration = \"5 min\"\n[sample]"], meant: SAME },
    Followed { scene: RACK, wrong: ["\"dynabeads_m450\"", "\"dynabeads_m540\""], help: "did you mean \"dynabeads_m450\"?", edit: ["m540", "m450"], meant: SAME },
    Followed { scene: SORTER, wrong: ["[labels.lymphocyte]", "[labels.lymfocyte]"], help: "did you mean `lymphocyte`?", edit: ["lymfocyte", "lymphocyte"], meant: SAME },
    Followed { scene: LONE, wrong: ["suspension = \"dilute\"", "suspension = \"dilute\"\ncoriolis = true"], help: "leave it out: a sector has no motion across it", edit: ["coriolis = true", ""], meant: SAME },
    Followed { scene: LONE, wrong: [SECTOR_TO_PHYSICS, TUBE_TO_PHYSICS], help: "add `lateral = \"resolved\"`, or leave it out", edit: ["coriolis = true", "coriolis = true\nlateral = \"resolved\""], meant: [SECTOR_TO_PHYSICS, RESOLVED] },
    Followed { scene: LONE, wrong: [SECTOR_TO_PHYSICS, TUBE_TO_PHYSICS], help: "add `lateral = \"resolved\"`, or leave it out", edit: ["coriolis = true", ""], meant: [SECTOR_TO_PHYSICS, MIXED] },
    Followed { scene: LONE, wrong: ["\"horizontal\"", "\"swing-out\""], help: "use mounting = \"horizontal\", or shape = \"tube\"", edit: ["\"swing-out\"", "\"horizontal\""], meant: SAME },
    Followed { scene: LONE, wrong: ["\"horizontal\"", "\"swing-out\""], help: "use mounting = \"horizontal\", or shape = \"tube\"", edit: [SECTOR, TUBE], meant: [CELL, ROUND] },
    Followed { scene: BLOOD, wrong: ["every = \"10 s\"", "every = \"10 ms\""], help: "take a longer `every` or fewer `bins`", edit: ["10 ms", "10 s"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["[[protocol]]\n", "[[protocol]]\nbrake_over = \"5 s\"\n[[protocol]]\n"], help: "ramp up first, or use `hold`", edit: ["brake_over", "hold"], meant: ["[[protocol]]\n", "[[protocol]]\nhold = \"5 s\"\n[[protocol]]\n"] },
    Followed { scene: BLOOD, wrong: ["[[protocol]]\n", "[[protocol]]\nbrake_over = \"5 s\"\n[[protocol]]\n"], help: "ramp up first, or use `hold`", edit: ["[[protocol]]\n", "[[protocol]]\nramp_to = \"100 x g\"\nover = \"5 s\"\n[[protocol]]\n"], meant: ["[[protocol]]\n", "[[protocol]]\nramp_to = \"100 x g\"\nover = \"5 s\"\n[[protocol]]\nbrake_over = \"5 s\"\n[[protocol]]\n"] },
    Followed { scene: ESR, wrong: ["[[protocol]]\n", "[[protocol]]\nramp_to = \"1500 x g\"\nover = \"9 s\"\n[[protocol]]\n"], help: "use `hold`, or give the rotor a mounting", edit: ["ramp_to = \"1500 x g\"\nover =", "hold ="], meant: ["[[protocol]]\n", "[[protocol]]\nhold = \"9 s\"\n[[protocol]]\n"] },
    Followed { scene: RACK, wrong: ["holds  = [\"outer wall\"]", "coverage = \"50 %\""], help: "name one in `holds`, or leave this out", edit: ["coverage", "holds = [\"outer wall\"]\ncoverage"], meant: ["holds ", "coverage = \"50 %\"\nholds "] },
    Followed { scene: RACK, wrong: ["holds  = [\"outer wall\"]", "coverage = \"50 %\""], help: "name one in `holds`, or leave this out", edit: ["coverage = \"50 %\"", ""], meant: ["holds  = [\"outer wall\"]", ""] },
    Followed { scene: SORTER, wrong: ["mobility =", "measured_at = \"1.4 T\"\nmobility ="], help: "say how the label saturates, or leave this out", edit: ["measured_at = \"1.4 T\"\n", ""], meant: SAME },
    Followed { scene: SORTER, wrong: ["mobility =", "measured_at = \"1.4 T\"\nmobility ="], help: "say how the label saturates, or leave this out", edit: ["measured_at", "saturation_field = \"0.3 T\"\nmeasured_at"], meant: ["mobility =", "saturation_field = \"0.3 T\"\nmeasured_at = \"1.4 T\"\nmobility ="] },
    Followed { scene: SORTER, wrong: ["lymphocyte = {", "lymphocyte = { inlet = \"core\","], help: "add an `[[inlet]]` with this `name` and a `share`, or leave this out", edit: ["inlet = \"core\",", ""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "amounts = \"anticoagulated\"\ndiluted_with = { medium = \"plasma\", ratio = \"1:1\" }\nhaematocrit ="], help: "say \"blood\" or \"sample\"", edit: ["\"anticoagulated\"", "\"blood\""], meant: ["haematocrit =", "amounts = \"blood\"\ndiluted_with = { medium = \"plasma\", ratio = \"1:1\" }\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "diluted_with = { medium = \"plasma\", ratio = \"1:1\" }\nhaematocrit ="], help: "add `amounts = \"blood\"`", edit: ["diluted_with", "amounts = \"blood\"\ndiluted_with"], meant: ["haematocrit =", "amounts = \"blood\"\ndiluted_with = { medium = \"plasma\", ratio = \"1:1\" }\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "diluted_with = { medium = \"plasma\", ratio = \"1:1\" }\nhaematocrit ="], help: "or `amounts = \"sample\"`", edit: ["diluted_with", "amounts = \"sample\"\ndiluted_with"], meant: ["haematocrit =", "amounts = \"sample\"\ndiluted_with = { medium = \"plasma\", ratio = \"1:1\" }\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["\"plasma\"", "\"plasma_acda\"\nanticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\""], help: "give `medium = \"plasma\"` beside `anticoagulant`", edit: ["\"plasma_acda\"", "\"plasma\""], meant: ["\"plasma\"", "\"plasma\"\nanticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\""] },
    Followed { scene: BLOOD, wrong: ["\"plasma\"", "\"blood\""], help: "write `medium = \"plasma\"`, which suspends", edit: ["\"blood\"", "\"plasma\""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["\"plasma\"", "\"blood\"\nanticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\""], help: "what was added to the blood stays as it is", edit: ["\"blood\"", "\"plasma\""], meant: ["\"plasma\"", "\"plasma\"\nanticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\""] },
    Followed { scene: BLOOD, wrong: ["\"plasma\"", "\"cpd\"\nanticoagulant = { solution = \"cpd\", ratio = \"1:7\" }\namounts = \"blood\""], help: "for blood write `medium = \"plasma\"`; `anticoagulant` says", edit: ["\"cpd\"\n", "\"plasma\"\n"], meant: ["\"plasma\"", "\"plasma\"\nanticoagulant = { solution = \"cpd\", ratio = \"1:7\" }\namounts = \"blood\""] },
    Followed { scene: BLOOD, wrong: ["\"plasma\"", "\"cpd\""], help: "with e.g. `anticoagulant = { solution = \"cpd\", ratio = \"1:9\" }` and `amounts = \"blood\"`", edit: ["\"cpd\"", "\"plasma\"\nanticoagulant = { solution = \"cpd\", ratio = \"1:9\" }\namounts = \"blood\""], meant: ["\"plasma\"", "\"plasma\"\nanticoagulant = { solution = \"cpd\", ratio = \"1:9\" }\namounts = \"blood\""] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "anticoagulant = { solution = \"cpd\", ratio = \"1:70\" }\namounts = \"blood\"\nhaematocrit ="], help: "did you mean `ratio = \"1:7\"`?", edit: ["1:70", "1:7"], meant: ["haematocrit =", "anticoagulant = { solution = \"cpd\", ratio = \"1:7\" }\namounts = \"blood\"\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "diluted_with = { medium = \"blood\", ratio = \"1:1\" }\namounts = \"blood\"\nhaematocrit ="], help: "name what was added to it, e.g. `medium = \"saline\"`", edit: ["\"blood\", ratio", "\"saline\", ratio"], meant: ["haematocrit =", "diluted_with = { medium = \"saline\", ratio = \"1:1\" }\namounts = \"blood\"\nhaematocrit ="] },
    Followed { scene: RACK, wrong: ["\"dynabeads_m450\"", "\"dynabeads\""], help: "did you mean \"dynabeads_m280\", \"dynabeads_m450\" or \"dynabeads_myone\"?", edit: ["\"dynabeads\"", "\"dynabeads_m450\""], meant: SAME },
    Followed { scene: COLUMN, wrong: ["[numerics]", "[[magnet]]\nkind = \"quadrupole\"\npole_tip = \"1 T\"\ntip_radius = \"20 mm\"\n[numerics]"], help: "its `background` magnetises it: leave them out", edit: ["[[magnet]]\nkind = \"quadrupole\"\npole_tip = \"1 T\"\ntip_radius = \"20 mm\"\n", ""], meant: SAME },
    Followed { scene: COLUMN, wrong: ["axis   = \"down\"", "axis   = \"down\"\nholds = [\"outer wall\"]"], help: "the matrix holds the cells: leave them out", edit: ["holds = [\"outer wall\"]", ""], meant: SAME },
    Followed { scene: COLUMN, wrong: ["rate = \"5 mL/min\"", "rate = \"5 mL/min\"\nprofile = \"laminar\""], help: "plug flow: leave it out", edit: ["profile = \"laminar\"", ""], meant: SAME },
    Followed { scene: COLUMN, wrong: ["schema = 1", "schema = 1\nduration = \"5 min\""], help: "the phases say how long the run is: leave it out", edit: ["duration = \"5 min\"", ""], meant: SAME },
    Followed { scene: COLUMN, wrong: ["name = \"flow-through\"\n", "name = \"flow-through\"\nrate = \"6 mL/min\"\n"], help: "`flow.rate` is 5 mL/min; leave this out", edit: ["rate = \"6 mL/min\"\n", ""], meant: SAME },
    Followed { scene: COLUMN, wrong: ["mobility         = \"1e-13", "mobility         = \"-1e-15"], help: "leave it and `measured_at` out beside a negative mobility", edit: ["measured_at      = \"1.4 T\"\nsaturation_field = \"50 mT\"\n", ""], meant: ["mobility         = \"1e-13 m3 s/kg\"\nmeasured_at      = \"1.4 T\"\nsaturation_field = \"50 mT\"\n", "mobility         = \"-1e-15 m3 s/kg\"\n"] },
    Followed { scene: SORTER, wrong: ["share = [\"0 %\", \"20 %\"]", "share = [\"20 %\", \"0 %\"]"], help: "give the smaller one first", edit: ["share = [\"20 %\", \"0 %\"]", "share = [\"0 %\", \"20 %\"]"], meant: SAME },
    Followed { scene: SORTER, wrong: ["name = \"labelled\"", "name = \"labelled\"\nup_to = \"90 %\""], help: "leave `up_to` out, or give 100 %", edit: ["up_to = \"90 %\"", ""], meant: SAME },
    Followed { scene: SORTER, wrong: ["name = \"labelled\"", "name = \"labelled\"\nup_to = \"90 %\""], help: "leave `up_to` out, or give 100 %", edit: ["90 %", "100 %"], meant: SAME },
    Followed { scene: SORTER, wrong: ["[[outlet]]", "[[phase]]\nname = \"a\"\nover = \"3 min\"\ncollect = \"labelled\"\n[[outlet]]"], help: "decide what an outlet collects: leave it out", edit: ["collect = \"labelled\"\n", ""], meant: ["[[outlet]]", "[[phase]]\nname = \"a\"\nover = \"3 min\"\n[[outlet]]"] },
    Followed { scene: LONE, wrong: ["suspension = \"dilute\"", "suspension = \"dilute\"\nlateral = \"resolved\""], help: "use \"mixed\", or a tube", edit: ["\"resolved\"", "\"mixed\""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["parcels     = 500_000", "parcels     = 4"], help: "raise `parcels`", edit: ["parcels     = 4", "parcels     = 500_000"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["haematocrit = \"42 %\"\nparcels     = 500_000      # half of them red cells, the rest shared by the others\ncells = {", "haematocrit = \"42 %\"\nparcels     = 500_000      # half of them red cells, the rest shared by the others\ncells = { reds = { species = \"erythrocyte\", concentration = \"4e6 /uL\" },"], help: "leave it out, and give each a concentration", edit: ["haematocrit = \"42 %\"\n", ""], meant: ["haematocrit = \"42 %\"\nparcels     = 500_000      # half of them red cells, the rest shared by the others\ncells = {", "parcels     = 500_000      # half of them red cells, the rest shared by the others\ncells = { reds = { species = \"erythrocyte\", concentration = \"4e6 /uL\" },"] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "anticoagulant = { solution = \"acd_a\", ratio = \"a ninth\" }\namounts = \"blood\"\nhaematocrit ="], help: "write e.g. `ratio = \"1:9\"`", edit: ["a ninth", "1:9"], meant: ["haematocrit =", "anticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\"\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "diluted_with = { medium = \"plasma\", ratio = \"1:4\" }\namounts = \"blood\"\nhaematocrit ="], help: "write `ratio = \"1 blood : 4 plasma\"`", edit: ["1:4", "1 blood : 4 plasma"], meant: ["haematocrit =", "diluted_with = { medium = \"plasma\", ratio = \"4:1 blood\" }\namounts = \"blood\"\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "anticoagulant = { solution = \"edta\", ratio = \"1:100\" }\nhaematocrit ="], help: "leave `anticoagulant` out: EDTA", edit: ["anticoagulant = { solution = \"edta\", ratio = \"1:100\" }\n", ""], meant: SAME },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "anticoagulant = { solution = \"acdx\", ratio = \"1:9\" }\namounts = \"blood\"\nhaematocrit ="], help: "it has acd_a (ACD-A), cpd (CPD)", edit: ["acdx", "acd_a"], meant: ["haematocrit =", "anticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\"\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["haematocrit =", "anticoagulant = { solution = \"acd_a\", ratio = \"1 acd_a : 3 blood\" }\namounts = \"blood\"\nhaematocrit ="], help: "if it dilutes the blood, give it as `diluted_with`", edit: ["anticoagulant = { solution", "diluted_with = { medium"], meant: ["haematocrit =", "diluted_with = { medium = \"acd_a\", ratio = \"1 acd_a : 3 blood\" }\namounts = \"blood\"\nhaematocrit ="] },
    Followed { scene: BLOOD, wrong: ["medium      = \"plasma\"", "diluted_with = { medium = \"saline\", ratio = \"1:1\" }\namounts = \"sample\"\nmedium      = \"ficoll_paque\""], help: "leave out what was added, and `amounts`, and give the mixture's own numbers", edit: ["diluted_with = { medium = \"saline\", ratio = \"1:1\" }\namounts = \"sample\"\nmedium      = \"ficoll_paque\"", "fluid = { density = \"1.04 g/mL\", viscosity = \"1.5 mPa s\", aggregation = 1 }"], meant: ["medium      = \"plasma\"", "fluid = { density = \"1.04 g/mL\", viscosity = \"1.5 mPa s\", aggregation = 1 }"] },
    Followed { scene: BLOOD, wrong: ["inner_diameter = \"14 mm\"", "radius = \"11 mm\""], help: "if 11 mm is the bore, write `inner_diameter = \"11 mm\"` instead of `radius`", edit: ["radius = \"11 mm\"", "inner_diameter = \"11 mm\""], meant: ["\"14 mm\"", "\"11 mm\""] },
    Followed { scene: BLOOD, wrong: ["\"170 mm\"", "\"34 cm\""], help: "did you mean \"170 mm\"? 340 mm is the diameter then", edit: ["34 cm", "170 mm"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["\"42 %\"", "42"], help: "write \"42 %\" if that is meant: a unit is never guessed", edit: ["= 42\n", "= \"42 %\"\n"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["\"1500 x g\"", "\"1.500 x g\""], help: "did you mean \"1500 x g\"?", edit: ["1.500", "1500"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["schema = 1", ""], help: "add `schema`", edit: ["title  =", "schema = 1\ntitle  ="], meant: SAME },
    Followed { scene: BLOOD, wrong: ["lymphocyte =", "lymphocytes ="], help: "did you mean `lymphocyte`?", edit: ["lymphocytes", "lymphocyte"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["platelet =", "PLT ="], help: "did you mean `platelet`?", edit: ["PLT", "platelet"], meant: SAME },
    Followed { scene: SORTER, wrong: ["[flow]\nrate = \"14 mL/min\"\n", ""], help: "add `flow`", edit: ["[feed]", "[flow]\nrate = \"14 mL/min\"\n[feed]"], meant: SAME },
    Followed { scene: BLOOD, wrong: ["\"12 min\"", "12 min"], help: "write hold = \"12 min\"", edit: ["hold = 12 min", "hold = \"12 min\""], meant: SAME },
];

/// Parts of helps that are no edit to be made by a machine, and why.
const LISTED: &[(&str, &str)] = &[
    (
        "the position of the duct is given by `axis` and `gravity`",
        "says where to look; what is possible is in the label",
    ),
    (
        "`radius` is the distance of the duct from the axis",
        "says what the number is",
    ),
    (
        "cells slide along the wall, slowly where the flow is laminar",
        "followed in spinning::what_cannot_be",
    ),
    ("leave `rotor` out", "followed in spinning::what_cannot_be"),
    (
        "add `radius = \"... mm\"`",
        "followed in spinning::what_cannot_be",
    ),
    (
        "add `outward`, the direction",
        "followed in spinning::what_cannot_be",
    ),
    ("add both to `rotor`", "followed in spinning::what_cannot_be"),
    ("shows what there is", "names a command"),
    (
        "give the limit of such a bed as `packing_limit`",
        "followed above for 700 x g",
    ),
    (
        "add a `[[magnet]]`, or leave the labels out",
        "which magnet is the person's; followed in usual::labels_without_a_magnet",
    ),
    (
        "take {PLENTY} parcels or more",
        "followed in usual::a_handful_of_parcels",
    ),
    ("it has {}", "a list to choose from; followed above as acd_a"),
    ("check the unit of each concentration", "asks the person"),
    (
        "a [duct] has no crowding",
        "to be done at the bench; followed in validity::crowded_cells",
    ),
    (
        "pictures are taken at the same times",
        "says why; numbers are in the label",
    ),
    ("add `{other}`: {doc}", "followed above as `flow`"),
    ("help", "of missing keys; that of `schema` is followed above"),
    ("write [[{place}]]", "followed in follow_on::slips_of_toml"),
    ("dense_only", "says why"),
    ("its keys are {}", "a list to choose from"),
    (
        "wish.way",
        "followed by a person; every one is read in validity::what_will_come_later",
    ),
    ("it would act on the terminal", "says why"),
    ("write its unit after it, in quotes", "which unit is the person's"),
    (
        "give the density and viscosity of `{medium}`",
        "followed in mixtures::advice_keeps_rouleaux",
    ),
    ("mixture", "followed in mixtures::advice_says_all_it_needs"),
    ("to change some of its numbers", "the numbers are the person's"),
    (
        "give `haematocrit` if the sample is blood",
        "the number is the person's; with it usual::blood_without_red_cells is silent",
    ),
    ("drag = \"schiller-naumann\"", "followed in validity::inertia"),
    ("is measured from the axis", "says what the key is"),
    ("recoveries are shares of the whole sample", "says what follows"),
    ("way", "of magnets: to be kept if a data sheet says so"),
    ("no two magnets can be in one place", "says why"),
    ("all wires and spheres share one background", "says why"),
    ("both are in one vessel with the beads", "says why"),
    ("3 D2/(18 viscosity)", "says where the limit comes from"),
    ("oxygenated red cells have", "says what is usual"),
    ("e.g. measured_at", "at which field is the person's"),
    ("a parcel stands for many cells", "asks the person"),
    ("For an outlet of its own", "either of two, both named"),
    ("the sample comes with the flow", "says what follows"),
    (
        "add `aggregation = \"plasma\"` to `fluid`",
        "both are followed in mixtures::advice_keeps_rouleaux",
    ),
    (
        "and try {least_text} and {factor}",
        "two runs, of which the truth lies between",
    ),
    ("check this amount, then `amounts`", "asks the person"),
    (
        "fault.help",
        "of ratios, followed above: `1:9`, `1 blood : 4 plasma`",
    ),
];

/// What a scene comes to: all that is handed to the engine, or what is wrong with it.
fn comes_to(text: &str) -> Result<(String, Vec<String>), String> {
    let scene = Scene::from_str("scene.toml", text).map_err(|e| e.to_string())?;
    let what = format!("{:?} {} {:?}", scene.setup, scene.medium, scene.notes);
    let warnings = &scene.warnings;
    Ok((what, warnings.iter().map(|w| w.title.clone()).collect()))
}

/// All that is said of a scene that may tell what to do.
fn helps(text: &str) -> Vec<String> {
    let problems = match Scene::from_str("scene.toml", text) {
        Ok(s) => s.warnings,
        Err(e) => e.problems,
    };
    problems
        .into_iter()
        .flat_map(|p| [Some(p.title), Some(p.label), p.help])
        .flatten()
        .collect()
}

#[test]
fn advice_that_is_followed_gives_what_was_meant() {
    let mut wrong = Vec::new();
    for f in FOLLOWED {
        let swap = |text: &str, [from, to]: [&str; 2]| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        };
        let mistaken = swap(f.scene, f.wrong);
        if !helps(&mistaken).iter().any(|h| h.contains(f.help)) {
            wrong.push(format!("`{}` is not among {:?}", f.help, helps(&mistaken)));
            continue;
        }
        let (followed, meant) = (
            comes_to(&swap(&mistaken, f.edit)),
            comes_to(&swap(f.scene, f.meant)),
        );
        if followed != meant || followed.is_err() {
            wrong.push(format!(
                "`{}` leads to\n{followed:?}\nand not to\n{meant:?}",
                f.help
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The texts in the calls of `.help(..)` of a source, each as it would be shown but for what is filled in; what is passed by a name by
/// that name.
pub(super) fn given(source: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (i, _) in source.match_indices(".help(") {
        let (mut depth, mut text, mut texts, mut plain) = (1, None::<String>, Vec::new(), String::new());
        let mut chars = source[i + ".help(".len()..].chars();
        while depth > 0 {
            let Some(c) = chars.next() else { break };
            match (&mut text, c) {
                (Some(t), '\\') => match chars.next() {
                    // a line that goes on
                    Some('\n') => {
                        let rest = chars.as_str();
                        chars = rest.trim_start().chars();
                    }
                    Some(c) => t.push(c),
                    None => {}
                },
                (Some(_), '"') => texts.extend(text.take()),
                (Some(t), c) => t.push(c),
                // a quote as a character
                (None, '\'') if chars.as_str().starts_with("\"'") => {
                    chars.next();
                    chars.next();
                }
                (None, '"') => text = Some(String::new()),
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, c) => plain.push(c),
            }
        }
        // short ones are parts of others
        texts.retain(|t| t.len() > 4);
        if texts.is_empty() {
            texts.push(plain.trim().to_owned());
        }
        out.extend(texts);
    }
    out
}

/// A new help has to be followed above, or listed with a reason.
#[test]
fn every_help_is_followed_or_listed() {
    fn sources(folder: PathBuf, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                sources(path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut files = Vec::new();
    sources(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario"),
        &mut files,
    );
    let mut new = Vec::new();
    let mut seen = 0;
    for file in files {
        for help in given(&std::fs::read_to_string(&file).unwrap()) {
            seen += 1;
            // of one that fills something in, what stands between
            let parts: Vec<&str> = help.split(['{', '}']).step_by(2).map(str::trim).collect();
            let followed = FOLLOWED
                .iter()
                .any(|f| help.contains(f.help) || parts.iter().any(|p| p.len() > 8 && f.help.contains(p)));
            // a name is listed as it is
            let listed = LISTED
                .iter()
                .any(|(part, _)| help == *part || part.contains(' ') && help.contains(part));
            if !followed && !listed {
                new.push(format!("{}: {help}", file.display()));
            }
        }
    }
    assert!(seen > 50, "{seen} helps found");
    assert!(new.is_empty(), "neither followed nor listed:\n{}", new.join("\n"));
}
