use super::Mask;
use crate::PixelRect;

/// Larger radii count as this one, in pixels.
const WIDEST: f32 = 1024.0;

impl Mask {
    /// The mask with soft edges: blurred with a Gaussian whose standard deviation is half of this radius in pixels, so that a hard
    /// edge fades from 98 to 2 % between a radius inside and a radius outside. Up to 1024; a radius that is not above 0 changes
    /// nothing. Beyond the edge of the image the mask counts as going on, so nothing fades there.
    #[must_use]
    pub fn feathered(&self, radius: f32) -> Self {
        if radius.is_nan() || radius <= 0.0 {
            return self.clone();
        }
        let weights = gaussian(f64::from(radius.min(WIDEST)) / 2.0);
        let reach = weights.len() / 2;
        self.by_neighbourhood(reach as u32, |rect| blurred_part(self, rect, &weights))
    }
}

/// Weights that sum to 1, up to three standard deviations to each side.
fn gaussian(deviation: f64) -> Vec<f32> {
    let reach = (3.0 * deviation).ceil().max(1.0) as i32;
    let weight = |i: i32| (-f64::from(i * i) / (2.0 * deviation * deviation)).exp();
    let sum: f64 = (-reach..=reach).map(weight).sum();
    (-reach..=reach).map(|i| (weight(i) / sum) as f32).collect()
}

fn blurred_part(mask: &Mask, rect: PixelRect, weights: &[f32]) -> Vec<u8> {
    let reach = weights.len() / 2;
    let window = rect.expand(reach as u32, mask.size());
    let values = mask.values(window);
    let (width, window_width) = (rect.width as usize, window.width as usize);
    // Where the window is cut off by the edge of the image, its outermost values go on.
    let left = reach - (rect.x - window.x) as usize;
    let mut padded = vec![0.0_f32; width + 2 * reach];
    let mut across = Vec::with_capacity(width * window.height as usize);
    for row in values.chunks_exact(window_width) {
        for (x, v) in padded.iter_mut().enumerate() {
            *v = f32::from(row[x.saturating_sub(left).min(window_width - 1)]);
        }
        across.extend(weighted(width, weights.iter().enumerate().map(|(i, weight)| (*weight, &padded[i..i + width]))));
    }
    let top = reach - (rect.y - window.y) as usize;
    let last = window.height as usize - 1;
    let mut blurred = Vec::with_capacity(rect.area() as usize);
    for y in 0..rect.height as usize {
        let rows = weights.iter().enumerate().map(|(i, weight)| {
            let row = (y + i).saturating_sub(top).min(last);
            (*weight, &across[row * width..(row + 1) * width])
        });
        blurred.extend(weighted(width, rows).into_iter().map(|v| (v + 0.5) as u8));
    }
    blurred
}

/// The weighted sum of rows.
fn weighted<'a>(width: usize, rows: impl Iterator<Item = (f32, &'a [f32])>) -> Vec<f32> {
    let mut sum = vec![0.0_f32; width];
    for (weight, row) in rows {
        sum.iter_mut().zip(row).for_each(|(sum, v)| *sum += weight * v);
    }
    sum
}
