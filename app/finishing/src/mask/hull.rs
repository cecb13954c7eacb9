/// Two discs and everything between them, in pixels: the smallest convex shape that contains both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hull {
    discs: [([f64; 2], f64); 2],
    /// The straight sides, from the first disc to the second. None where one disc contains the other.
    sides: Option<[[[f64; 2]; 2]; 2]>,
}

impl Hull {
    /// From middles and radii.
    pub fn new(discs: [([f64; 2], f64); 2]) -> Self {
        let [([x0, y0], r0), ([x1, y1], r1)] = discs;
        let length = ((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)).sqrt();
        let narrowing = (r0 - r1) / length;
        let sides = (length > 0.0 && narrowing.abs() < 1.0).then(|| {
            let (u, v) = ((x1 - x0) / length, (y1 - y0) / length);
            let across = (1.0 - narrowing * narrowing).sqrt();
            [across, -across].map(|n| {
                // The direction at a right angle to the side.
                let (dx, dy) = (narrowing * u - n * v, narrowing * v + n * u);
                [[x0 + r0 * dx, y0 + r0 * dy], [x1 + r1 * dx, y1 + r1 * dy]]
            })
        });
        Self { discs, sides }
    }

    /// Left, top, right and bottom.
    pub fn bounds(&self) -> [f64; 4] {
        let [([x0, y0], r0), ([x1, y1], r1)] = self.discs;
        [(x0 - r0).min(x1 - r1), (y0 - r0).min(y1 - r1), (x0 + r0).max(x1 + r1), (y0 + r0).max(y1 + r1)]
    }

    /// From where to where the horizontal line at this height lies inside.
    pub fn span(&self, y: f64) -> Option<(f64, f64)> {
        let mut span: Option<(f64, f64)> = None;
        let mut add = |from: f64, to: f64| {
            span = Some(span.map_or((from, to), |(left, right)| (left.min(from), right.max(to))));
        };
        for ([x, middle], radius) in self.discs {
            let half = radius * radius - (y - middle) * (y - middle);
            if radius >= 0.0 && half >= 0.0 {
                add(x - half.sqrt(), x + half.sqrt());
            }
        }
        for [[ax, ay], [bx, by]] in self.sides.into_iter().flatten() {
            if (ay <= y) != (by <= y) {
                let x = ax + (y - ay) / (by - ay) * (bx - ax);
                add(x, x);
            }
        }
        span
    }
}
