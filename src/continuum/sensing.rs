//! What can be seen of a channel at work: profiles, the interface, the greatest volume fraction.

use super::channel_run::ChannelRun;

/// How a run stands at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When [us].
    pub time: f64,
    /// Depth of the interface at the sensor [um]; none where there are too few red cells for one.
    pub sensed: Option<f64>,
    /// Depth of the interface in every column [um].
    pub interface: Vec<Option<f64>>,
    /// Rates of all ports [um3/us].
    pub rates: Vec<f64>,
    /// Greatest volume fraction of all cells in any cell of the grid until now.
    pub fullest: f64,
}

impl ChannelRun {
    /// Volume fraction of a component in a column, by level.
    pub fn profile(&self, column: usize, component: usize) -> Vec<f64> {
        let mut out = vec![0.0; self.mesh.levels];
        for (q, class) in self.channel.classes.iter().enumerate() {
            if class.component == component {
                for (sum, p) in out.iter_mut().zip(self.fractions(column, q)) {
                    *sum += p;
                }
            }
        }
        out
    }

    /// How the run stands.
    pub fn moment(&self) -> Moment {
        let interface = (0..self.mesh.columns).map(|i| self.interface(i)).collect();
        Moment {
            time: self.time(),
            sensed: self.sensed(),
            interface,
            rates: self.rates.clone(),
            fullest: self.fullest,
        }
    }

    /// Depth at which the red cells of a column begin [um]; none where there are too few.
    pub fn interface(&self, column: usize) -> Option<f64> {
        let level = self.channel.interface;
        let mut red = vec![0.0; self.mesh.levels];
        for k in (0..self.channel.components.len()).filter(|k| self.channel.is_red(*k)) {
            for (sum, p) in red.iter_mut().zip(self.profile(column, k)) {
                *sum += p;
            }
        }
        match red.iter().position(|p| *p > level)? {
            0 => Some(0.0),
            k => {
                let part = (level - red[k - 1]) / (red[k] - red[k - 1]);
                Some(self.mesh.middle(k - 1) + self.mesh.step() * part)
            }
        }
    }

    /// Depth of the interface, as a mean over the columns of the port where it is sensed [um]; none where one of them has none.
    pub fn sensed(&self) -> Option<f64> {
        let share = self
            .mesh
            .columns_between(self.channel.ports[self.channel.sensor].along);
        let whole: f64 = share.iter().sum();
        let mut sum = 0.0;
        for (i, share) in share.iter().enumerate().filter(|(_, s)| **s > 0.0) {
            sum += share * self.interface(i)?;
        }
        Some(sum / whole)
    }
}
