//! A tiny subset through burn-wgpu: WGSL on Mesa's software rasteriser proves that the shaders are right, never that they are fast.
//!
//! Not part of a plain `cargo test`, because it needs a Vulkan driver: `tests/run.sh` runs it where lavapipe is installed.

use burn::tensor::{DType, Device};
use kento_diffusion::device::{DeviceChoice, DeviceClass, DtypeChoice, open};

use super::{text_encoder, unet, vae};

fn software_gpu() -> Device {
    let device = open(&DeviceChoice::Named("llvmpipe".into()), DtypeChoice::F32)
        .unwrap_or_else(|error| panic!("{error}: install mesa-vulkan-drivers"));
    assert_eq!((device.report.class, device.dtype), (DeviceClass::SoftwareGpu, DType::F32));
    device.device
}

#[test]
#[ignore = "needs a Vulkan driver; tests/run.sh runs it on lavapipe"]
fn gpu_text_encoder() {
    text_encoder("clip-quick-gelu", &software_gpu()).assert_none();
}

#[test]
#[ignore = "needs a Vulkan driver; tests/run.sh runs it on lavapipe"]
fn gpu_unet() {
    unet("unet-inpainting", 1, &software_gpu()).assert_none();
}

#[test]
#[ignore = "needs a Vulkan driver; tests/run.sh runs it on lavapipe"]
fn gpu_vae() {
    vae("vae-no-quant-conv", 1, 1, &software_gpu()).assert_none();
}
