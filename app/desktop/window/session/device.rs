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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use eframe::egui::Context;
    use kento_engine::client::EngineLaunch;

    use super::*;
    use crate::window::WindowSetup;

    #[test]
    fn a_chosen_device_that_is_gone_is_told_once_and_the_automatic_choice_is_tried() {
        let launch =
            EngineLaunch { program: "/nowhere/kento".into(), args: Vec::new(), device: DeviceRequest::default() };
        let chosen = DeviceRequest { device: "Voodoo 5".to_owned(), ..DeviceRequest::default() };
        let setup = WindowSetup {
            engine: Some(launch),
            device: Some(chosen),
            model: "/nowhere/model".into(),
            ..WindowSetup::default()
        };
        assert_eq!(setup.launch().unwrap().device.device, "Voodoo 5");
        let mut session = Session::of(setup);
        session.start(&Context::default());
        let mut told = Vec::new();
        for _ in 0..2_000 {
            session.listen();
            told.extend(session.lost_device());
            if matches!(session.engine, EngineState::Unavailable(_)) {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        assert!(matches!(session.engine, EngineState::Unavailable(_)), "the second engine is no better");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with("the device is chosen automatically now"), "{told:?}");
        assert_eq!(session.setup.device, Some(DeviceRequest::default()));
    }

    #[test]
    fn before_the_first_start_a_device_is_only_remembered() {
        let mut session = Session::new();
        let chosen = DeviceRequest { device: "cpu".to_owned(), ..DeviceRequest::default() };
        session.use_device(chosen.clone());
        assert_eq!((session.setup.device.as_ref(), session.was_started()), (Some(&chosen), false));
        assert!(session.client.is_none() && session.engine == EngineState::Starting);
    }
}
