//! The networks, one architecture per file, with diffusers' names for classes, fields and config.json.
//!
//! Each `XConfig` mirrors a config.json and builds an `X` without weights; [`load_module`] fills it from a state dict and
//! fails with the whole list when a key is missing, unused or has another shape.

mod attention;
mod autoencoder_kl;
mod clip_text;
mod config;
mod embeddings;
mod latent_scale;
mod load;
mod nn;
mod resnet;
mod tiling;
mod unet_2d_blocks;
mod unet_2d_condition;
mod vae;

pub use autoencoder_kl::{AutoencoderKL, AutoencoderKLConfig, DiagonalGaussianDistribution};
pub use clip_text::{CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, TextEncoderOutput};
pub use config::{ConfigError, PerBlock};
pub use latent_scale::LatentScale;
pub use load::{LoadError, WeightSource, load_module};
pub use tiling::Tiling;
pub use unet_2d_condition::{AddedConditions, UNet2DConditionConfig, UNet2DConditionModel, UNetConditions};

#[cfg(test)]
mod tests;
