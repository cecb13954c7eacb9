//! Compute devices: what is there, what it supports, which one is chosen and why.
//!
//! A device is always chosen explicitly: a discrete GPU, else an integrated one, else the CPU through burn's `flex`. A
//! software rasteriser (lavapipe, llvmpipe, WARP) is never chosen unless it is named, because `flex` is faster.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use burn::cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};
use burn::tensor::wgpu::{WgpuBackend, wgpu};
use burn::tensor::{DType, Device, DeviceKind};
use serde::{Deserialize, Serialize};

/// What kind of hardware a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceClass {
    /// A card with its own memory.
    DiscreteGpu,
    /// A GPU that shares the memory of the CPU.
    IntegratedGpu,
    /// A GPU passed into a virtual machine.
    VirtualGpu,
    /// A rasteriser that runs on the CPU.
    SoftwareGpu,
    /// The CPU itself, through burn's `flex`.
    Cpu,
}

/// Which language kernels are compiled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShaderCompiler {
    /// SPIR-V through Vulkan; reaches matrix cores.
    SpirV,
    /// WGSL through wgpu; runs everywhere.
    Wgsl,
    /// No shaders: machine code on the CPU.
    Native,
}

/// One device as `kento devices` prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// Name that the driver gives, "CPU" for the CPU.
    pub name: String,
    /// What kind of hardware it is.
    pub class: DeviceClass,
    /// "Vulkan", "Metal", "DX12" or "flex".
    pub api: String,
    /// Name and version of the driver; the instruction set for the CPU.
    pub driver: String,
    /// Whether it computes in f16.
    pub f16: bool,
    /// Which language its kernels would be compiled to.
    pub shader: ShaderCompiler,
}

/// Which device a caller wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceChoice {
    /// The best there is.
    Auto,
    /// The CPU.
    Cpu,
    /// The best GPU, and an error where there is none.
    Gpu,
    /// The device whose name contains this text, whatever its case.
    Named(String),
}

/// Which precision a caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DtypeChoice {
    /// f16 on GPUs that have it, f32 elsewhere.
    Auto,
    /// f32.
    F32,
    /// f16, and an error where the device lacks it.
    F16,
}

/// Why no device could be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// `gpu` was asked for and there is none.
    #[error("this machine has no GPU that Kento can use; choose --device cpu, or install the GPU's Vulkan driver")]
    NoGpu,
    /// A name that fits no device.
    #[error("no device is called \"{wanted}\"; there are: {}", available.join(", "))]
    NoSuchDevice {
        /// What was asked for.
        wanted: String,
        /// The names that exist.
        available: Vec<String>,
    },
    /// f16 was asked for and the device lacks it.
    #[error("{device} does not compute in f16; choose --dtype f32 or auto")]
    NoF16 {
        /// Its name.
        device: String,
    },
    /// The driver refused.
    #[error("{device} could not be opened ({reason}); update its driver or choose --device cpu")]
    Refused {
        /// Its name.
        device: String,
        /// The driver's words.
        reason: String,
    },
}

/// An opened device and the precision to compute in.
#[derive(Clone, Debug)]
pub struct ComputeDevice {
    /// burn's handle.
    pub device: Device,
    /// Precision of weights and activations.
    pub dtype: DType,
    /// What it is.
    pub report: DeviceReport,
    /// Why this one.
    pub reason: String,
}

impl ComputeDevice {
    /// Gives the memory of what was dropped back to the system, where the device keeps it for the next tensors. Waits for the work
    /// that still uses it.
    pub fn free_unused(&self) {
        if let Err(error) = self.device.sync() {
            // The next job meets the same error and tells it.
            log::warn!("the device does not finish its work: {error}");
        }
        self.device.memory_cleanup();
    }
}

/// Where compiled shaders and autotune results are kept. Only the first call before any GPU is opened has an effect.
///
/// Without it cubecl would write into `target/` of whatever folder the program was started in, or obey a `cubecl.toml`
/// found there.
pub fn keep_caches_in(folder: &Path) {
    let mut config = CubeClRuntimeConfig::default();
    config.environment.path = burn::cubecl::config::cache::CacheConfig::Directory(folder.to_owned());
    if !CubeClRuntimeConfig::try_set(config) {
        log::debug!("the folder of the GPU caches was set before");
    }
}

/// Every device of this machine, best first; the CPU is always the last but for software rasterisers.
pub fn enumerate() -> Vec<DeviceReport> {
    let mut reports: Vec<DeviceReport> = adapters().iter().map(|adapter| adapter.report.clone()).collect();
    reports.push(cpu());
    reports.sort_by_key(|report| rank(report.class));
    reports
}

/// Opens the device that `choice` and `dtype` ask for.
///
/// # Errors
///
/// [`DeviceError`] when nothing fits or the driver refuses. With `Auto`, a GPU that refuses is passed over (the reason is
/// told in [`ComputeDevice::reason`]).
pub fn open(choice: &DeviceChoice, dtype: DtypeChoice) -> Result<ComputeDevice, DeviceError> {
    match choice {
        DeviceChoice::Cpu => open_cpu(dtype, "it was asked for".into()),
        DeviceChoice::Auto => {
            let mut refused = Vec::new();
            for adapter in adapters().iter().filter(|adapter| is_real(adapter.report.class)) {
                match open_adapter(adapter, dtype, "it is the best GPU here".into()) {
                    Ok(device) => return Ok(device),
                    Err(error) => refused.push(error.to_string()),
                }
            }
            let reason = if refused.is_empty() {
                "there is no GPU".to_owned()
            } else {
                format!("no GPU could be used: {}", refused.join("; "))
            };
            open_cpu(dtype, reason)
        }
        DeviceChoice::Gpu => match adapters().iter().find(|adapter| is_real(adapter.report.class)) {
            Some(adapter) => open_adapter(adapter, dtype, "it is the best GPU here".into()),
            None => Err(DeviceError::NoGpu),
        },
        DeviceChoice::Named(wanted) => {
            let needle = wanted.to_lowercase();
            let adapters = adapters();
            let named = adapters.iter().find(|adapter| adapter.report.name.to_lowercase().contains(&needle));
            match named {
                Some(adapter) => open_adapter(adapter, dtype, "it was asked for by name".into()),
                None if cpu().name.to_lowercase().contains(&needle) => {
                    open_cpu(dtype, "it was asked for by name".into())
                }
                None => Err(DeviceError::NoSuchDevice {
                    wanted: wanted.clone(),
                    available: enumerate().into_iter().map(|report| report.name).collect(),
                }),
            }
        }
    }
}

struct Adapter {
    report: DeviceReport,
    /// Position among the adapters of its kind and API, as burn counts them.
    index: usize,
    backend: wgpu::Backend,
}

/// The GPUs of this machine, best first, each under one API.
fn adapters() -> Vec<Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
    descriptor.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(descriptor);
    let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    let mut counts: Vec<((wgpu::DeviceType, wgpu::Backend), usize)> = Vec::new();
    let mut adapters: Vec<Adapter> = Vec::new();
    for adapter in found {
        let info = adapter.get_info();
        let key = (info.device_type, info.backend);
        let index = match counts.iter_mut().find(|(k, _)| *k == key) {
            Some((_, count)) => {
                *count += 1;
                *count - 1
            }
            None => {
                counts.push((key, 1));
                0
            }
        };
        let class = match info.device_type {
            wgpu::DeviceType::DiscreteGpu => DeviceClass::DiscreteGpu,
            wgpu::DeviceType::IntegratedGpu => DeviceClass::IntegratedGpu,
            wgpu::DeviceType::VirtualGpu => DeviceClass::VirtualGpu,
            wgpu::DeviceType::Cpu => DeviceClass::SoftwareGpu,
            wgpu::DeviceType::Other => continue,
        };
        // A card that two APIs reach is listed under the first (Vulkan before DX12 in wgpu's order).
        if adapters.iter().any(|known| known.report.name == info.name && known.backend != info.backend) {
            continue;
        }
        let shader = choose_shader(class, info.backend);
        adapters.push(Adapter {
            report: DeviceReport {
                name: info.name,
                class,
                api: match info.backend {
                    wgpu::Backend::Vulkan => "Vulkan".into(),
                    wgpu::Backend::Metal => "Metal".into(),
                    wgpu::Backend::Dx12 => "DX12".into(),
                    other => format!("{other:?}"),
                },
                driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
                f16: adapter.features().contains(wgpu::Features::SHADER_F16),
                shader,
            },
            index,
            backend: info.backend,
        });
    }
    adapters.sort_by_key(|adapter| rank(adapter.report.class));
    adapters
}

/// SPIR-V reaches matrix cores, but crashes inside software rasterisers; `KENTO_SHADER=wgsl` is the way out for users whose
/// driver cannot take it either.
fn choose_shader(class: DeviceClass, backend: wgpu::Backend) -> ShaderCompiler {
    let wgsl_asked = std::env::var("KENTO_SHADER").is_ok_and(|value| value.eq_ignore_ascii_case("wgsl"));
    if backend == wgpu::Backend::Vulkan && class != DeviceClass::SoftwareGpu && !wgsl_asked {
        ShaderCompiler::SpirV
    } else {
        ShaderCompiler::Wgsl
    }
}

fn open_adapter(adapter: &Adapter, dtype: DtypeChoice, reason: String) -> Result<ComputeDevice, DeviceError> {
    let name = adapter.report.name.clone();
    let mut report = adapter.report.clone();
    let opened = match report.shader {
        ShaderCompiler::SpirV => initialise(adapter, WgpuBackend::Vulkan).or_else(|error| {
            log::warn!("{name} does not take SPIR-V ({error}); using WGSL");
            report.shader = ShaderCompiler::Wgsl;
            initialise(adapter, wgsl_api(adapter.backend))
        }),
        _ => initialise(adapter, wgsl_api(adapter.backend)),
    };
    let device = opened.map_err(|reason| DeviceError::Refused { device: name, reason })?;
    if report.shader == ShaderCompiler::Wgsl && adapter.backend == wgpu::Backend::Vulkan {
        report.api = "OpenGL".into();
    }
    report.f16 = device.supports_dtype(DType::F16);
    let dtype = match dtype {
        DtypeChoice::F32 => DType::F32,
        DtypeChoice::Auto if !report.f16 || report.class == DeviceClass::SoftwareGpu => DType::F32,
        DtypeChoice::Auto => DType::F16,
        DtypeChoice::F16 if report.f16 => DType::F16,
        DtypeChoice::F16 => return Err(DeviceError::NoF16 { device: report.name }),
    };
    Ok(ComputeDevice { device, dtype, report, reason })
}

/// The API under which burn compiles WGSL for an adapter. On Vulkan burn looks at the adapter, not at the device, and takes
/// SPIR-V wherever the adapter could; the same card through OpenGL always gets WGSL.
fn wgsl_api(backend: wgpu::Backend) -> WgpuBackend {
    match backend {
        wgpu::Backend::Metal => WgpuBackend::Metal,
        wgpu::Backend::Dx12 => WgpuBackend::Dx12,
        _ => WgpuBackend::Gl,
    }
}

/// Opens an adapter in burn's runtime. A process that opened it before gets the same runtime again.
fn initialise(adapter: &Adapter, api: WgpuBackend) -> Result<Device, String> {
    let kind = match adapter.report.class {
        DeviceClass::DiscreteGpu => DeviceKind::DiscreteGpu(adapter.index),
        DeviceClass::IntegratedGpu => DeviceKind::IntegratedGpu(adapter.index),
        DeviceClass::VirtualGpu => DeviceKind::VirtualGpu(adapter.index),
        DeviceClass::SoftwareGpu | DeviceClass::Cpu => DeviceKind::Cpu,
    };
    static OPENED: Mutex<Vec<(DeviceKind, WgpuBackend, Device)>> = Mutex::new(Vec::new());
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, _, device)) = opened.iter().find(|(k, a, _)| *k == kind && *a == api) {
        return Ok(device.clone());
    }
    let device =
        Device::wgpu_options().device_kind(kind.clone()).graphics_api(api).init().map_err(|error| error.to_string())?;
    opened.push((kind, api, device.clone()));
    Ok(device)
}

fn open_cpu(dtype: DtypeChoice, reason: String) -> Result<ComputeDevice, DeviceError> {
    // flex computes in f16 too, but slower than in f32: it is there for whoever asks for it.
    let dtype = if dtype == DtypeChoice::F16 { DType::F16 } else { DType::F32 };
    Ok(ComputeDevice { device: Device::flex(), dtype, report: cpu(), reason })
}

fn cpu() -> DeviceReport {
    DeviceReport {
        name: "CPU".into(),
        class: DeviceClass::Cpu,
        api: "flex".into(),
        driver: instruction_set().into(),
        f16: true,
        shader: ShaderCompiler::Native,
    }
}

fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return "AVX-512";
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return "AVX2";
        }
        "SSE2"
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        std::env::consts::ARCH
    }
}

fn is_real(class: DeviceClass) -> bool {
    matches!(class, DeviceClass::DiscreteGpu | DeviceClass::IntegratedGpu | DeviceClass::VirtualGpu)
}

fn rank(class: DeviceClass) -> u8 {
    match class {
        DeviceClass::DiscreteGpu => 0,
        DeviceClass::IntegratedGpu => 1,
        DeviceClass::VirtualGpu => 2,
        DeviceClass::Cpu => 3,
        DeviceClass::SoftwareGpu => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_always_there_and_opens() {
        let device = open(&DeviceChoice::Cpu, DtypeChoice::Auto).expect("the CPU");
        assert_eq!((device.dtype, device.report.class), (DType::F32, DeviceClass::Cpu));
        assert!(enumerate().iter().any(|report| report.class == DeviceClass::Cpu));
    }

    #[test]
    fn a_name_that_fits_nothing_lists_what_there_is() {
        let error = open(&DeviceChoice::Named("Voodoo 5".into()), DtypeChoice::Auto).expect_err("no such device");
        let text = error.to_string();
        assert!(text.contains("Voodoo 5") && text.contains("CPU"), "{text}");
    }

    #[test]
    fn a_software_rasteriser_is_never_chosen_by_itself() {
        let device = open(&DeviceChoice::Auto, DtypeChoice::F32).expect("some device");
        assert_ne!(device.report.class, DeviceClass::SoftwareGpu);
    }
}
