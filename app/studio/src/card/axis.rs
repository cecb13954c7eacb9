use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CardField, PromptSkeleton, RecipeCard, Slot, SlotDifference};
use crate::{GenerationRequest, JobId, Refusal, limits};

/// Most rows of one volume run.
pub const MOST_ROWS: u32 = limits::MOST_COUNT;

/// One thing that a volume run may vary, and the values that it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariationAxis {
    /// What varies.
    pub kind: AxisKind,
    /// The values, as text: slot texts, offsets that are added to the seed, or guidance scales.
    pub values: Vec<String>,
}

impl VariationAxis {
    /// The axis of `count` seeds, counted up from the card's own.
    pub fn seeds(count: u32) -> Self {
        Self { kind: AxisKind::SeedOffset, values: (0..count).map(|offset| offset.to_string()).collect() }
    }

    fn read(&self) -> Result<Vec<AxisValue<'_>>, AxisRefusal> {
        let kind = self.kind;
        if self.values.is_empty() {
            return Err(AxisRefusal::Empty { kind });
        }
        let values = self.values.iter().map(|text| AxisValue::read(kind, text)).collect::<Result<Vec<_>, _>>()?;
        let mut seen = BTreeSet::new();
        match values.iter().zip(&self.values).find(|(value, _)| !seen.insert(value.text())) {
            Some((_, text)) => Err(AxisRefusal::Repeated { kind, value: text.clone() }),
            None => Ok(values),
        }
    }
}

/// One value of an axis, read from its text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum AxisValue<'a> {
    /// Text of a slot, without the spaces around it.
    Slot(Slot, &'a str),
    /// What is added to the seed.
    SeedOffset(u64),
    /// The guidance scale.
    Guidance(f64),
}

impl<'a> AxisValue<'a> {
    fn read(kind: AxisKind, text: &'a str) -> Result<Self, AxisRefusal> {
        match kind {
            AxisKind::SeedOffset => match text.parse::<u64>() {
                Ok(offset) if offset.to_string() == text => Ok(Self::SeedOffset(offset)),
                _ => Err(AxisRefusal::SeedOffset { value: text.to_owned() }),
            },
            AxisKind::Guidance => {
                let guidance = text.parse().map_err(|_| AxisRefusal::GuidanceText { value: text.to_owned() })?;
                limits::check_guidance(guidance)?;
                // Adding 0 turns -0 into 0, which is the same guidance.
                Ok(Self::Guidance(guidance + 0.0))
            }
            AxisKind::Subject => Self::slot(Slot::Subject, text),
            AxisKind::Context => Self::slot(Slot::Context, text),
            AxisKind::Composition => Self::slot(Slot::Composition, text),
            AxisKind::Style => Self::slot(Slot::Style, text),
            AxisKind::Technical => Self::slot(Slot::Technical, text),
        }
    }

    fn slot(slot: Slot, text: &'a str) -> Result<Self, AxisRefusal> {
        limits::check_prompt("prompt", text)?;
        Ok(Self::Slot(slot, text.trim()))
    }

    /// One text for each value.
    fn text(&self) -> String {
        match self {
            Self::Slot(_, text) => (*text).to_owned(),
            Self::SeedOffset(offset) => offset.to_string(),
            Self::Guidance(guidance) => guidance.to_string(),
        }
    }

    /// Writes the value into a row, and says what it changed.
    fn apply(self, card: &RecipeCard, row: &mut VolumeRow) -> Result<(), AxisRefusal> {
        let recipe = &mut row.request.recipe;
        let (field, before, after) = match self {
            Self::Slot(slot, text) => {
                text.clone_into(row.skeleton.slot_mut(slot));
                (CardField::from(slot), card.skeleton.slot(slot).trim().to_owned(), text.to_owned())
            }
            Self::SeedOffset(offset) => {
                let seed = card.seed;
                row.request.seed = seed.checked_add(offset).ok_or(AxisRefusal::SeedOverflow { seed, offset })?;
                (CardField::Seed, seed.to_string(), row.request.seed.to_string())
            }
            Self::Guidance(guidance) => {
                recipe.guidance_scale = guidance;
                (CardField::Guidance, card.recipe.guidance_scale.to_string(), guidance.to_string())
            }
        };
        if before != after {
            row.changes.push(SlotDifference { field, before, after });
        }
        Ok(())
    }
}

/// The values of every axis of a card, in order, with every rule checked that needs no row.
pub(super) fn read_axes(card: &RecipeCard) -> Result<Vec<Vec<AxisValue<'_>>>, AxisRefusal> {
    let mut kinds = BTreeSet::new();
    if let Some(axis) = card.axes.iter().find(|axis| !kinds.insert(axis.kind)) {
        return Err(AxisRefusal::Twice { kind: axis.kind });
    }
    let axes = card.axes.iter().map(VariationAxis::read).collect::<Result<Vec<_>, _>>()?;
    for value in axes.iter().flatten() {
        if let AxisValue::SeedOffset(offset) = *value
            && card.seed.checked_add(offset).is_none()
        {
            return Err(AxisRefusal::SeedOverflow { seed: card.seed, offset });
        }
    }
    let rows = axes.iter().try_fold(1_usize, |rows, values| rows.checked_mul(values.len()));
    match rows {
        Some(rows) if rows <= MOST_ROWS as usize => Ok(axes),
        _ => Err(AxisRefusal::TooManyRows { most: MOST_ROWS }),
    }
}

/// The rows of a volume run: the product of the axes, the last one varying fastest. A card without axes has one row,
/// itself.
///
/// # Errors
/// The first [`AxisRefusal`], also when a row could not be rendered by this program.
pub fn rows(card: &RecipeCard) -> Result<Vec<VolumeRow>, AxisRefusal> {
    let axes = read_axes(card)?;
    let count: usize = axes.iter().map(Vec::len).product();
    (0..count).map(|index| row(card, &axes, index)).collect()
}

fn row(card: &RecipeCard, axes: &[Vec<AxisValue<'_>>], index: usize) -> Result<VolumeRow, AxisRefusal> {
    let request = card.request(JobId(index as u64));
    let mut row = VolumeRow { changes: Vec::new(), skeleton: card.skeleton.clone(), request };
    let mut below: usize = axes.iter().map(Vec::len).product();
    for values in axes {
        below /= values.len();
        values[index / below % values.len()].apply(card, &mut row)?;
    }
    row.request.recipe.prompt = row.skeleton.text();
    row.request.check()?;
    Ok(row)
}

/// What a volume run may vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
