use super::Mask;
use crate::PixelRect;

/// Larger radii count as this one, in pixels.
const WIDEST: f32 = 4096.0;

impl Mask {
    /// The mask grown by a disc of this radius in pixels, up to 4096: every pixel at most so far (between middles) from one of at
    /// least 128 becomes 255, and over one pixel more it fades out. Nothing is taken away. A radius that is not above 0 changes
    /// nothing.
    ///
    /// Distances are exact, but the edge is that at half value: a feathered edge becomes a crisp one, so feather afterwards.
    #[must_use]
    pub fn grown(&self, radius: f32) -> Self {
        if radius.is_nan() || radius <= 0.0 {
            return self.clone();
        }
        let radius = radius.min(WIDEST);
        let reach = radius.ceil() as u32 + 1;
        self.by_neighbourhood(reach, |rect| grown_part(self, rect, radius, reach))
    }

    /// The mask shrunk by a disc of this radius in pixels: what is kept grows, exactly as in [`Self::grown`]. The edge of the image
    /// is no edge of the mask: what is masked up to there stays so.
    #[must_use]
    pub fn shrunk(&self, radius: f32) -> Self {
        self.inverted().grown(radius).inverted()
    }
}

fn grown_part(mask: &Mask, rect: PixelRect, radius: f32, reach: u32) -> Vec<u8> {
    let window = rect.expand(reach, mask.size());
    let values = mask.values(window);
    let (width, far) = (window.width as usize, reach as u16 + 1);
    let heights = heights(&values, width, far);
    let (left, top) = ((rect.x - window.x) as usize, (rect.y - window.y) as usize);
    let mut envelope = Envelope::new(width);
    let mut grown = Vec::with_capacity(rect.area() as usize);
    for y in top..top + rect.height as usize {
        let row = y * width..(y + 1) * width;
        let squares = envelope.squares(&heights[row.clone()]);
        for (old, square) in values[row].iter().zip(squares).skip(left).take(rect.width as usize) {
            let share = (f64::from(radius) + 1.0 - f64::from(*square).sqrt()).clamp(0.0, 1.0);
            grown.push((*old).max((share * 255.0).round() as u8));
        }
    }
    grown
}

/// For each pixel how far above or below it the nearest one of at least 128 is, up to `far`.
fn heights(values: &[u8], width: usize, far: u16) -> Vec<u16> {
    let mut heights: Vec<u16> = values.iter().map(|v| if *v >= 128 { 0 } else { far }).collect();
    for from in (0..heights.len() - width).step_by(width) {
        let (above, below) = heights[from..from + 2 * width].split_at_mut(width);
        below.iter_mut().zip(above).for_each(|(v, above)| *v = (*v).min(*above + 1));
    }
    for from in (0..heights.len() - width).step_by(width).rev() {
        let (above, below) = heights[from..from + 2 * width].split_at_mut(width);
        above.iter_mut().zip(below).for_each(|(v, below)| *v = (*v).min(*below + 1));
    }
    heights
}

/// The second half of an exact Euclidean distance transform: over one row, the lowest of the parabolas `(x - i)^2 + height(i)^2`.
/// Source: Meijster, Roerdink, Hesselink, "A general algorithm for computing distance transforms in linear time", 2000.
struct Envelope {
    /// Columns of the parabolas that are lowest somewhere, from left to right, and from which column on they are.
    lowest: Vec<(i64, i64)>,
    squares: Vec<u32>,
}

impl Envelope {
    fn new(width: usize) -> Self {
        Self { lowest: Vec::with_capacity(width), squares: vec![0; width] }
    }

    /// Squared distances.
    fn squares(&mut self, heights: &[u16]) -> &[u32] {
        let height = |i: i64| i64::from(heights[i as usize]);
        let parabola = |x: i64, i: i64| (x - i) * (x - i) + height(i) * height(i);
        // The last column at which the left one of two is not above the right one.
        let meet =
            |i: i64, u: i64| (u * u - i * i + height(u) * height(u) - height(i) * height(i)).div_euclid(2 * (u - i));
        let width = heights.len() as i64;
        self.lowest.clear();
        self.lowest.push((0, 0));
        for u in 1..width {
            while let Some((i, from)) =
                self.lowest.last().copied().filter(|(i, from)| parabola(*from, *i) > parabola(*from, u))
            {
                debug_assert!(i < u && from < width);
                self.lowest.pop();
            }
            match self.lowest.last() {
                None => self.lowest.push((u, 0)),
                Some((i, _)) => {
                    let from = 1 + meet(*i, u);
                    if from < width {
                        self.lowest.push((u, from));
                    }
                }
            }
        }
        let mut end = self.squares.len();
        for (i, from) in self.lowest.iter().rev() {
            for x in *from as usize..end {
                self.squares[x] = parabola(x as i64, *i) as u32;
            }
            end = *from as usize;
        }
        &self.squares
    }
}
