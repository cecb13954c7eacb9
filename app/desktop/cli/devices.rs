use kento_diffusion::device::{self, DeviceChoice, DeviceReport, DtypeChoice};
use kento_engine::server::{class_name, shader_name};
use serde::{Deserialize, Serialize};

use super::args::DevicesArgs;
use super::{CliError, print, print_json};

/// What `kento devices --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Devices {
    /// Every device, best first.
    pub devices: Vec<DeviceReport>,
    /// Name of the one that is taken where nobody chooses.
    pub chosen: String,
    /// The number format that it would compute in.
    pub dtype: String,
    /// Why that one.
    pub why: String,
}

/// `kento devices`: what there is, what it supports, and which one `--device auto` chooses and why.
///
/// # Errors
/// [`CliError::Failed`] when not even the CPU can be opened.
pub fn run(args: &DevicesArgs) -> Result<(), CliError> {
    let devices = device::enumerate();
    let chosen = device::open(&DeviceChoice::Auto, DtypeChoice::Auto).map_err(CliError::failed)?;
    let answer = Devices {
        devices,
        chosen: chosen.report.name.clone(),
        dtype: chosen.dtype.name().to_owned(),
        why: chosen.reason.clone(),
    };
    if args.json {
        return print_json(&answer);
    }
    for device in &answer.devices {
        print(&format!("{}: {}", device.name, describe(device)))?;
    }
    print(&format!("chosen: {} in {}, because {}", answer.chosen, answer.dtype, answer.why))
}

/// What a device is, without its name: `discrete GPU, Vulkan, …`.
pub fn describe(device: &DeviceReport) -> String {
    let dtypes = if device.f16 { "f32, f16" } else { "f32" };
    let details = [class_name(device.class), &device.api, &device.driver, shader_name(device.shader), dtypes];
    let details: Vec<&str> = details.into_iter().filter(|detail| !detail.is_empty()).collect();
    details.join(", ")
}
