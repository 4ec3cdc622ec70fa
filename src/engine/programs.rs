//! The programs that there are: of cells that settle in a closed vessel, and of cells that a flow or a field carries.

use super::entries::{Entries, Form};
use super::program::{Contents, Layout, Pass, Program};
use super::room::Room;
use super::setup::{Setup, Suspension};
use crate::Error;
use crate::flow::Profile;
use crate::flow::Stream;
use crate::kernels::passage::{self, FATES, FREE, SURFACES, WAITING};
use crate::kernels::profile::Tally;
use crate::kernels::{
    Environment, Passage, Statistics, advance_carried, advance_dense, advance_dilute, advance_guided,
    advance_matrix, advect, census, deposit, fields, params, profile, release, settle,
};
use crate::magnets::Table;
use crate::memory::{self, Host};
use crate::model::Parcels;

/// A step of a crowded suspension, in a fluid that circulates. At rest the last pass is left out.
const CROWDED: [Pass; 5] = [
    Pass::Clear("sums"),
    Pass::Run(&deposit::KERNEL),
    Pass::Run(&fields::KERNEL),
    Pass::Run(&advance_dense::KERNEL),
    Pass::Run(&advect::KERNEL),
];
/// The same where every cell is alone.
const ALONE: [Pass; 2] = [Pass::Run(&advance_dilute::KERNEL), Pass::Run(&advect::KERNEL)];

/// Passes that count the parcels.
pub(super) const COUNT: &str = "count";
/// Passes that work out the fields of the grid cells for the present places of the parcels.
pub(super) const FIELDS: &str = "fields";
/// Passes that let go what surfaces hold.
pub(super) const RELEASE: &str = "release";

/// Counts parcels by bin.
const BY_BIN: [Pass; 2] = [Pass::Clear("tally"), Pass::Run(&profile::KERNEL)];
/// Counts parcels by fate.
const BY_FATE: [Pass; 2] = [Pass::Clear("census"), Pass::Run(&census::KERNEL)];
/// Lets go what surfaces hold, and settles them.
const LET_GO: [Pass; 2] = [Pass::Run(&release::KERNEL), Pass::Run(&settle::KERNEL)];

impl<'a> Program<'a> {
    /// A program without parcels and steps, for calls that bring all they need.
    pub fn empty() -> Self {
        Self {
            layout: Layout {
                environment: Environment::default(),
                passage: None,
                components: 0,
                parcels: 0,
                step: &[],
                calls: &[],
            },
            columns: Vec::new(),
            tables: Vec::new(),
            host: Host {
                end: 0,
                fixed: 0,
                thread: 0,
            },
        }
    }

    /// The program of a setup with these parcels, and with the table of its field if it has one.
    ///
    /// # Errors
    /// [`Error::Input`] for a setup or parcels that cannot be run, [`Error::Device`] if the memory does not suffice.
    pub fn new(setup: &Setup, parcels: &'a Parcels, table: Option<&Table>) -> Result<Self, Error> {
        setup.check()?;
        setup.has_parcels()?;
        parcels.check(setup.components.len(), &setup.grid(), setup.carries())?;
        if setup.carries() {
            Self::carried(setup, parcels, table)
        } else {
            Ok(Self::settling(setup, parcels))
        }
    }

    /// In a closed vessel.
    fn settling(setup: &Setup, parcels: &'a Parcels) -> Self {
        let grid = setup.grid();
        let mut environment = Environment::new(setup, parcels.moment_unit);
        let (cells, bins) = (grid.len(), environment.bins as usize);
        let crowded = setup.physics.suspension == Suspension::Dense;
        // without the advance
        const PRESENT: &[Pass] = CROWDED.split_at(3).0;
        let (mut step, calls): (&[Pass], &[(&str, &[Pass])]) = if crowded {
            environment.switches |= params::CROWDED;
            (&CROWDED, &[(COUNT, &BY_BIN), (FIELDS, PRESENT)])
        } else {
            (&ALONE, &[(COUNT, &BY_BIN)])
        };
        let flux = match &setup.circulation {
            Some(fluxes) => fluxes.through().iter().map(|f| *f as f32).collect(),
            None => {
                step = &step[..step.len() - 1];
                Vec::new()
            }
        };
        let [x, y, z] = &parcels.position;
        Self {
            layout: Layout {
                environment,
                passage: None,
                components: setup.components.len(),
                parcels: parcels.len(),
                step,
                calls,
            },
            columns: vec![
                ("position_x", x.into()),
                ("position_y", y.into()),
                ("position_z", z.into()),
                ("moments", (&parcels.moments).into()),
                ("mobility", (&parcels.mobility).into()),
                ("excess", (&parcels.excess).into()),
                ("kind", (&parcels.kind).into()),
            ],
            tables: vec![
                ("stats", Contents::Empty(Form::U32, Statistics::WORDS)),
                // four sums of two words each
                ("sums", Contents::Empty(Form::U32, 8 * cells)),
                ("fields", Contents::Empty(Form::F32x4, cells)),
                (
                    "tally",
                    Contents::Empty(Form::U32, Tally::WORDS * setup.components.len() * bins),
                ),
                (
                    "inverse_volume",
                    Contents::Reals(grid.volume.iter().map(|v| 1.0 / v).collect()),
                ),
                ("flux", Contents::Given(Entries::from(flux))),
            ],
            host: setup.host(),
        }
    }

    /// Where a flow or a field carries parcels.
    fn carried(s: &Setup, parcels: &'a Parcels, table: Option<&Table>) -> Result<Self, Error> {
        let flow = s.flow();
        let room = Room::new(s, parcels);
        let given = matches!(
            &s.stream,
            Some(Stream {
                profile: Profile::Given(_),
                ..
            })
        );
        let step: &[Pass] = match (s.matrix.is_some(), given, room.limited) {
            (true, _, false) => &[Pass::Run(&advance_matrix::KERNEL)],
            (true, _, true) => &[Pass::Run(&advance_matrix::KERNEL), Pass::Run(&settle::KERNEL)],
            (_, true, false) => &[Pass::Run(&advance_guided::KERNEL)],
            (_, true, true) => &[Pass::Run(&advance_guided::KERNEL), Pass::Run(&settle::KERNEL)],
            (_, false, false) => &[Pass::Run(&advance_carried::KERNEL)],
            (_, false, true) => &[Pass::Run(&advance_carried::KERNEL), Pass::Run(&settle::KERNEL)],
        };
        let mut clock: Vec<[f32; 2]> = memory::room(parcels.len())?;
        clock.extend(parcels.enter.iter().map(|t| [*t, -1.0]));
        let mut fate: Vec<u32> = memory::room(parcels.len())?;
        fate.extend(
            parcels
                .enter
                .iter()
                .map(|t| if *t > 0.0 { WAITING } else { FREE }),
        );
        let patches = SURFACES as usize * s.cells[2] as usize;
        let (capture, unspecific) = match &s.matrix {
            Some(m) => (m.rows(), m.unlabelled(s.duct().length)),
            None => (Vec::new(), Vec::new()),
        };
        let filled = |entries: Entries<'a>| Contents::Given(entries);
        let counts = s.components.len() * FATES as usize;
        let mut environment = Environment::new(s, [1.0; 4]);
        environment.switches |= params::CARRIED;
        let [x, y, z] = &parcels.position;
        Ok(Self {
            layout: Layout {
                environment,
                passage: Some(Passage::new(s, flow.as_ref())),
                components: s.components.len(),
                parcels: parcels.len(),
                step,
                calls: &[(COUNT, &BY_FATE), (RELEASE, &LET_GO)],
            },
            columns: vec![
                ("position_x", x.into()),
                ("position_y", y.into()),
                ("position_z", z.into()),
                ("mobility", (&parcels.mobility).into()),
                ("excess", (&parcels.excess).into()),
                ("magnetic", (&parcels.magnetic).into()),
                ("fate", fate.into()),
                ("clock", clock.into()),
                ("depth", (&parcels.depth).into()),
                ("kind", (&parcels.kind).into()),
            ],
            tables: vec![
                ("stats", Contents::Empty(Form::U32, Statistics::WORDS)),
                ("census", Contents::Empty(Form::U32, counts)),
                ("held", Contents::Empty(Form::U32, patches)),
                ("arrived", Contents::Empty(Form::U32, patches)),
                ("vacant", filled(memory::filled(patches, 1.0_f32)?.into())),
                ("footprint", filled(room.footprint.into())),
                ("capacity", filled(room.capacity.to_vec().into())),
                ("capture", filled(capture.into())),
                ("unspecific", filled(unspecific.into())),
                ("pull", filled(passage::pull(s, table.map(Table::nodes))?.into())),
                ("carrier", filled(passage::carrier(flow.as_ref())?.into())),
            ],
            host: s.host(),
        })
    }
}
