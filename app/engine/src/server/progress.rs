use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbeam_channel::Sender;
use kento_studio::JobId;

use super::Outgoing;
use crate::protocol::{EngineEvent, Pixels};

/// How a running job reports and learns that it should stop.
pub struct JobProgress {
    job: JobId,
    events: Sender<Outgoing>,
    cancel: Arc<AtomicBool>,
    began: Instant,
}

impl JobProgress {
    pub(super) fn new(job: JobId, events: Sender<Outgoing>, cancel: Arc<AtomicBool>) -> Self {
        Self { job, events, cancel, began: Instant::now() }
    }

    /// Whether the job was asked to stop. To be looked at between steps.
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Seconds since the engine began with the job.
    pub fn elapsed_secs(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// A component of the model is being read; `fraction` is 0 to 1.
    pub fn loading(&self, component: &str, fraction: f32) {
        self.send_if_room(EngineEvent::Loading { job: self.job, component: component.to_owned(), fraction });
    }

    /// Something that the user should know, in one sentence. Never dropped.
    pub fn notice(&self, text: String) {
        // Only fails when the writer is gone, and it ends the process itself.
        self.events.send(Outgoing::Event(EngineEvent::Notice { job: self.job, text })).ok();
    }

    /// The prompts are encoded.
    pub fn encoded(&self) {
        self.send_if_room(EngineEvent::Encoded { job: self.job });
    }

    /// `done` of `of` steps are done.
    pub fn step(&self, done: u32, of: u32, preview: Option<Pixels>) {
        let elapsed_secs = self.elapsed_secs();
        self.send_if_room(EngineEvent::Step { job: self.job, done, of, elapsed_secs, preview });
    }

    /// The VAE decodes.
    pub fn decoding(&self) {
        self.send_if_room(EngineEvent::Decoding { job: self.job });
    }

    /// Progress is dropped rather than waited for: a client that does not read must not stop a step.
    fn send_if_room(&self, event: EngineEvent) {
        drop(self.events.try_send(Outgoing::Event(event)));
    }
}
