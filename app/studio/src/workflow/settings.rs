use serde::{Deserialize, Serialize};

use crate::library::WorkflowNumbers;

/// The figures of the rules that a project may set for itself. The defaults are those of the workflow document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectSettings {
    /// Minutes between the last edit of an image and a fresh-eyes pass over it.
    pub fresh_eyes_minutes: u32,
    /// How often one issue may come back in one recipe before its volume run pauses.
    pub repeats_that_pause: u32,
    /// Most denoising steps of a concept sprint.
    pub draft_most_steps: u32,
    /// Most pixels of a generated image; larger ones are upscaled, never generated.
    pub most_generated_pixels: u64,
    /// Largest strength of image-to-image in Fix-and-finish.
    pub most_repair_strength: f64,
    /// When internal work may use the short review list.
    pub short_list: ShortListRule,
}

/// When internal work may use the short review list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortListRule {
    /// How many of the latest reviews count; fewer than these are no track record.
    pub least_reviewed: u32,
    /// Largest share of them that was sent back or vetoed, 0 to 1.
    pub most_rework: f64,
}

impl Default for ProjectSettings {
    fn default() -> Self {
        Self {
            fresh_eyes_minutes: 20,
            repeats_that_pause: 3,
            draft_most_steps: 20,
            // 1024 x 1024, the largest size that a supported model was trained on.
            most_generated_pixels: 1 << 20,
            most_repair_strength: 0.5,
            short_list: ShortListRule { least_reviewed: 20, most_rework: 0.1 },
        }
    }
}

impl From<&WorkflowNumbers> for ProjectSettings {
    /// The figures of the workflow document, and the defaults for what it does not say.
    fn from(numbers: &WorkflowNumbers) -> Self {
        let WorkflowNumbers { fresh_eyes_minutes, repeats_that_pause, .. } = *numbers;
        Self { fresh_eyes_minutes, repeats_that_pause, ..Self::default() }
    }
}

/// A share above which the app says "regenerate": more than a third of the image is masked.
pub const MOST_MASKED_SHARE: f64 = 1.0 / 3.0;
/// The share of a volume run that is expected to be kept at most.
pub const EXPECTED_KEEP_RATE: f64 = 0.25;
/// Fewest and most variations of a full concept sprint.
pub const SPRINT_VARIATIONS: std::ops::RangeInclusive<usize> = 15..=30;
/// Fewest and most styles of a full concept sprint.
pub const SPRINT_STYLES: std::ops::RangeInclusive<usize> = 3..=5;
/// Fewest and most candidates of a moodboard.
pub const MOODBOARD_CANDIDATES: std::ops::RangeInclusive<usize> = 3..=5;
/// Longest free text of a record in characters.
pub const MOST_TEXT_CHARS: usize = 4_000;

/// What the app advises for a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairAdvice {
    /// The defect is contained: repair it.
    Repair,
    /// More than a third of the image is masked: generate it again.
    Regenerate,
}

/// Most candidates of one strip.
pub const MOST_CANDIDATES: u32 = 16;

/// How far a subtle variation turns the first noise towards that of another seed, from 0 to 1 as in
/// [`SeedVariation`](crate::SeedVariation): a tenth of the way, where the composition stays and details differ.
pub const SUBTLE_VARIATION: f64 = 0.1;
/// The same for a strong variation: a third of the way, where the composition moves and the subject stays.
pub const STRONG_VARIATION: f64 = 0.35;

/// Repair or regenerate, by the masked share of the image, 0 to 1.
pub fn repair_advice(masked_share: f64) -> RepairAdvice {
    if masked_share > MOST_MASKED_SHARE { RepairAdvice::Regenerate } else { RepairAdvice::Repair }
}

impl ProjectSettings {
    /// The first figure that cannot be used, as a sentence.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        if self.fresh_eyes_minutes > 7 * 24 * 60 {
            Some("the pause before a fresh-eyes pass must be at most a week: enter at most 10080 minutes")
        } else if !(1..=100).contains(&self.repeats_that_pause) {
            Some("the number of repeats that pause a recipe must be between 1 and 100: enter 3 if in doubt")
        } else if crate::limits::check_steps(self.draft_most_steps).is_err() {
            Some("the most steps of a sprint must be between 1 and 1000: enter 20 if in doubt")
        } else if self.most_generated_pixels < 64 * 64 {
            Some("the largest generated image must have at least 4096 pixels: enter 1048576 if in doubt")
        } else if crate::limits::check_strength(self.most_repair_strength).is_err() {
            Some("the largest repair strength must be above 0 and at most 1: enter 0.5 if in doubt")
        } else if self.short_list.least_reviewed == 0 || !share(self.short_list.most_rework) {
            Some(
                "the short list needs at least 1 review and a share of rework from 0 to 1: enter 20 and 0.1 if in doubt",
            )
        } else {
            None
        }
    }
}
