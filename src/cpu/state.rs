//! The parcels and grid cells of the CPU back-end, and its loop for every kernel.

use super::carrier::by_node;
use super::patches::Patches;
use super::{advect, carried, column, crowd, dilute, matrix};
use crate::engine::{BatchStats, Layout, Program, Tally};
use crate::kernels::fields::Field;
use crate::kernels::passage::FATES;
use crate::kernels::{Environment, Kernel, Passage, Step, deposit, profile};
use crate::laws::{hindrance::hindrance, packing::packing};
use crate::{Error, memory};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Parcels that one task takes at a time: large enough to amortise the hand-over, small enough for the cache.
pub const CHUNK: usize = 1 << 14;

/// All that the loops read and write.
pub struct State {
    pub environment: Environment,
    /// Number of the first parcel; 0 but in fixtures of a later page.
    pub first: u64,
    pub inverse_volume: Vec<f64>,
    /// Volume a time through every face of the grid cells [um3/us], where fluid flows through them.
    pub flux: Vec<f32>,
    pub components: usize,
    pub position: [Vec<u64>; 3],
    pub mobility: Vec<f32>,
    pub excess: Vec<f32>,
    pub moments: Vec<[i32; 4]>,
    pub kind: Vec<u32>,
    /// What only parcels have that are carried; empty in other runs.
    pub carried: Carried,
    /// The counts of the last call for them, in the words of the kernels that count; empty in runs that are not counted so.
    pub tally: Vec<u32>,
    pub census: Vec<u32>,
    pub sums: Vec<[i64; 4]>,
    /// The sums of each thread.
    pub parts: Vec<Vec<[i64; 4]>>,
    pub fields: Vec<Field>,
}

/// The columns and tables of a run in which a flow or a field carries parcels.
#[derive(Default)]
pub struct Carried {
    pub passage: Passage,
    pub magnetic: Vec<[f32; 2]>,
    pub fate: Vec<u32>,
    pub clock: Vec<[f32; 2]>,
    pub pull: Vec<[f32; 4]>,
    /// Velocities of the flow, and those that are given by node.
    pub carrier: Vec<f32>,
    pub given: Vec<[f32; 4]>,
    /// Radius of the largest cell [um].
    pub largest: f64,
    pub depth: Vec<f32>,
    pub capture: Vec<f32>,
    pub unspecific: Vec<f32>,
    pub patches: Patches,
}

/// Radius of the largest cell [um], from the mobilities times viscosity over volume.
pub fn largest(mobility: &[f32]) -> f64 {
    let most = mobility.iter().copied().fold(0.0, f32::max);
    0.5 * (18.0 * f64::from(most)).sqrt()
}

impl State {
    /// The buffers of a program, for so many threads.
    pub fn new(program: &Program<'_>, threads: usize) -> Result<Self, Error> {
        let Layout {
            environment,
            passage,
            components,
            ..
        } = program.layout;
        let cells = program.rows("fields");
        let mobility = memory::copy(program.column("mobility")?)?;
        let layers = environment.cells[2] as usize;
        let carried = match passage {
            None => Carried::default(),
            Some(passage) => Carried {
                passage,
                magnetic: memory::copy(program.column("magnetic")?)?,
                fate: memory::copy(program.column("fate")?)?,
                clock: memory::copy(program.column("clock")?)?,
                depth: memory::copy(program.column("depth")?)?,
                pull: memory::copy(program.table("pull")?)?,
                carrier: match passage.along {
                    0 => memory::copy(program.table("carrier")?)?,
                    _ => Vec::new(),
                },
                given: by_node(&passage, program.table("carrier")?)?,
                capture: memory::copy(program.table("capture")?)?,
                unspecific: memory::copy(program.table("unspecific")?)?,
                patches: Patches::new(program.table("footprint")?, program.table("capacity")?, layers)?,
                largest: largest(&mobility),
            },
        };
        let place = |name| memory::copy(program.column(name)?);
        Ok(Self {
            environment,
            first: 0,
            inverse_volume: memory::copy(program.reals("inverse_volume")?)?,
            flux: memory::copy(program.table("flux")?)?,
            components,
            position: [place("position_x")?, place("position_y")?, place("position_z")?],
            mobility,
            excess: memory::copy(program.column("excess")?)?,
            moments: memory::copy(program.column("moments")?)?,
            kind: memory::copy(program.column("kind")?)?,
            carried,
            tally: memory::filled(program.rows("tally"), 0)?,
            census: memory::filled(program.rows("census"), 0)?,
            sums: memory::filled(cells, [0; 4])?,
            parts: (0..threads)
                .map(|_| memory::filled(cells, [0; 4]))
                .collect::<Result<_, _>>()?,
            fields: memory::filled(cells, Field::default())?,
        })
    }

    /// Runs one kernel.
    pub fn pass(&mut self, kernel: &Kernel, step: &Step) -> Result<BatchStats, Error> {
        let weighs = ["deposit", "profile", "advance_dense"].contains(&kernel.name);
        if weighs && self.moments.len() != self.kind.len() {
            return Err(Error::Internal(format!(
                "kernel {}: nothing is bound to `moments`",
                kernel.name
            )));
        }
        match kernel.name {
            "deposit" => {
                self.deposit();
                Ok(BatchStats::default())
            }
            "fields" => Ok(self.fields()),
            "advance_dense" => Ok(self.advance(step, true)),
            "advance_dilute" => Ok(self.advance(step, false)),
            "advect" => Ok(self.advect(step)),
            "advance_carried" | "advance_guided" => Ok(self.advance_carried(step)),
            "advance_matrix" => Ok(self.advance_matrix(step)),
            "settle" => Ok(BatchStats {
                fullest: self.carried.patches.settle(),
                ..BatchStats::default()
            }),
            "profile" => {
                self.tally = self.tally().iter().flatten().flat_map(Tally::words).collect();
                Ok(BatchStats::default())
            }
            "census" => {
                self.census = self.census().iter().flatten().map(|n| *n as u32).collect();
                Ok(BatchStats::default())
            }
            "release" => {
                self.release(step);
                Ok(BatchStats::default())
            }
            other => Err(Error::Internal(format!("the CPU back-end has no kernel {other}"))),
        }
    }

    /// The sums of all grid cells. Every thread takes chunks as it comes to them and adds to sums of its own: integers,
    /// so that it does not matter which thread had which.
    pub fn deposit(&mut self) {
        let n = self.environment.cells;
        let [x, y, z] = &self.position;
        let layered = n[0] == 1 && n[1] == 1;
        let moments = &self.moments;
        let next = AtomicUsize::new(0);
        self.parts.par_iter_mut().for_each(|sums| {
            sums.fill([0; 4]);
            loop {
                let first = CHUNK * next.fetch_add(1, Ordering::Relaxed);
                if first >= z.len() {
                    break;
                }
                let range = first..(first + CHUNK).min(z.len());
                if layered {
                    column::deposit(sums, &z[range.clone()], &moments[range]);
                } else {
                    for i in range {
                        if crate::fixed::inside([x[i], y[i], z[i]], n) {
                            let cell = ((z[i] >> 32) * u64::from(n[1]) + (y[i] >> 32)) * u64::from(n[0])
                                + (x[i] >> 32);
                            deposit::add(sums, cell as usize, moments[i]);
                        }
                    }
                }
            }
        });
        self.sums.fill([0; 4]);
        for part in &self.parts {
            for (sum, part) in self.sums.iter_mut().zip(part) {
                for (a, b) in sum.iter_mut().zip(part) {
                    *a = a.wrapping_add(*b);
                }
            }
        }
    }

    /// The fields of all grid cells from their sums.
    pub fn fields(&mut self) -> BatchStats {
        let e = &self.environment;
        let mut fullest = 0.0_f64;
        for ((field, sums), inverse) in self.fields.iter_mut().zip(&self.sums).zip(&self.inverse_volume) {
            let [phi, mixture, mobile, driven]: [f64; 4] =
                std::array::from_fn(|k| sums[k] as f64 * e.moment_unit[k] * inverse);
            let h = hindrance(phi, e.exponent) * packing(phi, e.packing_limit, e.packing_width);
            *field = Field {
                hindrance: h,
                mixture,
                backflow: h * (driven - mixture * mobile),
                fraction: phi,
            };
            fullest = fullest.max(phi);
        }
        BatchStats {
            fullest,
            ..BatchStats::default()
        }
    }

    /// Moves all parcels.
    pub fn advance(&mut self, step: &Step, dense: bool) -> BatchStats {
        let env = &self.environment;
        // one column in which cells settle has a loop of its own
        let column = step.slips(env.cells).eq([2]) && env.cells[0] == 1 && env.cells[1] == 1;
        let table = (dense && column).then(|| column::Table::new(&self.fields, env, step));
        let crowd = (dense && !column).then(|| crowd::Table::new(&self.fields, env, step));
        let axial = dilute::along_axis(env, step);
        let page = self.first;
        let [x, y, z] = &mut self.position;
        let (mobility, excess) = (&self.mobility, &self.excess);
        z.par_chunks_mut(CHUNK)
            .zip(x.par_chunks_mut(CHUNK))
            .zip(y.par_chunks_mut(CHUNK))
            .zip(mobility.par_chunks(CHUNK))
            .zip(excess.par_chunks(CHUNK))
            .enumerate()
            .map(|(chunk, ((((z, x), y), m), e))| {
                let first = page + (chunk * CHUNK) as u64;
                match (&table, &crowd) {
                    (Some(table), _) => column::advance(table, z, m, e, first),
                    (_, Some(crowd)) => crowd::advance(crowd, [x, y, z], m, e, first),
                    _ if axial => dilute::advance_column(z, m, e, env, step, first),
                    _ => dilute::advance([x, y, z], m, e, env, step, first),
                }
            })
            .reduce(BatchStats::default, BatchStats::merge)
    }

    /// Carries all parcels along the fluxes through the faces of the grid cells.
    pub fn advect(&mut self, step: &Step) -> BatchStats {
        let grid = advect::Grid::new(&self.environment, step, &self.flux, &self.inverse_volume);
        let page = self.first;
        let [x, y, z] = &mut self.position;
        z.par_chunks_mut(CHUNK)
            .zip(x.par_chunks_mut(CHUNK))
            .zip(y.par_chunks_mut(CHUNK))
            .enumerate()
            .map(|(chunk, ((z, x), y))| advect::advance(&grid, [x, y, z], page + (chunk * CHUNK) as u64))
            .reduce(BatchStats::default, BatchStats::merge)
    }

    /// Moves all parcels that are carried.
    pub fn advance_carried(&mut self, step: &Step) -> BatchStats {
        let page = self.first;
        let [x, y, z] = &mut self.position;
        let c = &mut self.carried;
        let scene = carried::Scene {
            env: &self.environment,
            step,
            passage: &c.passage,
            pull: &c.pull,
            carrier: &c.carrier,
            given: &c.given,
            largest: c.largest,
            patches: &c.patches,
        };
        let (mobility, excess, magnetic, kind) = (&self.mobility, &self.excess, &c.magnetic, &self.kind);
        z.par_chunks_mut(CHUNK)
            .zip(x.par_chunks_mut(CHUNK))
            .zip(y.par_chunks_mut(CHUNK))
            .zip(c.fate.par_chunks_mut(CHUNK))
            .zip(c.clock.par_chunks_mut(CHUNK))
            .enumerate()
            .map(|(chunk, ((((z, x), y), fate), clock))| {
                let first = chunk * CHUNK;
                let range = first..first + z.len();
                let given = carried::Given {
                    mobility: &mobility[range.clone()],
                    excess: &excess[range.clone()],
                    magnetic: &magnetic[range.clone()],
                    kind: &kind[range],
                };
                let mut changed = carried::Changed { x, y, z, fate, clock };
                carried::advance(&scene, &given, &mut changed, page + first as u64)
            })
            .reduce(BatchStats::default, BatchStats::merge)
    }

    /// Moves all parcels of a column with a matrix.
    pub fn advance_matrix(&mut self, step: &Step) -> BatchStats {
        let (mobility, excess) = (&self.mobility, &self.excess);
        let kind = &self.kind;
        let magnetic = &self.carried.magnetic;
        let page = self.first;
        let column = matrix::Column {
            env: &self.environment,
            step,
            passage: &self.carried.passage,
            capture: &self.carried.capture,
            unspecific: &self.carried.unspecific,
            patches: &self.carried.patches,
        };
        let [_, _, z] = &mut self.position;
        z.par_chunks_mut(CHUNK)
            .zip(self.carried.fate.par_chunks_mut(CHUNK))
            .zip(self.carried.clock.par_chunks_mut(CHUNK))
            .zip(self.carried.depth.par_chunks_mut(CHUNK))
            .enumerate()
            .map(|(chunk, (((z, fate), clock), depth))| {
                let first = chunk * CHUNK;
                let range = first..first + z.len();
                let given = matrix::Given {
                    mobility: &mobility[range.clone()],
                    excess: &excess[range.clone()],
                    magnetic: &magnetic[range.clone()],
                    kind: &kind[range],
                };
                let mut changed = matrix::Changed {
                    z,
                    fate,
                    clock,
                    depth,
                };
                matrix::advance(&column, &given, &mut changed, page + first as u64)
            })
            .reduce(BatchStats::default, BatchStats::merge)
    }

    /// Lets go what surfaces hold.
    pub fn release(&mut self, step: &Step) {
        let (kind, page) = (&self.kind, self.first);
        let (passage, patches, env) = (&self.carried.passage, &self.carried.patches, &self.environment);
        let z = &self.position[2];
        self.carried
            .fate
            .par_chunks_mut(CHUNK)
            .zip(self.carried.depth.par_chunks_mut(CHUNK))
            .enumerate()
            .for_each(|(chunk, (fate, depth))| {
                let first = chunk * CHUNK;
                let range = first..first + fate.len();
                let mut held = matrix::Held {
                    z: &z[range.clone()],
                    kind: &kind[range],
                    fate,
                    depth,
                };
                let key = (page + first as u64, step.number, env.seed);
                matrix::release(passage, patches, &mut held, key);
            });
    }

    /// Counts the parcels, `[component][fate]`.
    pub fn census(&self) -> Vec<[u64; FATES as usize]> {
        let empty = || vec![[0_u64; FATES as usize]; self.components];
        self.kind
            .par_chunks(CHUNK)
            .zip(self.carried.fate.par_chunks(CHUNK))
            .fold(empty, |mut census, (kind, fate)| {
                for (kind, fate) in kind.iter().zip(fate) {
                    if let Some(count) = census[*kind as usize].get_mut(*fate as usize) {
                        *count += 1;
                    }
                }
                census
            })
            .reduce(empty, |mut a, b| {
                for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
                    *a += b;
                }
                a
            })
    }

    /// Counts the parcels, `[component][bin]`; one outside of the grid is in none.
    pub fn tally(&self) -> Vec<Vec<Tally>> {
        let (bins, cells) = (self.environment.bins, self.environment.cells[2]);
        let next = AtomicUsize::new(0);
        let count = || {
            let mut tally = vec![vec![Tally::default(); bins as usize]; self.components];
            loop {
                let first = CHUNK * next.fetch_add(1, Ordering::Relaxed);
                if first >= self.kind.len() {
                    return tally;
                }
                for i in first..(first + CHUNK).min(self.kind.len()) {
                    let bin = profile::bin(self.position[2][i], bins, cells);
                    if let Some(t) = tally[self.kind[i] as usize].get_mut(bin) {
                        t.parcels += 1;
                        t.volume += self.moments[i][0] as u64;
                    }
                }
            }
        };
        let parts: Vec<_> = (0..self.parts.len()).into_par_iter().map(|_| count()).collect();
        let add = |mut a: Vec<Vec<Tally>>, b: Vec<Vec<Tally>>| {
            for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
                a.parcels += b.parcels;
                a.volume += b.volume;
            }
            a
        };
        parts.into_iter().reduce(add).unwrap_or_default()
    }
}
