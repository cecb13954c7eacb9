use serde::{Deserialize, Serialize};

use crate::Sha256;

/// What is generated from what. Input images are named by content; their pixels travel beside the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Task {
    /// From noise alone.
    TextToImage,
    /// From noise added to an image.
    ImageToImage {
        /// The image to start from, of the recipe's size.
        image: ImageReference,
        /// Share of the denoising that is run, above 0 and at most 1, where 1 ignores the image.
        strength: f64,
    },
    /// As image-to-image, repainting only where the mask says so.
    Inpaint {
        /// The image to repaint, of the recipe's size.
        image: ImageReference,
        /// Grey image of the same size: white is repainted, black is kept.
        mask: ImageReference,
        /// Share of the denoising that is run, above 0 and at most 1.
        strength: f64,
    },
}

impl Task {
    /// Strength, where the task has one.
    pub fn strength(&self) -> Option<f64> {
        match self {
            Self::TextToImage => None,
            Self::ImageToImage { strength, .. } | Self::Inpaint { strength, .. } => Some(*strength),
        }
    }
}

/// An input image by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageReference {
    /// Hash of the image file as it was read.
    pub sha256: Sha256,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
