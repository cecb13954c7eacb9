//! The plate: a small float picture that styles print on, and the coverage masks they print through.

use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Shape, round_stroke};
use tiny_skia::{FillRule, Mask, Transform};

/// Coverage of a shape, 0 to 1 for each pixel.
#[derive(Clone)]
pub struct Coverage {
    /// Width and height in pixels.
    pub size: usize,
    /// Row-major.
    pub data: Vec<f32>,
}

impl Coverage {
    fn of(path: Option<&tiny_skia::Path>, size: usize, dx: f32, dy: f32) -> Coverage {
        let scale = size as f32;
        let mut data = vec![0.0; size * size];
        if let (Some(path), Some(mut mask)) = (path, Mask::new(size as u32, size as u32)) {
            mask.fill_path(path, FillRule::Winding, true, Transform::from_scale(scale, scale).post_translate(dx, dy));
            for (out, &byte) in data.iter_mut().zip(mask.data()) {
                *out = f32::from(byte) / 255.0;
            }
        }
        Coverage { size, data }
    }

    /// The shape itself, shifted by (dx, dy) pixels.
    pub fn shape(shape: &Shape, size: usize, dx: f32, dy: f32) -> Coverage {
        match shape.line {
            // Lines thinner than 1.6 pixels would shimmer, so they are thickened to that.
            Some(width) => {
                let outline = shape.path.stroke(&round_stroke(width.max(1.6 / size as f32)), size as f32);
                Coverage::of(outline.as_ref(), size, dx, dy)
            }
            None => Coverage::of(Some(&shape.path), size, dx, dy),
        }
    }

    /// The shape's edge as a line `pixels` wide; for lines, the line grown by that much.
    pub fn edge(shape: &Shape, size: usize, pixels: f32) -> Coverage {
        let width = shape.line.unwrap_or(0.0) + pixels / size as f32;
        Coverage::of(shape.path.stroke(&round_stroke(width), size as f32).as_ref(), size, 0.0, 0.0)
    }

    /// Softened by a box blur of the given radius in pixels, run twice.
    pub fn blurred(&self, radius: usize) -> Coverage {
        let n = self.size;
        let mut data = self.data.clone();
        for pass in 0..4 {
            let source = data.clone();
            let (step, across) = if pass % 2 == 0 { (1, n) } else { (n, 1) };
            for line in 0..n {
                for i in 0..n {
                    let low = i.saturating_sub(radius);
                    let high = (i + radius).min(n - 1);
                    let sum: f32 = (low..=high).map(|k| source[line * across + k * step]).sum();
                    data[line * across + i * step] = sum / (high - low + 1) as f32;
                }
            }
        }
        Coverage { size: n, data }
    }

    /// Coverage looked up at a displaced position: wobbles the edge.
    pub fn wobbled(&self, field: &Field, pixels: f32) -> Coverage {
        let n = self.size;
        let mut data = vec![0.0; n * n];
        for y in 0..n {
            for x in 0..n {
                let (u, v) = (x as f32 / n as f32, y as f32 / n as f32);
                let dx = (field.at(u, v) - 0.5) * 2.0 * pixels;
                let dy = (field.at(v, u) - 0.5) * 2.0 * pixels;
                let sx = (x as f32 + dx).clamp(0.0, n as f32 - 1.001);
                let sy = (y as f32 + dy).clamp(0.0, n as f32 - 1.001);
                let (ix, iy) = (sx as usize, sy as usize);
                let (fx, fy) = (sx - ix as f32, sy - iy as f32);
                let at = |x: usize, y: usize| self.data[y.min(n - 1) * n + x.min(n - 1)];
                data[y * n + x] = (at(ix, iy) * (1.0 - fx) + at(ix + 1, iy) * fx) * (1.0 - fy)
                    + (at(ix, iy + 1) * (1.0 - fx) + at(ix + 1, iy + 1) * fx) * fy;
            }
        }
        Coverage { size: n, data }
    }
}

/// Smooth random values in 0 to 1 over the unit square.
pub struct Field {
    cells: usize,
    values: Vec<f32>,
}

impl Field {
    /// A field with `cells` x `cells` random knots.
    pub fn new(cells: usize, random: &mut Random) -> Field {
        Field { cells, values: (0..(cells + 2) * (cells + 2)).map(|_| random.range(0.0, 1.0)).collect() }
    }

    /// The value at (u, v), both 0 to 1.
    pub fn at(&self, u: f32, v: f32) -> f32 {
        let place = |t: f32| {
            let t = t.clamp(0.0, 1.0) * self.cells as f32;
            let i = t as usize;
            let f = t - i as f32;
            (i, f * f * (3.0 - 2.0 * f))
        };
        let ((x, fx), (y, fy)) = (place(u), place(v));
        let w = self.cells + 2;
        let at = |x: usize, y: usize| self.values[y * w + x];
        (at(x, y) * (1.0 - fx) + at(x + 1, y) * fx) * (1.0 - fy)
            + (at(x, y + 1) * (1.0 - fx) + at(x + 1, y + 1) * fx) * fy
    }
}

/// The picture under way.
pub struct Plate {
    /// Width and height in pixels.
    pub size: usize,
    pixels: Vec<[f32; 3]>,
}

/// The colour as floats, 0 to 255.
pub fn paint(rgb: Rgb) -> [f32; 3] {
    [f32::from(rgb.0), f32::from(rgb.1), f32::from(rgb.2)]
}

impl Plate {
    /// A plate of one colour.
    pub fn new(size: usize, ground: Rgb) -> Plate {
        Plate { size, pixels: vec![paint(ground); size * size] }
    }

    /// Covers everything with one colour.
    pub fn clear(&mut self, ground: Rgb) {
        self.pixels.fill(paint(ground));
    }

    /// Changes every pixel; the closure gets x, y in 0..size and the colour.
    pub fn each(&mut self, mut change: impl FnMut(usize, usize, [f32; 3]) -> [f32; 3]) {
        let size = self.size;
        for (i, pixel) in self.pixels.iter_mut().enumerate() {
            *pixel = change(i % size, i / size, *pixel);
        }
    }

    /// Lays a colour through a coverage with the given strength.
    pub fn lay(&mut self, coverage: &Coverage, rgb: Rgb, strength: f32) {
        let colour = paint(rgb);
        for (pixel, &c) in self.pixels.iter_mut().zip(&coverage.data) {
            let a = c * strength;
            if a > 0.0 {
                for k in 0..3 {
                    pixel[k] += (colour[k] - pixel[k]) * a;
                }
            }
        }
    }

    /// Lays a colour whose strength depends on the pixel.
    pub fn lay_with(&mut self, coverage: &Coverage, rgb: Rgb, strength: impl Fn(usize, usize) -> f32) {
        let (size, colour) = (self.size, paint(rgb));
        for (i, (pixel, &c)) in self.pixels.iter_mut().zip(&coverage.data).enumerate() {
            if c > 0.0 {
                let a = (c * strength(i % size, i / size)).clamp(0.0, 1.0);
                for k in 0..3 {
                    pixel[k] += (colour[k] - pixel[k]) * a;
                }
            }
        }
    }

    /// Adds light of a colour.
    pub fn glow(&mut self, coverage: &Coverage, rgb: Rgb, strength: f32) {
        let colour = paint(rgb);
        for (pixel, &c) in self.pixels.iter_mut().zip(&coverage.data) {
            let a = c * strength;
            if a > 0.0 {
                for k in 0..3 {
                    // Screen blending: light adds up but never clips hard.
                    pixel[k] = 255.0 - (255.0 - pixel[k]) * (1.0 - colour[k] / 255.0 * a);
                }
            }
        }
    }

    /// The finished picture, interleaved 8-bit RGB.
    pub fn finish(self) -> Vec<u8> {
        self.pixels.into_iter().flatten().map(|v| v.round().clamp(0.0, 255.0) as u8).collect()
    }
}

/// A staggered halftone screen aligned to the pixel grid, period one sixteenth of the picture: `tone` 0 gives no dots, 1 covers all.
pub fn halftone(x: usize, y: usize, size: usize, tone: f32) -> f32 {
    let period = size as f32 / 16.0;
    let cell = |offset: f32| {
        let dx = ((x as f32 + 0.5 + offset) / period).fract() - 0.5;
        let dy = ((y as f32 + 0.5 + offset) / period).fract() - 0.5;
        (dx * dx + dy * dy).sqrt() * period
    };
    let distance = cell(0.0).min(cell(period / 2.0));
    let radius = tone.clamp(0.0, 1.0).sqrt() * period * 0.52;
    (radius - distance + 0.5).clamp(0.0, 1.0)
}
