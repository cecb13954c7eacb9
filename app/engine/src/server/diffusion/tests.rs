use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crossbeam_channel::{Receiver, unbounded};
use kento_studio::{JobId, ModelFile, Recipe, SchedulerSetting, SchemaV1, Sha256, ToolVersion};

use super::super::Outgoing;
use super::*;
use crate::protocol::EngineEvent;

/// One of the tiny models that the parity tests compare with diffusers.
fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/pipelines/fixtures").join(name)
}

/// A job of one step with this model, known by `content`.
fn job(name: &str, content: u8) -> GenerateJob {
    GenerateJob {
        request: GenerationRequest {
            schema: SchemaV1,
            job: JobId(1),
            recipe: Recipe {
                schema: SchemaV1,
                tool: ToolVersion {
                    version: "0.0.0".into(),
                    commit: "test".into(),
                    numerics: kento_studio::NUMERICS_REVISION,
                },
                model: ModelReference {
                    name: name.into(),
                    files: vec![ModelFile { path: "f.safetensors".into(), bytes: 1, sha256: Sha256([content; 32]) }],
                    licence: None,
                },
                vae: None,
                prompt: "a red sun".into(),
                negative_prompt: String::new(),
                clip_skip: 1,
                noise: NoiseSource::TorchCpu,
                scheduler: SchedulerSetting { name: "euler".into(), sigmas: None },
                steps: 1,
                guidance_scale: 1.0,
                guidance_rescale: 0.0,
                width: 64,
                height: 64,
                dtype: Dtype::F32,
                device: None,
            },
            task: Task::TextToImage,
            seed: 1,
            variation: None,
        },
        source: LocalSource { model: model(name), vae: None },
        preview: PreviewRate::Off,
        init_image: None,
        mask: None,
    }
}

fn pipelines() -> DiffusionPipelines {
    let request = DeviceRequest { device: "cpu".into(), dtype: "f32".into() };
    DiffusionPipelines::open(&request).unwrap_or_else(|error| panic!("{error}")).pipelines
}

/// Runs a job; gives its picture, the seconds that loading took, and how many components were read.
fn run(pipelines: &mut DiffusionPipelines, job: &GenerateJob) -> (Vec<u8>, f64, usize) {
    let (events, told): (_, Receiver<Outgoing>) = unbounded();
    let mut progress = JobProgress::new(job.request.job, events, Arc::new(AtomicBool::new(false)));
    let output = match pipelines.generate(job, &mut progress) {
        Ok(output) => output,
        Err(error) => panic!("{error:?}"),
    };
    let loading = |event: &Outgoing| matches!(event, Outgoing::Event(EngineEvent::Loading { .. }));
    (output.image.data, output.timings.load_secs, told.try_iter().filter(loading).count())
}

#[test]
fn models_take_turns_and_each_is_loaded_anew() {
    let mut pipelines = pipelines();
    let (first, other) = (job("sd1", 1), job("sdxl", 2));
    let (picture, load_secs, components) = run(&mut pipelines, &first);
    assert!(load_secs > 0.0 && components > 0);
    // 1. The same model stays loaded.
    assert_eq!(run(&mut pipelines, &first), (picture.clone(), 0.0, 0));
    // 2. Another takes its place, and back.
    let (another, load_secs, components) = run(&mut pipelines, &other);
    assert!(load_secs > 0.0 && components > 0);
    assert_ne!(another, picture);
    let (again, load_secs, _) = run(&mut pipelines, &first);
    assert!(load_secs > 0.0);
    assert_eq!(again, picture);
    // 3. A file that was replaced under the same path is another model.
    assert!(run(&mut pipelines, &job("sd1", 3)).1 > 0.0);
    // 4. What was freed is loaded again.
    pipelines.unload();
    assert!(pipelines.loaded.is_none());
    let (again, load_secs, _) = run(&mut pipelines, &job("sd1", 3));
    assert!(load_secs > 0.0 && again == picture);
}

#[test]
fn a_model_that_cannot_be_loaded_leaves_none_behind() {
    let mut pipelines = pipelines();
    run(&mut pipelines, &job("sd1", 1));
    let mut broken = job("sd1", 9);
    broken.source.model = model("no-such-model");
    let (events, _told) = unbounded();
    let mut progress = JobProgress::new(JobId(2), events, Arc::new(AtomicBool::new(false)));
    assert!(matches!(pipelines.generate(&broken, &mut progress), Err(JobError::Failed(_))));
    assert!(pipelines.loaded.is_none(), "two models rarely fit into one memory");
    assert!(run(&mut pipelines, &job("sd1", 1)).1 > 0.0);
}
