//! Which build this is, and how it starts its own engine.

use kento_engine::client::EngineLaunch;
use kento_engine::protocol::DeviceRequest;
use kento_studio::{NUMERICS_REVISION, ToolVersion};

/// Version, commit and numerics revision of this program.
pub fn tool() -> ToolVersion {
    ToolVersion {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("KENTO_COMMIT").to_owned(),
        numerics: NUMERICS_REVISION,
    }
}

/// How this program starts its engine: itself, with the argument `engine`.
///
/// # Errors
/// When the operating system does not say where this executable is.
pub fn engine_launch(device: DeviceRequest) -> std::io::Result<EngineLaunch> {
    Ok(EngineLaunch { program: std::env::current_exe()?, args: vec!["engine".into()], device })
}
