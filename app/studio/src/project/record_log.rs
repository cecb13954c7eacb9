use std::io::Write as _;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::chain::{self, ChainFault, Head, LogEntry, MOST_LINE_BYTES, Scan, TornTail};
use super::whole_file::{folder_of, read_bounded, write_whole};
use super::{DiskAction, DiskError, Fs, FsFile};

/// A larger log is refused before it fills the memory; a thousand images take about 5 MB.
const MOST_LOG_BYTES: u64 = 1 << 30;

/// The append-only log of one project, open for writing by the holder of the project's lock.
///
/// What [`RecordLog::append`] has confirmed is on the drive. What it refused is not in the log, and the caller still
/// has it.
#[derive(Debug)]
pub struct RecordLog<P> {
    fs: Arc<dyn Fs>,
    path: PathBuf,
    head: Head,
    /// Size of the log up to `head`; what lies behind it in the file was never confirmed.
    bytes: u64,
    /// Kept between decisions, and dropped for good at its first error.
    file: Option<Box<dyn FsFile>>,
    health: LogHealth,
    payload: PhantomData<fn(P) -> P>,
}

/// Whether the file on the drive holds exactly the confirmed records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogHealth {
    /// It does.
    Safe,
    /// A write failed, and so did putting the file right. Confirmed records are on the drive, but something may follow
    /// them; the next decision rewrites the file.
    NotSafelySaved(DiskError),
}

/// A log that was opened for writing.
#[derive(Debug)]
pub struct OpenedLog<P> {
    /// Ready to append.
    pub log: RecordLog<P>,
    /// Everything that was decided, in order.
    pub entries: Vec<LogEntry<P>>,
    /// An interrupted decision that was cut off.
    pub repaired: Option<TornTail>,
}

/// Why a log cannot be opened, or a decision cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The drive failed before anything was changed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The drive failed while the decision was written: it is not saved, and everything before it is.
    #[error("this decision is not saved, and everything before it is: {0}")]
    NotSaved(DiskError),
    /// The log cannot be trusted.
    #[error(transparent)]
    Fault(#[from] ChainFault),
    /// Somebody else wrote to the file while it was open here.
    #[error(
        "records.jsonl was changed by another program while it was open (it has {found} bytes and {expected} were \
         saved): close the project and open it again: {}", path.display()
    )]
    ChangedOutside {
        /// Bytes that this program saved.
        expected: u64,
        /// Bytes that are there.
        found: u64,
        /// The log.
        path: PathBuf,
    },
    /// The decision has no form that can be read back.
    #[error("this decision cannot be written down ({problem}): change it and try again")]
    Unwritable {
        /// What is wrong with it.
        problem: String,
    },
    /// The decision is larger than the log may grow.
    #[error("this decision takes {bytes} bytes and a record may have {most}: make its texts shorter")]
    TooLarge {
        /// Size of the decision.
        bytes: usize,
        /// Largest size of a line.
        most: usize,
    },
}

impl<P: Serialize + DeserializeOwned> RecordLog<P> {
    /// Opens the log at a path for writing; a missing one is begun. A torn end is cut off and reported.
    ///
    /// # Errors
    /// When the log cannot be trusted, or the drive fails; then nothing is changed.
    pub fn open(fs: Arc<dyn Fs>, path: &Path, checkpoint: Head) -> Result<OpenedLog<P>, LogError> {
        let content = read_bounded(&*fs, path, MOST_LOG_BYTES)?;
        let is_missing = content.is_none();
        let mut content = content.unwrap_or_default();
        let scan: Scan<P> = chain::scan(&content, checkpoint);
        if let Some(fault) = scan.fault {
            return Err(fault.into());
        }
        let mut bytes = scan.bytes;
        // Whoever wrote what lies beyond the checkpoint may have been killed before it was on the drive, or its fsync
        // failed. From here on it counts as saved, and only a new file is known to be.
        if scan.head != checkpoint || scan.torn.is_some() || scan.lacks_line_feed || is_missing {
            content.truncate(usize::try_from(bytes).unwrap_or(content.len()));
            if scan.lacks_line_feed {
                content.push(b'\n');
                bytes += 1;
            }
            write_whole(&*fs, folder_of(path), path, &content)?;
        }
        let (health, payload) = (LogHealth::Safe, PhantomData);
        let log = Self { fs, path: path.to_owned(), head: scan.head, bytes, file: None, health, payload };
        Ok(OpenedLog { log, entries: scan.entries, repaired: scan.torn })
    }

    /// Writes the log of a project that begins with this decision; no file where it has no records.
    ///
    /// # Errors
    /// When the drive fails or the decision cannot be written down; then there is no log.
    pub(super) fn begin(fs: &dyn Fs, path: &Path, decision: &[P]) -> Result<Head, LogError> {
        let (lines, head) = lines_behind((Head::EMPTY, 0), decision)?;
        if !lines.is_empty() {
            write_whole(fs, folder_of(path), path, &lines)?;
        }
        Ok(head)
    }

    /// Reads the log at a path without changing anything. A missing one is empty.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(fs: &dyn Fs, path: &Path, checkpoint: Head) -> Result<Scan<P>, DiskError> {
        let content = read_bounded(fs, path, MOST_LOG_BYTES)?.unwrap_or_default();
        Ok(chain::scan(&content, checkpoint))
    }

    /// Saves one decision: all its records or none. When this returns `Ok` they are durable.
    ///
    /// # Errors
    /// Why it is not saved. The log is as before the call and the same decision can be tried again.
    pub fn append(&mut self, decision: &[P]) -> Result<Head, LogError> {
        let (lines, head) = lines_behind((self.head, self.bytes), decision)?;
        if lines.is_empty() {
            return Ok(self.head);
        }
        match self.health {
            LogHealth::Safe => self.write_behind_head(&lines)?,
            LogHealth::NotSafelySaved(_) => self.rewrite(&lines)?,
        }
        self.head = head;
        self.bytes += lines.len() as u64;
        Ok(head)
    }

    /// Tries again to put the file right after a failed write. Does nothing when it is.
    ///
    /// # Errors
    /// When the drive still fails.
    pub fn make_safe(&mut self) -> Result<(), LogError> {
        match self.health {
            LogHealth::Safe => Ok(()),
            LogHealth::NotSafelySaved(_) => self.rewrite(&[]),
        }
    }

    fn write_behind_head(&mut self, lines: &[u8]) -> Result<(), LogError> {
        let failed = |action, error| DiskError::new(action, &self.path, &error).of_bytes(lines.len());
        let found = self.fs.metadata(&self.path).map_err(|error| failed(DiskAction::Read, error))?.bytes;
        if found != self.bytes {
            return Err(LogError::ChangedOutside { expected: self.bytes, found, path: self.path.clone() });
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.fs.open_append(&self.path).map_err(|error| failed(DiskAction::Write, error))?,
        };
        let written = file.write_all(lines).map_err(|error| failed(DiskAction::Write, error));
        let saved = written.and_then(|()| file.sync().map_err(|error| failed(DiskAction::Sync, error)));
        match saved {
            Ok(()) => {
                self.file = Some(file);
                Ok(())
            }
            Err(error) => {
                drop(file);
                self.restore(&error);
                Err(LogError::NotSaved(error))
            }
        }
    }

    /// Takes back what a failed append may have left in the file.
    fn restore(&mut self, cause: &DiskError) {
        self.health = LogHealth::NotSafelySaved(cause.clone());
        // Cutting needs no space, so it works on a full drive. After a failed fsync this file's pages cannot be
        // trusted.
        let is_cut = cause.action() == DiskAction::Write && self.fs.cut(&self.path, self.bytes).is_ok();
        if is_cut {
            self.health = LogHealth::Safe;
        } else {
            // The health remembers the result; the caller is told of the failed append.
            self.rewrite(&[]).ok();
        }
    }

    /// Replaces the file by a new one with the confirmed records and, behind them, new lines.
    fn rewrite(&mut self, new_lines: &[u8]) -> Result<(), LogError> {
        let written = self.confirmed_bytes().and_then(|mut content| {
            content.extend_from_slice(new_lines);
            write_whole(&*self.fs, folder_of(&self.path), &self.path, &content).map_err(LogError::NotSaved)
        });
        match written {
            Ok(()) => {
                self.file = None;
                self.health = LogHealth::Safe;
                Ok(())
            }
            Err(error) => {
                if let LogError::NotSaved(cause) | LogError::Disk(cause) = &error {
                    self.health = LogHealth::NotSafelySaved(cause.clone());
                }
                Err(error)
            }
        }
    }

    /// Reads back the confirmed records and makes sure that they are still what was confirmed.
    fn confirmed_bytes(&self) -> Result<Vec<u8>, LogError> {
        let mut content = read_bounded(&*self.fs, &self.path, MOST_LOG_BYTES)?.unwrap_or_default();
        content.truncate(usize::try_from(self.bytes).unwrap_or(content.len()));
        let scan: Scan<IgnoredAny> = chain::scan(&content, self.head);
        match scan.fault {
            Some(fault) => Err(fault.into()),
            None => Ok(content),
        }
    }
}

impl<P> RecordLog<P> {
    /// End of what is confirmed.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Whether the file on the drive is in order.
    pub fn health(&self) -> &LogHealth {
        &self.health
    }
}

/// The lines of a decision behind the end of a log of so many bytes, with the new end.
fn lines_behind<P: Serialize + DeserializeOwned>(
    (head, bytes): (Head, u64),
    decision: &[P],
) -> Result<(Vec<u8>, Head), LogError> {
    let (lines, head) =
        chain::encode(head, decision).map_err(|error| LogError::Unwritable { problem: error.to_string() })?;
    let fits = bytes + lines.len() as u64 <= MOST_LOG_BYTES;
    if !fits || lines.split(|byte| *byte == b'\n').any(|line| line.len() > MOST_LINE_BYTES) {
        return Err(LogError::TooLarge { bytes: lines.len(), most: MOST_LINE_BYTES });
    }
    Ok((lines, head))
}
