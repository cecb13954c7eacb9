use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The five slots of a prompt, always in this order. The exact prompt is [`PromptSkeleton::text`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptSkeleton {
    /// The main thing, plainly.
    pub subject: String,
    /// Setting, action, environment.
    pub context: String,
    /// Framing, angle, focal point, copy space.
    pub composition: String,
    /// Medium, lighting, mood.
    pub style: String,
    /// Resolution cues, aspect, quality terms.
    pub technical: String,
}

impl PromptSkeleton {
    /// What stands between two slots of the prompt.
    pub const SEPARATOR: &'static str = ", ";

    /// The exact prompt: the slots that are not empty, without the spaces around them, joined by `", "`. Weights such as
    /// `(sun:1.2)` are part of the text and stay as they were typed.
    pub fn text(&self) -> String {
        let slots: Vec<&str> = Slot::ALL.into_iter().map(|slot| self.slot(slot).trim()).collect();
        let filled: Vec<&str> = slots.into_iter().filter(|text| !text.is_empty()).collect();
        filled.join(Self::SEPARATOR)
    }

    /// The text of one slot.
    pub fn slot(&self, slot: Slot) -> &str {
        match slot {
            Slot::Subject => &self.subject,
            Slot::Context => &self.context,
            Slot::Composition => &self.composition,
            Slot::Style => &self.style,
            Slot::Technical => &self.technical,
        }
    }

    /// The text of one slot, to be changed.
    pub fn slot_mut(&mut self, slot: Slot) -> &mut String {
        match slot {
            Slot::Subject => &mut self.subject,
            Slot::Context => &mut self.context,
            Slot::Composition => &mut self.composition,
            Slot::Style => &mut self.style,
            Slot::Technical => &mut self.technical,
        }
    }
}

/// One slot of the prompt skeleton.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The main thing, plainly.
    Subject,
    /// Setting, action, environment.
    Context,
    /// Framing, angle, focal point, copy space.
    Composition,
    /// Medium, lighting, mood.
    Style,
    /// Resolution cues, aspect, quality terms.
    Technical,
}

impl Slot {
    /// Every slot, in the order of the prompt.
    pub const ALL: [Self; 5] = [Self::Subject, Self::Context, Self::Composition, Self::Style, Self::Technical];

    /// The word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Context => "Context",
            Self::Composition => "Composition",
            Self::Style => "Style",
            Self::Technical => "Technical",
        }
    }

    /// What belongs into the slot.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Subject => "the main thing, plainly",
            Self::Context => "setting, action, environment",
            Self::Composition => "framing, angle, focal point, copy space",
            Self::Style => "medium, lighting, mood",
            Self::Technical => "resolution cues, aspect, quality terms",
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// Where a slot stands in the exact prompt, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotMeasure {
    /// Which slot.
    pub slot: Slot,
    /// Its bytes in [`PromptSkeleton::text`], without separators; empty for an empty slot.
    pub range: Range<usize>,
    /// Words between white space.
    pub words: usize,
    /// Tokens that the slot adds to the prompt, with the separator before it.
    pub tokens: usize,
    /// The chunks that these tokens fall into, counted from 0; empty for an empty slot.
    pub chunks: Range<usize>,
}
