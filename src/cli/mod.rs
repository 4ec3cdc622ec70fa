//! The program: it knows paths, events and the terminal, and hands everything else to the library.

mod channel;
mod check;
mod count;
mod doctor;
mod failure;
mod field;
mod frames;
mod interrupt;
mod keys;
mod list;
mod movie;
mod options;
mod picture;
mod place;
mod prepare;
mod progress;
mod prove;
mod report;
mod results;
mod run;
mod starved;
mod text;
mod trial;
#[cfg(feature = "window")]
mod view;

use buffycoat::plain;
use clap::{Parser, Subcommand};
use failure::Failure;
pub use starved::Remembering;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Spins blood in a centrifuge: where plasma, buffy coat and red cells end up, how pure they are, and how long it
/// takes. Without a command it runs the bundled scene, a tube of whole blood.
#[derive(Debug, Parser)]
#[command(name = "buffycoat", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// Lists processors and graphics adapters, and which one `auto` picks
    #[arg(long, global = true)]
    list_devices: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 a defect of this program, 2 the input cannot be run, 3 the run went \
                          wrong numerically, 4 a file could not be read or written, 5 no device or not enough \
                          memory, 6 a tolerance was missed, 130 stopped by the user.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a scene and writes summary.json, tables as .csv, final.png and a copy of the scene
    Run(run::Options),
    /// Opens a window on a scene: play, pause, change the rotor's speed, look from all sides
    #[cfg(feature = "window")]
    View(view::Options),
    /// Takes a picture of a scene at a moment of its run, or makes a movie of it
    Render(picture::Options),
    /// Writes one page about a finished run, with plots and how far to trust it: report.html in its folder
    Report(report::Options),
    /// Validates a scene and prints what follows from it: forces, velocities, steps, memory, run time
    Check(check::Options),
    /// Computes the field of a separator's magnets on a grid over its duct
    Field(field::Options),
    /// Compares every kernel with its f64 twin on this machine's devices
    Verify(prove::VerifyOptions),
    /// Runs published and exact cases through the engine and compares with what should come out
    Validate(prove::ValidateOptions),
    /// Measures parcel-steps a second, CPU beside GPU
    Bench(prove::BenchOptions),
    /// Prints the JSON Schema of a scene, for editors
    Schema,
    /// Prints every table and key of a scene as Markdown, or those of one table
    Keys(keys::Options),
    /// Prints what the library knows, with sources; what is not verified says so
    List(list::Options),
    /// Looks at this machine: processor, memory, graphics adapters, and which back-end `auto` picks
    Doctor,
}

impl Arguments {
    /// The option that says where files go.
    fn place(&self) -> Option<&'static str> {
        match &self.command {
            None | Some(Command::Run(_)) => Some("--out"),
            Some(Command::Render(options)) => Some(options.place()),
            Some(Command::Report(_) | Command::Field(_)) => Some("--output"),
            Some(_) => None,
        }
    }
}

/// Runs the program: the one place where errors become text and exit codes.
pub fn main() -> ExitCode {
    failure::install_panic_hook();
    interrupt::catch();
    starved::catch();
    buffycoat::engine::on_silence(|text| say(&format!("warning: {text}")));
    quiet_driver();
    // the hook has said what there is to say of a panic
    let result = catch_unwind(AssertUnwindSafe(|| {
        let arguments = Arguments::parse();
        let place = arguments.place();
        dispatch(arguments).map_err(|failure| (failure, place))
    }));
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err((failure, place))) => failure.report(place),
        Err(_) => ExitCode::from(1),
    }
}

/// Without a desktop a layer of Mesa's Vulkan drivers complains on standard error, for every device opened, that
/// XDG_RUNTIME_DIR is not set. It chooses among graphics cards by asking the desktop; without one there is none to ask.
fn quiet_driver() {
    if cfg!(target_os = "linux") && std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: nothing else runs yet that could read the environment
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    if arguments.list_devices {
        return doctor::devices();
    }
    use Command::{Doctor, Keys, List, Report, Schema};
    let light = matches!(
        arguments.command,
        Some(Schema | Keys(_) | List(_) | Report(_) | Doctor)
    );
    if !light {
        threads()?;
    }
    match arguments.command {
        None => run::run(&run::Options::default()),
        Some(Command::Run(options)) => run::run(&options),
        #[cfg(feature = "window")]
        Some(Command::View(options)) => view::view(&options),
        Some(Command::Render(options)) => picture::render(&options),
        Some(Command::Report(options)) => report::report(&options),
        Some(Command::Check(options)) => check::check(&options),
        Some(Command::Field(options)) => field::field(&options),
        Some(Command::Schema) => {
            let schema = serde_json::to_string_pretty(&buffycoat::scenario::json_schema())
                .map_err(|e| buffycoat::Error::Internal(e.to_string()))?;
            print(&(schema + "\n"))
        }
        Some(Command::Keys(options)) => keys::keys(&options),
        Some(Command::List(options)) => list::list(&options),
        Some(Command::Verify(options)) => prove::verify(&options),
        Some(Command::Validate(options)) => prove::validate(&options),
        Some(Command::Bench(options)) => prove::bench(&options),
        Some(Command::Doctor) => doctor::doctor(),
    }
}

/// Starts the threads that computing is shared among. Later nobody could be told that there are none.
fn threads() -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new().build_global().map_err(|e| {
        let said = format!(
            "the system starts no threads ({e}); close other programs, or raise the limits of the shell (`ulimit -v`, `ulimit -u`)"
        );
        buffycoat::Error::Device(said).into()
    })
}

/// Writes to standard output. A reader that went away ends the program quietly.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(plain::lines(text).as_bytes())
        .and_then(|()| out.flush())
        .map_err(Failure::Stdout)
}

/// Writes a line to standard error; there is nobody to tell if that fails.
fn say(line: &str) {
    say_in_colour(&plain::lines(line));
}

/// The same for what was made for a terminal, with its colours.
fn say_in_colour(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
