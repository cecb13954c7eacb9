use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::chain::hash_of;
use super::whole_file::{ensure_durable_folder, is_temporary, read_bounded, sync_folder, write_whole};
use super::{DiskAction, DiskError, Fs, ReadOnlyReason};
use crate::{Sha256, limits};

/// Files that support verdicts, each named by the SHA-256 of its content and the ending of the file that it is a copy of:
/// `evidence/ab/cdef….pdf`. Nothing here reads what is in them. Cheap to clone and usable from any thread.
#[derive(Debug, Clone)]
pub struct EvidenceStore {
    fs: Arc<dyn Fs>,
    folder: PathBuf,
    read_only: Option<ReadOnlyReason>,
}

/// Why a piece of evidence cannot be saved or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// The drive failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The project is open for reading only.
    #[error("the file is not added, because {0}")]
    ReadOnly(ReadOnlyReason),
    /// There is no such file.
    #[error("a piece of evidence is missing: restore it from a backup: {}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file is not the one that was added.
    #[error("a piece of evidence was changed after it was added (now {found}): take it from a backup: {}", path.display())]
    Damaged {
        /// Hash of what is there.
        found: Sha256,
        /// Where it is.
        path: PathBuf,
    },
}

impl EvidenceStore {
    pub(super) fn new(fs: Arc<dyn Fs>, folder: PathBuf, read_only: Option<ReadOnlyReason>) -> Self {
        Self { fs, folder, read_only }
    }

    /// Saves a file under its hash. When this returns `Ok` it is durable.
    ///
    /// # Errors
    /// When it is not saved; trying again is fine.
    pub fn put(&self, bytes: &[u8], ending: &str) -> Result<Sha256, EvidenceError> {
        if let Some(reason) = &self.read_only {
            return Err(EvidenceError::ReadOnly(reason.clone()));
        }
        let sha256 = hash_of(bytes);
        let path = self.path(sha256, ending);
        if bytes.len() as u64 > limits::MOST_EVIDENCE_BYTES {
            let error = io::Error::new(io::ErrorKind::FileTooLarge, format!("{} bytes", bytes.len()));
            return Err(DiskError::new(DiskAction::Write, &path, &error).into());
        }
        let shelf = self.shelf(sha256);
        ensure_durable_folder(&*self.fs, &self.folder)?;
        ensure_durable_folder(&*self.fs, &shelf)?;
        if read_bounded(&*self.fs, &path, limits::MOST_EVIDENCE_BYTES)?.is_some_and(|old| old == bytes) {
            // Whoever wrote it may have ended before its name was durable.
            sync_folder(&*self.fs, &shelf)?;
        } else {
            write_whole(&*self.fs, &shelf, &path, bytes)?;
        }
        Ok(sha256)
    }

    /// Reads a file and verifies that it is the one that was added.
    ///
    /// # Errors
    /// When it is missing, changed or cannot be read.
    pub fn get(&self, sha256: Sha256, ending: &str) -> Result<Vec<u8>, EvidenceError> {
        let path = self.path(sha256, ending);
        let Some(bytes) = read_bounded(&*self.fs, &path, limits::MOST_EVIDENCE_BYTES)? else {
            return Err(EvidenceError::Missing { path });
        };
        let found = hash_of(&bytes);
        if found == sha256 { Ok(bytes) } else { Err(EvidenceError::Damaged { found, path }) }
    }

    /// Where a file is, for programs that open it. It may be absent or damaged.
    pub fn path(&self, sha256: Sha256, ending: &str) -> PathBuf {
        self.shelf(sha256).join(format!("{}.{ending}", &sha256.to_string()[2..]))
    }

    /// What lies here beside the files that are meant.
    pub(super) fn strays(&self, meant: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let all = self.shelves().into_iter().flat_map(|shelf| match self.fs.list(&shelf) {
            Ok(names) => names.into_iter().map(|name| shelf.join(name)).collect(),
            // No folder, and so no shelf.
            Err(_) => vec![shelf],
        });
        all.filter(|path| !meant.contains(path) && !is_temporary(path)).collect()
    }

    /// The folders that files lie in; none if they cannot be listed.
    pub(super) fn shelves(&self) -> Vec<PathBuf> {
        self.fs.list(&self.folder).unwrap_or_default().into_iter().map(|name| self.folder.join(name)).collect()
    }

    fn shelf(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(&sha256.to_string()[..2])
    }
}
