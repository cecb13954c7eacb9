//! Files appear whole or not at all: a temporary file beside the target, fsync, rename, fsync of the folder.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is being written. It gets its name in [`WholeFile::finish`]; dropped before, it leaves nothing behind.
#[derive(Debug)]
pub struct WholeFile {
    temporary: NamedTempFile,
    target: PathBuf,
}

impl WholeFile {
    /// Begins a file that will be called `target`. It lies in the same folder, so this also finds out whether the folder can
    /// be written.
    ///
    /// # Errors
    /// When no file can be created in the folder, or `target` is a folder.
    pub fn beside(target: &Path) -> io::Result<Self> {
        if target.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "a folder of this name exists"));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".kento-").suffix(".tmp");
        // A temporary file is private by default; the result should have the permissions that any new file gets.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        Ok(Self { temporary: builder.tempfile_in(folder_of(target))?, target: target.to_owned() })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.temporary.write_all(bytes)
    }

    /// Makes the file durable and gives it its name, replacing a file that had it.
    ///
    /// # Errors
    /// When the disk fails or the name cannot be given; then nothing is left behind.
    pub fn finish(self) -> io::Result<()> {
        self.temporary.as_file().sync_all()?;
        self.temporary.persist(&self.target).map_err(|error| error.error)?;
        sync_folder(folder_of(&self.target))
    }
}

/// A name for an image of this seed that no file in the folder has yet.
pub fn free_name(folder: &Path, seed: u64) -> PathBuf {
    let mut path = folder.join(format!("kento-{seed}.png"));
    let mut number = 2_u64;
    while path.exists() {
        path = folder.join(format!("kento-{seed}-{number}.png"));
        number += 1;
    }
    path
}

/// The folder that a path lies in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows has no fsync of folders; the rename itself is journaled there.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.png");
        let mut file = WholeFile::beside(&target).unwrap();
        file.write(b"half").unwrap();
        assert!(!target.exists());
        drop(file);
        assert_eq!(names(folder.path()), Vec::<String>::new());

        std::fs::write(&target, "old").unwrap();
        let mut file = WholeFile::beside(&target).unwrap();
        file.write(b"new").unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"old");
        file.finish().unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.png"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_found_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "x").unwrap();
        for target in ["missing/a.png", "file/a.png", "."] {
            assert!(WholeFile::beside(&folder.path().join(target)).is_err(), "{target}");
        }
    }
}
