use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::PersonName;

/// Keep or reject one image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CullDecision {
    /// A keeper.
    Keep,
    /// A reject.
    Reject {
        /// Why.
        reason: RejectReason,
        /// More in the Operator's words; needed where the reason is "other".
        note: String,
    },
}

/// Why an image was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectReason {
    /// Hands, faces, eyes, teeth, limbs.
    Anatomy,
    /// Warped edges, duplicated elements, seams, noise.
    Artefact,
    /// Framing, focal point or copy space.
    Composition,
    /// It does not show what the brief asks for.
    OffBrief,
    /// It left the approved style.
    OffStyle,
    /// Colours outside the palette.
    Colour,
    /// Light and shadows contradict each other.
    Lighting,
    /// Letters, signs or logos that should not be there.
    StrayText,
    /// Too close to a keeper.
    Duplicate,
    /// A recognisable person, a logo or another legal concern.
    Legal,
    /// Offensive or biased.
    Content,
    /// Something else; the note says what.
    Other,
}

impl RejectReason {
    /// All reasons, in the order of the number keys.
    pub const ALL: [Self; 12] = [
        Self::Anatomy,
        Self::Artefact,
        Self::Composition,
        Self::OffBrief,
        Self::OffStyle,
        Self::Colour,
        Self::Lighting,
        Self::StrayText,
        Self::Duplicate,
        Self::Legal,
        Self::Content,
        Self::Other,
    ];
}

impl fmt::Display for RejectReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Anatomy => "anatomy",
            Self::Artefact => "artefact",
            Self::Composition => "composition",
            Self::OffBrief => "off brief",
            Self::OffStyle => "off style",
            Self::Colour => "colour",
            Self::Lighting => "lighting",
            Self::StrayText => "stray text",
            Self::Duplicate => "duplicate",
            Self::Legal => "legal",
            Self::Content => "content",
            Self::Other => "other",
        })
    }
}

/// A cull decision that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Culled {
    /// The decision.
    pub decision: CullDecision,
    /// Who decided.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Its record, which a later decision names as superseded.
    pub seq: u64,
}
