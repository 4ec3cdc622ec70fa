//! `layers.csv`: which layers there are and what they hold, when; one row per sample, layer and species.
//!
//! Columns: `time_s`, `layer`, `top_mm`, `bottom_mm` (below the meniscus), `height_mm`, `volume_ml`, `haematocrit`, `species`, `cells`, `parcels`
//! (behind that number), `parcels_counted_elsewhere` (found in the layer next to a boundary, and counted in the neighbouring layer), `per_uL`, `recovery` (of all of the species), `purity` (of all cells in the layer). After `volume_ml`, `cells`,
//! `per_uL` and `recovery` stand both ends of where they lie in 19 of 20 runs as far as chance and the height of the grid cells go
//! (`_low_95`, `_high_95`); where no parcel was found, the upper end is exceeded in one run of 20. Shares are 0 to 1, digits as in profile.csv; what is not known is empty.

use super::atomic::{AtomicFile, Ready};
use super::csv::{number, written};
use crate::Error;
use crate::constants::MILLILITRE;
use crate::engine::{Profile, Setup};
use crate::observe::{Contents, Depths, LayerContent, Layers, Specimen};
use std::path::{Path, PathBuf};

/// Columns before those of a species.
const OF_A_LAYER: [&str; 9] = [
    "time_s",
    "layer",
    "top_mm",
    "bottom_mm",
    "height_mm",
    "volume_ml",
    "volume_ml_low_95",
    "volume_ml_high_95",
    "haematocrit",
];

const OF_A_SPECIES: [&str; 13] = [
    "species",
    "cells",
    "cells_low_95",
    "cells_high_95",
    "parcels",
    "parcels_counted_elsewhere",
    "per_uL",
    "per_uL_low_95",
    "per_uL_high_95",
    "recovery",
    "recovery_low_95",
    "recovery_high_95",
    "purity",
];

/// The table being written, sample by sample. A sample is written when the next one comes, so that of the last the parcels can
/// be counted one by one.
pub struct LayersCsv {
    writer: csv::Writer<AtomicFile>,
    path: PathBuf,
    specimen: Specimen,
    names: Vec<String>,
    waiting: Option<Profile>,
}

impl LayersCsv {
    /// Starts the file that will be called `path`.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn create(path: impl AsRef<Path>, setup: &Setup, specimen: &Specimen) -> Result<Self, Error> {
        let mut out = Self {
            writer: csv::Writer::from_writer(AtomicFile::create(&path)?),
            path: path.as_ref().to_owned(),
            specimen: specimen.clone(),
            names: setup.components.iter().map(|c| c.species.name.clone()).collect(),
            waiting: None,
        };
        let header = OF_A_LAYER.iter().chain(&OF_A_SPECIES);
        written(out.writer.write_record(header), &out.path)?;
        Ok(out)
    }

    /// Takes a sample.
    ///
    /// # Errors
    /// [`Error::Disk`] where the one before cannot be written.
    pub fn sample(&mut self, profile: &Profile) -> Result<(), Error> {
        match self.waiting.replace(profile.clone()) {
            Some(before) => self.write(&before, None),
            None => Ok(()),
        }
    }

    /// Writes the last sample, with the depths of its parcels where they are known, and completes the file, all but its name.
    ///
    /// # Errors
    /// [`Error::Disk`]; then nothing is left.
    pub fn ready(mut self, last: &Profile, depths: Option<&Depths>) -> Result<Ready, Error> {
        if let Some(before) = self.waiting.take().filter(|p| p.time < last.time) {
            self.write(&before, None)?;
        }
        self.write(last, depths)?;
        let path = self.path;
        self.writer
            .into_inner()
            .map_err(|e| Error::disk(path)(e.into_error()))?
            .ready()
    }

    fn write(&mut self, profile: &Profile, depths: Option<&Depths>) -> Result<(), Error> {
        let layers = Layers::find(profile, &self.specimen, depths);
        let contents = Contents::of(profile, &self.specimen, &layers);
        for content in &contents.layers {
            for row in rows(profile, content, &self.names) {
                written(self.writer.write_record(row), &self.path)?;
            }
        }
        Ok(())
    }
}

fn rows<'a>(
    profile: &'a Profile,
    content: &'a LayerContent,
    names: &'a [String],
) -> impl Iterator<Item = Vec<String>> + 'a {
    let layer = &content.layer;
    let known = |x: f64| if x.is_finite() { number(x) } else { String::new() };
    content.shares.iter().map(move |s| {
        let mut row = vec![
            super::seconds(profile.time),
            layer.kind.name().to_owned(),
            number(layer.top_mm()),
            number(layer.bottom_mm()),
            number(layer.height_mm()),
            number(layer.volume_ml()),
            number(content.volume_95[0] / MILLILITRE),
            number(content.volume_95[1] / MILLILITRE),
            number(content.haematocrit),
            names.get(s.component).cloned().unwrap_or_default(),
        ];
        let with_ends = |x: f64, ends: [f64; 2]| [x, ends[0], ends[1]].map(known);
        row.extend(with_ends(s.cells, s.cells_95));
        row.push(s.parcels.to_string());
        row.push(s.elsewhere.to_string());
        row.extend(with_ends(s.concentration, s.concentration_95));
        row.extend(with_ends(s.recovery, s.recovery_95()));
        row.push(known(s.purity));
        row
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::constants::SECOND;
    use crate::observe::synthetic::{BLOOD, fresh_blood, hard_spin, specimen};

    /// Fresh blood is one layer of four species, spun blood three; the last sample stands once. By hand: none of the red cells'
    /// parcels in 3.4 mL of plasma, so less than 1 - 0.05^(1/n) of all of them.
    #[test]
    fn every_sample_once_and_how_well_it_is_known() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("layers.csv");
        let (start, mut end) = (fresh_blood(260), hard_spin(260));
        end.time = 810.0 * SECOND;
        let mut table = LayersCsv::create(&path, &fixture::setup(), &specimen(&end, &BLOOD))?;
        table.sample(&start)?;
        table.sample(&end)?;
        crate::output::atomic::publish([table.ready(&end, None)?])?;
        let mut reader = csv::Reader::from_path(&path)?;
        let at = |name: &str| OF_A_LAYER.iter().chain(&OF_A_SPECIES).position(|c| *c == name);
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
        assert_eq!(rows.len(), 4 + 3 * 4);
        let of = |row: &csv::StringRecord, name: &str| at(name).map_or("", |i| &row[i]).to_owned();
        assert_eq!(
            (of(&rows[0], "layer"), of(&rows[0], "time_s")),
            ("suspension".into(), "0".into())
        );
        let red = &rows[4];
        assert_eq!(
            (of(red, "layer"), of(red, "species")),
            ("plasma".into(), "erythrocyte".into())
        );
        assert_eq!(
            (of(red, "time_s"), of(red, "cells"), of(red, "parcels")),
            ("810".into(), "0".into(), "0".into())
        );
        let parcels: u64 = end.parcels[0].iter().sum();
        let hand = (1.0 - 0.05_f64.powf(1.0 / parcels as f64)) * parcels as f64 * end.weight[0];
        let most: f64 = of(red, "cells_high_95").parse()?;
        assert!((most / hand - 1.0).abs() < 0.02, "{most} {hand}");
        Ok(())
    }
}
