//! Stable Diffusion in burn: tokenizer, text encoders, UNet, VAE, schedulers, noise, weights and pipelines.
//!
//! This crate turns a [`pipelines::PipelineRequest`] into pixels and knows nothing else: no workflow, no roles,
//! no project folder, no window, no process protocol. It must never know who asked for a picture or why.

pub mod checkpoint;
pub mod device;
mod error;
pub mod kernels;
pub mod models;
pub mod noise;
pub mod pipelines;
pub mod schedulers;
pub mod tokenizer;
pub mod weights;

pub use error::DiffusionError;
