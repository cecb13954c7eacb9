use std::ops::Range;

/// A Gaussian as a recursive filter, so that its cost does not depend on its width: the sum of two damped oscillations to each side.
/// It is within 0.001 of the height of the true curve. Beyond the ends of a row its outermost values go on.
///
/// Source: Deriche, "Recursively implementing the Gaussian and its derivatives", INRIA report 1893, 1993, fourth order; written with
/// complex numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gaussian {
    waves: [Wave; 2],
}

/// At a distance of `k` pixels: the real part of `height * turn^k`.
#[derive(Debug, Clone, Copy)]
struct Wave {
    height: [f64; 2],
    turn: [f64; 2],
}

/// What one side of a wave has gathered, a complex number for each wave.
type Gathered = [[f64; 2]; 2];

impl Gaussian {
    /// With this standard deviation in pixels, above 0. Its values sum to 1.
    pub fn new(deviation: f64) -> Self {
        let wave = |cosine: f64, sine: f64, damping: f64, frequency: f64| {
            let (size, angle) = (libm::exp(-damping / deviation), frequency / deviation);
            Wave { height: [cosine, -sine], turn: [size * libm::cos(angle), size * libm::sin(angle)] }
        };
        let mut waves = [wave(1.68, 3.735, 1.783, 0.6318), wave(-0.6803, -0.2598, 1.723, 1.997)];
        // Both sides of each wave; the middle belongs to one of them.
        let total: f64 = waves.iter().map(|wave| 2.0 * real(wave.height, endless(wave.turn)) - wave.height[0]).sum();
        waves.iter_mut().for_each(|wave| wave.height = wave.height.map(|v| v / total));
        Self { waves }
    }

    /// Blurs a row of at least one value.
    pub fn blur_row(&self, row: &[u8], into: &mut [f64]) {
        let (Some(first), Some(last)) = (row.first(), row.last()) else { return };
        let mut gathered = self.waves.map(|wave| scaled(endless(wave.turn), f64::from(*first)));
        for (v, to) in row.iter().zip(into.iter_mut()) {
            for (wave, gathered) in self.waves.iter().zip(&mut gathered) {
                *gathered = product(wave.turn, *gathered);
                gathered[0] += f64::from(*v);
            }
            *to = self.sum(&gathered);
        }
        let mut gathered = self.waves.map(|wave| product(wave.turn, scaled(endless(wave.turn), f64::from(*last))));
        for (v, to) in row.iter().zip(into).rev() {
            *to += self.sum(&gathered);
            for (wave, gathered) in self.waves.iter().zip(&mut gathered) {
                gathered[0] += f64::from(*v);
                *gathered = product(wave.turn, *gathered);
            }
        }
    }

    /// Blurs the columns of rows of this width, and gives those rows of the result.
    pub fn blur_columns(&self, rows: &[f32], width: usize, wanted: Range<usize>) -> Vec<f32> {
        let row = |y: usize| &rows[y * width..(y + 1) * width];
        let last = rows.len() / width - 1;
        let mut blurred = vec![0.0; wanted.len() * width];
        let mut gathered: Vec<Gathered> =
            row(0).iter().map(|v| self.waves.map(|wave| scaled(endless(wave.turn), f64::from(*v)))).collect();
        for y in 0..wanted.end {
            for (v, gathered) in row(y).iter().zip(&mut gathered) {
                for (wave, gathered) in self.waves.iter().zip(gathered) {
                    *gathered = product(wave.turn, *gathered);
                    gathered[0] += f64::from(*v);
                }
            }
            if y >= wanted.start {
                let to = &mut blurred[(y - wanted.start) * width..][..width];
                to.iter_mut().zip(&gathered).for_each(|(to, gathered)| *to = self.sum(gathered) as f32);
            }
        }
        for (v, gathered) in row(last).iter().zip(&mut gathered) {
            *gathered = self.waves.map(|wave| product(wave.turn, scaled(endless(wave.turn), f64::from(*v))));
        }
        for y in (wanted.start..=last).rev() {
            if y < wanted.end {
                let to = &mut blurred[(y - wanted.start) * width..][..width];
                to.iter_mut().zip(&gathered).for_each(|(to, gathered)| *to += self.sum(gathered) as f32);
            }
            for (v, gathered) in row(y).iter().zip(&mut gathered) {
                for (wave, gathered) in self.waves.iter().zip(gathered) {
                    gathered[0] += f64::from(*v);
                    *gathered = product(wave.turn, *gathered);
                }
            }
        }
        blurred
    }

    fn sum(&self, gathered: &Gathered) -> f64 {
        real(self.waves[0].height, gathered[0]) + real(self.waves[1].height, gathered[1])
    }
}

fn product([a, b]: [f64; 2], [c, d]: [f64; 2]) -> [f64; 2] {
    [a * c - b * d, a * d + b * c]
}

fn real([a, b]: [f64; 2], [c, d]: [f64; 2]) -> f64 {
    a * c - b * d
}

fn scaled(number: [f64; 2], by: f64) -> [f64; 2] {
    number.map(|v| v * by)
}

/// The sum of all powers of a number from the 0th on: `1 / (1 - turn)`.
fn endless([a, b]: [f64; 2]) -> [f64; 2] {
    let size = (1.0 - a) * (1.0 - a) + b * b;
    [(1.0 - a) / size, b / size]
}

#[cfg(test)]
mod tests {
    use super::Gaussian;

    #[test]
    fn a_single_pixel_becomes_the_curve() {
        for deviation in [0.05, 0.3, 0.7, 1.0, 2.5, 8.0, 31.0] {
            let mut row = vec![0; 401];
            row[200] = 255;
            let mut blurred = vec![0.0; 401];
            Gaussian::new(deviation).blur_row(&row, &mut blurred);
            let curve = |i: usize| {
                let distance = i.abs_diff(200) as f64 / deviation;
                (-distance * distance / 2.0).exp()
            };
            let total: f64 = (0..401).map(curve).sum();
            let worst = (0..401).map(|i| (blurred[i] / 255.0 * total - curve(i)).abs()).fold(0.0, f64::max);
            assert!(worst < 0.001, "deviation {deviation}: {worst}");
            assert!((blurred.iter().sum::<f64>() - 255.0).abs() < 0.01);
        }
    }
}
