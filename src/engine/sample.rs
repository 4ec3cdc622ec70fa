//! What a running simulation lets one see.

/// Where the cells are at one moment, by component and by bin along the vessel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Simulated time [us].
    pub time: f64,
    /// Rotor speed [rad/us].
    pub omega: f64,
    /// Depths of the bin edges below the meniscus [um]; one more than there are bins.
    pub edges: Vec<f64>,
    /// Volume of each bin [um3].
    pub bin_volume: Vec<f64>,
    /// Parcels, `[component][bin]`.
    pub parcels: Vec<Vec<u64>>,
    /// Volume of the cells they stand for [um3], `[component][bin]`.
    pub volume: Vec<Vec<f64>>,
    /// Real cells that one parcel stands for, by component.
    pub weight: Vec<f64>,
}

impl Profile {
    /// Number of bins.
    pub fn bins(&self) -> usize {
        self.bin_volume.len()
    }

    /// Volume fraction of a component in a bin.
    pub fn fraction(&self, component: usize, bin: usize) -> f64 {
        self.volume[component][bin] / self.bin_volume[bin]
    }

    /// Real cells of a component in a bin.
    pub fn cells(&self, component: usize, bin: usize) -> f64 {
        self.parcels[component][bin] as f64 * self.weight[component]
    }
}

/// Every parcel's place at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Simulated time [us].
    pub time: f64,
    /// x, y, z in the frame of the chamber [um]: z is the depth below the meniscus, or the way from the inlet of a duct.
    pub position: [Vec<f32>; 3],
    /// Component of each parcel.
    pub kind: Vec<u32>,
}
