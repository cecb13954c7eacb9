/// A rectangle of whole pixels of an image: from column `x` and row `y`, counted from the top left, this many pixels wide and high.
///
/// `x + width` and `y + height` are taken as at most `u32::MAX`; a rectangle without width or height contains nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PixelRect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl PixelRect {
    /// A rectangle from its first column and row, its width and its height.
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// A whole image of this width and height.
    pub const fn of_size(size: [u32; 2]) -> Self {
        Self::new(0, 0, size[0], size[1])
    }

    /// The pixels from `first` up to, but without, the column and row `end`; empty where `end` is not behind `first`.
    pub const fn between(first: [u32; 2], end: [u32; 2]) -> Self {
        Self::new(first[0], first[1], end[0].saturating_sub(first[0]), end[1].saturating_sub(first[1]))
    }

    /// The first column to the right of it.
    pub const fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// The first row below it.
    pub const fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Whether it contains no pixel.
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// How many pixels it contains.
    pub const fn area(&self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Whether the pixel in this column and row belongs to it.
    pub const fn contains(&self, x: u32, y: u32) -> bool {
        x >= self.x && y >= self.y && x < self.right() && y < self.bottom()
    }

    /// Whether every pixel of the other one belongs to it. An empty rectangle is contained in each.
    pub fn contains_rect(&self, other: Self) -> bool {
        other.is_empty() || self.intersection(other) == other
    }

    /// The smallest rectangle that contains both. An empty one adds nothing.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let first = [self.x.min(other.x), self.y.min(other.y)];
        Self::between(first, [self.right().max(other.right()), self.bottom().max(other.bottom())])
    }

    /// What both contain; the empty rectangle at 0, 0 where they share no pixel.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let first = [self.x.max(other.x), self.y.max(other.y)];
        let both = Self::between(first, [self.right().min(other.right()), self.bottom().min(other.bottom())]);
        if both.is_empty() { Self::default() } else { both }
    }

    /// The rectangle with this many pixels more on each side, as far as an image of this size has them. An empty one stays empty.
    #[must_use]
    pub fn expand(self, by: u32, within: [u32; 2]) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        let first = [self.x.saturating_sub(by), self.y.saturating_sub(by)];
        let end = [self.right().saturating_add(by), self.bottom().saturating_add(by)];
        Self::between(first, end).intersection(Self::of_size(within))
    }
}

#[cfg(test)]
mod tests {
    use super::PixelRect;

    #[test]
    fn pixels_of_union_and_intersection_are_those_of_the_two() {
        let rects: Vec<PixelRect> = (0..81).map(|i| PixelRect::new(i % 3, i / 3 % 3, i / 9 % 3, i / 27)).collect();
        for a in &rects {
            for b in &rects {
                let (both, around) = (a.intersection(*b), a.union(*b));
                assert!(both.contains_rect(PixelRect::default()) && a.contains_rect(both) && b.contains_rect(both));
                assert!(around.contains_rect(*a) && around.contains_rect(*b));
                for (x, y) in (0..36).map(|i| (i % 6, i / 6)) {
                    assert_eq!(both.contains(x, y), a.contains(x, y) && b.contains(x, y), "{a:?} {b:?}");
                    assert!(around.contains(x, y) || !a.contains(x, y) && !b.contains(x, y));
                }
            }
        }
    }

    #[test]
    fn expanding_stays_inside_and_does_not_overflow() {
        let size = [10, 7];
        assert_eq!(PixelRect::new(2, 3, 4, 2).expand(1, size), PixelRect::new(1, 2, 6, 4));
        assert_eq!(PixelRect::new(2, 3, 4, 2).expand(u32::MAX, size), PixelRect::of_size(size));
        assert_eq!(PixelRect::new(12, 3, 4, 2).expand(1, size), PixelRect::default());
        assert!(PixelRect::new(2, 3, 0, 2).expand(5, size).is_empty());
        let huge = PixelRect::new(u32::MAX, 0, u32::MAX, u32::MAX);
        assert_eq!((huge.right(), huge.area()), (u32::MAX, u64::from(u32::MAX).pow(2)));
    }
}
