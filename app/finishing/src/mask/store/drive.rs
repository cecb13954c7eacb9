use std::fmt::Debug;
use std::io;
use std::path::Path;

/// What the store needs of a file system. Tests let every single operation fail.
pub(super) trait Drive: Debug + Send {
    /// Opens a file for this process alone, creating it if it is absent. `WouldBlock` if another process has it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DriveFile>>;
    /// Gives a file another name, replacing what has it, durably.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file; it is no error if there is none.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// An open file.
pub(super) trait DriveFile: Debug + Send {
    /// Everything in it.
    fn read(&mut self) -> io::Result<Vec<u8>>;
    /// Writes at the end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts it to this length.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
    /// Makes content and length durable. After an error the file has to be opened anew: the system may have forgotten what it failed
    /// to write (source: PostgreSQL wiki, "Fsync Errors").
    fn sync(&mut self) -> io::Result<()>;
}
