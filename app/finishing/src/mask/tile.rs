use std::sync::Arc;

/// Pixels on a side of a tile.
pub(crate) const TILE: u32 = 128;
/// The same, for indices.
pub(crate) const SIDE: usize = TILE as usize;

/// The values of one tile, row by row.
pub(crate) type TileBytes = [u8; SIDE * SIDE];

/// A square of a mask. At the right and lower edge of an image a tile has more pixels than the image: what lies outside is 0 in
/// `Bytes`, and `Full` means the pixels inside.
#[derive(Debug, Clone)]
pub(crate) enum Tile {
    /// Every pixel is 0.
    Empty,
    /// Every pixel is 255.
    Full,
    /// Anything; shared between clones of a mask until one of them changes it.
    Bytes(Arc<TileBytes>),
}

impl Tile {
    /// The tile that holds these values, in its shortest form. `inside` is how many columns and rows of it the image has.
    pub fn from_bytes(bytes: &TileBytes, inside: [usize; 2]) -> Self {
        let rows = || bytes.chunks_exact(SIDE).take(inside[1]).map(|row| &row[..inside[0]]);
        if rows().all(|row| row.iter().all(|v| *v == 0)) {
            Self::Empty
        } else if rows().all(|row| row.iter().all(|v| *v == 255)) {
            Self::Full
        } else {
            Self::Bytes(Arc::new(*bytes))
        }
    }

    /// The same values in the shortest form; keeps the memory where nothing is shorter.
    pub fn shortened(&self, inside: [usize; 2]) -> Self {
        match self {
            Self::Bytes(bytes) => match Self::from_bytes(bytes, inside) {
                Self::Bytes(_) => self.clone(),
                short => short,
            },
            short => short.clone(),
        }
    }

    /// The values, with 0 outside the image.
    pub fn expanded(&self, inside: [usize; 2]) -> TileBytes {
        match self {
            Self::Empty => [0; SIDE * SIDE],
            Self::Full => {
                let mut bytes = [0; SIDE * SIDE];
                for row in bytes.chunks_exact_mut(SIDE).take(inside[1]) {
                    row[..inside[0]].fill(255);
                }
                bytes
            }
            Self::Bytes(bytes) => **bytes,
        }
    }

    /// One value.
    pub fn get(&self, x: usize, y: usize) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Full => 255,
            Self::Bytes(bytes) => bytes[y * SIDE + x],
        }
    }

    /// Copies a part of one row, from column `x`.
    pub fn read_row(&self, x: usize, y: usize, into: &mut [u8]) {
        match self {
            Self::Empty => into.fill(0),
            Self::Full => into.fill(255),
            Self::Bytes(bytes) => into.copy_from_slice(&bytes[y * SIDE + x..][..into.len()]),
        }
    }

    /// Whether both are the same memory, or the same short form.
    pub fn is_same_memory(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) | (Self::Full, Self::Full) => true,
            (Self::Bytes(one), Self::Bytes(two)) => Arc::ptr_eq(one, two),
            _ => false,
        }
    }

    /// Whether both have the same values in the image.
    pub fn is_equal(&self, other: &Self, inside: [usize; 2]) -> bool {
        if self.is_same_memory(other) {
            return true;
        }
        match (self, other) {
            (Self::Bytes(one), Self::Bytes(two)) => one == two,
            (Self::Bytes(_), short) => Self::is_same_memory(&self.shortened(inside), short),
            (short, Self::Bytes(_)) => Self::is_same_memory(&other.shortened(inside), short),
            _ => false,
        }
    }

    /// Whether every value is 0.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full => false,
            Self::Bytes(bytes) => bytes.iter().all(|v| *v == 0),
        }
    }
}
