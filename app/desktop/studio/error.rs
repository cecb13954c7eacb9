use std::path::PathBuf;

use kento_studio::card::FinishedRefusal;
use kento_studio::library::RonRefusal;
use kento_studio::project::{DocumentNameError, EvidenceError, ImageError, ProjectError};
use kento_studio::workflow::Refusal;

use crate::metadata::PngError;
use crate::model::ModelError;

/// Why something was not done. Each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudioError {
    /// A rule of the workflow says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be saved or read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A document has a name that no file can have.
    #[error(transparent)]
    DocumentName(#[from] DocumentNameError),
    /// A card or library cannot be written as text.
    #[error(transparent)]
    Document(#[from] RonRefusal),
    /// An image of the project cannot be read.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// A piece of evidence cannot be saved.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// No card makes a finished image again.
    #[error(transparent)]
    Finished(#[from] FinishedRefusal),
    /// A model cannot be opened.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A PNG cannot be written or read.
    #[error(transparent)]
    Png(#[from] PngError),
    /// The log does not tell a project.
    #[error("the project's records do not begin with its start: restore records.jsonl from a backup")]
    NoStart,
    /// A folder without a single decision: an earlier version ended between making it and the project's start.
    #[error(
        "this project was never begun: create a project here under the same name, which begins it: {}", path.display()
    )]
    NeverBegun {
        /// The folder.
        path: PathBuf,
    },
    /// The engine could not be had or did not deliver.
    #[error("{0}")]
    Engine(String),
}
