use std::thread;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::Context;
use kento_finishing::mask::Mask;

/// What came of it: another mask, none where nothing changes, or why it could not be done.
pub type Made = Result<Option<Mask>, String>;

/// Something that is done to a mask on a thread of its own, so that no frame waits for a large one.
pub struct MaskWork {
    /// What it does, as in "growing the mask".
    pub doing: &'static str,
    /// What the step is called once it is done.
    pub label: &'static str,
    /// The place of the mask.
    pub place: usize,
    answer: Receiver<(Made, Vec<String>)>,
}

impl MaskWork {
    /// Begins it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn begin(
        ctx: &Context,
        doing: &'static str,
        label: &'static str,
        place: usize,
        work: impl FnOnce() -> Made + Send + 'static,
    ) -> Result<Self, String> {
        Self::begin_noting(ctx, doing, label, place, |_| work())
    }

    /// The same where the work has something to tell beside what it made: it adds sentences.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn begin_noting(
        ctx: &Context,
        doing: &'static str,
        label: &'static str,
        place: usize,
        work: impl FnOnce(&mut Vec<String>) -> Made + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, answer) = bounded(1);
        let ctx = ctx.clone();
        let run = move || {
            let mut notes = Vec::new();
            let made = work(&mut notes);
            // Nobody listens any more where the picture was left meanwhile.
            sender.send((made, notes)).ok();
            ctx.request_repaint();
        };
        let spawned = thread::Builder::new().name("canvas-mask".to_owned()).spawn(run);
        spawned.map_err(|error| format!("the system gives no thread for the mask: {error}"))?;
        Ok(Self { doing, label, place, answer })
    }

    /// What came of it and what it told, once it is done.
    pub fn finished(&self) -> Option<(Made, Vec<String>)> {
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(crossbeam_channel::TryRecvError::Empty) => None,
            Err(crossbeam_channel::TryRecvError::Disconnected) => {
                Some((Err(format!("{} failed: the mask is as it was", self.doing)), Vec::new()))
            }
        }
    }
}
