use std::fmt;

use serde::{Deserialize, Serialize};

use super::Slot;

/// A field of a card that can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardField {
    /// The subject slot.
    Subject,
    /// The context slot.
    Context,
    /// The composition slot.
    Composition,
    /// The style slot.
    Style,
    /// The technical slot.
    Technical,
    /// The whole prompt, where it cannot be told by slot.
    Prompt,
    /// The negative prompt.
    Negative,
    /// The seed.
    Seed,
    /// Where the noise comes from.
    Noise,
    /// The sampling method.
    Scheduler,
    /// The sigma schedule.
    Sigmas,
    /// Denoising steps.
    Steps,
    /// Guidance scale.
    Guidance,
    /// Guidance rescale.
    GuidanceRescale,
    /// Layer of the text encoder.
    ClipSkip,
    /// Width in pixels.
    Width,
    /// Height in pixels.
    Height,
    /// The model's files.
    Model,
    /// The VAE that replaces the model's own.
    Vae,
    /// Number format.
    Dtype,
    /// What is generated from what.
    Task,
    /// LoRAs.
    Loras,
    /// Textual inversions.
    Embeddings,
    /// ControlNets.
    ControlNets,
    /// Reference images.
    References,
    /// What enlarges the image.
    Upscaler,
    /// Post-processing.
    Post,
    /// Version of Kento and numerics revision.
    Tool,
    /// The device that the recipe was made on. It binds nobody.
    Device,
    /// What a volume run may vary. It does not change the card's own image.
    Axes,
}

impl From<Slot> for CardField {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::Subject => Self::Subject,
            Slot::Context => Self::Context,
            Slot::Composition => Self::Composition,
            Slot::Style => Self::Style,
            Slot::Technical => Self::Technical,
        }
    }
}

impl fmt::Display for CardField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

impl CardField {
    /// The word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Context => "Context",
            Self::Composition => "Composition",
            Self::Style => "Style",
            Self::Technical => "Technical",
            Self::Prompt => "Prompt",
            Self::Negative => "Negative prompt",
            Self::Seed => "Seed",
            Self::Noise => "Noise source",
            Self::Scheduler => "Scheduler",
            Self::Sigmas => "Sigma schedule",
            Self::Steps => "Steps",
            Self::Guidance => "Guidance",
            Self::GuidanceRescale => "Guidance rescale",
            Self::ClipSkip => "Clip skip",
            Self::Width => "Width",
            Self::Height => "Height",
            Self::Model => "Model",
            Self::Vae => "VAE",
            Self::Dtype => "Number format",
            Self::Task => "Task",
            Self::Loras => "LoRAs",
            Self::Embeddings => "Embeddings",
            Self::ControlNets => "ControlNets",
            Self::References => "Reference images",
            Self::Upscaler => "Upscaler",
            Self::Post => "Post-processing",
            Self::Tool => "Kento version",
            Self::Device => "Device",
            Self::Axes => "Variation axes",
        }
    }
}
