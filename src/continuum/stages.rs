//! A procedure from phase to phase, and how each ended.

use super::channel::Phase;
use super::channel_run::ChannelRun;
use super::control::Memory;
use super::findings::{Findings, Ledger};
use super::ports::withdrawal;
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
    /// In all of it.
    pub whole: Findings,
    /// In its last fifth.
    pub late: Findings,
    /// How it ended.
    pub end: Moment,
    /// What a person should know of its end.
    pub doubts: Vec<String>,
}

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
        for phase in self.channel.phases.clone() {
            self.memory = Memory::default();
            let (begin, start) = (self.ledger.clone(), self.time());
            let mut late = None;
            let mut go = ControlFlow::Continue(());
            // the first moment after the start of the last part, and the end
            let marks = [start + (1.0 - LATE) * phase.duration, start + phase.duration];
            for mark in marks {
                while go.is_continue() && mark - self.time() > 1e-9 * phase.duration {
                    self.advance(&phase, (mark - self.time()).min(every))?;
                    go = tell(&phase, self);
                }
                late.get_or_insert_with(|| self.ledger.clone());
            }
            let of = |from: &Ledger| Findings::between(&self.channel, from, &self.ledger);
            stages.push(Stage {
                name: phase.name.clone(),
                omega: phase.omega,
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

    /// What a person should know of the state of the run: an interface so near to a port that this draws from beyond it, a coat that fills its port,
    /// overfull levels.
    pub fn doubts(&self, phase: &Phase) -> Vec<String> {
        let mut out = Vec::new();
        let (mesh, channel, fluid) = (&self.mesh, &self.channel, self.channel.fluid());
        let mm = |x: f64| digits(x / MILLIMETRE, 3);
        for (p, port) in channel.ports.iter().enumerate() {
            let over = mesh.columns_between(port.along);
            let columns = || (0..mesh.columns).filter(|i| over[*i] > 0.0);
            let mean =
                |of: &dyn Fn(usize) -> f64| columns().map(of).sum::<f64>() / columns().count().max(1) as f64;
            let interface = mean(&|i| self.interface(i));
            if p == channel.sensor || interface >= mesh.depth || interface <= 0.0 {
                continue;
            }
            let at = |depth: f64| ((depth / mesh.step()) as usize).min(mesh.levels - 1);
            let value = |of: &[f64], depth: f64| mean(&|i| of[i * mesh.levels + at(depth)]);
            let denser = value(&self.density, mesh.depth - 0.5 * mesh.step()) - value(&self.density, 0.0);
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
                "a level was {} % full; cells pack to {} %",
                digits(100.0 * self.fullest, 3),
                digits(100.0 * limit, 3)
            ));
        }
        out
    }
}
