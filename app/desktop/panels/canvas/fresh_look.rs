use kento_studio::Sha256;
use kento_studio::workflow::FreshView;

/// One image of a fresh-eyes pass while it is looked at. It counts as seen once every part of it was on the screen, and the whole
/// look took as long as an honest look takes.
#[derive(Debug, Clone, PartialEq)]
pub struct FreshLook {
    /// The image.
    pub image: Sha256,
    /// How it is to be seen.
    pub view: FreshView,
    secs: f32,
    seen: [u16; SIDE],
}

/// The picture is divided into so many rows and columns.
const SIDE: usize = 16;
/// A shorter look is none.
const LEAST_SECS: f32 = 2.0;
/// A frame that took longer counts as this long: the person may have been away.
const LONGEST_FRAME_SECS: f32 = 0.25;

impl FreshLook {
    /// Nothing is seen yet.
    pub fn new(image: Sha256, view: FreshView) -> Self {
        Self { image, view, secs: 0.0, seen: [0; SIDE] }
    }

    /// The picture was on the screen for so long, from corner to corner of the part that could be seen (0 to 1 on both axes).
    pub fn watch(&mut self, secs: f32, from: [f32; 2], to: [f32; 2]) {
        self.secs += secs.clamp(0.0, LONGEST_FRAME_SECS);
        let middle = |i: usize| (i as f32 + 0.5) / SIDE as f32;
        for (y, row) in self.seen.iter_mut().enumerate() {
            for x in 0..SIDE {
                let is_inside = |axis: usize, at: f32| (from[axis]..=to[axis]).contains(&at);
                if is_inside(0, middle(x)) && is_inside(1, middle(y)) {
                    *row |= 1 << x;
                }
            }
        }
    }

    /// Share of the picture that was seen, 0 to 1.
    pub fn share(&self) -> f32 {
        let cells: u32 = self.seen.iter().map(|row| row.count_ones()).sum();
        cells as f32 / (SIDE * SIDE) as f32
    }

    /// Whether it was really seen.
    pub fn is_done(&self) -> bool {
        self.secs >= LEAST_SECS && self.seen.iter().all(|row| *row == u16::MAX)
    }

    /// What the person is told meanwhile.
    pub fn advice(&self, counts: bool) -> String {
        let view = match self.view {
            FreshView::Mirrored => "mirrored",
            FreshView::FullZoom => "at 100 %",
        };
        let seen = (self.share() * 100.0).floor();
        match (counts, self.share() < 1.0) {
            (false, _) => format!("Fresh eyes, {view}: zoom to 100 % or closer with the key 1"),
            (true, true) => format!("Fresh eyes, {view}: {seen:.0} % seen, drag it or press the arrows for the rest"),
            (true, false) if self.is_done() => format!("Fresh eyes, {view}: seen"),
            (true, false) => format!("Fresh eyes, {view}: look at all of it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_no_look() {
        let mut look = FreshLook::new(Sha256([1; 32]), FreshView::Mirrored);
        look.watch(60.0, [0.0, 0.0], [1.0, 1.0]);
        assert!(!look.is_done());
        assert_eq!(look.advice(true), "Fresh eyes, mirrored: look at all of it");
        for _ in 0..8 {
            look.watch(0.25, [0.0, 0.0], [1.0, 1.0]);
        }
        assert!(look.is_done());
        assert_eq!(look.advice(true), "Fresh eyes, mirrored: seen");
    }

    #[test]
    fn a_part_is_not_the_whole() {
        let mut look = FreshLook::new(Sha256([1; 32]), FreshView::FullZoom);
        for _ in 0..40 {
            look.watch(0.25, [-0.2, 0.0], [0.5, 1.0]);
        }
        assert!(!look.is_done());
        assert_eq!(look.advice(true), "Fresh eyes, at 100 %: 50 % seen, drag it or press the arrows for the rest");
        assert!(look.advice(false).ends_with("zoom to 100 % or closer with the key 1"));
        look.watch(0.25, [0.5, 0.0], [1.2, 1.0]);
        assert!(look.is_done());
    }
}
