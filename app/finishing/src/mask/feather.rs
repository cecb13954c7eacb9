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
        weighted(width, weights, |i| &padded[i..i + width], |sums| across.extend(sums));
    }
    let top = reach - (rect.y - window.y) as usize;
    let last = window.height as usize - 1;
    let mut blurred = Vec::with_capacity(rect.area() as usize);
    for y in 0..rect.height as usize {
        let row = |i: usize| {
            let row = (y + i).saturating_sub(top).min(last);
            &across[row * width..(row + 1) * width]
        };
        weighted(width, weights, row, |sums| blurred.extend(sums.iter().map(|v| (v + 0.5) as u8)));
    }
    blurred
}

/// Gives the weighted sum of rows piece by piece, from left to right.
fn weighted<'a>(width: usize, weights: &[f32], row: impl Fn(usize) -> &'a [f32], mut give: impl FnMut(&[f32])) {
    // So many sums stay in registers while all rows go by.
    const AT_ONCE: usize = 32;
    for x in (0..width).step_by(AT_ONCE) {
        let mut sums = [0.0_f32; AT_ONCE];
        let here = AT_ONCE.min(width - x);
        for (i, weight) in weights.iter().enumerate() {
            let row = &row(i)[x..x + here];
            match row.first_chunk::<AT_ONCE>() {
                Some(row) => sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += weight * v),
                None => sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += weight * v),
            }
        }
        give(&sums[..here]);
    }
}
