use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chain::hash_of;
use super::whole_file::{ensure_durable_folder, is_temporary, read_bounded, sync_folder, write_whole};
use super::{DiskAction, DiskError, EvidenceStore, Fs, FsKind, ReadOnlyReason};
use crate::Sha256;

/// A larger file is no image of Kento's.
const MOST_IMAGE_BYTES: u64 = 1 << 30;

/// The images of a project, each named by the SHA-256 of its file: `images/ab/cdef….png`. Cheap to clone and usable
/// from any thread, so that no window has to wait for a drive.
#[derive(Debug, Clone)]
pub struct ImageStore {
    fs: Arc<dyn Fs>,
    folder: PathBuf,
    read_only: Option<ReadOnlyReason>,
}

/// What saving an image did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredImage {
    /// Name of the image.
    pub sha256: Sha256,
    /// What was there before.
    pub found: FoundImage,
}

/// What was found under the name of an image that is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundImage {
    /// Nothing.
    Nothing,
    /// The same bytes.
    Same,
    /// Other bytes than its name says: the file had been damaged, and is now right.
    Damaged,
}

/// Why an image cannot be saved or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The drive failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The project is open for reading only.
    #[error("the image is not saved, because {0}")]
    ReadOnly(ReadOnlyReason),
    /// There is no such image.
    #[error("image {sha256} is missing: restore it from a backup: {}", path.display())]
    Missing {
        /// Name of the image.
        sha256: Sha256,
        /// Where it should be.
        path: PathBuf,
    },
    /// The file is not the image that was saved under this name.
    #[error("image {sha256} was changed after it was saved (now {found}): take it from a backup: {}", path.display())]
    Damaged {
        /// Name of the image.
        sha256: Sha256,
        /// Hash of what is there.
        found: Sha256,
        /// Where it is.
        path: PathBuf,
    },
}

/// The files of an image store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageList {
    /// Names of the images, sorted.
    pub images: Vec<Sha256>,
    /// What lies there and is no image of this store.
    pub strays: Vec<PathBuf>,
}

impl ImageStore {
    pub(super) fn new(fs: Arc<dyn Fs>, project: &Path, read_only: Option<ReadOnlyReason>) -> Self {
        Self { fs, folder: project.join("images"), read_only }
    }

    /// The evidence of the same project.
    pub fn evidence(&self) -> EvidenceStore {
        EvidenceStore::new(self.fs.clone(), self.folder.with_file_name("evidence"), self.read_only.clone())
    }

    /// Where the project keeps masks of its images: working state, which is no record and no part of any image.
    pub fn masks_folder(&self) -> PathBuf {
        self.folder.with_file_name("masks")
    }

    /// Saves an image. When this returns `Ok` it is durable.
    ///
    /// # Errors
    /// When it is not saved; trying again is fine.
    pub fn put(&self, bytes: &[u8]) -> Result<StoredImage, ImageError> {
        if let Some(reason) = &self.read_only {
            return Err(ImageError::ReadOnly(reason.clone()));
        }
        let sha256 = hash_of(bytes);
        let path = self.path(sha256);
        if bytes.len() as u64 > MOST_IMAGE_BYTES {
            let error = io::Error::new(io::ErrorKind::FileTooLarge, format!("{} bytes", bytes.len()));
            return Err(DiskError::new(DiskAction::Write, &path, &error).into());
        }
        let found = match read_bounded(&*self.fs, &path, MOST_IMAGE_BYTES)? {
            None => FoundImage::Nothing,
            Some(old) if old == bytes => FoundImage::Same,
            Some(_) => FoundImage::Damaged,
        };
        let shelf = self.shelf(sha256);
        ensure_durable_folder(&*self.fs, &self.folder)?;
        ensure_durable_folder(&*self.fs, &shelf)?;
        if found == FoundImage::Same {
            // Whoever wrote it may have ended before its name was durable.
            sync_folder(&*self.fs, &shelf)?;
        } else {
            write_whole(&*self.fs, &shelf, &path, bytes)?;
        }
        Ok(StoredImage { sha256, found })
    }

    /// Reads an image and verifies that it is the one that was saved.
    ///
    /// # Errors
    /// When it is missing, changed or cannot be read.
    pub fn get(&self, sha256: Sha256) -> Result<Vec<u8>, ImageError> {
        let path = self.path(sha256);
        let Some(bytes) = read_bounded(&*self.fs, &path, MOST_IMAGE_BYTES)? else {
            return Err(ImageError::Missing { sha256, path });
        };
        let found = hash_of(&bytes);
        if found == sha256 { Ok(bytes) } else { Err(ImageError::Damaged { sha256, found, path }) }
    }

    /// Where an image is, for programs that open files themselves. It may be absent or damaged.
    pub fn path(&self, sha256: Sha256) -> PathBuf {
        self.shelf(sha256).join(format!("{}.png", &sha256.to_string()[2..]))
    }

    /// The folders that images lie in; none if they cannot be listed.
    pub(super) fn shelves(&self) -> Vec<PathBuf> {
        self.entries(&self.folder).unwrap_or_default()
    }

    /// The name that the path of an image stands for: `…/ab/cdef….png`.
    pub(super) fn name_of(path: &Path) -> Option<Sha256> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".png")?;
        let shelf = path.parent()?.file_name()?.to_str()?;
        let digits = format!("{shelf}{stem}");
        let sha256: Sha256 = digits.parse().ok()?;
        (shelf.len() == 2 && sha256.to_string() == digits).then_some(sha256)
    }

    fn shelf(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(&sha256.to_string()[..2])
    }

    /// Names all images, without reading them.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn list(&self) -> Result<ImageList, DiskError> {
        let mut list = ImageList::default();
        for shelf in self.entries(&self.folder)? {
            let metadata =
                self.fs.metadata(&shelf).map_err(|error| DiskError::new(DiskAction::Read, &shelf, &error))?;
            if metadata.kind != FsKind::Folder {
                list.strays.push(shelf);
                continue;
            }
            for path in self.entries(&shelf)? {
                match Self::name_of(&path) {
                    Some(sha256) => list.images.push(sha256),
                    None if is_temporary(&path) => {}
                    None => list.strays.push(path),
                }
            }
        }
        Ok(list)
    }

    /// Verifies every image; gives what is wrong with any of them, in the order of their names.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn verify(&self) -> Result<Vec<ImageError>, DiskError> {
        Ok(self.list()?.images.into_iter().filter_map(|sha256| self.get(sha256).err()).collect())
    }

    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
        match self.fs.list(folder) {
            Ok(names) => Ok(names.into_iter().map(|name| folder.join(name)).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(DiskError::new(DiskAction::Read, folder, &error)),
        }
    }
}
