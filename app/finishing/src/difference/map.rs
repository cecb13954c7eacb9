use rayon::prelude::*;

use super::{DifferenceError, heat};
use crate::mask::PictureView;

/// How far every pixel of two pictures differs: the greatest difference of a channel, 0 to 255.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    size: [u32; 2],
    /// Row by row from the top, one byte a pixel.
    values: Vec<u8>,
    largest: u8,
    changed: u64,
}

impl Difference {
    /// Measures two pictures of one size.
    ///
    /// # Errors
    /// They have different sizes.
    pub fn between(one: &PictureView<'_>, other: &PictureView<'_>) -> Result<Self, DifferenceError> {
        if one.size() != other.size() {
            return Err(DifferenceError::OtherSize { size: one.size(), other: other.size() });
        }
        let [width, height] = one.size();
        let mut values = vec![0_u8; width as usize * height as usize];
        let rows = values.par_chunks_exact_mut((width as usize).max(1)).zip(0..height);
        let row = |(row, y): (&mut [u8], u32)| {
            let pixels = one.pixels(y).zip(other.pixels(y));
            row.iter_mut().zip(pixels).for_each(|(value, (one, other))| *value = apart(one, other));
            let largest = row.iter().copied().max().unwrap_or(0);
            let changed = row.iter().filter(|value| **value > 0).count() as u64;
            (largest, changed)
        };
        let join = |(a, b): (u8, u64), (c, d): (u8, u64)| (a.max(c), b + d);
        let (largest, changed) = rows.map(row).reduce(|| (0, 0), join);
        Ok(Self { size: [width, height], values, largest, changed })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// How far each pixel differs, 0 to 255: rows from the top, one byte a pixel.
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The largest of them.
    pub fn largest(&self) -> u8 {
        self.largest
    }

    /// How many pixels differ at all.
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// The map as a picture: rows of RGB, 8 bits each, in the colours of [`heat`].
    pub fn heat_map(&self) -> Vec<u8> {
        let colours: Vec<[u8; 3]> = (0..=u8::MAX).map(heat).collect();
        let mut rgb = vec![0; self.values.len() * 3];
        let pixels = rgb.par_chunks_exact_mut(3).zip(&self.values);
        pixels.for_each(|(pixel, value)| pixel.copy_from_slice(&colours[usize::from(*value)]));
        rgb
    }
}

/// The greatest difference of a channel.
fn apart(one: [u8; 4], other: [u8; 4]) -> u8 {
    one.iter().zip(other).map(|(a, b)| a.abs_diff(b)).fold(0, u8::max)
}
