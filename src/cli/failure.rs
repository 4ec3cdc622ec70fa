//! From an error to what a person reads, and to an exit code.

use super::{say, say_in_colour};
use buffycoat::Error;
use buffycoat::output::atomic;
use buffycoat::scenario::SceneError;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

/// Why the program ends without having done its work.
#[derive(Debug)]
pub enum Failure {
    /// An error of the library.
    Library(Error),
    /// A scene with problems.
    Scene(Box<SceneError>),
    /// The same of a scene that the command line changed: all that there is to say.
    Amended(String),
    /// A file that could not be read, with what to do about it.
    Unread(Error, String),
    /// Standard output took no more.
    Stdout(io::Error),
    /// Stopped by the user.
    Stopped,
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Library(e)
    }
}

impl From<SceneError> for Failure {
    fn from(e: SceneError) -> Self {
        Self::Scene(Box::new(e))
    }
}

impl From<buffycoat::library::LibraryError> for Failure {
    fn from(e: buffycoat::library::LibraryError) -> Self {
        Self::Library(e.into())
    }
}

/// What a shell reports of a program that was interrupted: 128 + SIGINT.
const STOPPED: u8 = 130;

impl Failure {
    /// How a run ended, in a word, and the exit code.
    pub fn outcome(&self) -> (&'static str, u8) {
        match self {
            Self::Library(e) | Self::Unread(e, _) => ("failed", e.exit_code()),
            Self::Scene(_) | Self::Amended(_) => ("failed", Error::Input(String::new()).exit_code()),
            Self::Stdout(_) => ("failed", 4),
            Self::Stopped => ("stopped", STOPPED),
        }
    }

    /// What it says, without advice and colours.
    pub fn text(&self) -> String {
        match self {
            Self::Library(e) => e.to_string(),
            Self::Scene(e) => e.to_string(),
            Self::Amended(text) => text.clone(),
            Self::Unread(e, advice) => format!("{e}; {advice}"),
            Self::Stdout(e) => e.to_string(),
            Self::Stopped => "stopped; no files were written".into(),
        }
    }

    /// Tells the person, and gives the exit code. `place` is the option that says where files go, if there is one.
    pub fn report(self, place: Option<&str>) -> ExitCode {
        match self {
            Self::Library(e) => {
                say(&format!("error: {e}"));
                if let Some(advice) = advice(&e, place) {
                    say(&format!("       {advice}"));
                }
                ExitCode::from(e.exit_code())
            }
            // it begins with `error:` by itself
            Self::Scene(e) => {
                say_in_colour(&e.render(colour()));
                ExitCode::from(Error::from(*e).exit_code())
            }
            Self::Amended(text) => {
                say_in_colour(&text);
                ExitCode::from(Error::Input(text).exit_code())
            }
            Self::Unread(e, advice) => {
                say(&format!("error: {e}\n       {advice}"));
                ExitCode::from(e.exit_code())
            }
            // the reader has what it wanted: `buffycoat schema | head`
            Self::Stdout(e) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Stdout(e) => {
                let e = Error::disk("standard output")(e);
                say(&format!("error: {e}"));
                if atomic::named() {
                    say("       the files were written and are complete; only the text about them is lost");
                }
                ExitCode::from(e.exit_code())
            }
            Self::Stopped => ExitCode::from(STOPPED),
        }
    }
}

/// What to do about it, where that is not part of the message.
fn advice(e: &Error, place: Option<&str>) -> Option<String> {
    let elsewhere = place.map(|option| format!("choose another folder with {option}"));
    match e {
        Error::Disk { source, .. } => match (source.kind(), e.of_room()) {
            (io::ErrorKind::FileTooLarge, advice) => advice.map(str::to_owned),
            (_, Some(advice)) => {
                Some(elsewhere.map_or(advice.into(), |other| format!("{advice}, or {other}")))
            }
            // these say it themselves
            (io::ErrorKind::ResourceBusy | io::ErrorKind::Other, None) => None,
            (_, None) => elsewhere,
        },
        Error::Device(_) => Some("`buffycoat doctor` says what this machine has".into()),
        _ => None,
    }
}

/// True if standard error is a terminal that wants colours.
pub fn colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// A panic is a defect of this program: say so briefly, with the place, and how to see more.
pub fn install_panic_hook() {
    let detailed = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let what = info
            .payload()
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| info.payload().downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic".into());
        let place = info
            .location()
            .map_or_else(String::new, |l| format!(" at {}:{}", within(l.file()), l.line()));
        say(&format!("error: {}", Error::Internal(what + &place)));
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|v| v != "0") {
            detailed(info);
        } else {
            say("       set RUST_BACKTRACE=1 to see more");
        }
    }));
}

/// A source file by its package and place there, not by where it was when the program was built.
fn within(file: &str) -> &str {
    let begin = file.rfind("/src/").and_then(|i| file[..i].rfind('/'));
    match begin {
        Some(i) if file.starts_with('/') || file.contains(":") => &file[i + 1..],
        _ => file,
    }
}
