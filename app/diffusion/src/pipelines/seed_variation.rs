use crate::noise::{NoiseGenerator, NoiseSource};

/// A turn of the first noise towards that of another seed: little changes the picture a little.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeedVariation {
    /// The other seed.
    pub seed: u64,
    /// How far to turn, above 0 and at most 1, where 1 is the noise of the other seed.
    pub strength: f64,
}

/// Noise this nearly parallel has no plane to turn in.
const PARALLEL: f64 = 1e-6;

impl SeedVariation {
    /// Turns `[channels, height, width]` noise column by column, as A1111 does (source: `modules/rng.py`, `slerp`, read and
    /// re-implemented: it takes the angle along the height of the picture).
    pub(super) fn turn(&self, noise: &mut [f32], source: NoiseSource, [channels, height, width]: [usize; 3]) {
        let other = NoiseGenerator::new(source, self.seed).randn(noise.len());
        for column in (0..channels).flat_map(|channel| (0..width).map(move |x| channel * height * width + x)) {
            let places = || (0..height).map(|y| column + y * width);
            let sum = |product: &dyn Fn(usize) -> f64| places().map(product).sum::<f64>();
            let (from, to) = (|at: usize| f64::from(noise[at]), |at: usize| f64::from(other[at]));
            let (long, other_long) = (sum(&|at| from(at) * from(at)).sqrt(), sum(&|at| to(at) * to(at)).sqrt());
            let cosine = sum(&|at| from(at) * to(at)) / (long * other_long);
            let angle = libm::acos(cosine.clamp(-1.0, 1.0));
            let sine = libm::sin(angle);
            let (own, turned) = if sine.is_nan() || sine < PARALLEL {
                (1.0 - self.strength, self.strength)
            } else {
                (libm::sin((1.0 - self.strength) * angle) / sine, libm::sin(self.strength * angle) / sine)
            };
            for at in places() {
                noise[at] = (own * f64::from(noise[at]) + turned * f64::from(other[at])) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(strength: f64, shape: [usize; 3]) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        let len = shape.iter().product();
        let draw = |seed| NoiseGenerator::new(NoiseSource::TorchCpu, seed).randn(len);
        let (from, to) = (draw(1), draw(2));
        let mut noise = from.clone();
        SeedVariation { seed: 2, strength }.turn(&mut noise, NoiseSource::TorchCpu, shape);
        (from, to, noise)
    }

    #[test]
    fn a_little_is_near_the_own_noise_and_all_is_the_other() {
        let apart = |one: &[f32], other: &[f32]| -> f32 {
            one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
        };
        let (from, to, little) = turned(0.001, [4, 16, 16]);
        assert!(apart(&from, &little) < 0.05 && apart(&from, &little) > 0.0);
        let (_, _, all) = turned(1.0, [4, 16, 16]);
        assert!(apart(&all, &to) < 1e-5, "{}", apart(&all, &to));
        let (_, _, half) = turned(0.5, [4, 32, 32]);
        let spread = (half.iter().map(|value| value * value).sum::<f32>() / half.len() as f32).sqrt();
        assert!((spread - 1.0).abs() < 0.05, "turning keeps the spread: {spread}");
        assert!(to.len() == from.len() && half.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn one_row_has_no_plane_and_is_mixed_in_a_straight_line() {
        let (from, to, half) = turned(0.5, [2, 1, 5]);
        for at in 0..10 {
            assert!((half[at] - (from[at] + to[at]) / 2.0).abs() < 1e-6 || (from[at] * to[at] < 0.0), "{half:?}");
            assert!(half[at].is_finite());
        }
    }
}
