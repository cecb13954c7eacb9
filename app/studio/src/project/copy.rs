use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::chain::{ChainFault, hash_of};
use super::folder::{LOG_FILE, make_folder, new_folder, read_manifest};
use super::lock::is_lock_file;
use super::manifest::MANIFEST_FILE;
use super::whole_file::{TEMPORARY_PREFIX, read_bounded, sync_folder};
use super::{DiskAction, DiskError, Fs, FsKind, Head, ImageStore, ProjectError, scan};
use crate::Sha256;

const MOST_FILE_BYTES: u64 = 1 << 30;

/// What was copied, and what was already wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyReport {
    /// Number of files.
    pub files: usize,
    /// Images that are damaged in the original, and copied as they are.
    pub damaged: Vec<Sha256>,
    /// What is wrong with the log of the original, which is then copied as it is.
    pub fault: Option<ChainFault>,
    /// Links and devices, which are not copied.
    pub skipped: Vec<PathBuf>,
}

/// Saves a copy of a whole project in a new folder, without its cache. It works for a project that cannot be written,
/// and while somebody works in it: the copy has every decision that was confirmed when the copy began.
///
/// # Errors
/// When something has that name, or a drive fails; then nothing is left behind.
pub fn save_copy(fs: &Arc<dyn Fs>, from: &Path, to: &Path) -> Result<CopyReport, ProjectError> {
    let manifest = read_manifest(&**fs, from)?;
    let is_inside = match (std::path::absolute(from), std::path::absolute(to)) {
        (Ok(from), Ok(to)) => to.starts_with(from),
        _ => to.starts_with(from),
    };
    if is_inside {
        return Err(ProjectError::CopyInside { path: to.to_owned() });
    }
    let fs = &**fs;
    new_folder(fs, to, |temporary| {
        let mut report = CopyReport::default();
        // The manifest before the log and the log before the images: each names only what is in the next.
        manifest.write(fs, temporary)?;
        copy_log(fs, from, temporary, manifest.head, &mut report)?;
        report.files = 2;
        copy_folder(fs, from, temporary, Place::Project, &mut report)?;
        report.damaged.sort();
        Ok(report)
    })
}

fn copy_log(
    fs: &dyn Fs,
    from: &Path,
    to: &Path,
    checkpoint: Head,
    report: &mut CopyReport,
) -> Result<(), ProjectError> {
    let path = from.join(LOG_FILE);
    let mut content = read_bounded(fs, &path, MOST_FILE_BYTES)?.unwrap_or_default();
    let scan = scan::<Value>(&content, checkpoint);
    match scan.fault {
        Some(fault) => report.fault = Some(fault),
        // What follows was not confirmed; perhaps it is being written at this moment.
        None => content.truncate(usize::try_from(scan.bytes).unwrap_or(content.len())),
    }
    Ok(write_new(fs, &to.join(LOG_FILE), &content)?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Project,
    Below,
}

fn copy_folder(fs: &dyn Fs, from: &Path, to: &Path, place: Place, report: &mut CopyReport) -> Result<(), ProjectError> {
    for name in fs.list(from).map_err(|error| DiskError::new(DiskAction::Read, from, &error))? {
        let (source, target) = (from.join(&name), to.join(&name));
        let text = name.to_string_lossy();
        let is_elsewhere = [MANIFEST_FILE, LOG_FILE, "cache"].contains(&&*text) || is_lock_file(&text);
        if text.starts_with(TEMPORARY_PREFIX) || place == Place::Project && is_elsewhere {
            continue;
        }
        let metadata = fs.metadata(&source).map_err(|error| DiskError::new(DiskAction::Read, &source, &error))?;
        match metadata.kind {
            FsKind::Other => report.skipped.push(source),
            FsKind::Folder => {
                make_folder(fs, &target)?;
                copy_folder(fs, &source, &target, Place::Below, report)?;
            }
            FsKind::File => {
                let bytes = read_bounded(fs, &source, MOST_FILE_BYTES)?.unwrap_or_default();
                if let Some(sha256) = ImageStore::name_of(&source).filter(|sha256| *sha256 != hash_of(&bytes)) {
                    report.damaged.push(sha256);
                }
                write_new(fs, &target, &bytes)?;
                report.files += 1;
            }
        }
    }
    Ok(sync_folder(fs, to)?)
}

fn write_new(fs: &dyn Fs, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let failed = |action, error: io::Error| DiskError::new(action, path, &error).of_bytes(bytes.len());
    let mut file = fs.create_new(path).map_err(|error| failed(DiskAction::Write, error))?;
    file.write_all(bytes).map_err(|error| failed(DiskAction::Write, error))?;
    file.sync().map_err(|error| failed(DiskAction::Sync, error))
}
