use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::chain::LogEntry;
use super::whole_file::{discard, ensure_folder, read_bounded, remove_tree, sync_folder, temporary_path};
use super::{Access, DiskAction, DiskError, DocumentName, Fs, OpenMode, Owner, Project, ProjectError};

/// A larger file is no cache worth having.
const MOST_CACHE_FILE_BYTES: u64 = 1 << 30;

/// `cache/`: files on shelves that can be deleted at any time, because they are made from records, documents and
/// images. They appear whole, but nobody waits until they are on the drive.
#[derive(Debug, Clone)]
pub struct Cache {
    fs: Arc<dyn Fs>,
    project: PathBuf,
}

impl Cache {
    pub(super) fn new(fs: Arc<dyn Fs>, project: &Path) -> Self {
        Self { fs, project: project.to_owned() }
    }

    /// Keeps a file, replacing one of its name.
    ///
    /// # Errors
    /// When the drive fails.
    pub fn put(&self, shelf: &DocumentName, name: &DocumentName, bytes: &[u8]) -> Result<(), DiskError> {
        let folder = self.folder().join(shelf.as_str());
        let path = folder.join(name.as_str());
        ensure_folder(&*self.fs, &self.folder())?;
        ensure_folder(&*self.fs, &folder)?;
        let temporary = temporary_path(&self.folder());
        let failed = |action, error: io::Error| DiskError::new(action, &path, &error).of_bytes(bytes.len());
        let mut file = self.fs.create_new(&temporary).map_err(|error| failed(DiskAction::Write, error))?;
        let written = file.write_all(bytes).map_err(|error| failed(DiskAction::Write, error));
        drop(file);
        let named =
            written.and_then(|()| self.fs.rename(&temporary, &path).map_err(|error| failed(DiskAction::Rename, error)));
        if named.is_err() {
            discard(&*self.fs, &temporary);
        }
        named
    }

    /// Reads a file; `None` if it has to be made again.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn get(&self, shelf: &DocumentName, name: &DocumentName) -> Result<Option<Vec<u8>>, DiskError> {
        read_bounded(&*self.fs, &self.folder().join(shelf.as_str()).join(name.as_str()), MOST_CACHE_FILE_BYTES)
    }

    /// Deletes everything. Nobody ever sees a part of it: the folder first goes away as a whole.
    ///
    /// # Errors
    /// When the drive fails.
    pub fn clear(&self) -> Result<(), DiskError> {
        let leaving = temporary_path(&self.project);
        match self.fs.rename(&self.folder(), &leaving) {
            Ok(()) => {
                sync_folder(&*self.fs, &self.project)?;
                remove_tree(&*self.fs, &leaving)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(DiskError::new(DiskAction::Rename, &self.folder(), &error)),
        }
    }

    fn folder(&self) -> PathBuf {
        self.project.join("cache")
    }
}

/// Deletes the cache of a project and has it built again from all records.
///
/// # Errors
/// When the project cannot be opened for writing, or building fails.
pub fn rebuild<P: Serialize + DeserializeOwned>(
    fs: Arc<dyn Fs>,
    folder: &Path,
    owner: Owner,
    build: impl FnOnce(&Project<P>, &Cache, &[LogEntry<P>]) -> Result<(), ProjectError>,
) -> Result<(), ProjectError> {
    let opened = Project::<P>::open(fs, folder, OpenMode::Write(owner))?;
    if let Access::ReadOnly(reason) = opened.project.access() {
        return Err(ProjectError::ReadOnly(reason));
    }
    let cache = opened.project.cache()?;
    cache.clear()?;
    build(&opened.project, &cache, &opened.entries)?;
    opened.project.close()
}
