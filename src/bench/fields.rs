//! Fields to measure the magnetic step in: one of each kind, in a closed tube full of beads; and the steps of what flows, a ring
//! beside poles and a column.

use crate::Error;
use crate::chamber::Chamber;
use crate::chamber::duct::{Duct, Section};
use crate::constants::MILLIMETRE;
use crate::engine::{Matrix, Sampling, Setup, Stepping, Stream};
use crate::flow::{Chart, Profile};
use crate::grids::VectorGrid;
use crate::laws::capture_row::CAPTURE_ROWS;
use crate::library;
use crate::magnets::{
    Array, Bead, Cuboid, Cylinder, Dipole, Field, FieldMap, Interpolation, LIMIT, Loading, Multipole, Pose,
    Repeat, Source, Sphere, Uniform, Wire, material_named,
};
use crate::model::{Amount, Component, MagneticResponse, Protocol};
use crate::times::Time;
use glam::{DMat3, DVec3};
use std::sync::Arc;

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
    let block_size = DVec3::new(wide, wide, 0.5 * length);
    let block = Source::Cuboid(Cuboid::new(beside, block_size, DVec3::X * 1.3)?);
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
    let sphere = Sphere::new(
        DVec3::new(1.5 * radius, 0.0, 0.5 * length),
        0.3 * radius,
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
        (
            "ring",
            one(Source::Cylinder(Cylinder::ring(
                across,
                0.5 * radius,
                radius,
                wide,
                1.3,
            )?))?,
        ),
        ("sphere", Field::in_background(b0, vec![Source::Sphere(sphere)])?),
        ("map", map(Cuboid::new(beside, block_size, DVec3::X * 1.3)?)?),
    ])
}

/// Nodes of the map: those of a file that was made for such a tube.
const MAPPED: [usize; 3] = [33, 33, 65];

/// The field of a block as a map that covers the tube.
fn map(block: Cuboid) -> Result<Field, Error> {
    let (radius, length) = TUBE;
    // a node beyond the walls and the ends: the tube reaches to none of its borders
    let size = DVec3::new(2.0 * radius, 2.0 * radius, length);
    let spacing = size / DVec3::from_array(MAPPED.map(|n| n as f64 - 3.0));
    let origin = DVec3::new(-radius, -radius, 0.0) - spacing;
    let field = Field::new(vec![Source::Cuboid(block)])?;
    let mut b = Vec::with_capacity(MAPPED.iter().product());
    for k in 0..MAPPED[2] {
        for j in 0..MAPPED[1] {
            for i in 0..MAPPED[0] {
                let node = DVec3::from_array([i, j, k].map(|n| n as f64));
                b.push(field.at(origin + spacing * node)?.b);
            }
        }
    }
    let grid = VectorGrid::even(origin, spacing, MAPPED, b);
    let map = FieldMap::new("of the benchmark", grid, Interpolation::Cubic, LIMIT)?;
    Ok(Field::new(vec![Source::Map(Arc::new(map))])?)
}

/// Flow in what flows: slow, so that nothing leaves while it is measured [um3/us].
const FLOW: f64 = 1e4;

/// Radius of the core of a ring over that of its wall.
const CORE: f64 = 0.9;

/// The flow between two plates at the floor and the ceiling of a channel, slowed towards its sides, as a file.
fn plates(duct: &Duct) -> VectorGrid {
    let (lo, hi) = duct.bounds();
    let (lo, hi) = (DVec3::from_array(lo), DVec3::from_array(hi));
    let spacing = (hi - lo) / DVec3::from_array(MAPPED.map(|n| n as f64 - 1.0));
    let mut vectors = Vec::with_capacity(MAPPED.iter().product());
    for i in 0..MAPPED.iter().product() {
        let at = [
            i % MAPPED[0],
            i / MAPPED[0] % MAPPED[1],
            i / (MAPPED[0] * MAPPED[1]),
        ];
        let q = (lo + spacing * DVec3::from_array(at.map(|k| k as f64))) / hi;
        vectors.push(DVec3::Z * ((1.0 - q.x * q.x) * (1.0 - q.y * q.y)));
    }
    VectorGrid::even(lo, spacing, MAPPED, vectors)
}

/// What flows: a ring with a laminar flow in a quadrupole, a channel of the same field whose flow has nodes around, one with a flow from a file, and a column of spheres
/// in plug flow.
pub fn flowing(parcels: usize) -> Result<Vec<(&'static str, Setup)>, Error> {
    let (radius, _) = TUBE;
    let axis = Pose::about(DVec3::ZERO, DVec3::Z)?;
    let poles = Source::Multipole(Multipole::quadrupole(axis, 1.0, 2.0 * radius, true)?);
    let mut ring = separator(parcels, Field::new(vec![poles])?)?;
    let shaped = |section| {
        Chamber::Duct(Duct {
            section,
            length: TUBE.1,
        })
    };
    ring.chamber = shaped(Section::Annulus {
        inner: CORE * radius,
        outer: radius,
    });
    ring.protocol = ring.protocol.at_rate(FLOW);
    ring.stream = Some(Stream::new(Profile::Laminar));
    let mut channel = ring.clone();
    channel.chamber = shaped(Section::Channel {
        width: radius,
        height: 0.5 * radius,
    });
    let mut guided = channel.clone();
    let chart = Chart::new("of the benchmark", &plates(&channel.duct()), &channel.duct())?;
    guided.stream = Some(Stream::new(Profile::Given(Arc::new(chart))));
    let mut column = separator(
        parcels,
        Field::new(vec![Source::Uniform(Uniform::background(DVec3::X)?)])?,
    )?;
    column.field = None;
    column.cells = [1, 1, 100];
    column.protocol = column.protocol.at_rate(FLOW);
    column.stream = Some(Stream::new(Profile::Plug));
    column.matrix = Some(Matrix {
        porosity: 0.4,
        strength: 4e-3,
        // so weak that all are on their way for as long as it is measured: what is held costs nothing
        capture: vec![vec![1e-9; CAPTURE_ROWS]],
        unspecific: vec![0.0],
        capacity: Some(1e9),
        dispersivity: 280.0,
        released: 0.8,
    });
    Ok(vec![
        ("flow in a ring", ring),
        ("flow in a channel", channel),
        ("flow from a file", guided),
        ("column", column),
    ])
}

/// The tube with `parcels` parcels of cells that carry beads, in a field.
pub fn separator(parcels: usize, field: Field) -> Result<Setup, Error> {
    let (radius, length) = TUBE;
    let duct = Duct {
        section: Section::Tube { radius },
        length,
    };
    Ok(Setup {
        seed: 7,
        components: vec![Component {
            response: MagneticResponse::Beads {
                bead: Bead::from_mass(2.8, 1.4, 5.4e-4, 10.8)?,
                loading: Loading::poisson(5.0)?,
                susceptibility: 0.0,
            },
            ..Component::new(
                library::species("lymphocyte", None)?,
                Amount::Concentration(2000.0 / crate::constants::MICROLITRE),
                parcels,
            )
        }],
        cells: CELLS,
        protocol: Protocol::steady(Time::seconds(60.0), 0.0),
        field: Some(field),
        sampling: Sampling {
            every: Time::seconds(60.0),
            bins: 1,
        },
        stepping: Stepping {
            courant: 0.25,
            longest: f64::INFINITY,
        },
        ..Setup::carried(duct, library::medium("plasma", 37.0)?.fluid)
    })
}
