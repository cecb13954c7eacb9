use std::path::PathBuf;

use super::MaskId;
use crate::mask::MaskError;

/// Why masks cannot be opened, changed or saved, each in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file was made for another image.
    #[error("these masks belong to another image: open them with that image, or begin new ones: {}", path.display())]
    OtherImage {
        /// The file.
        path: PathBuf,
    },
    /// The file was made for the same image at another size.
    #[error("these masks are for {}x{} pixels and the image has {}x{}: open them with the image as it was: {}",
        size[0], size[1], image[0], image[1], path.display())]
    OtherSize {
        /// Width and height that the file states.
        size: [u32; 2],
        /// Width and height of the image.
        image: [u32; 2],
        /// The file.
        path: PathBuf,
    },
    /// Something else has this name.
    #[error("this file holds no masks, or its beginning is damaged: move it away, or take it from a backup: {}", path.display())]
    NotMasks {
        /// The file.
        path: PathBuf,
    },
    /// Written by a later Kento.
    #[error("these masks have format {version} and this Kento reads 1: open them with a newer Kento: {}", path.display())]
    NewerFormat {
        /// The format that the file states.
        version: u32,
        /// The file.
        path: PathBuf,
    },
    /// Another process has the file.
    #[error("another window works on these masks: close the image there first: {}", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The drive is full.
    #[error("the drive is full, so masks are kept in memory only: free some space and go on working: {}", path.display())]
    DriveFull {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses to read or write.
    #[error("the masks cannot be read or saved ({problem}): check that the drive is there and may be written to: {}",
        path.display())]
    Drive {
        /// What the system says.
        problem: String,
        /// The file.
        path: PathBuf,
    },
    /// No mask has this id any more.
    #[error("mask {} was removed: choose another one", id.number())]
    Unknown {
        /// The id.
        id: MaskId,
    },
    /// A name is empty, too long or has control characters.
    #[error("a mask's name has 1 to {most} characters without line breaks: choose another name")]
    Name {
        /// Longest name in characters.
        most: usize,
    },
    /// There are too many masks.
    #[error("an image has at most {most} masks: remove one first")]
    TooMany {
        /// The most.
        most: usize,
    },
    /// The mask has another size than the image.
    #[error(transparent)]
    Mask(#[from] MaskError),
}
