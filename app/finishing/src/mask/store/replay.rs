use std::collections::HashMap;

use super::record::Record;
use super::{MaskId, NamedMask, Visibility};
use crate::mask::Mask;
use crate::mask::tile::{SIDE, Tile};

/// No file has so many masks, so ids never run out.
const ENDLESS: u32 = 1 << 31;

/// The state that frames lead to, one after the other.
pub(super) struct Replay {
    size: [u32; 2],
    pub masks: Vec<NamedMask>,
    pub next_id: u32,
    /// How many bytes of the file each tile that counts takes.
    pub live: HashMap<(MaskId, u32), u64>,
}

impl Replay {
    /// For an image of a possible size.
    pub fn new(size: [u32; 2]) -> Self {
        Self { size, masks: Vec::new(), next_id: 0, live: HashMap::new() }
    }

    /// Takes a frame's content in, wholly or, where it cannot be understood, not at all. Whether it did.
    pub fn take(&mut self, content: &[u8]) -> bool {
        let Some(records) = Record::read_all(content) else { return false };
        let Ok(blank) = Mask::new(self.size) else { return false };
        let [columns, rows] = blank.tile_counts();
        let is_possible = |record: &Record| match record {
            Record::Tile(id, index, _) => id.0 < ENDLESS && *index < columns * rows,
            Record::Named(id, ..) | Record::Removed(id) => id.0 < ENDLESS,
            Record::Order(_) => true,
        };
        if !records.iter().all(|(record, _)| is_possible(record)) {
            return false;
        }
        for (record, bytes) in records {
            self.apply(record, bytes as u64, &blank);
        }
        true
    }

    fn apply(&mut self, record: Record, bytes: u64, blank: &Mask) {
        match record {
            Record::Named(id, visibility, name) => {
                let mask = self.entry(id, blank);
                (mask.name, mask.visibility) = (name, visibility);
            }
            Record::Removed(id) => {
                self.next_id = self.next_id.max(id.0.saturating_add(1));
                self.masks.retain(|mask| mask.id != id);
                self.live.retain(|(owner, _), _| *owner != id);
            }
            Record::Order(ids) => {
                let place = |mask: &NamedMask| ids.iter().position(|id| *id == mask.id).unwrap_or(usize::MAX);
                self.masks.sort_by_key(place);
            }
            Record::Tile(id, index, tile) => {
                let (column, row) = (index % blank.tile_counts()[0], index / blank.tile_counts()[0]);
                let inside = blank.inside(column, row);
                let tile = cleaned(&tile, inside);
                if matches!(tile, Tile::Empty) {
                    self.live.remove(&(id, index));
                } else {
                    self.live.insert((id, index), bytes);
                }
                self.entry(id, blank).mask.set_tile(column, row, tile);
            }
        }
    }

    /// The mask with this id. Where its name was in a damaged frame, what is left of it is not dropped.
    fn entry(&mut self, id: MaskId, blank: &Mask) -> &mut NamedMask {
        self.next_id = self.next_id.max(id.0.saturating_add(1));
        let at = self.masks.iter().position(|mask| mask.id == id).unwrap_or_else(|| {
            let name = format!("Recovered {}", id.0);
            self.masks.push(NamedMask { id, name, visibility: Visibility::Shown, mask: blank.clone() });
            self.masks.len() - 1
        });
        &mut self.masks[at]
    }
}

/// The tile with nothing outside the image, in its shortest form.
fn cleaned(tile: &Tile, inside: [usize; 2]) -> Tile {
    let Tile::Bytes(bytes) = tile else { return tile.clone() };
    let mut bytes = **bytes;
    for (y, row) in bytes.chunks_exact_mut(SIDE).enumerate() {
        row[if y < inside[1] { inside[0] } else { 0 }..].fill(0);
    }
    Tile::from_bytes(&bytes, inside)
}
