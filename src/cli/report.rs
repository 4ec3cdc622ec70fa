//! `buffycoat report`: a page about a finished run.

use super::failure::Failure;
use super::place::{ending, spare};
use super::{print, say};
use buffycoat::output::atomic;
use buffycoat::output::folder::{SUMMARY, hold};
use buffycoat::report::Report;
use buffycoat::{Error, memory};
use clap::Args;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Folder of a finished run, such as out/whole_blood
    #[arg(value_name = "OUT_DIR")]
    folder: PathBuf,
    /// The page; an older one is replaced [default: report.html in OUT_DIR]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Writes the plots as files, too: plot_NAME.svg beside the page
    #[arg(long)]
    svg: bool,
}

pub fn report(options: &Options) -> Result<(), Failure> {
    // their text, their numbers, and the page with its plots
    let read = [
        "profile.csv",
        "counts.csv",
        "surface.csv",
        "mobility.csv",
        "final.png",
        SUMMARY,
    ];
    let bytes: u64 = read
        .iter()
        .filter_map(|name| std::fs::metadata(options.folder.join(name)).ok())
        .map(|m| m.len())
        .sum();
    memory::of_work(
        &format!("a report of {}", options.folder.display()),
        memory::RUN_BYTES + 4 * bytes,
        "close other programs, or run the scene with fewer samples or bins in [output]",
        memory::available(),
    )?;
    let report = Report::of(&options.folder).map_err(|e| unread(&options.folder, e))?;
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
    let page = options
        .output
        .clone()
        .unwrap_or_else(|| options.folder.join("report.html"));
    let beside = |name: &str| page.with_file_name(format!("plot_{name}.svg"));
    let plots = report.plots.iter().filter(|_| options.svg);
    for path in plots.map(|p| beside(p.0)).chain([page.clone()]) {
        spare(&path, &report.sources)?;
    }
    ending(&page, &["html"], "a report is")?;
    // a run that begins now would not know of the page
    let home = page
        .parent()
        .filter(|f| !f.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let hold = match home.join(SUMMARY).is_file() {
        true => Some(hold(home)?),
        false => None,
    };
    report.unchanged(&options.folder)?;
    let mut files = Vec::new();
    let mut list = format!("report  {}\n", page.display());
    if options.svg {
        for (name, text) in &report.plots {
            let path = beside(name);
            list.push_str(&format!("plot    {}\n", path.display()));
            files.push(atomic::prepare(path, |out| out.write_all(text.as_bytes()))?);
        }
    }
    files.push(atomic::prepare(&page, |out| {
        out.write_all(report.html.as_bytes())
    })?);
    // all or none: a new page beside older plots would show another run
    atomic::publish(files)?;
    drop(hold);
    print(&list)
}

/// What to do about a folder that holds no run.
fn unread(folder: &Path, e: Error) -> Failure {
    let (path, kind) = match &e {
        Error::Disk { path, source } => (path, source.kind()),
        _ => return e.into(),
    };
    let usual = Path::new("out").join(folder);
    let advice = if kind == ErrorKind::NotFound && !folder.exists() && usual.is_dir() {
        format!("did you mean {}?", usual.display())
    } else if folder.is_file() {
        "a folder is needed, that of a finished run, such as out/whole_blood".to_owned()
    } else if kind == ErrorKind::NotFound {
        let expected = if path.ends_with("summary.json") || path == folder {
            "the folder of a finished run has summary.json and final.png, and profile.csv or, of a separator, counts.csv, \
             surface.csv and mobility.csv"
        } else {
            "a file of the run is missing"
        };
        format!("{expected}; `buffycoat run` writes them, by default into out/<scene>")
    } else if kind == ErrorKind::PermissionDenied {
        "this user may not read it".into()
    } else {
        "no page was written".into()
    };
    Failure::Unread(e, advice)
}
