use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Sha256;

/// What bends the model for one recipe, everything by hash. The fields are part of the form from the first version on,
/// and [`RecipeCard::check`](super::RecipeCard::check) refuses them by name until a version of Kento can use them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adapters {
    /// Low-rank adaptations of the weights, in order.
    pub loras: Vec<LoraReference>,
    /// Textual inversions.
    pub embeddings: Vec<EmbeddingReference>,
    /// Conditioning on a control image, in order.
    pub control_nets: Vec<ControlNetReference>,
    /// Reference images for style or character.
    pub references: Vec<ImagePrompt>,
}

impl Adapters {
    /// Whether nothing bends the model.
    pub fn is_empty(&self) -> bool {
        self.loras.is_empty()
            && self.embeddings.is_empty()
            && self.control_nets.is_empty()
            && self.references.is_empty()
    }
}

/// A LoRA file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoraReference {
    /// Name for people.
    pub name: String,
    /// Hash of the file.
    pub sha256: Sha256,
    /// How strongly it is merged.
    pub weight: f64,
}

/// A textual inversion file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingReference {
    /// The word of the prompt that it replaces.
    pub word: String,
    /// Hash of the file.
    pub sha256: Sha256,
}

/// A ControlNet with its control image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlNetReference {
    /// Name for people.
    pub name: String,
    /// Hash of the weight file.
    pub sha256: Sha256,
    /// Hash of the control image, after its preprocessor.
    pub image: Sha256,
    /// How strongly it conditions.
    pub weight: f64,
    /// Share of the denoising, 0 to 1, at which it begins.
    pub begin: f64,
    /// Share of the denoising, 0 to 1, at which it ends.
    pub end: f64,
}

/// A reference image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagePrompt {
    /// Hash of the image file.
    pub image: Sha256,
    /// Hash of the adapter's weight file.
    pub adapter: Sha256,
    /// What is taken from the image.
    pub mode: ImagePromptMode,
    /// How strongly.
    pub weight: f64,
}

/// What is taken from a reference image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImagePromptMode {
    /// Medium, light and mood.
    Style,
    /// Layout.
    Composition,
    /// The same person or thing.
    Character,
}

impl fmt::Display for ImagePromptMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Style => "style",
            Self::Composition => "composition",
            Self::Character => "character",
        })
    }
}

/// A model that enlarges the finished image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upscaler {
    /// Name for people.
    pub name: String,
    /// Hash of the weight file.
    pub sha256: Sha256,
    /// How many times larger.
    pub scale: u32,
}

/// One step after generation and upscaling, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostStep {
    /// Name of the step, for example `sharpen`.
    pub name: String,
    /// Its settings as written, in order.
    pub settings: Vec<(String, String)>,
}
