use kento_diffusion::device::{self, DeviceChoice, DeviceReport, DtypeChoice};
use kento_engine::server::{class_name, shader_name};
use serde::Serialize;

use super::args::DevicesArgs;
use super::{CliError, print, print_json};

#[derive(Serialize)]
struct Devices {
    devices: Vec<DeviceReport>,
    chosen: String,
    dtype: String,
    why: String,
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
        print(&describe(device))?;
    }
    print(&format!("chosen: {} in {}, because {}", answer.chosen, answer.dtype, answer.why))
}

fn describe(device: &DeviceReport) -> String {
    let dtypes = if device.f16 { "f32, f16" } else { "f32" };
    let details = [class_name(device.class), &device.api, &device.driver, shader_name(device.shader), dtypes];
    let details: Vec<&str> = details.into_iter().filter(|detail| !detail.is_empty()).collect();
    format!("{}: {}", device.name, details.join(", "))
}
