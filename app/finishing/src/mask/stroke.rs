use super::combine::product;
use super::segment::Segment;
use super::tile::{SIDE, TILE, Tile};
use super::{Brush, Combine, Mask};
use crate::PixelRect;

/// A stroke while it is made: a mask, and what a brush that moves over it leaves.
///
/// The brush covers the way between two points without spacing, and going twice over the same place in one stroke is the same as
/// going once. A point that is not a number, or further than a million pixels from the image, is left out: the stroke goes on at
/// the next one.
#[derive(Debug, Clone)]
pub struct Stroke {
    base: Mask,
    /// How much the tip has covered each pixel, 255 in its middle, before opacity.
    coverage: Mask,
    mask: Mask,
    brush: Brush,
    combine: Combine,
    last: Option<([f64; 2], f64)>,
}

impl Stroke {
    /// Points further away than this from the upper left corner are left out, in pixels.
    pub const FURTHEST: f32 = 1_000_000.0;

    /// Sets the brush down on a mask, at a point in pixels of the image (the middle of the first pixel is 0.5, 0.5), with a
    /// pressure of 0 to 1 that scales the radius (1 for a mouse).
    ///
    /// `Replace` and `Intersect` empty the mask everywhere but under the stroke; [`Mask::changed_tiles`] says what that changed.
    pub fn begin(base: Mask, brush: Brush, combine: Combine, at_in_image: [f32; 2], pressure: f32) -> Self {
        let blank = base.emptied();
        let mask = match combine {
            Combine::Add | Combine::Subtract => base.clone(),
            Combine::Replace | Combine::Intersect => blank.clone(),
        };
        let mut stroke = Self { base, coverage: blank, mask, brush: brush.in_range(), combine, last: None };
        stroke.extend(at_in_image, pressure);
        stroke
    }

    /// Moves the brush on. Gives a rectangle around everything that changed, or `None` if that is nothing.
    pub fn extend(&mut self, at_in_image: [f32; 2], pressure: f32) -> Option<PixelRect> {
        if !at_in_image.iter().all(|v| v.abs() <= Self::FURTHEST) {
            return None;
        }
        let tip = (at_in_image.map(f64::from), self.brush.radius_under(pressure));
        let segment = Segment::new(self.brush, self.last.unwrap_or(tip), tip);
        self.last = Some(tip);
        let [left, top, right, bottom] = segment.touched.bounds();
        // Float to integer takes what is below 0 as 0.
        let rect = PixelRect::between([left as u32, top as u32], [right.ceil() as u32, bottom.ceil() as u32])
            .intersection(PixelRect::of_size(self.base.size()));
        let mut changed = PixelRect::default();
        for (column, row) in self.base.places_in(rect) {
            changed = changed.union(self.cover_tile(&segment, column, row));
        }
        (!changed.is_empty()).then_some(changed)
    }

    /// The mask with the stroke as far as it is made.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The mask with the finished stroke. It shares memory with the one before wherever the stroke changed nothing.
    #[must_use]
    pub fn finish(self) -> Mask {
        self.base.sharing(&self.mask)
    }

    /// Gives the part of the tile that may have changed.
    fn cover_tile(&mut self, segment: &Segment, column: u32, row: u32) -> PixelRect {
        if matches!(self.coverage.tile(column, row), Tile::Full) {
            return PixelRect::default();
        }
        let rect = self.base.tile_rect(column, row);
        if is_all_full(segment, rect) {
            self.coverage.set_tile(column, row, Tile::Full);
            self.combine_whole_tile(column, row);
            return rect;
        }
        let mut changed = PixelRect::default();
        for y in rect.y..rect.bottom() {
            let Some((first, end)) = columns(segment.touched.span(f64::from(y) + 0.5), rect) else { continue };
            let line = (y % TILE) as usize * SIDE;
            let covered = &mut self.coverage.tile_bytes_mut(column, row)[line..line + rect.width as usize];
            let part = |from: u32, to: u32| (from - rect.x) as usize..(to - rect.x) as usize;
            match columns(segment.full.span(f64::from(y) + 0.5), rect) {
                Some((full, full_end)) => {
                    covered[part(full, full_end)].fill(255);
                    segment.cover(first, y, &mut covered[part(first, full.max(first))]);
                    segment.cover(full_end, y, &mut covered[part(full_end, end.max(full_end))]);
                }
                None => segment.cover(first, y, &mut covered[part(first, end)]),
            }
            changed = changed.union(PixelRect::between([first, y], [end, y + 1]));
        }
        if !changed.is_empty() {
            self.combine_part(column, row, changed);
        }
        changed
    }

    fn opacity(&self) -> u8 {
        (self.brush.opacity * 255.0).round() as u8
    }

    fn combine_whole_tile(&mut self, column: u32, row: u32) {
        let opacity = self.opacity();
        if opacity < 255 {
            return self.combine_part(column, row, self.base.tile_rect(column, row));
        }
        let (base, inside) = (self.base.tile(column, row), self.base.inside(column, row));
        self.mask.set_tile(column, row, self.combine.apply_tile(base, &Tile::Full, inside));
    }

    /// Computes a part of a tile of the mask anew from its base and what is covered.
    fn combine_part(&mut self, column: u32, row: u32, part: PixelRect) {
        let opacity = self.opacity();
        let (base, coverage) = (self.base.tile(column, row), self.coverage.tile(column, row));
        let made = self.mask.tile_bytes_mut(column, row);
        let (x, width) = ((part.x % TILE) as usize, part.width as usize);
        let (mut old, mut new) = ([0; SIDE], [0; SIDE]);
        for y in (part.y..part.bottom()).map(|y| (y % TILE) as usize) {
            base.read_row(x, y, &mut old[..width]);
            coverage.read_row(x, y, &mut new[..width]);
            if opacity < 255 {
                new[..width].iter_mut().for_each(|v| *v = product(*v, opacity));
            }
            self.combine.apply_row(&old[..width], &new[..width], &mut made[y * SIDE + x..][..width]);
        }
    }
}

/// Whether every pixel of a rectangle lies where the brush is full. The corners are enough, as the shape is convex.
fn is_all_full(segment: &Segment, rect: PixelRect) -> bool {
    [rect.y, rect.bottom() - 1]
        .iter()
        .all(|y| columns(segment.full.span(f64::from(*y) + 0.5), rect) == Some((rect.x, rect.right())))
}

/// The columns of a rectangle whose middles lie in a span: the first, and the one behind the last.
fn columns(span: Option<(f64, f64)>, rect: PixelRect) -> Option<(u32, u32)> {
    let (left, right) = span?;
    let first = ((left - 0.5).ceil().max(0.0) as u32).max(rect.x);
    let end = ((right + 0.5).floor().max(0.0) as u32).min(rect.right());
    (first < end).then_some((first, end))
}
