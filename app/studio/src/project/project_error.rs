use std::path::PathBuf;

use super::{DiskError, DocumentName, ImageError, LogError, ReadOnlyReason};

/// Why a project cannot be opened or changed, each in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// Nothing has this name.
    #[error("there is nothing here: check the name, or create a new project: {}", path.display())]
    Missing {
        /// What was to be opened.
        path: PathBuf,
    },
    /// A file was given.
    #[error("this is not a folder: open the project's folder, whose name ends in .kento: {}", path.display())]
    NotAFolder {
        /// What was to be opened.
        path: PathBuf,
    },
    /// A folder without `project.ron`.
    #[error("this folder has no project.ron, so it is no project: open one that ends in .kento: {}", path.display())]
    NotAProject {
        /// What was to be opened.
        path: PathBuf,
    },
    /// Written by a later Kento.
    #[error(
        "this project has schema {schema} and this version of Kento reads schema 1: open it with a newer Kento: {}",
        path.display()
    )]
    NewerSchema {
        /// The schema that the file states.
        schema: u32,
        /// The file.
        path: PathBuf,
    },
    /// `project.ron` is not what Kento writes.
    #[error("project.ron cannot be understood ({problem}): undo what was changed in it, or take it from a backup: {}",
        path.display())]
    Manifest {
        /// What is wrong with it.
        problem: String,
        /// The file.
        path: PathBuf,
    },
    /// A project's name is empty, too long or has control characters.
    #[error("a project's name has 1 to {most} characters without line breaks: choose another name")]
    ProjectName {
        /// Longest name in characters.
        most: usize,
    },
    /// A new project or copy would overwrite something.
    #[error("something of this name is here already: choose another name: {}", path.display())]
    AlreadyThere {
        /// Where the project was to be.
        path: PathBuf,
    },
    /// A copy was to be saved inside the project that is copied.
    #[error("a copy cannot lie inside its own project: choose another folder: {}", path.display())]
    CopyInside {
        /// Where the copy was to be.
        path: PathBuf,
    },
    /// The project is open for reading only.
    #[error("nothing was changed, because {0}")]
    ReadOnly(ReadOnlyReason),
    /// A document of this name exists and may not be replaced.
    #[error("a document named {name} exists already and has another content: choose another name: {}", path.display())]
    DocumentExists {
        /// Its name.
        name: DocumentName,
        /// The file.
        path: PathBuf,
    },
    /// A document is too large to be one.
    #[error("a document may have {most} bytes and {name} has {bytes}: make it shorter")]
    DocumentTooLarge {
        /// Its name.
        name: DocumentName,
        /// Its size.
        bytes: usize,
        /// Largest size.
        most: u64,
    },
    /// A document is not text.
    #[error("this file is not UTF-8 text: undo what was changed in it, or take it from a backup: {}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The drive failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A decision was not saved, or the log cannot be trusted.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An image was not saved or cannot be read.
    #[error(transparent)]
    Image(#[from] ImageError),
}
