use std::path::PathBuf;

use kento_engine::client::EngineLaunch;
use kento_engine::protocol::DeviceRequest;

use crate::{build_info, model};

/// What a window begins with. The usual one remembers nothing and works with what the program came with.
#[derive(Debug, Clone)]
pub struct WindowSetup {
    /// The folder for layout, recent projects and the person's name; nothing is remembered where there is none.
    pub settings: Option<PathBuf>,
    /// The folder for what projects leave for one another; nothing is where there is none.
    pub shared: Option<PathBuf>,
    /// The project to open first.
    pub project: Option<PathBuf>,
    /// Where new projects go unless somebody chooses another place; the user's documents where there is none.
    pub new_projects: Option<PathBuf>,
    /// Who works here unless that is remembered, "" for nobody; whom the system names where there is none.
    pub person: Option<String>,
    /// How engines are started; as this program itself where there is none.
    pub engine: Option<EngineLaunch>,
    /// The device that somebody chose; the one that `engine` names, or the best, where nobody did.
    pub device: Option<DeviceRequest>,
    /// The model that is there from the start: `starter`, or a path.
    pub model: PathBuf,
}

impl Default for WindowSetup {
    fn default() -> Self {
        Self {
            settings: None,
            shared: None,
            project: None,
            new_projects: None,
            person: None,
            engine: None,
            device: None,
            model: model::STARTER.into(),
        }
    }
}

impl WindowSetup {
    /// How an engine is started.
    ///
    /// # Errors
    /// When the operating system does not say where this executable is.
    pub fn launch(&self) -> std::io::Result<EngineLaunch> {
        let launch = self.engine.clone().map_or_else(|| build_info::engine_launch(DeviceRequest::default()), Ok)?;
        let device = self.device.clone().unwrap_or_else(|| launch.device.clone());
        Ok(EngineLaunch { device, ..launch })
    }
}
