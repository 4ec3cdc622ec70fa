//! Scalable vector graphics as text: lines, areas and words with everything about their looks in attributes, so that a
//! picture is the same inside a page and alone. What is written parses as XML.

use super::text::escape;
use std::fmt::Write as _;

/// A colour on paper.
pub type Colour = [u8; 3];

/// Text and axes.
pub const INK: Colour = [0x1a, 0x1a, 0x24];
/// Text of less weight; 5.9 : 1 against white.
pub const GREY: Colour = [0x5c, 0x60, 0x6b];
/// Lines of a grid.
pub const PALE: Colour = [0xdd, 0xdf, 0xe5];
/// Ground.
pub const WHITE: Colour = [0xff, 0xff, 0xff];

/// Dashes that tell lines apart without their colours; they repeat after the last.
const DASHES: [&str; 6] = ["", "8 3", "2 3", "10 3 2 3", "14 4", "6 2 1 2 1 2"];

/// Hatches that tell areas apart without their colours, as paths in a square of 6; they repeat after the last.
const HATCHES: [&str; 6] = [
    "",
    "M-1 7L7 -1",
    "M-1 -1L7 7",
    "M0 3L6 3",
    "M3 0L3 6",
    "M-1 7L7 -1M-1 -1L7 7",
];

/// Where a text stands with regard to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub colour: Colour,
    /// Its width [px].
    pub width: f64,
    /// Which of the dashes; 0 is solid.
    pub dash: usize,
}

impl Stroke {
    /// A thin solid line.
    pub fn thin(colour: Colour) -> Self {
        Self {
            colour,
            width: 1.0,
            dash: 0,
        }
    }
}

/// A picture being drawn; lengths are pixels at its natural size.
#[derive(Clone, Debug)]
pub struct Svg {
    name: String,
    size: [f64; 2],
    body: String,
    hatches: Vec<usize>,
}

impl Svg {
    /// An empty picture. `name` is a word of letters, digits and `_` that no other picture of a page has.
    pub fn new(name: &str, size: [f64; 2]) -> Self {
        Self {
            name: name.to_owned(),
            size,
            body: String::new(),
            hatches: Vec::new(),
        }
    }

    /// A straight line.
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], stroke: Stroke) {
        self.path(&[vec![from, to]], stroke);
    }

    /// Lines through points; each run of points is one line.
    pub fn path(&mut self, runs: &[Vec<[f64; 2]>], stroke: Stroke) {
        let mut d = String::new();
        for run in runs {
            for (i, p) in run.iter().enumerate() {
                // a run of one point is a dot: a line of no length with round ends
                let command = if i == 0 { 'M' } else { 'L' };
                put(&mut d, format_args!("{command}{} {}", px(p[0]), px(p[1])));
            }
            if run.len() == 1 {
                d.push_str("h0");
            }
        }
        if d.is_empty() {
            return;
        }
        let dash = DASHES[stroke.dash % DASHES.len()];
        let dash = if dash.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dash}\"")
        };
        put(
            &mut self.body,
            format_args!(
                "<path d=\"{d}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" \
                 stroke-linecap=\"{}\"{dash}/>\n",
                hex(stroke.colour),
                px(stroke.width),
                if dash.is_empty() { "round" } else { "butt" },
            ),
        );
    }

    /// A filled area within a polygon.
    pub fn area(&mut self, points: &[[f64; 2]], fill: Colour) {
        let list: Vec<String> = points
            .iter()
            .map(|p| format!("{},{}", px(p[0]), px(p[1])))
            .collect();
        put(
            &mut self.body,
            format_args!(
                "<polygon points=\"{}\" fill=\"{}\"/>\n",
                list.join(" "),
                hex(fill)
            ),
        );
    }

    /// A filled rectangle from `corner` (the one with the lesser coordinates), hatched so that it is told from others
    /// without its colour.
    pub fn bar(&mut self, corner: [f64; 2], size: [f64; 2], fill: Colour, hatch: usize) {
        let [x, y, w, h] = [corner[0], corner[1], size[0], size[1]].map(px);
        let place = format!("x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"");
        put(
            &mut self.body,
            format_args!("<rect {place} fill=\"{}\"/>\n", hex(fill)),
        );
        let hatch = hatch % HATCHES.len();
        if hatch > 0 {
            if !self.hatches.contains(&hatch) {
                self.hatches.push(hatch);
            }
            put(
                &mut self.body,
                format_args!("<rect {place} fill=\"url(#{}_hatch{hatch})\"/>\n", self.name),
            );
        }
    }

    /// Words of `size` pixels with their base line at a point.
    pub fn text(&mut self, at: [f64; 2], anchor: Anchor, size: f64, colour: Colour, bold: bool, text: &str) {
        self.words("", at, anchor, size, colour, bold, text);
    }

    /// Words that read upwards, centred at a point.
    pub fn upright(&mut self, at: [f64; 2], size: f64, colour: Colour, text: &str) {
        let turn = format!(" transform=\"rotate(-90 {} {})\"", px(at[0]), px(at[1]));
        self.words(&turn, at, Anchor::Middle, size, colour, false, text);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what `text` and `upright` have in common"
    )]
    fn words(
        &mut self,
        turn: &str,
        at: [f64; 2],
        anchor: Anchor,
        size: f64,
        colour: Colour,
        bold: bool,
        text: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        put(
            &mut self.body,
            format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\" fill=\"{}\"{}{turn}>{}</text>\n",
                px(at[0]),
                px(at[1]),
                px(size),
                hex(colour),
                if bold { " font-weight=\"600\"" } else { "" },
                escape(text),
            ),
        );
    }

    /// The whole file, with a title and a description for those who do not see it.
    pub fn finish(self, title: &str, description: &str) -> String {
        let [w, h] = self.size.map(px);
        let n = &self.name;
        let hatches: String = self
            .hatches
            .iter()
            .map(|i| {
                format!(
                    "<pattern id=\"{n}_hatch{i}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path d=\"{}\" \
                     stroke=\"#ffffff\" stroke-opacity=\"0.75\" fill=\"none\"/></pattern>\n",
                    HATCHES[*i]
                )
            })
            .collect();
        let defs = if hatches.is_empty() {
            hatches
        } else {
            format!("<defs>\n{hatches}</defs>\n")
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             aria-labelledby=\"{n}_title {n}_desc\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\">\n\
             <title id=\"{n}_title\">{}</title>\n<desc id=\"{n}_desc\">{}</desc>\n{defs}\
             <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escape(title),
            escape(description),
            self.body,
        )
    }
}

/// Width of a text of `size` pixels, about: no font is at hand. Rather too wide than too narrow.
pub fn width(text: &str, size: f64) -> f64 {
    0.56 * size * text.chars().count() as f64
}

fn hex([r, g, b]: Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A length with two decimals at most. What is not a number is drawn at zero rather than written into a file that then
/// does not open.
fn px(x: f64) -> String {
    if !x.is_finite() {
        return "0".into();
    }
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.to_owned() }
}

fn put(out: &mut String, what: std::fmt::Arguments<'_>) {
    // writing to a String cannot fail
    let _ = out.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_xml_with_what_was_drawn() -> Result<(), Box<dyn std::error::Error>> {
        let mut svg = Svg::new("a", [100.0, 50.0]);
        let stroke = Stroke {
            colour: [1, 2, 255],
            width: 2.0,
            dash: 1,
        };
        svg.path(
            &[vec![[0.0, 1.0], [2.345, 3.0]], vec![[4.0, f64::NAN]], vec![]],
            stroke,
        );
        svg.bar([1.0, 2.0], [3.0, 4.0], INK, 2);
        svg.text([5.0, 6.0], Anchor::End, 13.0, GREY, true, "a < b & \"c\"");
        svg.upright([5.0, 6.0], 13.0, GREY, "up");
        let text = svg.finish("<t>", "d");
        let xml = roxmltree::Document::parse(&text)?;
        let path = xml
            .descendants()
            .find(|n| n.attribute("stroke-dasharray") == Some("8 3"));
        let path = path.ok_or("no path")?;
        assert_eq!(path.attribute("d"), Some("M0 1L2.35 3M4 0h0"));
        assert_eq!(path.attribute("stroke"), Some("#0102ff"));
        assert_eq!(xml.root_element().attribute("viewBox"), Some("0 0 100 50"));
        let words: Vec<&str> = xml
            .descendants()
            .filter(|n| n.is_text())
            .filter_map(|n| n.text())
            .collect();
        assert!(
            words.contains(&"a < b & \"c\"") && words.contains(&"<t>"),
            "{words:?}"
        );
        assert!(text.contains("a_hatch2\"") && text.contains("url(#a_hatch2)"));
        Ok(())
    }

    #[test]
    fn lengths_are_short() {
        let said = [0.0, -0.001, 1.0, 12.345_6, f64::NAN, f64::INFINITY].map(px);
        assert_eq!(said, ["0", "0", "1", "12.35", "0", "0"]);
    }
}
