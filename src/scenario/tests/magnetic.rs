//! Measured mobilities that saturate, magnets in each other, maps that are too strong, and what is warned of.

use super::super::*;
use super::separators::{MAGNET, RACK, SORTER, read};
use crate::magnets::MOBILITY_SI;
use crate::model::MagneticResponse;
use glam::DVec3;

const COLUMN: &str = include_str!("../../../examples/scenes/cd34_selection_column.toml");
const LABEL: &str = "mobility = \"1e-13 m3 s/kg\"\nspread   = 0.3";

fn refused(text: &str) -> SceneError {
    Scene::from_str("scene.toml", text).unwrap_err()
}

fn warned(text: &str) -> String {
    render("scene.toml", text, &read(text).warnings, false)
}

/// Median in a weak field [m3 s/kg], and the field at which it saturates [T].
fn label(with: &str) -> [f64; 2] {
    let scene = read(&SORTER.replace(LABEL, with));
    match scene.setup.components[0].response {
        MagneticResponse::Mobility {
            median, per_field, ..
        } => [median / MOBILITY_SI, 3.0 / per_field],
        other => panic!("{other:?}"),
    }
}

/// By hand: with a saturation field of 50 mT x = 3 B/50 mT is 84 in 1.4 T, where 3 (1 - 1/84)/84 = 0.035289 of the slope is left:
/// the same label has 1e-13/0.035289 = 2.8337e-12 m3 s/kg in a weak field. Given for 0 T, it is that. Dynabeads M-280 have
/// 10.8 A m2/kg over 5.4e-4 m3/kg = 20 kA/m, 25.133 mT: in 0.1 T x = 11.937 and 3 (1 - 0.0837758)/11.9366 = 0.230272 is left.
#[test]
fn a_mobility_saturates_from_where_it_was_measured() {
    let strong = label("mobility = \"1e-13 m3 s/kg\"\nmeasured_at = \"1.4 T\"\nsaturation_field = \"50 mT\"");
    assert!(
        (strong[0] / 2.833_735e-12 - 1.0).abs() < 1e-6 && (strong[1] - 0.05).abs() < 1e-12,
        "{strong:?}"
    );
    let weak = label("mobility = \"1e-13 m3 s/kg\"\nmeasured_at = \"0 T\"\nsaturation_field = \"50 mT\"");
    assert!(
        (weak[0] / 1e-13 - 1.0).abs() < 1e-12 && (weak[1] - 0.05).abs() < 1e-12,
        "{weak:?}"
    );
    // a field strength will do: 39.7887 kA/m are 50 mT
    let strength =
        label("mobility = \"1e-13 m3 s/kg\"\nmeasured_at = \"1.4 T\"\nsaturation_field = \"39.7887 kA/m\"");
    assert!((strength[0] / strong[0] - 1.0).abs() < 1e-5, "{strength:?}");
    let bead = label("mobility = \"1e-12 m3 s/kg\"\nmeasured_at = \"100 mT\"\nbead = \"dynabeads_m280\"");
    assert!((bead[1] - 0.025_132_741).abs() < 1e-8, "{bead:?}");
    assert!((bead[0] / (1e-12 / 0.230_272) - 1.0).abs() < 1e-5, "{bead:?}");
    // the bead is of the library, and not verified
    let scene = read(&SORTER.replace(
        LABEL,
        "mobility = \"1e-12 m3 s/kg\"\nmeasured_at = \"1 T\"\nbead = \"dynabeads_m280\"",
    ));
    assert!(
        scene.notes.iter().any(|n| n.contains("bead dynabeads_m280")),
        "{:?}",
        scene.notes
    );
}

/// Every parcel has the saturation of its label, whatever its own mobility; and `check` shows what is left of it in the strongest
/// field of the duct: 1.2470 T at 4.36 mm, where x = 74.82 and 3 (1 - 1/74.82)/74.82 = 0.039562 of 2.83374e-12 is left.
#[test]
fn parcels_and_the_forecast_know_the_saturation() {
    let text = SORTER.replace(
        LABEL,
        "mobility = \"1e-13 m3 s/kg\"\nmeasured_at = \"1.4 T\"\nsaturation_field = \"50 mT\"\nspread = 0.3",
    );
    let mut scene = read(&text);
    scene.rescale(2000);
    let charge = scene.setup.draw().unwrap();
    let mut labelled = charge.magnetic.iter().zip(&charge.kind).filter(|(_, k)| **k == 0);
    assert!(labelled.all(|(m, _)| (m[1] - 60.0).abs() < 1e-4 && m[0] > 0.0));
    let table = scene.tabulate().unwrap();
    let forecast = scene.forecast_carried(table.as_ref()).unwrap();
    let mobility = forecast.species[0].mobility_there / MOBILITY_SI;
    assert!(
        (mobility / (0.039_562 * 2.833_74e-12) - 1.0).abs() < 0.01,
        "{mobility:e}"
    );
}

/// By hand: 7.33 um and 5 um on both sides are 17.33 um, in 1 mPa s 3 * 300.3e-12/(18 * 1e-3) = 5.01e-8 m3 s/kg.
#[test]
fn mobilities_that_cannot_be_and_that_do_nothing() {
    let with = |m: &str| {
        SORTER.replace(
            "\"1e-13 m3 s/kg\"",
            &format!("\"{m} m3 s/kg\"\nmeasured_in = \"1 mPa s\""),
        )
    };
    let error = refused(&with("6e-8")).to_string();
    assert!(
        error.contains("even an iron ball of its size has no more than 5.01e-8 m3 s/kg"),
        "{error}"
    );
    assert_eq!(warned(&with("4e-8")), "");
    let said = warned(&with("1e-31"));
    assert!(
        said.contains("`lymphocyte` would not move visibly in any field"),
        "{said}"
    );
    assert_eq!(warned(&with("2e-17")), "");
    assert_eq!(warned(&with("0")), "");
}

/// Both places are named, by line and column; an array that is narrower than its magnets at its own key. Blocks that touch are fine.
#[test]
fn magnets_in_each_other() {
    let other = |centre: &str| {
        let magnet = MAGNET.replace("[\"12.5 mm\", \"0 mm\", \"20 mm\"]", centre);
        format!("{RACK}\n[[magnet]]\n{magnet}\n")
    };
    let text = other("[\"21 mm\", \"3 mm\", \"20 mm\"]");
    let error = refused(&text);
    let line = |from: &str, nth: usize| {
        let at = text.match_indices(from).nth(nth).unwrap().0;
        text[..at].matches('\n').count() + 1
    };
    let first = line("[[magnet]]", 0);
    let p = &error.problems[0];
    assert_eq!(error.problems.len(), 1, "{error}");
    assert_eq!(
        p.title,
        format!("this block lies in the block at scene.toml:{first}:1")
    );
    assert_eq!((p.line, p.column), (line("[[magnet]]", 1), 1), "{error}");
    assert!(
        p.label.starts_with("both fill (") && p.label.ends_with("mm"),
        "{error}"
    );
    // 10 mm wide: the next stands at 22.5 mm
    read(&other("[\"22.5 mm\", \"0 mm\", \"20 mm\"]"));
    let row = |step: &str| {
        RACK.replace(
            "[-1, 0, 0]",
            &format!("[-1, 0, 0]\nrepeat = [{{ step = [\"{step}\", \"0 mm\", \"0 mm\"], count = 3 }}]"),
        )
    };
    read(&row("10 mm"));
    let error = refused(&row("9 mm"));
    assert_eq!(
        error.problems[0].title, "each block would lie in the next",
        "{error}"
    );
    assert!(
        error.text[error.problems[0].span.clone()].starts_with("[{ step"),
        "{error}"
    );
}

/// A map in millitesla whose header says tesla is refused at its file, with the place, the limit, where that is from and that it is
/// not verified; one of a coil has to say so.
#[test]
fn maps_that_are_too_strong() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("scene.toml");
    let path = scene.to_string_lossy();
    let text = |more: &str| RACK.replace(MAGNET, &format!("kind = \"map\"\nfile = \"b.csv\"\n{more}"));
    let map = |scale: f64| {
        let mut csv = String::from("x [mm],y [mm],z [mm],Bx [T],By [T],Bz [T]\n");
        for (x, y) in (-4..=4).flat_map(|x| (-4..=4).map(move |y| (2.0 * f64::from(x), 2.0 * f64::from(y)))) {
            for z in -1..=21 {
                csv.push_str(&format!(
                    "{x},{y},{},{},{},0\n",
                    2 * z,
                    scale * (x + 1.0),
                    -scale * y
                ));
            }
        }
        std::fs::write(folder.path().join("b.csv"), csv).unwrap();
    };
    // by hand: at (8, -8) mm 0.3 * root(9^2 + 8^2) = 3.61 T, with 0.29 it is 3.49 T
    let doubts = |more: &str| match Scene::from_str(&path, &text(more)) {
        Ok(scene) => scene.render_warnings(false),
        other => panic!("{other:?}"),
    };
    map(0.29);
    assert_eq!(doubts(""), "");
    map(0.3);
    let said = doubts("");
    for word in [
        "b.csv at (8, -8, -2) mm",
        "a flux density of 3.612 T; NdFeB gives at most 3.5 T",
        "unverified",
        "are its units right?",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(doubts("material = \"superconductor\"\n"), "");
    let said = doubts("material = \"iron\"\n");
    assert!(said.contains("iron gives at most 2.16 T"), "{said}");
    // gauss that are read as teslas
    map(30.0);
    let error = Scene::from_str(&path, &text("")).unwrap_err();
    let p = &error.problems[0];
    assert!(error.text[p.span.clone()].contains("b.csv"), "{error}");
    assert!(
        p.title.contains("361.2 T; no magnet sustains more than 50 T"),
        "{error}"
    );
}

/// A file without units needs them, one with them takes no others; a map in micrometres is a thousand times steeper than it is in
/// millimetres.
#[test]
fn units_of_maps() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("scene.toml");
    let path = scene.to_string_lossy();
    let text = |more: &str| RACK.replace(MAGNET, &format!("kind = \"map\"\nfile = \"b.vtk\"\n{more}"));
    // B = 10 mT/mm (x, -y, 0) over 16 x 16 x 44 mm, places in um
    let mut vtk = String::from(
        "# vtk DataFile Version 3.0\nb\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 9 9 12\nORIGIN -8000 -8000 -2000\n\
         SPACING 2000 2000 4000\nPOINT_DATA 972\nVECTORS B float\n",
    );
    for _ in 0..12 {
        for y in -4..=4 {
            for x in -4..=4 {
                vtk.push_str(&format!("{} {} 0\n", 0.02 * f64::from(x), -0.02 * f64::from(y)));
            }
        }
    }
    std::fs::write(folder.path().join("b.vtk"), vtk).unwrap();
    std::fs::write(
        folder.path().join("b.csv"),
        "x [mm],y [mm],z [mm],Bx [T],By [T],Bz [T]\n1,2,3,4,5,6\n",
    )
    .unwrap();
    let said = |text: &str| Scene::from_str(&path, text).unwrap_err();
    for more in ["", "length_unit = \"um\"\n", "flux_unit = \"T\"\n"] {
        let error = said(&text(more));
        assert!(
            error.problems[0].title.contains("such a file carries no units"),
            "{more}: {error}"
        );
    }
    let csv = text("flux_unit = \"T\"\n").replace("b.vtk", "b.csv");
    let error = said(&csv);
    let p = &error.problems[0];
    assert!(
        csv[p.span.clone()].contains("\"T\"") && p.title.contains("Remove `flux_unit`"),
        "{error}"
    );
    let error = said(&text("length_unit = \"T\"\nflux_unit = \"T\"\n"));
    assert!(
        error.problems[0]
            .title
            .contains("`T` is a flux density; a length is needed"),
        "{error}"
    );
    let force = |length: &str| {
        let text = text(&format!("length_unit = \"{length}\"\nflux_unit = \"T\"\n"));
        let mut s = Scene::from_str(&path, &text).unwrap();
        let table = s.tabulate().unwrap().unwrap();
        table.at(DVec3::new(3000.0, 0.0, 2e4)).unwrap().force_density.x
    };
    // by hand: B2 = g2 (x2 + y2), half of its slope over mu0 is g2 x/mu0 = 100 * 3e-3/1.2566e-6 = 2.387e5 T A/m2 = 2.387e-4 nN/um3
    let um = force("um");
    assert!((um / 2.387e-4 - 1.0).abs() < 1e-3, "{um}");
    let error = said(&text("length_unit = \"nm\"\nflux_unit = \"T\"\n"));
    assert!(error.problems[0].title.contains("the duct needs"), "{error}");
    let mm = force("mm");
    assert!(mm < 1e-3 * um, "{mm}");
}

/// By hand: a 50 nm bead in saline at 22 degC has kT/(3 pi mu d) = 4.075e-6/(9.4248 * 0.98 * 0.05) = 8.8 um2/s, and in 5 min spreads by
/// root(2 * 8.8 * 300) = 73 um; 2 % of the tube's 13 mm are 260 um, of one of 2 mm 40 um. A lymphocyte with its four beads, of 9.1 um,
/// goes 12.9 mm/s where it is pulled most: Re = 1.0 * 12.9 * 9.1e-3/0.98 = 0.12.
#[test]
fn what_the_model_leaves_out_is_said_where_it_matters() {
    let said = |text: &str| {
        let mut scene = read(text);
        let table = scene.tabulate().unwrap();
        let mut all = scene.forecast_carried(table.as_ref()).unwrap().warnings;
        all.extend(scene.caveats(table.as_ref()));
        all.join("\n")
    };
    let rack = said(RACK);
    assert!(
        rack.contains("a particle Reynolds number of 0.12, where"),
        "{rack}"
    );
    assert!(
        rack.contains("a labelled `lymphocyte` is taken as a sphere of 9.121 um")
            && rack.contains("up to 1.8 times"),
        "{rack}"
    );
    assert!(
        !rack.contains("Brownian") && !rack.contains("`neutrophil`"),
        "{rack}"
    );
    let beads = "[species.nano]\nsource = \"x\"\nclass = \"particle\"\ndiameter = \"50 nm\"\ndensity = \"1.5 g/mL\"\n[labels.lymphocyte]";
    let wide = RACK
        .replace("[labels.lymphocyte]", beads)
        .replace("neutrophil = \"4000 /uL\"", "nano = \"4000 /uL\"");
    assert!(!said(&wide).contains("Brownian"), "{}", said(&wide));
    // cells of 7 um are 0.06 of spheres of 120 um, and a fortieth of 280 um
    let column = read(COLUMN);
    assert!(
        !column
            .forecast_carried(None)
            .unwrap()
            .warnings
            .join("")
            .contains("taken as a point")
    );
    let thin = read(&COLUMN.replace("\"140 um\"", "\"60 um\""));
    let warnings = thin.forecast_carried(None).unwrap().warnings.join("\n");
    assert!(
        warnings.contains("of a collector's width, but taken as a point"),
        "{warnings}"
    );
}

/// Names that are told apart by numbers and signs are meant; a new name that is like no other too.
#[test]
fn phases_that_collect_apart() {
    let with = |name: &str| COLUMN.replace("collect = \"flow-through\"", &format!("collect = \"{name}\""));
    for (name, outlets) in [
        ("wash", 3),
        ("waste", 3),
        ("CD34-", 3),
        ("flow-through 2", 3),
        ("CD34+", 2),
    ] {
        assert_eq!(read(&with(name)).outlets.len(), outlets, "{name}");
    }
    assert!(
        refused(&with("flow_through"))
            .to_string()
            .contains("did you mean \"flow-through\"?")
    );
}

/// By hand: a closed layer around 7.33 um holds 3.6276 (1 + 7.33/4.5)2 = 25 beads of 4.5 um. Of cells with 20 in the mean 11.2 % would
/// have more (of a table of Poisson's distribution); the scene as it is has 4, with a spread of a half.
#[test]
fn more_beads_than_there_is_room_for() {
    let said = warned(
        &RACK
            .replace("mean   = 4", "mean = 20")
            .replace("spread = ", "spread = 0.0 # "),
    );
    assert!(
        said.contains("11.22 %") && said.contains("one layer around them holds 25"),
        "{said}"
    );
    assert!(!warned(RACK).contains("more beads"), "{}", warned(RACK));
}

/// A matrix that a few parcels fill is warned of, before they are drawn. By hand: 1.53e8 cells in 20 000 parcels are 7650 each; a
/// fiftieth of 1e5 holds 2000 of them, 26 %.
#[test]
fn a_matrix_that_parcels_are_too_large_for() {
    let scene = read(&COLUMN.replace("capacity   = 6e8", "capacity = 1e5"));
    let said = scene.forecast_carried(None).unwrap().warnings.join("\n");
    assert!(
        said.contains("has room for 26 % of a parcel of `cd34_mobilised`"),
        "{said}"
    );
    let scene = read(COLUMN);
    assert!(
        !scene
            .forecast_carried(None)
            .unwrap()
            .warnings
            .join("\n")
            .contains("a layer of what fills")
    );
}

/// The column's table takes the cell with its beads on it, as the run does. By hand: four beads of 4.5 um are 190.9 um3, nearly all of
/// a cell of 8 um, and the sphere of both is a fifth wider than the cell; with 7e-4 m3/kg and 19.6 A m2/kg at 1500 kg/m3 they have
/// chi 1.05.
#[test]
fn the_median_cell_of_a_column_carries_its_beads() {
    use std::f64::consts::PI;
    let from = COLUMN.find("mobility  ").unwrap();
    let scene = read(&format!(
        "{}beads = \"dynabeads_m450\"\nmean = 4\n",
        &COLUMN[..from]
    ));
    let s = &scene.setup;
    let cell = &s.components[0].species;
    let beads = 4.0 * PI / 6.0 * 4.5_f64.powi(3) * (1.0_f64 + 0.02 * 0.02).powi(3);
    let outer = (cell.diameter.powi(3) + 6.0 / PI * beads).cbrt();
    assert!(outer > 1.1 * cell.diameter, "{outer}");
    let mobility = 1.05 * beads / (3.0 * PI * s.fluid.viscosity * cell.drag_factor * outer);
    let expected = format!("{:.2e}", mobility / MOBILITY_SI);
    assert!(
        scene.column_table().contains(&expected),
        "{expected}\n{}",
        scene.column_table()
    );
}

/// What Brownian motion does to the result. By hand, kT = 4.075e-21 J and 0.976 mPa s: particles of 50 nm diffuse by 8.86e-12 m2/s. In the
/// sorter they pass in 8.66 s and spread by 12.4 um; the outer half of the flow is 185 um wide, over whose boundary 12.4/sqrt(2 pi) = 4.9 um come.
/// In the rack they spread by 73 um in 5 min, and a layer of 0.80 of that, 58 um, comes to a wall that pulls them
/// hardly: of a tube 2 mm wide 2 x 58/1000 = 11.6 %, 13 mm wide 1.8 %.
#[test]
fn brownian_motion_is_judged_by_what_it_does() {
    let nano = |text: &str| {
        let species = "[species.nano]\nsource = \"x\"\nclass = \"particle\"\ndiameter = \"50 nm\"\ndensity = \"1.5 g/mL\"\n[labels.lymphocyte]";
        text.replace("[labels.lymphocyte]", species)
            .replace("\nneutrophil", "\nnano")
    };
    let said = |text: &str| {
        let mut scene = read(text);
        let table = scene.tabulate().unwrap();
        let all = scene.caveats(table.as_ref());
        all.into_iter()
            .filter(|s| s.contains("Brownian"))
            .collect::<Vec<_>>()
    };
    assert!(
        said(SORTER).is_empty() && said(RACK).is_empty(),
        "{:?}",
        said(SORTER)
    );
    assert_eq!(
        said(&nano(SORTER)),
        [
            "not modelled: Brownian motion. It would spread `nano` by 12 um while they pass: about 2.6 % of them would leave by another outlet"
        ]
    );
    // without a label no wall holds them
    let thin = nano(RACK).replace("radius = \"6.5 mm\"", "radius = \"1 mm\"");
    assert!(said(&thin).is_empty(), "{:?}", said(&thin));
    let pulled = |text: &str| format!("{text}\n[labels.nano]\nmobility = \"1e-20 m3 s/kg\"\n");
    for (scene, share) in [(&thin, "12 %"), (&nano(RACK), "1.8 %")] {
        assert_eq!(
            said(&pulled(scene)),
            [format!(
                "not modelled: Brownian motion. It would spread `nano` by 73 um while they pass: about {share} of them would be caught that are not"
            )]
        );
    }
}
