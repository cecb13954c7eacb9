/// A margin at every side in which nothing important may stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SafeMargin {
    /// So much of the width at the left and right, and of the height at the top and bottom, above 0 and below 0.5.
    Share(f32),
    /// So many pixels of the deliverable.
    Pixels(u32),
}

impl SafeMargin {
    /// Left, top, right and bottom of what is inside, in a frame of the same unit that stands for a deliverable of this size in pixels.
    pub fn within(&self, [left, top, right, bottom]: [f32; 4], size: [u32; 2]) -> [f32; 4] {
        let (width, height) = (right - left, bottom - top);
        let [x, y] = match self {
            Self::Share(share) => [width * share, height * share],
            Self::Pixels(pixels) => {
                let of = |frame: f32, side: u32| frame * (*pixels as f32 / side.max(1) as f32).min(0.49);
                [of(width, size[0]), of(height, size[1])]
            }
        };
        [left + x, top + y, right - x, bottom - y]
    }

    /// In a few words: `safe area, 5 % at each side`.
    pub fn label(&self) -> String {
        match self {
            Self::Share(share) => {
                let percent = (f64::from(*share) * 1000.0).round() / 10.0;
                format!("safe area, {percent} % at each side")
            }
            Self::Pixels(pixels) => format!("safe area, {pixels} px at each side"),
        }
    }
}
