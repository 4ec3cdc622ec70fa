//! Files under their final name, or none.

use super::*;

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(99, Iterator::count)
}

#[test]
fn appears_when_finished() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("deep/er/file.txt");
    let mut file = AtomicFile::create(&path).map_err(io::Error::other)?;
    file.write_all(b"whole")?;
    assert!(!path.exists());
    file.finish().map_err(io::Error::other)?;
    assert_eq!(std::fs::read(&path)?, b"whole");
    assert_eq!(entries(&folder.path().join("deep/er")), 1);
    Ok(())
}

/// A disk that fills up half-way leaves the old file as it was, and no scrap.
#[test]
fn full_disk_leaves_nothing() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.txt");
    let full = |w: &mut dyn Write| {
        w.write_all(b"half")?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    };
    let error = write(&path, full);
    assert!(matches!(&error, Err(Error::Disk { path: p, .. }) if *p == path));
    assert_eq!(entries(folder.path()), 0);
    std::fs::write(&path, b"old")?;
    assert!(write(&path, full).is_err());
    assert_eq!(std::fs::read(&path)?, b"old");
    assert_eq!(entries(folder.path()), 1);
    Ok(())
}

/// Files that belong together get their names together, or none of them does.
#[test]
fn all_or_none() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
    std::fs::write(&a, b"old")?;
    std::fs::write(&b, b"old")?;
    let text = |text: &'static [u8]| move |w: &mut dyn Write| w.write_all(text);
    let first = prepare(&a, text(b"new"))?;
    // the second one fails: the first, complete as it is, keeps its old content
    assert!(prepare(&b, |_| Err(io::ErrorKind::StorageFull.into())).is_err());
    drop(first);
    assert_eq!((std::fs::read(&a)?, entries(folder.path())), (b"old".to_vec(), 2));
    // so it does where the second cannot have its name
    let files = [prepare(&a, text(b"new"))?, prepare(&b, text(b"new"))?];
    std::fs::remove_file(&b)?;
    std::fs::create_dir(&b)?;
    let error = publish(files);
    assert!(
        matches!(&error, Err(Error::Disk { path, .. }) if *path == b),
        "{error:?}"
    );
    assert_eq!((std::fs::read(&a)?, entries(folder.path())), (b"old".to_vec(), 2));
    std::fs::remove_dir(&b)?;
    publish([prepare(&a, text(b"new"))?, prepare(&b, text(b"new"))?])?;
    assert_eq!(
        (std::fs::read(&a)?, std::fs::read(&b)?),
        (b"new".to_vec(), b"new".to_vec())
    );
    Ok(())
}

/// A folder that was made for a file that came to nothing goes again, with those made to hold it; any other stays.
#[test]
fn empty_folders_go() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("new/deep/file.txt");
    drop(AtomicFile::create(&path)?);
    assert_eq!(entries(folder.path()), 0);
    // what else was put there is not touched
    let file = AtomicFile::create(&path)?;
    std::fs::write(folder.path().join("new/mine"), b"")?;
    drop(file);
    assert_eq!(entries(&folder.path().join("new")), 1);
    // a folder that holds a result stays when that is taken away, and when a later file comes to nothing
    write(&path, |w| w.write_all(b"whole"))?;
    std::fs::remove_file(&path)?;
    drop(AtomicFile::create(&path)?);
    assert!(folder.path().join("new/deep").is_dir());
    Ok(())
}

/// A folder that is a file; unlike permissions, this stops the superuser too.
#[test]
fn unwritable_folder() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("plain"), b"")?;
    let error = AtomicFile::create(folder.path().join("plain/file.txt"));
    assert!(matches!(error, Err(Error::Disk { .. })));
    // the name is taken by a folder: found out at the end, and nothing stays behind
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken)?;
    assert!(matches!(write(&taken, |_| Ok(())), Err(Error::Disk { .. })));
    assert_eq!(entries(folder.path()), 2);
    Ok(())
}
