use rayon::prelude::*;

use super::field::Field;

/// Lobes of the Lanczos window on each side.
const LOBES: f64 = 3.0;

/// The field at another size: Lanczos with three lobes, widened where it becomes smaller, edges repeated. The same size is the same
/// values.
pub(super) fn resample(field: &Field, width: usize, height: usize) -> Field {
    if (field.width, field.height) == (width, height) {
        return field.clone();
    }
    let across = taps(field.width, width);
    let mut wide = vec![[0.0; 3]; width * field.height];
    wide.par_chunks_mut(width.max(1)).zip(field.pixels.par_chunks(field.width.max(1))).for_each(|(out, row)| {
        for (pixel, taps) in out.iter_mut().zip(&across) {
            *pixel = taps.sum(|at| row[at]);
        }
    });
    let down = taps(field.height, height);
    let mut pixels = vec![[0.0; 3]; width * height];
    pixels.par_chunks_mut(width.max(1)).zip(&down).for_each(|(out, taps)| {
        for (x, pixel) in out.iter_mut().enumerate() {
            *pixel = taps.sum(|at| wide[at * width + x]);
        }
    });
    Field { width, height, pixels }
}

/// What one new pixel is made of.
struct Taps {
    first: isize,
    last: usize,
    weights: Vec<f32>,
}

impl Taps {
    fn sum(&self, value: impl Fn(usize) -> [f32; 3]) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for (at, weight) in (self.first..).zip(&self.weights) {
            let value = value(at.clamp(0, self.last as isize) as usize);
            for (sum, value) in sum.iter_mut().zip(value) {
                *sum += value * weight;
            }
        }
        sum
    }
}

fn taps(from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f64 / to.max(1) as f64;
    let stretch = scale.max(1.0);
    let one = |at: usize| {
        let centre = (at as f64 + 0.5) * scale - 0.5;
        let reach = LOBES * stretch;
        let (first, last) = ((centre - reach).ceil() as isize, (centre + reach).floor() as isize);
        let weights: Vec<f64> = (first..=last).map(|x| lanczos((x as f64 - centre) / stretch)).collect();
        let sum: f64 = weights.iter().sum();
        Taps {
            first,
            last: from.saturating_sub(1),
            weights: weights.iter().map(|weight| (weight / sum) as f32).collect(),
        }
    };
    (0..to).map(one).collect()
}

fn lanczos(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        return 1.0;
    }
    if x.abs() >= LOBES {
        return 0.0;
    }
    let turn = std::f64::consts::PI * x;
    // From libm, so that every machine computes the same.
    LOBES * libm::sin(turn) * libm::sin(turn / LOBES) / (turn * turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(width: usize, height: usize, colour: impl Fn(f32, f32) -> f32) -> Field {
        let pixels = (0..width * height)
            .map(|at| [colour((at % width) as f32 + 0.5, (at / width) as f32 + 0.5), 7.0, 250.0])
            .collect();
        Field { width, height, pixels }
    }

    #[test]
    fn flat_stays_flat_and_a_gradient_stays_a_gradient() {
        let before = field(40, 31, |x, y| 20.0 + 2.0 * x + 3.0 * y);
        for (width, height) in [(80, 62), (13, 9), (40, 62), (41, 30)] {
            let after = resample(&before, width, height);
            assert_eq!((after.width, after.height, after.pixels.len()), (width, height, width * height));
            let (across, down) = (40.0 / width as f32, 31.0 / height as f32);
            for (at, pixel) in after.pixels.iter().enumerate() {
                assert!((pixel[1] - 7.0).abs() < 1e-3 && (pixel[2] - 250.0).abs() < 1e-3, "{pixel:?}");
                let (x, y) = (((at % width) as f32 + 0.5) * across, ((at / width) as f32 + 0.5) * down);
                let is_inside = (10.0..30.0).contains(&x) && (10.0..21.0).contains(&y);
                let expected = 20.0 + 2.0 * x + 3.0 * y;
                // Three lobes ripple a little on a slope.
                assert!(!is_inside || (pixel[0] - expected).abs() < 0.6, "{} is not {expected}", pixel[0]);
            }
        }
        assert_eq!(resample(&before, 40, 31), before);
    }

    #[test]
    fn one_pixel_can_be_enlarged_and_a_row_shrunk_to_one() {
        let one = Field { width: 1, height: 1, pixels: vec![[9.0, 8.0, 7.0]] };
        let large = resample(&one, 16, 8);
        assert!(large.pixels.iter().all(|pixel| (pixel[0] - 9.0).abs() < 1e-4));
        let row = field(64, 1, |_, _| 30.0);
        assert!((resample(&row, 1, 1).pixels[0][0] - 30.0).abs() < 1e-4);
    }
}
