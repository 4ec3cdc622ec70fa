//! How a person asks for a picture: from where, coloured by what, how large. Plain words and numbers; `render` draws it.

/// Smallest and largest side of a picture [pixels].
pub const SIZES: (u32, u32) = (320, 8192);

/// Steepest look from above or from below [degrees].
const STEEPEST: f64 = 90.0;

/// A view. Vessel frame: z along the axis from the meniscus or the inlet, x and y across.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum View {
    /// From the side: x and z.
    Side,
    /// From the other side, above a lying duct: y and z.
    Top,
    /// Along the axis: x and y.
    Along,
    /// As from the side, only the middle tenth.
    Cut,
    /// As a cut, in the plane through the axis that is turned from that of `cut` by so many degrees about the axis.
    CutAt {
        /// Turn about the axis [degrees].
        angle: f64,
    },
    /// The wall rolled out flat: angle and z.
    Unrolled,
    /// From anywhere, with parallel rays: degrees about the axis, and above the plane across it.
    Orbit {
        /// Turn about the axis [degrees].
        azimuth: f64,
        /// Above the plane across the axis [degrees].
        elevation: f64,
    },
    /// As an orbit, seen by an eye nearby: what is near is larger.
    Perspective {
        /// Turn about the axis [degrees].
        azimuth: f64,
        /// Above the plane across the axis [degrees].
        elevation: f64,
    },
}

impl View {
    /// Azimuth and elevation [degrees] of a view from anywhere.
    pub fn angles(self) -> Option<[f64; 2]> {
        match self {
            Self::Orbit { azimuth, elevation } | Self::Perspective { azimuth, elevation } => {
                Some([azimuth, elevation])
            }
            _ => None,
        }
    }

    /// The same kind of view from anywhere, from there [degrees]; any other view stays as it is.
    #[must_use]
    pub fn from_angles(self, [azimuth, elevation]: [f64; 2]) -> Self {
        match self {
            Self::Orbit { .. } => Self::Orbit { azimuth, elevation },
            Self::Perspective { .. } => Self::Perspective { azimuth, elevation },
            other => other,
        }
    }
}

/// Names of the views, for people.
pub const VIEWS: &str =
    "side, top, along, cut, cut:ANGLE, unrolled, orbit:AZIMUTH,ELEVATION, perspective:AZIMUTH,ELEVATION";

impl std::str::FromStr for View {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let unknown = || format!("there is no view `{text}`; there are {VIEWS}");
        match text {
            "side" => Ok(Self::Side),
            "top" => Ok(Self::Top),
            "along" => Ok(Self::Along),
            "cut" => Ok(Self::Cut),
            "unrolled" => Ok(Self::Unrolled),
            _ => {
                if let Some(angle) = text.strip_prefix("cut:") {
                    let angle = number(angle).ok_or_else(unknown)?;
                    return Ok(Self::CutAt { angle });
                }
                let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
                if !["orbit", "perspective"].contains(&kind) {
                    return Err(unknown());
                }
                let angles = rest
                    .split_once(',')
                    .and_then(|(a, e)| Some((number(a)?, number(e)?)));
                let (azimuth, elevation) = angles.ok_or_else(|| {
                    format!("`{text}` needs two numbers, azimuth and elevation in degrees: {kind}:30,20")
                })?;
                let view = match kind {
                    "orbit" => Self::Orbit { azimuth, elevation },
                    _ => Self::Perspective { azimuth, elevation },
                };
                if elevation.abs() > STEEPEST {
                    return Err(format!(
                        "an elevation is at least -{STEEPEST} and at most {STEEPEST} degrees"
                    ));
                }
                Ok(view)
            }
        }
    }
}

/// What the parcels are coloured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colouring {
    /// Their species.
    #[default]
    Species,
    /// As the eye would see the vessel: red cells red, white cells and platelets buff, plasma straw-yellow.
    Eye,
    /// What has become of them: on their way, or held.
    Fate,
    /// Their density.
    Density,
    /// Their speed relative to the fluid around them.
    Slip,
    /// The volume fraction of all cells where they are.
    Haematocrit,
    /// Their magnetic mobility.
    Load,
}

/// Every colouring as it is written, and which runs have it.
pub const COLOURINGS: &[(&str, Colouring)] = &[
    ("species", Colouring::Species),
    ("eye", Colouring::Eye),
    ("fate", Colouring::Fate),
    ("density", Colouring::Density),
    ("slip", Colouring::Slip),
    ("haematocrit", Colouring::Haematocrit),
    ("load", Colouring::Load),
];

/// What a run is told that does not have a value.
pub const NO_VALUE: &str = "species, eye, density and slip go for all; haematocrit for a vessel that is not dilute, fate and load \
                            for a separator";

impl Colouring {
    /// The colouring that is written so.
    pub fn named(name: &str) -> Option<Self> {
        COLOURINGS.iter().find(|c| c.0 == name).map(|c| c.1)
    }

    /// Whether the cells of a run have it: in a separator or not, crowded or each alone.
    pub fn goes_with(self, separator: bool, crowded: bool) -> bool {
        match self {
            Self::Species | Self::Density | Self::Eye | Self::Slip => true,
            Self::Fate | Self::Load => separator,
            Self::Haematocrit => crowded,
        }
    }
}

/// Width and height [pixels] from `960x540`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn size(text: &str) -> Result<[u32; 2], String> {
    if text.split(['x', 'X']).any(|side| side.trim().starts_with('-')) {
        return Err(format!("`{text}` is not a size; a side cannot be negative"));
    }
    let sides: [u32; 2] = text
        .split_once(['x', 'X'])
        .and_then(|(w, h)| Some([w.trim().parse().ok()?, h.trim().parse().ok()?]))
        .ok_or_else(|| format!("`{text}` is not a size; 1920x1080 is one"))?;
    fits(sides)?;
    Ok(sides)
}

/// Whether a picture can have this size.
///
/// # Errors
/// What is wrong with it, in words.
pub fn fits([width, height]: [u32; 2]) -> Result<(), String> {
    let (least, most) = SIZES;
    if (least..=most).contains(&width) && (least..=most).contains(&height) {
        return Ok(());
    }
    Err(format!(
        "a picture of {width} x {height} pixels cannot be drawn; each side has to be {least} to {most}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_read() {
        assert_eq!("side".parse(), Ok(View::Side));
        assert_eq!(
            "orbit:30,-20.5".parse(),
            Ok(View::Orbit {
                azimuth: 30.0,
                elevation: -20.5
            })
        );
        let near: View = "perspective:-10,5".parse().unwrap();
        assert_eq!(near.angles(), Some([-10.0, 5.0]));
        assert_eq!(near.from_angles([1.0, 2.0]), "perspective:1,2".parse().unwrap());
        assert_eq!("cut:-45".parse(), Ok(View::CutAt { angle: -45.0 }));
        for wrong in [
            "front",
            "orbit:",
            "orbit:1",
            "orbit:1,91",
            "perspective:1,-91",
            "perspective:3",
            "fisheye:1,2",
            "orbit:nan,3",
            "",
            "cut:",
            "cut:x",
            "cut:inf",
        ] {
            assert!(wrong.parse::<View>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(size("960x540"), Ok([960, 540]));
        assert_eq!(size("320 X 8192"), Ok([320, 8192]));
        for wrong in ["960", "x", "960x", "10x10", "320x8193", "-960x540"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
