use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::whole_file::{discard, read_bounded, write_whole};
use super::{DiskAction, DiskError, Fs, HeldLock, Owner, ReadOnlyReason};

const LOCK_FILE: &str = "lock";
const OWNER_FILE: &str = "owner.ron";
const MOST_OWNER_BYTES: u64 = 16 << 10;

/// The right to write to a project. The system frees the lock when this is dropped or the process ends in any way;
/// `owner.ron` is only for the eyes of the one who comes second.
#[derive(Debug)]
pub(super) struct ProjectLock {
    fs: Arc<dyn Fs>,
    owner_file: PathBuf,
    /// Freed after `drop` has removed the owner's name.
    _held: Box<dyn HeldLock>,
}

impl ProjectLock {
    pub(super) fn acquire(fs: &Arc<dyn Fs>, folder: &Path, owner: &Owner) -> Result<Self, ReadOnlyReason> {
        let lock_file = folder.join(LOCK_FILE);
        let owner_file = folder.join(OWNER_FILE);
        let held = match fs.try_lock(&lock_file) {
            Ok(Some(held)) => held,
            Ok(None) => return Err(ReadOnlyReason::HeldBy(read_owner(&**fs, &owner_file))),
            Err(error) => {
                return Err(ReadOnlyReason::NotWritable(DiskError::new(DiskAction::Lock, &lock_file, &error)));
            }
        };
        let text = ron::to_string(owner).unwrap_or_default();
        write_whole(&**fs, folder, &owner_file, text.as_bytes()).map_err(ReadOnlyReason::NotWritable)?;
        Ok(Self { fs: fs.clone(), owner_file, _held: held })
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        discard(&*self.fs, &self.owner_file);
    }
}

/// Who wrote his name there. It may be nobody: the name is written after the lock is taken.
fn read_owner(fs: &dyn Fs, path: &Path) -> Option<Owner> {
    let bytes = read_bounded(fs, path, MOST_OWNER_BYTES).ok()??;
    ron::from_str(std::str::from_utf8(&bytes).ok()?).ok()
}

/// Files that belong to the one who has the project open, and to no copy of it.
pub(super) fn is_lock_file(name: &str) -> bool {
    [LOCK_FILE, OWNER_FILE].contains(&name)
}
