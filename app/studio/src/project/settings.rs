use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::whole_file::{ensure_folder, folder_of, read_bounded, sync_folder, write_whole};
use super::{DiskError, DocumentName, Fs, StoredPath, timestamp_text};
use crate::SchemaV1;

const MOST_SETTINGS_BYTES: u64 = 1 << 20;

/// The folder with a person's settings: RON files that are written whole. What is in them is their owners' matter; a
/// root type carries `schema` and denies unknown fields.
#[derive(Debug, Clone)]
pub struct SettingsFolder {
    fs: Arc<dyn Fs>,
    folder: PathBuf,
}

/// Why settings cannot be read or saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The drive failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The file is not what Kento writes.
    #[error("these settings cannot be understood ({problem}): mend the file or delete it: {}", path.display())]
    Content {
        /// What is wrong with it.
        problem: String,
        /// The file.
        path: PathBuf,
    },
}

impl SettingsFolder {
    /// The settings in a folder, which need not exist yet.
    pub fn new(fs: Arc<dyn Fs>, folder: &Path) -> Self {
        Self { fs, folder: folder.to_owned() }
    }

    /// Reads settings; those that were never saved have their default.
    ///
    /// # Errors
    /// When the file is there and cannot be understood. It is not replaced without being asked.
    pub fn load<T: DeserializeOwned + Default>(&self, name: &DocumentName) -> Result<T, SettingsError> {
        let path = self.folder.join(name.file_name());
        let Some(bytes) = read_bounded(&*self.fs, &path, MOST_SETTINGS_BYTES)? else { return Ok(T::default()) };
        let read = std::str::from_utf8(&bytes).map_err(|error| error.to_string());
        read.and_then(|text| ron::from_str(text).map_err(|error| error.to_string()))
            .map_err(|problem| SettingsError::Content { problem, path })
    }

    /// Saves settings, durably.
    ///
    /// # Errors
    /// When they are not saved; then the old ones are there.
    pub fn save<T: Serialize>(&self, name: &DocumentName, settings: &T) -> Result<(), SettingsError> {
        let path = self.folder.join(name.file_name());
        let text = ron::ser::to_string_pretty(settings, ron::ser::PrettyConfig::new())
            .map_err(|error| SettingsError::Content { problem: error.to_string(), path: path.clone() })?;
        if text.len() as u64 > MOST_SETTINGS_BYTES {
            let problem = format!("they take {} bytes and may take {MOST_SETTINGS_BYTES}", text.len());
            return Err(SettingsError::Content { problem, path });
        }
        self.ensure()?;
        Ok(write_whole(&*self.fs, &self.folder, &path, text.as_bytes())?)
    }

    /// Makes the folder and those that it lies in, durably: any of them may have been made a moment ago by a try that
    /// failed.
    fn ensure(&self) -> Result<(), DiskError> {
        let below_root: Vec<&Path> = self.folder.ancestors().filter(|folder| folder.parent().is_some()).collect();
        for folder in below_root.into_iter().rev() {
            // A folder of settings may be reached through a link, so what is there is not asked for its kind.
            let is_missing = self.fs.metadata(folder).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
            if is_missing {
                ensure_folder(&*self.fs, folder)?;
            }
            match sync_folder(&*self.fs, folder_of(folder)) {
                // Nobody made a folder just now where he may not even look.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !is_missing => {}
                synced => synced?,
            }
        }
        Ok(())
    }
}

/// The projects that a person opened, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecentProjects {
    schema: SchemaV1,
    projects: Vec<RecentProject>,
}

/// A project that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecentProject {
    /// Its folder.
    pub folder: StoredPath,
    /// Its name.
    pub name: String,
    /// When it was last opened, to be shown; the order in the list does not depend on it.
    #[serde(with = "timestamp_text")]
    pub opened: Timestamp,
}

impl RecentProjects {
    /// How many are remembered.
    pub const MOST: usize = 20;

    /// The projects, the latest first.
    pub fn list(&self) -> &[RecentProject] {
        &self.projects[..self.projects.len().min(Self::MOST)]
    }

    /// Puts a project first.
    pub fn remember(&mut self, folder: &Path, name: &str, now: Timestamp) {
        self.forget(folder);
        let name = name.to_owned();
        self.projects.insert(0, RecentProject { folder: folder.into(), name, opened: now });
        self.projects.truncate(Self::MOST);
    }

    /// Drops a project from the list.
    pub fn forget(&mut self, folder: &Path) {
        let folder = StoredPath::from(folder);
        self.projects.retain(|project| project.folder != folder);
    }
}
