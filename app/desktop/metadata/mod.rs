//! What an image file says about itself: A1111's `parameters` text, which every other tool reads, and Kento's own `kento`
//! chunk with the whole request and the engine's fingerprint, from which the image can be made again.

mod mix_record;
mod parameters;
mod png_file;

use kento_studio::{EngineFingerprint, GenerationRequest, ModelFile, ModelReference, NoiseSource, SchemaV1, Task};
use serde::{Deserialize, Serialize};

use kento_diffusion::schedulers::{SchedulerKind, SigmaSchedule};

pub use mix_record::MixRecord;
pub use parameters::Parameters;
pub use png_file::{PngError, PngMetadata, encode, encode_mix, read};

/// Keyword of A1111's text chunk.
pub const PARAMETERS_KEYWORD: &str = "parameters";
/// Keyword of Kento's JSON chunk of an image that was put together of two.
pub const MIX_KEYWORD: &str = "kento-mix";
/// Keyword of Kento's JSON chunk.
pub const RECORD_KEYWORD: &str = "kento";

/// How an image was made. Two runs of the same request on the same engine write the same record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageRecord {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Everything that was asked for.
    pub request: GenerationRequest,
    /// What it ran on.
    pub fingerprint: EngineFingerprint,
    /// Why it was repaired on the command line where more than a third was masked. It determines no pixel; in a project the record log
    /// has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrule: Option<String>,
}

impl ImageRecord {
    /// How an image was made, with nothing to add.
    pub fn new(request: GenerationRequest, fingerprint: EngineFingerprint) -> Self {
        Self { schema: SchemaV1, request, fingerprint, overrule: None }
    }

    /// The same in A1111's words (source: A1111 `modules/processing.py`, `create_infotext`).
    pub fn parameters(&self) -> Parameters {
        let GenerationRequest { recipe, task, seed, variation, .. } = &self.request;
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.push(("Steps", recipe.steps.to_string()));
        let scheduler = &recipe.scheduler;
        match SchedulerKind::parse(&scheduler.name) {
            Ok((kind, in_name)) => {
                pairs.push(("Sampler", kind.a1111_name().to_owned()));
                let sigmas = scheduler.sigmas.as_deref().and_then(|name| SigmaSchedule::parse(name).ok()).or(in_name);
                if let Some(sigmas) = sigmas {
                    pairs.push(("Schedule type", sigmas.a1111_name().to_owned()));
                }
            }
            Err(_) => pairs.push(("Sampler", scheduler.name.clone())),
        }
        pairs.push(("CFG scale", recipe.guidance_scale.to_string()));
        pairs.push(("Seed", seed.to_string()));
        pairs.push(("Size", format!("{}x{}", recipe.width, recipe.height)));
        push_model(&mut pairs, "Model hash", "Model", &recipe.model);
        if let Some(vae) = &recipe.vae {
            push_model(&mut pairs, "VAE hash", "VAE", vae);
        }
        match task {
            Task::TextToImage => {}
            Task::ImageToImage { image, strength } | Task::Inpaint { image, strength, .. } => {
                pairs.push(("Denoising strength", strength.to_string()));
                pairs.push(("Init image hash", image.sha256.auto_v2()));
            }
        }
        if let Some(region) = task.region() {
            pairs.push(("Masked content", String::from(region.fill)));
            pairs.push(("Inpaint area", "Only masked".to_owned()));
            pairs.push(("Mask blur", region.blend.to_string()));
        }
        if let Some(variation) = variation {
            pairs.push(("Variation seed", variation.seed.to_string()));
            pairs.push(("Variation seed strength", variation.strength.to_string()));
        }
        if recipe.clip_skip != 1 {
            pairs.push(("Clip skip", recipe.clip_skip.to_string()));
        }
        if recipe.guidance_rescale != 0.0 {
            pairs.push(("CFG Rescale phi", recipe.guidance_rescale.to_string()));
        }
        let rng = match recipe.noise {
            NoiseSource::TorchCpu => "CPU",
            NoiseSource::Philox => "NV",
        };
        pairs.push(("RNG", rng.to_owned()));
        pairs.push(("Version", format!("Kento {}", recipe.tool.version)));
        Parameters {
            prompt: recipe.prompt.clone(),
            negative_prompt: recipe.negative_prompt.clone(),
            pairs: pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        }
    }
}

fn push_model(pairs: &mut Vec<(&str, String)>, hash_key: &'static str, name_key: &'static str, model: &ModelReference) {
    if let Some(ModelFile { sha256, .. }) = model.principal_file() {
        pairs.push((hash_key, sha256.auto_v2()));
    }
    pairs.push((name_key, model.name.clone()));
}
