use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::{MaskId, Visibility};
use crate::mask::tile::{SIDE, Tile};

/// One thing that a frame says. Numbers are little-endian.
#[derive(Debug)]
pub(super) enum Record {
    /// A mask has this name and visibility; one that was not there is empty and goes on top.
    Named(MaskId, Visibility, String),
    /// A mask is gone.
    Removed(MaskId),
    /// The masks in order; those that are not named keep their order behind them.
    Order(Vec<MaskId>),
    /// A tile of a mask, by its index from left to right and top to bottom.
    Tile(MaskId, u32, Tile),
}

const NAMED: u8 = 1;
const REMOVED: u8 = 2;
const ORDER: u8 = 3;
const TILE_EMPTY: u8 = 4;
const TILE_FULL: u8 = 5;
const TILE_DEFLATED: u8 = 6;
const TILE_PLAIN: u8 = 7;

impl Record {
    /// For a tile: which one it is and how many of so many bytes a file that is written anew would need for it.
    pub fn live(&self, bytes: usize) -> Option<((MaskId, u32), u64)> {
        match self {
            Self::Tile(id, index, Tile::Empty) => Some(((*id, *index), 0)),
            Self::Tile(id, index, _) => Some(((*id, *index), bytes as u64)),
            _ => None,
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let start = |kind: u8, id: MaskId| {
            let mut bytes = vec![kind];
            bytes.extend(id.0.to_le_bytes());
            bytes
        };
        match self {
            Self::Named(id, visibility, name) => {
                let mut bytes = start(NAMED, *id);
                bytes.push(match visibility {
                    Visibility::Shown => 1,
                    Visibility::Hidden => 0,
                });
                bytes.extend((name.len() as u32).to_le_bytes());
                bytes.extend(name.as_bytes());
                bytes
            }
            Self::Removed(id) => start(REMOVED, *id),
            Self::Order(ids) => {
                let mut bytes = vec![ORDER];
                bytes.extend((ids.len() as u32).to_le_bytes());
                bytes.extend(ids.iter().flat_map(|id| id.0.to_le_bytes()));
                bytes
            }
            Self::Tile(id, index, tile) => {
                let (kind, values) = match tile {
                    Tile::Empty => (TILE_EMPTY, Vec::new()),
                    Tile::Full => (TILE_FULL, Vec::new()),
                    Tile::Bytes(values) => match deflated(&**values) {
                        Some(short) => (TILE_DEFLATED, short),
                        None => (TILE_PLAIN, values.to_vec()),
                    },
                };
                let mut bytes = start(kind, *id);
                bytes.extend(index.to_le_bytes());
                if kind == TILE_DEFLATED {
                    bytes.extend((values.len() as u32).to_le_bytes());
                }
                bytes.extend(values);
                bytes
            }
        }
    }

    /// Every record of a frame's content with how many bytes it has there, or `None` where one is not what [`Self::to_bytes`] writes.
    pub fn read_all(content: &[u8]) -> Option<Vec<(Self, usize)>> {
        let mut rest = Rest(content);
        let mut records = Vec::new();
        while !rest.0.is_empty() {
            let before = rest.0.len();
            let record = Self::read(&mut rest)?;
            records.push((record, before - rest.0.len()));
        }
        Some(records)
    }

    fn read(rest: &mut Rest<'_>) -> Option<Self> {
        let kind = rest.take(1)?[0];
        match kind {
            NAMED => {
                let (id, visible) = (MaskId(rest.number()?), rest.take(1)?[0]);
                let length = rest.number()? as usize;
                let name = String::from_utf8(rest.take(length)?.to_vec()).ok()?;
                let visibility = if visible == 0 { Visibility::Hidden } else { Visibility::Shown };
                Some(Self::Named(id, visibility, name))
            }
            REMOVED => Some(Self::Removed(MaskId(rest.number()?))),
            ORDER => {
                let count = rest.number()?;
                (0..count).map(|_| rest.number().map(MaskId)).collect::<Option<_>>().map(Self::Order)
            }
            TILE_EMPTY | TILE_FULL | TILE_DEFLATED | TILE_PLAIN => {
                let (id, index) = (MaskId(rest.number()?), rest.number()?);
                let tile = match kind {
                    TILE_EMPTY => Tile::Empty,
                    TILE_FULL => Tile::Full,
                    TILE_DEFLATED => {
                        let length = rest.number()? as usize;
                        inflated(rest.take(length)?)?
                    }
                    _ => Tile::Bytes(Arc::new(rest.take(SIDE * SIDE)?.try_into().ok()?)),
                };
                Some(Self::Tile(id, index, tile))
            }
            _ => None,
        }
    }
}

/// Shorter, or `None` if it would not be. Fast rather than small: a stroke waits for it.
fn deflated(values: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(values).ok()?;
    encoder.finish().ok().filter(|short| short.len() < values.len())
}

/// Reads no more than a tile, whatever the bytes would expand to.
fn inflated(bytes: &[u8]) -> Option<Tile> {
    let mut values = [0; SIDE * SIDE];
    DeflateDecoder::new(bytes).read_exact(&mut values).ok()?;
    Some(Tile::Bytes(Arc::new(values)))
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}
