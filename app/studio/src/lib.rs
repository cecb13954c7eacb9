//! The words of the workflow as types: what a generation request says, and when it is refused.
//!
//! This crate holds no GPU code and no window, and touches files only in [`project`] and, where it
//! reads RON, [`library`]. It must never know how pixels are
//! made, only everything that determines them: what is not in a [`GenerationRequest`] may not influence an image.

mod as_text;
pub mod card;
#[cfg(test)]
mod card_examples;
mod fingerprint;
mod hash;
pub mod library;
mod person_name;
pub mod project;
mod recipe;
mod refusal;
mod region;
mod request;
mod schema;
mod task;
pub mod workflow;

pub use fingerprint::{DeviceFingerprint, Dtype, EngineFingerprint, ToolVersion};
pub use hash::{HashParseError, Sha256};
pub use person_name::{PersonName, PersonNameError};
pub use recipe::{ModelFile, ModelReference, NoiseSource, Recipe, SchedulerSetting};
pub use refusal::Refusal;
pub use region::{CropBox, Fill, Margins, Region, Softness};
pub use request::{GenerationRequest, JobId, SeedVariation, limits};
pub use schema::SchemaV1;
pub use task::{ImageReference, Task};

/// Revision of everything in Kento that turns a request into numbers: it goes up by one whenever the same request on the
/// same device may give other pixels than before (a scheduler fix, another order of noise draws, another tokenizer rule).
///
/// 2: Euler a takes no sigmas from the file of another scheduler; LMS, Heun and PLMS take no zero terminal SNR; the VAEs of SDXL that
/// name `latents_mean` and `latents_std` are scaled by them. All as in diffusers; other requests give the same pixels as with 1.
pub const NUMERICS_REVISION: u32 = 2;
