//! The project folder: what is on the drive, and how it stays whole.
//!
//! ```text
//! tea.kento/
//!   project.ron        name, id, and a head that the log certainly had
//!   records.jsonl      every decision, append-only, each line chained to the one before by its hash
//!   briefs/ recipes/ libraries/    RON documents, each written whole
//!   images/ab/cdef….png            images named by the SHA-256 of their file
//!   evidence/ab/cdef….pdf          files that support verdicts, named the same way
//!   cache/             can be deleted
//!   lock, owner.ron    who has it open
//! ```
//!
//! This module knows bytes, files and order. It never knows what a record means and no rule of the workflow; records
//! are a type parameter. Everything goes through [`Fs`], and no other code of this crate touches a file.

mod access;
mod cache;
mod chain;
mod check;
mod copy;
mod disk_error;
mod disk_fs;
mod document;
mod documents;
mod evidence_store;
mod folder;
mod fs;
mod image_store;
mod lock;
mod manifest;
mod owner;
mod project_error;
mod record_log;
mod settings;
mod stored_path;
mod timestamp_text;
mod whole_file;

pub use access::{Access, ReadOnlyReason};
pub use cache::{Cache, rebuild};
pub use chain::{ChainFault, Head, LogEntry, Scan, TornTail, scan};
pub use check::{CheckReport, Finding, NamedFiles, check};
pub use copy::{CopyReport, save_copy};
pub use disk_error::{DiskAction, DiskError};
pub use disk_fs::DiskFs;
pub use document::{DocumentKind, DocumentName, DocumentNameError};
pub use documents::{DocumentList, Overwrite};
pub use evidence_store::{EvidenceError, EvidenceStore};
pub use folder::{OpenMode, OpenedProject, Project};
pub use fs::{Fs, FsFile, FsKind, FsMetadata, HeldLock};
pub use image_store::{FoundImage, ImageError, ImageList, ImageStore, StoredImage};
pub use manifest::{Manifest, ProjectId};
pub use owner::Owner;
pub use project_error::ProjectError;
pub use record_log::{LogError, LogHealth, OpenedLog, RecordLog};
pub use settings::{RecentProject, RecentProjects, SettingsError, SettingsFolder};
pub use stored_path::StoredPath;
