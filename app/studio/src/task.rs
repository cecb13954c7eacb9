use serde::{Deserialize, Serialize};

use crate::{Region, Sha256};

/// What is generated from what. Input images are named by content; their pixels travel beside the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", from = "TaskForm")]
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
        /// The image to repaint, of the recipe's size, or of any size where there is a region.
        image: ImageReference,
        /// Grey image of the same size: white is repainted, black is kept.
        mask: ImageReference,
        /// Share of the denoising that is run, above 0 and at most 1.
        strength: f64,
        /// Which part of the image is brought to the recipe's size; without it, the whole image has that size.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
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

    /// The image that it starts from, where there is one.
    pub fn image(&self) -> Option<&ImageReference> {
        match self {
            Self::TextToImage => None,
            Self::ImageToImage { image, .. } | Self::Inpaint { image, .. } => Some(image),
        }
    }

    /// The mask by the hash of its file, where there is one.
    pub fn mask(&self) -> Option<Sha256> {
        match self {
            Self::Inpaint { mask, .. } => Some(mask.sha256),
            Self::TextToImage | Self::ImageToImage { .. } => None,
        }
    }

    /// The region that is brought to the recipe's size, where there is one.
    pub fn region(&self) -> Option<&Region> {
        match self {
            Self::Inpaint { region, .. } => region.as_ref(),
            Self::TextToImage | Self::ImageToImage { .. } => None,
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

/// The form that is read. Serde lets a unit variant with a tag have any field, so that text-to-image has braces here.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum TaskForm {
    TextToImage {},
    ImageToImage {
        image: ImageReference,
        strength: f64,
    },
    Inpaint {
        image: ImageReference,
        mask: ImageReference,
        strength: f64,
        #[serde(default)]
        region: Option<Region>,
    },
}

impl From<TaskForm> for Task {
    fn from(form: TaskForm) -> Self {
        match form {
            TaskForm::TextToImage {} => Self::TextToImage,
            TaskForm::ImageToImage { image, strength } => Self::ImageToImage { image, strength },
            TaskForm::Inpaint { image, mask, strength, region } => Self::Inpaint { image, mask, strength, region },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_refuses_what_it_does_not_know() {
        let text = serde_json::to_string(&Task::TextToImage).unwrap();
        assert_eq!(text, "{\"kind\":\"text-to-image\"}");
        assert_eq!(serde_json::from_str::<Task>(&text).unwrap(), Task::TextToImage);
        for wrong in ["{\"kind\":\"text-to-image\",\"strength\":1.0}", "{\"kind\":\"video\"}", "{}"] {
            assert!(serde_json::from_str::<Task>(wrong).is_err(), "{wrong}");
        }
        let error = ron::from_str::<Task>("(kind: \"text-to-image\", luck: 3)").unwrap_err();
        assert!(matches!(error.code, ron::Error::NoSuchStructField { found, .. } if found == "luck"));
    }
}
