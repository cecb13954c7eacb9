//! A tiny subset through burn-wgpu: WGSL on Mesa's software rasteriser proves that the shaders are right, never that they are fast.
//!
//! Not part of a plain `cargo test`, because it needs Mesa's OpenGL driver and minutes of autotuning: `tests/run.sh` runs it where that is installed.

use burn::tensor::{DType, Device};
use kento_diffusion::device::{DeviceChoice, DeviceClass, DtypeChoice, ShaderCompiler, open};

use super::{text_encoder, unet, vae};

fn software_gpu() -> Device {
    let opened = open(&DeviceChoice::Named("llvmpipe".into()), DtypeChoice::F32)
        .unwrap_or_else(|error| panic!("{error}: install mesa-vulkan-drivers, libegl1 and libgl1-mesa-dri"));
    let found = (opened.report.class, opened.report.shader, opened.dtype);
    assert_eq!(found, (DeviceClass::SoftwareGpu, ShaderCompiler::Wgsl, DType::F32));
    opened.device
}

#[test]
#[ignore = "needs Mesa; tests/run.sh runs it on llvmpipe"]
fn gpu_text_encoder() {
    text_encoder("clip-quick-gelu", &software_gpu()).assert_none();
}

#[test]
#[ignore = "needs Mesa; tests/run.sh runs it on llvmpipe"]
fn gpu_unet() {
    unet("unet-inpainting", 1, &software_gpu()).assert_none();
}

#[test]
#[ignore = "needs Mesa; tests/run.sh runs it on llvmpipe"]
fn gpu_vae() {
    vae("vae-no-quant-conv", 1, 1, &software_gpu()).assert_none();
}
