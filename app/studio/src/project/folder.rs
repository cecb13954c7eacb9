use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::chain::{Head, LogEntry, TornTail};
use super::documents;
use super::lock::ProjectLock;
use super::manifest::{MANIFEST_FILE, Manifest};
use super::whole_file::{folder_of, is_temporary, remove_tree, sync_folder, temporary_path};
use super::{
    Access, Cache, DiskAction, DiskError, DocumentKind, DocumentList, DocumentName, EvidenceStore, Fs, FsKind,
    ImageStore, LogError, LogHealth, Overwrite, Owner, ProjectError, ReadOnlyReason, RecordLog, StoredImage,
};

/// Name of the record log in a project's folder.
pub(super) const LOG_FILE: &str = "records.jsonl";

/// Longest name of a project in characters.
const MOST_NAME_CHARS: usize = 200;

/// A decision is durable by itself; the checkpoint in `project.ron` only guards against a log that is cut off later.
const RECORDS_PER_CHECKPOINT: u64 = 32;

/// A project folder that is open. `P` is the payload of a record; nothing here knows what it means.
#[derive(Debug)]
pub struct Project<P> {
    fs: Arc<dyn Fs>,
    folder: PathBuf,
    manifest: Manifest,
    images: ImageStore,
    state: State<P>,
}

#[derive(Debug)]
enum State<P> {
    /// The log is closed before the lock is freed.
    Write {
        log: RecordLog<P>,
        _lock: ProjectLock,
    },
    ReadOnly {
        reason: ReadOnlyReason,
        head: Head,
    },
}

/// For what a project is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenMode {
    /// To work in it, in the name of this owner. If that is not possible it opens for reading and says why.
    Write(Owner),
    /// To look at it. Nothing in the folder is touched.
    Read,
}

/// A project with everything that was decided in it.
#[derive(Debug)]
pub struct OpenedProject<P> {
    /// The project.
    pub project: Project<P>,
    /// All records in order. When the log cannot be trusted, those before the first bad line.
    pub entries: Vec<LogEntry<P>>,
    /// A decision at the end that was never confirmed as saved: cut off when the project is open for writing, skipped
    /// otherwise.
    pub torn: Option<TornTail>,
}

impl<P: Serialize + DeserializeOwned> Project<P> {
    /// Creates a project in a new folder and opens it for writing. The folder appears whole or not at all.
    ///
    /// # Errors
    /// When the name is taken or empty, or the folder cannot be written; then nothing is left behind.
    pub fn create(
        fs: Arc<dyn Fs>,
        folder: &Path,
        name: &str,
        created: Timestamp,
        owner: Owner,
    ) -> Result<Self, ProjectError> {
        Self::create_with(fs, folder, name, created, owner, &[])
    }

    /// The same with the first decision in it: the folder appears with all its records, or not at all.
    ///
    /// # Errors
    /// As [`Project::create`], and when the decision cannot be written down.
    pub fn create_with(
        fs: Arc<dyn Fs>,
        folder: &Path,
        name: &str,
        created: Timestamp,
        owner: Owner,
        first: &[P],
    ) -> Result<Self, ProjectError> {
        let name = name.trim();
        if !(1..=MOST_NAME_CHARS).contains(&name.chars().count()) || name.contains(char::is_control) {
            return Err(ProjectError::ProjectName { most: MOST_NAME_CHARS });
        }
        new_folder(&*fs, folder, |temporary| {
            // The other folders are made with what first goes into them.
            for kind in [DocumentKind::Brief, DocumentKind::Recipe, DocumentKind::Library] {
                make_folder(&*fs, &temporary.join(kind.folder()))?;
            }
            make_folder(&*fs, &temporary.join("images"))?;
            let head = RecordLog::begin(&*fs, &temporary.join(LOG_FILE), first)?;
            Manifest::new(name, created).at(head).write(&*fs, temporary)
        })?;
        let opened = Self::open(fs, folder, OpenMode::Write(owner))?;
        match opened.project.access() {
            Access::Write => Ok(opened.project),
            Access::ReadOnly(reason) => Err(ProjectError::ReadOnly(reason)),
        }
    }

    /// Opens a project. One that cannot be written still opens for reading, with the reason in [`Project::access`].
    ///
    /// # Errors
    /// When there is no project, or this version cannot read it.
    pub fn open(fs: Arc<dyn Fs>, folder: &Path, mode: OpenMode) -> Result<OpenedProject<P>, ProjectError> {
        // Read first: whoever writes to the project at the same time only makes the log longer.
        let manifest = read_manifest(&*fs, folder)?;
        let lock = match mode {
            OpenMode::Read => Err(ReadOnlyReason::Asked),
            OpenMode::Write(owner) => ProjectLock::acquire(&fs, folder, &owner),
        };
        let path = folder.join(LOG_FILE);
        let (state, entries, torn) = match lock {
            Err(reason) => Self::read_log(&*fs, &path, manifest.head, reason)?,
            Ok(lock) => {
                tidy_up(&fs, folder);
                match RecordLog::open(fs.clone(), &path, manifest.head) {
                    Ok(opened) => (State::Write { log: opened.log, _lock: lock }, opened.entries, opened.repaired),
                    Err(LogError::Fault(fault)) => {
                        Self::read_log(&*fs, &path, manifest.head, ReadOnlyReason::Log(fault))?
                    }
                    Err(LogError::Disk(error) | LogError::NotSaved(error)) => {
                        Self::read_log(&*fs, &path, manifest.head, ReadOnlyReason::NotWritable(error))?
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let read_only = match &state {
            State::Write { .. } => None,
            State::ReadOnly { reason, .. } => Some(reason.clone()),
        };
        let images = ImageStore::new(fs.clone(), folder, read_only);
        let project = Self { fs, folder: folder.to_owned(), manifest, images, state };
        Ok(OpenedProject { project, entries, torn })
    }

    /// Reads the log without the right to write.
    #[expect(clippy::type_complexity, reason = "the three parts of OpenedProject, put together by the only caller")]
    fn read_log(
        fs: &dyn Fs,
        path: &Path,
        checkpoint: Head,
        reason: ReadOnlyReason,
    ) -> Result<(State<P>, Vec<LogEntry<P>>, Option<TornTail>), ProjectError> {
        let scan = RecordLog::<P>::read(fs, path, checkpoint)?;
        // A log that cannot be trusted is worse than a project that is open elsewhere.
        let reason = scan.fault.map_or(reason, ReadOnlyReason::Log);
        Ok((State::ReadOnly { reason, head: scan.head }, scan.entries, scan.torn))
    }

    /// Saves one decision: all its records or none. When this returns `Ok` they are durable.
    ///
    /// # Errors
    /// Why it is not saved; then it is not in the log, and can be tried again.
    pub fn append(&mut self, decision: &[P]) -> Result<Head, ProjectError> {
        let head = self.log()?.append(decision)?;
        if head.seq >= self.manifest.head.seq + RECORDS_PER_CHECKPOINT {
            // The decision is saved whether or not this works; an older checkpoint is weaker, not wrong.
            self.checkpoint().ok();
        }
        Ok(head)
    }

    /// Writes the end of the log into `project.ron`, so that a log that is cut off from now on is noticed.
    ///
    /// # Errors
    /// When the drive fails or the project is open for reading only.
    pub fn checkpoint(&mut self) -> Result<(), ProjectError> {
        let head = self.log()?.head();
        if head != self.manifest.head {
            let manifest = self.manifest.at(head);
            manifest.write(&*self.fs, &self.folder)?;
            self.manifest = manifest;
        }
        Ok(())
    }

    /// Tries again to put the log right after a failed write.
    ///
    /// # Errors
    /// When the drive still fails.
    pub fn make_safe(&mut self) -> Result<(), ProjectError> {
        Ok(self.log()?.make_safe()?)
    }

    /// Writes the checkpoint and frees the project. Dropping a project frees it too.
    ///
    /// # Errors
    /// When the checkpoint cannot be written; every decision is saved all the same.
    pub fn close(mut self) -> Result<(), ProjectError> {
        match self.state {
            State::Write { .. } => self.checkpoint(),
            State::ReadOnly { .. } => Ok(()),
        }
    }

    fn log(&mut self) -> Result<&mut RecordLog<P>, ProjectError> {
        match &mut self.state {
            State::Write { log, .. } => Ok(log),
            State::ReadOnly { reason, .. } => Err(ProjectError::ReadOnly(reason.clone())),
        }
    }
}

impl<P> Project<P> {
    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `project.ron` says.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the project can be changed, and if not the banner that says why.
    pub fn access(&self) -> Access {
        match &self.state {
            State::Write { .. } => Access::Write,
            State::ReadOnly { reason, .. } => Access::ReadOnly(reason.clone()),
        }
    }

    /// End of the log.
    pub fn head(&self) -> Head {
        match &self.state {
            State::Write { log, .. } => log.head(),
            State::ReadOnly { head, .. } => *head,
        }
    }

    /// Whether the log's file is in order after the last write.
    pub fn health(&self) -> &LogHealth {
        match &self.state {
            State::Write { log, .. } => log.health(),
            State::ReadOnly { .. } => &LogHealth::Safe,
        }
    }

    /// The images; a clone can be used from any thread.
    pub fn images(&self) -> &ImageStore {
        &self.images
    }

    /// Files that support verdicts; a clone can be used from any thread.
    pub fn evidence(&self) -> EvidenceStore {
        self.images.evidence()
    }

    /// Saves an image.
    ///
    /// # Errors
    /// When it is not saved.
    pub fn put_image(&self, bytes: &[u8]) -> Result<StoredImage, ProjectError> {
        Ok(self.images.put(bytes)?)
    }

    /// What can be deleted and rebuilt.
    ///
    /// # Errors
    /// When the project is open for reading only.
    pub fn cache(&self) -> Result<Cache, ProjectError> {
        self.may_write()?;
        Ok(Cache::new(self.fs.clone(), &self.folder))
    }

    /// Saves a document durably.
    ///
    /// # Errors
    /// When it is not saved; then the old content is there.
    pub fn save_document(
        &self,
        kind: DocumentKind,
        name: &DocumentName,
        text: &str,
        overwrite: Overwrite,
    ) -> Result<(), ProjectError> {
        self.may_write()?;
        documents::save(&*self.fs, &self.folder, kind, name, text, overwrite)
    }

    /// Reads a document; `None` if there is none of this name.
    ///
    /// # Errors
    /// When it cannot be read, is no text, or is too large to be a document.
    pub fn read_document(&self, kind: DocumentKind, name: &DocumentName) -> Result<Option<String>, ProjectError> {
        documents::read(&*self.fs, &self.folder, kind, name)
    }

    /// Names the documents of a kind.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn documents(&self, kind: DocumentKind) -> Result<DocumentList, ProjectError> {
        documents::list(&*self.fs, &self.folder, kind)
    }

    fn may_write(&self) -> Result<(), ProjectError> {
        match &self.state {
            State::Write { .. } => Ok(()),
            State::ReadOnly { reason, .. } => Err(ProjectError::ReadOnly(reason.clone())),
        }
    }
}

/// Reads `project.ron`, or says what the path is instead of a project.
pub(super) fn read_manifest(fs: &dyn Fs, folder: &Path) -> Result<Manifest, ProjectError> {
    let path = || folder.to_owned();
    // Asked with a dot at the end, so that a link to a project is a project.
    match fs.metadata(&folder.join(".")) {
        Ok(metadata) if metadata.kind == FsKind::Folder => {}
        Ok(_) => return Err(ProjectError::NotAFolder { path: path() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ProjectError::Missing { path: path() });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(ProjectError::NotAFolder { path: path() });
        }
        Err(error) => return Err(DiskError::new(DiskAction::Read, folder, &error).into()),
    }
    Manifest::read(fs, folder)?.ok_or_else(|| ProjectError::NotAProject { path: path() })
}

/// Fills a new folder under a temporary name and then gives it its name.
pub(super) fn new_folder<T>(
    fs: &dyn Fs,
    folder: &Path,
    fill: impl FnOnce(&Path) -> Result<T, ProjectError>,
) -> Result<T, ProjectError> {
    match fs.metadata(folder) {
        Ok(_) => {
            // An attempt before may have made it and ended before its name was durable; who is told that it is there counts on it.
            sync_folder(fs, folder_of(folder))?;
            return Err(ProjectError::AlreadyThere { path: folder.to_owned() });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(DiskError::new(DiskAction::Read, folder, &error).into()),
    }
    let parent = folder_of(folder);
    let temporary = temporary_path(parent);
    make_folder(fs, &temporary)?;
    let filled = fill(&temporary).and_then(|filled| {
        sync_folder(fs, &temporary)?;
        fs.rename(&temporary, folder).map_err(|error| DiskError::new(DiskAction::Rename, folder, &error))?;
        Ok(filled)
    });
    match filled {
        Ok(filled) => match sync_folder(fs, parent) {
            Ok(()) => Ok(filled),
            Err(error) => {
                // Nobody has seen it yet, so it can go back to where it is no project. If the drive does not even
                // confirm that, it stays whole.
                let is_back = fs.rename(folder, &temporary).and_then(|()| fs.sync_folder(parent));
                if is_back.is_ok() {
                    remove_tree(fs, &temporary).ok();
                }
                Err(error.into())
            }
        },
        Err(error) => {
            // The error that counts is the first one.
            remove_tree(fs, &temporary).ok();
            Err(error)
        }
    }
}

pub(super) fn make_folder(fs: &dyn Fs, path: &Path) -> Result<(), DiskError> {
    fs.create_folder(path).map_err(|error| DiskError::new(DiskAction::Write, path, &error))
}

/// Removes what an interrupted process left behind, and makes durable what it had just named. Neither is needed for
/// what is saved from now on, so what the drive refuses here is left as it is; a failing drive shows at the first
/// decision.
fn tidy_up(fs: &Arc<dyn Fs>, project: &Path) {
    let images = ImageStore::new(fs.clone(), project, None);
    let (evidence, images) = (images.evidence().shelves(), images.shelves());
    let fs = &**fs;
    fs.sync_folder(folder_of(project)).ok();
    let documents = DocumentKind::ALL.map(|kind| project.join(kind.folder()));
    for folder in documents.into_iter().chain([project.to_owned()]).chain(images).chain(evidence) {
        let names = fs.list(&folder).unwrap_or_default();
        for path in names.into_iter().map(|name| folder.join(name)).filter(|path| is_temporary(path)) {
            match fs.metadata(&path) {
                Ok(metadata) if metadata.kind == FsKind::Folder => remove_tree(fs, &path).ok(),
                _ => fs.remove_file(&path).ok(),
            };
        }
    }
    for kind in DocumentKind::ALL {
        fs.sync_folder(&project.join(kind.folder())).ok();
    }
}

/// Names of the files and folders that make up a project.
pub(super) fn is_part_of_a_project(name: &str) -> bool {
    let folders = DocumentKind::ALL.map(DocumentKind::folder);
    [MANIFEST_FILE, LOG_FILE, "images", "evidence", "masks", "cache"].contains(&name) || folders.contains(&name)
}
