/// A part of the picture that is kept for words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CopySpace {
    /// Where it is.
    pub side: CopySide,
    /// How much of the picture it takes.
    pub share: CopyShare,
}

/// The side of the picture that a copy space lies at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopySide {
    /// At the left.
    Left,
    /// At the right.
    Right,
    /// At the top.
    Top,
    /// At the bottom.
    Bottom,
}

/// How much of the width or height a copy space takes, above 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CopyShare {
    /// The brief says so.
    Said(f32),
    /// The brief names the side alone: a third is what layouts usually keep.
    Assumed(f32),
}

impl CopySide {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Top => "top",
            Self::Bottom => "bottom",
        }
    }
}

impl CopyShare {
    /// Where the brief names a side alone.
    pub const THIRD: Self = Self::Assumed(1.0 / 3.0);

    /// The number.
    pub fn get(self) -> f32 {
        match self {
            Self::Said(share) | Self::Assumed(share) => share,
        }
    }
}

impl CopySpace {
    /// Left, top, right and bottom of it in a frame of the same unit.
    pub fn within(&self, [left, top, right, bottom]: [f32; 4]) -> [f32; 4] {
        let (width, height) = ((right - left) * self.share.get(), (bottom - top) * self.share.get());
        match self.side {
            CopySide::Left => [left, top, left + width, bottom],
            CopySide::Right => [right - width, top, right, bottom],
            CopySide::Top => [left, top, right, top + height],
            CopySide::Bottom => [left, bottom - height, right, bottom],
        }
    }

    /// In a few words: `copy space left, a third assumed`.
    pub fn label(&self) -> String {
        let percent = self.share.get() * 100.0;
        match self.share {
            CopyShare::Said(_) => format!("copy space {}, {percent:.0} %", self.side.word()),
            CopyShare::Assumed(_) => format!("copy space {}, a third assumed", self.side.word()),
        }
    }
}
