//! A procedure from phase to phase, and how each ended.

use super::channel::Phase;
use super::channel_run::{ChannelRun, IDLE};
use super::control::Memory;
use super::findings::{Findings, Ledger};
use super::ports::{Draw, withdrawal};
use super::sensing::Moment;
use crate::Error;
use crate::constants::MILLIMETRE;
use crate::units::digits;
use std::ops::ControlFlow;

/// Volume fraction by which a level may be fuller than cells pack, by rounding.
const OVERFULL: f64 = 1e-6;

/// What happened in a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Speed of the rotor [rad/us].
    pub omega: f64,
    /// Depth at which the interface was to be held [um]; none where pumps kept their rates.
    pub set_point: Option<f64>,
    /// In all of it.
    pub whole: Findings,
    /// In its last fifth.
    pub late: Findings,
    /// How it ended.
    pub end: Moment,
    /// What a person should know of its end.
    pub doubts: Vec<String>,
}

/// Share of the channel's depth by which a held interface may be off at the end of a phase.
const ASTRAY: f64 = 0.05;

/// Part of a phase at its end that is looked at by itself.
const LATE: f64 = 0.2;

impl ChannelRun {
    /// Runs the whole procedure; `tell` gets the run and its phase every so often [us], and may stop it. Returns what happened in each phase that
    /// was begun.
    ///
    /// # Errors
    /// As [`ChannelRun::advance`].
    pub fn run(
        &mut self,
        every: f64,
        tell: &mut dyn FnMut(&Phase, &Self) -> ControlFlow<()>,
    ) -> Result<Vec<Stage>, Error> {
        let mut stages = Vec::new();
        let interval = self.channel.numerics.interval;
        // looks do not cut solves of the flow short: they come at its times
        let whole = |time: f64| (time / interval).round().max(1.0) * interval;
        let mut held = None;
        for phase in self.channel.phases.clone() {
            let port = phase.control.map(|(port, _)| port);
            self.memory = match port.filter(|p| held == Some(*p)) {
                Some(p) => Memory::from_rate(self.rates[p], phase.rates()[p]),
                None => Memory::default(),
            };
            held = port;
            let (begin, start) = (self.ledger.clone(), self.time());
            let mut late = None;
            let mut go = ControlFlow::Continue(());
            // the start of the last part, and the end
            let marks = [
                whole((1.0 - LATE) * phase.duration).min(phase.duration),
                phase.duration,
            ];
            for mark in marks {
                while go.is_continue() && start + mark - self.time() > 1e-9 * phase.duration {
                    self.advance(&phase, (start + mark - self.time()).min(whole(every)))?;
                    go = tell(&phase, self);
                }
                late.get_or_insert_with(|| self.ledger.clone());
            }
            let of = |from: &Ledger| Findings::between(&self.channel, from, &self.ledger);
            stages.push(Stage {
                name: phase.name.clone(),
                omega: phase.omega,
                set_point: phase.control.map(|(_, c)| c.depth),
                whole: of(&begin),
                late: of(late.as_ref().unwrap_or(&begin)),
                end: self.moment(),
                doubts: self.doubts(&phase),
            });
            if go.is_break() {
                break;
            }
        }
        Ok(stages)
    }

    /// What a person should know of the state of the run at the end of a phase: an interface that is not where it should be, a pump at its limit, a
    /// port that draws from beyond the interface, overfull levels.
    pub fn doubts(&self, phase: &Phase) -> Vec<String> {
        let mut out = self.uncontrolled(phase);
        let (mesh, channel, fluid) = (&self.mesh, &self.channel, self.channel.fluid());
        let mm = |x: f64| digits(x / MILLIMETRE, 3);
        for (p, port) in channel.ports.iter().enumerate() {
            let over = mesh.columns_between(port.along);
            let columns = || (0..mesh.columns).filter(|i| over[*i] > 0.0);
            let mean =
                |of: &dyn Fn(usize) -> f64| columns().map(of).sum::<f64>() / columns().count().max(1) as f64;
            if p == channel.sensor || self.rates[p] <= 0.0 || columns().any(|i| self.interface(i).is_none()) {
                continue;
            }
            let interface = mean(&|i| self.interface(i).unwrap_or(mesh.depth));
            let at = |depth: f64| ((depth / mesh.step()) as usize).min(mesh.levels - 1);
            let value = |of: &[f64], depth: f64| mean(&|i| of[i * mesh.levels + at(depth)]);
            let denser = value(&self.density, mesh.depth) - value(&self.density, 0.0);
            let middle = 0.5 * (port.depth[0] + port.depth[1]);
            let reach = withdrawal(
                self.rates[p],
                value(&self.viscosity, middle),
                denser,
                fluid.density,
                mesh.mean_acceleration(phase.omega),
            );
            let room = (port.depth[0] - interface).max(interface - port.depth[1]);
            if room < reach {
                out.push(format!(
                    "`{}` draws from a layer of {} mm on either side, and the interface is {} mm from it: it draws from beyond the interface",
                    port.name,
                    mm(reach),
                    mm(room.max(0.0))
                ));
            }
        }
        let limit = channel.settling.packing_limit;
        if self.fullest > limit + OVERFULL {
            out.push(format!(
                "a level was {} % full until now; cells pack to {} %",
                digits(100.0 * self.fullest, 3),
                digits(100.0 * limit, 3)
            ));
        }
        out
    }

    /// Whether the interface is far from where it should be held, and whether the pump that holds it can do no more.
    fn uncontrolled(&self, phase: &Phase) -> Vec<String> {
        let mut out = Vec::new();
        let (Some((port, controller)), mesh) = (phase.control, &self.mesh) else {
            return out;
        };
        let mm = |x: f64| digits(x / MILLIMETRE, 3);
        let name = &self.channel.ports[port].name;
        match self.sensed() {
            None => out.push(format!(
                "there is no interface at `{}`",
                self.channel.ports[self.channel.sensor].name
            )),
            Some(at) if (at - controller.depth).abs() > ASTRAY * mesh.depth => out.push(format!(
                "the interface is at {} mm, and was to be held at {} mm",
                mm(at),
                mm(controller.depth)
            )),
            Some(_) => {}
        }
        let fed: f64 = phase.feed.iter().sum();
        let least = IDLE * fed * (1.0 + 1e-9);
        let rest = phase.draw.iter().position(|d| *d == Draw::Rest);
        let still = [Some(port), rest]
            .into_iter()
            .flatten()
            .find(|p| fed > 0.0 && self.rates[*p] <= least);
        if let Some(p) = still {
            out.push(format!(
                "the pump of `{name}` holds the interface, and `{}` draws {} % of what comes in, which is the least",
                self.channel.ports[p].name,
                digits(100.0 * IDLE, 2)
            ));
        }
        out
    }
}
