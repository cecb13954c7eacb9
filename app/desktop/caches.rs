//! Where this program keeps what it can make again: hashes of model files, compiled shaders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use kento_studio::{SchemaV1, Sha256};
use serde::{Deserialize, Serialize};

use crate::whole_file::WholeFile;

/// The program's cache folder: `KENTO_CACHE`, or the user's cache folder; None where there is neither.
pub fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("KENTO_CACHE") {
        return Some(folder.into());
    }
    directories::ProjectDirs::from("", "", "kento").map(|dirs| dirs.cache_dir().to_owned())
}

/// Hashes of large files by path, size and time of change, because hashing several gigabytes takes seconds.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashCache {
    schema: SchemaV1,
    files: BTreeMap<PathBuf, CachedHash>,
    #[serde(skip)]
    changed: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CachedHash {
    bytes: u64,
    changed_nanos: u128,
    sha256: Sha256,
}

impl HashCache {
    /// Reads the cache; a missing or unreadable one is empty.
    pub fn open() -> Self {
        let text = folder().and_then(|folder| fs::read(folder.join(FILE)).ok());
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// The hash of `path`, from the cache or by `compute`.
    ///
    /// # Errors
    /// When the file's size and time cannot be read, or what `compute` fails with.
    pub fn hash(&mut self, path: &Path, compute: impl FnOnce() -> std::io::Result<Sha256>) -> std::io::Result<Sha256> {
        let path = path.canonicalize()?;
        let metadata = fs::metadata(&path)?;
        let changed_nanos = metadata.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let bytes = metadata.len();
        if let Some(cached) = self.files.get(&path)
            && (cached.bytes, cached.changed_nanos) == (bytes, changed_nanos)
        {
            return Ok(cached.sha256);
        }
        let sha256 = compute()?;
        // JSON cannot hold a path that is not Unicode, and one of them would keep all others from being written.
        if path.to_str().is_some() {
            self.files.insert(path, CachedHash { bytes, changed_nanos, sha256 });
            self.changed = true;
        }
        Ok(sha256)
    }

    /// Writes the cache if it changed. A cache that cannot be written costs time and nothing else, so it is only logged.
    pub fn save(&self) {
        let Some(folder) = folder().filter(|_| self.changed) else { return };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&folder)?;
            let mut file = WholeFile::beside(&folder.join(FILE))?;
            file.write(&serde_json::to_vec(self)?)?;
            file.finish()
        };
        if let Err(error) = write() {
            log::warn!("the hashes of the model files cannot be kept: {error}: {}", folder.display());
        }
    }
}

const FILE: &str = "hashes.json";
