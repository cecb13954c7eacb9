//! Times a UNet and a VAE of the size of SD1.5 with pseudo-random weights: seconds per step, seconds per decode, peak memory.
//!
//! `cargo bench -p kento-diffusion --bench sd15_size` (or `--profile dev`); arguments `unet`, `vae`, `ops` choose parts.
//! The PyTorch counterpart is tests/bench/. Figures depend on the machine: only ratios of one run are worth telling.

use std::time::Instant;

use burn::tensor::{DType, Device, Tensor, TensorData};
use kento_diffusion::kernels::{self, Activation, AttentionMask, Conv2dPadding};
use kento_diffusion::models::{AutoencoderKLConfig, UNet2DConditionConfig, UNetConditions, WeightSource, load_module};

/// As in the application.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Weights that depend on the key alone; small, so that activations stay finite.
struct PseudoRandom;

impl WeightSource for PseudoRandom {
    fn keys(&self) -> Vec<String> {
        Vec::new()
    }

    fn shape(&self, key: &str) -> Option<Vec<usize>> {
        SHAPES.with_borrow(|shapes| shapes.get(key).cloned())
    }

    fn read(&self, key: &str, dtype: DType) -> Result<TensorData, String> {
        let shape = self.shape(key).ok_or("no such key")?;
        let count: usize = shape.iter().product();
        let fan_in = (count / shape[0].max(1)).max(1) as f32;
        let scale = if shape.len() == 1 { 1.0 } else { 1.0 / fan_in.sqrt() };
        let mut state = key.bytes().fold(0x9E37_79B9u32, |a, b| (a ^ u32::from(b)).wrapping_mul(16_777_619));
        let values: Vec<f32> = (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (f32::from_bits(0x3F80_0000 | (state >> 9)) - 1.5) * 2.0 * scale
            })
            .collect();
        Ok(TensorData::new(values, shape).convert_dtype(dtype))
    }
}

thread_local! {
    static SHAPES: std::cell::RefCell<std::collections::HashMap<String, Vec<usize>>> = Default::default();
}

/// Shapes come from the module itself: the first pass over it fails with the list of what is missing.
fn fill<M: burn::module::Module>(module: M, device: &Device) -> M {
    struct Shapes(Vec<(String, Vec<usize>)>, Vec<(String, bool)>);
    impl burn::module::ModuleVisitor for Shapes {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.1.push((name.to_owned(), container.starts_with("Enum:")));
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.1.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &burn::module::Param<Tensor<D>>) {
            let names: Vec<&str> = self.1.iter().filter(|(_, skip)| !skip).map(|(name, _)| name.as_str()).collect();
            self.0.push((names.join("."), param.lazy_shape().to_vec()));
        }
    }
    let mut shapes = Shapes(Vec::new(), Vec::new());
    module.visit(&mut shapes);
    SHAPES.set(shapes.0.into_iter().collect());
    load_module("benchmark", module, &PseudoRandom, device, DType::F32).expect("every shape is known")
}

fn wave<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    let len: usize = shape.iter().product();
    Tensor::from_data(TensorData::new((0..len).map(|i| (i as f32 * 0.37).sin()).collect::<Vec<f32>>(), shape), device)
}

fn time<T>(name: &str, gflop: f64, times: usize, mut operation: impl FnMut() -> T) {
    let mut best = f64::INFINITY;
    for _ in 0..=times {
        let begun = Instant::now();
        let result = operation();
        best = best.min(begun.elapsed().as_secs_f64());
        drop(result);
    }
    if gflop > 0.0 {
        println!("{name:<44} {:>9.2} ms {:>8.1} GFLOP/s", best * 1e3, gflop / best);
    } else {
        println!("{name:<44} {:>9.2} ms", best * 1e3);
    }
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let does = |part: &str| wanted.is_empty() || wanted.iter().any(|w| w == part);
    let device = Device::flex();
    if does("ops") {
        ops(&device);
    }
    if does("unet") {
        let config: UNet2DConditionConfig = serde_json::from_value(serde_json::json!({
            "sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8,
            "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
            "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        }))
        .expect("a valid config");
        let unet = fill(config.init(&device).expect("SD1.5's shape"), &device);
        println!("unet loaded, peak {} MiB", peak_mib());
        let (sample, text) = (wave([2, 4, 64, 64], &device), wave([2, 77, 768], &device));
        time("unet step, batch 2, 64x64", 0.0, 2, || {
            unet.forward(sample.clone(), 500.0, text.clone(), &UNetConditions::default()).sum().into_scalar::<f32>()
        });
        println!("peak {} MiB", peak_mib());
    }
    if does("vae") {
        let config: AutoencoderKLConfig = serde_json::from_value(serde_json::json!({
            "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "sample_size": 512,
            "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
            "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
        }))
        .expect("a valid config");
        let vae = fill(config.init(&device).expect("SD1.5's shape"), &device);
        let z = wave([1, 4, 64, 64], &device);
        time("vae decode 512x512", 0.0, 2, || vae.decode(z.clone()).sum().into_scalar::<f32>());
        println!("peak {} MiB", peak_mib());
    }
}

fn ops(device: &Device) {
    for (channels, out, side) in [(320, 320, 64), (640, 640, 32), (1280, 1280, 16), (1280, 1280, 8), (960, 320, 64)] {
        let (x, w, b) =
            (wave([2, channels, side, side], device), wave([out, channels, 3, 3], device), wave([out], device));
        let w = w.permute([2, 3, 0, 1]).add_scalar(0.0).permute([2, 3, 0, 1]);
        let gflop = 2.0 * 2.0 * (channels * out * 9 * side * side) as f64 / 1e9;
        time(&format!("conv 3x3 {channels}->{out} @{side}, batch 2"), gflop, 3, || {
            kernels::conv2d(x.clone(), w.clone(), Some(b.clone()), 1, Conv2dPadding::Same(1))
        });
    }
    for (channels, side) in [(128, 512), (512, 128)] {
        let (x, w, b) = (
            wave([1, channels, side, side], device),
            wave([channels, channels, 3, 3], device),
            wave([channels], device),
        );
        let w = w.permute([2, 3, 0, 1]).add_scalar(0.0).permute([2, 3, 0, 1]);
        let gflop = 2.0 * (channels * channels * 9 * side * side) as f64 / 1e9;
        time(&format!("conv 3x3 {channels}->{channels} @{side}, batch 1"), gflop, 2, || {
            kernels::conv2d(x.clone(), w.clone(), Some(b.clone()), 1, Conv2dPadding::Same(1))
        });
    }
    for (queries, keys, dim) in [(4096, 4096, 40), (4096, 77, 40), (1024, 1024, 80), (256, 256, 160)] {
        let (q, k, v) =
            (wave([2, queries, 8 * dim], device), wave([2, keys, 8 * dim], device), wave([2, keys, 8 * dim], device));
        let gflop = 4.0 * (2 * 8 * queries * keys * dim) as f64 / 1e9;
        time(&format!("attention 2x8x{queries}x{keys} d{dim}"), gflop, 3, || {
            kernels::attention(q.clone(), k.clone(), v.clone(), 8, AttentionMask::Full)
        });
    }
    for (rows, from, to) in
        [(8192, 320, 320), (8192, 320, 2560), (2048, 640, 5120), (512, 1280, 10240), (154, 768, 320)]
    {
        let (x, w, b) = (wave([2, rows / 2, from], device), wave([to, from], device), wave([to], device));
        time(&format!("linear {rows} {from}->{to}"), 2.0 * (rows * from * to) as f64 / 1e9, 3, || {
            kernels::linear(x.clone(), w.clone(), Some(b.clone()))
        });
    }
    let (x, w) = (wave([2, 320, 64, 64], device), wave([320], device));
    time("group norm + silu 2x320x64x64", 0.0, 5, || {
        kernels::group_norm(x.clone(), w.clone(), w.clone(), 32, 1e-5, Some(Activation::Silu))
    });
    let (x, w) = (wave([2, 4096, 320], device), wave([320], device));
    time("layer norm 2x4096x320", 0.0, 5, || kernels::layer_norm(x.clone(), w.clone(), w.clone(), 1e-5));
    let x = wave([2, 4096, 2560], device);
    time("geglu 2x4096x2560", 0.0, 5, || kernels::geglu(x.clone()));
    let (x, y) = (wave([2, 320, 64, 64], device), wave([2, 320, 1, 1], device));
    time("burn: add 2x320x64x64 + 2x320x1x1", 0.0, 5, || x.clone() + y.clone());
    time("burn: add 2x320x64x64", 0.0, 5, || x.clone() + x.clone());
    time("burn: cat channels", 0.0, 5, || Tensor::cat(vec![x.clone(), x.clone()], 1));
    time("burn: NCHW to tokens", 0.0, 5, || {
        kernels::layer_norm(x.clone().reshape([2, 320, 4096]).swap_dims(1, 2), w.clone(), w.clone(), 1e-5)
    });
    time("upsample 2x1280x16x16 twice", 0.0, 5, || {
        kernels::upsample_nearest(wave([2, 1280, 16, 16], device), [32, 32])
    });
}
