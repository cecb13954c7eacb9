use super::spans::{Polygon, Spans};
use super::{Combine, Mask, MaskError, Stroke, spans};
use crate::PixelRect;

/// Something to be masked that is drawn in one go. Points are in pixels of the image: 0, 0 is its upper left corner, so the middle
/// of the first pixel is 0.5, 0.5. Shapes may lie partly or wholly outside; edges are smooth.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Upright, between two opposite corners in any order. Each pixel is masked by the exact share that lies inside.
    Rectangle {
        /// One corner.
        from: [f32; 2],
        /// The opposite one.
        to: [f32; 2],
    },
    /// The ellipse that fills the upright rectangle between two corners.
    Ellipse {
        /// One corner.
        from: [f32; 2],
        /// The opposite one.
        to: [f32; 2],
    },
    /// A polygon or a lasso; the last point is joined with the first. A place around which the line goes twice is outside
    /// (even-odd). Fewer than three points enclose nothing.
    Polygon(Vec<[f32; 2]>),
    /// Full up to the line through `from`, nothing beyond the line through `to`, even between. Nothing if both are one point.
    LinearGradient {
        /// Where it is still full.
        from: [f32; 2],
        /// Where it ends.
        to: [f32; 2],
    },
    /// Full in the middle, fading evenly to nothing at a distance. Nothing if that is not above 0.
    RadialGradient {
        /// The middle.
        centre: [f32; 2],
        /// Where it ends, in pixels.
        radius: f32,
    },
}

impl Shape {
    /// The mask of an image of this size that holds the shape alone.
    ///
    /// # Errors
    /// The size as in [`Mask::new`]; a point that is not a number or lies more than a million pixels away.
    pub fn mask(&self, size: [u32; 2]) -> Result<Mask, MaskError> {
        self.check()?;
        match self {
            Self::Rectangle { from, to } => {
                let (columns, rows) = (shares(from[0], to[0], size[0]), shares(from[1], to[1], size[1]));
                Mask::from_rows(size, around(*from, *to), |[x, y], row| {
                    let columns = &columns[x as usize..];
                    row.iter_mut().zip(columns).for_each(|(v, share)| *v = byte(*share * rows[y as usize]));
                })
            }
            Self::Ellipse { from, to } => {
                let (centre, half) = (middle(*from, *to), [(from[0] - to[0]).abs(), (from[1] - to[1]).abs()]);
                let half = half.map(|v| f64::from(v) / 2.0);
                let ellipse = move |y: f64, spans: &mut Vec<f64>| {
                    let height = (y - centre[1]) / half[1];
                    if height.abs() < 1.0 {
                        let reach = half[0] * (1.0 - height * height).sqrt();
                        spans.extend([centre[0] - reach, centre[0] + reach]);
                    }
                };
                spans::mask(size, around(*from, *to), |_, _| ellipse)
            }
            Self::Polygon(points) => {
                let polygon = Polygon::new(points);
                spans::mask(size, polygon.bounds(), |top, bottom| {
                    let mut sweep = polygon.sweep(top, bottom);
                    move |y: f64, spans: &mut Vec<f64>| sweep.crossings(y, spans)
                })
            }
            Self::LinearGradient { from, to } => {
                let (from, to) = (from.map(f64::from), to.map(f64::from));
                let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
                let square = dx * dx + dy * dy;
                if square == 0.0 {
                    return Mask::new(size);
                }
                Mask::from_rows(size, PixelRect::of_size(size), |[_, y], row| {
                    let start = (0.5 - from[0]) * dx + (f64::from(y) + 0.5 - from[1]) * dy;
                    for (x, v) in row.iter_mut().enumerate() {
                        *v = byte((1.0 - (start + x as f64 * dx) / square) as f32);
                    }
                })
            }
            Self::RadialGradient { centre, radius } => {
                let part = around(centre.map(|v| v - radius), centre.map(|v| v + radius));
                let (centre, radius) = (centre.map(f64::from), f64::from(*radius));
                if radius <= 0.0 {
                    return Mask::new(size);
                }
                Mask::from_rows(size, part, |[first, y], row| {
                    let across = f64::from(y) + 0.5 - centre[1];
                    for (x, v) in row.iter_mut().enumerate() {
                        let along = f64::from(first) + x as f64 + 0.5 - centre[0];
                        *v = byte((1.0 - (along * along + across * across).sqrt() / radius) as f32);
                    }
                })
            }
        }
    }

    fn check(&self) -> Result<(), MaskError> {
        let near = |point: &[f32; 2]| point.iter().all(|v| v.abs() <= Stroke::FURTHEST);
        let is_usable = match self {
            Self::Rectangle { from, to } | Self::Ellipse { from, to } | Self::LinearGradient { from, to } => {
                near(from) && near(to)
            }
            Self::Polygon(points) => points.iter().all(near),
            Self::RadialGradient { centre, radius } => near(centre) && near(&[*radius; 2]),
        };
        if is_usable { Ok(()) } else { Err(MaskError::Point) }
    }
}

impl Mask {
    /// The mask joined with a shape.
    ///
    /// # Errors
    /// As [`Shape::mask`].
    pub fn with_shape(&self, shape: &Shape, how: Combine) -> Result<Self, MaskError> {
        self.combined(&shape.mask(self.size())?, how)
    }
}

/// The pixels that the upright rectangle between two corners may touch.
fn around(a: [f32; 2], b: [f32; 2]) -> PixelRect {
    // Float to integer takes what is below 0 as 0. One pixel more on each side makes up for rounding.
    let first = [0, 1].map(|i| (a[i].min(b[i]) - 1.0) as u32);
    PixelRect::between(first, [0, 1].map(|i| (a[i].max(b[i]) + 2.0) as u32))
}

fn middle(a: [f32; 2], b: [f32; 2]) -> [f64; 2] {
    [0, 1].map(|i| (f64::from(a[i]) + f64::from(b[i])) / 2.0)
}

/// Which share of each pixel of a side lies between two places.
fn shares(from: f32, to: f32, pixels: u32) -> Vec<f32> {
    let (from, to) = (f64::from(from.min(to)), f64::from(from.max(to)));
    (0..pixels).map(|i| (to.min(f64::from(i) + 1.0) - from.max(f64::from(i))).clamp(0.0, 1.0) as f32).collect()
}

/// A share as a byte, rounded; outside 0 to 1 the nearest of them.
fn byte(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
