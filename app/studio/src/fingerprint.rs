use std::fmt;

use serde::{Deserialize, Serialize};

/// Which build of Kento: part of every recipe, because a fix in the numerics changes pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolVersion {
    /// Version of the program, for example `0.1.0`.
    pub version: String,
    /// Git commit that the program was built from, or `unknown` when it was built outside a checkout.
    pub commit: String,
    /// [`crate::NUMERICS_REVISION`] of the program.
    pub numerics: u32,
}

/// The number format that a model computes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// 32-bit floats.
    F32,
    /// 16-bit floats (with 32-bit accumulation where the model needs it).
    F16,
}

impl fmt::Display for Dtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
        })
    }
}

/// The compute device, as far as it can influence pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceFingerprint {
    /// Name that the driver or the operating system gives, for example `NVIDIA GeForce RTX 4060`.
    pub name: String,
    /// Kind of device: `discrete GPU`, `integrated GPU`, `virtual GPU`, `software GPU` or `CPU`.
    pub class: String,
    /// Interface and back-end that drives it, for example `Vulkan` or `flex`.
    pub api: String,
    /// Driver name and version; empty for a CPU.
    pub driver: String,
    /// Shader language that kernels are compiled to; empty for a CPU.
    pub shader: String,
}

/// Everything about the running engine that can influence pixels: the build, the device and the number format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineFingerprint {
    /// The build of Kento.
    pub tool: ToolVersion,
    /// Operating system and processor architecture, for example `linux x86_64`.
    pub platform: String,
    /// The compute device.
    pub device: DeviceFingerprint,
    /// The number format of the models.
    pub dtype: Dtype,
}
