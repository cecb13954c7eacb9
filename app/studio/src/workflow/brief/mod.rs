mod answer;
mod deliverable;
mod guides;
mod sentence;
mod stakes;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::SchemaV1;

pub use answer::Answer;
pub use deliverable::{ColourError, ColourSpace, Deliverable, FileFormat, PaletteColour};
pub use guides::{CompositionGuides, CopyShare, CopySide, CopySpace, DeliverableGuides, SafeMargin, SizeUnit};
pub use sentence::{IntentProblem, LEAST_WORDS, MOST_WORDS, check_one_sentence};
pub use stakes::Stakes;

/// What is wanted, by whom and for what. One project has one brief, which may be revised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Short ASCII name, `[a-z0-9-]`, 1 to 40 characters; file names begin with it.
    pub name: String,
    /// The intent in one sentence.
    pub intent: String,
    /// What the pictures are for.
    pub purpose: Answer<String>,
    /// Where they appear.
    pub appears: Answer<String>,
    /// How they should feel.
    pub mood: Answer<String>,
    /// What must be in them.
    pub must_haves: Answer<String>,
    /// What must not be: no real people, aspect ratio and other hard constraints.
    pub constraints: Answer<String>,
    /// The colours to keep to; the gate measures against them.
    pub palette: Answer<Vec<PaletteColour>>,
    /// Sizes, formats, counts and colour spaces.
    pub deliverables: Answer<Vec<Deliverable>>,
    /// What must look the same across the pictures.
    pub consistency: Answer<String>,
    /// Under which rights the pictures and their inputs are used.
    pub licensing: Answer<String>,
    /// How much hangs on the pictures. There is no "not needed" for it.
    pub stakes: Option<Stakes>,
    /// Most generations that one image may take before the Director is asked.
    pub iteration_budget: Answer<u32>,
}

impl Brief {
    /// An open brief with nothing but its name.
    pub fn open(name: &str) -> Self {
        Self {
            schema: SchemaV1,
            name: name.to_owned(),
            intent: String::new(),
            purpose: Answer::Open,
            appears: Answer::Open,
            mood: Answer::Open,
            must_haves: Answer::Open,
            constraints: Answer::Open,
            palette: Answer::Open,
            deliverables: Answer::Open,
            consistency: Answer::Open,
            licensing: Answer::Open,
            stakes: None,
            iteration_budget: Answer::Open,
        }
    }

    /// What a picture of this width and height is too small for: the deliverable that it would have to be enlarged for most, as far as it has
    /// to be to cover it, and how many times. None where it covers every one.
    pub fn too_small_for(&self, [width, height]: [u32; 2]) -> Option<(&Deliverable, f64)> {
        let times = |one: &Deliverable| {
            (f64::from(one.width) / f64::from(width.max(1))).max(f64::from(one.height) / f64::from(height.max(1)))
        };
        let measured = self.deliverables.filled().into_iter().flatten().map(|one| (one, times(one)));
        measured.filter(|(_, times)| *times > 1.0).max_by(|(_, one), (_, other)| one.total_cmp(other))
    }

    /// Whether a field is settled: filled with something sound, or not needed with a reason.
    pub fn is_settled(&self, field: BriefField) -> bool {
        let text = |answer: &Answer<String>| answer.is_settled(|text| !text.trim().is_empty());
        match field {
            BriefField::Intent => check_one_sentence(&self.intent).is_ok(),
            BriefField::Purpose => text(&self.purpose),
            BriefField::Appears => text(&self.appears),
            BriefField::Mood => text(&self.mood),
            BriefField::MustHaves => text(&self.must_haves),
            BriefField::Constraints => text(&self.constraints),
            BriefField::Palette => self.palette.is_settled(|colours| !colours.is_empty()),
            BriefField::Deliverables => self.deliverables.is_settled(|list| {
                !list.is_empty()
                    && list
                        .iter()
                        .all(|one| !one.name.trim().is_empty() && one.width > 0 && one.height > 0 && one.count > 0)
            }),
            BriefField::Consistency => text(&self.consistency),
            BriefField::Licensing => text(&self.licensing),
            BriefField::Stakes => self.stakes.is_some(),
            BriefField::IterationBudget => self.iteration_budget.is_settled(|budget| *budget > 0),
        }
    }

    /// The fields that still keep the brief from being complete, in the order of the form.
    pub fn missing(&self) -> Vec<BriefField> {
        BriefField::ALL.into_iter().filter(|field| !self.is_settled(*field)).collect()
    }

    /// Settled fields and all fields, for the completeness meter.
    pub fn completeness(&self) -> (usize, usize) {
        (BriefField::ALL.len() - self.missing().len(), BriefField::ALL.len())
    }

    /// Every free text of the brief with its name, for the check of lengths and characters.
    pub(crate) fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![("intent", self.intent.as_str())];
        for (field, answer) in [
            ("purpose", &self.purpose),
            ("place of appearance", &self.appears),
            ("mood", &self.mood),
            ("must-haves", &self.must_haves),
            ("hard constraints", &self.constraints),
            ("consistency", &self.consistency),
            ("licensing context", &self.licensing),
        ] {
            match answer {
                Answer::Open => {}
                Answer::Filled(text) | Answer::NotNeeded { because: text } => texts.push((field, text)),
            }
        }
        texts
    }
}

/// One field of the brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BriefField {
    /// [`Brief::intent`].
    Intent,
    /// [`Brief::purpose`].
    Purpose,
    /// [`Brief::appears`].
    Appears,
    /// [`Brief::mood`].
    Mood,
    /// [`Brief::must_haves`].
    MustHaves,
    /// [`Brief::constraints`].
    Constraints,
    /// [`Brief::palette`].
    Palette,
    /// [`Brief::deliverables`].
    Deliverables,
    /// [`Brief::consistency`].
    Consistency,
    /// [`Brief::licensing`].
    Licensing,
    /// [`Brief::stakes`].
    Stakes,
    /// [`Brief::iteration_budget`].
    IterationBudget,
}

impl BriefField {
    /// All fields in the order of the form.
    pub const ALL: [Self; 12] = [
        Self::Intent,
        Self::Purpose,
        Self::Appears,
        Self::Mood,
        Self::MustHaves,
        Self::Constraints,
        Self::Palette,
        Self::Deliverables,
        Self::Consistency,
        Self::Licensing,
        Self::Stakes,
        Self::IterationBudget,
    ];

    /// Whether the field can be marked "not needed, because …".
    pub fn can_be_left_out(self) -> bool {
        !matches!(self, Self::Intent | Self::Stakes)
    }
}

impl fmt::Display for BriefField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Intent => "intent in one sentence",
            Self::Purpose => "purpose",
            Self::Appears => "where it appears",
            Self::Mood => "mood",
            Self::MustHaves => "must-haves",
            Self::Constraints => "hard constraints",
            Self::Palette => "palette",
            Self::Deliverables => "deliverables",
            Self::Consistency => "consistency",
            Self::Licensing => "licensing context",
            Self::Stakes => "stakes",
            Self::IterationBudget => "iteration budget per image",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_too_small_for_what_it_would_have_to_be_enlarged_for_most() {
        let wanted = |name: &str, width, height| Deliverable {
            name: name.to_owned(),
            width,
            height,
            format: FileFormat::Png,
            count: 1,
            colour_space: ColourSpace::Srgb,
        };
        let list = vec![wanted("cover", 1024, 1024), wanted("banner", 1600, 400)];
        let brief = Brief { deliverables: Answer::Filled(list), ..Brief::open("harbour") };
        let told = |size| brief.too_small_for(size).map(|(wanted, times)| (wanted.name.as_str(), times));
        assert_eq!(told([128, 128]), Some(("banner", 12.5)));
        assert_eq!(told([1600, 512]), Some(("cover", 2.0)));
        assert_eq!(told([1600, 1024]), None);
        assert_eq!(Brief::open("harbour").too_small_for([8, 8]), None);
    }
}
