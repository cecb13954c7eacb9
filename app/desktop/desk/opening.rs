use std::path::{Path, PathBuf};

use eframe::egui::Context;
use kento_engine::client::EngineLaunch;
use kento_studio::PersonName;
use kento_studio::workflow::Command;

use super::Desk;
use crate::studio::{Request, StudioThread, Update};

/// A project that is being opened: the thread has it, the answer has not come.
pub struct Opening {
    thread: StudioThread,
    context: Context,
    /// The model that it begins with.
    model: PathBuf,
}

impl Opening {
    /// Opens a project, or makes one when `start` is its first command. `model` is on its shelf from the start.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn begin(
        context: &Context,
        launch: EngineLaunch,
        model: &Path,
        folder: &Path,
        person: PersonName,
        start: Option<Command>,
    ) -> Result<Self, String> {
        let wake = context.clone();
        let thread = StudioThread::start(launch, move || wake.request_repaint())
            .map_err(|error| format!("the system gives no thread: {error}"))?;
        let folder = folder.to_owned();
        thread.ask(match start {
            Some(start) => Request::Create { folder, person, start: Box::new(start) },
            None => Request::Open { folder, person },
        })?;
        Ok(Self { thread, context: context.clone(), model: model.to_owned() })
    }

    /// The project once it is open, or why it is not; none while it is being opened.
    pub fn finished(self) -> Result<Result<Desk, String>, Self> {
        let answer = self.thread.updates().find_map(|update| match update {
            Update::Opened(opened) => Some(Ok(opened)),
            Update::NotOpened(why) => Some(Err(why)),
            _ => None,
        });
        match answer {
            None => Err(self),
            Some(Err(why)) => Ok(Err(why)),
            Some(Ok(opened)) => Ok(Desk::new(&self.context, self.thread, self.model, *opened)),
        }
    }
}
