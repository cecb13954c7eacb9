//! A safetensors file, mapped into memory and checked before use.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use super::header::{self, TensorInfo};
use super::{WeightsError, sniff};

/// An open safetensors file whose header passed every check of [`header`].
///
/// Tensor bytes stay on disk until they are read. The file must not be changed while it is open: see [`map`].
#[derive(Debug)]
pub struct SafetensorsFile {
    path: PathBuf,
    bytes: FileBytes,
    data_start: usize,
    tensors: BTreeMap<String, TensorInfo>,
    metadata: BTreeMap<String, String>,
}

/// Where the bytes are: a mapped file, or a file that is compiled into the program.
#[derive(Debug)]
enum FileBytes {
    Mapped(Mmap),
    Embedded(&'static [u8]),
}

impl FileBytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Embedded(bytes) => bytes,
        }
    }
}

impl SafetensorsFile {
    /// Maps and checks a file.
    ///
    /// # Errors
    /// [`WeightsError::Open`] when it cannot be read, [`WeightsError::Foreign`] when its content is something else (a
    /// pickle above all), [`WeightsError::Header`] when the header breaks a rule.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let io = |source| WeightsError::Open { source, path: path.to_owned() };
        let file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        if !metadata.is_file() {
            return Err(WeightsError::NotAFile { path: path.to_owned() });
        }
        if metadata.len() == 0 {
            // An empty file cannot be mapped on every system.
            return Err(WeightsError::Header { fault: header::HeaderFault::Empty, path: path.to_owned() });
        }
        Self::check(path, FileBytes::Mapped(map(&file).map_err(io)?))
    }

    /// Checks a file that is compiled into the program; `name` stands in for its path in messages.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn embedded(name: &Path, bytes: &'static [u8]) -> Result<Self, WeightsError> {
        Self::check(name, FileBytes::Embedded(bytes))
    }

    fn check(path: &Path, bytes: FileBytes) -> Result<Self, WeightsError> {
        if let Some(format) = sniff::sniff(bytes.as_slice()) {
            return Err(WeightsError::Foreign { format, path: path.to_owned() });
        }
        let header =
            header::parse(bytes.as_slice()).map_err(|fault| WeightsError::Header { fault, path: path.to_owned() })?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            data_start: header.data_start,
            tensors: header.tensors,
            metadata: header.metadata,
        })
    }

    /// The path that it was opened from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tensors by name.
    pub fn tensors(&self) -> &BTreeMap<String, TensorInfo> {
        &self.tensors
    }

    /// One tensor, if the file holds it.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.get(name)
    }

    /// The `__metadata__` strings of the header (training tool, `modelspec.*` keys, licence).
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The stored bytes of one tensor, little-endian.
    pub fn tensor_bytes(&self, info: &TensorInfo) -> &[u8] {
        // The header check guarantees that every range lies inside the data section.
        &self.data()[info.range.clone()]
    }

    /// Everything behind the header.
    pub fn data(&self) -> &[u8] {
        &self.bytes.as_slice()[self.data_start..]
    }

    /// The whole file.
    pub fn file_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }
}

/// Maps a file for reading: the one `unsafe` of the workspace.
///
/// If another program truncates the file meanwhile, reading it ends the process with SIGBUS. Kento loads weights only
/// in the engine's child process, whose end the window survives, so this costs one job and not the user's work.
#[allow(unsafe_code)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: the map is read-only and private to this struct. Its bytes are only ever read as integers and copied, any
    // bit pattern is valid, and no reference into it is held across a check and a use that depends on it: a changed
    // file gives wrong numbers, never undefined lengths, because all lengths come from the header that was parsed into
    // owned memory.
    unsafe { Mmap::map(file) }
}
