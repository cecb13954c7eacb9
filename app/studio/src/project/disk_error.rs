use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A file operation that failed, in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskError {
    action: DiskAction,
    kind: io::ErrorKind,
    detail: String,
    bytes: Option<u64>,
    path: PathBuf,
}

impl DiskError {
    /// Describes the failure of an action on a path.
    pub fn new(action: DiskAction, path: &Path, error: &io::Error) -> Self {
        Self { action, kind: error.kind(), detail: error.to_string(), bytes: None, path: path.to_owned() }
    }

    /// The same, with how many bytes were to be written.
    #[must_use]
    pub fn of_bytes(mut self, bytes: usize) -> Self {
        self.bytes = Some(bytes as u64);
        self
    }

    /// What the system called it.
    pub fn kind(&self) -> io::ErrorKind {
        self.kind
    }

    /// What was tried.
    pub fn action(&self) -> DiskAction {
        self.action
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, detail, .. } = self;
        match self.kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                formatter.write_str("the drive is full")?;
                if let Some(bytes) = self.bytes {
                    write!(formatter, " and {bytes} bytes were to be written")?;
                }
                formatter.write_str(": free some space there and try again")?;
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                write!(
                    formatter,
                    "you may not {action} here ({detail}): change the permissions or use another folder"
                )?;
            }
            io::ErrorKind::FileTooLarge => {
                write!(formatter, "this file is too large to {action} ({detail}): nothing of Kento's is that large")?;
            }
            _ => write!(formatter, "the drive could not {action} ({detail}): check the drive and try again")?,
        }
        write!(formatter, ": {}", self.path.display())
    }
}

impl std::error::Error for DiskError {}

/// What was to be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskAction {
    /// Read a file, or list a folder.
    Read,
    /// Create, write or cut a file, or create a folder.
    Write,
    /// Wait until it is really on the drive (fsync).
    Sync,
    /// Give a file its name.
    Rename,
    /// Remove a file or folder.
    Remove,
    /// Take the project's lock.
    Lock,
}

impl fmt::Display for DiskAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Sync => "confirm that it saved",
            Self::Rename => "rename",
            Self::Remove => "remove",
            Self::Lock => "lock the project",
        })
    }
}
