use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;

use super::MaskError;
use super::tile::{SIDE, TILE, Tile, TileBytes};
use crate::PixelRect;

/// Which pixels of an image are made anew: one byte a pixel, 255 made anew, 0 kept, between them mixed.
///
/// A clone costs next to nothing and shares its memory with the original until one of them changes; a blank or fully masked
/// square of 128x128 pixels takes no memory at all. So a history of masks is a list of clones.
#[derive(Clone)]
pub struct Mask {
    size: [u32; 2],
    /// One slice of tiles for each 128 rows of the image, so that clones share the index too.
    rows: Vec<Arc<[Tile]>>,
}

impl Mask {
    /// The longest side of an image that a mask can cover, in pixels.
    pub const LONGEST_SIDE: u32 = 16_384;

    /// A mask that keeps the whole image of this width and height.
    ///
    /// # Errors
    /// A side is 0 or longer than [`Self::LONGEST_SIDE`].
    pub fn new(size: [u32; 2]) -> Result<Self, MaskError> {
        Self::uniform(size, Tile::Empty)
    }

    /// A mask under which the whole image of this width and height is made anew.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn full(size: [u32; 2]) -> Result<Self, MaskError> {
        Self::uniform(size, Tile::Full)
    }

    fn uniform(size: [u32; 2], tile: Tile) -> Result<Self, MaskError> {
        if size.iter().any(|side| *side == 0 || *side > Self::LONGEST_SIDE) {
            return Err(MaskError::Size { size, most: Self::LONGEST_SIDE });
        }
        let row: Arc<[Tile]> = vec![tile; size[0].div_ceil(TILE) as usize].into();
        Ok(Self { size, rows: vec![row; size[1].div_ceil(TILE) as usize] })
    }

    /// A mask from one byte a pixel, row by row without gaps.
    ///
    /// # Errors
    /// The size as in [`Self::new`], or not as many bytes as pixels.
    pub fn from_bytes(size: [u32; 2], bytes: &[u8]) -> Result<Self, MaskError> {
        let blank = Self::new(size)?;
        check_length(PixelRect::of_size(size), bytes.len())?;
        Ok(blank.with_written(PixelRect::of_size(size), bytes))
    }

    /// One byte a pixel, row by row without gaps.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size[0] as usize * self.size[1] as usize];
        self.copy_rect(PixelRect::of_size(self.size), &mut bytes);
        bytes
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The value in this column and row; 0 outside the image.
    pub fn get(&self, x: u32, y: u32) -> u8 {
        if x >= self.size[0] || y >= self.size[1] {
            return 0;
        }
        self.tile(x / TILE, y / TILE).get((x % TILE) as usize, (y % TILE) as usize)
    }

    /// Copies the values of a rectangle, row by row without gaps, for example into a texture. What lies outside the image is 0.
    ///
    /// # Errors
    /// The buffer does not have as many bytes as the rectangle has pixels; it is untouched then.
    pub fn read(&self, rect: PixelRect, into: &mut [u8]) -> Result<(), MaskError> {
        check_length(rect, into.len())?;
        self.copy_rect(rect, into);
        Ok(())
    }

    /// The mask with other values in a rectangle, given row by row without gaps. What lies outside the image is left out.
    ///
    /// # Errors
    /// Not as many bytes as the rectangle has pixels.
    pub fn write(&self, rect: PixelRect, bytes: &[u8]) -> Result<Self, MaskError> {
        check_length(rect, bytes.len())?;
        Ok(self.with_written(rect, bytes))
    }

    /// Whether the whole image is kept: no pixel above 0.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(|row| row.iter().all(Tile::is_empty))
    }

    /// The masked share of the image, 0 to 1: pixels of at least 128 count, others do not.
    pub fn share(&self) -> f64 {
        self.share_from(128)
    }

    /// The share of the image, 0 to 1, that has at least `least`, 1 to 255 (0 counts as 1): 1 where grey changes a little too.
    pub fn share_from(&self, least: u8) -> f64 {
        let least = least.max(1);
        let [columns, rows] = self.tile_counts();
        let in_tile = |column: u32, row: u32| match self.tile(column, row) {
            Tile::Empty => 0,
            Tile::Full => self.tile_rect(column, row).area(),
            Tile::Bytes(bytes) => bytes.iter().map(|v| u64::from(*v >= least)).sum(),
        };
        let in_row = |row: u32| (0..columns).map(|column| in_tile(column, row)).sum::<u64>();
        let counted: u64 = (0..rows).into_par_iter().map(in_row).sum();
        counted as f64 / PixelRect::of_size(self.size).area() as f64
    }

    /// The smallest rectangle with every pixel above 0, or `None` for an empty mask.
    pub fn bounds(&self) -> Option<PixelRect> {
        self.bounds_from(1)
    }

    /// The smallest rectangle with every pixel of at least `least`, 1 to 255 (0 counts as 1), or `None` where there is none.
    pub fn bounds_from(&self, least: u8) -> Option<PixelRect> {
        let mut bounds = PixelRect::default();
        for (column, row) in self.tile_places() {
            let rect = self.tile_rect(column, row);
            let found = match self.tile(column, row) {
                Tile::Empty => continue,
                Tile::Full => rect,
                Tile::Bytes(_) if bounds.contains_rect(rect) => continue,
                Tile::Bytes(bytes) => bounds_in_tile(bytes, rect, least.max(1)),
            };
            bounds = bounds.union(found);
        }
        (!bounds.is_empty()).then_some(bounds)
    }

    /// The parts of the image in which another mask differs, as rectangles of at most 128x128 pixels that do not overlap: what a
    /// texture needs anew. Shared memory is recognised without looking at pixels. For a mask of another size, the whole image.
    pub fn changed_tiles(&self, other: &Self) -> Vec<PixelRect> {
        self.changed_places(other).into_iter().map(|(column, row)| self.tile_rect(column, row)).collect()
    }

    /// The same as columns and rows of tiles.
    pub(crate) fn changed_places(&self, other: &Self) -> Vec<(u32, u32)> {
        if self.size != other.size {
            return self.tile_places().collect();
        }
        let mut changed = Vec::new();
        for (y, (row, other_row)) in self.rows.iter().zip(&other.rows).enumerate() {
            if Arc::ptr_eq(row, other_row) {
                continue;
            }
            for (x, (tile, other_tile)) in row.iter().zip(other_row.iter()).enumerate() {
                let (x, y) = (x as u32, y as u32);
                if !tile.is_equal(other_tile, self.inside(x, y)) {
                    changed.push((x, y));
                }
            }
        }
        changed
    }

    /// Columns and rows of tiles.
    pub(crate) fn tile_counts(&self) -> [u32; 2] {
        [self.size[0].div_ceil(TILE), self.size[1].div_ceil(TILE)]
    }

    /// Every column and row of tiles.
    pub(crate) fn tile_places(&self) -> impl Iterator<Item = (u32, u32)> + use<> {
        let [columns, rows] = self.tile_counts();
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (column, row)))
    }

    /// The slices of tiles, from the top.
    pub(crate) fn tile_rows(&self) -> &[Arc<[Tile]>] {
        &self.rows
    }

    /// The pixels of a tile that are in the image.
    pub(crate) fn tile_rect(&self, column: u32, row: u32) -> PixelRect {
        PixelRect::new(column * TILE, row * TILE, TILE, TILE).intersection(PixelRect::of_size(self.size))
    }

    /// How many columns and rows of a tile are in the image.
    pub(crate) fn inside(&self, column: u32, row: u32) -> [usize; 2] {
        let rect = self.tile_rect(column, row);
        [rect.width as usize, rect.height as usize]
    }

    pub(crate) fn tile(&self, column: u32, row: u32) -> &Tile {
        &self.rows[row as usize][column as usize]
    }

    /// Gives a tile other content; its memory is no longer shared then.
    pub(crate) fn set_tile(&mut self, column: u32, row: u32, tile: Tile) {
        Arc::make_mut(&mut self.rows[row as usize])[column as usize] = tile;
    }

    /// The values of a tile, to be changed. What lies outside the image has to stay 0.
    pub(crate) fn tile_bytes_mut(&mut self, column: u32, row: u32) -> &mut TileBytes {
        let inside = self.inside(column, row);
        let tile = &mut Arc::make_mut(&mut self.rows[row as usize])[column as usize];
        if !matches!(tile, Tile::Bytes(_)) {
            *tile = Tile::Bytes(Arc::new(tile.expanded(inside)));
        }
        match tile {
            Tile::Bytes(bytes) => Arc::make_mut(bytes),
            Tile::Empty | Tile::Full => unreachable!("it was expanded above"),
        }
    }

    /// The mask that another function computes tile by tile, on all cores. The function gets columns and rows of tiles.
    pub(crate) fn from_tiles(size: [u32; 2], tile: impl Fn(u32, u32) -> Tile + Sync) -> Result<Self, MaskError> {
        let blank = Self::new(size)?;
        let [columns, rows] = blank.tile_counts();
        let rows =
            (0..rows).into_par_iter().map(|row| (0..columns).map(|column| tile(column, row)).collect()).collect();
        Ok(Self { size, rows })
    }

    /// The mask that another function writes 128 rows at a time, on all cores: it gets a rectangle as wide as `part` and as many
    /// zeros. Outside `part` everything is kept; it may grow to whole tiles.
    pub(crate) fn from_bands(
        size: [u32; 2],
        part: PixelRect,
        write: impl Fn(PixelRect, &mut [u8]) + Sync,
    ) -> Result<Self, MaskError> {
        let mut mask = Self::new(size)?;
        let part = part.intersection(PixelRect::of_size(size));
        if part.is_empty() {
            return Ok(mask);
        }
        let (left, right) = (part.x / TILE * TILE, part.right().next_multiple_of(TILE).min(size[0]));
        let rows: Vec<u32> = (part.y / TILE..part.bottom().div_ceil(TILE)).collect();
        let band = |row: &u32| -> Arc<[Tile]> {
            let rect = PixelRect::between([left, row * TILE], [right, (row * TILE + TILE).min(size[1])]);
            let mut bytes = vec![0; rect.area() as usize];
            write(rect, &mut bytes);
            let cut = |column: u32| {
                if column * TILE < left || column * TILE >= right {
                    return Tile::Empty;
                }
                let (x, inside) = ((column * TILE - left) as usize, mask.inside(column, *row));
                let mut tile = [0; SIDE * SIDE];
                for (to, from) in tile.chunks_exact_mut(SIDE).zip(bytes.chunks_exact(rect.width as usize)) {
                    to[..inside[0]].copy_from_slice(&from[x..x + inside[0]]);
                }
                Tile::from_bytes(&tile, inside)
            };
            (0..mask.tile_counts()[0]).map(cut).collect()
        };
        let bands: Vec<Arc<[Tile]>> = rows.par_iter().map(band).collect();
        for (row, band) in rows.into_iter().zip(bands) {
            mask.rows[row as usize] = band;
        }
        Ok(mask)
    }

    /// The same, row by row: the function gets the first column and the row.
    pub(crate) fn from_rows(
        size: [u32; 2],
        part: PixelRect,
        write: impl Fn([u32; 2], &mut [u8]) + Sync,
    ) -> Result<Self, MaskError> {
        Self::from_bands(size, part, |rect, bytes| {
            for (y, row) in (rect.y..).zip(bytes.chunks_exact_mut(rect.width as usize)) {
                write([rect.x, y], row);
            }
        })
    }

    /// A mask of the same size that keeps everything.
    pub(crate) fn emptied(&self) -> Self {
        let row: Arc<[Tile]> = vec![Tile::Empty; self.tile_counts()[0] as usize].into();
        Self { size: self.size, rows: vec![row; self.rows.len()] }
    }

    /// The mask with some tiles replaced.
    pub(crate) fn with_tiles(&self, tiles: impl IntoIterator<Item = ((u32, u32), Tile)>) -> Self {
        let mut mask = self.clone();
        for ((column, row), tile) in tiles {
            if !tile.is_equal(self.tile(column, row), self.inside(column, row)) {
                mask.set_tile(column, row, tile);
            }
        }
        mask
    }

    /// As [`Self::read`], for a buffer of the right length.
    pub(crate) fn copy_rect(&self, rect: PixelRect, into: &mut [u8]) {
        let part = rect.intersection(PixelRect::of_size(self.size));
        if part != rect {
            into.fill(0);
        }
        for y in part.y..part.bottom() {
            let line = &mut into[(y - rect.y) as usize * rect.width as usize..][..rect.width as usize];
            let mut x = part.x;
            while x < part.right() {
                let end = (x / TILE + 1).saturating_mul(TILE).min(part.right());
                let piece = &mut line[(x - rect.x) as usize..(end - rect.x) as usize];
                self.tile(x / TILE, y / TILE).read_row((x % TILE) as usize, (y % TILE) as usize, piece);
                x = end;
            }
        }
    }

    /// As [`Self::write`], for a buffer of the right length. Tiles that stay as they are stay shared.
    pub(crate) fn with_written(&self, rect: PixelRect, bytes: &[u8]) -> Self {
        let part = rect.intersection(PixelRect::of_size(self.size));
        if part.is_empty() {
            return self.clone();
        }
        let columns = part.x / TILE..=(part.right() - 1) / TILE;
        let places: Vec<(u32, u32)> = (part.y / TILE..=(part.bottom() - 1) / TILE)
            .flat_map(|row| columns.clone().map(move |column| (column, row)))
            .collect();
        let tiles: Vec<((u32, u32), Tile)> = places
            .into_par_iter()
            .map(|(column, row)| {
                let inside = self.inside(column, row);
                let mut values = self.tile(column, row).expanded(inside);
                let here = self.tile_rect(column, row).intersection(part);
                for y in here.y..here.bottom() {
                    let from = (y - rect.y) as usize * rect.width as usize + (here.x - rect.x) as usize;
                    let to = (y % TILE) as usize * SIDE + (here.x % TILE) as usize;
                    let width = here.width as usize;
                    values[to..to + width].copy_from_slice(&bytes[from..from + width]);
                }
                ((column, row), Tile::from_bytes(&values, inside))
            })
            .collect();
        self.with_tiles(tiles)
    }
}

/// By values, not by memory.
impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size && self.changed_places(other).is_empty()
    }
}

impl Eq for Mask {}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask {}x{}, {:.4} masked, within {:?}", self.size[0], self.size[1], self.share(), self.bounds())
    }
}

fn check_length(rect: PixelRect, bytes: usize) -> Result<(), MaskError> {
    if rect.area() == bytes as u64 {
        return Ok(());
    }
    Err(MaskError::Length { needed: rect.area(), given: bytes as u64 })
}

/// Where in the image the values above 0 of a tile lie.
fn bounds_in_tile(bytes: &TileBytes, rect: PixelRect, least: u8) -> PixelRect {
    let mut bounds = PixelRect::default();
    for (y, row) in bytes.chunks_exact(SIDE).enumerate() {
        let counts = |v: &u8| *v >= least;
        if let (Some(first), Some(last)) = (row.iter().position(counts), row.iter().rposition(counts)) {
            let line = PixelRect::new(rect.x + first as u32, rect.y + y as u32, (last - first) as u32 + 1, 1);
            bounds = bounds.union(line);
        }
    }
    bounds
}
