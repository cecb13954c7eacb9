//! From a request to pixels: text-to-image, image-to-image and inpainting, as diffusers' Stable Diffusion pipelines do them.

mod denoise;
mod fit;
mod image;
mod latents;
mod preview;
mod request;
mod seed_variation;
mod stable_diffusion;
mod text;

pub use image::{Mask8, Rgb8};
pub use request::{
    LatentContent, LoadedModel, MaskEdge, ModelSource, PipelineEvent, PipelineObserver, PipelineOutput,
    PipelineRequest, PipelineTask, PreviewRate, Timings,
};
pub use seed_variation::SeedVariation;
pub use stable_diffusion::StableDiffusionPipeline;
