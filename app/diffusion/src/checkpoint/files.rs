//! The weight files of a model and their hashes.

use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Component;
use crate::weights::SafetensorsFile;

/// One weight file and what it is used for.
#[derive(Debug, Clone)]
pub struct WeightFile {
    file: Arc<SafetensorsFile>,
    /// Components whose tensors it holds.
    pub(super) components: Vec<Component>,
}

/// Hashes of one weight file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FileHashes {
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// The short form that A1111 and Civitai show: the first ten digits of the SHA-256.
    pub auto_v2: String,
    /// SHA-256 of everything behind the header: stays the same when only the metadata changes. Civitai shows its first
    /// twelve digits.
    pub auto_v3: String,
}

impl WeightFile {
    pub(super) fn new(file: Arc<SafetensorsFile>, components: impl Into<Vec<Component>>) -> Self {
        Self { file, components: components.into() }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        self.file.length()
    }

    /// The components whose tensors it holds.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The opened file.
    pub fn file(&self) -> &SafetensorsFile {
        &self.file
    }

    /// Reads the whole file once for both hashes.
    ///
    /// # Errors
    /// What the system says when the file cannot be read any more.
    pub fn hashes(&self) -> io::Result<FileHashes> {
        let (mut whole, mut data) = (Sha256::new(), Sha256::new());
        let data_start = self.file.data_start();
        self.file.visit_bytes(|position, piece| {
            let header = usize::try_from(data_start.saturating_sub(position)).unwrap_or(usize::MAX).min(piece.len());
            rayon::join(|| whole.update(piece), || data.update(&piece[header..]));
        })?;
        let sha256 = hex(&whole.finalize());
        Ok(FileHashes { auto_v2: sha256[..10].to_owned(), sha256, auto_v3: hex(&data.finalize()) })
    }

    /// SHA-256 of the file alone, 64 hexadecimal digits.
    ///
    /// # Errors
    /// As [`Self::hashes`].
    pub fn sha256(&self) -> io::Result<String> {
        let mut whole = Sha256::new();
        self.file.visit_bytes(|_, piece| whole.update(piece))?;
        Ok(hex(&whole.finalize()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
