//! The window, really opened on a virtual display (Xvfb) and driven by synthetic keys and clicks (xdotool); both are installed by
//! `./check`. What is on the screen is read from Xvfb's frame buffer file.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Kills a process when the test is over, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A virtual display.
struct Display {
    _server: Running,
    name: String,
    buffer: PathBuf,
}

/// A picture of the screen: width, and red, green, blue by pixel.
struct Screen {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Display {
    fn open(folder: &Path) -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-fbdir",
            ])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb, a virtual display (./check installs it; Debian: apt-get install xvfb xdotool)");
        let mut said = String::new();
        std::io::BufRead::read_line(
            &mut std::io::BufReader::new(server.stdout.take().unwrap()),
            &mut said,
        )
        .unwrap();
        Self {
            _server: Running(server),
            name: format!(":{}", said.trim()),
            buffer: folder.join("Xvfb_screen0"),
        }
    }

    /// Reads the frame buffer, an XWD file: a header of big-endian words, a colour table, rows of pixels.
    fn screen(&self) -> Screen {
        let bytes = std::fs::read(&self.buffer).unwrap();
        let word = |k: usize| u32::from_be_bytes(bytes[4 * k..4 * k + 4].try_into().unwrap()) as usize;
        let (header, width, height, little) = (word(0), word(4), word(5), word(7) == 0);
        let (bits, row, colours) = (word(11), word(12), word(19));
        assert_eq!(bits, 32, "pixels of four bytes");
        let start = header + 12 * colours;
        let pixels = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| {
                let p = &bytes[start + y * row + 4 * x..][..4];
                if little {
                    [p[2], p[1], p[0]]
                } else {
                    [p[1], p[2], p[3]]
                }
            })
            .collect();
        Screen { width, pixels }
    }

    /// Waits until the screen is as it should be; the last one if it never is.
    fn wait(&self, what: &str, is: impl Fn(&Screen) -> bool) -> Screen {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            if is(&screen) {
                return screen;
            }
            if begin.elapsed() > Duration::from_secs(120) {
                let left = crate::root().join("target/window.png");
                let flat: Vec<u8> = screen.pixels.iter().flatten().copied().collect();
                let size = (screen.width as u32, (screen.pixels.len() / screen.width) as u32);
                image::save_buffer(&left, &flat, size.0, size.1, image::ColorType::Rgb8).unwrap();
                panic!("the screen never showed {what}; see {}", left.display());
            }
            std::thread::sleep(Duration::from_millis(150));
        }
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool")
            .env("DISPLAY", &self.name)
            .args(arguments)
            .output()
            .expect(
                "xdotool, for synthetic keys (./check installs it; Debian: apt-get install xvfb xdotool)",
            );
        String::from_utf8(output.stdout).unwrap()
    }

    fn key(&self, key: &str) {
        self.xdotool(&["key", key]);
    }
}

impl Screen {
    fn near(&self, colour: [u8; 3]) -> usize {
        let near = |p: &&[u8; 3]| p.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 24);
        self.pixels.iter().filter(near).count()
    }

    /// Pixels that differ.
    fn apart(&self, other: &Self) -> usize {
        self.pixels
            .iter()
            .zip(&other.pixels)
            .filter(|(a, b)| a != b)
            .count()
    }

    /// The part from column `from` on, where the controls are.
    fn right(&self, from: usize) -> Self {
        self.columns(from..self.width)
    }

    fn rectangle(&self, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> Self {
        let rows = rows.start * self.width..rows.end * self.width;
        Self {
            width: self.width,
            pixels: self.pixels[rows].to_vec(),
        }
        .columns(columns)
    }

    fn columns(&self, range: std::ops::Range<usize>) -> Self {
        let pixels = self
            .pixels
            .chunks(self.width)
            .flat_map(|row| row[range.clone()].to_vec())
            .collect();
        Self {
            width: range.len(),
            pixels,
        }
    }
}

const RED_CELLS: [u8; 3] = [198, 40, 40];
const RED_TO_THE_EYE: [u8; 3] = [156, 14, 20];
const STRAW: [u8; 3] = [244, 221, 142];
/// The ring around the cell that is followed, on the picture and beside its name.
const RING: [u8; 3] = [255, 0, 200];
/// Where the panel of plots and of the cell ends.
const NUMBERS: usize = 250;

fn view(folder: &Path, display: &Display, arguments: &[&str]) -> Running {
    let child = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .current_dir(folder)
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .arg("view")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Running(child)
}

/// From opening to a saved picture: the blood is there, it moves, waits, changes its colours, is turned, and the rotor slows.
#[test]
fn a_person_plays_with_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let display = Display::open(folder.path());
    let mut window = view(
        folder.path(),
        &display,
        &["whole_blood", "--parcels", "20000", "--backend", "cpu"],
    );
    display.wait("red cells", |s| s.near(RED_CELLS) > 5_000);
    let found = display.xdotool(&["search", "--name", "buffycoat"]);
    let id = found
        .lines()
        .next()
        .expect("a window called buffycoat")
        .to_owned();
    display.xdotool(&["windowfocus", "--sync", &id]);
    // it plays by itself
    let first = display.screen();
    display.wait("another moment", |s| s.apart(&first) > 500);
    // and waits when told
    display.key("space");
    std::thread::sleep(Duration::from_millis(1500));
    let waiting = display.wait("a run that waits", |s| {
        std::thread::sleep(Duration::from_millis(1000));
        display.screen().apart(s) < 50
    });
    // a click on the tube: the cell there has a ring, and is told of at the left, above the plots
    assert_eq!(waiting.near(RING), 0);
    let plots = waiting.columns(0..NUMBERS);
    display.xdotool(&["mousemove", "575", "560", "click", "1"]);
    display.wait("the cell that was clicked", |s| {
        let (left, picture) = (s.columns(0..NUMBERS), s.columns(NUMBERS..1030));
        left.near(RING) > 20 && picture.near(RING) > 20 && left.apart(&plots) > 3_000
    });
    display.key("Escape");
    display.wait("no cell", |s| s.near(RING) == 0);
    // to the eye there is red, and step by step some straw above it
    display.key("c");
    display.wait("red and straw", |s| {
        display.key("n");
        s.near(RED_TO_THE_EYE) > 5_000 && s.near(STRAW) > 1_500
    });
    // in an orbit the bottom is round: other pixels are covered
    display.key("o");
    display.wait("an orbit", |s| s.apart(&waiting) > 5_000 && s.near(STRAW) > 800);
    // the list of keys covers a part of the picture, and goes away again
    let before = display.screen();
    display.key("question");
    let with = display.wait("the keys", |s| s.apart(&before) > 10_000);
    display.key("question");
    display.wait("no keys", |s| s.apart(&with) > 10_000);
    // a click at the low end of the rotor's slider: the controls change, and the run that goes on has another speed
    let controls = display.screen().right(1030);
    display.xdotool(&["mousemove", "1054", "113", "mousedown", "1"]);
    // a slider that is never seen pressed does not move
    std::thread::sleep(Duration::from_millis(700));
    display.xdotool(&["mouseup", "1"]);
    display.wait("another speed of the rotor", |s| {
        s.right(1030).apart(&controls) > 150
    });
    // and it goes on: cells move on the picture, not only numbers beside it
    display.key("space");
    let picture = |s: &Screen| s.rectangle(NUMBERS + 20..1030, 100..660);
    let slowed = picture(&display.screen());
    display.wait("cells that go on moving", |s| picture(s).apart(&slowed) > 300);
    display.key("space");
    display.key("n");
    // a saved picture, and the scene as it was steered, which the program takes
    display.key("s");
    let names = entries(&folder.path().join("out/whole_blood"));
    let image = image::open(&names[0]).unwrap().into_rgb8();
    assert!(image.pixels().any(|p| p.0 == STRAW), "{names:?}");
    display.key("w");
    let scenes = entries(&folder.path().join("out/whole_blood_steered"));
    let text = std::fs::read_to_string(&scenes[0]).unwrap();
    // the ramp of the scene, which nobody touched, and the braking that was told
    assert!(
        text.contains("over    = \"30 s\"") && text.matches("[[protocol]]").count() >= 3,
        "{text}"
    );
    let checked = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .arg("check")
        .arg(&scenes[0])
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
    assert!(window.0.try_wait().unwrap().is_none(), "the window is still open");
}

/// What a folder holds, once it holds a finished file.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let begin = Instant::now();
    loop {
        let found: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "png" || e == "toml"))
            .collect();
        if !found.is_empty() {
            return found;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(120),
            "nothing in {}",
            folder.display()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A separator has magnets that can be switched, and no rotor.
#[test]
fn a_separator_opens_too() {
    let folder = tempfile::tempdir().unwrap();
    let display = Display::open(folder.path());
    let mut window = view(
        folder.path(),
        &display,
        &["rack_separation", "--parcels", "6000", "--backend", "cpu"],
    );
    // lymphocytes in blue
    display.wait("lymphocytes", |s| s.near([58, 95, 205]) > 500);
    assert!(window.0.try_wait().unwrap().is_none());
}

/// A window that is destroyed from outside is no defect of the program: it says that the window is gone, and nothing of its insides.
#[test]
fn a_window_is_closed_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let display = Display::open(folder.path());
    let mut window = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .args(["view", "whole_blood", "--parcels", "20000", "--backend", "cpu"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = window.stderr.take().unwrap();
    let mut window = Running(window);
    display.wait("red cells", |s| s.near(RED_CELLS) > 5_000);
    let found = display.xdotool(&["search", "--name", "buffycoat"]);
    display.xdotool(&["windowclose", found.lines().next().unwrap()]);
    let status = window.0.wait().unwrap();
    let said = std::io::read_to_string(stderr).unwrap();
    assert_eq!(status.code(), Some(5), "{said}");
    assert!(
        said.contains("the window is gone") && !said.contains("internal"),
        "{said}"
    );
}

/// Without a display the program says so, and what to do instead.
#[test]
fn without_a_display_there_is_advice() {
    let output = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .args(["view", "whole_blood", "--parcels", "20000", "--backend", "cpu"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{said}");
    // the error first, then what to do
    let error = said.find("error: the window could not be opened");
    let advice = said.find("buffycoat render whole_blood");
    assert!(error.is_some() && error < advice, "{said}");
}
