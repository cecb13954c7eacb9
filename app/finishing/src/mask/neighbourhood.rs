use rayon::prelude::*;

use super::Mask;
use super::tile::{SIDE, TILE, Tile};
use crate::PixelRect;

impl Mask {
    /// The mask in which every value is computed from the values at most `reach` pixels away, on all cores. The function gets a
    /// rectangle and gives its new values row by row. It is not asked where the whole neighbourhood is empty, or all of it full:
    /// nothing changes there.
    pub(crate) fn by_neighbourhood(&self, reach: u32, compute: impl Fn(PixelRect) -> Vec<u8> + Sync) -> Self {
        // Blocks as long as the reach, or the margins would be most of the work.
        let [columns, rows] = self.tile_counts();
        let side = reach.div_ceil(TILE).max(1) as usize;
        let blocks: Vec<(u32, u32)> = (0..rows)
            .step_by(side)
            .flat_map(|row| (0..columns).step_by(side).map(move |column| (column, row)))
            .collect();
        let tiles: Vec<((u32, u32), Tile)> = blocks
            .into_par_iter()
            .filter_map(|(column, row)| {
                let side = side as u32 * TILE;
                let rect =
                    PixelRect::new(column * TILE, row * TILE, side, side).intersection(PixelRect::of_size(self.size()));
                let is_uniform = |tile: &Tile| {
                    let around = rect.expand(reach, self.size());
                    self.places_in(around).all(|(column, row)| self.tile(column, row).is_same_memory(tile))
                };
                (!is_uniform(&Tile::Empty) && !is_uniform(&Tile::Full)).then(|| self.cut(rect, &compute(rect)))
            })
            .flatten_iter()
            .collect();
        self.with_tiles(tiles)
    }

    /// The tiles of a rectangle of whole tiles, from its values.
    fn cut(&self, rect: PixelRect, bytes: &[u8]) -> Vec<((u32, u32), Tile)> {
        let cut = |(column, row)| {
            let (here, inside) = (self.tile_rect(column, row), self.inside(column, row));
            let mut tile = [0; SIDE * SIDE];
            for (y, to) in (here.y..here.bottom()).zip(tile.chunks_exact_mut(SIDE)) {
                let from = (y - rect.y) as usize * rect.width as usize + (here.x - rect.x) as usize;
                to[..inside[0]].copy_from_slice(&bytes[from..from + inside[0]]);
            }
            ((column, row), Tile::from_bytes(&tile, inside))
        };
        self.places_in(rect).map(cut).collect()
    }

    /// The values of a rectangle in the image.
    pub(crate) fn values(&self, rect: PixelRect) -> Vec<u8> {
        let mut bytes = vec![0; rect.area() as usize];
        self.copy_rect(rect, &mut bytes);
        bytes
    }
}
