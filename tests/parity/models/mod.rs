//! The networks against `CLIPTextModel`, `UNet2DConditionModel` and `AutoencoderKL` of transformers and diffusers.

mod gpu;

use burn::tensor::{DType, Device};
use kento_diffusion::models::{
    AddedConditions, AutoencoderKL, AutoencoderKLConfig, CLIPTextConfig, Tiling, UNet2DConditionConfig,
    UNet2DConditionModel, UNetConditions, load_module,
};
use serde::de::DeserializeOwned;

use crate::support::{Differences, Fixture, folder};

struct Case {
    name: &'static str,
    io: Fixture,
    weights: Fixture,
    device: Device,
}

impl Case {
    fn open(name: &'static str, weights: &str, device: &Device) -> Self {
        let path = folder("models/fixtures").join(name);
        Self {
            name,
            io: Fixture::read(&path.join("io.safetensors")),
            weights: Fixture::read(&path.join(weights)),
            device: device.clone(),
        }
    }

    fn config<C: DeserializeOwned>(&self) -> C {
        let path = folder("models/fixtures").join(self.name).join("config.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

fn token_rows(io: &Fixture) -> Vec<Vec<u32>> {
    let width = io.shape_of("input_ids")[1];
    io.integers("input_ids").chunks_exact(width).map(|row| row.iter().map(|id| *id as u32).collect()).collect()
}

fn text_encoder(name: &'static str, device: &Device) -> Differences {
    let case = Case::open(name, "model.safetensors", device);
    let config: CLIPTextConfig = case.config();
    let rows = token_rows(&case.io);
    let positions = config.pooled_positions(&rows);
    let mut differences = Differences::default();
    let output = if case.io.has("text_embeds") {
        let model = config.init_with_projection(device).unwrap();
        let model = load_module(name, model, &case.weights, device, DType::F32).unwrap();
        let output = model.forward(&rows);
        differences.module(
            name,
            model.text_embeds(output.last_hidden_state.clone(), &positions),
            &case.io,
            "text_embeds",
        );
        output
    } else {
        let model = load_module(name, config.init(device).unwrap(), &case.weights, device, DType::F32).unwrap();
        let output = model.forward(&rows);
        let skipped = model.final_layer_norm(output.hidden_states[config.num_hidden_layers - 1].clone());
        differences.module(name, skipped, &case.io, "clip_skip_1");
        let pooled = case.io.floats("pooler_output");
        let last = case.io.floats("last_hidden_state");
        let width = config.hidden_size;
        for (row, position) in positions.iter().enumerate() {
            let start = (row * rows[0].len() + position) * width;
            if pooled[row * width..(row + 1) * width] != last[start..start + width] {
                differences
                    .failed(name, format!("row {row} is pooled at {position}, where transformers does not pool"));
            }
        }
        output
    };
    assert_eq!(output.hidden_states.len(), config.num_hidden_layers + 1);
    for (i, hidden) in output.hidden_states.into_iter().enumerate() {
        differences.module(name, hidden, &case.io, &format!("hidden_states.{i}"));
    }
    differences.module(name, output.last_hidden_state, &case.io, "last_hidden_state");
    differences
}

fn load_unet(case: &Case) -> UNet2DConditionModel {
    let config: UNet2DConditionConfig = case.config();
    load_module(case.name, config.init(&case.device).unwrap(), &case.weights, &case.device, DType::F32).unwrap()
}

fn unet(name: &'static str, sizes: usize, device: &Device) -> Differences {
    let case = Case::open(name, "diffusion_pytorch_model.safetensors", device);
    let model = load_unet(&case);
    let mut differences = Differences::default();
    for i in 0..sizes {
        let key = |part: &str| format!("{i}.{part}");
        let io = &case.io;
        let conditions = UNetConditions {
            added: io.has(&key("time_ids")).then(|| AddedConditions {
                text_embeds: io.tensor(&key("text_embeds"), device),
                time_ids: io
                    .floats(&key("time_ids"))
                    .chunks_exact(6)
                    .map(|row| row.iter().map(|v| f64::from(*v)).collect())
                    .collect(),
            }),
            timestep_cond: io.has(&key("timestep_cond")).then(|| io.tensor(&key("timestep_cond"), device)),
        };
        let output = model.forward(
            io.tensor(&key("sample"), device),
            io.integers(&key("timestep"))[0] as f64,
            io.tensor(&key("encoder_hidden_states"), device),
            &conditions,
        );
        differences.module(name, output, io, &key("output"));
    }
    assert!(!case.io.has(&format!("{sizes}.sample")), "{name} has more sizes than are tested");
    differences
}

fn load_vae(case: &Case) -> AutoencoderKL {
    let config: AutoencoderKLConfig = case.config();
    load_module(case.name, config.init(&case.device).unwrap(), &case.weights, &case.device, DType::F32).unwrap()
}

fn vae(name: &'static str, images: usize, latents: usize, device: &Device) -> Differences {
    let case = Case::open(name, "diffusion_pytorch_model.safetensors", device);
    let model = load_vae(&case);
    let mut differences = Differences::default();
    for i in 0..images {
        let key = |part: &str| format!("encode.{i}.{part}");
        let posterior = model.encode(case.io.tensor(&key("image"), device));
        differences.module(name, posterior.mean.clone(), &case.io, &key("mean"));
        differences.module(name, posterior.logvar.clone(), &case.io, &key("logvar"));
        differences.module(name, posterior.sample(case.io.tensor(&key("noise"), device)), &case.io, &key("sample"));
    }
    for i in 0..latents {
        let decoded = model.decode(case.io.tensor(&format!("decode.{i}.z"), device));
        differences.module(name, decoded, &case.io, &format!("decode.{i}.decoded"));
    }
    differences
}

macro_rules! cases {
    ($($test:ident: $call:expr;)*) => {
        $(#[test] fn $test() { $call.assert_none(); })*
    };
}

cases! {
    clip_text_model_of_sd1: text_encoder("clip-quick-gelu", &Device::flex());
    clip_text_model_of_sd2: text_encoder("clip-gelu", &Device::flex());
    clip_text_model_with_projection: text_encoder("clip-with-projection", &Device::flex());
    clip_text_model_with_projection_and_quick_gelu: text_encoder("clip-with-projection-quick-gelu", &Device::flex());
    unet_of_sd1_in_four_sizes: unet("unet-sd1", 4, &Device::flex());
    unet_of_sd2: unet("unet-sd2", 2, &Device::flex());
    unet_of_sdxl: unet("unet-sdxl", 2, &Device::flex());
    unet_with_nine_channels: unet("unet-inpainting", 1, &Device::flex());
    unet_with_guidance_embedding: unet("unet-lcm", 1, &Device::flex());
    unet_with_heads_of_40_channels: unet("unet-head-40", 1, &Device::flex());
    unet_with_unusual_fields: unet("unet-fields", 1, &Device::flex());
    vae_of_stable_diffusion: vae("vae-sd", 2, 2, &Device::flex());
    vae_without_quant_conv: vae("vae-no-quant-conv", 1, 1, &Device::flex());
}

/// The script tiles at 32 pixels, which is this autoencoder's `sample_size`.
const TILING: Tiling = Tiling { tile_sample_min_size: 32, tile_overlap_factor: 0.25 };

#[test]
fn vae_by_tiles_equals_diffusers_tiling() {
    let device = Device::flex();
    let case = Case::open("vae-sd", "diffusion_pytorch_model.safetensors", &device);
    let model = load_vae(&case);
    let mut differences = Differences::default();
    let posterior = model.tiled_encode(case.io.tensor("tiled_encode.image", &device), TILING, 4);
    differences.module("vae-sd", posterior.mean, &case.io, "tiled_encode.mean");
    differences.module("vae-sd", posterior.logvar, &case.io, "tiled_encode.logvar");
    let decoded = model.tiled_decode(case.io.tensor("tiled_decode.z", &device), TILING, 4);
    differences.module("vae-sd", decoded, &case.io, "tiled_decode.decoded");
    differences.assert_none();
}

#[test]
fn vae_by_slices_equals_the_whole_batch() {
    let device = Device::flex();
    let case = Case::open("vae-sd", "diffusion_pytorch_model.safetensors", &device);
    let mut differences = Differences::default();
    let decoded = load_vae(&case).sliced_decode(case.io.tensor("decode.0.z", &device));
    differences.module("vae-sd", decoded, &case.io, "decode.0.decoded");
    differences.assert_none();
}
