use std::fmt;

use serde::{Deserialize, Serialize};

use super::Role;

/// One of the seven stages, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Intake: what is wanted, complete and in one sentence.
    Brief,
    /// Cheap breadth: many variations in a few styles, ranked on a moodboard.
    ConceptSprint,
    /// From a direction to a recipe that reproduces.
    LockInPass,
    /// Batches along declared axes, culled hard.
    VolumeRun,
    /// Local repairs and finishing, every edit recorded.
    FixAndFinish,
    /// The checklist, item by item, by somebody else.
    ReviewGate,
    /// The findable, reproducible asset.
    Release,
}

impl Stage {
    /// All stages in the order of the rail.
    pub const ALL: [Self; 7] = [
        Self::Brief,
        Self::ConceptSprint,
        Self::LockInPass,
        Self::VolumeRun,
        Self::FixAndFinish,
        Self::ReviewGate,
        Self::Release,
    ];

    /// Whether a person may skip the stage knowingly. Intake clarity and the review gate can never be skipped.
    pub fn can_be_skipped(self) -> bool {
        !matches!(self, Self::Brief | Self::ReviewGate)
    }

    /// Who owns the stage, as shown on the rail.
    pub fn owner(self) -> &'static str {
        match self {
            Self::Brief => "Director",
            Self::ConceptSprint | Self::LockInPass | Self::VolumeRun => "Operator",
            Self::FixAndFinish => "Operator or editor",
            Self::ReviewGate => "Reviewer, not the maker",
            Self::Release => "whoever keeps the library: Director or Reviewer",
        }
    }

    /// The role whose accent the stage has.
    pub fn role(self) -> Role {
        match self {
            Self::Brief | Self::Release => Role::Director,
            Self::ConceptSprint | Self::LockInPass | Self::VolumeRun | Self::FixAndFinish => Role::Operator,
            Self::ReviewGate => Role::Reviewer,
        }
    }

    /// What must be so before the stage begins.
    pub fn entry_condition(self) -> &'static str {
        match self {
            Self::Brief => "a new visual request",
            Self::ConceptSprint => "the brief is complete and no direction is approved",
            Self::LockInPass => "a direction is approved",
            Self::VolumeRun => "a recipe is locked",
            Self::FixAndFinish => "a near-perfect keeper has a local flaw",
            Self::ReviewGate => "an image is a candidate to ship",
            Self::Release => "an image is cleared",
        }
    }

    /// What is done in the stage.
    pub fn action(self) -> &'static str {
        match self {
            Self::Brief => {
                "put the intent in one sentence; fill every field or say why it is not needed: purpose, where it appears, \
                 mood, must-haves, hard constraints, deliverables, consistency, licensing, stakes, iteration budget"
            }
            Self::ConceptSprint => {
                "make 15 to 30 cheap variations across 3 to 5 distinct styles, at few steps and standard resolution; \
                 breadth, no polishing of one image"
            }
            Self::LockInPass => {
                "fix the seed; isolate the prompt parts that carry the look; pin model, settings and prompt structure; \
                 choose negative prompts for the artefacts this style is prone to; render the Hero"
            }
            Self::VolumeRun => {
                "change only declared variation axes, generate in batches and cull hard: expect to keep 1 in 4 or fewer"
            }
            Self::FixAndFinish => {
                "repair local flaws, correct colour, set real text, upscale, prepare for production; every edit is recorded"
            }
            Self::ReviewGate => {
                "judge the checklist item by item, pinned to places in the image; clear, send back or veto"
            }
            Self::Release => {
                "name the file by the convention; log recipe, alt text and disclosure together with the output"
            }
        }
    }

    /// What the stage hands on.
    pub fn exit_criteria(self) -> &'static str {
        match self {
            Self::Brief => "a complete brief: each field filled or marked \"not needed, because …\"",
            Self::ConceptSprint => {
                "a moodboard of 3 to 5 candidates, ranked by the Director, with one direction approved"
            }
            Self::LockInPass => {
                "a locked recipe card: the Hero was rendered again from the card alone and matched, and \
                                 the Director approved the Hero"
            }
            Self::VolumeRun => "keepers, with reasons for the rejects",
            Self::FixAndFinish => "finished images; hand-off to a human editor where legal-sensitive or brand-critical",
            Self::ReviewGate => "every candidate is cleared, or sent back with the failed items",
            Self::Release => "findable, reproducible assets",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Brief => "Brief",
            Self::ConceptSprint => "Concept sprint",
            Self::LockInPass => "Lock-in pass",
            Self::VolumeRun => "Volume run",
            Self::FixAndFinish => "Fix-and-finish",
            Self::ReviewGate => "Review gate",
            Self::Release => "Release",
        })
    }
}
