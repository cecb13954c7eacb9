use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{DiskAction, DiskError, Fs, FsKind};

/// What every temporary name begins with; such files and folders are left-overs when nobody holds the project's lock.
pub(super) const TEMPORARY_PREFIX: &str = ".kento-";

/// Writes a file so that it appears whole or not at all: a temporary file in `workshop`, fsync, rename to `target`,
/// fsync of the target's folder. After an error the target holds its old content or, if only the last step failed, the
/// new one. `workshop` must be on the same drive as the target.
pub(super) fn write_whole(fs: &dyn Fs, workshop: &Path, target: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let temporary = write_temporary(fs, workshop, bytes)?;
    if let Err(error) = fs.rename(&temporary, target) {
        discard(fs, &temporary);
        return Err(DiskError::new(DiskAction::Rename, target, &error));
    }
    sync_folder(fs, folder_of(target))
}

/// Writes and syncs a new file with a temporary name.
fn write_temporary(fs: &dyn Fs, workshop: &Path, bytes: &[u8]) -> Result<PathBuf, DiskError> {
    let mut attempts_left = 100;
    let (path, mut file) = loop {
        let path = temporary_path(workshop);
        match fs.create_new(&path) {
            Ok(file) => break (path, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempts_left > 0 => attempts_left -= 1,
            Err(error) => return Err(DiskError::new(DiskAction::Write, workshop, &error).of_bytes(bytes.len())),
        }
    };
    let written = file
        .write_all(bytes)
        .map_err(|error| DiskError::new(DiskAction::Write, workshop, &error).of_bytes(bytes.len()))
        .and_then(|()| {
            file.sync().map_err(|error| DiskError::new(DiskAction::Sync, workshop, &error).of_bytes(bytes.len()))
        });
    drop(file);
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            discard(fs, &path);
            Err(error)
        }
    }
}

/// Whether a path is a left-over, or something that is being written.
pub(super) fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY_PREFIX))
}

/// Short whatever the target is called, so that a name of the greatest length still has a temporary sibling.
pub(super) fn temporary_path(folder: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!("{TEMPORARY_PREFIX}{}-{number}.tmp", std::process::id()))
}

/// Removes a temporary file. If even that fails it stays until the project is next opened, which sweeps.
pub(super) fn discard(fs: &dyn Fs, temporary: &Path) {
    fs.remove_file(temporary).ok();
}

/// Removes a folder and everything in it, which must be nothing but files and folders that Kento wrote.
pub(super) fn remove_tree(fs: &dyn Fs, folder: &Path) -> Result<(), DiskError> {
    let failed = |path: &Path, error: &io::Error| DiskError::new(DiskAction::Remove, path, error);
    for name in fs.list(folder).map_err(|error| failed(folder, &error))? {
        let path = folder.join(name);
        match fs.metadata(&path).map_err(|error| failed(&path, &error))?.kind {
            FsKind::Folder => remove_tree(fs, &path)?,
            FsKind::File | FsKind::Other => fs.remove_file(&path).map_err(|error| failed(&path, &error))?,
        }
    }
    fs.remove_folder(folder).map_err(|error| failed(folder, &error))
}

/// Makes sure that a folder is there.
pub(super) fn ensure_folder(fs: &dyn Fs, folder: &Path) -> Result<(), DiskError> {
    match fs.metadata(folder) {
        Ok(metadata) if metadata.kind == FsKind::Folder => return Ok(()),
        Ok(_) => {
            let error = io::Error::new(io::ErrorKind::NotADirectory, "a file or a link has the name of this folder");
            return Err(DiskError::new(DiskAction::Write, folder, &error));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(DiskError::new(DiskAction::Read, folder, &error)),
    }
    match fs.create_folder(folder) {
        Ok(()) => Ok(()),
        // Another thread was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(DiskError::new(DiskAction::Write, folder, &error)),
    }
}

/// Makes sure that a folder is there and stays. One that is there already may have been made a moment ago by somebody
/// who was killed before its name was durable; where nothing changed, asking the drive again costs next to nothing.
pub(super) fn ensure_durable_folder(fs: &dyn Fs, folder: &Path) -> Result<(), DiskError> {
    ensure_folder(fs, folder)?;
    sync_folder(fs, folder_of(folder))
}

pub(super) fn sync_folder(fs: &dyn Fs, folder: &Path) -> Result<(), DiskError> {
    fs.sync_folder(folder).map_err(|error| DiskError::new(DiskAction::Sync, folder, &error))
}

/// Reads a file of at most `most` bytes; a larger one is refused before it fills the memory. `None` if there is none.
pub(super) fn read_bounded(fs: &dyn Fs, path: &Path, most: u64) -> Result<Option<Vec<u8>>, DiskError> {
    let failed = |error: io::Error| DiskError::new(DiskAction::Read, path, &error);
    let file = match fs.open_read(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let size = fs.metadata(path).map_err(failed)?.bytes;
    let mut bytes = Vec::new();
    if size <= most {
        file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    // It may have grown since its size was asked.
    let size = size.max(bytes.len() as u64);
    if size > most {
        let detail = format!("{size} bytes, and at most {most} are expected");
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, detail)));
    }
    Ok(Some(bytes))
}

/// The folder that a path lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
