use rayon::prelude::*;

use super::field::Field;
use super::membrane::membrane;

/// What stands in the masked part before it is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// What is there.
    Original,
    /// What is there, blurred until only its colours are left.
    Blur,
    /// What surrounds it, continued inwards: a smooth surface that goes on as the surroundings rise and fall.
    Neighbour,
    /// One colour, red, green and blue.
    Solid([u8; 3]),
}

/// The blur reaches over this part of the longer side.
const BLUR_PART: f64 = 1.0 / 16.0;
/// Known pixels are held with this weight against a stiffness of 1.
const HELD: f32 = 1e6;
/// How far around the hole its surroundings say how colours rise and fall, in pixels.
const RING: u32 = 24;
/// Share of the ring's variance that a plane has to explain to be continued.
const LEAST_EXPLAINED: f64 = 0.8;

/// Fills what is masked. `masked` is from 0 (stays) to 1 for each pixel; between, the two are mixed.
pub(super) fn fill(field: &mut Field, masked: &[f32], fill: Fill) {
    let filled = match fill {
        Fill::Original => return,
        Fill::Blur => blurred(field),
        Fill::Neighbour => continued(field, masked),
        Fill::Solid(colour) => Field { pixels: vec![colour.map(f32::from); field.pixels.len()], ..*field },
    };
    for ((pixel, filled), share) in field.pixels.iter_mut().zip(filled.pixels).zip(masked) {
        for channel in 0..3 {
            pixel[channel] += (filled[channel] - pixel[channel]) * share;
        }
    }
}

/// Gaussian blur, edges repeated.
fn blurred(field: &Field) -> Field {
    let sigma = (field.width.max(field.height) as f64 * BLUR_PART).max(1.0);
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f64> = (-reach..=reach).map(|x| libm::exp(-((x * x) as f64) / (2.0 * sigma * sigma))).collect();
    let sum: f64 = weights.iter().sum();
    let weights: Vec<f32> = weights.iter().map(|weight| (weight / sum) as f32).collect();
    let pass =
        |from: &[[f32; 3]], step: usize, places: &(dyn Fn(usize) -> (usize, usize, usize) + Sync)| -> Vec<[f32; 3]> {
            let one = |at: usize| {
                let (start, own, count) = places(at);
                let mut sum = [0.0; 3];
                for (offset, weight) in (-reach..).zip(&weights) {
                    let place = (own as isize + offset).clamp(0, count as isize - 1) as usize;
                    let pixel = from[start + place * step];
                    sum = [sum[0] + pixel[0] * weight, sum[1] + pixel[1] * weight, sum[2] + pixel[2] * weight];
                }
                sum
            };
            (0..from.len()).into_par_iter().map(one).collect()
        };
    let (width, height) = (field.width, field.height);
    let across = pass(&field.pixels, 1, &|at| (at / width * width, at % width, width));
    let pixels = pass(&across, width, &|at| (at % width, at / width, height));
    Field { width, height, pixels }
}

/// The surroundings continued: their slope as a plane, and on it a membrane through what the plane does not explain.
fn continued(field: &Field, masked: &[f32]) -> Field {
    let plane = Plane::around(field, masked);
    let mut rest = field.clone();
    plane.add_to(&mut rest, -1.0);
    let weights: Vec<f32> = masked.iter().map(|share| if *share > 0.0 { 0.0 } else { HELD }).collect();
    let mut filled = membrane(&rest, &weights, 1.0);
    plane.add_to(&mut filled, 1.0);
    for pixel in &mut filled.pixels {
        *pixel = pixel.map(|value| value.clamp(0.0, 255.0));
    }
    filled
}

/// `slope · (x, y)` for each channel.
struct Plane {
    slopes: [[f64; 2]; 3],
}

impl Plane {
    /// The plane that explains the pixels around the hole, where one does.
    fn around(field: &Field, masked: &[f32]) -> Self {
        let is_hole: Vec<bool> = masked.iter().map(|share| *share > 0.0).collect();
        let near = super::distance::distances(&is_hole, field.width, RING);
        let ring: Vec<(f64, f64, [f32; 3])> = near
            .iter()
            .enumerate()
            .filter(|(_, distance)| distance.is_finite() && **distance > 0.0)
            .map(|(at, _)| ((at % field.width) as f64, (at / field.width) as f64, field.pixels[at]))
            .collect();
        let slopes = std::array::from_fn(|channel| slope(&ring, channel).unwrap_or([0.0; 2]));
        Self { slopes }
    }

    fn add_to(&self, field: &mut Field, sign: f64) {
        let (middle_x, middle_y) = (field.width as f64 / 2.0, field.height as f64 / 2.0);
        for (at, pixel) in field.pixels.iter_mut().enumerate() {
            let (x, y) = ((at % field.width) as f64 - middle_x, (at / field.width) as f64 - middle_y);
            for (value, [across, down]) in pixel.iter_mut().zip(self.slopes) {
                *value += (sign * (across * x + down * y)) as f32;
            }
        }
    }
}

/// Least squares for one channel; None where the places lie on a line or the plane explains too little.
fn slope(ring: &[(f64, f64, [f32; 3])], channel: usize) -> Option<[f64; 2]> {
    let count = ring.len() as f64;
    let value = |pixel: &[f32; 3]| f64::from(pixel[channel]);
    let (mut mean_x, mut mean_y, mut mean) = (0.0, 0.0, 0.0);
    for (x, y, pixel) in ring {
        (mean_x, mean_y, mean) = (mean_x + x / count, mean_y + y / count, mean + value(pixel) / count);
    }
    let (mut xx, mut xy, mut yy, mut xv, mut yv, mut vv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y, pixel) in ring {
        let (x, y, v) = (x - mean_x, y - mean_y, value(pixel) - mean);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        (xv, yv, vv) = (xv + x * v, yv + y * v, vv + v * v);
    }
    let determinant = xx * yy - xy * xy;
    if count < 3.0 || determinant <= 1e-9 * xx * yy || vv <= 0.0 {
        return None;
    }
    let [across, down] = [(yy * xv - xy * yv) / determinant, (xx * yv - xy * xv) / determinant];
    let explained = (across * xv + down * yv) / vv;
    (explained >= LEAST_EXPLAINED).then_some([across, down])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(width: usize, height: usize, colour: impl Fn(usize, usize) -> [f32; 3]) -> Field {
        let pixels = (0..width * height).map(|at| colour(at % width, at / width)).collect();
        Field { width, height, pixels }
    }

    fn hole(width: usize, height: usize, is_hole: impl Fn(usize, usize) -> bool) -> Vec<f32> {
        (0..width * height).map(|at| if is_hole(at % width, at / width) { 1.0 } else { 0.0 }).collect()
    }

    fn sky(x: usize, y: usize) -> [f32; 3] {
        [40.0 + x as f32, 200.0 - y as f32, 90.0 + 0.5 * x as f32 + 0.5 * y as f32]
    }

    #[test]
    fn a_neighbour_fill_continues_a_gradient_through_a_hole_and_out_of_the_picture() {
        let holes: [fn(usize, usize) -> bool; 3] =
            [|x, y| (20..60).contains(&x) && (20..50).contains(&y), |x, _| x >= 70, |x, y| x < 25 && y < 25];
        for is_hole in holes {
            let defect = |x, y| if is_hole(x, y) { [255.0, 0.0, 255.0] } else { sky(x, y) };
            let mut filled = field(100, 80, defect);
            let masked = hole(100, 80, is_hole);
            fill(&mut filled, &masked, Fill::Neighbour);
            for (at, pixel) in filled.pixels.iter().enumerate() {
                let expected = sky(at % 100, at / 100);
                for channel in 0..3 {
                    assert!((pixel[channel] - expected[channel]).abs() < 1.0, "{pixel:?} is not {expected:?} at {at}");
                }
            }
        }
    }

    #[test]
    fn a_texture_without_a_slope_is_continued_by_its_colour() {
        let board = |x: usize, y: usize| if (x / 4 + y / 4).is_multiple_of(2) { [80.0; 3] } else { [120.0; 3] };
        let mut filled = field(64, 64, |x, y| if x > 40 { [0.0; 3] } else { board(x, y) });
        fill(&mut filled, &hole(64, 64, |x, _| x > 40), Fill::Neighbour);
        let far = filled.pixels[32 * 64 + 60];
        assert!((85.0..115.0).contains(&far[0]), "{far:?}");
    }

    #[test]
    fn blur_keeps_colours_and_no_edges_and_solid_is_solid() {
        let edge = field(64, 64, |x, _| if x < 32 { [0.0; 3] } else { [200.0; 3] });
        let all = vec![1.0; 64 * 64];
        let mut blurred = edge.clone();
        fill(&mut blurred, &all, Fill::Blur);
        let row: Vec<f32> = (0..64).map(|x| blurred.pixels[30 * 64 + x][1]).collect();
        assert!(row.windows(2).all(|pair| pair[1] >= pair[0] - 1e-3 && pair[1] - pair[0] < 25.0));
        assert!(row[0] < 1.0 && row[63] > 199.0);
        let mut solid = edge.clone();
        fill(&mut solid, &hole(64, 64, |x, _| x == 3), Fill::Solid([1, 2, 3]));
        assert_eq!((solid.pixels[3], solid.pixels[4]), ([1.0, 2.0, 3.0], [0.0; 3]));
        let mut half = edge.clone();
        fill(&mut half, &[0.5; 64 * 64], Fill::Solid([100, 100, 100]));
        assert_eq!((half.pixels[0][0], half.pixels[63][0]), (50.0, 150.0));
        let mut original = edge.clone();
        fill(&mut original, &all, Fill::Original);
        assert_eq!(original, edge);
    }

    #[test]
    fn a_whole_picture_that_is_masked_has_no_surroundings() {
        let mut filled = field(8, 8, |_, _| [9.0; 3]);
        fill(&mut filled, &[1.0; 64], Fill::Neighbour);
        assert!(filled.pixels.iter().all(|pixel| pixel.iter().all(|value| value.is_finite())));
    }
}
