//! Small runs that several tests share.

use buffycoat::chamber::{Chamber, tube::Tube};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{Backend, Program, Sampling, Setup, Stepping, Suspension};
use buffycoat::library;
use buffycoat::model::{Amount, Component, Mounting, Parcels, Protocol, Rotor};
use buffycoat::scenario::{BUNDLED, Scene};
use buffycoat::times::Time;

/// A 10 mL tube of blood at 1500 g; short, so that tests are quick.
pub fn blood(parcels: usize, seconds: f64) -> Setup {
    let per_microlitre = 1e-9;
    let cell = |name: &str, amount, aggregation, share: usize| Component {
        aggregation,
        ..Component::new(library::species(name, None).unwrap(), amount, parcels / share)
    };
    let radius: f64 = 170e3;
    let omega = (1500.0 * buffycoat::constants::STANDARD_GRAVITY / radius).sqrt();
    Setup {
        seed: 7,
        components: vec![
            cell("erythrocyte", Amount::VolumeFraction(0.42), 12.0, 2),
            cell(
                "lymphocyte",
                Amount::Concentration(2000.0 * per_microlitre),
                1.0,
                8,
            ),
            cell("monocyte", Amount::Concentration(450.0 * per_microlitre), 1.0, 8),
            cell(
                "neutrophil",
                Amount::Concentration(4200.0 * per_microlitre),
                1.0,
                8,
            ),
            cell(
                "platelet",
                Amount::Concentration(250_000.0 * per_microlitre),
                1.0,
                8,
            ),
        ],
        cells: [1, 1, 260],
        rotor: Rotor {
            mounting: Mounting::SwingOut,
            meniscus_radius: radius - 65e3,
            bottom_radius: radius,
        },
        protocol: Protocol::new(0.0).ramp(omega, 30e6).hold(seconds * 1e6),
        sampling: Sampling {
            every: Time::seconds(60.0),
            bins: 260,
        },
        ..Setup::new(
            Chamber::Tube(Tube {
                radius: 7e3,
                height: 65e3,
            }),
            library::medium("plasma", 37.0).unwrap().fluid,
        )
    }
}

/// Counts each so many seconds.
pub fn every(seconds: f64) -> Sampling {
    Sampling {
        every: Time::seconds(seconds),
        bins: 1,
    }
}

/// Steps of this Courant number.
pub fn courant(courant: f64) -> Stepping {
    Stepping {
        courant,
        longest: f64::INFINITY,
    }
}

/// The blood without crowding.
pub fn dilute(parcels: usize, seconds: f64) -> Setup {
    let mut s = blood(parcels, seconds);
    s.physics.suspension = Suspension::Dilute;
    s
}

/// Its parcels.
pub fn parcels(s: &Setup) -> Parcels {
    s.draw().unwrap()
}

/// Names of the bundled scenes in which a flow or a field carries cells.
pub fn separators() -> impl Iterator<Item = &'static str> {
    let carries = |name: &str, text: &str| Scene::from_str(name, text).unwrap().setup.carries();
    let all = BUNDLED.iter().filter(move |(name, text)| carries(name, text));
    all.map(|(name, _)| *name)
}

/// The bundled scenes that are run with parcels.
pub fn with_parcels() -> Vec<(&'static str, &'static str)> {
    let has = |name: &str, text: &str| Scene::from_str(name, text).unwrap().setup.has_parcels().is_ok();
    BUNDLED
        .iter()
        .copied()
        .filter(|(name, text)| has(name, text))
        .collect()
}

/// Puts a program on a back-end.
pub type Maker = dyn Fn(&Program<'_>) -> Box<dyn Backend>;

/// The back-ends that there are.
pub fn backends() -> Vec<Box<Maker>> {
    #[cfg_attr(
        not(feature = "gpu"),
        expect(unused_mut, reason = "only a graphics back-end is added")
    )]
    let mut all: Vec<Box<Maker>> = vec![Box::new(|p| Box::new(Cpu::new(p, 0).unwrap()))];
    #[cfg(feature = "gpu")]
    all.push(Box::new(|p| {
        Box::new(buffycoat::gpu::GpuBackend::on(crate::parity::gpu(), p, u64::MAX).unwrap())
    }));
    all
}
