//! `output.frames`: pictures while a scene runs.

use super::node::Node;
use super::problem::Problems;
use crate::model::look::{self, Colouring, NO_VALUE, VIEWS, View};
use crate::times::Time;
use crate::units::{Dimension, show};

/// Most pictures of a run.
const MOST: f64 = 10_000.0;

/// Pictures that a run takes of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frames {
    /// Interval, a whole number of times that of the profiles or counts.
    pub every: Time,
    /// From where.
    pub view: View,
    /// Coloured by what.
    pub colouring: Colouring,
    /// Width and height [pixels].
    pub size: [u32; 2],
}

/// The run that is to be photographed, as far as it matters here.
pub struct Filmed {
    /// Interval of the profiles or counts.
    pub every: Time,
    /// What that interval is called.
    pub key: &'static str,
    /// Length of the run.
    pub duration: Time,
    pub separator: bool,
    pub crowded: bool,
    /// Whether the vessel has a round wall.
    pub round: bool,
}

/// Reads `output.frames`; none where there is none, or it is wrong.
pub fn frames(root: &Node, run: &Filmed, problems: &mut Problems<'_>) -> Option<Frames> {
    let output = root.table("output").filter(|o| o.given("frames"))?;
    let table = output.table("frames");
    let (every, at) = match table {
        Some(t) => (t.quantity("every")?, t.at("every")),
        None => (output.quantity("frames")?, output.at("frames")),
    };
    let time = |t| show(t, Dimension::Time);
    // what else is wrong is said, too
    let mut sound = true;
    let times = (every / run.every.us()).round();
    if times < 1.0 || (every / run.every.us() - times).abs() > 1e-6 * times {
        problems
            .error(
                &at,
                format!("pictures every {} do not fall on `{}`", time(every), run.key),
                format!("that is {}", time(run.every.us())),
            )
            .help(
                "pictures are taken at the same times, which leaves the run unchanged; give a multiple of it",
            );
        sound = false;
    } else if run.duration.us() / every > MOST {
        problems.error(
            &at,
            format!(
                "a picture every {} would be more than {MOST} of them",
                time(every)
            ),
            format!("the run lasts {}", time(run.duration.us())),
        );
        sound = false;
    }
    // the very times of the profiles or counts
    let every = run.every * times as i64;
    let Some(table) = table else {
        return sound.then_some(Frames {
            every,
            view: View::Side,
            colouring: Colouring::Species,
            size: [960, 540],
        });
    };
    let view = match table.text("view")?.parse() {
        Ok(View::Unrolled) if !run.round => {
            problems.error(
                &table.at("view"),
                "only a round wall can be unrolled",
                "this vessel has flat ones",
            );
            None
        }
        Ok(view) => Some(view),
        Err(e) => {
            problems.error(&table.at("view"), e, format!("there are {VIEWS}"));
            None
        }
    };
    let colouring = Colouring::named(table.text("colour")?);
    if let Some(c) = colouring.filter(|c| !c.goes_with(run.separator, run.crowded)) {
        let name = look::COLOURINGS.iter().find(|n| n.1 == c).map_or("", |n| n.0);
        problems.error(
            &table.at("colour"),
            format!("the cells of this scene have no {name}"),
            NO_VALUE,
        );
    }
    let size = look::size(table.text("size")?);
    if let Err(e) = &size {
        problems.error(&table.at("size"), e.clone(), "a size is needed, as \"960x540\"");
    }
    sound.then_some(Frames {
        every,
        view: view?,
        colouring: colouring?,
        size: size.ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Scene, keys, spec::Kind};
    use super::*;
    use crate::constants::SECOND;

    /// The words of the format are those of the colourings.
    #[test]
    fn colours_have_one_name() {
        let names: Vec<&str> = look::COLOURINGS.iter().map(|c| c.0).collect();
        let kind = &keys::FRAMES.key("colour").unwrap().kind;
        assert!(matches!(kind, Kind::Choice(words, _) if *words == names));
    }

    fn with(frames: &str) -> Result<Scene, crate::scenario::SceneError> {
        let text = Scene::bundled_text().replace("[output]", &format!("[output]\nframes = {frames}"));
        Scene::from_str("mine.toml", &text)
    }

    #[test]
    fn an_interval_or_a_table() {
        let short = with("\"1 min\"").unwrap().frames.unwrap();
        assert_eq!(short.every, Time::seconds(60.0));
        assert_eq!((short.view, short.size), (View::Side, [960, 540]));
        let long = with("{ every = \"20 s\", view = \"orbit:1,2\", colour = \"slip\", size = \"640x480\" }")
            .unwrap()
            .frames
            .unwrap();
        let view = View::Orbit {
            azimuth: 1.0,
            elevation: 2.0,
        };
        assert_eq!((long.view, long.size), (view, [640, 480]));
        assert_eq!(long.colouring, Colouring::Slip);
        assert_eq!(Scene::bundled().unwrap().frames, None);
        let text = super::super::BUNDLED
            .iter()
            .find(|b| b.0 == "rack_separation")
            .unwrap()
            .1;
        let rack = Scene::from_str("rack.toml", text).unwrap();
        let every = rack.setup.sampling.every;
        let more = format!(
            "{text}\n[output]\nframes = {{ every = \"{} s\", colour = \"fate\" }}\n",
            3.0 * every.us() / SECOND
        );
        let rack = Scene::from_str("rack.toml", &more).unwrap();
        assert_eq!(rack.frames.unwrap().every, every * 3);
    }
}
