//! Why a path is not a model that Kento can use.

use std::path::PathBuf;

use crate::tokenizer::TokenizerError;
use crate::weights::WeightsError;

/// One sentence for the user, paths last.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Nothing there, or no permission.
    #[error("the model cannot be opened ({source}); check the path: {path}", path = path.display())]
    NotFound {
        /// What the system said.
        source: std::io::Error,
        /// The path given.
        path: PathBuf,
    },
    /// A folder that is no pipeline.
    #[error("the folder has no model_index.json{hint}; give the top folder of a diffusers model or a .safetensors file: {path}", path = path.display())]
    NoModelIndex {
        /// What it seems to be, with a leading comma.
        hint: String,
        /// The folder.
        path: PathBuf,
    },
    /// A JSON file that is missing, unreadable or not as it should be.
    #[error("{reason}: {path}", path = path.display())]
    Json {
        /// What is wrong and what to do.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A pipeline or component of a kind that Kento does not run.
    #[error("this is a {found}; Kento runs Stable Diffusion 1.x, 2.x and XL models ({expected}): {path}", path = path.display())]
    UnsupportedClass {
        /// Class found.
        found: String,
        /// What would do.
        expected: String,
        /// Where it is named.
        path: PathBuf,
    },
    /// A component folder without safetensors.
    #[error("the {component} has no {stem}.safetensors{hint}; download the model with its safetensors files: {path}", path = path.display())]
    NoWeights {
        /// Component.
        component: &'static str,
        /// File name wanted.
        stem: &'static str,
        /// What was found instead.
        hint: &'static str,
        /// The folder.
        path: PathBuf,
    },
    /// The weights are there as a pickle only.
    #[error("the {component} is there as a PyTorch pickle only, which can run code when it is opened, so Kento never reads it; convert the model, for example with diffusers: pipe.save_pretrained(folder, safe_serialization=True): {path}", path = path.display())]
    PickleOnly {
        /// Component.
        component: &'static str,
        /// The pickle.
        path: PathBuf,
    },
    /// A single file that is something else.
    #[error("this is {what}: {path}", path = path.display())]
    NotAModel {
        /// What it is and what to do with it.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// Tensors that no component claims.
    #[error("the file holds {count} tensors that Kento does not know ({names}); it is of an unsupported kind or damaged: {path}", path = path.display())]
    UnknownTensors {
        /// How many.
        count: usize,
        /// The first of them.
        names: String,
        /// The file.
        path: PathBuf,
    },
    /// A component that the pipeline needs and the checkpoint lacks.
    #[error("the model has no {component}; {advice}: {path}", path = path.display())]
    MissingComponent {
        /// Which.
        component: &'static str,
        /// What to do.
        advice: &'static str,
        /// The model.
        path: PathBuf,
    },
    /// A tensor or tensor group that the inference of the architecture needs.
    #[error("the {component} has no {key}, from which its size is read; the file is incomplete: {path}", path = path.display())]
    Incomplete {
        /// Which component.
        component: &'static str,
        /// The tensor looked for.
        key: String,
        /// The model.
        path: PathBuf,
    },
    /// A text encoder that is smaller than its tokenizer.
    #[error("the {component} has embeddings for {embeddings} tokens and its tokenizer has {tokens}; the two do not belong together, use the model's own tokenizer folder: {path}", path = path.display())]
    Vocabulary {
        /// Which text encoder.
        component: &'static str,
        /// Rows of its embedding table.
        embeddings: usize,
        /// Ids of the tokenizer.
        tokens: usize,
        /// The model.
        path: PathBuf,
    },
    /// The number of UNet input channels belongs to another kind of pipeline.
    #[error("the UNet takes {channels} channels; Kento runs models with 4 channels and inpainting models with 9: {path}", path = path.display())]
    InputChannels {
        /// Channels of `conv_in`.
        channels: usize,
        /// The model.
        path: PathBuf,
    },
    /// Reading weights failed.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Reading the tokenizer failed.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
}
