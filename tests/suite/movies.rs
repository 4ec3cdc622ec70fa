//! Movies through the whole program: a GIF, and what becomes of an MP4 with ffmpeg, without it, and with one that fails.

use crate::{names, text};
use image::AnimationDecoder;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A movie of the bundled scene, with `path` for the programs that can be found.
fn movie(out: &Path, path: Option<&Path>, more: &[&str]) -> Output {
    movie_of(["whole_blood", "20000"], out, path, more)
}

/// A movie of a scene with so many parcels.
fn movie_of([scene, parcels]: [&str; 2], out: &Path, path: Option<&Path>, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buffycoat"));
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command
        .stdin(Stdio::null())
        .args(["render", scene, "--parcels", parcels, "--backend", "cpu"])
        .args(["-q", "--movie"])
        .arg(out)
        .args(more);
    if !more.contains(&"--size") {
        command.args(["--size", "320x320"]);
    }
    command.output().unwrap()
}

/// A GIF has as many pictures as there are moments, they differ, and together they last as long as was asked for: 6 at 40 a second
/// 0.15 s, though a picture stays for whole hundredths.
#[test]
fn a_movie_moves() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/blood.gif");
    let output = movie(&out, None, &["--every", "200 s", "--fps", "40"]);
    assert!(output.status.success(), "{}", text(&output));
    let file = std::io::BufReader::new(std::fs::File::open(&out).unwrap());
    let frames = image::codecs::gif::GifDecoder::new(file)
        .unwrap()
        .into_frames()
        .collect_frames()
        .unwrap();
    // 0, 200, 400, 600, 800 s, and the end at 810 s
    assert_eq!(frames.len(), 6, "{}", text(&output));
    assert!(frames.windows(2).all(|f| f[0].buffer() != f[1].buffer()));
    let stays = frames.iter().map(|f| f.delay().numer_denom_ms());
    assert_eq!(stays.map(|(n, d)| n / d).sum::<u32>(), 150);
    assert!(text(&output).contains("6 pictures"));
    assert_eq!(names(&folder.path().join("deep")), ["blood.gif"]);
}

/// The colours of an MP4 are those of squares of two by two pixels.
#[test]
fn an_odd_mp4_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.mp4");
    let output = movie(&out, None, &["--size", "641x480"]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("641x480") && said.contains("640x480"), "{said}");
    assert!(names(folder.path()).is_empty());
}

/// A program of this name that a shell runs.
#[cfg(unix)]
fn stub(folder: &Path, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("ffmpeg");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder.to_owned()
}

/// Where there is no ffmpeg the pictures are there, in a folder of their own, and the command that makes a movie of them is
/// printed as a shell reads it, whatever their folder is called.
#[cfg(unix)]
#[test]
fn without_ffmpeg_there_are_pictures_and_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let within = folder.path().join("a folder; (it's 100 %d)");
    std::fs::create_dir_all(within.join("blood.frames")).unwrap();
    std::fs::write(within.join("blood.frames/00077.png"), "somebody's own").unwrap();
    std::fs::write(within.join("blood.frames/notes.txt"), "somebody's own").unwrap();
    let out = within.join("blood.mp4");
    let output = movie(&out, Some(folder.path()), &["--every", "400 s", "--fps", "7"]);
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    // 0, 400, 800 s, and the end at 810 s
    assert_eq!(names(&within.join("blood.frames")), ["00077.png", "notes.txt"]);
    assert_eq!(
        names(&within.join("blood.frames_2")),
        ["00001.png", "00002.png", "00003.png", "00004.png"]
    );
    let line = said.lines().find(|l| l.trim().starts_with("ffmpeg -")).unwrap();
    let bin = stub(
        &folder.path().join("bin"),
        &format!("printf '%s\\n' \"$@\" > '{}/told'", folder.path().display()),
    );
    let ran = Command::new("/bin/sh")
        .env("PATH", bin)
        .args(["-c", line])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{line}: {}", text(&ran));
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    let told: Vec<&str> = told.lines().collect();
    let frames = within.join("blood.frames_2/%05d.png").display().to_string();
    // to ffmpeg two percent signs are one
    assert_eq!(
        told[..4],
        ["-framerate", "7", "-i", &frames.replace("100 %d", "100 %%d")]
    );
    assert_eq!(told.last().copied(), Some(out.display().to_string().as_str()));
    assert!(told.iter().all(|word| !word.contains("ceil")), "{told:?}");
}

/// An ffmpeg that ends early, after it took all, or that never reads: its name and status are said, and nothing is left.
#[cfg(unix)]
#[test]
fn an_ffmpeg_that_fails_is_named() {
    for (what, how) in [
        ("exit 3", "status: 3"),
        ("/bin/cat > /dev/null; exit 3", "status: 3"),
        // killed from outside, at once, after some pictures and after all, with half a movie in its file
        ("kill -9 $$", "signal: 9"),
        (
            "for out; do :; done; echo half > \"$out\"; /bin/dd bs=1000 count=100 > /dev/null; kill -9 $$",
            "signal: 9",
        ),
        (
            "for out; do :; done; echo half > \"$out\"; /bin/cat > /dev/null; kill -9 $$",
            "signal: 9",
        ),
        // a disk that is full for ffmpeg
        (
            "/bin/cat > /dev/null; echo 'No space left on device' >&2; exit 228",
            "status: 228",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let bin = stub(&folder.path().join("bin"), what);
        let out = folder.path().join("blood.mp4");
        let output = movie_of(
            ["dilute_platelets", "2000"],
            &out,
            Some(&bin),
            &["--every", "30 s"],
        );
        let said = text(&output);
        assert_eq!(output.status.code(), Some(4), "{what}: {said}");
        for word in ["blood.mp4", "ffmpeg", how, ".gif"] {
            assert!(said.contains(word), "{what}: `{word}` is missing: {said}");
        }
        assert!(!said.contains("roken pipe"), "{what}: {said}");
        assert_eq!(names(folder.path()), ["bin"], "{what}");
    }
}

/// A movie that was stopped leaves the pictures that an ffmpeg elsewhere would have got, and says so.
#[cfg(unix)]
#[test]
fn a_stopped_movie_says_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .env("PATH", folder.path())
        .args([
            "render",
            "whole_blood",
            "--backend",
            "cpu",
            "-q",
            "--size",
            "320x320",
        ])
        .args(["--every", "1 s", "--movie"])
        .arg(folder.path().join("blood.mp4"))
        .spawn()
        .unwrap();
    let frames = folder.path().join("blood.frames");
    while !frames.join("00002.png").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended without pictures");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let stopped = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    let output = child.wait_with_output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let words = format!("{} pictures of it are in", names(&frames).len());
    assert!(
        said.contains("no movie was made") && said.contains(&words),
        "{said}"
    );
}

/// An ffmpeg of its own is ended, and its file removed, by a signal that comes while it finishes or a second one; the file has a name
/// that is nobody else's, and somebody's own `blood.mp4.part` stays.
#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_of_an_unfinished_mp4() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let fifo = at.join("bin/began");
    // takes all pictures, says so, and needs long for the rest; told to end it would begin its file anew
    let bin = stub(
        &at.join("bin"),
        &format!(
            "for out; do :; done; echo half > \"$out\"; /bin/cat > /dev/null; echo \"$out\" > '{}'; i=0; \
             while [ $i -lt 600 ]; do /bin/sleep 0.05; i=$((i+1)); done; echo whole > \"$out\"",
            fifo.display()
        ),
    );
    std::fs::write(at.join("blood.mp4.part"), "somebody's own").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .env("PATH", &bin)
        .args([
            "render",
            "whole_blood",
            "--parcels",
            "20000",
            "--backend",
            "cpu",
            "-q",
        ])
        .args(["--size", "320x320", "--every", "400 s", "--movie"])
        .arg(at.join("blood.mp4"))
        .spawn()
        .unwrap();
    while !std::fs::read_to_string(&fifo).is_ok_and(|told| told.ends_with('\n')) {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let part = std::fs::read_to_string(&fifo).unwrap();
    assert!(Path::new(part.trim()).exists());
    let told = std::time::Instant::now();
    let stopped = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    let code = child.wait().unwrap().code();
    assert!(
        told.elapsed() < std::time::Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
    assert_eq!(code, Some(130));
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(names(at), ["bin", "blood.mp4.part"]);
    assert_eq!(
        std::fs::read_to_string(at.join("blood.mp4.part")).unwrap(),
        "somebody's own"
    );
}

/// A movie that ffmpeg has made has the name that was asked for, for whoever may read its folder, and nothing is beside it.
#[cfg(unix)]
#[test]
fn a_finished_mp4_has_its_name() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let bin = stub(
        &folder.path().join("bin"),
        "for out; do :; done; /bin/cat > /dev/null; echo whole > \"$out\"",
    );
    let out = folder.path().join("deep/blood.mp4");
    let output = movie(&out, Some(&bin), &["--every", "400 s"]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(names(&folder.path().join("deep")), ["blood.mp4"]);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "whole\n");
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "").unwrap();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode();
    assert_eq!(mode(&out), mode(&plain));
}
