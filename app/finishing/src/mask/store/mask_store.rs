use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::disk::Disk;
use super::drive::Drive;
use super::frame::{self, HEADER, Header};
use super::journal::Journal;
use super::record::Record;
use super::replay::Replay;
use super::{ImageKey, MaskId, NamedMask, Saved, StoreError, Visibility};
use crate::mask::{Mask, MaskError};

/// Files smaller than this are not written anew, in bytes.
const SMALL: u64 = 256 * 1024;

/// The named masks of one image, on the drive as they are made.
///
/// Every method that changes something writes what changed and waits until the drive has it (fsync, some milliseconds): call it when
/// a stroke ends, from a thread that may wait. A process that is killed loses at most the change in progress. While the drive
/// refuses, everything goes on in memory and is written as soon as it can be.
#[derive(Debug)]
pub struct MaskStore {
    path: PathBuf,
    image: ImageKey,
    journal: Journal,
    masks: Vec<NamedMask>,
    /// What the file holds.
    saved: Vec<NamedMask>,
    next_id: u32,
    /// How many bytes of the file each tile that counts takes.
    live: HashMap<(MaskId, u32), u64>,
    has_said: bool,
    /// From this size on, in bytes, the file may be written anew.
    pub(super) compact_above: u64,
    /// The same, where the last time did not fail.
    pub(super) small: u64,
}

/// A store and what had to be mended.
#[derive(Debug)]
pub struct OpenedMasks {
    /// The masks.
    pub store: MaskStore,
    /// What was wrong with the file.
    pub repair: Repair,
}

/// What was mended in a file when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// Nothing: it was whole.
    None,
    /// The last change was only half written and is gone.
    TornEnd,
    /// Bytes in the middle were damaged; tiles that were in them are as before that change, everything else is there.
    Damaged {
        /// A copy of the file as it was.
        copy: PathBuf,
    },
}

impl MaskStore {
    /// The longest name of a mask, in characters.
    pub const LONGEST_NAME: usize = 80;
    /// The most masks of an image.
    pub const MOST_MASKS: usize = 64;

    /// Opens the masks of an image, or begins a file without masks where there is none. The folder has to exist.
    ///
    /// # Errors
    /// The file belongs to another image or another process, is no file of masks, or cannot be read or created; it is as it was then.
    pub fn open(path: &Path, image: ImageKey) -> Result<OpenedMasks, StoreError> {
        Self::open_on(Box::new(Disk), path, image)
    }

    pub(super) fn open_on(drive: Box<dyn Drive>, path: &Path, image: ImageKey) -> Result<OpenedMasks, StoreError> {
        Mask::new(image.size)?;
        let trouble = |error: io::Error| trouble(&error, path);
        let (mut journal, bytes) = Journal::open(drive, path).map_err(trouble)?;
        match frame::read_header(&bytes) {
            Header::Absent => {
                journal.cut(0).and_then(|()| journal.append(&frame::header(image))).map_err(trouble)?;
            }
            Header::Foreign => return Err(StoreError::NotMasks { path: path.to_owned() }),
            Header::Newer(version) => return Err(StoreError::NewerFormat { version, path: path.to_owned() }),
            Header::Of(key) if key.sha256 != image.sha256 => {
                return Err(StoreError::OtherImage { path: path.to_owned() });
            }
            Header::Of(key) if key.size != image.size => {
                return Err(StoreError::OtherSize { size: key.size, image: image.size, path: path.to_owned() });
            }
            Header::Of(_) => {}
        }
        let frames = frame::read_frames(bytes.get(HEADER..).unwrap_or_default());
        let mut replay = Replay::new(image.size);
        let refused = frames.contents.iter().filter(|content| !replay.take(content)).count();
        let mut store = Self {
            path: path.to_owned(),
            image,
            journal,
            saved: replay.masks.clone(),
            masks: replay.masks,
            next_id: replay.next_id,
            live: replay.live,
            has_said: false,
            compact_above: SMALL,
            small: SMALL,
        };
        let mut repair = Repair::None;
        if frames.damaged > 0 || refused > 0 {
            let copy = store.journal.keep_copy(&bytes).map_err(trouble)?;
            store.rewrite().map_err(trouble)?;
            repair = Repair::Damaged { copy };
        } else if frames.torn > 0 {
            store.journal.cut((bytes.len() - frames.torn) as u64).map_err(trouble)?;
            repair = Repair::TornEnd;
        }
        // A leftover that cannot be removed is written over when it is needed.
        store.journal.clear().unwrap_or_default();
        Ok(OpenedMasks { store, repair })
    }

    /// The masks, the lowest first.
    pub fn masks(&self) -> &[NamedMask] {
        &self.masks
    }

    /// One mask, if it is there.
    pub fn get(&self, id: MaskId) -> Option<&NamedMask> {
        self.masks.iter().find(|mask| mask.id == id)
    }

    /// The image that the masks belong to.
    pub fn image(&self) -> ImageKey {
        self.image
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether everything is on the drive.
    pub fn is_saved(&self) -> bool {
        self.masks == self.saved
    }

    /// Adds a mask on top of the others, shown.
    ///
    /// # Errors
    /// The name, the number of masks or the size of the mask is not possible; nothing is changed.
    pub fn add(&mut self, name: &str, mask: Mask) -> Result<(MaskId, Saved), StoreError> {
        let name = checked(name)?;
        self.check_size(&mask)?;
        if self.masks.len() >= Self::MOST_MASKS {
            return Err(StoreError::TooMany { most: Self::MOST_MASKS });
        }
        let id = MaskId(self.next_id);
        self.next_id += 1;
        self.masks.push(NamedMask { id, name, visibility: Visibility::Shown, mask });
        Ok((id, self.retry()))
    }

    /// Gives a mask its new pixels, after a stroke as after an undo. Only tiles that changed are written.
    ///
    /// # Errors
    /// The mask is gone, or has another size than the image; nothing is changed.
    pub fn update(&mut self, id: MaskId, mask: &Mask) -> Result<Saved, StoreError> {
        self.check_size(mask)?;
        self.entry(id)?.mask = mask.clone();
        Ok(self.retry())
    }

    /// Gives a mask another name.
    ///
    /// # Errors
    /// The mask is gone, or the name is not possible; nothing is changed.
    pub fn rename(&mut self, id: MaskId, name: &str) -> Result<Saved, StoreError> {
        self.entry(id)?.name = checked(name)?;
        Ok(self.retry())
    }

    /// Shows or hides a mask.
    ///
    /// # Errors
    /// The mask is gone.
    pub fn set_visibility(&mut self, id: MaskId, visibility: Visibility) -> Result<Saved, StoreError> {
        self.entry(id)?.visibility = visibility;
        Ok(self.retry())
    }

    /// Moves a mask to a position among the others, 0 being the lowest; behind the last one is the last.
    ///
    /// # Errors
    /// The mask is gone.
    pub fn move_to(&mut self, id: MaskId, position: usize) -> Result<Saved, StoreError> {
        let from = self.masks.iter().position(|mask| mask.id == id).ok_or(StoreError::Unknown { id })?;
        let mask = self.masks.remove(from);
        self.masks.insert(position.min(self.masks.len()), mask);
        Ok(self.retry())
    }

    /// Removes a mask.
    ///
    /// # Errors
    /// The mask is gone already.
    pub fn remove(&mut self, id: MaskId) -> Result<Saved, StoreError> {
        let from = self.masks.iter().position(|mask| mask.id == id).ok_or(StoreError::Unknown { id })?;
        self.masks.remove(from);
        Ok(self.retry())
    }

    /// Writes whatever is not on the drive yet.
    pub fn retry(&mut self) -> Saved {
        match self.commit() {
            Ok(()) => {
                self.has_said = false;
                self.compact();
                Saved::OnDrive
            }
            Err(_) if self.has_said => Saved::Waiting,
            Err(error) => {
                self.has_said = true;
                Saved::Failed(trouble(&error, &self.path))
            }
        }
    }

    fn entry(&mut self, id: MaskId) -> Result<&mut NamedMask, StoreError> {
        self.masks.iter_mut().find(|mask| mask.id == id).ok_or(StoreError::Unknown { id })
    }

    fn check_size(&self, mask: &Mask) -> Result<(), MaskError> {
        if mask.size() == self.image.size {
            return Ok(());
        }
        Err(MaskError::OtherSize { size: self.image.size, other: mask.size() })
    }

    fn commit(&mut self) -> io::Result<()> {
        if self.journal.needs_replacing() {
            return self.rewrite();
        }
        let changes = self.changes(&self.saved);
        if !changes.is_empty() {
            let (bytes, tiles) = encoded(&changes);
            self.journal.append(&bytes)?;
            self.live.extend(tiles);
            let ids: HashSet<MaskId> = self.masks.iter().map(|mask| mask.id).collect();
            self.live.retain(|(id, _), bytes| *bytes > 0 && ids.contains(id));
        }
        self.saved = self.masks.clone();
        Ok(())
    }

    /// Writes the file anew when most of it has been overtaken. If that fails the old file goes on, and it is tried again when it has
    /// doubled.
    fn compact(&mut self) {
        let needed = HEADER as u64 + self.live.values().sum::<u64>();
        let length = self.journal.len();
        if length > self.compact_above && needed * 2 < length {
            self.compact_above = if self.rewrite().is_ok() { self.small } else { length * 2 };
        }
    }

    fn rewrite(&mut self) -> io::Result<()> {
        let mut changes = self.changes(&[]);
        if let Some(last) = self.next_id.checked_sub(1).map(MaskId).filter(|id| self.get(*id).is_none()) {
            // So that its id is not given out again.
            changes.push(vec![Record::Removed(last)]);
        }
        let (bytes, tiles) = encoded(&changes);
        let mut file = frame::header(self.image);
        file.extend(bytes);
        self.journal.replace(&file)?;
        self.live = tiles.into_iter().filter(|(_, bytes)| *bytes > 0).collect();
        self.saved = self.masks.clone();
        Ok(())
    }

    /// What leads from a state to the present one, frame by frame: one for each mask, so that a mask changes as a whole.
    fn changes(&self, from: &[NamedMask]) -> Vec<Vec<Record>> {
        let mut frames = Vec::new();
        let mut ids: Vec<MaskId> = from.iter().map(|mask| mask.id).filter(|id| self.get(*id).is_some()).collect();
        for mask in &self.masks {
            let mut records = Vec::new();
            let old = from.iter().find(|old| old.id == mask.id);
            if old.is_none() {
                ids.push(mask.id);
            }
            if old.is_none_or(|old| (&old.name, old.visibility) != (&mask.name, mask.visibility)) {
                records.push(Record::Named(mask.id, mask.visibility, mask.name.clone()));
            }
            let places = match old {
                Some(old) => old.mask.changed_places(&mask.mask),
                None => mask.mask.emptied().changed_places(&mask.mask),
            };
            let columns = mask.mask.tile_counts()[0];
            records.extend(places.into_iter().map(|(column, row)| {
                let tile = mask.mask.tile(column, row).shortened(mask.mask.inside(column, row));
                Record::Tile(mask.id, row * columns + column, tile)
            }));
            frames.push(records);
        }
        let removed = from.iter().filter(|old| self.get(old.id).is_none());
        let mut last: Vec<Record> = removed.map(|old| Record::Removed(old.id)).collect();
        if !self.masks.iter().map(|mask| mask.id).eq(ids) {
            last.push(Record::Order(self.masks.iter().map(|mask| mask.id).collect()));
        }
        frames.push(last);
        frames.retain(|records| !records.is_empty());
        frames
    }
}

/// The frames' bytes, and how many each tile takes, 0 for an empty one.
#[expect(clippy::type_complexity, reason = "the entries of the map of live bytes")]
fn encoded(frames: &[Vec<Record>]) -> (Vec<u8>, Vec<((MaskId, u32), u64)>) {
    let (mut bytes, mut tiles) = (Vec::new(), Vec::new());
    for records in frames {
        let pieces: Vec<Vec<u8>> = records.par_iter().map(Record::to_bytes).collect();
        tiles.extend(records.iter().zip(&pieces).filter_map(|(record, piece)| record.live(piece.len())));
        bytes.extend(frame::frame(&pieces.concat()));
    }
    (bytes, tiles)
}

fn checked(name: &str) -> Result<String, StoreError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MaskStore::LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(StoreError::Name { most: MaskStore::LONGEST_NAME });
    }
    Ok(name.to_owned())
}

fn trouble(error: &io::Error, path: &Path) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreError::DriveFull { path }
        }
        io::ErrorKind::WouldBlock => StoreError::InUse { path },
        _ => StoreError::Drive { problem: error.to_string(), path },
    }
}
