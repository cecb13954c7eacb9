//! A tiny subset through burn-wgpu: WGSL on Mesa's software rasteriser proves that the shaders are right, never that they are fast.
//!
//! Not part of a plain `cargo test`, because it needs Mesa's OpenGL driver and minutes of autotuning: `tests/run.sh` runs it where that is installed.

use burn::tensor::wgpu::WgpuBackend;
use burn::tensor::{Device, DeviceKind};

use super::{text_encoder, unet, vae};

/// llvmpipe through OpenGL: burn compiles SPIR-V for every Vulkan adapter that has the memory model, lavapipe among them,
/// and SPIR-V crashes inside it; through OpenGL it compiles WGSL.
fn software_gpu() -> Device {
    Device::wgpu_options()
        .device_kind(DeviceKind::Cpu)
        .graphics_api(WgpuBackend::Gl)
        .init()
        .unwrap_or_else(|error| panic!("{error}: install libegl1 and libgl1-mesa-dri"))
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
