//! The program where the machine around it sets limits: signals, file sizes, folders.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program in `folder`, behind what a shell does before it (`exec` keeps its process).
fn behind(shell: &str, folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_buffycoat");
    command
        .args(["-c", &format!("{shell}; exec '{program}' {arguments}")])
        .current_dir(folder)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    dispositions(&mut command);
    command
}

/// What a child does on a signal is not what whoever runs the tests has set: `nohup` leaves a hang-up ignored.
pub fn dispositions(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    let default = || {
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGTERM, libc::SIGXFSZ] {
            // SAFETY: it may be called between fork and exec, and sets no handler
            if unsafe { libc::signal(signal, libc::SIG_DFL) } == libc::SIG_ERR {
                return Err(std::io::Error::last_os_error());
            }
        }
        Ok(())
    };
    // SAFETY: the closure allocates nothing and only calls `signal`
    unsafe { command.pre_exec(default) };
}

pub fn signal(child: &Child, which: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([which, &id])
            .status()
            .unwrap()
            .success()
    );
}

/// A run that goes on for long enough to be told something, once it has begun its files.
fn long_run(shell: &str, folder: &Path) -> Child {
    let mut child = behind(
        shell,
        folder,
        "run --quiet --parcels 2000000 --backend cpu --out new/deep",
    )
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    let begun = || std::fs::read_dir(folder.join("new/deep")).is_ok_and(|mut list| list.next().is_some());
    while !begun() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child
}

/// `nohup buffycoat run` outlives its terminal; without `nohup` that ends it, and what it made goes.
#[test]
fn an_ignored_hangup_stays_ignored() {
    for (shell, then) in [("trap '' HUP", Some("-TERM")), (":", None)] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = long_run(shell, folder.path());
        signal(&child, "-HUP");
        if let Some(then) = then {
            std::thread::sleep(std::time::Duration::from_millis(300));
            assert!(child.try_wait().unwrap().is_none(), "it did not survive");
            signal(&child, then);
        }
        assert_eq!(child.wait().unwrap().code(), Some(130), "{shell}");
        assert!(
            !folder.path().join("new").exists(),
            "{shell}: an empty folder stays"
        );
    }
}

/// At the second signal there is no time to drop anything; the folder goes all the same.
#[test]
fn ending_at_once_removes_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = long_run(":", folder.path());
    for _ in 0..2 {
        signal(&child, "-INT");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!folder.path().join("new").exists());
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A file beyond the limit of the process is an error of the disk, not the end of the program.
#[test]
fn a_file_larger_than_allowed() {
    let folder = tempfile::tempdir().unwrap();
    // 100 blocks of 512 or 1024 bytes; the profile takes two million
    let output = behind(
        "ulimit -f 100",
        folder.path(),
        "run --quiet --parcels 30000 --backend cpu --out new",
    )
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stderr(&output).contains("profile.csv"), "{}", stderr(&output));
    assert!(!folder.path().join("new").exists());
}

/// The table says by which of the two, bins or grid, boundaries are known; fewer parcels than species are more than asked.
#[test]
fn what_is_said_of_the_resolution() {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../examples/scenes/whole_blood.toml");
    for (bins, word) in [
        ("260", "resolved to a grid cell of 250 um"),
        ("26", "resolved to a profile bin of 2.5 mm"),
    ] {
        std::fs::write(
            folder.path().join("mine.toml"),
            text.replace("bins = 260", &format!("bins = {bins}")),
        )
        .unwrap();
        let output = behind(
            ":",
            folder.path(),
            "run mine.toml --quiet --parcels 26000 --backend cpu",
        )
        .output()
        .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(word), "{said}\n{}", stderr(&output));
    }
    let output = behind(
        ":",
        folder.path(),
        "run mine.toml --quiet --parcels 1 --backend cpu",
    )
    .output()
    .unwrap();
    assert!(
        stderr(&output).contains("5 parcels are run, not 1"),
        "{}",
        stderr(&output)
    );
}

/// Of the cases that are listed some are run and some are not, and the list says which.
#[test]
fn cases_say_whether_they_are_run() {
    let output = behind(":", Path::new("."), "list cases").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let run = said.matches("run by `validate`)").count();
    assert_eq!(run, buffycoat::validate::ALL.len());
    assert_eq!(
        run + said.matches("not run yet)").count(),
        buffycoat::library::cases().unwrap().len()
    );
}

/// Fields, pictures, pages and movies within a limit of file sizes: an error of the disk, and nothing is left.
#[test]
fn other_files_larger_than_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let run = "run --quiet --parcels 20000 --backend cpu --out o";
    assert!(behind(":", folder.path(), run).output().unwrap().status.success());
    for arguments in [
        "report o -o new/page.html",
        "report o --svg -o new/page.html",
        "render whole_blood --backend cpu -q --parcels 20000 --every '400 s' --size 320x320 --movie new/a.gif",
        "field rack_separation --backend cpu --grid 33x33x129 -o new/field.csv",
        "render dilute_platelets --backend cpu -q --parcels 2000 --at '1 s' -o new/a.png",
    ] {
        // 8 blocks of 512 or 1024 bytes
        let output = behind("ulimit -f 8", folder.path(), arguments).output().unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(4), "{arguments}: {said}");
        assert!(said.contains("new/"), "{arguments}: {said}");
        assert!(!folder.path().join("new").exists(), "{arguments}");
    }
}

/// A run whose picture cannot have its name leaves the profile and the summary of the run before as they were.
#[test]
fn results_change_together_or_not_at_all() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let old = ["profile.csv", "summary.json"].map(|f| folder.path().join(f));
    let before = r#"{"program":"buffycoat","schema":1,"of":"the run before"}"#;
    for file in &old {
        std::fs::write(file, before).unwrap();
    }
    let arguments = "run --parcels 30000 --backend cpu --out .";
    let mut child = behind(":", folder.path(), arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.by_ref().any(|l| l.unwrap().contains("parcels on")));
    // past the check before the run
    std::fs::create_dir(folder.path().join("final.png")).unwrap();
    assert_eq!(
        child.wait().unwrap().code(),
        Some(4),
        "{:?}",
        lines.collect::<Vec<_>>()
    );
    assert!(
        old.iter()
            .all(|file| std::fs::read(file).unwrap() == before.as_bytes())
    );
    assert_eq!(
        crate::names(folder.path()),
        ["final.png", "profile.csv", "summary.json"]
    );
}
