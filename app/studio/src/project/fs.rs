use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::Path;

/// Every file operation that a project needs, and no other. All storage code goes through it, so that tests can make
/// any single operation fail, or the power with it. Nothing here retries, buffers or corrects.
pub trait Fs: fmt::Debug + Send + Sync {
    /// Creates a file that must not exist yet, for writing.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FsFile>>;

    /// Opens an existing file so that every write goes to its end.
    ///
    /// # Errors
    /// What the system says.
    fn open_append(&self, path: &Path) -> io::Result<Box<dyn FsFile>>;

    /// Cuts an existing file to this many bytes, durably, through a handle of its own.
    ///
    /// # Errors
    /// What the system says.
    fn cut(&self, path: &Path, bytes: u64) -> io::Result<()>;

    /// Opens an existing file for reading.
    ///
    /// # Errors
    /// What the system says.
    fn open_read(&self, path: &Path) -> io::Result<Box<dyn io::Read + Send>>;

    /// Kind and size of what has this name. A link is not followed.
    ///
    /// # Errors
    /// `NotFound`, or what the system says.
    fn metadata(&self, path: &Path) -> io::Result<FsMetadata>;

    /// Names in a folder, sorted.
    ///
    /// # Errors
    /// What the system says.
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>>;

    /// Creates a folder that must not exist yet, in one that does.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Gives a file or folder another name, replacing a file of that name.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// What the system says.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes creations, renames and removals in a folder durable.
    ///
    /// # Errors
    /// What the system says; then nothing is known about the durability of those changes.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Takes the exclusive lock of a file, which is created if it is absent; `None` if someone else has it. The system
    /// frees it when the guard is dropped and when the process ends in any way.
    ///
    /// # Errors
    /// When the file cannot be written or the drive knows no locks.
    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn HeldLock>>>;
}

/// A file that is open for writing.
pub trait FsFile: io::Write + fmt::Debug + Send {
    /// Makes the content durable (fsync).
    ///
    /// # Errors
    /// What the system says. After an error this handle must not be used again: Linux forgets the pages that it failed
    /// to write, and the next fsync would wrongly succeed (source: PostgreSQL wiki, "Fsync Errors").
    fn sync(&mut self) -> io::Result<()>;
}

/// A lock that is held as long as this value lives.
pub trait HeldLock: fmt::Debug + Send + Sync {}

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FsKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, a device, a pipe: nothing that Kento writes.
    Other,
}

/// Kind and size of a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FsMetadata {
    /// What it is.
    pub kind: FsKind,
    /// Size in bytes, for files.
    pub bytes: u64,
}
