//! Models whose parts do not fit each other, or whose numbers are none: one sentence each, and never a picture.

use std::fs;
use std::path::Path;

use kento_diffusion::DiffusionError;
use kento_diffusion::device::{DeviceChoice, DtypeChoice, open};
use kento_diffusion::noise::NoiseSource;
use kento_diffusion::pipelines::{
    ModelSource, PipelineEvent, PipelineObserver, PipelineRequest, PipelineTask, PreviewRate, StableDiffusionPipeline,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::folder;

/// A copy of one of the tiny models, to be changed.
pub fn copied(model: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&fixture(model), copy.path());
    copy
}

fn fixture(model: &str) -> std::path::PathBuf {
    folder("pipelines/fixtures").join(model)
}

/// Everything of a folder into another one.
pub fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_into(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Sets one field of a JSON file.
pub fn set(file: &Path, field: &str, value: Value) {
    let mut config: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    config[field] = value;
    fs::write(file, config.to_string()).unwrap();
}

/// Notes whether weights were read.
#[derive(Default)]
struct Listener {
    loading: bool,
}

impl PipelineObserver for Listener {
    fn event(&mut self, event: PipelineEvent) {
        self.loading |= matches!(event, PipelineEvent::Loading { .. });
    }

    fn cancelled(&self) -> bool {
        false
    }
}

fn load(model: &Path) -> Result<StableDiffusionPipeline, DiffusionError> {
    let device = open(&DeviceChoice::Cpu, DtypeChoice::F32).unwrap();
    let mut listener = Listener::default();
    let source = ModelSource { model: model.to_owned(), vae: None };
    let loaded = StableDiffusionPipeline::load(&source, &device, &mut listener);
    assert_eq!(listener.loading, loaded.is_ok(), "what does not fit is found before anything is read");
    loaded
}

/// The sentence that a spoiled model is refused with.
#[track_caller]
fn refusal(model: &Path) -> String {
    match load(model) {
        Ok(_) => panic!("it was loaded"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn parts_that_do_not_fit_each_other_are_told_before_they_are_read() {
    // 1. The text encoder of another family: 16 numbers for each token instead of 24.
    let model = copied("sd1");
    copy_into(&fixture("sdxl").join("text_encoder"), &model.path().join("text_encoder"));
    let sentence = refusal(model.path());
    assert!(sentence.contains("width 24") && sentence.contains("make 16"), "{sentence}");

    // 2. One field of one configuration.
    for (model, file, field, value, words) in [
        ("sd1", "unet/config.json", "cross_attention_dim", json!(32), ["width 32", "make 24"]),
        ("sdxl", "unet/config.json", "cross_attention_dim", json!([40, 41]), ["width 41", "make 40"]),
        ("sd1", "tokenizer/tokenizer_config.json", "model_max_length", json!(128), ["128 tokens", "for 77"]),
        ("sdxl", "tokenizer_2/tokenizer_config.json", "model_max_length", json!(60), ["77 and 60", "side by side"]),
        ("sd1", "unet/config.json", "out_channels", json!(8), ["predicts 8", "decodes 4"]),
        ("sd1", "unet/config.json", "in_channels", json!(5), ["takes 5", "makes 4"]),
        ("sd1", "vae/config.json", "in_channels", json!(4), ["of 4 channels", "RGB"]),
        ("sd1", "vae/config.json", "out_channels", json!(1), ["makes 1", "RGB"]),
        ("sdxl", "unet/config.json", "projection_class_embeddings_input_dim", json!(65), ["takes 65", "makes 16"]),
        ("sdxl", "unet/config.json", "addition_time_embed_dim", Value::Null, ["takes 64", "times 0"]),
        ("sd1", "vae/config.json", "shift_factor", json!(0.1159), ["shift_factor", "0.1159"]),
    ] {
        let copy = copied(model);
        set(&copy.path().join(file), field, value);
        let sentence = refusal(copy.path());
        assert!(words.iter().all(|word| sentence.contains(word)), "{model} {field}: {sentence}");
    }

    // 3. A list holds anything where there is no attention, and shorter sequences are no fault.
    for (model, file, field, value) in [
        ("sdxl", "unet/config.json", "cross_attention_dim", json!([7, 40])),
        ("sd1", "tokenizer/tokenizer_config.json", "model_max_length", json!(60)),
    ] {
        let copy = copied(model);
        set(&copy.path().join(file), field, value);
        load(copy.path()).unwrap();
    }
}

/// A small picture from text.
fn request() -> PipelineRequest {
    PipelineRequest {
        prompt: "a red sun".into(),
        negative_prompt: String::new(),
        width: 64,
        height: 64,
        steps: 2,
        guidance_scale: 5.0,
        guidance_rescale: 0.0,
        clip_skip: 1,
        scheduler: None,
        sigmas: None,
        noise: NoiseSource::TorchCpu,
        seed: 1,
        variation: None,
        preview: PreviewRate::Off,
        task: PipelineTask::TextToImage,
    }
}

/// Overwrites the first value of a tensor of halves.
fn spoil(file: &Path, tensor: &str, value: half::f16) {
    let mut bytes = fs::read(file).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    assert_eq!(header[tensor]["dtype"], "F16", "{tensor}");
    let start = 8 + length + header[tensor]["data_offsets"][0].as_u64().unwrap() as usize;
    bytes[start..start + 2].copy_from_slice(&value.to_le_bytes());
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_picture_of_what_is_no_number_is_refused_wherever_it_comes_from() {
    for (file, tensor) in [
        ("unet/diffusion_pytorch_model.safetensors", "conv_out.bias"),
        // The latent is fine here, and one channel of the pixels is not.
        ("vae/diffusion_pytorch_model.safetensors", "decoder.conv_out.bias"),
    ] {
        let model = copied("sd1");
        spoil(&model.path().join(file), tensor, half::f16::NAN);
        let error = load(model.path()).unwrap().run(&request(), &mut Listener::default()).unwrap_err();
        assert!(matches!(error, DiffusionError::NotANumber), "{tensor}: {error}");
    }
    let whole = load(&fixture("sd1")).unwrap().run(&request(), &mut Listener::default()).unwrap();
    assert_eq!(whole.image.data.len(), 64 * 64 * 3);
}
