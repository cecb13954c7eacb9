use super::{Mask, MaskError};
use crate::PixelRect;

/// Lines that are looked at in each row of pixels. Along a line, edges are exact; across lines, to a sixteenth of a pixel.
const LINES: u32 = 16;

/// Something that says where a horizontal line enters and leaves a shape: pairs of columns from left to right, or pairs of a shape
/// that is drawn even-odd. It is asked from top to bottom.
pub(crate) trait Spans {
    /// Appends the crossings at this height, an even number of them.
    fn crossings(&mut self, y: f64, into: &mut Vec<f64>);
}

impl<F: FnMut(f64, &mut Vec<f64>)> Spans for F {
    fn crossings(&mut self, y: f64, into: &mut Vec<f64>) {
        self(y, into);
    }
}

/// The mask of a shape that lies in a part of the image. `sweep` is called with top and bottom of each piece that is drawn at once.
pub(crate) fn mask<S: Spans>(
    size: [u32; 2],
    part: PixelRect,
    sweep: impl Fn(f64, f64) -> S + Sync,
) -> Result<Mask, MaskError> {
    Mask::from_bands(size, part, |rect, bytes| {
        let (left, width) = (f64::from(rect.x), rect.width as usize);
        let (first, end) = (f64::from(rect.y), f64::from(rect.bottom()));
        let mut spans = sweep(first, end);
        // How much the coverage rises from each pixel to the next; one more for the right edge.
        let mut rises = vec![0.0_f32; width + 2];
        let mut crossings = Vec::new();
        for (y, row) in (rect.y..).zip(bytes.chunks_exact_mut(width)) {
            rises.fill(0.0);
            let mut is_crossed = false;
            for line in 0..LINES {
                crossings.clear();
                spans.crossings(f64::from(y) + (f64::from(line) + 0.5) / f64::from(LINES), &mut crossings);
                for pair in crossings.chunks_exact(2) {
                    rise(&mut rises, pair[0] - left, 1.0);
                    rise(&mut rises, pair[1] - left, -1.0);
                    is_crossed = true;
                }
            }
            if is_crossed {
                let mut height = 0.0;
                for (v, rise) in row.iter_mut().zip(&rises) {
                    height += rise;
                    *v = (height * (255.0 / LINES as f32) + 0.5) as u8;
                }
            }
        }
    })
}

/// Begins coverage at a place: a part of the pixel there, everything to its right.
fn rise(rises: &mut [f32], x: f64, by: f32) {
    let x = x.clamp(0.0, (rises.len() - 2) as f64);
    let (pixel, part) = (x as usize, x.fract() as f32);
    rises[pixel] += by * (1.0 - part);
    rises[pixel + 1] += by * part;
}

/// The sides of a polygon, sorted by where they begin.
#[derive(Debug)]
pub(crate) struct Polygon {
    /// From the upper to the lower end; level sides are left out.
    sides: Vec<[[f64; 2]; 2]>,
}

impl Polygon {
    pub fn new(points: &[[f32; 2]]) -> Self {
        let next = points.iter().skip(1).chain(points.first());
        let sides = points.iter().zip(next).map(|(a, b)| [a.map(f64::from), b.map(f64::from)]);
        let mut sides: Vec<_> =
            sides.filter(|[a, b]| a[1] != b[1]).map(|[a, b]| if a[1] < b[1] { [a, b] } else { [b, a] }).collect();
        sides.sort_by(|a, b| a[0][1].total_cmp(&b[0][1]));
        Self { sides }
    }

    /// The pixels that it may touch.
    pub fn bounds(&self) -> PixelRect {
        let ends = || self.sides.iter().flatten();
        let least = |i: usize| ends().map(|end| end[i]).fold(f64::INFINITY, f64::min).floor();
        let most = |i: usize| ends().map(|end| end[i]).fold(f64::NEG_INFINITY, f64::max).ceil();
        // Float to integer takes what is out of range as the nearest that is in it.
        PixelRect::between([least(0) as u32, least(1) as u32], [most(0) as u32, most(1) as u32])
    }

    /// For lines from a height down to another.
    pub fn sweep(&self, top: f64, bottom: f64) -> Sweep {
        let sides = self.sides.iter().take_while(|side| side[0][1] < bottom).filter(|side| side[1][1] > top);
        Sweep { ahead: sides.copied().collect(), next: 0, active: Vec::new() }
    }
}

/// Follows the sides of a polygon from top to bottom.
#[derive(Debug)]
pub(crate) struct Sweep {
    ahead: Vec<[[f64; 2]; 2]>,
    next: usize,
    active: Vec<[[f64; 2]; 2]>,
}

impl Spans for Sweep {
    fn crossings(&mut self, y: f64, into: &mut Vec<f64>) {
        while let Some(side) = self.ahead.get(self.next).filter(|side| side[0][1] <= y) {
            self.active.push(*side);
            self.next += 1;
        }
        // A side contains its upper end and not its lower one, so a corner counts once.
        self.active.retain(|side| side[1][1] > y);
        into.extend(self.active.iter().map(|[a, b]| a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])));
        into.sort_by(f64::total_cmp);
    }
}
