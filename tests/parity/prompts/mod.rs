//! Weights, BREAK and long prompts as A1111 embeds them, the guidance embedding of distilled models, and latents with a mean and a
//! deviation for each channel: the same picture as diffusers' pipelines make of the same conditions.

use std::fs;

use kento_diffusion::device::{DeviceChoice, DtypeChoice, open};
use kento_diffusion::noise::NoiseSource;
use kento_diffusion::pipelines::{
    ModelSource, PipelineEvent, PipelineObserver, PipelineRequest, PipelineTask, PreviewRate, Rgb8,
    StableDiffusionPipeline,
};
use kento_diffusion::schedulers::SchedulerKind;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::misfits::{copied, copy_into, set};
use crate::support::{Differences, Fixture, folder};

/// One request as `make.py` gave it to diffusers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    model: String,
    task: String,
    prompt: String,
    negative_prompt: String,
    width: u32,
    height: u32,
    steps: usize,
    guidance_scale: f64,
    scheduler: Option<String>,
    strength: f64,
    seed: u64,
}

impl Case {
    fn request(&self, io: &Fixture) -> PipelineRequest {
        let (width, height) = (self.width, self.height);
        let task = match self.task.as_str() {
            "text-to-image" => PipelineTask::TextToImage,
            "image-to-image" => PipelineTask::ImageToImage {
                image: Rgb8 { width, height, data: io.pixels(&format!("picture.{width}x{height}")).to_vec() },
                strength: self.strength,
            },
            other => panic!("{}: unknown task {other}", self.name),
        };
        PipelineRequest {
            prompt: self.prompt.clone(),
            negative_prompt: self.negative_prompt.clone(),
            width,
            height,
            steps: self.steps,
            guidance_scale: self.guidance_scale,
            guidance_rescale: 0.0,
            clip_skip: 1,
            scheduler: self.scheduler.as_ref().map(|name| SchedulerKind::parse(name).unwrap().0),
            sigmas: None,
            noise: NoiseSource::TorchCpu,
            seed: self.seed,
            variation: None,
            preview: PreviewRate::Off,
            task,
        }
    }
}

/// Hears everything and never stops a run.
struct Listener;

impl PipelineObserver for Listener {
    fn event(&mut self, _event: PipelineEvent) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// The folder of a model: one of `../pipelines`, with what `make.py` changed in it.
fn model(name: &str) -> TempDir {
    let own = folder("prompts/fixtures");
    match name {
        "lcm" => {
            let model = copied("sd1");
            copy_into(&own.join("lcm"), model.path());
            model
        }
        "sdxl-latents" => {
            let model = copied("sdxl");
            let lists: Value = serde_json::from_slice(&fs::read(own.join("latents.json")).unwrap()).unwrap();
            for (field, list) in lists.as_object().unwrap() {
                set(&model.path().join("vae/config.json"), field, list.clone());
            }
            model
        }
        name => copied(name),
    }
}

/// Runs every case of a model.
fn compare(name: &str) {
    let own = folder("prompts/fixtures");
    let io = Fixture::read(&own.join("io.safetensors"));
    let cases: Vec<Case> = serde_json::from_slice(&fs::read(own.join("cases.json")).unwrap()).unwrap();
    let model = model(name);
    let device = open(&DeviceChoice::Cpu, DtypeChoice::F32).unwrap();
    let source = ModelSource { model: model.path().to_owned(), vae: None };
    let mut pipeline = StableDiffusionPipeline::load(&source, &device, &mut Listener).unwrap();
    let mut differences = Differences::default();
    let mut compared = 0;
    for case in cases.iter().filter(|case| case.model == name) {
        match pipeline.run(&case.request(&io), &mut Listener) {
            Ok(output) => differences.image(&case.name, &output.image.data, io.pixels(&format!("{}.image", case.name))),
            Err(error) => differences.failed(&case.name, error),
        }
        compared += 1;
    }
    assert!(compared > 1, "{name} has {compared} cases");
    differences.assert_none();
}

#[test]
fn sd1_weights_breaks_and_long_prompts() {
    compare("sd1");
}

#[test]
fn sdxl_weights_breaks_and_long_prompts() {
    compare("sdxl");
}

#[test]
fn guidance_as_an_embedding() {
    compare("lcm");
}

#[test]
fn sdxl_latents_with_a_mean_and_a_deviation() {
    compare("sdxl-latents");
}
