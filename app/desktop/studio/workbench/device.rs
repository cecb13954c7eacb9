use kento_engine::client::EngineLaunch;
use kento_engine::protocol::DeviceRequest;

use super::{Happened, Workbench, start};

/// Whether a device may be missing at another time: one by name can be unplugged, the CPU and the automatic choice cannot.
pub fn can_be_gone(device: &DeviceRequest) -> bool {
    !matches!(device.device.as_str(), "auto" | "cpu")
}

impl Workbench {
    /// The device that is computed on, or will be.
    pub fn device(&self) -> &DeviceRequest {
        self.next_device.as_ref().unwrap_or(&self.launch.device)
    }

    /// Computes on another device once the running job has ended; what waits behind it goes back into the queue.
    pub fn use_device(&mut self, device: DeviceRequest) {
        if *self.device() == device {
            return;
        }
        let given = self.queue().into_iter().filter(|job| self.submitted.contains(job));
        // Before the device is open nothing runs.
        let running = usize::from(self.fingerprint.is_some());
        for job in given.skip(running).collect::<Vec<_>>() {
            // One that is not taken back is rendered here as well, as it would have been.
            if let Err(error) = self.engine.cancel(job) {
                log::warn!("job {job} stays with the engine before: {error}");
            }
        }
        self.next_device = (self.launch.device != device).then_some(device);
    }

    /// Whether another device is due: one that is lost meanwhile is left anyway.
    pub fn is_leaving(&self) -> bool {
        self.next_device.is_some()
    }

    /// Whether jobs wait for their device: another one is due, or a chosen one is still being opened. A job that was given to it
    /// would fail where the device is gone.
    pub fn waits_for_device(&self) -> bool {
        self.next_device.is_none() && self.fingerprint.is_none() && can_be_gone(&self.launch.device)
    }

    /// Starts the engine on the device that is due, as soon as the one before has nothing to do. Whether jobs can be given.
    pub(super) fn is_on_its_device(&mut self, happened: &mut Vec<Happened>) -> bool {
        let is_busy = !self.submitted.is_empty() || self.proof.is_some();
        if self.next_device.is_some() && is_busy {
            return false;
        }
        let Some(device) = self.next_device.take() else { return true };
        let launch = EngineLaunch { device, ..self.launch.clone() };
        match start(&launch) {
            Ok(engine) => {
                (self.launch, self.engine) = (launch, engine);
                (self.fingerprint, self.engine_has_ended) = (None, false);
            }
            Err(error) => happened.push(Happened::NoEngine(error.to_string())),
        }
        true
    }
}
