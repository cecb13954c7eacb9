//! A safetensors file, checked when it is opened and read one tensor at a time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::header::{self, HeaderFault, TensorInfo};
use super::{WeightsError, sniff};

/// An open safetensors file whose header passed every check of [`header`].
///
/// Tensor bytes stay on disk until they are read. They are read by position and not mapped into memory: mapped pages of a
/// model count as memory of the process beside the tensors made from them, and a file that shrinks while it is mapped ends
/// the process, where here it is an error.
#[derive(Debug)]
pub struct SafetensorsFile {
    path: PathBuf,
    source: Source,
    length: u64,
    data_start: u64,
    tensors: BTreeMap<String, TensorInfo>,
    metadata: BTreeMap<String, String>,
}

/// Where the bytes are: on disk, or compiled into the program.
#[derive(Debug)]
enum Source {
    File(File),
    Embedded(&'static [u8]),
}

/// How much of either end of a file is looked at to tell what it is.
const SNIFF_BYTES: u64 = 64 * 1024;

impl SafetensorsFile {
    /// Opens and checks a file.
    ///
    /// # Errors
    /// [`WeightsError::Open`] when it cannot be read, [`WeightsError::Foreign`] when its content is something else (a pickle
    /// above all), [`WeightsError::Header`] when the header breaks a rule.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let io = |source| WeightsError::Open { source, path: path.to_owned() };
        let file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        if !metadata.is_file() {
            return Err(WeightsError::NotAFile { path: path.to_owned() });
        }
        Self::check(path, Source::File(file), metadata.len())
    }

    /// Checks a file that is compiled into the program; `name` stands in for its path in messages.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn embedded(name: &Path, bytes: &'static [u8]) -> Result<Self, WeightsError> {
        Self::check(name, Source::Embedded(bytes), bytes.len() as u64)
    }

    fn check(path: &Path, source: Source, length: u64) -> Result<Self, WeightsError> {
        let io = |source| WeightsError::Open { source, path: path.to_owned() };
        let fault = |fault: HeaderFault| WeightsError::Header { fault, path: path.to_owned() };
        // 1. What it is.
        let head = source.read(0, length.min(SNIFF_BYTES)).map_err(io)?;
        let tail_start = length.saturating_sub(SNIFF_BYTES);
        let tail = source.read(tail_start, length - tail_start).map_err(io)?;
        if let Some(format) = sniff::sniff(&head, &tail) {
            return Err(WeightsError::Foreign { format, path: path.to_owned() });
        }
        // 2. The header, of which no more is read than is allowed.
        let header_length = header::length(&head, length).map_err(fault)?;
        let json = source.read(8, header_length).map_err(io)?;
        let data_start = 8 + header_length;
        let header = header::parse(&json, length - data_start).map_err(fault)?;
        drop((head, tail, json));
        Ok(Self {
            path: path.to_owned(),
            source,
            length,
            data_start,
            tensors: header.tensors,
            metadata: header.metadata,
        })
    }

    /// The path that it was opened from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Size of the file in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where the tensors begin: behind the header.
    pub fn data_start(&self) -> u64 {
        self.data_start
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
    ///
    /// # Errors
    /// [`WeightsError::Open`] when the file cannot be read any more or has become shorter.
    pub fn tensor_bytes(&self, info: &TensorInfo) -> Result<Cow<'_, [u8]>, WeightsError> {
        self.tensor_part(info, 0..info.range.len())
    }

    /// Some of the stored bytes of one tensor; `part` counts from the tensor's first byte and lies inside it.
    ///
    /// # Errors
    /// As [`Self::tensor_bytes`].
    pub fn tensor_part(&self, info: &TensorInfo, part: std::ops::Range<usize>) -> Result<Cow<'_, [u8]>, WeightsError> {
        let start = self.data_start + (info.range.start + part.start) as u64;
        self.source
            .read(start, part.len() as u64)
            .map_err(|source| WeightsError::Open { source, path: self.path.clone() })
    }

    /// Hands the whole file to `visit` piece by piece, each with its position, in order.
    ///
    /// # Errors
    /// What the system says when the file cannot be read any more or has become shorter.
    pub fn visit_bytes(&self, mut visit: impl FnMut(u64, &[u8])) -> io::Result<()> {
        const PIECE: u64 = 1024 * 1024;
        let mut position = 0;
        while position < self.length {
            let piece = self.source.read(position, PIECE.min(self.length - position))?;
            visit(position, &piece);
            position += piece.len() as u64;
        }
        Ok(())
    }
}

impl Source {
    fn read(&self, start: u64, length: u64) -> io::Result<Cow<'_, [u8]>> {
        let too_big = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let length = usize::try_from(length).map_err(|_| too_big())?;
        match self {
            Self::Embedded(bytes) => {
                let start = usize::try_from(start).map_err(|_| too_big())?;
                let end = start.checked_add(length).ok_or_else(too_big)?;
                bytes.get(start..end).map(Cow::Borrowed).ok_or_else(too_big)
            }
            Self::File(file) => {
                let mut bytes = vec![0; length];
                read_exact_at(file, &mut bytes, start)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

/// Reads by position, so that threads may share the file.
#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, bytes, start)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[count..];
        start += count as u64;
    }
    Ok(())
}
