//! Fields to measure the magnetic step in: one of each kind, in a closed tube full of beads.

use crate::Error;
use crate::chamber::duct::{Duct, Section};
use crate::constants::MILLIMETRE;
use crate::engine::{Attraction, Charged, Feed, Holding, Separator};
use crate::library;
use crate::magnets::{
    Array, Bead, Cuboid, Cylinder, Dipole, Field, Loading, Multipole, Pose, Repeat, Source, Uniform, Wire,
    material_named,
};
use crate::model::{Amount, Component};
use glam::{DMat3, DVec3};

/// Inner radius and length of the tube [um].
const TUBE: (f64, f64) = (5.0 * MILLIMETRE, 50.0 * MILLIMETRE);

/// Grid cells: 97 000 nodes, 1.5 MB of field.
const CELLS: [u32; 3] = [32, 32, 88];

/// Every kind of source, by name. Solids stand beside the tube.
pub fn all() -> Result<Vec<(&'static str, Field)>, Error> {
    let (radius, length) = TUBE;
    let axis = Pose::about(DVec3::ZERO, DVec3::Z)?;
    let beside = Pose::at(DVec3::new(2.5 * radius, 0.0, 0.5 * length))?;
    let wide = 2.0 * radius;
    let one = |source| Field::new(vec![source]);
    let block = Source::Cuboid(Cuboid::new(
        beside,
        DVec3::new(wide, wide, 0.5 * length),
        DVec3::X * 1.3,
    )?);
    let small = Source::Cuboid(Cuboid::new(
        Pose::at(DVec3::new(2.0 * radius, 0.0, 0.1 * length))?,
        DVec3::splat(0.1 * length),
        DVec3::X * 1.3,
    )?);
    let repeat = Repeat {
        step: DVec3::Z * (0.2 * length),
        count: 5,
        alternating: true,
    };
    let b0 = DVec3::X;
    let soft = material_named("iron")?.soft(1e3)?;
    let wire = Wire::new(
        DVec3::new(1.2 * radius, 0.0, 0.0),
        DVec3::Z,
        0.1 * radius,
        soft,
        b0,
    )?;
    // 20 T/m along x
    let slope = DMat3::from_diagonal(DVec3::new(1.0, -0.5, -0.5)) * 2e-5;
    let across = Pose::along(DVec3::new(2.5 * radius, 0.0, 0.5 * length), DVec3::X, DVec3::Z)?;
    Ok(vec![
        (
            "gradient",
            one(Source::Uniform(Uniform::new(DVec3::ZERO, DVec3::X, slope)?))?,
        ),
        (
            "quadrupole",
            one(Source::Multipole(Multipole::quadrupole(axis, 1.0, wide, true)?))?,
        ),
        (
            "Halbach",
            one(Source::Multipole(Multipole::halbach(
                axis,
                3,
                1.3,
                wide,
                2.0 * wide,
            )?))?,
        ),
        (
            "dipole",
            one(Source::Dipole(Dipole::new(
                DVec3::new(2.0 * radius, 0.0, 0.5 * length),
                DVec3::X,
            )?))?,
        ),
        ("block", one(block)?),
        (
            "cylinder",
            one(Source::Cylinder(Cylinder::new(across, radius, wide, 1.3)?))?,
        ),
        (
            "array of 5 blocks",
            one(Source::Array(Array::new(&small, &[repeat])?))?,
        ),
        ("wire", Field::in_background(b0, vec![Source::Wire(wire)])?),
    ])
}

/// The tube with `parcels` parcels of cells that carry beads, in a field.
pub fn separator(parcels: usize, field: Field) -> Result<Separator, Error> {
    let (radius, length) = TUBE;
    Ok(Separator {
        seed: 7,
        fluid: library::medium("plasma", 37.0)?.fluid,
        components: vec![Charged {
            component: Component {
                species: library::species("lymphocyte", None)?,
                amount: Amount::Concentration(2000.0 / crate::constants::MICROLITRE),
                parcels,
                aggregation: 1.0,
            },
            attraction: Attraction::Beads {
                bead: Bead::from_mass(2.8, 1.4, 5.4e-4, 10.8)?,
                loading: Loading::poisson(5.0)?,
                susceptibility: 0.0,
            },
        }],
        duct: Duct {
            section: Section::Tube { radius },
            length,
        },
        cells: CELLS,
        gravity: DVec3::Z * crate::constants::STANDARD_GRAVITY,
        field: Some(field),
        stream: None,
        feed: Feed::Filled,
        splits: Vec::new(),
        holding: Holding::default(),
        coverage: None,
        matrix: None,
        phases: Vec::new(),
        duration: 60.0 * crate::constants::SECOND,
        every: 60.0 * crate::constants::SECOND,
        courant: 0.25,
    })
}
