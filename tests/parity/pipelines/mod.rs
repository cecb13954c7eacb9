//! Whole pipelines against diffusers: the same folder, the same request, the same picture.

use kento_diffusion::device::{DeviceChoice, DtypeChoice, open};
use kento_diffusion::noise::NoiseSource;
use kento_diffusion::pipelines::{
    LatentContent, Mask8, MaskEdge, ModelSource, PipelineEvent, PipelineObserver, PipelineRequest, PipelineTask,
    PreviewRate, Rgb8, SeedVariation, StableDiffusionPipeline,
};
use kento_diffusion::schedulers::{SchedulerKind, SigmaSchedule};
use serde::Deserialize;

use crate::support::{Differences, Fixture, folder};

/// One request as `make.py` gave it to diffusers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    task: String,
    prompt: String,
    negative_prompt: Option<String>,
    width: u32,
    height: u32,
    steps: usize,
    guidance_scale: f64,
    guidance_rescale: f64,
    /// As diffusers counts: 0 = the last layer.
    clip_skip: usize,
    scheduler: Option<String>,
    karras: bool,
    strength: f64,
    seed: u64,
    /// How many pictures, with seeds counted up.
    count: usize,
    /// What the masked part starts from; the picture unless it says `noise`.
    #[serde(default)]
    start: Option<String>,
    /// The other seed and how far to turn towards it.
    #[serde(default)]
    variation: Option<(u64, f64)>,
}

impl Case {
    fn request(&self, io: &Fixture, seed: u64) -> PipelineRequest {
        let size = format!("{}x{}", self.width, self.height);
        let (width, height) = (self.width, self.height);
        let image = || Rgb8 { width, height, data: io.pixels(&format!("picture.{size}")).to_vec() };
        let task = match self.task.as_str() {
            "text-to-image" => PipelineTask::TextToImage,
            "image-to-image" => PipelineTask::ImageToImage { image: image(), strength: self.strength },
            "inpaint" => PipelineTask::Inpaint {
                image: image(),
                mask: Mask8 { width, height, data: io.pixels(&format!("mask.{size}")).to_vec() },
                strength: self.strength,
                edge: MaskEdge::Hard,
                content: match self.start.as_deref() {
                    Some("noise") => LatentContent::Noise,
                    Some(other) => panic!("{}: unknown start {other}", self.name),
                    None => LatentContent::Picture,
                },
            },
            "soft-inpaint" => PipelineTask::Inpaint {
                image: image(),
                mask: Mask8 { width, height, data: io.pixels(&format!("soft-mask.{size}")).to_vec() },
                strength: self.strength,
                edge: MaskEdge::Soft,
                content: LatentContent::Picture,
            },
            other => panic!("{}: unknown task {other}", self.name),
        };
        PipelineRequest {
            prompt: self.prompt.clone(),
            negative_prompt: self.negative_prompt.clone().unwrap_or_default(),
            width,
            height,
            steps: self.steps,
            guidance_scale: self.guidance_scale,
            guidance_rescale: self.guidance_rescale,
            clip_skip: self.clip_skip + 1,
            scheduler: self.scheduler.as_ref().map(|name| SchedulerKind::parse(name).unwrap().0),
            sigmas: self.karras.then_some(SigmaSchedule::Karras),
            noise: NoiseSource::TorchCpu,
            seed,
            variation: self.variation.map(|(seed, strength)| SeedVariation { seed, strength }),
            preview: PreviewRate::Off,
            task,
        }
    }
}

/// Counts what the pipeline tells, and never stops it.
#[derive(Default)]
struct Listener {
    steps: usize,
}

impl PipelineObserver for Listener {
    fn event(&mut self, event: PipelineEvent) {
        if let PipelineEvent::Step { .. } = event {
            self.steps += 1;
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

/// Runs every case of a fixture folder whose task is asked for.
fn compare(model: &str, task: &str) {
    let path = folder("pipelines/fixtures").join(model);
    let io = Fixture::read(&path.join("io.safetensors"));
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path.join("cases.json")).unwrap()).unwrap();
    let device = open(&DeviceChoice::Cpu, DtypeChoice::F32).unwrap();
    let source = ModelSource { model: path, vae: None };
    let mut pipeline = StableDiffusionPipeline::load(&source, &device, &mut Listener::default()).unwrap();
    let mut differences = Differences::default();
    let mut compared = 0;
    for case in cases.iter().filter(|case| case.task == task) {
        let expected = io.pixels(&format!("{}.image", case.name));
        let bytes = expected.len() / case.count;
        for i in 0..case.count {
            let name = format!("{model} {} seed {}", case.name, case.seed + i as u64);
            let mut listener = Listener::default();
            match pipeline.run(&case.request(&io, case.seed + i as u64), &mut listener) {
                Ok(output) => differences.image(&name, &output.image.data, &expected[i * bytes..(i + 1) * bytes]),
                Err(error) => differences.failed(&name, error),
            }
            if listener.steps == 0 {
                differences.failed(&name, "no step was reported");
            }
            compared += 1;
        }
    }
    assert!(compared > 0, "{model} has no {task} case");
    differences.assert_none();
}

#[test]
fn sd1_text_to_image() {
    compare("sd1", "text-to-image");
}

#[test]
fn sd1_image_to_image() {
    compare("sd1", "image-to-image");
}

#[test]
fn sd1_inpaint_by_blending_latents() {
    compare("sd1", "inpaint");
}

#[test]
fn sd1_inpaint_softly_by_differential_diffusion() {
    compare("sd1", "soft-inpaint");
}

#[test]
fn sd2_text_to_image_with_velocity() {
    compare("sd2", "text-to-image");
}

#[test]
fn sd2_image_to_image_with_velocity() {
    compare("sd2", "image-to-image");
}

#[test]
fn sd1_inpainting_model_with_nine_channels() {
    compare("sd1-inpainting", "inpaint");
}

#[test]
fn sdxl_text_to_image() {
    compare("sdxl", "text-to-image");
}

#[test]
fn sdxl_image_to_image() {
    compare("sdxl", "image-to-image");
}

#[test]
fn sdxl_inpaint_by_blending_latents() {
    compare("sdxl", "inpaint");
}

#[test]
fn sdxl_inpainting_model_with_nine_channels() {
    compare("sdxl-inpainting", "inpaint");
}

#[test]
fn sdxl_refiner_with_one_text_encoder_and_an_aesthetic_score() {
    compare("sdxl-refiner", "image-to-image");
}
