use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::CommandKind;
use crate::card::CardRef;
use crate::{EngineFingerprint, GenerationRequest, PersonName, Sha256};

/// A job as it is written down before any device works on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueuedJob {
    /// Everything that determines the pixels, with the number of the job.
    pub request: GenerationRequest,
    /// What it is rendered for.
    pub purpose: JobPurpose,
}

/// What a job is rendered for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "kebab-case", deny_unknown_fields)]
pub enum JobPurpose {
    /// A cell of a concept sprint.
    Sprint {
        /// Number of the sprint, from 1.
        sprint: u32,
        /// Row of the grid, from 0.
        row: u32,
        /// Column of the grid, from 0.
        column: u32,
    },
    /// A variation of one image (subtle, strong, or with another model).
    Variation {
        /// The image that it came from.
        parent: Sha256,
        /// Which strip of candidates it belongs to, from 1, where it was asked for on the canvas: it waits there until it is accepted.
        /// Any other variation has none and stands at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        strip: Option<u32>,
    },
    /// The Hero of a draft card.
    Hero {
        /// The card.
        card: CardRef,
    },
    /// The Hero once more, from the card alone, in a fresh engine process. Its pixels are compared and not kept.
    Proof {
        /// The card.
        card: CardRef,
        /// The Hero that it must match.
        hero: Sha256,
    },
    /// A row of a volume run.
    Volume {
        /// The locked card.
        card: CardRef,
        /// Number of the run, from 1.
        run: u32,
        /// Row of the run, from 0.
        row: u32,
    },
    /// A repair in Fix-and-finish.
    Repair {
        /// The image that is repaired.
        parent: Sha256,
        /// Share of the image that is masked, 0 to 1; the whole image where there is no mask.
        masked_share: f64,
        /// Which strip of candidates it belongs to, from 1: it waits on the canvas until it is accepted. Repairs of projects before
        /// there were strips have none and stand at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        strip: Option<u32>,
    },
}

impl JobPurpose {
    /// The command that such a job begins with.
    pub fn begun_with(&self) -> CommandKind {
        match self {
            Self::Sprint { .. } => CommandKind::StartConceptSprint,
            Self::Variation { .. } => CommandKind::VaryImage,
            Self::Hero { .. } => CommandKind::RenderHero,
            Self::Proof { .. } => CommandKind::ProveCard,
            Self::Volume { .. } => CommandKind::StartVolumeRun,
            Self::Repair { .. } => CommandKind::StartRepair,
        }
    }

    /// The image that the job starts from.
    pub fn parent(&self) -> Option<Sha256> {
        match self {
            Self::Variation { parent, .. } | Self::Repair { parent, .. } => Some(*parent),
            Self::Sprint { .. } | Self::Hero { .. } | Self::Proof { .. } | Self::Volume { .. } => None,
        }
    }

    /// The strip of candidates that the image waits in.
    pub fn strip(&self) -> Option<u32> {
        match self {
            Self::Variation { strip, .. } | Self::Repair { strip, .. } => *strip,
            Self::Sprint { .. } | Self::Hero { .. } | Self::Proof { .. } | Self::Volume { .. } => None,
        }
    }

    /// The card that the job belongs to.
    pub fn card(&self) -> Option<&CardRef> {
        match self {
            Self::Hero { card } | Self::Proof { card, .. } | Self::Volume { card, .. } => Some(card),
            Self::Sprint { .. } | Self::Variation { .. } | Self::Repair { .. } => None,
        }
    }
}

/// A job with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What is rendered.
    pub request: GenerationRequest,
    /// What for.
    pub purpose: JobPurpose,
    /// Who asked for it: a maker of the image.
    pub by: PersonName,
    /// Who queued it again: makers of the image too.
    pub again_by: BTreeSet<PersonName>,
    /// Record of the intent.
    pub seq: u64,
    /// How often it was queued.
    pub attempts: u32,
    /// What became of it.
    pub status: JobStatus,
    /// The engine that made the image.
    pub fingerprint: Option<EngineFingerprint>,
}

impl Job {
    /// What its iteration is counted against, where it counts as one. `root` gives the first image of a lineage.
    pub(super) fn subject(&self, root: impl Fn(&Sha256) -> Option<Sha256>) -> Option<IterationSubject> {
        match &self.purpose {
            JobPurpose::Hero { card } => Some(IterationSubject::Hero { card: card.clone() }),
            JobPurpose::Variation { parent, .. } | JobPurpose::Repair { parent, .. } => {
                root(parent).map(|root| IterationSubject::Image { root })
            }
            JobPurpose::Sprint { .. } | JobPurpose::Proof { .. } | JobPurpose::Volume { .. } => None,
        }
    }
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum JobStatus {
    /// Written down, no result yet. After a start of the app this means that it was interrupted.
    Queued,
    /// The image exists.
    Done {
        /// Hash of its file.
        image: Sha256,
    },
    /// A proof was rendered and judged.
    Proved,
    /// The engine could not.
    Failed {
        /// Why, as the engine said.
        cause: String,
    },
    /// Somebody cancelled or dropped it.
    Cancelled {
        /// Why.
        cause: String,
    },
}

impl JobStatus {
    /// The status in a word, as a sentence goes on: "job 7 is done".
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "waiting",
            Self::Done { .. } | Self::Proved => "done",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether the job counts as an iteration: it did not fail and was not cancelled.
    pub fn is_spent(&self) -> bool {
        !matches!(self, Self::Failed { .. } | Self::Cancelled { .. })
    }
}

/// An image as the engine delivered it.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedImage {
    /// Hash of the PNG file.
    pub sha256: Sha256,
    /// Hash of the decoded pixels.
    pub pixels_sha256: Sha256,
    /// The engine that made it.
    pub fingerprint: EngineFingerprint,
    /// Seconds from start to pixels.
    pub elapsed_secs: f64,
}

/// What one image's iterations are counted against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum IterationSubject {
    /// The Hero of one card revision.
    Hero {
        /// The card.
        card: CardRef,
    },
    /// An image with everything that was varied and repaired from it.
    Image {
        /// The first image of the lineage.
        root: Sha256,
    },
}
