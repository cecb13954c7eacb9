//! Which checkpoint a path holds: family, components, configs, hashes, problems.
//!
//! A [`Checkpoint`] is a diffusers folder or a single LDM/A1111 file, opened and checked but not read: tensors stay on
//! disk until [`StateDict::read`]. Both forms give the same tensors under the same names and the same `config.json`
//! values, so that models know nothing of files.

mod config;
mod error;
mod files;
mod folder;
mod foreign;
mod inspection;
mod ldm;
mod single_file;
mod vae;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use error::CheckpointError;
pub use files::{FileHashes, WeightFile};
pub use inspection::{ComponentInspection, FileInspection, ModelInspection, inspect};

use crate::tokenizer::ClipTokenizer;
use crate::weights::StateDict;

/// A model with weights in a pipeline, by diffusers' name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// `CLIPTextModel`, in every family but the SDXL refiner.
    TextEncoder,
    /// `CLIPTextModelWithProjection` of SDXL and its refiner.
    #[serde(rename = "text_encoder_2")]
    TextEncoder2,
    /// `UNet2DConditionModel`.
    Unet,
    /// `AutoencoderKL`.
    Vae,
}

impl Component {
    /// All components.
    pub const ALL: [Self; 4] = [Self::TextEncoder, Self::TextEncoder2, Self::Unet, Self::Vae];

    /// Its folder in a diffusers model and its key in `model_index.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TextEncoder => "text_encoder",
            Self::TextEncoder2 => "text_encoder_2",
            Self::Unet => "unet",
            Self::Vae => "vae",
        }
    }

    /// Its folder's file name without `.safetensors`.
    fn weights_stem(self) -> &'static str {
        match self {
            Self::TextEncoder | Self::TextEncoder2 => "model",
            Self::Unet | Self::Vae => "diffusion_pytorch_model",
        }
    }
}

/// Model family, told from the tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Stable Diffusion 1.x: one CLIP ViT-L text encoder, convolutional projections.
    Sd1,
    /// Stable Diffusion 2.x: one OpenCLIP ViT-H text encoder, linear projections.
    Sd2,
    /// SDXL base: two text encoders, size conditioning.
    Sdxl,
    /// SDXL refiner: the second text encoder only, size and aesthetic score conditioning.
    SdxlRefiner,
}

impl Family {
    /// The family's usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sd1 => "Stable Diffusion 1.x",
            Self::Sd2 => "Stable Diffusion 2.x",
            Self::Sdxl => "SDXL",
            Self::SdxlRefiner => "SDXL refiner",
        }
    }

    /// The components that a complete model of this family has.
    pub fn components(self) -> &'static [Component] {
        match self {
            Self::Sd1 | Self::Sd2 => &[Component::TextEncoder, Component::Unet, Component::Vae],
            Self::Sdxl => &[Component::TextEncoder, Component::TextEncoder2, Component::Unet, Component::Vae],
            Self::SdxlRefiner => &[Component::TextEncoder2, Component::Unet, Component::Vae],
        }
    }
}

/// How a checkpoint lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A folder with `model_index.json`.
    DiffusersFolder,
    /// One LDM/A1111 file.
    SingleFile,
}

/// An opened and checked model: nothing is read yet but headers and JSON.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    layout: Layout,
    family: Family,
    components: BTreeMap<Component, ComponentWeights>,
    scheduler_config: Value,
    tokenizers: BTreeMap<Component, ClipTokenizer>,
    files: Vec<WeightFile>,
    problems: Vec<String>,
    force_zeros_for_empty_prompt: bool,
}

/// One component: its config.json and its tensors.
#[derive(Debug)]
struct ComponentWeights {
    config: Value,
    state_dict: StateDict,
}

impl Checkpoint {
    /// Opens a diffusers folder or a single .safetensors file, with `vae` (a file, a VAE folder or a whole model) in
    /// place of its own VAE if given.
    ///
    /// # Errors
    /// [`CheckpointError`], one sentence that says what the path is and what to do. A checkpoint without VAE opens:
    /// [`Self::state_dict`] refuses.
    pub fn open(path: &Path, vae: Option<&Path>) -> Result<Self, CheckpointError> {
        let metadata =
            std::fs::metadata(path).map_err(|source| CheckpointError::NotFound { source, path: path.to_owned() })?;
        let mut checkpoint = if metadata.is_dir() { folder::open(path)? } else { single_file::open(path)? };
        if let Some(vae) = vae {
            checkpoint.replace_vae(vae)?;
        }
        if !checkpoint.has(Component::Vae) {
            checkpoint.problems.push("The model has no VAE; give one with --vae.".to_owned());
        }
        Ok(checkpoint)
    }

    fn replace_vae(&mut self, path: &Path) -> Result<(), CheckpointError> {
        let (weights, files) = vae::open(path, self.family)?;
        self.components.insert(Component::Vae, weights);
        // Files of the VAE that is no longer used are no longer part of what is loaded.
        for file in &mut self.files {
            file.components.retain(|component| *component != Component::Vae);
        }
        self.files.retain(|file| !file.components.is_empty());
        self.files.extend(files);
        Ok(())
    }

    /// The path that was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Folder or single file.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Model family, told from the tensors.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Whether the UNet takes the mask and the masked image beside the latents (9 channels).
    pub fn is_inpainting(&self) -> bool {
        self.components
            .get(&Component::Unet)
            .is_some_and(|unet| unet.config.get("in_channels") == Some(&Value::from(9)))
    }

    /// The components that are there.
    pub fn components(&self) -> impl Iterator<Item = Component> {
        self.components.keys().copied()
    }

    /// Whether a component is there.
    pub fn has(&self, component: Component) -> bool {
        self.components.contains_key(&component)
    }

    /// A component's `config.json`: the folder's own, or inferred from the tensors of a single file.
    ///
    /// # Errors
    /// [`CheckpointError::MissingComponent`].
    pub fn config(&self, component: Component) -> Result<&Value, CheckpointError> {
        self.component(component).map(|weights| &weights.config)
    }

    /// A component's tensors under diffusers' names; text encoders always with the prefix `text_model.`, the projection
    /// as `text_projection.weight`.
    ///
    /// # Errors
    /// [`CheckpointError::MissingComponent`].
    pub fn state_dict(&self, component: Component) -> Result<&StateDict, CheckpointError> {
        self.component(component).map(|weights| &weights.state_dict)
    }

    fn component(&self, component: Component) -> Result<&ComponentWeights, CheckpointError> {
        self.components.get(&component).ok_or_else(|| CheckpointError::MissingComponent {
            component: component.name(),
            advice: if component == Component::Vae { "give one with --vae" } else { "use a complete model" },
            path: self.path.clone(),
        })
    }

    /// `scheduler_config.json` of the folder, or that of the family with the prediction type found in a single file.
    pub fn scheduler_config(&self) -> Value {
        self.scheduler_config.clone()
    }

    /// `epsilon`, `v_prediction` or `sample`.
    pub fn prediction_type(&self) -> &str {
        self.scheduler_config.get("prediction_type").and_then(Value::as_str).unwrap_or("epsilon")
    }

    /// Overrides the prediction type, for a single file that does not say which one it was trained for.
    pub fn set_prediction_type(&mut self, prediction_type: &str) {
        if let Value::Object(config) = &mut self.scheduler_config {
            config.insert("prediction_type".to_owned(), prediction_type.into());
        }
    }

    /// The tokenizer that belongs to a text encoder: the folder's own, or CLIP's embedded vocabulary for a single file.
    ///
    /// # Errors
    /// [`CheckpointError::MissingComponent`] for a component that is not there or no text encoder,
    /// [`CheckpointError::Vocabulary`] when the tokenizer has ids that the text encoder has no embedding for.
    pub fn tokenizer(&self, text_encoder: Component) -> Result<&ClipTokenizer, CheckpointError> {
        let tokenizer = self.tokenizers.get(&text_encoder).ok_or_else(|| CheckpointError::MissingComponent {
            component: if text_encoder == Component::TextEncoder2 { "tokenizer_2" } else { "tokenizer" },
            advice: "use a complete model",
            path: self.path.clone(),
        })?;
        let table = self.component(text_encoder)?.state_dict.shape("text_model.embeddings.token_embedding.weight");
        match table.and_then(|shape| shape.first().copied()) {
            Some(embeddings) if embeddings < tokenizer.vocab_size() => Err(CheckpointError::Vocabulary {
                component: text_encoder.name(),
                embeddings,
                tokens: tokenizer.vocab_size(),
                path: self.path.clone(),
            }),
            _ => Ok(tokenizer),
        }
    }

    /// Whether SDXL takes an empty negative prompt as zeros instead of encoding it: model_index.json's word, or SDXL
    /// base's `true`.
    pub fn force_zeros_for_empty_prompt(&self) -> bool {
        self.force_zeros_for_empty_prompt
    }

    /// The weight files that make up the model.
    pub fn files(&self) -> &[WeightFile] {
        &self.files
    }

    /// What was assumed, is missing or looks odd, one sentence each.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

#[cfg(test)]
mod tests;
