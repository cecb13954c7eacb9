use crate::checkpoint::CheckpointError;
use crate::models::{ConfigError, LoadError};
use crate::schedulers::SchedulerError;
use crate::tokenizer::TokenizerError;
use crate::weights::WeightsError;

/// Everything that can go wrong between a request and its pixels, each with one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DiffusionError {
    /// The caller asked to stop between two steps.
    #[error("the job was cancelled")]
    Cancelled,
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A weight file cannot be read.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The weights do not fit the network.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The configuration asks for an unknown architecture.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A config.json is not what it should be.
    #[error("the configuration of {component} cannot be read ({reason}); restore the model's original config.json")]
    ConfigJson {
        /// diffusers' name of the component.
        component: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Components that each are fine and do not fit each other.
    #[error("{0}")]
    Components(String),
    /// The scheduler cannot do what was asked.
    #[error(transparent)]
    Scheduler(#[from] SchedulerError),
    /// The prompt or the vocabulary cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// A request that no model can fulfil.
    #[error("{0}")]
    Request(String),
    /// A picture whose buffer does not fit its size.
    #[error("a picture of {width}x{height} pixels came with {bytes} bytes; give three bytes for each pixel")]
    Buffer {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Length of the buffer.
        bytes: usize,
    },
    /// The device failed.
    #[error("the device stopped working ({reason}); try again, with a smaller picture if its memory was full")]
    Device {
        /// The driver's words.
        reason: String,
    },
    /// The model returned numbers that are no numbers.
    #[error("the picture came out as not-a-number; the model is damaged or overflows in f16: try --dtype f32")]
    NotANumber,
}
