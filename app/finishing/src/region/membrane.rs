//! A smooth field through given values, like a membrane that is held where something is known and spans the rest.

use super::field::Field;

/// Cycles until nothing changes that 8 bits could show.
const CYCLES: usize = 10;
/// Sweeps before and behind each visit of the coarser grid.
const SWEEPS: usize = 2;
/// Grids with fewer pixels are not made coarser.
const FEWEST: usize = 4;

/// The field that comes nearest to `values`, where each counts with its weight, and is smooth: it minimises
/// `Σ weight · |field − value|² + stiffness · Σ |difference of neighbours|²`. Edges of the grid are free. Without any weight it is 0.
///
/// Solved by geometric multigrid (sums of two by two pixels are the coarser grid), with sweeps in a fixed order, so that every
/// machine gives the same.
pub(super) fn membrane(values: &Field, weights: &[f32], stiffness: f32) -> Field {
    let (width, height) = (values.width, values.height);
    let Some(mean) = mean(&values.pixels, weights) else {
        return Field { width, height, pixels: vec![[0.0; 3]; values.pixels.len()] };
    };
    let mut solved = Field { width, height, pixels: vec![mean; values.pixels.len()] };
    let mut grids = vec![Grid { width, height, weights: weights.to_vec(), stiffness }];
    while let Some(coarser) = grids.last().and_then(Grid::coarser) {
        grids.push(coarser);
    }
    let wanted: Vec<[f32; 3]> =
        values.pixels.iter().zip(weights).map(|(value, weight)| value.map(|value| value * weight)).collect();
    for _ in 0..CYCLES {
        cycle(&grids, &mut solved.pixels, &wanted);
    }
    solved
}

/// Where to begin; None without any weight.
fn mean(values: &[[f32; 3]], weights: &[f32]) -> Option<[f32; 3]> {
    let mut sums = [0.0_f64; 3];
    let mut all = 0.0_f64;
    for (value, weight) in values.iter().zip(weights) {
        let weight = f64::from(*weight);
        all += weight;
        sums.iter_mut().zip(value).for_each(|(sum, value)| *sum += weight * f64::from(*value));
    }
    (all > 0.0).then(|| sums.map(|sum| (sum / all) as f32))
}

/// The equation `(weights + stiffness · Laplace) x = wanted` on a grid.
struct Grid {
    width: usize,
    height: usize,
    weights: Vec<f32>,
    stiffness: f32,
}

impl Grid {
    fn coarser(&self) -> Option<Self> {
        if self.width.max(self.height) <= FEWEST {
            return None;
        }
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut weights = vec![0.0; width * height];
        for (at, weight) in self.weights.iter().enumerate() {
            weights[at / self.width / 2 * width + at % self.width / 2] += weight;
        }
        // Twice the distance at twice the breadth is as stiff; a single row does not get broader.
        let stiffness = if self.width.min(self.height) == 1 { self.stiffness / 2.0 } else { self.stiffness };
        Some(Self { width, height, weights, stiffness })
    }

    /// Sum of the neighbours of a pixel, and how many it has.
    fn around(&self, x: &[[f32; 3]], at: usize, column: usize, row: usize) -> ([f32; 3], f32) {
        let mut sum = [0.0; 3];
        let mut count = 0.0;
        let mut add = |pixel: [f32; 3]| {
            sum = [sum[0] + pixel[0], sum[1] + pixel[1], sum[2] + pixel[2]];
            count += 1.0;
        };
        if column > 0 {
            add(x[at - 1]);
        }
        if column + 1 < self.width {
            add(x[at + 1]);
        }
        if row > 0 {
            add(x[at - self.width]);
        }
        if row + 1 < self.height {
            add(x[at + self.width]);
        }
        (sum, count)
    }

    /// One Gauss-Seidel sweep over all pixels.
    fn sweep(&self, x: &mut [[f32; 3]], wanted: &[[f32; 3]]) {
        for row in 0..self.height {
            for column in 0..self.width {
                let at = row * self.width + column;
                let (sum, count) = self.around(x, at, column, row);
                let held = self.weights[at] + self.stiffness * count;
                if held > 0.0 {
                    for channel in 0..3 {
                        x[at][channel] = (wanted[at][channel] + self.stiffness * sum[channel]) / held;
                    }
                }
            }
        }
    }

    /// What is missing of `wanted`, summed for the coarser grid.
    fn missing(&self, x: &[[f32; 3]], wanted: &[[f32; 3]], coarser: &Self) -> Vec<[f32; 3]> {
        let mut missing = vec![[0.0; 3]; coarser.weights.len()];
        for row in 0..self.height {
            for column in 0..self.width {
                let at = row * self.width + column;
                let (sum, count) = self.around(x, at, column, row);
                let held = self.weights[at] + self.stiffness * count;
                let out = &mut missing[row / 2 * coarser.width + column / 2];
                for channel in 0..3 {
                    out[channel] += wanted[at][channel] + self.stiffness * sum[channel] - held * x[at][channel];
                }
            }
        }
        missing
    }

    /// Adds what the coarser grid found, between its pixels in straight lines.
    fn add(&self, x: &mut [[f32; 3]], coarser: &Self, found: &[[f32; 3]]) {
        let columns: Vec<_> = (0..self.width).map(|at| between(at, coarser.width)).collect();
        for row in 0..self.height {
            let (upper, lower, down) = between(row, coarser.height);
            let (upper, lower) = (upper * coarser.width, lower * coarser.width);
            for (column, (left, right, across)) in columns.iter().enumerate() {
                let out = &mut x[row * self.width + column];
                for channel in 0..3 {
                    let value = |from: usize| found[from][channel];
                    let above = value(upper + left) * (1.0 - across) + value(upper + right) * across;
                    let below = value(lower + left) * (1.0 - across) + value(lower + right) * across;
                    out[channel] += above * (1.0 - down) + below * down;
                }
            }
        }
    }
}

/// The two coarser pixels that a pixel lies between, and the share of the second.
fn between(at: usize, count: usize) -> (usize, usize, f32) {
    let (own, is_first) = (at / 2, at.is_multiple_of(2));
    let other = if is_first { own.saturating_sub(1) } else { (own + 1).min(count.saturating_sub(1)) };
    (own, other, 0.25)
}

fn cycle(grids: &[Grid], x: &mut [[f32; 3]], wanted: &[[f32; 3]]) {
    let Some((grid, coarser)) = grids.split_first() else { return };
    let Some(next) = coarser.first() else {
        // A few pixels: sweeping is solving.
        (0..32).for_each(|_| grid.sweep(x, wanted));
        return;
    };
    (0..SWEEPS).for_each(|_| grid.sweep(x, wanted));
    let missing = grid.missing(x, wanted, next);
    let mut found = vec![[0.0; 3]; missing.len()];
    cycle(coarser, &mut found, &missing);
    grid.add(x, next, &found);
    (0..SWEEPS).for_each(|_| grid.sweep(x, wanted));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of `value` where `is_known`.
    fn given(
        width: usize,
        height: usize,
        value: impl Fn(usize, usize) -> f32,
        is_known: impl Fn(usize, usize) -> bool,
    ) -> (Field, Vec<f32>) {
        let places = || (0..width * height).map(|at| (at % width, at / width));
        let pixels = places().map(|(x, y)| [value(x, y), -value(x, y), 1.0]).collect();
        let weights = places().map(|(x, y)| if is_known(x, y) { 1e6 } else { 0.0 }).collect();
        (Field { width, height, pixels }, weights)
    }

    #[test]
    fn a_gradient_is_continued_through_a_hole_of_any_shape() {
        let slope = |x: usize, y: usize| 3.0 + 0.7 * x as f32 - 0.4 * y as f32;
        let holes: [fn(usize, usize) -> bool; 3] = [
            |x, y| (10..90).contains(&x) && (5..60).contains(&y),
            |x, y| (x as i32 - 50).pow(2) + (y as i32 - 33).pow(2) < 600,
            |x, y| (x + y) % 7 != 0 && x > 2 && x < 97 && y > 2 && y < 66,
        ];
        for is_hole in holes {
            let (values, weights) = given(101, 71, slope, |x, y| !is_hole(x, y));
            let found = membrane(&values, &weights, 1.0);
            for (at, pixel) in found.pixels.iter().enumerate() {
                let expected = slope(at % 101, at / 101);
                assert!((pixel[0] - expected).abs() < 0.05, "{} is not {expected} at {at}", pixel[0]);
                assert!((pixel[1] + expected).abs() < 0.05 && (pixel[2] - 1.0).abs() < 0.01);
            }
        }
    }

    #[test]
    fn it_is_the_minimum_that_many_plain_sweeps_find() {
        let value = |x: usize, y: usize| ((x * 7 + y * 13) % 23) as f32;
        let (values, weights) = given(33, 18, value, |x, y| (x * y) % 5 == 1);
        let weights: Vec<f32> = weights.iter().map(|weight| weight * 1e-6).collect();
        let found = membrane(&values, &weights, 9.0);
        let grid = Grid { width: 33, height: 18, weights: weights.clone(), stiffness: 9.0 };
        let wanted: Vec<[f32; 3]> =
            values.pixels.iter().zip(&weights).map(|(value, weight)| value.map(|one| one * weight)).collect();
        let mut plain = vec![[0.0; 3]; wanted.len()];
        (0..5_000).for_each(|_| grid.sweep(&mut plain, &wanted));
        for (found, plain) in found.pixels.iter().zip(&plain) {
            assert!((found[0] - plain[0]).abs() < 0.02, "{found:?} and {plain:?}");
        }
    }

    #[test]
    fn one_known_pixel_spreads_everywhere_and_none_gives_nothing() {
        let (values, weights) = given(64, 3, |_, _| 5.0, |x, y| (x, y) == (63, 2));
        let found = membrane(&values, &weights, 1.0);
        assert!(found.pixels.iter().all(|pixel| (pixel[0] - 5.0).abs() < 0.05), "{:?}", found.pixels[0]);
        let (values, weights) = given(9, 9, |_, _| 5.0, |_, _| false);
        assert!(membrane(&values, &weights, 1.0).pixels.iter().all(|pixel| *pixel == [0.0; 3]));
    }
}
