//! The sample project that comes with Kento. People work in a copy of it, never in the shipped files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kento_studio::project::{DiskFs, Fs, OpenMode, Project, ProjectError, ProjectId, save_copy};
use kento_studio::workflow::Record;

use crate::shipped_places;

/// Where the sample lies among the files that come with Kento.
const SHIPPED: &str = "sample/harbour.kento";
/// What a copy is called, without its number and `.kento`.
const COPY: &str = "harbour-sample";
/// Copies that are looked at before this gives up: somebody has a folder full of things that are called like them.
const MOST_COPIES: u32 = 100;

/// A copy of the sample that may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCopy {
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it was made now; otherwise it was there already.
    pub is_new: bool,
}

/// Why there is no copy of the sample.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// The sample is nowhere.
    #[error("the sample project was not found: set KENTO_ASSETS to the folder that holds it; searched: {searched}")]
    Missing {
        /// The places, separated by commas.
        searched: String,
    },
    /// It cannot be read or copied.
    #[error("the sample project cannot be copied: {0}")]
    Copy(#[from] ProjectError),
    /// The folder for the copy cannot be made.
    #[error("the folder for the sample project cannot be made ({source}): {path}", path = path.display())]
    Folder {
        /// What the system says.
        source: std::io::Error,
        /// The folder.
        path: PathBuf,
    },
    /// Every name is taken.
    #[error("every name for a copy of the sample project is taken: move some away from {path}", path = path.display())]
    Names {
        /// The folder.
        path: PathBuf,
    },
}

/// Gives the copy of the shipped sample in a folder, and makes it where there is none yet.
///
/// # Errors
/// [`SampleError`]; then nothing new is in the folder.
pub fn copy_into(folder: &Path) -> Result<SampleCopy, SampleError> {
    let places = shipped_places::places(SHIPPED);
    match places.iter().find(|place| place.is_dir()) {
        Some(shipped) => copy_of(shipped, folder),
        None => Err(SampleError::Missing { searched: shipped_places::listed(&places) }),
    }
}

fn copy_of(shipped: &Path, folder: &Path) -> Result<SampleCopy, SampleError> {
    let fs: Arc<dyn Fs> = Arc::new(DiskFs);
    let id = id_of(&fs, shipped)?;
    let refuse = |source| SampleError::Folder { source, path: folder.to_owned() };
    std::fs::create_dir_all(folder).map_err(refuse)?;
    for number in 1..=MOST_COPIES {
        let name = if number == 1 { format!("{COPY}.kento") } else { format!("{COPY}-{number}.kento") };
        let copy = folder.join(name);
        match save_copy(&fs, shipped, &copy) {
            Ok(_) => return Ok(SampleCopy { folder: copy, is_new: true }),
            // A copy has the identity of its original: this one is opened again. Anything else of this name is let be.
            Err(ProjectError::AlreadyThere { .. }) if id_of(&fs, &copy).is_ok_and(|found| found == id) => {
                return Ok(SampleCopy { folder: copy, is_new: false });
            }
            Err(ProjectError::AlreadyThere { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(SampleError::Names { path: folder.to_owned() })
}

fn id_of(fs: &Arc<dyn Fs>, project: &Path) -> Result<ProjectId, ProjectError> {
    Ok(Project::<Record>::open(Arc::clone(fs), project, OpenMode::Read)?.project.manifest().id.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use kento_studio::PersonName;

    use super::*;
    use crate::studio::StudioProject;

    fn shipped() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(SHIPPED)
    }

    /// Every file below a folder with its size.
    fn files(folder: &Path) -> BTreeMap<PathBuf, u64> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.metadata().unwrap() {
                metadata if metadata.is_dir() => found.extend(files(&entry.path())),
                metadata => drop(found.insert(entry.path(), metadata.len())),
            }
        }
        found
    }

    #[test]
    fn the_sample_opens_as_a_copy_with_cleared_images_and_the_shipped_one_stays_as_it_is() {
        let before = files(&shipped());
        let place = tempfile::tempdir().unwrap();
        let documents = place.path().join("Documents/Kento");
        let copy = copy_into(&documents).unwrap();
        assert_eq!(copy, SampleCopy { folder: documents.join("harbour-sample.kento"), is_new: true });
        assert_eq!(fs::read_dir(&documents).unwrap().count(), 1, "nothing else is left");

        let me = PersonName::new("Mika Tanaka").unwrap();
        let opened = StudioProject::open(&copy.folder, me.clone()).unwrap();
        assert!(opened.torn.is_none());
        let state = opened.project.state();
        assert!(state.brief_is_complete() && !state.cleared().is_empty());
        assert!(state.cards().values().any(|card| card.locked.is_some()));
        assert_eq!(state.role_of(&me), None, "nobody of this machine has acted in it");
        opened.project.close().unwrap();
        assert_eq!(files(&shipped()), before);
    }

    #[test]
    fn a_copy_is_opened_again_and_what_only_has_its_name_is_let_be() {
        let place = tempfile::tempdir().unwrap();
        let mine = place.path().join("harbour-sample.kento");
        fs::create_dir(&mine).unwrap();
        fs::write(mine.join("notes.txt"), "my own").unwrap();
        let copy = copy_into(place.path()).unwrap();
        assert_eq!(copy, SampleCopy { folder: place.path().join("harbour-sample-2.kento"), is_new: true });
        assert_eq!(copy_into(place.path()).unwrap(), SampleCopy { is_new: false, ..copy });
        assert_eq!(fs::read_to_string(mine.join("notes.txt")).unwrap(), "my own");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_sample_that_cannot_be_copied_is_told_and_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("Kento");
        let why = copy_of(&place.path().join("gone.kento"), &folder).unwrap_err();
        assert!(why.to_string().starts_with("the sample project cannot be copied: "), "{why}");
        assert!(!folder.exists());
        fs::write(&folder, "a file in the way").unwrap();
        let why = copy_into(&folder).unwrap_err();
        assert!(matches!(why, SampleError::Folder { .. }), "{why}");
    }
}
