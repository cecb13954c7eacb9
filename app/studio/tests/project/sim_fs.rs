//! A drive in memory that can fail at any operation and lose its power.
//!
//! It keeps what programs see and what would be there after a power cut apart. A file's content is safe only after its
//! fsync, a name only after the fsync of its folder; before that, after a cut, names may be new or old independently of
//! each other, and content may be cut short or have old bytes or zeros in any block of 512 bytes. A failed fsync
//! forgets what was to be written, and the next one succeeds without writing it, as on Linux; whoever touches such a
//! file again fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use kento_studio::project::{Fs, FsFile, FsKind, FsMetadata, HeldLock};

use crate::Numbers;

const BLOCK: usize = 512;

#[derive(Debug, Clone, Default)]
pub struct SimFs(Arc<Mutex<Drive>>);

#[derive(Debug, Clone, Default)]
struct Drive {
    nodes: Vec<Node>,
    locks: BTreeSet<PathBuf>,
    operations: u64,
    plan: Option<Plan>,
}

#[derive(Debug, Clone)]
enum Node {
    File(SimContent),
    Folder { now: BTreeMap<OsString, usize>, saved: BTreeMap<OsString, usize>, pending: Vec<Vec<NameChange>> },
}

#[derive(Debug, Clone, Default)]
struct SimContent {
    now: Vec<u8>,
    saved: Vec<u8>,
    /// Bytes from here on are written by the next fsync.
    dirty_from: usize,
    /// An fsync failed.
    distrusted: bool,
}

#[derive(Debug, Clone)]
enum NameChange {
    Set(OsString, usize),
    Remove(OsString),
}

/// What fails, and from when.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Number of the operation, from 1.
    pub at: u64,
    pub fault: Fault,
    pub forever: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Everything that takes space fails; half of a write gets through.
    DriveFull,
    /// Any operation fails.
    DriveFails,
    /// Everything that changes something is refused.
    NotAllowed,
    /// A write takes only half of the bytes, which is no error.
    ShortWrite,
    /// A write or fsync is interrupted by a signal.
    Interrupted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Read,
    Change,
    TakeSpace,
    Write,
    Sync,
}

enum Verdict {
    Fine,
    Half,
    Fail(io::Error),
    HalfThenFail(io::Error),
}

impl SimFs {
    pub fn new() -> Self {
        let folder = Node::Folder { now: BTreeMap::new(), saved: BTreeMap::new(), pending: Vec::new() };
        Self(Arc::new(Mutex::new(Drive { nodes: vec![folder], ..Drive::default() })))
    }

    /// The same drive at this moment, with nobody using it.
    pub fn copied(&self) -> Self {
        let mut drive = self.drive().clone();
        for node in &mut drive.nodes {
            if let Node::File(content) = node {
                // The next process cannot know.
                content.distrusted = false;
            }
        }
        Self(Arc::new(Mutex::new(Drive { locks: BTreeSet::new(), operations: 0, plan: None, ..drive })))
    }

    /// What is there when the power comes back.
    pub fn after_power_cut(&self, numbers: &mut Numbers) -> Self {
        let cut = self.copied();
        for node in &mut cut.drive().nodes {
            match node {
                Node::File(content) => {
                    content.saved = content.torn(numbers);
                    content.now = content.saved.clone();
                    content.dirty_from = content.now.len();
                }
                Node::Folder { now, saved, pending } => {
                    let luck = numbers.below(4);
                    for change in pending.drain(..) {
                        if luck == 3 || luck > 0 && numbers.below(2) == 0 {
                            apply(saved, &change);
                        }
                    }
                    *now = saved.clone();
                }
            }
        }
        cut
    }

    pub fn plan(&self, plan: Option<Plan>) {
        let mut drive = self.drive();
        drive.plan = plan;
        drive.operations = 0;
    }

    /// Since the plan was made.
    pub fn operations(&self) -> u64 {
        self.drive().operations
    }

    /// Changes a file's bytes from outside.
    pub fn edit(&self, path: &Path, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut drive = self.drive();
        let node = drive.find(path).unwrap();
        let content = drive.content(node);
        edit(&mut content.now);
        content.saved = content.now.clone();
        content.dirty_from = content.now.len();
    }

    fn drive(&self) -> MutexGuard<'_, Drive> {
        self.0.lock().unwrap()
    }
}

impl SimContent {
    fn torn(&self, numbers: &mut Numbers) -> Vec<u8> {
        let (old, new) = (&self.saved, &self.now);
        match numbers.below(4) {
            _ if old == new => old.clone(),
            0 => old.clone(),
            1 => new.clone(),
            _ => {
                let (least, most) = (old.len().min(new.len()), old.len().max(new.len()));
                let length = least + numbers.below(most - least + 1);
                let mut bytes = vec![0; length];
                for start in (0..length).step_by(BLOCK) {
                    let source = if numbers.below(3) == 0 { old } else { new };
                    let end = (start + BLOCK).min(length).min(source.len());
                    if start < end {
                        bytes[start..end].copy_from_slice(&source[start..end]);
                    }
                }
                bytes
            }
        }
    }

    fn check_trust(&self) {
        assert!(!self.distrusted, "a file is used again after its fsync failed");
    }

    fn sync(&mut self) {
        self.saved.resize(self.dirty_from.min(self.now.len()), 0);
        self.saved.extend_from_slice(&self.now[self.saved.len()..]);
        self.dirty_from = self.now.len();
    }
}

fn apply(names: &mut BTreeMap<OsString, usize>, changes: &[NameChange]) {
    for change in changes {
        match change {
            NameChange::Set(name, node) => drop(names.insert(name.clone(), *node)),
            NameChange::Remove(name) => drop(names.remove(name)),
        }
    }
}

impl Drive {
    fn begin(&mut self, class: Class) -> Verdict {
        self.operations += 1;
        let Some(plan) = self.plan else { return Verdict::Fine };
        let is_due = if plan.forever { self.operations >= plan.at } else { self.operations == plan.at };
        if !is_due {
            return Verdict::Fine;
        }
        let error = |kind: ErrorKind| io::Error::new(kind, format!("simulated: {kind}"));
        match (plan.fault, class) {
            (Fault::DriveFull, Class::Write) => Verdict::HalfThenFail(error(ErrorKind::StorageFull)),
            (Fault::DriveFull, Class::TakeSpace) => Verdict::Fail(error(ErrorKind::StorageFull)),
            (Fault::DriveFails, _) => Verdict::Fail(error(ErrorKind::Other)),
            (Fault::NotAllowed, Class::Change | Class::TakeSpace | Class::Write) => {
                Verdict::Fail(error(ErrorKind::ReadOnlyFilesystem))
            }
            (Fault::ShortWrite, Class::Write) => Verdict::Half,
            // Forever would be a signal storm that no program survives.
            (Fault::Interrupted, Class::Write | Class::Sync) if !plan.forever => {
                Verdict::Fail(error(ErrorKind::Interrupted))
            }
            _ => Verdict::Fine,
        }
    }

    fn allow(&mut self, class: Class) -> io::Result<()> {
        match self.begin(class) {
            Verdict::Fail(error) | Verdict::HalfThenFail(error) => Err(error),
            Verdict::Fine | Verdict::Half => Ok(()),
        }
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        let mut at = 0;
        for component in path.components() {
            match component {
                Component::RootDir | Component::CurDir => {}
                Component::Normal(name) => match &self.nodes[at] {
                    Node::Folder { now, .. } => at = *now.get(name).ok_or(ErrorKind::NotFound)?,
                    Node::File(_) => return Err(ErrorKind::NotADirectory.into()),
                },
                Component::ParentDir | Component::Prefix(_) => return Err(ErrorKind::InvalidInput.into()),
            }
        }
        Ok(at)
    }

    fn content(&mut self, node: usize) -> &mut SimContent {
        match &mut self.nodes[node] {
            Node::File(content) => content,
            Node::Folder { .. } => panic!("a folder was used as a file"),
        }
    }

    fn file(&mut self, path: &Path) -> io::Result<&mut SimContent> {
        let node = self.find(path)?;
        match &mut self.nodes[node] {
            Node::File(content) => Ok(content),
            Node::Folder { .. } => Err(ErrorKind::IsADirectory.into()),
        }
    }

    fn change(&mut self, folder: usize, changes: Vec<NameChange>) -> io::Result<()> {
        match &mut self.nodes[folder] {
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
            Node::Folder { now, pending, .. } => {
                apply(now, &changes);
                pending.push(changes);
                Ok(())
            }
        }
    }

    fn add(&mut self, path: &Path, node: Node) -> io::Result<usize> {
        if self.find(path).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let (folder, name) = split(path);
        let folder = self.find(folder)?;
        self.nodes.push(node);
        let number = self.nodes.len() - 1;
        self.change(folder, vec![NameChange::Set(name, number)])?;
        Ok(number)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        let (folder, name) = split(path);
        let folder = self.find(folder)?;
        self.change(folder, vec![NameChange::Remove(name)])
    }
}

fn split(path: &Path) -> (&Path, OsString) {
    (path.parent().unwrap_or(Path::new("/")), path.file_name().unwrap_or(OsStr::new("")).to_owned())
}

impl Fs for SimFs {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FsFile>> {
        let mut drive = self.drive();
        drive.allow(Class::TakeSpace)?;
        let node = drive.add(path, Node::File(SimContent::default()))?;
        Ok(Box::new(SimFile { fs: self.clone(), node }))
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn FsFile>> {
        let mut drive = self.drive();
        drive.allow(Class::Change)?;
        drive.file(path)?;
        let node = drive.find(path)?;
        Ok(Box::new(SimFile { fs: self.clone(), node }))
    }

    fn cut(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let mut drive = self.drive();
        drive.allow(Class::Change)?;
        let content = drive.file(path)?;
        content.check_trust();
        content.now.resize(bytes as usize, 0);
        content.dirty_from = content.dirty_from.min(content.now.len());
        drive.allow(Class::Sync)?;
        drive.file(path)?.sync();
        Ok(())
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let mut drive = self.drive();
        drive.allow(Class::Read)?;
        let bytes = drive.file(path)?.now.clone();
        Ok(Box::new(Cursor::new(bytes)))
    }

    fn metadata(&self, path: &Path) -> io::Result<FsMetadata> {
        let mut drive = self.drive();
        drive.allow(Class::Read)?;
        let node = drive.find(path)?;
        Ok(match &drive.nodes[node] {
            Node::File(content) => FsMetadata { kind: FsKind::File, bytes: content.now.len() as u64 },
            Node::Folder { .. } => FsMetadata { kind: FsKind::Folder, bytes: 0 },
        })
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let mut drive = self.drive();
        drive.allow(Class::Read)?;
        let node = drive.find(folder)?;
        match &drive.nodes[node] {
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
            Node::Folder { now, .. } => Ok(now.keys().cloned().collect()),
        }
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        let mut drive = self.drive();
        drive.allow(Class::TakeSpace)?;
        let folder = Node::Folder { now: BTreeMap::new(), saved: BTreeMap::new(), pending: Vec::new() };
        drive.add(path, folder).map(drop)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut drive = self.drive();
        drive.allow(Class::Change)?;
        let node = drive.find(from)?;
        let is_file = |drive: &Drive, node: usize| matches!(drive.nodes[node], Node::File(_));
        match drive.find(to) {
            Ok(old) if !is_file(&drive, node) || !is_file(&drive, old) => {
                return Err(ErrorKind::AlreadyExists.into());
            }
            _ => {}
        }
        let ((from_folder, from_name), (to_folder, to_name)) = (split(from), split(to));
        let (from_folder, to_folder) = (drive.find(from_folder)?, drive.find(to_folder)?);
        let (set, remove) = (NameChange::Set(to_name, node), NameChange::Remove(from_name));
        if from_folder == to_folder {
            drive.change(to_folder, vec![set, remove])
        } else {
            drive.change(to_folder, vec![set])?;
            drive.change(from_folder, vec![remove])
        }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut drive = self.drive();
        drive.allow(Class::Change)?;
        drive.file(path)?;
        drive.remove(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        let mut drive = self.drive();
        drive.allow(Class::Change)?;
        let node = drive.find(path)?;
        match &drive.nodes[node] {
            Node::Folder { now, .. } if !now.is_empty() => Err(ErrorKind::DirectoryNotEmpty.into()),
            Node::Folder { .. } => drive.remove(path),
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut drive = self.drive();
        drive.allow(Class::Sync)?;
        let node = drive.find(folder)?;
        match &mut drive.nodes[node] {
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
            Node::Folder { now, saved, pending } => {
                *saved = now.clone();
                pending.clear();
                Ok(())
            }
        }
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn HeldLock>>> {
        let mut drive = self.drive();
        drive.allow(Class::TakeSpace)?;
        if drive.find(path).is_err() {
            drive.add(path, Node::File(SimContent::default()))?;
        }
        let is_free = drive.locks.insert(path.to_owned());
        let lock = || Box::new(SimLock { fs: self.clone(), path: path.to_owned() }) as Box<dyn HeldLock>;
        Ok(is_free.then(lock))
    }
}

#[derive(Debug)]
struct SimFile {
    fs: SimFs,
    node: usize,
}

impl Write for SimFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut drive = self.fs.drive();
        let (count, error) = match drive.begin(Class::Write) {
            Verdict::Fine => (bytes.len(), None),
            Verdict::Half => (bytes.len().div_ceil(2), None),
            Verdict::HalfThenFail(error) => (bytes.len() / 2, Some(error)),
            Verdict::Fail(error) => (0, Some(error)),
        };
        let content = drive.content(self.node);
        content.check_trust();
        content.dirty_from = content.dirty_from.min(content.now.len());
        content.now.extend_from_slice(&bytes[..count]);
        error.map_or(Ok(count), Err)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FsFile for SimFile {
    fn sync(&mut self) -> io::Result<()> {
        let mut drive = self.fs.drive();
        let allowed = drive.allow(Class::Sync);
        let content = drive.content(self.node);
        content.check_trust();
        match allowed {
            Ok(()) => content.sync(),
            Err(_) => {
                // The pages count as clean from now on, and were never written.
                content.dirty_from = content.now.len();
                content.distrusted = true;
            }
        }
        allowed
    }
}

#[derive(Debug)]
struct SimLock {
    fs: SimFs,
    path: PathBuf,
}

impl HeldLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.fs.drive().locks.remove(&self.path);
    }
}
