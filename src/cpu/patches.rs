//! The patches of the surfaces: what they hold, what arrives in a step, how much of each is free. Sums of integers, so that
//! it does not matter which thread adds first.

use crate::kernels::passage::SURFACES;
use crate::{Error, memory};
use std::sync::atomic::{AtomicU32, Ordering};

/// Patches, surface by surface, layer by layer.
#[derive(Default)]
pub struct Patches {
    /// Units that a parcel takes, by component.
    pub footprint: Vec<u32>,
    /// Units on a patch, by surface.
    pub capacity: Vec<u32>,
    pub held: Vec<u32>,
    pub arrived: Vec<AtomicU32>,
    pub vacant: Vec<f32>,
    pub layers: usize,
}

impl Patches {
    /// Empty surfaces over so many layers.
    ///
    /// # Errors
    /// [`Error::Device`] if the memory does not suffice.
    pub fn new(footprint: &[u32], capacity: &[u32], layers: usize) -> Result<Self, Error> {
        let n = SURFACES as usize * layers;
        let mut arrived = memory::room(n)?;
        arrived.resize_with(n, AtomicU32::default);
        Ok(Self {
            footprint: memory::copy(footprint)?,
            capacity: memory::copy(capacity)?,
            held: memory::filled(n, 0)?,
            arrived,
            vacant: memory::filled(n, 1.0)?,
            layers,
        })
    }

    /// Share of a patch that is still free.
    #[inline(always)]
    pub fn vacant(&self, surface: u32, layer: usize) -> f32 {
        self.vacant[surface as usize * self.layers + layer]
    }

    /// A parcel of component `kind` comes to a patch.
    #[inline(always)]
    pub fn arrive(&self, surface: u32, layer: usize, kind: u32) {
        self.arrived[surface as usize * self.layers + layer]
            .fetch_add(self.footprint[kind as usize], Ordering::Relaxed);
    }

    /// A parcel of component `kind` comes off a patch.
    pub fn leave(&self, surface: u32, layer: usize, kind: u32) {
        self.arrived[surface as usize * self.layers + layer]
            .fetch_sub(self.footprint[kind as usize], Ordering::Relaxed);
    }

    /// Adds what arrived to what is held. Returns the greatest share of a patch that filled.
    pub fn settle(&mut self) -> f64 {
        let mut fullest = 0.0_f64;
        let layers = self.layers.max(1);
        for (i, arrived) in self.arrived.iter_mut().enumerate() {
            let arrived = std::mem::take(arrived.get_mut());
            let (held, room) = (&mut self.held[i], self.capacity[i / layers]);
            *held = held.wrapping_add(arrived);
            fullest = fullest.max(f64::from(arrived as i32) / f64::from(room));
            self.vacant[i] = (f64::from(room.saturating_sub(*held)) / f64::from(room)) as f32;
        }
        fullest
    }
}
