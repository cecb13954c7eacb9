//! Models whose parts do not fit each other, or whose numbers are none: one sentence each, and never a picture.

use std::fs;
use std::path::Path;

use kento_diffusion::DiffusionError;
use kento_diffusion::device::{DeviceChoice, DtypeChoice, open};
use kento_diffusion::pipelines::{ModelSource, PipelineEvent, PipelineObserver, StableDiffusionPipeline};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::folder;

/// A copy of one of the tiny models, to be spoiled.
fn copied(model: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&fixture(model), copy.path());
    copy
}

fn fixture(model: &str) -> std::path::PathBuf {
    folder("pipelines/fixtures").join(model)
}

fn copy_into(from: &Path, to: &Path) {
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
fn set(file: &Path, field: &str, value: Value) {
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
