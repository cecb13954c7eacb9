//! Helpers for the mirrors of diffusers' config.json.

use serde::{Deserialize, Deserializer, Serialize};

/// A field that is one value for all stages, or a list with one value a stage.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum PerBlock<T> {
    /// The same everywhere.
    One(T),
    /// Stage by stage.
    Each(Vec<T>),
}

impl<T: Clone> PerBlock<T> {
    /// One value for each of `blocks` stages; `None` when a list has another length.
    pub fn expand(&self, blocks: usize) -> Option<Vec<T>> {
        match self {
            Self::One(value) => Some(vec![value.clone(); blocks]),
            Self::Each(values) => (values.len() == blocks).then(|| values.clone()),
        }
    }
}

/// Reads `null` as false, which is what Python takes it for: diffusers' converter of single files writes `"upcast_attention": null`.
pub(super) fn null_as_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(deserializer)?.unwrap_or(false))
}

/// A config.json that asks for something that no Stable Diffusion model of the supported families has.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{class} has {field} = {value}, which Kento does not support; use a checkpoint of the SD1.x, SD2.x or SDXL families"
)]
pub struct ConfigError {
    /// diffusers' class name.
    pub class: &'static str,
    /// The field of config.json.
    pub field: &'static str,
    /// Its value.
    pub value: String,
}

impl ConfigError {
    pub(super) fn new(class: &'static str, field: &'static str, value: impl std::fmt::Debug) -> Self {
        Self { class, field, value: format!("{value:?}") }
    }
}

/// Stages of a network, of which the published ones have four at most. Their number is the exponent of its change of scale.
pub(super) const MOST_STAGES: usize = 16;
/// Layers in a stage or a text encoder; the published ones have 32 at most.
pub(super) const MOST_LAYERS: usize = 100;

/// Whether normalisation in `groups` groups can be done at each of these widths.
pub(super) fn check_groups(class: &'static str, groups: usize, widths: &[usize]) -> Result<(), ConfigError> {
    let fits = groups > 0 && widths.iter().all(|width| width.is_multiple_of(groups));
    if fits { Ok(()) } else { Err(ConfigError::new(class, "norm_num_groups", groups)) }
}
