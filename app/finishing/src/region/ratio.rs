use super::Margins;

/// Where the picture stands in a frame that is larger in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stands {
    /// At the left, or above.
    First,
    /// In the middle; of an odd pixel the picture stands nearer to the first edge.
    #[default]
    Middle,
    /// At the right, or below.
    Last,
}

impl Margins {
    /// Margins that bring a picture of this size to the proportion `ratio`, width to height, to the nearest pixel. A picture is
    /// never cut: it gets wider or higher, and nothing where it has the proportion already.
    pub fn to_ratio(size: [u32; 2], ratio: [u32; 2], stands: Stands) -> Self {
        let [width, height] = size.map(u64::from);
        let [across, down] = ratio.map(|side| u64::from(side.max(1)));
        // Rounded to the nearest whole pixel.
        let wanted = |side: u64, times: u64, by: u64| (2 * side * times + by) / (2 * by);
        let split = |all: u64| {
            let all = u32::try_from(all).unwrap_or(u32::MAX);
            match stands {
                Stands::First => (0, all),
                Stands::Middle => (all / 2, all - all / 2),
                Stands::Last => (all, 0),
            }
        };
        if width * down < height * across {
            let (left, right) = split(wanted(height, across, down).saturating_sub(width));
            Self { left, top: 0, right, bottom: 0 }
        } else {
            let (top, bottom) = split(wanted(width, down, across).saturating_sub(height));
            Self { left: 0, top, right: 0, bottom }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_grows_to_the_proportion_and_stands_where_it_is_told() {
        let margins = |left, top, right, bottom| Margins { left, top, right, bottom };
        assert_eq!(Margins::to_ratio([512, 512], [16, 9], Stands::Middle), margins(199, 0, 199, 0), "910 wide");
        assert_eq!(Margins::to_ratio([512, 512], [16, 9], Stands::First), margins(0, 0, 398, 0));
        assert_eq!(Margins::to_ratio([512, 512], [4, 5], Stands::Last), margins(0, 128, 0, 0));
        assert_eq!(Margins::to_ratio([101, 77], [1, 1], Stands::Middle), margins(0, 12, 0, 12));
        assert_eq!(Margins::to_ratio([100, 77], [1, 1], Stands::Middle), margins(0, 11, 0, 12));
        for size in [[64, 64], [1600, 900], [9, 16]] {
            let same = Margins::to_ratio(size, size, Stands::Last);
            assert_eq!(same, Margins::default(), "{size:?} has its own proportion");
        }
        assert_eq!(Margins::to_ratio([1, 1], [u32::MAX, 0], Stands::First).right, u32::MAX - 1, "no overflow");
    }
}
