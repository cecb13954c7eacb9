use super::tile::{SIDE, TILE, Tile};
use super::{Mask, MaskError};

/// How something new is joined with a mask that is there. Values are shares of 0 to 255, so half-masked pixels stay smooth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Combine {
    /// The new alone; the old is dropped.
    Replace,
    /// What either has: `1 - (1 - old)(1 - new)`.
    #[default]
    Add,
    /// The old without the new: `old (1 - new)`.
    Subtract,
    /// What both have: `old * new`.
    Intersect,
}

impl Combine {
    /// The value of one pixel, rounded to the nearest.
    pub const fn apply(self, old: u8, new: u8) -> u8 {
        match self {
            Self::Replace => new,
            Self::Add => 255 - product(255 - old, 255 - new),
            Self::Subtract => product(old, 255 - new),
            Self::Intersect => product(old, new),
        }
    }

    /// Applies it to a row: `into` becomes what `old` and `new` make together.
    pub(crate) fn apply_row(self, old: &[u8], new: &[u8], into: &mut [u8]) {
        // One loop for each way, so that each is compiled for vectors.
        let pixels = into.iter_mut().zip(old.iter().zip(new));
        match self {
            Self::Replace => into.copy_from_slice(new),
            Self::Add => pixels.for_each(|(to, (old, new))| *to = Self::Add.apply(*old, *new)),
            Self::Subtract => pixels.for_each(|(to, (old, new))| *to = Self::Subtract.apply(*old, *new)),
            Self::Intersect => pixels.for_each(|(to, (old, new))| *to = Self::Intersect.apply(*old, *new)),
        }
    }

    /// Applies it to tiles, without looking at pixels where that is possible.
    pub(crate) fn apply_tile(self, old: &Tile, new: &Tile, inside: [usize; 2]) -> Tile {
        match (self, old, new) {
            (Self::Replace, _, new) | (Self::Intersect, Tile::Full, new) | (Self::Add, Tile::Empty, new) => new.clone(),
            (Self::Add | Self::Subtract, old, Tile::Empty) | (Self::Intersect, old, Tile::Full) => old.clone(),
            (Self::Add, Tile::Full, _) | (Self::Add, _, Tile::Full) => Tile::Full,
            (Self::Subtract, _, Tile::Full) | (Self::Subtract | Self::Intersect, Tile::Empty, _) => Tile::Empty,
            (Self::Intersect, _, Tile::Empty) => Tile::Empty,
            (_, old, new) => {
                let (old, new) = (old.expanded(inside), new.expanded(inside));
                let mut made = [0; SIDE * SIDE];
                for y in 0..inside[1] {
                    let row = y * SIDE..y * SIDE + inside[0];
                    self.apply_row(&old[row.clone()], &new[row.clone()], &mut made[row]);
                }
                Tile::from_bytes(&made, inside)
            }
        }
    }
}

/// The product of two shares of 255, rounded to the nearest: exactly `round(a * b / 255)`.
pub(crate) const fn product(a: u8, b: u8) -> u8 {
    let x = a as u16 as u32 * b as u32 + 128;
    ((x + (x >> 8)) >> 8) as u8
}

impl Mask {
    /// The mask joined with another one of the same size.
    ///
    /// # Errors
    /// The masks have different sizes.
    pub fn combined(&self, new: &Self, how: Combine) -> Result<Self, MaskError> {
        if self.size() != new.size() {
            return Err(MaskError::OtherSize { size: self.size(), other: new.size() });
        }
        let made = Self::from_tiles(self.size(), |column, row| {
            how.apply_tile(self.tile(column, row), new.tile(column, row), self.inside(column, row))
        })?;
        Ok(self.sharing(&made))
    }

    /// The mask in which everything that was kept is made anew, and the other way round.
    #[must_use]
    pub fn inverted(&self) -> Self {
        let mut mask = self.clone();
        for (column, row) in self.tile_places() {
            let inverted = match self.tile(column, row) {
                Tile::Empty => Tile::Full,
                Tile::Full => Tile::Empty,
                Tile::Bytes(bytes) => {
                    let (inside, mut bytes) = (self.inside(column, row), **bytes);
                    for line in bytes.chunks_exact_mut(SIDE).take(inside[1]) {
                        line[..inside[0]].iter_mut().for_each(|v| *v = 255 - *v);
                    }
                    Tile::from_bytes(&bytes, inside)
                }
            };
            mask.set_tile(column, row, inverted);
        }
        mask
    }

    /// The values of another mask of the same size, in the memory of this one where they are equal.
    pub(crate) fn sharing(&self, made: &Self) -> Self {
        self.with_tiles(
            self.changed_places(made)
                .into_iter()
                .map(|place| (place, made.tile(place.0, place.1).shortened(made.inside(place.0, place.1)))),
        )
    }

    /// The columns and rows of tiles that have pixels of this rectangle.
    pub(crate) fn places_in(&self, rect: crate::PixelRect) -> impl Iterator<Item = (u32, u32)> + use<> {
        let part = rect.intersection(crate::PixelRect::of_size(self.size()));
        let (rows, columns) = (part.y / TILE..part.bottom().div_ceil(TILE), part.x / TILE..part.right().div_ceil(TILE));
        rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
    }
}
