//! A channel at work.

use super::carrier::{Carrier, Forces, Momentum};
use super::channel::{Channel, Phase};
use super::column::{Fields, Room, Step, fastest_alone, greatest_slip};
use super::control::Memory;
use super::findings::Ledger;
use super::mesh::Mesh;
use crate::Error;
use crate::constants::SECOND;
use rayon::prelude::*;

/// Share of a cell's volume that flows out of it in a step at most.
const FLOWS: f64 = 0.8;

/// Share of what comes in that a controlled pump leaves the port that takes the rest, and draws itself, at least.
pub(super) const IDLE: f64 = 0.02;

/// A run of a channel.
#[derive(Clone, Debug)]
pub struct ChannelRun {
    pub(super) channel: Channel,
    pub(super) mesh: Mesh,
    /// Volume fractions, column by column, class after class, level by level.
    pub(super) phi: Vec<f64>,
    pub(super) spare: Vec<f64>,
    pub(super) fed: Vec<Vec<f64>>,
    pub(super) carrier: Carrier,
    pub(super) momentum: Momentum,
    pub(super) density: Vec<f64>,
    pub(super) fraction: Vec<f64>,
    pub(super) viscosity: Vec<f64>,
    pub(super) memory: Memory,
    pub(super) rates: Vec<f64>,
    pub(super) ledger: Ledger,
    pub(super) fullest: f64,
    pub(super) steps: u64,
}

impl ChannelRun {
    /// A channel full of fluid without cells, at the start of its procedure.
    ///
    /// # Errors
    /// As [`Channel::check`].
    pub fn new(channel: Channel) -> Result<Self, Error> {
        channel.check()?;
        let mesh = channel.mesh();
        let (cells, classes, ports) = (mesh.cells(), channel.classes.len(), channel.ports.len());
        let fed = (0..channel.inlets.len()).map(|i| channel.fed(i)).collect();
        Ok(Self {
            carrier: Carrier::still(&mesh, channel.inlets.len(), ports),
            momentum: Momentum::new(&mesh),
            phi: vec![0.0; cells * classes],
            spare: vec![0.0; cells * classes],
            fed,
            density: vec![0.0; cells],
            fraction: vec![0.0; cells],
            viscosity: vec![channel.fluid().viscosity; cells],
            memory: Memory::default(),
            rates: vec![0.0; ports],
            ledger: Ledger {
                come: vec![0.0; channel.inlets.len()],
                fed: vec![0.0; classes],
                left: vec![0.0; ports],
                taken: vec![vec![0.0; classes]; ports],
                inside: vec![0.0; classes],
                time: 0.0,
            },
            fullest: 0.0,
            steps: 0,
            mesh,
            channel,
        })
    }

    /// The same with the red cells of what comes in already packed to a volume fraction below a depth [um], at most to that to which cells pack:
    /// a bed that was established before.
    pub fn with_bed(mut self, depth: f64, fraction: f64) -> Self {
        let levels = self.mesh.levels;
        let fraction = fraction.clamp(0.0, self.channel.settling.packing_limit);
        let share = self.mesh.levels_between([depth, self.mesh.depth]);
        let red = |q: usize| self.channel.is_red(self.channel.classes[q].component);
        let fed: Vec<f64> = (0..self.channel.classes.len())
            .map(|q| {
                if red(q) {
                    self.fed.iter().map(|f| f[q]).sum()
                } else {
                    0.0
                }
            })
            .collect();
        let whole: f64 = fed.iter().sum();
        for column in self
            .phi
            .chunks_exact_mut(levels * fed.len())
            .filter(|_| whole > 0.0)
        {
            for (of, fed) in column.chunks_exact_mut(levels).zip(&fed) {
                for (p, share) in of.iter_mut().zip(&share) {
                    *p = fraction * fed / whole * share;
                }
            }
        }
        self.ledger.inside = self.inside();
        self
    }

    /// The channel.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The grid.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The flow of the last interval.
    pub fn carrier(&self) -> &Carrier {
        &self.carrier
    }

    /// Volumes that have passed.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Simulated time [us].
    pub fn time(&self) -> f64 {
        self.ledger.time
    }

    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Volume fractions of a class in a column, by level.
    pub fn fractions(&self, column: usize, class: usize) -> &[f64] {
        let levels = self.mesh.levels;
        let first = (column * self.channel.classes.len() + class) * levels;
        &self.phi[first..first + levels]
    }

    /// Bits of all volume fractions: the same where two runs end alike.
    pub fn state(&self) -> impl Iterator<Item = u64> + '_ {
        self.phi.iter().map(|p| p.to_bits())
    }

    /// Goes on for a time in the present phase of the procedure [us].
    ///
    /// # Errors
    /// [`Error::Numerics`] where the flow cannot be solved or a volume fraction is no number.
    pub fn advance(&mut self, phase: &Phase, time: f64) -> Result<(), Error> {
        let end = self.time() + time;
        // no sliver at the end
        let least = 1e-9 * self.channel.numerics.interval;
        while end - self.time() > least {
            let length = self.channel.numerics.interval.min(end - self.time());
            self.interval(phase, length)?;
        }
        Ok(())
    }

    /// From one solve of the flow to the next.
    fn interval(&mut self, phase: &Phase, length: f64) -> Result<(), Error> {
        let (levels, classes) = (self.mesh.levels, self.channel.classes.len());
        let laws = self.channel.settling;
        let acceleration = self.mesh.acceleration(phase.omega);
        let (mesh, channel) = (&self.mesh, &self.channel);
        let shear = self.carrier.shear(mesh);
        let phi = &self.phi;
        let slips: Vec<f64> = self
            .density
            .par_chunks_mut(levels)
            .zip(self.fraction.par_chunks_mut(levels))
            .enumerate()
            .map_init(
                || Fields::new(levels),
                |fields, (i, (density, fraction))| {
                    let mine = &phi[i * levels * classes..(i + 1) * levels * classes];
                    fields.fill(mine, &channel.classes, &laws);
                    density.copy_from_slice(&fields.mixture);
                    fraction.copy_from_slice(&fields.fraction);
                    greatest_slip(mine, &channel.classes, &laws, &acceleration, fields)
                },
            )
            .collect();
        // cells that come in may settle faster than any that are here
        let outermost = acceleration.last().copied().unwrap_or(0.0);
        let alone = fastest_alone(&channel.classes, &laws) * outermost;
        let slip = slips.into_iter().fold(alone, f64::max);
        for ((mu, phi), shear) in self.viscosity.iter_mut().zip(&self.fraction).zip(&shear) {
            *mu = laws.fluid.viscosity * channel.viscosity.relative(*phi, *shear);
        }
        self.rates = self.pumps(phase, length);
        self.flow(phase, length)?;
        let (mesh, channel) = (&self.mesh, &self.channel);
        // a cell loses by settling and by flow at once
        let steep = (2.0 * laws.mixing_length / mesh.step()).max(1.0);
        let settling = slip * steep / (channel.numerics.courant * mesh.step());
        let rate = settling + self.carrier.busiest(mesh) / FLOWS;
        let n = (length * rate).ceil().max(1.0);
        let ports = channel.ports.len();
        let mut taken = vec![0.0; mesh.columns * ports * classes];
        let share: Vec<f64> = mesh.volume.iter().map(|v| length / n / v).collect();
        let step = Step {
            mesh,
            classes: &channel.classes,
            laws: &laws,
            acceleration: &acceleration,
            carrier: &self.carrier,
            fed: &self.fed,
            dt: length / n,
            share: &share,
        };
        for _ in 0..n as u64 {
            let old = &self.phi;
            let each = self
                .spare
                .par_chunks_mut(levels * classes)
                .zip(taken.par_chunks_mut(ports * classes))
                .enumerate()
                .map_init(
                    || Room::new(levels),
                    |room, (i, (new, taken))| step.column(i, old, new, taken, room),
                )
                .collect::<Vec<f64>>();
            self.fullest = each.into_iter().fold(self.fullest, f64::max);
            std::mem::swap(&mut self.phi, &mut self.spare);
        }
        self.steps += n as u64;
        self.book(phase, length, &taken)
    }

    /// Rates of the ports for the next interval.
    fn pumps(&mut self, phase: &Phase, length: f64) -> Vec<f64> {
        let mut rates = phase.rates();
        let Some((port, controller)) = phase.control else {
            return rates;
        };
        let fed: f64 = phase.feed.iter().sum();
        let rest = phase.draw.iter().position(|d| *d == super::Draw::Rest);
        let (Some(rest), true) = (rest, fed > 0.0) else {
            return rates;
        };
        let both = rates[port] + rates[rest];
        let area = self.mesh.length * self.mesh.width;
        let bounds = [IDLE * fed, (both - IDLE * fed).max(IDLE * fed)];
        let depth = self.sensed().unwrap_or(self.mesh.depth);
        let rate = controller.rate(&mut self.memory, depth, length, rates[port], area, bounds);
        rates[port] = rate.min(both);
        rates[rest] = both - rates[port];
        rates
    }

    /// The flow of the next interval.
    fn flow(&mut self, phase: &Phase, length: f64) -> Result<(), Error> {
        let (mesh, channel) = (&self.mesh, &self.channel);
        let excess = |inlet: usize| -> f64 {
            let each = self.fed[inlet].iter().zip(&channel.classes);
            each.map(|(phi, class)| phi * class.excess).sum()
        };
        let inlets: Vec<(f64, Vec<f64>)> = channel
            .inlets
            .iter()
            .enumerate()
            .map(|(i, inlet)| (phase.feed[i], inlet.weights(mesh, &self.density, excess(i))))
            .collect();
        let ports: Vec<(f64, Vec<f64>)> = channel
            .ports
            .iter()
            .zip(&self.rates)
            .map(|(port, rate)| (*rate, port.weights(mesh, &self.viscosity)))
            .collect();
        self.carrier.supply(&inlets, &ports);
        let width = mesh.width;
        let drag: Vec<f64> = self
            .viscosity
            .iter()
            .zip(&self.density)
            .map(|(mu, excess)| {
                let plates = if channel.end_walls {
                    12.0 * mu / (width * width)
                } else {
                    0.0
                };
                let density = channel.fluid().density + excess;
                let layers = if channel.ekman {
                    2.0 * (mu * density * phase.omega).sqrt() / width
                } else {
                    0.0
                };
                plates + layers
            })
            .collect();
        let forces = Forces {
            density: &self.density,
            viscosity: &self.viscosity,
            drag: &drag,
            acceleration: mesh.mean_acceleration(phase.omega),
            interval: length,
        };
        self.momentum.solve(mesh, &forces, &mut self.carrier)
    }

    /// Writes down what passed.
    fn book(&mut self, phase: &Phase, length: f64, taken: &[f64]) -> Result<(), Error> {
        let (classes, ports) = (self.channel.classes.len(), self.channel.ports.len());
        let ledger = &mut self.ledger;
        ledger.time += length;
        for (i, rate) in phase.feed.iter().enumerate() {
            ledger.come[i] += rate * length;
            for (fed, phi) in ledger.fed.iter_mut().zip(&self.fed[i]) {
                *fed += rate * length * phi;
            }
        }
        for (left, rate) in ledger.left.iter_mut().zip(&self.rates) {
            *left += rate * length;
        }
        for column in taken.chunks_exact(ports * classes) {
            for (row, taken) in ledger.taken.iter_mut().zip(column.chunks_exact(classes)) {
                for (sum, x) in row.iter_mut().zip(taken) {
                    *sum += x;
                }
            }
        }
        let inside = self.inside();
        if let Some(q) = inside.iter().position(|x| !x.is_finite()) {
            let class = self.channel.classes[q];
            let name = &self.channel.components[class.component].species.name;
            return Err(Error::Numerics(format!(
                "how much {name} is in the channel is no number any more at {:.3} s",
                self.time() / SECOND
            )));
        }
        self.ledger.inside = inside;
        Ok(())
    }

    /// Volume of the cells in the channel, by class [um3].
    fn inside(&self) -> Vec<f64> {
        let levels = self.mesh.levels;
        let mut out = vec![0.0; self.channel.classes.len()];
        for column in self.phi.chunks_exact(levels * out.len()) {
            for (sum, phi) in out.iter_mut().zip(column.chunks_exact(levels)) {
                *sum += phi.iter().zip(&self.mesh.volume).map(|(p, v)| p * v).sum::<f64>();
            }
        }
        out
    }
}
