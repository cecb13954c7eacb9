//! What a pipeline is asked for and what it answers.

use std::path::PathBuf;

use super::image::{Mask8, Rgb8};
use super::seed_variation::SeedVariation;
use crate::noise::NoiseSource;
use crate::schedulers::{SchedulerKind, SigmaSchedule};

/// Where a model lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSource {
    /// A diffusers folder or a single .safetensors file.
    pub model: PathBuf,
    /// Another autoencoder instead of the model's own.
    pub vae: Option<PathBuf>,
}

/// Everything that determines the pixels besides the model, the device and its precision.
#[derive(Clone, Debug, PartialEq)]
pub struct PipelineRequest {
    /// What to show; A1111 weighting `(x:1.2)`, `(x)`, `[x]`, `BREAK` is understood.
    pub prompt: String,
    /// What to avoid.
    pub negative_prompt: String,
    /// Pixels, a multiple of 8.
    pub width: u32,
    /// Pixels, a multiple of 8.
    pub height: u32,
    /// Denoising steps, at least 1.
    pub steps: usize,
    /// Classifier-free guidance; 1 and below run without a negative prompt.
    pub guidance_scale: f64,
    /// Share of the rescaled guidance (Lin et al. 2024), 0 = none.
    pub guidance_rescale: f64,
    /// Which layer of the text encoder is read for the prompt, counted from its end as A1111 counts: 1 = the last. What to
    /// avoid is read from the last, as in diffusers.
    pub clip_skip: usize,
    /// The model's own when none is given.
    pub scheduler: Option<SchedulerKind>,
    /// The scheduler's own when none is given.
    pub sigmas: Option<SigmaSchedule>,
    /// Which generator turns the seed into noise.
    pub noise: NoiseSource,
    /// Where the noise starts.
    pub seed: u64,
    /// Turns the first noise towards that of another seed.
    pub variation: Option<SeedVariation>,
    /// How often a preview is made.
    pub preview: PreviewRate,
    /// What to make.
    pub task: PipelineTask,
}

/// What to make.
#[derive(Clone, Debug, PartialEq)]
pub enum PipelineTask {
    /// A picture from text alone.
    TextToImage,
    /// A variation of a picture of the request's size.
    ImageToImage {
        /// Where to start.
        image: Rgb8,
        /// How far to go from it, above 0 and at most 1.
        strength: f64,
    },
    /// A picture of the request's size with its masked part made anew.
    Inpaint {
        /// Where to start.
        image: Rgb8,
        /// Which part.
        mask: Mask8,
        /// How far to go from it, above 0 and at most 1.
        strength: f64,
        /// What grey in the mask means. A nine-channel model was trained on black and white and knows no other.
        edge: MaskEdge,
        /// What stands in the masked part of the latent at the start.
        content: LatentContent,
    },
}

/// What grey in a mask means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskEdge {
    /// From half on the picture is made anew, below it is kept.
    Hard,
    /// Grey is how far a part may change (differential diffusion, Levin and Fried 2023).
    Soft,
}

/// What stands in the masked part of the latent at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatentContent {
    /// The picture.
    Picture,
    /// Noise, so that nothing of the picture is left (A1111's masked content "latent noise").
    Noise,
}

/// How often a preview is made. Each is read back from the device, one step late so that the device never waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewRate {
    /// Never: nothing is read back during denoising.
    Off,
    /// After every so many steps.
    EverySteps(usize),
}

/// What a pipeline tells while it works.
#[derive(Clone, Debug, PartialEq)]
pub enum PipelineEvent {
    /// A component is being read.
    Loading {
        /// diffusers' name of it.
        component: String,
        /// Share of the whole model that was read before it, 0..=1.
        fraction: f32,
    },
    /// Something the user should know: what was cut off, assumed or rounded.
    Notice(String),
    /// The text is encoded.
    Encoded {
        /// How long that took.
        elapsed_secs: f64,
    },
    /// A step is done.
    Step {
        /// Counted from 1.
        index: usize,
        /// How many there are.
        of: usize,
        /// What the picture looked like shortly before, at the size of the latent.
        preview: Option<Rgb8>,
    },
    /// The latent is being turned into pixels.
    Decoding,
}

/// Who listens to a pipeline, and may stop it between two steps.
pub trait PipelineObserver {
    /// Something happened.
    fn event(&mut self, event: PipelineEvent);
    /// Asked before each step; true ends the run with [`crate::DiffusionError::Cancelled`].
    fn cancelled(&self) -> bool;
}

/// A finished picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PipelineOutput {
    /// The pixels.
    pub image: Rgb8,
    /// What the user should know.
    pub notices: Vec<String>,
    /// How long each part took.
    pub timings: Timings,
}

/// Seconds, by the clock on the wall.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timings {
    /// Encoding the text.
    pub encode_secs: f64,
    /// Each step. On a GPU these are the times of queueing; only their sum includes the device's work.
    pub steps_secs: Vec<f64>,
    /// From the last step to pixels.
    pub decode_secs: f64,
    /// The whole run, without loading.
    pub total_secs: f64,
}

/// What a loaded model is.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedModel {
    /// "SD1.x", "SD2.x", "SDXL" …, as found from the tensors.
    pub family: String,
    /// The size it was trained at, in pixels.
    pub native_size: u32,
    /// Whether it takes mask and masked picture as input.
    pub inpainting: bool,
    /// A1111's name of the scheduler it asks for; none where that is not one of ours, and every request has to name one.
    pub default_scheduler: Option<String>,
    /// What was assumed or is odd about it.
    pub notices: Vec<String>,
}
