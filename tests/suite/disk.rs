//! F2. Disks that are full and files that may not grow, at every size of every file that a command writes.
//!
//! A limit is tried in two ways. `RLIMIT_FSIZE` bounds each file, to the byte, and needs no rights. A file system in memory bounds all of
//! them together, by pages of 4 KiB; it is mounted where only the program sees it, which root may do, and many systems let everybody.
//! A command has either done its work or ends with 4, says which file and what to do, and leaves what was there before, to the byte.

use crate::small_run::{SCENE, good, home, program, run};
use crate::text;
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a folder holds at any depth: names and contents.
type Tree = BTreeMap<String, Vec<u8>>;

fn tree(folder: &Path) -> Tree {
    fn walk(top: &Path, folder: &Path, out: &mut Tree) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(top, &path, out);
            } else {
                let name = path.strip_prefix(top).unwrap().display().to_string();
                out.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut out = Tree::new();
    walk(folder, folder, &mut out);
    out
}

/// Pages of a file system in memory that a tree takes.
fn pages(tree: &Tree) -> usize {
    tree.values().map(|bytes| bytes.len().div_ceil(PAGE)).sum()
}

const PAGE: usize = 4096;

/// A command that writes.
struct Writer {
    /// What it is, for people.
    name: &'static str,
    arguments: &'static [&'static str],
    /// A file that is there only when all was written.
    last: &'static str,
    /// Single pictures may stay where no movie can be made of them; the message counts them.
    pictures: bool,
}

/// Every command that writes, with few parcels. The folder `o` holds an earlier run with its page and pictures.
const WRITERS: [Writer; 9] = [
    Writer {
        name: "run",
        arguments: &[
            "run",
            "scene.toml",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--out",
            "new",
        ],
        last: "new/summary.json",
        pictures: false,
    },
    Writer {
        name: "run over an earlier one, with pictures",
        arguments: &[
            "run",
            "film.toml",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--out",
            "o",
            "--seed",
            "5",
            "--set",
            "output.frames.every=10 s",
        ],
        last: "o/frames/0002.png",
        pictures: false,
    },
    Writer {
        name: "run of a separator",
        arguments: &[
            "run",
            "microchannel",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--parcels",
            "60",
            "--set",
            "duct.grid=[9, 5, 33]",
            "--set",
            "duration=1 s",
            "--out",
            "new",
        ],
        last: "new/summary.json",
        pictures: false,
    },
    Writer {
        name: "report",
        arguments: &["report", "o"],
        last: "o/report.html",
        pictures: false,
    },
    Writer {
        name: "report with its plots",
        arguments: &["report", "o", "--svg", "-o", "new/page.html"],
        last: "new/page.html",
        pictures: false,
    },
    Writer {
        name: "field",
        arguments: &[
            "field",
            "rack_separation",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "--grid",
            "9x9x17",
            "-o",
            "new/field.csv",
        ],
        last: "new/field.csv",
        pictures: false,
    },
    Writer {
        name: "render",
        arguments: &[
            "render",
            "scene.toml",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--size",
            "320x320",
            "-o",
            "new/a.png",
        ],
        last: "new/a.png",
        pictures: false,
    },
    Writer {
        name: "render of a movie",
        arguments: &[
            "render",
            "scene.toml",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--size",
            "320x320",
            "--every",
            "5 s",
            "--movie",
            "new/a.gif",
        ],
        last: "new/a.gif",
        pictures: false,
    },
    Writer {
        name: "render of a movie without ffmpeg",
        arguments: &[
            "render",
            "scene.toml",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--size",
            "320x320",
            "--every",
            "5 s",
            "--movie",
            "new/a.mp4",
        ],
        last: "new/a.frames/00005.png",
        pictures: true,
    },
];

/// A folder with the scene and an earlier run.
fn before() -> tempfile::TempDir {
    let home = home();
    let frames = "[output]\nframes = { every = \"20 s\", size = \"320x320\" }\n";
    std::fs::write(home.path().join("film.toml"), SCENE.replace("[output]\n", frames)).unwrap();
    good(&run(home.path(), "film.toml", &["--out", "o"]));
    good(&program(home.path()).args(["report", "o"]).output().unwrap());
    // as one of another version would be
    let page = home.path().join("o/report.html");
    std::fs::write(&page, std::fs::read_to_string(&page).unwrap() + "<!-- older -->").unwrap();
    home
}

/// A copy of a tree.
fn lay(tree: &Tree, to: &Path) {
    for (name, bytes) in tree {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Where there is no ffmpeg.
fn bare(command: &mut Command) {
    command.env("PATH", "/none");
}

/// The command in a folder whose files may have so many bytes each.
fn each_of(bytes: u64, writer: &Writer, old: &Tree) -> (Output, Tree) {
    let folder = tempfile::tempdir().unwrap();
    lay(old, folder.path());
    let mut command = program(folder.path());
    bare(command.args(writer.arguments));
    let limit = move || {
        let most = libc::rlimit {
            rlim_cur: bytes,
            rlim_max: bytes,
        };
        // SAFETY: it may be called between fork and exec, and reads one struct
        match unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const most) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        }
    };
    // SAFETY: the closure allocates nothing and only calls `setrlimit`
    unsafe { command.pre_exec(limit) };
    (command.output().unwrap(), tree(folder.path()))
}

/// Mounts a file system of `$1` pages on `$2`, fills it with `$3`, runs the rest in it, and copies what is there to `$4`.
const IN_MEMORY: &str = r#"mount -t tmpfs -o size="$(($1 * 4))k" none "$2" && cp -R "$3/." "$2" || exit 99
to=$2 back=$4; shift 4; cd "$to" || exit 99
PATH=/none "$@"; code=$?
cp -R "$to/." "$back" || exit 99
exit $code"#;

/// The command on a disk with so many free pages; none where nobody may mount one.
fn all_in(free: usize, writer: &Writer, old: &Tree) -> Option<(Output, Tree)> {
    let [disk, from, back] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    lay(old, from.path());
    for rights in [&["-m"][..], &["-m", "-U", "-r"]] {
        let mut command = Command::new("unshare");
        command
            .args(rights)
            .args(["sh", "-c", IN_MEMORY, "sh", &(pages(old) + free).to_string()])
            .args([disk.path(), from.path(), back.path()])
            .arg(env!("CARGO_BIN_EXE_buffycoat"))
            .args(writer.arguments)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null());
        crate::cli_limits::dispositions(&mut command);
        let Ok(output) = command.output() else { continue };
        // 1 is what `unshare` itself ends with
        if !matches!(output.status.code(), Some(1 | 99)) {
            return Some((output, tree(back.path())));
        }
    }
    None
}

/// Whether the command has done its work; panics where it has neither done it nor left all as it was.
fn whole(writer: &Writer, limit: &str, (output, mut after): (Output, Tree), old: &Tree) -> bool {
    let said = text(&output);
    let what = format!("{}, {limit}", writer.name);
    let parts = after.keys().filter(|n| n.contains(".buffycoat")).count();
    assert_eq!(parts, 0, "{what}: {:?}: {said}", after.keys());
    if output.status.success() {
        assert!(
            after.contains_key(writer.last),
            "{what}: {:?}: {said}",
            after.keys()
        );
        hashes(&after, &what);
        return true;
    }
    assert_eq!(output.status.code(), Some(4), "{what}: {said}");
    let folder = writer.last.split('/').next().unwrap();
    let advice = ["make room", "`ulimit -f`"]
        .iter()
        .any(|word| said.contains(word));
    assert!(said.contains(&format!("{folder}/")) && advice, "{what}: {said}");
    if writer.pictures {
        let whole = after.keys().filter(|n| n.starts_with("new/a.frames/")).count();
        let counted = said.contains(&format!("{} of it", buffycoat::units::counted(whole, "picture")));
        assert!(whole == 0 || counted, "{what}: {whole} pictures: {said}");
        after.retain(|name, bytes| {
            let picture = name.starts_with("new/a.frames/");
            assert!(
                !picture || image::load_from_memory(bytes).is_ok(),
                "{what}: {name} is cut off"
            );
            !picture
        });
    }
    assert!(&after == old, "{what}: {:?}: {said}", after.keys());
    false
}

/// Every file of a run has the hash that its summary gives it.
fn hashes(after: &Tree, what: &str) {
    for (name, summary) in after.iter().filter(|(name, _)| name.ends_with("summary.json")) {
        let summary: serde_json::Value = serde_json::from_slice(summary).unwrap();
        for (file, hash) in summary["record"]["files"].as_object().unwrap() {
            let bytes = &after[&name.replace("summary.json", file)];
            assert_eq!(blake3::hash(bytes).to_hex().as_str(), hash, "{what}: {file}");
        }
    }
}

/// F2. Every command with `bytes` limits of the size of a file, from none to more than any has, and up to `disks` sizes of a disk, from no
/// free page to enough. With more than ten the edges of every file are among them.
pub fn full_disks(bytes: usize, disks: usize) {
    let before = before();
    let old = tree(before.path());
    let (mut refused, mut done, mut mounted) = (0, 0, 0);
    for writer in &WRITERS {
        let (output, after) = each_of(libc::RLIM_INFINITY, writer, &old);
        assert!(whole(writer, "no limit", (output, after.clone()), &old));
        let mut sizes: Vec<usize> = after
            .iter()
            .filter(|(name, bytes)| old.get(*name) != Some(*bytes))
            .map(|(_, bytes)| bytes.len())
            .collect();
        sizes.sort_unstable();
        let largest = sizes[sizes.len() - 1];
        let mut limits: Vec<usize> = (0..bytes).map(|i| i * largest / bytes).collect();
        // of a table that is compressed nowhere a byte less is a byte too few
        limits.extend([largest - 1, largest + 64]);
        if bytes > 10 {
            limits.extend(sizes.iter().flat_map(|s| [s - 1, *s, s + 1]));
        }
        let mut smaller = 0;
        for limit in limits {
            let told = each_of(limit as u64, writer, &old);
            let fits = whole(writer, &format!("{limit} bytes a file"), told, &old);
            // the wall clock and the memory of a run stand in its summary: it is as long to a few bytes
            assert!(
                fits || limit < largest + 64,
                "{}: {limit} bytes are enough",
                writer.name
            );
            assert!(
                !fits || limit + 64 >= largest,
                "{}: {limit} bytes are too few",
                writer.name
            );
            *(if fits { &mut done } else { &mut refused }) += 1;
            smaller += usize::from(!fits);
        }
        assert!(smaller > 0, "{}: no limit was too small", writer.name);
        // new files are there beside the old ones, and a journal of them
        let new = after
            .iter()
            .filter(|(name, bytes)| old.get(*name) != Some(*bytes));
        let enough = pages(&new.map(|(n, b)| (n.clone(), b.clone())).collect()) + 2;
        let tried = disks.min(enough);
        for i in 0..=tried {
            let free = i * enough / tried;
            let Some(told) = all_in(free, writer, &old) else {
                break;
            };
            mounted += 1;
            let fits = whole(writer, &format!("{free} pages"), told, &old);
            assert!(fits || i < tried, "{}: {free} pages are enough", writer.name);
            *(if fits { &mut done } else { &mut refused }) += 1;
        }
    }
    println!(
        "F2: {} limits for {} commands, {mounted} of them full disks: {refused} refused with the file and what to do, {done} done",
        refused + done,
        WRITERS.len(),
    );
    if mounted == 0 {
        println!("F2: nobody may mount a file system in memory here; files were bounded one by one only");
    }
}

#[test]
fn f2_full_disks() {
    full_disks(1, 2);
}

/// Standard output that takes no more: 4 and its name, and what a command has written by then stays.
#[test]
fn f2_a_full_standard_output() {
    let home = before();
    let old = tree(home.path());
    let others: [&[&str]; 7] = [
        &["list", "species"],
        &["schema"],
        &["keys"],
        &["check", "scene.toml"],
        &["doctor"],
        &["--list-devices"],
        &[
            "run",
            "scene.toml",
            "--backend",
            "cpu",
            "-q",
            "--json",
            "--out",
            "new",
        ],
    ];
    let all: Vec<&[&str]> = WRITERS.iter().map(|w| w.arguments).chain(others).collect();
    for (index, arguments) in all.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        lay(&old, folder.path());
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = program(folder.path());
        bare(command.args(*arguments).stdout(full));
        let output = command
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        let said = text(&output);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {said}");
        assert!(
            said.contains("standard output: ") && !said.contains("panicked"),
            "{arguments:?}: {said}"
        );
        let after = tree(folder.path());
        assert!(
            after.keys().all(|n| !n.contains(".buffycoat")),
            "{arguments:?}: {:?}",
            after.keys()
        );
        hashes(&after, &format!("{arguments:?}"));
        let wrote = all.len() - index <= 1 || index < WRITERS.len();
        assert_eq!(
            said.contains("the files were written"),
            wrote,
            "{arguments:?}: {said}"
        );
    }
    println!("F2: {} commands with a full standard output, all told", all.len());
}
