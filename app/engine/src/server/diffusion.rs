use std::time::Instant;

use kento_diffusion::DiffusionError;
use kento_diffusion::device::{self, ComputeDevice, DeviceChoice, DeviceClass, DtypeChoice, ShaderCompiler};
use kento_diffusion::noise::NoiseSource as PipelineNoise;
use kento_diffusion::pipelines::{
    LatentContent, Mask8, MaskEdge, ModelSource, PipelineEvent, PipelineObserver, PipelineRequest, PipelineTask,
    PreviewRate as PipelinePreview, Rgb8, SeedVariation as PipelineVariation, StableDiffusionPipeline,
};
use kento_diffusion::schedulers::{SchedulerKind, SigmaSchedule};
use kento_studio::{
    DeviceFingerprint, Dtype, Fill, GenerationRequest, ModelReference, NoiseSource, SeedVariation, Softness, Task,
};

use super::{JobError, JobOutput, JobProgress, Opened, Pipelines};
use crate::protocol::{DeviceRequest, GenerateJob, JobTimings, LocalSource, Pixels, PreviewRate};

/// The pipelines of `kento-diffusion` on one device, with the last model kept loaded.
pub struct DiffusionPipelines {
    device: ComputeDevice,
    loaded: Option<Loaded>,
}

struct Loaded {
    key: ModelKey,
    pipeline: StableDiffusionPipeline,
}

/// Which model is loaded: by content too, because a file that was replaced under the same path is another model.
#[derive(PartialEq)]
struct ModelKey {
    source: LocalSource,
    model: ModelReference,
    vae: Option<ModelReference>,
}

impl Pipelines for DiffusionPipelines {
    fn open(request: &DeviceRequest) -> Result<Opened<Self>, String> {
        let device = device::open(&device_choice(&request.device), dtype_choice(&request.dtype)?)
            .map_err(|error| error.to_string())?;
        let report = &device.report;
        Ok(Opened {
            fingerprint: DeviceFingerprint {
                name: report.name.clone(),
                class: class_name(report.class).to_owned(),
                api: report.api.clone(),
                driver: report.driver.clone(),
                shader: shader_name(report.shader).to_owned(),
            },
            dtype: if device.dtype.name() == "f16" { Dtype::F16 } else { Dtype::F32 },
            why: device.reason.clone(),
            pipelines: Self { device, loaded: None },
        })
    }

    fn generate(&mut self, job: &GenerateJob, progress: &mut JobProgress) -> Result<JobOutput, JobError> {
        let request = pipeline_request(job)?;
        let load_secs = self.load(job, progress)?;
        let Some(loaded) = &mut self.loaded else {
            return Err(JobError::Failed("the model was freed while it was loaded: try again".to_owned()));
        };
        let output = loaded.pipeline.run(&request, progress).map_err(job_error)?;
        let Rgb8 { width, height, data } = output.image;
        Ok(JobOutput {
            image: Pixels { width, height, channels: 3, data },
            timings: JobTimings {
                load_secs,
                encode_secs: output.timings.encode_secs,
                steps_secs: output.timings.steps_secs,
                decode_secs: output.timings.decode_secs,
                total_secs: progress.elapsed_secs(),
            },
        })
    }

    fn unload(&mut self) {
        if self.loaded.take().is_some() {
            self.device.free_unused();
        }
    }
}

impl DiffusionPipelines {
    /// Loads the job's model unless it is loaded, and gives the seconds that took.
    fn load(&mut self, job: &GenerateJob, progress: &mut JobProgress) -> Result<f64, JobError> {
        let recipe = &job.request.recipe;
        let key = ModelKey { source: job.source.clone(), model: recipe.model.clone(), vae: recipe.vae.clone() };
        if self.loaded.as_ref().is_some_and(|loaded| loaded.key == key) {
            return Ok(0.0);
        }
        // The old model goes first: two models rarely fit into one memory.
        self.unload();
        let began = Instant::now();
        let source = ModelSource { model: key.source.model.clone(), vae: key.source.vae.clone() };
        let loaded = StableDiffusionPipeline::load(&source, &self.device, progress).map_err(job_error);
        if matches!(loaded, Err(JobError::Cancelled | JobError::Failed(_))) {
            // What was loaded of it is gone, and its memory is for the next model.
            self.device.free_unused();
        }
        let pipeline = loaded?;
        for notice in &pipeline.model().notices {
            progress.notice(notice.clone());
        }
        self.loaded = Some(Loaded { key, pipeline });
        Ok(began.elapsed().as_secs_f64())
    }
}

impl PipelineObserver for JobProgress {
    fn event(&mut self, event: PipelineEvent) {
        match event {
            PipelineEvent::Loading { component, fraction } => self.loading(&component, fraction),
            PipelineEvent::Notice(text) => self.notice(text),
            PipelineEvent::Encoded { .. } => self.encoded(),
            PipelineEvent::Step { index, of, preview } => {
                let preview = preview.map(|Rgb8 { width, height, data }| Pixels { width, height, channels: 3, data });
                self.step(index as u32, of as u32, preview);
            }
            PipelineEvent::Decoding => self.decoding(),
        }
    }

    fn cancelled(&self) -> bool {
        JobProgress::cancelled(self)
    }
}

/// What the command line and the protocol call a device.
pub fn device_choice(text: &str) -> DeviceChoice {
    match text {
        "auto" => DeviceChoice::Auto,
        "cpu" => DeviceChoice::Cpu,
        "gpu" => DeviceChoice::Gpu,
        name => DeviceChoice::Named(name.to_owned()),
    }
}

/// What the command line and the protocol call a number format.
///
/// # Errors
/// A sentence that names the three words.
pub fn dtype_choice(text: &str) -> Result<DtypeChoice, String> {
    match text {
        "auto" => Ok(DtypeChoice::Auto),
        "f32" => Ok(DtypeChoice::F32),
        "f16" => Ok(DtypeChoice::F16),
        other => Err(format!("the dtype must be auto, f32 or f16 and is {other}")),
    }
}

/// The word that people read for a kind of device.
pub fn class_name(class: DeviceClass) -> &'static str {
    match class {
        DeviceClass::DiscreteGpu => "discrete GPU",
        DeviceClass::IntegratedGpu => "integrated GPU",
        DeviceClass::VirtualGpu => "virtual GPU",
        DeviceClass::SoftwareGpu => "software GPU",
        DeviceClass::Cpu => "CPU",
    }
}

/// The name of the language that kernels are compiled to; empty for the CPU.
pub fn shader_name(shader: ShaderCompiler) -> &'static str {
    match shader {
        ShaderCompiler::SpirV => "SPIR-V",
        ShaderCompiler::Wgsl => "WGSL",
        ShaderCompiler::Native => "",
    }
}

fn pipeline_request(job: &GenerateJob) -> Result<PipelineRequest, JobError> {
    let GenerationRequest { recipe, task, seed, variation, .. } = &job.request;
    let (scheduler, sigmas_in_name) = SchedulerKind::parse(&recipe.scheduler.name).map_err(failed)?;
    let sigmas = match &recipe.scheduler.sigmas {
        Some(name) => Some(SigmaSchedule::parse(name).map_err(failed)?),
        None => sigmas_in_name,
    };
    Ok(PipelineRequest {
        prompt: recipe.prompt.clone(),
        negative_prompt: recipe.negative_prompt.clone(),
        width: recipe.width,
        height: recipe.height,
        steps: recipe.steps as usize,
        guidance_scale: recipe.guidance_scale,
        guidance_rescale: recipe.guidance_rescale,
        clip_skip: recipe.clip_skip as usize,
        scheduler: Some(scheduler),
        sigmas,
        noise: match recipe.noise {
            NoiseSource::TorchCpu => PipelineNoise::TorchCpu,
            NoiseSource::Philox => PipelineNoise::Philox,
        },
        seed: *seed,
        variation: variation.map(|SeedVariation { seed, strength }| PipelineVariation { seed, strength }),
        preview: match job.preview {
            PreviewRate::Off => PipelinePreview::Off,
            PreviewRate::EverySteps(steps) => PipelinePreview::EverySteps(steps.max(1) as usize),
        },
        task: match task {
            Task::TextToImage => PipelineTask::TextToImage,
            Task::ImageToImage { strength, .. } => {
                PipelineTask::ImageToImage { image: rgb(job.init_image.as_ref())?, strength: *strength }
            }
            // Where there is a region, it comes cropped, filled and of the recipe's size.
            Task::Inpaint { strength, region, .. } => PipelineTask::Inpaint {
                image: rgb(job.init_image.as_ref())?,
                mask: mask(job.mask.as_ref())?,
                strength: *strength,
                edge: match region.as_ref().map(|region| region.soft) {
                    Some(Softness::Soft) => MaskEdge::Soft,
                    Some(Softness::Hard) | None => MaskEdge::Hard,
                },
                content: match region.as_ref().map(|region| region.fill) {
                    Some(Fill::LatentNoise) => LatentContent::Noise,
                    _ => LatentContent::Picture,
                },
            },
        },
    })
}

fn rgb(pixels: Option<&Pixels>) -> Result<Rgb8, JobError> {
    match pixels {
        Some(Pixels { width, height, channels: 3, data }) => {
            Ok(Rgb8 { width: *width, height: *height, data: data.clone() })
        }
        _ => Err(JobError::Failed("the job came without the pixels of its init image".to_owned())),
    }
}

fn mask(pixels: Option<&Pixels>) -> Result<Mask8, JobError> {
    match pixels {
        Some(Pixels { width, height, channels: 1, data }) => {
            Ok(Mask8 { width: *width, height: *height, data: data.clone() })
        }
        _ => Err(JobError::Failed("the job came without the pixels of its mask".to_owned())),
    }
}

fn failed(error: impl std::error::Error) -> JobError {
    JobError::Failed(error.to_string())
}

fn job_error(error: DiffusionError) -> JobError {
    match error {
        DiffusionError::Cancelled => JobError::Cancelled,
        DiffusionError::Device { .. } => JobError::DeviceLost(error.to_string()),
        other => JobError::Failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
