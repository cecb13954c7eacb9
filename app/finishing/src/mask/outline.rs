use super::Mask;
use super::tile::TILE;
use crate::PixelRect;

/// The sides of a square between four samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Top,
    Right,
    Bottom,
    Left,
}

use Side::{Bottom, Left, Right, Top};

/// Where lines enter and leave a square, for which of its corners are masked (1 upper left, 2 upper right, 4 lower right, 8 lower
/// left): clockwise on the screen around what is masked. The squares 5 and 10 have two lines; here their masked corners are apart.
const LINES: [&[(Side, Side)]; 16] = [
    &[],
    &[(Top, Left)],
    &[(Right, Top)],
    &[(Right, Left)],
    &[(Bottom, Right)],
    &[(Top, Left), (Bottom, Right)],
    &[(Bottom, Top)],
    &[(Bottom, Left)],
    &[(Left, Bottom)],
    &[(Top, Bottom)],
    &[(Right, Top), (Left, Bottom)],
    &[(Right, Bottom)],
    &[(Left, Right)],
    &[(Top, Right)],
    &[(Left, Top)],
    &[],
];

/// The same for squares 5 and 10 whose middle is masked: their masked corners are joined.
const JOINED: [[(Side, Side); 2]; 2] = [[(Top, Right), (Bottom, Left)], [(Left, Top), (Right, Bottom)]];

/// The closed lines along which a mask is half masked (127.5), for marching ants: points in pixels of the image, each line clockwise
/// around what is masked; the last point is joined with the first. Found by marching squares between the middles of pixels.
///
/// Only `rect` is looked at: a mask that goes on outside is closed along its edge. With a `step` above 1 only the middle pixel of
/// each step x step block is looked at, for views that are zoomed out; what is smaller than a step may be missing then. A step of 0
/// counts as 1.
pub fn outline(mask: &Mask, rect: PixelRect, step: u32) -> Vec<Vec<[f32; 2]>> {
    let rect = rect.intersection(PixelRect::of_size(mask.size()));
    if rect.is_empty() {
        return Vec::new();
    }
    let mut squares = Squares::new(mask, rect, step.max(1));
    let mut lines = Vec::new();
    for start in squares.crossed() {
        while let Some(side) = squares.waiting(start) {
            lines.push(squares.follow(start, side));
        }
    }
    lines
}

/// Samples that are looked at at once.
const AT_ONCE: usize = 16;

/// Samples of a mask with a border of zeros, and the squares between them.
struct Squares {
    samples: Vec<u8>,
    /// Samples in a row, border included.
    width: usize,
    /// Where the samples of each column and row are in the image.
    places: [Vec<f32>; 2],
    /// For each square, at the index of its upper left sample: a bit for each side at which a line enters that is not followed yet.
    entries: Vec<u8>,
}

impl Squares {
    fn new(mask: &Mask, rect: PixelRect, step: u32) -> Self {
        let [columns, rows] = [sampled(rect.x, rect.width, step), sampled(rect.y, rect.height, step)];
        let width = columns.len() + 2;
        let mut samples = vec![0; width * (rows.len() + 2)];
        for (y, row) in rows.iter().zip(samples.chunks_exact_mut(width).skip(1)) {
            let row = &mut row[1..=columns.len()];
            if step == 1 {
                mask.copy_rect(PixelRect::new(rect.x, *y, rect.width, 1), row);
            } else {
                for (v, x) in row.iter_mut().zip(&columns) {
                    *v = mask.tile(x / TILE, y / TILE).get((x % TILE) as usize, (y % TILE) as usize);
                }
            }
        }
        let places = [(columns, rect.x, rect.right()), (rows, rect.y, rect.bottom())].map(|(pixels, first, end)| {
            let middles: Vec<f32> = pixels.iter().map(|pixel| *pixel as f32 + 0.5).collect();
            // The border lies as far outside as the outermost samples lie inside.
            let border = [2.0 * first as f32 - middles[0], 2.0 * end as f32 - middles[middles.len() - 1]];
            [border[0]].into_iter().chain(middles).chain([border[1]]).collect()
        });
        let entries = vec![0; samples.len()];
        Self { samples, width, places, entries }
    }

    /// The squares that lines cross; their entries are set.
    fn crossed(&mut self) -> Vec<usize> {
        let mut crossed = Vec::new();
        for top in (0..self.samples.len() - self.width).step_by(self.width) {
            let mut x = 0;
            while x + 1 < self.width {
                let at = top + x;
                if x + 1 + AT_ONCE < self.width && self.is_uniform(at) && self.is_uniform(at + 1) {
                    x += AT_ONCE;
                    continue;
                }
                let lines = self.lines(at);
                if !lines.is_empty() {
                    self.entries[at] = lines.iter().map(|(entry, _)| 1 << *entry as u8).sum();
                    crossed.push(at);
                }
                x += 1;
            }
        }
        crossed
    }

    /// Whether 16 samples of a row and of the row below are all masked, or none is.
    fn is_uniform(&self, at: usize) -> bool {
        // The highest bit of a byte is set from 128 on.
        const HIGHEST: u128 = u128::from_ne_bytes([128; AT_ONCE]);
        let sixteen = |at: usize| self.samples[at..].first_chunk().map_or(1, |bytes| u128::from_ne_bytes(*bytes));
        let (above, below) = (sixteen(at) & HIGHEST, sixteen(at + self.width) & HIGHEST);
        above == below && (above == 0 || above == HIGHEST)
    }

    fn lines(&self, at: usize) -> &'static [(Side, Side)] {
        let corners = [at, at + 1, at + self.width + 1, at + self.width].map(|corner| self.samples[corner]);
        let code: usize = (0..4).map(|i| usize::from(corners[i] >> 7) << i).sum();
        let is_joined = corners.iter().map(|v| u32::from(*v)).sum::<u32>() >= 2 * 255;
        match code {
            5 if is_joined => &JOINED[0],
            10 if is_joined => &JOINED[1],
            code => LINES[code],
        }
    }

    /// A side at which a line enters that is not followed yet.
    fn waiting(&self, at: usize) -> Option<Side> {
        [Top, Right, Bottom, Left].into_iter().find(|side| self.entries[at] & (1 << *side as u8) != 0)
    }

    /// Follows the line that enters here until it is back.
    fn follow(&mut self, mut at: usize, mut entry: Side) -> Vec<[f32; 2]> {
        let mut line = Vec::new();
        while self.entries[at] & (1 << entry as u8) != 0 {
            self.entries[at] &= !(1 << entry as u8);
            add(&mut line, self.crossing(at, entry));
            let Some((_, exit)) = self.lines(at).iter().find(|(from, _)| *from == entry) else { break };
            (at, entry) = match exit {
                Top => (at - self.width, Bottom),
                Right => (at + 1, Left),
                Bottom => (at + self.width, Top),
                Left => (at - 1, Right),
            };
        }
        // Where the line closes, its last and its first point may lie in a straight piece.
        if let [first, .., before, last] = line[..]
            && is_straight(before, last, first)
        {
            line.pop();
        }
        if let [first, second, .., last] = line[..]
            && is_straight(last, first, second)
        {
            line.remove(0);
        }
        line
    }

    /// Where between two samples the value is 127.5.
    fn crossing(&self, at: usize, side: Side) -> [f32; 2] {
        let (one, two) = match side {
            Top => (at, at + 1),
            Right => (at + 1, at + 1 + self.width),
            Bottom => (at + self.width, at + self.width + 1),
            Left => (at, at + self.width),
        };
        let (low, high) = (f32::from(self.samples[one]), f32::from(self.samples[two]));
        let share = (127.5 - low) / (high - low);
        let place = |at: usize| [self.places[0][at % self.width], self.places[1][at / self.width]];
        let (from, to) = (place(one), place(two));
        [0, 1].map(|i| from[i] + (to[i] - from[i]) * share)
    }
}

/// The pixels that stand for the blocks of a side.
fn sampled(first: u32, pixels: u32, step: u32) -> Vec<u32> {
    (0..pixels.div_ceil(step))
        .map(|i| first + (u64::from(i) * u64::from(step) + u64::from(step) / 2) as u32)
        .map(|pixel| pixel.min(first + pixels - 1))
        .collect()
}

/// Appends a point; in a straight piece only the last one stays.
fn add(line: &mut Vec<[f32; 2]>, point: [f32; 2]) {
    if let [.., a, b] = line[..]
        && is_straight(a, b, point)
    {
        line.pop();
    }
    line.push(point);
}

fn is_straight(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> bool {
    let (first, second) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
    first[0] * second[1] == first[1] * second[0] && first[0] * second[0] + first[1] * second[1] > 0.0
}
