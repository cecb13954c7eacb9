use kento_diffusion::schedulers::SchedulerKind;

use crate::window::Command;
use crate::window::session::{EngineState, ModelState, Session};

/// What the panel shows.
#[derive(Debug, Clone, PartialEq)]
pub enum PictureData {
    /// No picture yet, and what happens meanwhile.
    Empty {
        /// In a few words.
        title: String,
        /// In one sentence.
        advice: String,
    },
    /// Something is wrong and the user can do something about it.
    Broken {
        /// In a few words.
        title: String,
        /// The cause, in one sentence that says what to do.
        advice: String,
        /// What the button "Try again" asks for.
        retry: Command,
    },
    /// A running job's preview, of so many pixels when it is done.
    Preview {
        /// Width and height in pixels.
        size: (u32, u32),
    },
    /// A finished picture.
    Finished {
        /// Width and height in pixels.
        size: (u32, u32),
        /// Seed, size and so on.
        caption: String,
        /// Where it was saved, if it was.
        saved: Option<String>,
        /// Why something failed after it was made, if something did.
        failure: Option<String>,
        /// What the engine noted.
        notices: Vec<String>,
    },
}

/// The scheduler as people call it: DDIM, not ddim.
fn scheduler_name(name: &str) -> String {
    SchedulerKind::parse(name).map_or_else(|_| name.to_owned(), |(kind, _)| kind.a1111_name().to_owned())
}

/// What to show.
pub fn data(session: &Session) -> PictureData {
    if let (Some(job), Some(_)) = (&session.job, &session.preview) {
        return PictureData::Preview { size: (job.request.recipe.width, job.request.recipe.height) };
    }
    if let Some(finished) = &session.finished {
        let recipe = &finished.record.request.recipe;
        return PictureData::Finished {
            size: (finished.pixels.width, finished.pixels.height),
            caption: format!(
                "seed {} · {}×{} · {} · {} steps · guidance {}",
                finished.record.request.seed,
                recipe.width,
                recipe.height,
                scheduler_name(&recipe.scheduler.name),
                recipe.steps,
                recipe.guidance_scale
            ),
            saved: finished.saved.as_ref().map(|path| path.display().to_string()),
            failure: session.failure.clone(),
            notices: session.notices.clone(),
        };
    }
    let broken = |title: &str, advice: &str, retry| PictureData::Broken {
        title: title.to_owned(),
        advice: advice.to_owned(),
        retry,
    };
    let empty = |title: &str, advice: &str| PictureData::Empty { title: title.to_owned(), advice: advice.to_owned() };
    match (&session.engine, &session.model, &session.failure, &session.job) {
        (EngineState::Unavailable(why), _, _, _) => broken("No device", why, Command::TryAgain),
        (_, ModelState::Missing(why), _, _) => broken("No model", why, Command::TryAgain),
        (_, _, Some(failure), None) => broken("The image failed", failure, Command::Generate),
        (_, _, _, Some(_)) => empty("Making the first picture", "The model is loaded once and stays loaded."),
        (EngineState::Starting, _, _, None) => {
            empty("Opening the device", "The engine runs in its own process; this window never waits for it.")
        }
        (_, ModelState::Opening, _, None) => {
            empty("Opening the model", "Its files are hashed once, so that every picture says exactly what made it.")
        }
        (EngineState::Ready { .. }, ModelState::Found(_), None, None) => {
            empty("No picture yet", "Write a prompt and press Generate.")
        }
    }
}
