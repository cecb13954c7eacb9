use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::card::CardRef;
use crate::workflow::{Approval, CullDecision, Culled, Edit, HandOff, Judged, Outcome, Review, Stakes};
use crate::{JobId, PersonName, Sha256};

/// An image of the project with everything that was decided about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Hash of its file.
    pub sha256: Sha256,
    /// Hash of its decoded pixels.
    pub pixels_sha256: Sha256,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Where it came from; more than one when two jobs gave the same file.
    pub origins: Vec<Origin>,
    /// The image that it was made from.
    pub parent: Option<Sha256>,
    /// The first image of its lineage; itself where it has no parent.
    pub root: Sha256,
    /// The card of its lineage, where a card made it.
    pub card: Option<CardRef>,
    /// Everybody who made it or an image before it in its lineage.
    pub makers: BTreeSet<PersonName>,
    /// When it was made last: the "last edit" of the fresh-eyes rule.
    pub made_at: Timestamp,
    /// The record that made it last.
    pub made_seq: u64,
    /// Its first record.
    pub seq: u64,
    /// The cull decision that stands.
    pub culled: Option<Culled>,
    /// Where it stands as a candidate of a strip; none for every other image.
    pub candidacy: Option<Candidacy>,
    /// The record by which it was accepted as a candidate.
    pub accepted_seq: Option<u64>,
    /// The artefact gate of Fix-and-finish: the latest verdict on each item.
    pub artefacts: BTreeMap<String, Judged>,
    /// Version of the artefact gate that it was first checked by, which it keeps.
    pub artefact_version: Option<u32>,
    /// The human editor who has it.
    pub hand_off: Option<HandOff>,
    /// Alt text.
    pub alt_text: String,
    /// Its passages through the review gate, first to last.
    pub reviews: Vec<Review>,
    /// Its release.
    pub released: Option<Released>,
}

impl Image {
    /// The review that stands: the latest one.
    pub fn review(&self) -> Option<&Review> {
        self.reviews.last()
    }

    /// The review that still runs.
    pub fn open_review(&self) -> Option<&Review> {
        self.reviews.last().filter(|review| review.outcome.is_none())
    }

    /// The verdict that counts for an item of the review that stands, where this person decides: the latest of those who did not make
    /// the image. For its maker, who decides alone in a solo project, the latest of all.
    pub fn counting_verdict(&self, item: &str, person: &PersonName) -> Option<&Judged> {
        let verdicts = self.review()?.verdicts.get(item)?.iter();
        // What a maker ticked with fresh eyes makes nobody else's clearance.
        let counts = |by: &PersonName| self.makers.contains(person) || !self.makers.contains(by);
        verdicts.filter(|(by, _)| counts(by)).map(|(_, judged)| judged).max_by_key(|judged| judged.seq)
    }

    /// Whether an item stands in the way of a clearance by this person: for regulated work the standing fail of anybody does, because
    /// nobody speaks for the other; else the verdict that counts.
    pub fn fails(&self, item: &str, stakes: Stakes, person: &PersonName) -> bool {
        match stakes {
            Stakes::Regulated => self.review().is_some_and(|review| review.is_failed_by_anybody(item)),
            Stakes::Internal | Stakes::Client => self.counting_verdict(item, person).is_some_and(Judged::is_fail),
        }
    }

    /// The items of the open review that fail where this person decides.
    pub fn failing(&self, stakes: Stakes, person: &PersonName) -> Vec<String> {
        let items = self.open_review().into_iter().flat_map(|review| review.verdicts.keys());
        items.filter(|item| self.fails(item, stakes, person)).cloned().collect()
    }

    /// What this person sends it back for: the items that fail. Where a later verdict overruled every fail, what anybody failed is
    /// taken up again with it.
    pub fn sent_back_for(&self, stakes: Stakes, person: &PersonName) -> Vec<String> {
        let failing = self.failing(stakes, person);
        if failing.is_empty() { self.open_review().map(Review::failed).unwrap_or_default() } else { failing }
    }

    /// Whether it is a candidate that nobody accepted: it waits, or was discarded.
    pub fn is_open_candidate(&self) -> bool {
        matches!(self.candidacy, Some(Candidacy::Waits | Candidacy::Discarded))
    }

    /// Whether a clearance stands, or the first of two: another file or another alt text voids it.
    pub fn has_clearance(&self) -> bool {
        match self.review().map(|review| &review.outcome) {
            Some(Some(Outcome::Cleared)) => true,
            Some(None) => self.review().is_some_and(|review| !review.clearances.is_empty()),
            _ => false,
        }
    }

    /// Whether a Reviewer vetoed it, in any round.
    pub fn is_vetoed(&self) -> bool {
        self.reviews.iter().any(|review| matches!(review.outcome, Some(Outcome::Vetoed { .. })))
    }

    /// Whether its own cull decision keeps it.
    pub fn is_kept(&self) -> bool {
        matches!(&self.culled, Some(culled) if culled.decision == CullDecision::Keep)
    }

    /// Whether its own cull decision rejects it.
    pub fn is_rejected(&self) -> bool {
        matches!(&self.culled, Some(Culled { decision: CullDecision::Reject { .. }, .. }))
    }

    /// Whether every step of the clearance that stands was a self-approval.
    pub fn approval(&self) -> Option<Approval> {
        let clearances = &self.review()?.clearances;
        let own = clearances.iter().any(|clearance| clearance.approval == Approval::SelfApproval);
        clearances.first().map(|_| if own { Approval::SelfApproval } else { Approval::Independent })
    }
}

/// Where a candidate stands: of a repair, a variation or a mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Candidacy {
    /// It is in a strip on the canvas.
    Waits,
    /// It stands for the image that it repairs; a variation stands for itself.
    Accepted,
    /// Nobody wanted it.
    Discarded,
}

/// Where an image came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// The engine made it.
    Generated {
        /// The job, whose purpose says what for.
        job: JobId,
    },
    /// It is an edit of another image.
    Edited {
        /// The image that was edited.
        parent: Sha256,
        /// What was done.
        edit: Edit,
        /// Who did it.
        by: PersonName,
    },
    /// It was put together of two candidates of its parent, without an engine.
    Mixed {
        /// The candidate that shows where nothing is masked.
        first: Sha256,
        /// The candidate that shows where it is masked.
        second: Sha256,
        /// Hash of the mask's file.
        mask: Sha256,
        /// Who did it.
        by: PersonName,
    },
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The file name by the naming convention.
    pub name: String,
    /// Disclosure, where the market requires one.
    pub disclosure: Option<String>,
    /// Who released it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Its record.
    pub seq: u64,
}
