use kento_engine::protocol::EngineEvent;
use kento_studio::{JobId, Sha256};

use super::StudioError;

/// Where a waiting job goes in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// One place earlier.
    Earlier,
    /// One place later.
    Later,
}

/// Something that happened while the engine worked.
#[derive(Debug)]
pub enum Happened {
    /// The engine says how far it is.
    Engine(EngineEvent),
    /// An image was saved and recorded.
    ImageSaved {
        /// The job that made it.
        job: JobId,
        /// The image.
        image: Sha256,
    },
    /// A proof was judged; the state says how.
    Proved(JobId),
    /// A job waits again as if it had never begun, because its result could not be kept or its card was paused.
    PutBack(JobId),
    /// A result could not be saved, in one sentence.
    NotSaved(String),
    /// No engine can be had, for this reason.
    NoEngine(String),
    /// Something else went wrong that the records do not hold, in one sentence.
    Problem(String),
}

impl Happened {
    pub(super) fn trouble(error: &StudioError) -> Self {
        match error {
            StudioError::Refused(_) | StudioError::Engine(_) => Self::Problem(error.to_string()),
            _ => Self::NotSaved(error.to_string()),
        }
    }
}

/// What ended a wait.
#[derive(Debug)]
pub enum Woken<T> {
    /// Somebody asks for something.
    Request(T),
    /// Nobody can ask any more.
    NobodyAsks,
    /// An engine did something.
    Engine(Vec<Happened>),
}
