use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{PersonName, Sha256};

/// One edit of an image in Fix-and-finish, made outside the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What was done.
    pub kind: EditKind,
    /// In words: which place, which values.
    pub note: String,
    /// Other images that went into it, by hash.
    pub inputs: Vec<Sha256>,
}

/// What an edit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditKind {
    /// Cleaned up an artefact by hand.
    ArtefactCleanup,
    /// Put several images together.
    Compositing,
    /// Corrected colours towards the palette.
    ColourCorrection,
    /// Set real text over the image.
    TextOverlay,
    /// Enlarged the finished image.
    Upscale,
    /// Cut out the background.
    CutOut,
    /// Traced to vectors.
    Vector,
    /// Converted to a colour profile.
    ColourProfile,
    /// Converted to another file format.
    Format,
    /// Came back from a human editor.
    HumanEdit,
}

impl EditKind {
    /// All kinds, in the order of the menu.
    pub const ALL: [Self; 10] = [
        Self::ArtefactCleanup,
        Self::Compositing,
        Self::ColourCorrection,
        Self::TextOverlay,
        Self::Upscale,
        Self::CutOut,
        Self::Vector,
        Self::ColourProfile,
        Self::Format,
        Self::HumanEdit,
    ];
}

impl fmt::Display for EditKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ArtefactCleanup => "artefact cleanup",
            Self::Compositing => "compositing",
            Self::ColourCorrection => "colour correction",
            Self::TextOverlay => "text overlay",
            Self::Upscale => "upscale",
            Self::CutOut => "cut-out",
            Self::Vector => "vector conversion",
            Self::ColourProfile => "colour profile",
            Self::Format => "format conversion",
            Self::HumanEdit => "human edit",
        })
    }
}

/// An image that an edit made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditedImage {
    /// Hash of the file.
    pub sha256: Sha256,
    /// Hash of the decoded pixels.
    pub pixels_sha256: Sha256,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// An image that a human editor has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOff {
    /// Who edits.
    pub editor: PersonName,
    /// Why a person must: legal-sensitive or brand-critical.
    pub reason: String,
    /// Its record.
    pub seq: u64,
}
