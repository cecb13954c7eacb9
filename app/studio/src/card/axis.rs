use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PromptSkeleton, Slot, SlotDifference};
use crate::{GenerationRequest, Refusal};

/// One thing that a volume run may vary, and the values that it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariationAxis {
    /// What varies.
    pub kind: AxisKind,
    /// The values, as text: slot texts, offsets that are added to the seed, or guidance scales.
    pub values: Vec<String>,
}

/// What a volume run may vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AxisKind {
    /// The subject slot.
    Subject,
    /// The context slot.
    Context,
    /// The composition slot.
    Composition,
    /// The style slot.
    Style,
    /// The technical slot.
    Technical,
    /// A whole number that is added to the card's seed.
    SeedOffset,
    /// The guidance scale.
    Guidance,
}

impl AxisKind {
    /// Every kind, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Subject,
        Self::Context,
        Self::Composition,
        Self::Style,
        Self::Technical,
        Self::SeedOffset,
        Self::Guidance,
    ];

    /// The word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::SeedOffset => "Seed offset",
            Self::Guidance => "Guidance",
            Self::Subject => Slot::Subject.label(),
            Self::Context => Slot::Context.label(),
            Self::Composition => Slot::Composition.label(),
            Self::Style => Slot::Style.label(),
            Self::Technical => Slot::Technical.label(),
        }
    }

    /// The slot of the prompt that it varies, if it varies one.
    pub fn slot(self) -> Option<Slot> {
        match self {
            Self::Subject => Some(Slot::Subject),
            Self::Context => Some(Slot::Context),
            Self::Composition => Some(Slot::Composition),
            Self::Style => Some(Slot::Style),
            Self::Technical => Some(Slot::Technical),
            Self::SeedOffset | Self::Guidance => None,
        }
    }
}

impl fmt::Display for AxisKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// One row of a volume run: a full variant of the card.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumeRow {
    /// What differs from the card, every change declared by an axis.
    pub changes: Vec<SlotDifference>,
    /// The prompt of this row, slot by slot.
    pub skeleton: PromptSkeleton,
    /// What the engine is asked for. The job is the row's number from 0; who queues it gives it its own.
    pub request: GenerationRequest,
}

/// Why variation axes cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AxisRefusal {
    /// An axis without values.
    #[error("the axis {kind} has no values: add one or remove the axis")]
    Empty {
        /// Which axis.
        kind: AxisKind,
    },
    /// Two axes of one kind.
    #[error("there are two axes {kind}: put their values into one")]
    Twice {
        /// Which axis.
        kind: AxisKind,
    },
    /// One value twice.
    #[error("the axis {kind} has the value \"{value}\" twice: remove one of them")]
    Repeated {
        /// Which axis.
        kind: AxisKind,
        /// The value.
        value: String,
    },
    /// A value that is no seed offset.
    #[error(
        "a seed offset is a whole number from 0 written without sign, and \"{value}\" is not one: write for example 1"
    )]
    SeedOffset {
        /// The value.
        value: String,
    },
    /// A seed that would pass the largest one.
    #[error("seed {seed} leaves no room for the offset {offset}: use a smaller seed or offset")]
    SeedOverflow {
        /// The card's seed.
        seed: u64,
        /// The offset.
        offset: u64,
    },
    /// A value that is no number.
    #[error("a guidance scale is a number, and \"{value}\" is not one: write for example 3.5")]
    GuidanceText {
        /// The value.
        value: String,
    },
    /// More rows than one run can hold.
    #[error("the axes make more than {most} rows: remove values or an axis")]
    TooManyRows {
        /// Most rows of one run.
        most: u32,
    },
    /// A row that could not be rendered.
    #[error(transparent)]
    Row(#[from] Refusal),
}
