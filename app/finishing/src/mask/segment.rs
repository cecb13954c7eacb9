use super::Brush;
use super::hull::Hull;

/// The way of a brush from one point to the next, its radius changing evenly: what infinitely many tips between them cover.
///
/// A pixel is covered as by that tip on the way to which it lies closest, measured in radii of the tip. So strokes have no spacing
/// and a tapered stroke has straight sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    brush: Brush,
    from: [f64; 2],
    /// Unit vector.
    direction: [f64; 2],
    length: f64,
    radius: f64,
    /// By how much the radius grows with each pixel of the way.
    growth: f64,
    /// Every pixel in it is full.
    pub full: Hull,
    /// No pixel outside it is touched.
    pub touched: Hull,
}

impl Segment {
    /// From where to where in the image, in pixels, with the radii there.
    pub fn new(brush: Brush, from: ([f64; 2], f64), to: ([f64; 2], f64)) -> Self {
        let ([dx, dy], radius) = ([to.0[0] - from.0[0], to.0[1] - from.0[1]], from.1);
        let length = (dx * dx + dy * dy).sqrt();
        let moves = length > 0.0;
        // Without a way only the larger tip counts.
        let radius = if moves { radius } else { radius.max(to.1) };
        let (direction, growth) =
            if moves { ([dx / length, dy / length], (to.1 - radius) / length) } else { ([1.0, 0.0], 0.0) };
        // The share of the radius that is full, and the one that is touched, are extreme where the tip is smallest.
        let smallest = if moves { radius.min(to.1) } else { radius };
        let (full, end) = brush.fade(smallest);
        let hull =
            |share: f64| Hull::new([(from.0, radius * share), (to.0, if moves { to.1 } else { radius } * share)]);
        let (full, touched) = (hull(full / smallest), hull(end / smallest));
        Self { brush, from: from.0, direction, length, radius, growth, full, touched }
    }

    /// How much the brush covers the pixels of a row, from column `x`; `covered` keeps what is more.
    pub fn cover(&self, x: u32, y: u32, covered: &mut [u8]) {
        let (dx, dy) = (f64::from(x) + 0.5 - self.from[0], f64::from(y) + 0.5 - self.from[1]);
        let [u, v] = self.direction;
        if self.growth == 0.0 {
            let (full, end) = self.brush.fade(self.radius);
            let per_pixel = 1.0 / (end - full);
            for (i, covered) in covered.iter_mut().enumerate() {
                let dx = dx + i as f64;
                let (along, across) = (dx * u + dy * v, dx * v - dy * u);
                let beyond = along - along.clamp(0.0, self.length);
                let distance = (beyond * beyond + across * across).sqrt();
                *covered = (*covered).max(eased((end - distance) * per_pixel));
            }
            return;
        }
        for (i, covered) in covered.iter_mut().enumerate() {
            let dx = dx + i as f64;
            let (along, across) = (dx * u + dy * v, dx * v - dy * u);
            // Where distance / radius is least: the root of its derivative, or an end of the way.
            let here = self.radius + self.growth * along;
            let closest = if here > 0.0 {
                (along + self.growth * across * across / here).clamp(0.0, self.length)
            } else if self.growth > 0.0 {
                self.length
            } else {
                0.0
            };
            let distance = ((along - closest) * (along - closest) + across * across).sqrt();
            let (full, end) = self.brush.fade(self.radius + self.growth * closest);
            *covered = (*covered).max(eased((end - distance) / (end - full)));
        }
    }
}

/// A share of 0 to 1 with a soft beginning and end (smoothstep), as a byte.
fn eased(share: f64) -> u8 {
    let share = share.clamp(0.0, 1.0);
    (share * share * (3.0 - 2.0 * share) * 255.0 + 0.5) as u8
}
