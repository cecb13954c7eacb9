use kento_studio::workflow::{STRONG_VARIATION, SUBTLE_VARIATION};

/// What the canvas is asked to make of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RepairAct {
    /// What is masked is made anew.
    #[default]
    Region,
    /// The picture grows at its sides, and what is masked is made anew with it.
    Extend,
    /// The whole picture is made a little anew, from itself.
    Refine,
    /// The same recipe, with noise that is nearly the same.
    VarySubtle,
    /// The same recipe, with noise that is rather different.
    VaryStrong,
}

impl RepairAct {
    /// All, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Region, Self::Extend, Self::Refine, Self::VarySubtle, Self::VaryStrong];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Region => "Repair the mask",
            Self::Extend => "Extend the picture",
            Self::Refine => "Refine the whole",
            Self::VarySubtle => "Vary subtly",
            Self::VaryStrong => "Vary strongly",
        }
    }

    /// What it does, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Region => "What is masked is made anew; the rest keeps its bytes",
            Self::Extend => "The picture grows at its sides, and what is masked is made anew with it",
            Self::Refine => "The whole picture is made a little anew, from itself, without a mask",
            Self::VarySubtle => "The same recipe with nearly the same noise: details differ",
            Self::VaryStrong => "The same recipe with rather different noise: the composition moves",
        }
    }

    /// What stands on the button that begins it, for so many candidates.
    pub fn button(self, count: u32) -> String {
        match (self, count) {
            (Self::Region, 1) => "Repair".to_owned(),
            (Self::Region, count) => format!("Make {count} candidates"),
            (Self::Extend, 1) => "Extend".to_owned(),
            (Self::Extend, count) => format!("Extend {count} times"),
            (Self::Refine, 1) => "Refine".to_owned(),
            (Self::Refine, count) => format!("Refine {count} times"),
            (Self::VarySubtle | Self::VaryStrong, 1) => "Vary".to_owned(),
            (Self::VarySubtle | Self::VaryStrong, count) => format!("Make {count} variations"),
        }
    }

    /// How far the noise is turned towards that of another seed; none where it is not.
    pub fn variation(self) -> Option<f64> {
        match self {
            Self::VarySubtle => Some(SUBTLE_VARIATION),
            Self::VaryStrong => Some(STRONG_VARIATION),
            Self::Region | Self::Extend | Self::Refine => None,
        }
    }

    /// Whether a part of the picture is generated and put back.
    pub fn has_region(self) -> bool {
        matches!(self, Self::Region | Self::Extend)
    }
}
