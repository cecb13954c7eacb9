/// What of a box is held while it is dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grip {
    /// The left edge.
    Left,
    /// The upper edge.
    Top,
    /// The right edge.
    Right,
    /// The lower edge.
    Bottom,
    /// The upper left corner.
    LeftTop,
    /// The upper right corner.
    RightTop,
    /// The lower right corner.
    RightBottom,
    /// The lower left corner.
    LeftBottom,
    /// All of it: it is moved and keeps its size.
    Whole,
}

/// A box on and around a picture: left, top, right and bottom in whole pixels of the picture; beside it they are negative or beyond
/// its size.
pub type Edges = [i64; 4];

/// Where a box may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxLimits {
    /// What it always holds.
    pub holds: Edges,
    /// What it never leaves.
    pub within: Edges,
    /// Shortest side in pixels.
    pub least: i64,
    /// Longest side in pixels.
    pub most: i64,
}

impl BoxLimits {
    /// The nearest box that the limits let be: it grows to what it holds and is cut to where it may be.
    pub fn fitted(&self, edges: Edges) -> Edges {
        let mut fitted = edges;
        for axis in 0..2 {
            let (low, high) = (axis, axis + 2);
            let [first, last] = [self.within[low], self.within[high]];
            fitted[low] = edges[low].min(self.holds[low]).clamp(first, last.max(first));
            let least = (fitted[low] + self.least).min(last);
            fitted[high] = edges[high].max(self.holds[high]).max(least).min(last);
            fitted[low] = fitted[low].min((fitted[high] - self.least).max(first));
        }
        fitted
    }
}

impl Grip {
    /// Those that have a place of their own on the box: corners first, because they win over the edges that meet in them.
    pub const HANDLES: [Self; 8] = [
        Self::LeftTop,
        Self::RightTop,
        Self::RightBottom,
        Self::LeftBottom,
        Self::Left,
        Self::Top,
        Self::Right,
        Self::Bottom,
    ];

    /// Where it sits on a box, from -1 (left, above) to 1 (right, below) on both axes.
    pub const fn side(self) -> [i8; 2] {
        match self {
            Self::Left => [-1, 0],
            Self::Top => [0, -1],
            Self::Right => [1, 0],
            Self::Bottom => [0, 1],
            Self::LeftTop => [-1, -1],
            Self::RightTop => [1, -1],
            Self::RightBottom => [1, 1],
            Self::LeftBottom => [-1, 1],
            Self::Whole => [0, 0],
        }
    }

    /// The box after this was dragged by so many pixels from where it stood, as far as the limits let it.
    pub fn dragged(self, start: Edges, by: [i64; 2], limits: &BoxLimits) -> Edges {
        let mut moved = start;
        for axis in 0..2 {
            let (low, high) = (axis, axis + 2);
            let BoxLimits { holds, within, least, most } = limits;
            match (self, self.side()[axis]) {
                (Self::Whole, _) => {
                    let lowest = (within[low] - start[low]).max(holds[high] - start[high]);
                    let highest = (within[high] - start[high]).min(holds[low] - start[low]);
                    // Where the box is not as it should be already, it stays.
                    let by = if lowest <= highest { by[axis].clamp(lowest, highest) } else { 0 };
                    (moved[low], moved[high]) = (start[low] + by, start[high] + by);
                }
                (_, -1) => {
                    let lowest = within[low].max(start[high] - most);
                    moved[low] = (start[low] + by[axis]).min(holds[low].min(start[high] - least)).max(lowest);
                }
                (_, 1) => {
                    let highest = within[high].min(start[low] + most);
                    moved[high] = (start[high] + by[axis]).max(holds[high].max(start[low] + least)).min(highest);
                }
                _ => {}
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: BoxLimits = BoxLimits { holds: [40, 40, 60, 60], within: [0, 0, 100, 80], least: 8, most: 90 };

    #[test]
    fn an_edge_goes_as_far_as_the_mask_and_the_picture() {
        let start = [30, 30, 70, 70];
        assert_eq!(Grip::Left.dragged(start, [-10, 99], &LIMITS), [20, 30, 70, 70]);
        assert_eq!(Grip::Left.dragged(start, [-99, 0], &LIMITS), [0, 30, 70, 70], "the picture ends there");
        assert_eq!(Grip::Left.dragged(start, [99, 0], &LIMITS), [40, 30, 70, 70], "the mask begins there");
        assert_eq!(Grip::RightBottom.dragged(start, [99, -99], &LIMITS), [30, 30, 100, 60]);
        assert_eq!(Grip::Top.dragged(start, [0, 5], &LIMITS), [30, 35, 70, 70]);
        let wide = BoxLimits { within: [-500, 0, 500, 80], ..LIMITS };
        assert_eq!(Grip::Right.dragged(start, [400, 0], &wide), [30, 30, 120, 70], "no side is longer than allowed");
    }

    #[test]
    fn all_of_it_is_moved_and_keeps_its_size() {
        let start = [30, 30, 70, 70];
        assert_eq!(Grip::Whole.dragged(start, [5, -7], &LIMITS), [35, 23, 75, 63]);
        assert_eq!(Grip::Whole.dragged(start, [-99, 99], &LIMITS), [20, 40, 60, 80]);
        let lost = [0, 0, 10, 10];
        assert_eq!(Grip::Whole.dragged(lost, [500, 0], &LIMITS), lost, "one that does not hold the mask stays");
    }

    #[test]
    fn any_box_is_made_one_that_holds_the_mask_inside_the_picture() {
        assert_eq!(LIMITS.fitted([50, 50, 55, 55]), [40, 40, 60, 60]);
        assert_eq!(LIMITS.fitted([-9, 70, 500, 10]), [0, 40, 100, 60]);
        let one = BoxLimits { holds: [99, 79, 100, 80], ..LIMITS };
        assert_eq!(one.fitted([99, 79, 100, 80]), [92, 72, 100, 80], "no side is shorter than allowed");
    }

    proptest! {
        #[test]
        fn a_box_that_was_right_stays_right(
            grip in 0..9_usize,
            by in [-300..300_i64, -300..300],
            box_of in [0..40_i64, 0..40, 60..100, 60..80],
        ) {
            let grip = Grip::HANDLES.get(grip).copied().unwrap_or(Grip::Whole);
            let limits = BoxLimits { most: 200, ..LIMITS };
            let moved = grip.dragged(box_of, by, &limits);
            for axis in 0..2 {
                prop_assert!(moved[axis] <= limits.holds[axis] && moved[axis + 2] >= limits.holds[axis + 2]);
                prop_assert!(moved[axis] >= limits.within[axis] && moved[axis + 2] <= limits.within[axis + 2]);
                if grip == Grip::Whole {
                    prop_assert_eq!(moved[axis + 2] - moved[axis], box_of[axis + 2] - box_of[axis]);
                }
            }
        }
    }
}
