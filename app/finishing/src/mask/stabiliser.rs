use std::collections::VecDeque;

use super::Stroke;

/// How a hand that trembles is steadied.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Steadying {
    /// The brush is where the pointer is.
    #[default]
    Off,
    /// The brush goes to the weighted mean of this many last points, 1 to 64, the newest counting most: trembling is smoothed and
    /// the brush follows a little later.
    Mean(usize),
    /// The brush hangs on a rope of this length in pixels of the image and moves only when the rope is taut: long even curves and
    /// sharp corners where the pointer waits.
    Rope(f32),
}

/// Steadies the points of one stroke. It depends on nothing but the points that it is given: no clock, so a stroke that is played
/// again is the same.
#[derive(Debug, Clone)]
pub struct Stabiliser {
    steadying: Steadying,
    /// For the mean: points of the pointer with pressure, oldest first.
    last: VecDeque<[f32; 3]>,
    /// For the rope: where the brush is.
    brush: Option<[f32; 2]>,
}

impl Stabiliser {
    /// For a stroke that is about to begin.
    pub fn new(steadying: Steadying) -> Self {
        Self { steadying, last: VecDeque::new(), brush: None }
    }

    /// Takes the next point of the pointer, in pixels of the image, and gives the point and pressure for the brush; `None` where
    /// the brush stays. A point that is not a number, or further away than [`Stroke::FURTHEST`], is left out.
    pub fn next(&mut self, at_in_image: [f32; 2], pressure: f32) -> Option<([f32; 2], f32)> {
        if !at_in_image.iter().all(|v| v.abs() <= Stroke::FURTHEST) {
            return None;
        }
        let pressure = if pressure.is_nan() { 1.0 } else { pressure.clamp(0.0, 1.0) };
        match self.steadying {
            Steadying::Off => Some((at_in_image, pressure)),
            Steadying::Mean(points) => {
                self.last.push_back([at_in_image[0], at_in_image[1], pressure]);
                while self.last.len() > points.clamp(1, 64) {
                    self.last.pop_front();
                }
                let [x, y, pressure] = self.mean();
                Some(([x, y], pressure))
            }
            Steadying::Rope(length) => {
                let brush = match self.brush {
                    None => at_in_image,
                    Some(brush) => pulled(brush, at_in_image, length)?,
                };
                self.brush = Some(brush);
                Some((brush, pressure))
            }
        }
    }

    /// The points, in order, that bring the brush to where the pointer was lifted. A rope is let go: its brush stays.
    pub fn finish(mut self) -> Vec<([f32; 2], f32)> {
        let mut points = Vec::new();
        if let (Steadying::Mean(_), Some(end)) = (self.steadying, self.last.back().copied()) {
            while self.last.len() > 1 {
                self.last.pop_front();
                let [x, y, pressure] = self.mean();
                points.push(([x, y], pressure));
            }
            points.dedup();
            debug_assert!(points.last().is_none_or(|(at, _)| *at == [end[0], end[1]]));
        }
        points
    }

    /// The mean of the last points; the newest weighs as often as there are points, the oldest once.
    fn mean(&self) -> [f32; 3] {
        let total = (self.last.len() * (self.last.len() + 1) / 2) as f64;
        let mut mean = [0.0; 3];
        for (weight, point) in (1..).zip(&self.last) {
            for (sum, v) in mean.iter_mut().zip(point) {
                *sum += f64::from(*v) * f64::from(weight) / total;
            }
        }
        mean.map(|v| v as f32)
    }
}

/// Where the brush goes when the other end of its rope is taken to a point; `None` while the rope is slack.
fn pulled(brush: [f32; 2], to: [f32; 2], length: f32) -> Option<[f32; 2]> {
    let (dx, dy) = (to[0] - brush[0], to[1] - brush[1]);
    let (distance, length) = ((dx * dx + dy * dy).sqrt(), if length.is_nan() { 0.0 } else { length.max(0.0) });
    let share = (distance - length) / distance;
    (distance > length).then(|| [brush[0] + dx * share, brush[1] + dy * share])
}
