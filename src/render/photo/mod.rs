//! Pictures of a run while it goes on: any view, any colouring, on either back-end. The back-end draws the parcels
//! ([`crate::engine::Readings::picture`]); what is around them is drawn here, so that all of them look the same.

pub(in crate::render) mod blots;
mod bodies;
mod directions;
mod field;
mod marks;
mod outline;
mod palette;
mod shots;
mod slab;
mod slip;
mod subject;
mod view;

pub use crate::model::look::SIZES;
pub use palette::{Colouring, NO_VALUE};
pub use shots::Shots;
pub use subject::Subject;
pub use view::{Map, VIEWS, View};

use super::canvas::{BOLD, Canvas, GREY, INK, LARGE, PALE, Place, SMALL, fit, text_width};
use super::splat::{DARK, OPACITY};
use super::tube::{Caption, grouped, millimetres, nice, time_to};
use crate::constants::{MILLIMETRE, RPM};
use crate::engine::{Backend, Readings};
use crate::kernels::shot::HIDDEN;
use crate::kernels::{Plate, Shot, Shown};
use crate::model::{Mounting, Rotor, look};
use crate::units::counted;
use crate::{Error, memory};
use glam::{DVec2, DVec3};
use image::{Rgb, RgbImage};

/// Space around the vessel: left, top, right, bottom [pixels].
const MARGIN: [i32; 4] = [70, 96, 210, 74];
/// How far to its right magnets and lines of equal |B| are drawn; the legend begins a little further [pixels].
const BESIDE: i32 = 28;
/// Pixels that the short side of a vessel gets at least, if need be by stretching it.
const LEAST: f64 = 64.0;
/// Bytes of a pixel beside its sums: what lies behind it twice, here and in the back-end, the answer twice, the picture, and that again as
/// a file.
const PIXEL_BYTES: u64 = 2 * 16 + 2 * 4 + 2 * 3;
/// Steps of a value.
const STEPS: u32 = 63;

/// What a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// From where.
    pub view: View,
    /// Coloured by what.
    pub colouring: Colouring,
    /// Size [pixels].
    pub size: [u32; 2],
    /// Components that are left out.
    pub hidden: Vec<bool>,
    /// Whether magnets and lines of equal |B| are drawn.
    pub magnets: bool,
    /// How many times as large as what fits the picture.
    pub zoom: f64,
    /// By how much it is shifted [pixels].
    pub pan: [f64; 2],
}

impl Look {
    /// The middle of the part of the picture in which the vessel lies, about which it is enlarged [pixels].
    pub fn middle(&self) -> [f64; 2] {
        let (low, high) = self.field();
        (0.5 * (low + high)).to_array()
    }

    /// The part of the picture in which the vessel lies.
    pub(crate) fn field(&self) -> (DVec2, DVec2) {
        let [width, height] = self.size.map(|n| n as i32);
        (
            DVec2::new(f64::from(MARGIN[0]), f64::from(MARGIN[1])),
            DVec2::new(f64::from(width - MARGIN[2]), f64::from(height - MARGIN[3])),
        )
    }
}

/// The moment that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Simulated time [us].
    pub time: f64,
    /// Speed of the rotor [rad/us].
    pub omega: f64,
    /// Rate of the pump [um3/us], where it is another than the programme's.
    pub rate: Option<f64>,
}

/// A prepared picture: what the back-end has to be asked, and what is drawn around its answer.
#[derive(Clone, Debug)]
pub struct Photo<'a> {
    subject: Subject<'a>,
    look: Look,
    map: Map,
    classes: palette::Classes,
    shape: outline::Shape,
    blots: blots::Blots,
    /// What else the legend says: what is cut away.
    pub note: Option<String>,
    /// What the back-end is asked.
    pub plate: Plate,
}

impl<'a> Photo<'a> {
    /// Prepares a picture.
    ///
    /// # Errors
    /// [`Error::Input`] for a size out of bounds, a view or a colouring that this run does not have.
    pub fn new(subject: Subject<'a>, look: Look) -> Result<Self, Error> {
        look::fits(look.size).map_err(Error::Input)?;
        if !(look.zoom.is_finite() && look.zoom > 0.0 && look.pan.iter().all(|p| p.is_finite())) {
            return Err(Error::Input(format!(
                "a picture {} times as large cannot be drawn",
                look.zoom
            )));
        }
        if look.view == View::Unrolled && !subject.round() {
            return Err(Error::Input(
                "only a round wall can be unrolled; this vessel has flat ones".into(),
            ));
        }
        let field = look.field();
        let lines = subject.outline(look.view.turn());
        let points: Vec<DVec3> = lines.iter().flatten().copied().collect();
        let map = Map::fit(
            look.view,
            subject.lying(),
            subject.radius(),
            &points,
            field,
            LEAST,
        )
        .closer(look.zoom, DVec2::from_array(look.pan), field);
        let classes = palette::Classes::new(subject, look.colouring, &look.hidden);
        let shape = outline::Shape::new(&map, &points, subject);
        let (plate, blots) = plate(subject, &look, &map, &classes, &shape)?;
        Ok(Self {
            subject,
            look,
            map,
            classes,
            shape,
            blots,
            note: None,
            plate,
        })
    }

    /// Tells the plate of the moment, which the back-end needs to know where speeds are shown, and of how dense parcels are at every depth
    /// of a vessel, where that says how large they are drawn.
    ///
    /// # Errors
    /// As [`Readings::tally`].
    pub fn expose(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        self.plate.step = slip::step(self.subject, moment);
        let setup = &*self.subject;
        if setup.carries() {
            return Ok(());
        }
        let bands = u64::from(setup.sampling.bins) * u64::from(setup.layers());
        if !self.blots.wants_depths() || bands > u64::from(u32::MAX) {
            return Ok(());
        }
        let height = setup.chamber.height();
        let depth = |i: usize| height * i as f64 / f64::from(setup.sampling.bins);
        let above = |i: usize| setup.chamber.volume_above(depth(i));
        let volume: Vec<f64> = (0..setup.sampling.bins as usize)
            .map(|i| above(i + 1) - above(i))
            .collect();
        let times: Vec<Vec<f64>> = backend
            .tally()?
            .iter()
            .enumerate()
            .map(|(k, row)| {
                let parcels: Vec<u64> = row.iter().map(|t| t.parcels).collect();
                let reach = (self.blots.reach(k) / depth(1)).ceil() as usize;
                blots::density(&parcels, &volume, reach)
            })
            .collect();
        self.blots.by_depth(&mut self.plate, &times);
        Ok(())
    }

    /// The finished picture, from what the back-end answered.
    ///
    /// # Errors
    /// [`Error::Internal`] if the answer has another size.
    pub fn develop(&self, image: &[u32], moment: Moment, caption: &Caption) -> Result<RgbImage, Error> {
        let [width, height] = self.look.size;
        if image.len() != self.plate.pixels() {
            return Err(Error::Internal("a picture came back in another size".into()));
        }
        let mut canvas = Canvas(RgbImage::from_fn(width, height, |x, y| {
            let [r, g, b, _] = image[(y * width + x) as usize].to_le_bytes();
            Rgb([r, g, b])
        }));
        let low = (20, MARGIN[1] - 16);
        let high = (width as i32 - MARGIN[2] + BESIDE, height as i32 - MARGIN[3] + 8);
        let (mut levels, mut beyond, mut notes) = (Vec::new(), false, Vec::new());
        if let (Some(field), true) = (&self.subject.field, self.look.magnets) {
            let duct = (self.subject.lying(), self.subject.length());
            let how = (&self.map, self.look.view, duct);
            if field::across(self.look.view) {
                notes.push("magnets and |B| half way along".into());
            }
            (levels, beyond) = field::draw(
                &mut canvas,
                (field, self.plate.step.magnets),
                &|p| self.shape.covers(p) > 0.5,
                how,
                (low, high),
            );
        }
        outline::draw(
            &mut canvas,
            &self.map,
            &self.subject.outline(self.look.view.turn()),
            self.look.field(),
        );
        let s = &*self.subject;
        let middle = (MARGIN[0] / 2, MARGIN[1] + 24);
        marks::rotor(
            &mut canvas,
            self.look.view,
            s.rotor.mounting,
            moment.omega,
            middle,
        );
        // enlarged, the ends of the duct are anywhere
        if self.look.zoom == 1.0 && self.look.pan == [0.0; 2] {
            marks::ports(&mut canvas, &self.map, s);
        }
        let mut outlets = marks::outlets(s, &caption.outlets, moment.time);
        if outlets.len() > 1 && marks::behind(&self.map, s) {
            outlets[0] = "outlets, one behind the other".into();
        }
        notes.extend(outlets);
        notes.extend(self.note.clone());
        if beyond {
            notes.push("the magnets lie beyond the picture".into());
        }
        field::names(&mut canvas, levels, (low, high));
        self.heading(&mut canvas, moment, caption);
        self.scale_bar(&mut canvas);
        self.classes.legend(
            &mut canvas,
            (width as i32 - MARGIN[2] + 34, MARGIN[1] + 8),
            (MARGIN[2] - 64, height as i32 - MARGIN[3]),
            &notes,
        );
        Ok(canvas.0)
    }

    fn heading(&self, canvas: &mut Canvas, moment: Moment, caption: &Caption) {
        let width = self.look.size[0] as i32;
        let title = fit(&caption.title, width - 60, LARGE);
        // drawn twice, a pixel apart: the large font has no bold cut
        canvas.text(&title, (30, 28), Place::Left, LARGE, INK);
        canvas.text(&title, (31, 28), Place::Left, LARGE, INK);
        let mut parts = vec![time_to(moment.time, self.subject.apart())];
        let s = &*self.subject;
        let upright = s.rotor == Rotor::bench();
        if upright && !s.carries() {
            parts.push("1 g".into());
        }
        if !s.rotor.mounting.on_bench() {
            let rcf = crate::output::rcf(&s.rotor, moment.omega, s.rotor.bottom_radius);
            parts.push(format!("{:.0} rpm", moment.omega / RPM));
            let [near, far] = [s.rotor.meniscus_radius, s.rotor.bottom_radius].map(|r| r / MILLIMETRE);
            match s.rotor.mounting {
                Mounting::Fixed { .. } => {
                    parts.push(format!("{rcf:.0} x g at {far:.0} mm from the rotor's axis"))
                }
                _ => parts.extend([
                    format!("{rcf:.0} x g at the bottom"),
                    format!("rotor axis {near:.0} mm above the meniscus"),
                ]),
            }
        }
        if s.stream.is_some() {
            let rate = moment.rate.or(s.rate_at(moment.time)).unwrap_or(s.rate());
            let rate = crate::units::show(rate, crate::units::Dimension::FlowRate);
            let way = directions::from(self.look.view, true, DVec3::Z);
            parts.push(way.map_or(rate.clone(), |way| format!("{rate}, {way}")));
        }
        if s.carries()
            && s.rotor.mounting.on_bench()
            && let Some(way) = directions::to(self.look.view, true, s.gravity())
        {
            parts.push(format!("gravity {way}"));
        }
        if !self.plate.step.magnets && (s.field.is_some() || s.matrix.is_some()) {
            parts.push("magnets off".into());
        }
        // what has no room is left out, from the end
        let joined = |parts: &[String]| parts.join("  \u{b7}  ");
        while parts.len() > 1 && text_width(&joined(&parts), BOLD) > width - 60 {
            parts.pop();
        }
        let line = fit(&joined(&parts), width - 60, BOLD);
        canvas.text(&line, (30, 52), Place::Left, BOLD, GREY);
        canvas.line((30, 68), (width - 30, 68), 1, PALE);
        footer(canvas, &caption.footer);
    }

    /// A bar of a round length for each direction that has a scale of its own.
    fn scale_bar(&self, canvas: &mut Canvas) {
        let [width, height] = self.look.size.map(|n| n as i32);
        let room = f64::from(width - MARGIN[0] - MARGIN[2]);
        let length = nice(0.25 * room / self.map.scale.x);
        let pixels = (length * self.map.scale.x).round().max(1.0) as i32;
        let (x, y) = (MARGIN[0], height - 50);
        canvas.fill((x, y), (pixels as u32, 4), INK);
        let mut name = size(length);
        if self.map.is_perspective() {
            name += " in the middle";
        }
        canvas.text(&name, (x + pixels + 8, y + 2), Place::Left, SMALL, INK);
        let stretch = self.map.stretch();
        if stretch > 1.001 {
            let down = self.map.scale.y > self.map.scale.x;
            let text = format!(
                "{} the page stretched {} times",
                if down { "down" } else { "across" },
                crate::units::digits(stretch, 2)
            );
            // in a narrow picture it stands below the bar's own length
            let named = x + pixels + 8 + text_width(&name, SMALL);
            let free = width - 30 - text_width(&text, SMALL) > named + 8;
            let at = (width - 30, if free { y + 2 } else { y + 18 });
            canvas.text(&text, at, Place::Right, SMALL, GREY);
        }
    }
}

/// The line at the foot of a picture.
fn footer(canvas: &mut Canvas, text: &str) {
    let (width, height) = (canvas.0.width() as i32, canvas.0.height() as i32);
    let text = fit(text, width - 60, SMALL);
    canvas.text(&text, (30, height - 16), Place::Left, SMALL, GREY);
}

/// A length in mm, or in um below a tenth of a mm.
fn size(length: f64) -> String {
    if length < 0.1 * MILLIMETRE {
        format!("{length:.0} um")
    } else {
        format!("{} mm", millimetres(length, length))
    }
}

/// What the back-end is asked.
fn plate(
    subject: Subject<'_>,
    look: &Look,
    map: &Map,
    classes: &palette::Classes,
    shape: &outline::Shape,
) -> Result<(Plate, blots::Blots), Error> {
    let components = subject.components();
    let scale = map.scale.min_element();
    let slab = look.view.thin(subject.lying()).map_or([0.0; 4], |n| {
        (n / (0.5 * subject.tenth()))
            .extend(0.0)
            .to_array()
            .map(|x| x as f32)
    });
    let [column, row, divisor] = map.rows().map(|row| row.to_array().map(|x| x as f32));
    let shown = look.colouring.shown();
    let channels = match shown {
        Shown::Class => classes.len().max(1) as u32,
        _ => 2,
    };
    // the sum of all parcels in one pixel has to fit
    let all: f64 = components.iter().map(|c| c.parcels as f64).sum();
    let steps = if shown == Shown::Class { 1 } else { STEPS };
    let full = (f64::from(u32::MAX) / (all.max(1.0) * f64::from(steps))).floor();
    if full < 1.0 {
        return Err(Error::Input(format!(
            "{all:.0} parcels are more than a picture can count in one pixel"
        )));
    }
    let pixels = u64::from(look.size[0]) * u64::from(look.size[1]);
    memory::of_picture(
        look.size,
        pixels * (PIXEL_BYTES + 4 * u64::from(channels)),
        memory::available(),
    )?;
    // the amount that a pixel of the vessel would have if the parcels were spread evenly
    let (expected, part) = (subject.expected(), blots::part(subject, look));
    let blots = blots::Blots::new(subject, look, (shape, scale, part), full);
    let even = |drawn: &dyn Fn(usize) -> bool| -> f64 {
        let all = (0..components.len()).filter(|k| drawn(*k));
        let whole: f64 = all.map(|k| expected[k] * blots.ink(k)).sum();
        (part * whole / shape.area()).max(1e-12)
    };
    let opacity = f64::from(OPACITY);
    let values = classes.range();
    let eye = look.colouring == Colouring::Eye;
    let palette = match shown {
        Shown::Class if eye => classes.entries(|members| {
            // what a parcel hides of the light, over the pixels of the vessel and its depth
            let volume: f64 = members.iter().map(|k| subject.volumes()[*k]).sum();
            let depth = volume / subject.volume() * palette::absorbs(components[members[0]].species.class);
            depth / even(&|k| members.contains(&k))
        }),
        Shown::Class => classes.entries(|members| opacity / even(&|k| members.contains(&k))),
        _ => palette::ramp(STEPS),
    };
    let gain = opacity / even(&|k| !look.hidden.get(k).copied().unwrap_or(false));
    let shot = Shot {
        column,
        row,
        divisor,
        slab,
        width: look.size[0],
        height: look.size[1],
        channels,
        unrolled: map.unrolled as f32,
        scale: scale as f32,
        least: blots::LEAST as f32,
        most: blots::MOST as f32,
        bands: 1,
        low: values[0] as f32,
        per_range: (1.0 / (values[1] - values[0])) as f32,
        steps: STEPS as f32,
        gain: gain as f32,
        ..Shot::default()
    };
    let plate = Plate {
        shot,
        shown,
        step: slip::step(subject, Moment::default()),
        blots: blots.all_even(),
        channel: classes.channels(subject),
        palette,
        behind: shape
            .behind(
                look.size,
                if eye { palette::fluid(subject) } else { DARK },
                // what is spread does not spread beyond the vessel
                eye || blots.spread(),
                look.field(),
            )?
            .into(),
    };
    Ok((plate, blots))
}

/// A line of the legend that says how many parcels there are.
fn parcels(subject: Subject<'_>) -> String {
    let n = subject.components().iter().map(|c| c.parcels).sum();
    counted(grouped(n), "parcel")
}

#[cfg(test)]
mod tests;
