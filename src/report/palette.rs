//! Colours of lines and areas on white paper. Every colour comes with a number for its dash or hatch, so that nothing hangs
//! on colour alone.

use super::chart::Look;
use super::svg::Colour;
use crate::library;

/// Colours that people with any colour vision tell apart (Okabe & Ito 2008), as dark as lines on white must be.
const CYCLE: [Colour; 6] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x8e, 0x69],
    [0xb8, 0x5c, 0x96],
    [0x2f, 0x8f, 0xc4],
    [0x9a, 0x7d, 0x00],
];

/// What is neither caught nor passed.
const REST: Colour = [0x8a, 0x8d, 0x96];

/// Least contrast of a line with the paper, 3 : 1 (WCAG 2.1, 1.4.11).
const CONTRAST: f64 = 3.0;

/// The look of species number `k`: the library's colour where it has the species, as dark as paper needs.
pub fn species(name: &str, k: usize) -> Look {
    let known = library::species_entry(name).ok().map(|entry| entry.colour);
    Look {
        label: name.to_owned(),
        colour: dark(known.unwrap_or(CYCLE[k % CYCLE.len()])),
        pattern: k,
    }
}

/// The look of the `k`th thing of a kind.
pub fn nth(label: impl Into<String>, k: usize) -> Look {
    Look {
        label: label.into(),
        colour: CYCLE[k % CYCLE.len()],
        pattern: k,
    }
}

/// The look of what is on its way.
pub fn rest(label: impl Into<String>, k: usize) -> Look {
    Look {
        colour: REST,
        ..nth(label, k)
    }
}

/// The colour, darkened until it stands out from white.
fn dark(mut colour: Colour) -> Colour {
    while 1.05 / (luminance(colour) + 0.05) < CONTRAST {
        colour = colour.map(|c| (f64::from(c) * 0.96) as u8);
    }
    colour
}

/// Relative luminance of an sRGB colour, 0..=1.
fn luminance(colour: Colour) -> f64 {
    let [r, g, b] = colour.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_out_from_paper() -> Result<(), library::LibraryError> {
        // by hand: white on black is 21 : 1
        assert!((luminance([255; 3]) - 1.0).abs() < 1e-12 && luminance([0; 3]) == 0.0);
        let of_library = library::species_entries()?
            .iter()
            .map(|e| species(&e.name, 0).colour);
        for colour in of_library.chain(CYCLE).chain([REST]) {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(contrast >= CONTRAST, "{colour:?}: {contrast}");
        }
        Ok(())
    }

    #[test]
    fn a_species_of_the_library_has_its_colour() {
        assert_eq!(species("erythrocyte", 3).colour, [0xc6, 0x28, 0x28]);
        assert_eq!(species("my own", 1).colour, CYCLE[1]);
    }
}
