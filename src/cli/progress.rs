//! How a run is going: a bar on a terminal, else a line now and then.

use super::say;
use buffycoat::constants::SECOND;
use buffycoat::engine::{Device, Event};
use buffycoat::kernels::passage::{FREE, HELD, OUT, WAITING};
use buffycoat::units::{clock, counted, digits, rough_clock};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two lines where there is no terminal.
const LINES: Duration = Duration::from_secs(5);

/// For so long nothing is said of what goes on before the first step.
const SILENCE: Duration = Duration::from_millis(500);

/// Over how long the speed is averaged [s].
const MEMORY: f64 = 3.0;

/// Bar ticks per simulated millisecond.
const TICK: f64 = 1e-3 * SECOND;

enum Sink {
    Nothing,
    Bar(ProgressBar),
    Lines(Instant),
}

/// Shows the events of a run on standard error.
pub struct Progress {
    sink: Sink,
    parcels: usize,
    duration: f64,
    /// What else there is to say: how many are free, held, out.
    also: String,
    last: (Instant, f64, u64),
    /// Simulated seconds and parcel-steps per second of real time.
    speed: Option<(f64, f64)>,
}

/// A line that shows up if what is waited for takes long, and goes when this is dropped.
#[derive(Default)]
pub struct Preparing(Option<(Sender<()>, JoinHandle<()>)>);

/// The same where there is no run to show the progress of.
pub fn preparing(what: &'static str) -> Preparing {
    if std::io::stderr().is_terminal() {
        Preparing::shown(what)
    } else {
        Preparing::default()
    }
}

impl Preparing {
    fn shown(what: &'static str) -> Self {
        Self::new(SILENCE, move || {
            let line = ProgressBar::new_spinner().with_message(what);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed}") {
                line.set_style(style);
            }
            line.enable_steady_tick(Duration::from_millis(100));
            line
        })
    }

    fn new(silence: Duration, show: impl FnOnce() -> ProgressBar + Send + 'static) -> Self {
        let (over, wait) = channel::<()>();
        let thread = std::thread::Builder::new().spawn(move || {
            if wait.recv_timeout(silence) == Err(RecvTimeoutError::Timeout) {
                let line = show();
                let _ = wait.recv();
                line.finish_and_clear();
            }
        });
        // without a thread nothing is shown
        Self(thread.ok().map(|thread| (over, thread)))
    }
}

impl Drop for Preparing {
    fn drop(&mut self) {
        if let Some((over, thread)) = self.0.take() {
            drop(over);
            let _ = thread.join();
        }
    }
}

impl Progress {
    pub fn new(quiet: bool) -> Self {
        let sink = if quiet {
            Sink::Nothing
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{wide_bar:.red/dim} {percent:>3} % {msg}") {
                bar.set_style(style.progress_chars("━━─"));
            }
            Sink::Bar(bar)
        } else {
            Sink::Lines(Instant::now())
        };
        Self {
            sink,
            parcels: 0,
            duration: 0.0,
            also: String::new(),
            last: (Instant::now(), 0.0, 0),
            speed: None,
        }
    }

    pub fn show(&mut self, event: &Event) {
        match event {
            Event::Started {
                device,
                parcels,
                duration,
            } => self.start(device, *parcels, *duration),
            Event::Progress { time, steps, .. } => self.advance(*time, *steps),
            Event::Census { census, .. } => {
                let sum = |fates: std::ops::Range<u32>| -> u64 {
                    census
                        .iter()
                        .flat_map(|c| c.iter().skip(fates.start as usize).take(fates.len()))
                        .sum()
                };
                self.also = format!(
                    "{} free, {} held, {} out, ",
                    sum(FREE..WAITING + 1),
                    sum(HELD..OUT),
                    sum(OUT..u32::MAX)
                );
            }
            _ => {}
        }
    }

    /// Until what it gives is dropped a terminal shows that `what` is being done, if that takes long.
    pub fn preparing(&self, what: &'static str) -> Preparing {
        match self.sink {
            Sink::Bar(_) => Preparing::shown(what),
            _ => Preparing::default(),
        }
    }

    fn start(&mut self, device: &Device, parcels: usize, duration: f64) {
        (self.parcels, self.duration) = (parcels, duration);
        self.last = (Instant::now(), 0.0, 0);
        match &mut self.sink {
            Sink::Nothing => {}
            Sink::Bar(bar) => bar.set_length((duration / TICK) as u64),
            Sink::Lines(next) => *next = Instant::now() + LINES,
        }
        let whole = clock(duration / SECOND);
        // a channel has none
        let what = match parcels {
            0 => String::new(),
            n => format!("{} ", counted(n, "parcel")),
        };
        self.note(&format!("{what}on {device}; {whole} to simulate"));
    }

    /// Says a line without tearing the bar; not where quiet is wanted.
    pub fn note(&self, line: &str) {
        match &self.sink {
            Sink::Nothing => {}
            // a bar without a length would be drawn as full
            Sink::Bar(bar) if self.duration > 0.0 => bar.suspend(|| say(line)),
            Sink::Bar(_) | Sink::Lines(_) => say(line),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Sink::Bar(bar) = &self.sink {
            bar.finish_and_clear();
        }
    }

    fn advance(&mut self, time: f64, steps: u64) {
        let (then, from, before) = self.last;
        let real = then.elapsed().as_secs_f64();
        if real < 0.1 {
            return;
        }
        self.last = (Instant::now(), time, steps);
        let now = (
            (time - from) / SECOND / real,
            (steps - before) as f64 * self.parcels as f64 / real,
        );
        let (simulated, work) = match self.speed {
            None => now,
            Some(old) => {
                let new = 1.0 - (-real / MEMORY).exp();
                (old.0 + new * (now.0 - old.0), old.1 + new * (now.1 - old.1))
            }
        };
        self.speed = Some((simulated, work));
        let left = (self.duration - time) / SECOND / simulated.max(f64::MIN_POSITIVE);
        let left = if left < 1e7 {
            rough_clock(left)
        } else {
            "long".into()
        };
        let pace = if self.parcels == 0 {
            format!("{} x real time, {left} left", digits(simulated, 3))
        } else if self.also.is_empty() {
            format!(
                "{} x real time, {} M parcel-steps/s, {left} left",
                digits(simulated, 3),
                digits(work / 1e6, 3)
            )
        } else {
            // the counts take the room of what the machine does
            format!("{}{} x, {left} left", self.also, digits(simulated, 3))
        };
        let now = rough_clock(time / SECOND);
        match &mut self.sink {
            Sink::Nothing => {}
            Sink::Bar(bar) => {
                // short enough to leave room for the bar on a terminal of 80 columns
                bar.set_position((time / TICK) as u64);
                bar.set_message(format!("{now} at {pace}"));
            }
            Sink::Lines(next) => {
                if Instant::now() >= *next {
                    *next = Instant::now() + LINES;
                    let share = 100.0 * time / self.duration.max(f64::MIN_POSITIVE);
                    let whole = clock(self.duration / SECOND);
                    say(&format!("{share:3.0} % {now} of {whole}, {pace}"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// What is over at once is not told; what takes long is, once.
    #[test]
    fn only_long_preparations_are_shown() {
        let shown = Arc::new(AtomicU32::new(0));
        let begin = |silence| {
            let shown = shown.clone();
            Preparing::new(silence, move || {
                shown.fetch_add(1, Ordering::SeqCst);
                ProgressBar::hidden()
            })
        };
        drop(begin(Duration::from_secs(600)));
        assert_eq!(shown.load(Ordering::SeqCst), 0);
        let long = begin(Duration::from_millis(1));
        let began = Instant::now();
        while shown.load(Ordering::SeqCst) == 0 && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(long);
        assert_eq!(shown.load(Ordering::SeqCst), 1);
    }
}
