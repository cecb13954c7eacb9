use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::card::{CardOrigin, HeroApproval, LockedRecipe, Proof, RecipeCard};
use crate::workflow::PauseCause;
use crate::{JobId, PersonName, Sha256};

/// One revision of a recipe card with what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct CardState {
    /// The card as it was saved last.
    pub card: RecipeCard,
    /// The template or shipped card that it began as.
    pub begun: Option<CardOrigin>,
    /// Who saved it last.
    pub by: PersonName,
    /// Everybody who saved it: they wrote what its images were made from.
    pub savers: BTreeSet<PersonName>,
    /// The render of exactly this card.
    pub hero: Option<Hero>,
    /// The Director's approval of that render.
    pub approval: Option<HeroApproval>,
    /// That the render reproduces.
    pub proof: Option<Proof>,
    /// Why the latest proof failed.
    pub failed_proof: Option<String>,
    /// The locked form; it stays for reference when the card is unlocked.
    pub locked: Option<LockedRecipe>,
    /// Why it is unlocked again.
    pub unlocked: Option<String>,
    /// Why its volume runs stand still.
    pub pauses: Vec<PauseCause>,
    /// How often each checklist item failed on an image of this revision.
    pub failures: BTreeMap<String, u32>,
    /// What happened to it, first to last.
    pub history: Vec<CardHistory>,
}

impl CardState {
    /// Draft, locked, unlocked or paused.
    pub fn status(&self) -> CardStatus {
        match (&self.locked, &self.unlocked) {
            (None, _) => CardStatus::Draft,
            (Some(_), Some(_)) => CardStatus::Unlocked,
            (Some(_), None) if self.pauses.is_empty() => CardStatus::Locked,
            (Some(_), None) => CardStatus::Paused,
        }
    }
}

/// Whether a card may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardStatus {
    /// It may still change.
    Draft,
    /// Reproduced, approved, ready for volume runs.
    Locked,
    /// It was locked and stopped reproducing.
    Unlocked,
    /// It is locked, and its volume runs wait for a new revision.
    Paused,
}

impl std::fmt::Display for CardStatus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Draft => "draft",
            Self::Locked => "locked",
            Self::Unlocked => "unlocked",
            Self::Paused => "paused",
        })
    }
}

/// The render of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hero {
    /// The image.
    pub image: Sha256,
    /// The job that rendered it.
    pub job: JobId,
}

/// One event in the life of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardHistory {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: PersonName,
    /// What, in plain words.
    pub what: String,
}
