//! Loading a checkpoint onto a device and running requests on it.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor, TensorData};
use serde::de::DeserializeOwned;

use super::denoise::{Denoiser, Guidance};
use super::fit::{Parts, TextPart};
use super::image::{Rgb8, read_f32};
use super::latents::{InpaintState, Start, draw, first_index, masked_picture};
use super::preview::LatentToRgb;
use super::request::{
    LatentContent, LoadedModel, MaskEdge, ModelSource, PipelineEvent, PipelineObserver, PipelineOutput,
    PipelineRequest, PipelineTask, PreviewRate, Timings,
};
use super::text::{Conditioning, EmbeddingRule, TextEncoder, TextEncoderModel, TextEncoders, guidance_scale_embedding};
use crate::DiffusionError;
use crate::checkpoint::{Checkpoint, Component};
use crate::device::ComputeDevice;
use crate::models::{
    AddedConditions, AutoencoderKL, AutoencoderKLConfig, LatentScale, UNet2DConditionConfig, UNet2DConditionModel,
    UNetConditions, load_module,
};
use crate::noise::NoiseGenerator;
use crate::schedulers::{self, Scheduler, SchedulerConfig};

/// Pictures with more pixels than this are decoded and encoded by tiles.
const TILED_ABOVE_PIXELS: u32 = 1280 * 1280;
/// What SDXL's refiner is told about beauty: for the wanted and for the avoided side (diffusers' defaults).
const AESTHETIC_SCORES: (f64, f64) = (6.0, 2.5);

/// A model on a device, ready for requests.
pub struct StableDiffusionPipeline {
    device: Device,
    dtype: DType,
    text: TextEncoders,
    unet: UNet2DConditionModel,
    unet_config: UNet2DConditionConfig,
    vae: AutoencoderKL,
    vae_config: AutoencoderKLConfig,
    latent_scale: LatentScale,
    scheduler_config: SchedulerConfig,
    latent_to_rgb: Option<LatentToRgb>,
    loaded: LoadedModel,
}

impl StableDiffusionPipeline {
    /// Reads a checkpoint onto `device`. Text encoders and UNet compute in the device's dtype, the autoencoder in f32 (SDXL's
    /// overflows f16).
    ///
    /// # Errors
    ///
    /// When the checkpoint cannot be read, is of an unknown family, or its weights do not fit; nothing stays on the device.
    pub fn load(
        source: &ModelSource,
        device: &ComputeDevice,
        observer: &mut dyn PipelineObserver,
    ) -> Result<Self, DiffusionError> {
        let checkpoint = Checkpoint::open(&source.model, source.vae.as_deref())?;
        let loader = Loader { checkpoint: &checkpoint, device: &device.device };

        // 1. What the parts are and whether they fit each other: nothing is read before that is known.
        let rule = loader.embedding_rule();
        let text_parts = loader.text_parts()?;
        let unet_config: UNet2DConditionConfig = loader.config(Component::Unet)?;
        let vae_config: AutoencoderKLConfig = loader.config(Component::Vae)?;
        let scheduler_config = SchedulerConfig::from_value(checkpoint.scheduler_config())?;
        let parts = Parts { text: &text_parts, rule, unet: &unet_config, vae: &vae_config };
        parts.check()?;
        let inpainting = parts.inpainting();
        let latent_scale = match rule {
            EmbeddingRule::Normalised => LatentScale::plain(&vae_config),
            EmbeddingRule::Penultimate { .. } => LatentScale::of_sdxl(&vae_config, &device.device)?,
        };
        let (unet, vae) = (unet_config.init(&device.device)?, vae_config.init(&device.device)?);

        // 2. Their weights.
        observer.event(PipelineEvent::Loading { component: "text_encoder".into(), fraction: 0.0 });
        let text = TextEncoders { encoders: loader.text_encoders(text_parts, device.dtype)?, rule };
        check(observer)?;

        observer.event(PipelineEvent::Loading { component: "unet".into(), fraction: 0.2 });
        let unet = loader.module(Component::Unet, unet, device.dtype)?;
        check(observer)?;

        observer.event(PipelineEvent::Loading { component: "vae".into(), fraction: 0.9 });
        let vae = loader.module(Component::Vae, vae, DType::F32)?;

        let cell = vae_config.scale_factor() as u32;
        let native_size = match &unet_config.sample_size {
            Some(size) => size.expand(1).and_then(|sizes| sizes.first().map(|size| *size as u32 * cell)),
            None => None,
        };
        let loaded = LoadedModel {
            family: checkpoint.family().name().to_owned(),
            native_size: native_size.unwrap_or(64 * cell),
            inpainting,
            default_scheduler: scheduler_config.kind().ok().map(|kind| kind.a1111_name().to_string()),
            notices: [checkpoint.problems(), &scheduler_config.notices()[..]].concat(),
        };
        Ok(Self {
            device: device.device.clone(),
            dtype: device.dtype,
            text,
            unet,
            unet_config,
            vae,
            vae_config,
            latent_scale,
            scheduler_config,
            latent_to_rgb: None,
            loaded,
        })
    }

    /// What was loaded.
    pub fn model(&self) -> &LoadedModel {
        &self.loaded
    }

    /// Makes one picture.
    ///
    /// # Errors
    ///
    /// When the request cannot be fulfilled, the observer cancels, or the device fails; the pipeline stays usable unless the
    /// device was lost.
    pub fn run(
        &mut self,
        request: &PipelineRequest,
        observer: &mut dyn PipelineObserver,
    ) -> Result<PipelineOutput, DiffusionError> {
        let begun = Instant::now();
        self.check(request)?;
        let mut notices = Vec::new();
        let kind = request.scheduler.map_or_else(|| self.scheduler_config.kind(), Ok)?;
        let scheduler = schedulers::build(kind, request.sigmas, &self.scheduler_config, request.steps)?;

        // 1. text
        let guidance = self.guidance(request, &mut notices)?;
        if let PipelineTask::Inpaint { edge: MaskEdge::Soft, .. } = &request.task
            && self.loaded.inpainting
        {
            notices.push("this inpainting model takes its mask as black and white: grey counts from half on".into());
        }
        for notice in &notices {
            observer.event(PipelineEvent::Notice(notice.clone()));
        }
        self.device.sync().map_err(device_error)?;
        let encode_secs = begun.elapsed().as_secs_f64();
        observer.event(PipelineEvent::Encoded { elapsed_secs: encode_secs });
        check(observer)?;

        // 2. where to start
        let mut noise = NoiseGenerator::new(request.noise, request.seed);
        let start = self.start(request, scheduler.as_ref(), &mut noise)?;
        if request.preview != PreviewRate::Off && self.latent_to_rgb.is_none() {
            let cell = self.vae_config.scale_factor();
            self.latent_to_rgb = Some(LatentToRgb::fit(&self.vae, cell, &self.latent_scale, &self.device)?);
        }

        // 3. denoise
        let (latents, mut steps_secs) = Denoiser {
            unet: &self.unet,
            dtype: self.dtype,
            scheduler,
            noise,
            guidance,
            preview: request.preview,
            latent_to_rgb: self.latent_to_rgb.as_ref(),
        }
        .run(start, observer)?;
        let drained = Instant::now();
        self.device.sync().map_err(device_error)?;
        if let Some(last) = steps_secs.last_mut() {
            *last += drained.elapsed().as_secs_f64();
        }

        // 4. decode
        observer.event(PipelineEvent::Decoding);
        let decoding = Instant::now();
        let image = self.decode(latents)?;
        Ok(PipelineOutput {
            image,
            notices,
            timings: Timings {
                encode_secs,
                steps_secs,
                decode_secs: decoding.elapsed().as_secs_f64(),
                total_secs: begun.elapsed().as_secs_f64(),
            },
        })
    }

    fn check(&self, request: &PipelineRequest) -> Result<(), DiffusionError> {
        let refuse = |text: String| Err(DiffusionError::Request(text));
        let cell = self.vae_config.scale_factor() as u32;
        let (width, height) = (request.width, request.height);
        if width == 0 || height == 0 || !width.is_multiple_of(cell) || !height.is_multiple_of(cell) {
            return refuse(format!("the size {width}x{height} is not a multiple of {cell}; choose one that is"));
        }
        if request.steps == 0 {
            return refuse("0 steps make no picture; use at least 1".into());
        }
        if !request.guidance_scale.is_finite() || !request.guidance_rescale.is_finite() {
            return refuse("guidance must be a finite number; 1 to 15 is usual".into());
        }
        let (image, strength) = match &request.task {
            PipelineTask::TextToImage if self.loaded.inpainting => {
                return refuse("this is an inpainting model; give it a picture and a mask".into());
            }
            PipelineTask::TextToImage => return Ok(()),
            PipelineTask::ImageToImage { .. } if self.loaded.inpainting => {
                return refuse("this is an inpainting model; give it a mask beside the picture".into());
            }
            PipelineTask::ImageToImage { image, strength } => (image, *strength),
            PipelineTask::Inpaint { image, mask, strength, .. } => {
                if (mask.width, mask.height) != (width, height) || mask.data.len() != (width * height) as usize {
                    return refuse(format!(
                        "the mask is {}x{} and the picture {width}x{height}; give both the same size",
                        mask.width, mask.height
                    ));
                }
                (image, *strength)
            }
        };
        if (image.width, image.height) != (width, height) {
            return refuse(format!(
                "the picture is {}x{} and {width}x{height} was asked for; give both the same size",
                image.width, image.height
            ));
        }
        if !(strength > 0.0 && strength <= 1.0) {
            return refuse(format!("strength {strength} is not above 0 and at most 1"));
        }
        Ok(())
    }

    fn guidance(&self, request: &PipelineRequest, notices: &mut Vec<String>) -> Result<Guidance, DiffusionError> {
        let distilled = self.unet_config.time_cond_proj_dim;
        let guided = request.guidance_scale > 1.0 && distilled.is_none();
        let negative = guided.then_some(request.negative_prompt.as_str());
        if !guided && !request.negative_prompt.trim().is_empty() {
            notices.push("the negative prompt has no effect without guidance above 1".into());
        }
        let (wanted, avoided) = self.text.encode(&request.prompt, negative, request.clip_skip, notices)?;
        let timestep_cond = distilled
            .map(|width| guidance_scale_embedding(request.guidance_scale, width, &self.device).cast(self.dtype));
        let added = wanted.pooled.as_ref().map(|pooled| self.added(request, pooled, avoided.as_ref()));
        let text = match &avoided {
            Some(avoided) => Tensor::cat(vec![avoided.hidden.clone(), wanted.hidden.clone()], 0),
            None => wanted.hidden.clone(),
        };
        Ok(Guidance {
            text,
            conditions: UNetConditions { added, timestep_cond },
            scale: avoided.is_some().then_some(request.guidance_scale),
            rescale: request.guidance_rescale,
        })
    }

    /// SDXL's conditions on size: made as if for an uncropped original of the size asked for.
    fn added(&self, request: &PipelineRequest, pooled: &Tensor<2>, avoided: Option<&Conditioning>) -> AddedConditions {
        let size = [f64::from(request.height), f64::from(request.width)];
        let per_id = self.unet_config.addition_time_embed_dim.unwrap_or(1).max(1);
        let ids = (self.unet_config.projection_class_embeddings_input_dim.unwrap_or(0))
            .saturating_sub(pooled.dims()[1])
            / per_id;
        let row = |score: f64| {
            let mut row = vec![size[0], size[1], 0.0, 0.0];
            if ids == 5 {
                row.push(score)
            } else {
                row.extend(size)
            }
            row
        };
        match avoided.and_then(|avoided| avoided.pooled.clone()) {
            Some(avoided) => AddedConditions {
                text_embeds: Tensor::cat(vec![avoided, pooled.clone()], 0),
                time_ids: vec![row(AESTHETIC_SCORES.1), row(AESTHETIC_SCORES.0)],
            },
            None => AddedConditions { text_embeds: pooled.clone(), time_ids: vec![row(AESTHETIC_SCORES.0)] },
        }
    }

    /// The first sample. The order of the draws is diffusers': it decides which noise a seed means.
    fn start(
        &self,
        request: &PipelineRequest,
        scheduler: &dyn Scheduler,
        noise: &mut NoiseGenerator,
    ) -> Result<Start, DiffusionError> {
        let cell = self.vae_config.scale_factor();
        let shape = [1, self.vae_config.latent_channels, request.height as usize / cell, request.width as usize / cell];
        let device = &self.device;
        match &request.task {
            PipelineTask::TextToImage => Ok(Start {
                sample: self.first_noise(request, noise, shape).mul_scalar(scheduler.init_noise_sigma()),
                first_index: 0,
                inpaint: None,
            }),
            PipelineTask::ImageToImage { image, strength } => {
                let first = self.first_index(*strength, request.steps, scheduler)?;
                let latent = self.encode(image.to_tensor(device)?, noise);
                let drawn = self.first_noise(request, noise, shape);
                Ok(Start { sample: scheduler.add_noise(latent, drawn, first), first_index: first, inpaint: None })
            }
            PipelineTask::Inpaint { image, mask, strength, edge: MaskEdge::Soft, content }
                if !self.loaded.inpainting =>
            {
                let first = self.first_index(*strength, request.steps, scheduler)?;
                let pixels = image.to_tensor(device)?;
                // The community pipeline prepares its latents twice and uses the second: the draws of the first shift all that follow.
                let len = shape.iter().product();
                (0..2).for_each(|_| drop(noise.randn(len)));
                let latent = self.encode(pixels, noise);
                let drawn = self.first_noise(request, noise, shape);
                let shares = mask.to_latent_shares(cell);
                let free = Tensor::from_data(
                    TensorData::new(shares.clone(), [1, 1, shape[2], shape[3]]),
                    (device, DType::F32),
                );
                let begun = self.content(*content, latent.clone(), free, noise);
                let sample = scheduler.add_noise(begun, drawn.clone(), first);
                let kept = shares.iter().map(|share| 1.0 - share).collect();
                let inpaint = InpaintState::Soft { kept, image: latent, noise: drawn, first_index: first };
                Ok(Start { sample, first_index: first, inpaint: Some(inpaint) })
            }
            PipelineTask::Inpaint { image, mask, strength, content, .. } => {
                let first = self.first_index(*strength, request.steps, scheduler)?;
                let whole = *strength >= 1.0;
                let pixels = image.to_tensor(device)?;
                let latent = (!self.loaded.inpainting || !whole).then(|| self.encode(pixels.clone(), noise));
                let drawn = self.first_noise(request, noise, shape);
                let small = mask.to_latent_tensor(cell, device);
                let sample = match &latent {
                    Some(latent) if !whole => {
                        let begun = self.content(*content, latent.clone(), small.clone(), noise);
                        scheduler.add_noise(begun, drawn.clone(), first)
                    }
                    _ => drawn.clone().mul_scalar(scheduler.init_noise_sigma()),
                };
                let inpaint = match latent {
                    Some(image) if !self.loaded.inpainting => {
                        // diffusers encodes the masked picture here too and does not use it; its draw shifts all that follow.
                        noise.randn(shape.iter().product());
                        InpaintState::Blend { mask: small, image, noise: drawn }
                    }
                    _ => {
                        let masked = self.encode(masked_picture(pixels, mask, device), noise);
                        InpaintState::Channels(Tensor::cat(vec![small, masked], 1))
                    }
                };
                Ok(Start { sample, first_index: first, inpaint: Some(inpaint) })
            }
        }
    }

    /// The noise that the sample starts from: one draw of the seed's generator, turned where the request asks for it.
    fn first_noise(&self, request: &PipelineRequest, noise: &mut NoiseGenerator, shape: [usize; 4]) -> Tensor<4> {
        let Some(variation) = &request.variation else { return draw(noise, shape, &self.device) };
        let mut values = noise.randn(shape.iter().product());
        variation.turn(&mut values, request.noise, [shape[1], shape[2], shape[3]]);
        Tensor::from_data(TensorData::new(values, shape), (&self.device, DType::F32))
    }

    /// The latent to start from: the picture's, or noise where it is free (0 to 1).
    fn content(
        &self,
        content: LatentContent,
        latent: Tensor<4>,
        free: Tensor<4>,
        noise: &mut NoiseGenerator,
    ) -> Tensor<4> {
        match content {
            LatentContent::Picture => latent,
            LatentContent::Noise => {
                let other = draw(noise, latent.dims(), &self.device);
                latent * (free.clone().neg().add_scalar(1.0)) + other * free
            }
        }
    }

    fn first_index(&self, strength: f64, steps: usize, scheduler: &dyn Scheduler) -> Result<usize, DiffusionError> {
        let first = first_index(strength, steps, scheduler);
        if first >= scheduler.timesteps().len() {
            return Err(DiffusionError::Request(format!(
                "strength {strength} of {steps} steps leaves no step to make; use more steps or a higher strength"
            )));
        }
        Ok(first)
    }

    /// Pixels to latents, with the posterior sampled as diffusers samples it.
    fn encode(&self, pixels: Tensor<4>, noise: &mut NoiseGenerator) -> Tensor<4> {
        let [_, _, height, width] = pixels.dims();
        let distribution = if (height * width) as u32 > TILED_ABOVE_PIXELS {
            self.vae.tiled_encode(pixels, self.vae_config.default_tiling(), self.vae_config.scale_factor())
        } else {
            self.vae.encode(pixels)
        };
        let drawn = draw(noise, distribution.mean.dims(), &self.device);
        self.latent_scale.for_unet(distribution.sample(drawn))
    }

    fn decode(&self, latents: Tensor<4>) -> Result<Rgb8, DiffusionError> {
        let cell = self.vae_config.scale_factor();
        let [_, _, rows, columns] = latents.dims();
        let z = self.latent_scale.for_vae(latents);
        let total = read_f32(z.clone().abs().sum().reshape([1]))?;
        if !total.first().is_some_and(|total| total.is_finite()) {
            return Err(DiffusionError::NotANumber);
        }
        let pixels = if (rows * columns * cell * cell) as u32 > TILED_ABOVE_PIXELS {
            self.vae.tiled_decode(z, self.vae_config.default_tiling(), cell)
        } else {
            self.vae.decode(z)
        };
        Rgb8::from_tensor(pixels)
    }
}

/// Reads one component after the other.
struct Loader<'a> {
    checkpoint: &'a Checkpoint,
    device: &'a Device,
}

impl Loader<'_> {
    fn config<C: DeserializeOwned>(&self, component: Component) -> Result<C, DiffusionError> {
        serde_json::from_value(self.checkpoint.config(component)?.clone())
            .map_err(|error| DiffusionError::ConfigJson { component: component.name(), reason: error.to_string() })
    }

    fn module<M: Module>(&self, component: Component, module: M, dtype: DType) -> Result<M, DiffusionError> {
        let weights = self.checkpoint.state_dict(component)?;
        Ok(load_module(component.name(), module, weights, self.device, dtype)?)
    }

    fn embedding_rule(&self) -> EmbeddingRule {
        if self.checkpoint.has(Component::TextEncoder2) {
            EmbeddingRule::Penultimate { zeros_for_empty: self.checkpoint.force_zeros_for_empty_prompt() }
        } else {
            EmbeddingRule::Normalised
        }
    }

    /// The text encoders that are there, in the order in which their embeddings lie side by side.
    fn text_parts(&self) -> Result<Vec<TextPart>, DiffusionError> {
        [Component::TextEncoder, Component::TextEncoder2]
            .into_iter()
            .filter(|component| self.checkpoint.has(*component))
            .map(|component| {
                let tokens = self.checkpoint.tokenizer(component)?.model_max_length();
                Ok(TextPart { component, config: self.config(component)?, tokens })
            })
            .collect()
    }

    fn text_encoders(&self, parts: Vec<TextPart>, dtype: DType) -> Result<Vec<TextEncoder>, DiffusionError> {
        parts
            .into_iter()
            .map(|TextPart { component, config, .. }| {
                let model = if component == Component::TextEncoder2 {
                    let module = config.init_with_projection(self.device)?;
                    TextEncoderModel::Projected(self.module(component, module, dtype)?)
                } else {
                    TextEncoderModel::Plain(self.module(component, config.init(self.device)?, dtype)?)
                };
                Ok(TextEncoder { tokenizer: self.checkpoint.tokenizer(component)?.clone(), config, model })
            })
            .collect()
    }
}

fn check(observer: &dyn PipelineObserver) -> Result<(), DiffusionError> {
    if observer.cancelled() { Err(DiffusionError::Cancelled) } else { Ok(()) }
}

fn device_error(error: impl std::fmt::Display) -> DiffusionError {
    DiffusionError::Device { reason: error.to_string() }
}
