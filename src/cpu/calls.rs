//! Passes outside of a step, and the buffers of a run by name.

use super::approach::fly_all;
use super::picture::{Look, colours};
use super::state::State;
use crate::engine::{Call, Contents, Entries, Entry, Pass, check_rows, no_buffer, other_type};
use crate::kernels::Shot;
use crate::kernels::approach::{Around, Start};
use crate::kernels::fields::Field;
use crate::{Error, memory};
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// The tables and columns of a call.
#[derive(Default)]
pub struct Tables<'a>(Vec<(&'static str, Entries<'a>)>);

impl<'a> Tables<'a> {
    /// Those of `call`; an empty one is that of `left`, which the last call left, if it has the same name and size.
    pub fn new(call: &'a Call<'_>, left: Vec<(&'static str, Entries<'static>)>) -> Result<Self, Error> {
        let mut left = left;
        // what is not used again gives its room to what is new
        left.retain(|(name, entries)| {
            let size = (entries.form(), entries.len());
            call.tables.iter().any(|(n, c)| n == name && c.size() == size)
        });
        let mut all = Vec::new();
        for (name, contents) in &call.tables {
            let entries = match contents {
                Contents::Given(entries) => entries.borrowed(),
                Contents::Shared(rows) => rows.as_slice().into(),
                Contents::Reals(_) => return Err(other_type(name)),
                Contents::Empty(form, n) => match left.iter().position(|(n, _)| n == name) {
                    Some(at) => left.swap_remove(at).1,
                    None => Entries::zeros(*form, *n)?,
                },
            };
            all.push((*name, entries));
        }
        Ok(Self(all))
    }

    /// The empty ones of `call`, to be read.
    pub fn left(self, call: &Call<'_>) -> Vec<(&'static str, Entries<'static>)> {
        let empty = |name: &str| {
            let mut all = call.tables.iter();
            all.any(|(n, c)| *n == name && matches!(c, Contents::Empty(..)))
        };
        let kept = self.0.into_iter().filter(|(name, _)| empty(name));
        kept.map(|(name, entries)| (name, entries.into_owned())).collect()
    }

    fn find(&self, name: &str) -> Option<&Entries<'a>> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, e)| e)
    }

    fn get<T: Entry>(&self, name: &str) -> Result<&[T], Error> {
        let found = self.find(name).ok_or_else(|| unbound(name))?;
        T::of(found).ok_or_else(|| other_type(name))
    }

    /// Takes a table out, to be changed and put back.
    fn take<T: Entry>(&mut self, name: &str) -> Result<Vec<T>, Error> {
        let found = self.0.iter_mut().find(|(n, _)| *n == name);
        let (_, entries) = found.ok_or_else(|| unbound(name))?;
        let none = Entries::from(Vec::<u32>::new());
        T::taken(std::mem::replace(entries, none)).ok_or_else(|| other_type(name))
    }

    fn put(&mut self, name: &'static str, entries: Entries<'static>) {
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some((_, place)) => *place = entries,
            None => self.0.push((name, entries)),
        }
    }
}

impl State {
    /// Runs the passes of a call.
    ///
    /// # Errors
    /// [`Error::Internal`] for a table that is missing or does not fit, [`Error::Device`] if the memory does not suffice.
    pub fn call(&mut self, call: &Call<'_>, tables: &mut Tables<'_>) -> Result<(), Error> {
        for pass in call.passes {
            match pass {
                Pass::Clear(name) => {
                    // those of the program start from zero by themselves
                    if tables.find(name).is_some() {
                        let mut zeros = tables.take::<u32>(name)?;
                        zeros.fill(0);
                        tables.put(name, zeros.into());
                    }
                }
                Pass::Run(kernel) => match kernel.name {
                    "slip_speed" => tables.put("speed", self.slip_speeds(&call.step)?.into()),
                    "splat" => self.splat_tables(call, tables)?,
                    "tint" => tint(tables)?,
                    "approach" => fly(tables)?,
                    _ => {
                        self.pass(kernel, &call.step)?;
                    }
                },
            }
        }
        Ok(())
    }

    /// Adds the parcels to the sums of a picture.
    fn splat_tables(&self, call: &Call<'_>, tables: &mut Tables<'_>) -> Result<(), Error> {
        let sums: Vec<u32> = tables.take("sums")?;
        let shot = shot(tables)?;
        let name = call.meant("value");
        let worked_out: Vec<f32>;
        let buffer = tables
            .find(name)
            .map(Entries::borrowed)
            .or_else(|| self.buffer(name));
        let value: &[f32] = match &buffer {
            _ if shot.stride == 0 => &[],
            Some(Entries::F32(all)) => all,
            Some(Entries::F32x2(all)) => bytemuck::cast_slice(all),
            None if name == "fields" => {
                worked_out = self.fields.iter().flat_map(Field::row).collect();
                &worked_out
            }
            Some(_) => return Err(other_type(name)),
            None => return Err(unbound(name)),
        };
        let look = Look {
            shot,
            blots: bytemuck::cast_slice(tables.get::<[f32; 4]>("blots")?),
            first: 0,
            channel: tables.get("channel")?,
            value,
        };
        self.check(&look, sums.len())?;
        let sums: Vec<AtomicU32> = sums.into_iter().map(AtomicU32::new).collect();
        self.splat(&look, &sums);
        let sums: Vec<u32> = sums.into_iter().map(AtomicU32::into_inner).collect();
        tables.put("sums", sums.into());
        Ok(())
    }

    /// A copy of these rows of a buffer.
    ///
    /// # Errors
    /// [`Error::Input`] for a buffer or rows that there are not, [`Error::Device`] if the memory does not suffice.
    pub fn read(&self, name: &str, rows: Range<usize>) -> Result<Entries<'static>, Error> {
        if name == "fields" && !self.fields.is_empty() {
            check_rows(name, &rows, self.fields.len())?;
            let mut out = memory::room(rows.len())?;
            out.extend(self.fields[rows].iter().map(Field::wide));
            return Ok(out.into());
        }
        self.buffer(name).ok_or_else(|| no_buffer(name))?.rows(name, rows)
    }

    /// The buffer of that name, where it lies as kernels have it.
    fn buffer(&self, name: &str) -> Option<Entries<'_>> {
        let c = &self.carried;
        let found: Entries<'_> = match name {
            "position_x" => (&self.position[0]).into(),
            "position_y" => (&self.position[1]).into(),
            "position_z" => (&self.position[2]).into(),
            "mobility" => (&self.mobility).into(),
            "excess" => (&self.excess).into(),
            "moments" => (&self.moments).into(),
            "kind" => (&self.kind).into(),
            "magnetic" => (&c.magnetic).into(),
            "fate" => (&c.fate).into(),
            "clock" => (&c.clock).into(),
            "depth" => (&c.depth).into(),
            "held" => (&c.patches.held).into(),
            "vacant" => (&c.patches.vacant).into(),
            "tally" => (&self.tally).into(),
            "census" => (&self.census).into(),
            _ => return None,
        };
        // a run of another kind has an empty one
        (!found.is_empty()).then_some(found)
    }

    /// Puts entries into a column.
    ///
    /// # Errors
    /// [`Error::Input`] for a column or rows that there are not, [`Error::Internal`] for entries of another type.
    pub fn write(&mut self, name: &str, first: usize, entries: &Entries<'_>) -> Result<(), Error> {
        let c = &mut self.carried;
        match name {
            "position_x" => entries.put(name, &mut self.position[0], first),
            "position_y" => entries.put(name, &mut self.position[1], first),
            "position_z" => entries.put(name, &mut self.position[2], first),
            "mobility" => {
                entries.put(name, &mut self.mobility, first)?;
                c.largest = super::state::largest(&self.mobility);
                Ok(())
            }
            "excess" => entries.put(name, &mut self.excess, first),
            "moments" => entries.put(name, &mut self.moments, first),
            "kind" => entries.put(name, &mut self.kind, first),
            "magnetic" => entries.put(name, &mut c.magnetic, first),
            "fate" => entries.put(name, &mut c.fate, first),
            "clock" => entries.put(name, &mut c.clock, first),
            "depth" => entries.put(name, &mut c.depth, first),
            _ => Err(no_buffer(name)),
        }
    }
}

/// Turns the sums of a picture into its colours.
fn tint(tables: &mut Tables<'_>) -> Result<(), Error> {
    let mut image: Vec<u32> = tables.take("image")?;
    let shot = shot(tables)?;
    let palette: &[[f32; 4]] = tables.get("palette")?;
    if shot.stride > 0 && (shot.channels != 2 || palette.len() < shot.steps as usize + 2) {
        return Err(super::picture::misfit());
    }
    let (sums, behind) = (tables.get("sums")?, tables.get("behind")?);
    colours(&shot, sums, palette, behind, &mut image);
    tables.put("image", image.into());
    Ok(())
}

/// Flies cells past a collector.
fn fly(tables: &mut Tables<'_>) -> Result<(), Error> {
    let mut ends: Vec<[f32; 4]> = tables.take("ends")?;
    let mut spent: Vec<f32> = tables.take("spent")?;
    let words: [f32; 12] = tables
        .get::<f32>("collector")?
        .try_into()
        .map_err(|_| other_type("collector"))?;
    let starts: &[Start] = bytemuck::cast_slice(tables.get::<[f32; 4]>("starts")?);
    let flown = fly_all(&Around::new(words), starts);
    for ((end, row), time) in flown.iter().zip(&mut ends).zip(&mut spent) {
        let [x, y, z] = end.place;
        (*row, *time) = ([x, y, z, end.fate.number()], end.time);
    }
    tables.put("ends", ends.into());
    tables.put("spent", spent.into());
    Ok(())
}

fn shot(tables: &Tables<'_>) -> Result<Shot, Error> {
    let words: &[u32] = tables.get("shot")?;
    bytemuck::try_pod_read_unaligned(bytemuck::cast_slice(words)).map_err(|_| other_type("shot"))
}

/// The error for a pass that lacks a buffer.
fn unbound(name: &str) -> Error {
    Error::Internal(format!(
        "nothing is bound to `{name}` in a call of the CPU back-end"
    ))
}
