use std::path::{Path, PathBuf};

use super::whole_file::{TEMPORARY_PREFIX, ensure_durable_folder, read_bounded, write_whole};
use super::{DiskAction, DiskError, DocumentKind, DocumentName, Fs, ProjectError};
use crate::card::FinishedCard;
use crate::library::{MOST_BYTES, RonForm as _};

/// What happens to a document that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// It is replaced, whole or not at all.
    Replace,
    /// It stays, and saving another content under its name is refused. For what is locked.
    Refuse,
}

/// The documents of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentList {
    /// Their names, sorted.
    pub names: Vec<DocumentName>,
    /// What lies in the folder and is no document.
    pub strays: Vec<PathBuf>,
}

pub(super) fn save(
    fs: &dyn Fs,
    project: &Path,
    kind: DocumentKind,
    name: &DocumentName,
    text: &str,
    overwrite: Overwrite,
) -> Result<(), ProjectError> {
    let most = most_bytes(kind);
    if text.len() as u64 > most {
        let name = name.clone();
        return Err(ProjectError::DocumentTooLarge { name, bytes: text.len(), most });
    }
    let folder = project.join(kind.folder());
    let path = folder.join(name.file_name());
    ensure_durable_folder(fs, &folder)?;
    if overwrite == Overwrite::Refuse {
        let old = read_bounded(fs, &path, most)?;
        if old.is_some_and(|old| old != text.as_bytes()) {
            return Err(ProjectError::DocumentExists { name: name.clone(), path });
        }
    }
    Ok(write_whole(fs, &folder, &path, text.as_bytes())?)
}

pub(super) fn read(
    fs: &dyn Fs,
    project: &Path,
    kind: DocumentKind,
    name: &DocumentName,
) -> Result<Option<String>, ProjectError> {
    let path = project.join(kind.folder()).join(name.file_name());
    match read_bounded(fs, &path, most_bytes(kind))?.map(String::from_utf8) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(_)) => Err(ProjectError::NotText { path }),
    }
}

/// Largest document of a kind in bytes, as its form has it; parsing takes many times as much memory.
fn most_bytes(kind: DocumentKind) -> u64 {
    match kind {
        DocumentKind::Finished => FinishedCard::MOST_BYTES,
        DocumentKind::Brief | DocumentKind::Recipe | DocumentKind::Library => MOST_BYTES,
    }
}

pub(super) fn list(fs: &dyn Fs, project: &Path, kind: DocumentKind) -> Result<DocumentList, ProjectError> {
    let folder = project.join(kind.folder());
    let mut list = DocumentList::default();
    let file_names = match fs.list(&folder) {
        Ok(file_names) => file_names,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(list),
        Err(error) => return Err(DiskError::new(DiskAction::Read, &folder, &error).into()),
    };
    for file_name in file_names {
        let text = file_name.to_str().unwrap_or_default();
        match text.strip_suffix(".ron").and_then(|stem| stem.parse().ok()) {
            Some(name) => list.names.push(name),
            None if text.starts_with(TEMPORARY_PREFIX) => {}
            None => list.strays.push(folder.join(file_name)),
        }
    }
    Ok(list)
}
