//! Physical constants in the engine's units (micrometre, microsecond, picogram), each with its source.

/// Standard acceleration of gravity, 9.80665 m/s2 = 9.80665e-6 um/us2.
/// Source: 3rd General Conference on Weights and Measures (1901), exact by definition.
pub const STANDARD_GRAVITY: f64 = 9.806_65e-6;

/// Microseconds in a second.
pub const SECOND: f64 = 1e6;

/// Micrometres in a millimetre.
pub const MILLIMETRE: f64 = 1e3;

/// Cubic micrometres in a millilitre.
pub const MILLILITRE: f64 = 1e12;

/// Cubic micrometres in a microlitre.
pub const MICROLITRE: f64 = 1e9;

/// Radians per microsecond in one revolution per minute (2 pi / 60 s).
pub const RPM: f64 = std::f64::consts::TAU / 60.0 / SECOND;

/// Boltzmann's constant, 1.380649e-23 J/K = 1.380649e-8 fJ/K (femtojoule = pg um2/us2).
/// Source: SI (2019), exact by definition.
pub const BOLTZMANN: f64 = 1.380_649e-8;

/// 0 degC in kelvin. Source: SI, exact by definition.
pub const ICE_POINT: f64 = 273.15;

/// Magnetic constant mu0, 1.25663706127e-6 T2/Pa = 1.25663706127e-3 T2/kPa (kPa = pg/(um us2) = nN/um2), so that
/// B2 / (2 mu0) of a field in tesla is a pressure in the engine's unit. Source: CODATA 2022.
pub const VACUUM_PERMEABILITY: f64 = 1.256_637_061_27e-3;
