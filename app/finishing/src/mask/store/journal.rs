use std::io;
use std::path::{Path, PathBuf};

use super::drive::{Drive, DriveFile};

/// A file that only grows, of which the first part is known to be on the drive.
#[derive(Debug)]
pub(super) struct Journal {
    drive: Box<dyn Drive>,
    path: PathBuf,
    /// None after a failure: the file has to be opened anew.
    file: Option<Box<dyn DriveFile>>,
    /// How many bytes are on the drive for certain. Behind them may be the rest of a write that failed.
    durable: u64,
    /// Which of the two files has the name is not known: the next write makes a whole new one.
    is_uncertain: bool,
}

impl Journal {
    /// Opens a file or creates an empty one; gives its content too.
    pub fn open(drive: Box<dyn Drive>, path: &Path) -> io::Result<(Self, Vec<u8>)> {
        let mut file = drive.open(path)?;
        let bytes = file.read()?;
        let durable = bytes.len() as u64;
        Ok((Self { drive, path: path.to_owned(), file: Some(file), durable, is_uncertain: false }, bytes))
    }

    /// How many bytes are on the drive.
    pub fn len(&self) -> u64 {
        self.durable
    }

    /// Whether only [`Self::replace`] can save anything.
    pub fn needs_replacing(&self) -> bool {
        self.is_uncertain
    }

    /// Cuts off everything behind this many bytes.
    pub fn cut(&mut self, bytes: u64) -> io::Result<()> {
        let file = self.file()?;
        let cut = file.cut(bytes).and_then(|()| file.sync());
        self.keep_if(cut)?;
        self.durable = bytes;
        Ok(())
    }

    /// Writes at the end; it is on the drive when this returns without error, and not there at all otherwise.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.file()?;
        let appended = file.append(bytes).and_then(|()| file.sync());
        self.keep_if(appended)?;
        self.durable += bytes.len() as u64;
        Ok(())
    }

    /// Replaces the whole content: written beside the file, synced, then renamed. After an error the old content is there.
    pub fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let beside = beside(&self.path, ".new");
        let written = self.drive.open(&beside).and_then(|mut file| {
            file.cut(0)?;
            file.append(bytes)?;
            file.sync()?;
            Ok(file)
        });
        let file = match written {
            Ok(file) => file,
            Err(error) => {
                // What is left of it is removed on the next opening at the latest.
                self.drive.remove(&beside).unwrap_or_default();
                return Err(error);
            }
        };
        if let Err(error) = self.drive.rename(&beside, &self.path) {
            self.is_uncertain = true;
            return Err(error);
        }
        self.file = Some(file);
        self.durable = bytes.len() as u64;
        self.is_uncertain = false;
        Ok(())
    }

    /// Keeps a copy of the bytes beside the file.
    pub fn keep_copy(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = beside(&self.path, ".damaged");
        let mut file = self.drive.open(&path)?;
        file.cut(0)?;
        file.append(bytes)?;
        file.sync()?;
        Ok(path)
    }

    /// Removes what an interrupted [`Self::replace`] left.
    pub fn clear(&self) -> io::Result<()> {
        self.drive.remove(&beside(&self.path, ".new"))
    }

    /// The open file, whose end is where the durable part ends.
    fn file(&mut self) -> io::Result<&mut Box<dyn DriveFile>> {
        if self.file.is_none() {
            let mut file = self.drive.open(&self.path)?;
            file.cut(self.durable)?;
            self.file = Some(file);
        }
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// After a failure the file is closed, to be opened anew and cut.
    fn keep_if(&mut self, done: io::Result<()>) -> io::Result<()> {
        if done.is_err() {
            self.file = None;
        }
        done
    }
}

/// The name with something behind it, in the same folder.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
