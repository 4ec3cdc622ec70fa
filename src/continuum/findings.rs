//! What came out of a channel: by port and species, and what is still in it.

use super::channel::Channel;

/// Volumes that have passed, since the start [um3].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// When [us].
    pub time: f64,
    /// All that came in, by inlet.
    pub come: Vec<f64>,
    /// Cells that came in, by class.
    pub fed: Vec<f64>,
    /// All that left, by port.
    pub left: Vec<f64>,
    /// Cells that left, by port and class.
    pub taken: Vec<Vec<f64>>,
    /// Cells in the channel, by class.
    pub inside: Vec<f64>,
}

/// One species in what a port drew.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Content {
    /// Volume of the cells [um3].
    pub volume: f64,
    /// Cells.
    pub cells: f64,
    /// Share of the cells fed meanwhile: the collection efficiency; none where none were fed.
    pub share: Option<f64>,
}

/// What one port drew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collection {
    /// Which.
    pub port: String,
    /// All that it drew [um3].
    pub volume: f64,
    /// By component.
    pub species: Vec<Content>,
    /// Volume fraction of red cells in it.
    pub haematocrit: f64,
}

/// What happened between two moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// From when to when [us].
    pub time: [f64; 2],
    /// By port.
    pub ports: Vec<Collection>,
    /// All that came in [um3].
    pub come: f64,
    /// Cells fed, by component.
    pub fed: Vec<f64>,
    /// What the channel gained, by component, as a share of what was fed; none where none were fed. Near zero where it is steady.
    pub stored: Vec<Option<f64>>,
    /// Greatest difference of the cells fed and those that left or stayed, over all cells fed, by volume.
    pub imbalance: f64,
}

impl Findings {
    /// Of several times of one channel that follow each other, as of one; none of none. What it gained is not known of all of them
    /// (`stored` is empty). The imbalance is the greatest of them.
    pub fn together(parts: &[&Self]) -> Option<Self> {
        let mut out = Self {
            stored: Vec::new(),
            ..(*parts.first()?).clone()
        };
        for part in &parts[1..] {
            out.add(part);
        }
        Some(out)
    }

    /// Goes on with what happened next.
    fn add(&mut self, next: &Self) {
        let ratio = |x: f64, of: f64| (of > 0.0).then(|| x / of);
        for (fed, more) in self.fed.iter_mut().zip(&next.fed) {
            *fed += more;
        }
        for (port, more) in self.ports.iter_mut().zip(&next.ports) {
            let red = port.haematocrit * port.volume + more.haematocrit * more.volume;
            port.volume += more.volume;
            port.haematocrit = ratio(red, port.volume).unwrap_or(0.0);
            for ((species, more), fed) in port.species.iter_mut().zip(&more.species).zip(&self.fed) {
                species.volume += more.volume;
                species.cells += more.cells;
                species.share = ratio(species.cells, *fed);
            }
        }
        self.come += next.come;
        self.time[1] = next.time[1];
        self.imbalance = self.imbalance.max(next.imbalance);
    }

    /// Between two states of the ledger.
    pub fn between(channel: &Channel, from: &Ledger, to: &Ledger) -> Self {
        let count = channel.components.len();
        let by_component = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let mut out = vec![0.0; count];
            for (q, class) in channel.classes.iter().enumerate() {
                out[class.component] += of(q);
            }
            out
        };
        let cell: Vec<f64> = channel
            .components
            .iter()
            .map(|c| c.species.mean_volume())
            .collect();
        let fed = by_component(&|q| to.fed[q] - from.fed[q]);
        let gained = by_component(&|q| to.inside[q] - from.inside[q]);
        let mut left = vec![0.0; count];
        let ports = channel
            .ports
            .iter()
            .enumerate()
            .map(|(p, port)| {
                let volumes = by_component(&|q| to.taken[p][q] - from.taken[p][q]);
                let volume = to.left[p] - from.left[p];
                let red: f64 = (0..count)
                    .filter(|k| channel.is_red(*k))
                    .map(|k| volumes[k])
                    .sum();
                let content = |k: usize| {
                    left[k] += volumes[k];
                    Content {
                        volume: volumes[k],
                        cells: volumes[k] / cell[k],
                        share: (fed[k] > 0.0).then(|| volumes[k] / fed[k]),
                    }
                };
                Collection {
                    port: port.name.clone(),
                    volume,
                    species: (0..count).map(content).collect(),
                    haematocrit: if volume > 0.0 { red / volume } else { 0.0 },
                }
            })
            .collect();
        let whole: f64 = fed.iter().sum();
        let off = (0..count)
            .map(|k| (fed[k] - left[k] - gained[k]).abs())
            .fold(0.0, f64::max);
        Self {
            time: [from.time, to.time],
            come: to.come.iter().sum::<f64>() - from.come.iter().sum::<f64>(),
            ports,
            stored: (0..count)
                .map(|k| (fed[k] > 0.0).then(|| gained[k] / fed[k]))
                .collect(),
            imbalance: if whole > 0.0 { off / whole } else { 0.0 },
            fed: (0..count).map(|k| fed[k] / cell[k]).collect(),
        }
    }
}
