use std::thread;

use kento_engine::protocol::DeviceRequest;

use super::{EngineState, Session};
use crate::studio::can_be_gone;

/// Another device, on its way.
#[derive(Default)]
pub(super) struct DeviceChange {
    is_due: bool,
    /// What is to be told: the chosen device is gone.
    told: Option<String>,
}

impl Session {
    /// Computes on another device from the next picture on; the running one is finished first.
    pub fn use_device(&mut self, device: DeviceRequest) {
        if self.setup.device.as_ref() == Some(&device) {
            return;
        }
        self.setup.device = Some(device);
        self.change.is_due = self.was_started();
        self.change_device();
    }

    /// Why the chosen device was given up since the last call.
    pub fn lost_device(&mut self) -> Option<String> {
        self.change.told.take()
    }

    /// Starts the engine on the device that is due, unless a picture is being made.
    pub(super) fn change_device(&mut self) {
        if !self.change.is_due || self.job.is_some() {
            return;
        }
        self.change.is_due = false;
        // Its last step may take a moment.
        if let Some(client) = self.client.take()
            && let Err(error) = thread::Builder::new().name("ending".to_owned()).spawn(move || drop(client))
        {
            log::warn!("the system gives no thread to end the engine on: {error}");
        }
        self.start_engine();
    }

    /// No device could be opened: one that somebody chose gives way to the automatic choice.
    pub(super) fn lose_device(&mut self, why: String) {
        match &self.setup.device {
            Some(device) if can_be_gone(device) => {
                self.change.told = Some(format!("{why}; the device is chosen automatically now"));
                self.use_device(DeviceRequest::default());
            }
            _ => self.engine = EngineState::Unavailable(why),
        }
    }
}
