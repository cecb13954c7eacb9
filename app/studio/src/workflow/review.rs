use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Stakes;
use crate::{PersonName, Sha256};

/// How one checklist item was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// As it must be.
    Pass,
    /// Not as it must be.
    Fail,
    /// The item does not apply to this image.
    NotApplicable,
}

/// A place in an image: x from the left and y from the top, both 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// From the left edge, 0 to 1.
    pub x: f64,
    /// From the top edge, 0 to 1.
    pub y: f64,
}

/// A judgement of one item with everything that supports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Pass, fail or not applicable.
    pub judgement: Judgement,
    /// In words; a fail needs it.
    pub note: String,
    /// Images, inputs and [`EvidenceFile`]s that support it, by hash.
    pub evidence: Vec<Sha256>,
    /// Places in the image.
    pub pins: Vec<Pin>,
}

/// A file that is no picture of the project and supports verdicts: a licence, a release, a letter. The project keeps a copy as
/// `evidence/ab/cdef….pdf`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// Hash of the file.
    pub sha256: Sha256,
    /// What the file was called.
    pub file_name: String,
    /// Its size.
    pub bytes: u64,
}

impl EvidenceFile {
    /// The ending of the copy's name: that of the file in small letters where it is plain, otherwise `bin`.
    pub fn ending(&self) -> String {
        let ending = self.file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let is_plain = |ending: &String| {
            (1..=8).contains(&ending.len()) && ending.chars().all(|letter| letter.is_ascii_alphanumeric())
        };
        ending.filter(is_plain).unwrap_or_else(|| "bin".to_owned())
    }
}

/// A verdict with the item that it is on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The item of the checklist.
    pub item: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// Name of the checklist that a keeper passes in Fix-and-finish before it is submitted for review.
pub const ARTEFACT_GATE: &str = "artefact-gate";

/// The item of the review lists that judges the alt text: another text is judged anew.
pub const ALT_TEXT_ITEM: &str = "alt-text";

/// Which review list is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewList {
    /// All items.
    Full,
    /// The short list, for internal work with a good track record.
    Short,
}

impl ReviewList {
    /// Name of the checklist.
    pub fn checklist(self) -> &'static str {
        match self {
            Self::Full => "review-full",
            Self::Short => "review-short",
        }
    }
}

/// How an image is looked at in a fresh-eyes pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FreshView {
    /// Mirrored left to right, once.
    Mirrored,
    /// At 100 % zoom.
    FullZoom,
}

/// A fresh-eyes pass: the images of a solo project in shuffled order.
#[derive(Debug, Clone, PartialEq)]
pub struct FreshEyes {
    /// The order in which they are looked at.
    pub order: Vec<Sha256>,
    /// What was shown so far.
    pub seen: BTreeMap<Sha256, Vec<FreshView>>,
    /// Who looks.
    pub by: PersonName,
    /// Since when.
    pub at: Timestamp,
    /// Its record.
    pub seq: u64,
}

impl FreshEyes {
    /// Whether an image was seen mirrored and at 100 % zoom.
    pub fn is_seen(&self, image: &Sha256) -> bool {
        let seen = self.seen.get(image).map(Vec::as_slice).unwrap_or_default();
        seen.contains(&FreshView::Mirrored) && seen.contains(&FreshView::FullZoom)
    }
}

/// One passage of an image through the review gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// From 1; an image that was sent back may come again.
    pub round: u32,
    /// Which list.
    pub list: ReviewList,
    /// Version of the checklist at submission.
    pub checklist_version: u32,
    /// Who submitted it.
    pub by: PersonName,
    /// Its record.
    pub seq: u64,
    /// Latest verdict of each person on each item.
    pub verdicts: BTreeMap<String, BTreeMap<PersonName, Judged>>,
    /// Who cleared it.
    pub clearances: Vec<Clearance>,
    /// How it ended, once it did.
    pub outcome: Option<Outcome>,
}

impl Review {
    /// The latest verdict on an item, whoever gave it. Which one counts hangs on who decides:
    /// [`counting_verdict`](crate::workflow::Image::counting_verdict).
    pub fn verdict(&self, item: &str) -> Option<&Judged> {
        self.verdicts.get(item)?.values().max_by_key(|judged| judged.seq)
    }

    /// Items that the standing verdict of anybody fails, also where a later one of another person overruled it.
    pub fn failed(&self) -> Vec<String> {
        self.verdicts.keys().filter(|item| self.is_failed_by_anybody(item)).cloned().collect()
    }

    /// Whether the stakes ask for a longer list than this review's: they rose since it was submitted.
    pub fn is_too_short(&self, stakes: Stakes) -> bool {
        self.list == ReviewList::Short && stakes != Stakes::Internal
    }

    /// Whether the standing verdict of anybody on an item is a fail.
    pub(super) fn is_failed_by_anybody(&self, item: &str) -> bool {
        self.verdicts.get(item).is_some_and(|verdicts| verdicts.values().any(Judged::is_fail))
    }
}

/// A verdict with when it was given; who gave it is its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// Its record.
    pub seq: u64,
}

impl Judged {
    pub(super) fn is_fail(&self) -> bool {
        self.verdict.judgement == Judgement::Fail
    }
}

/// One person's clearance of one image, bound to the hash of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance {
    /// The file that was judged.
    pub sha256: Sha256,
    /// Who cleared it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Its record.
    pub seq: u64,
    /// Whether the maker cleared it, after a fresh-eyes pass in a solo project.
    pub approval: Approval,
}

/// Whose eyes cleared an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// Somebody who did not make the image.
    Independent,
    /// The maker, after a fresh-eyes pass. It is marked as such everywhere.
    SelfApproval,
}

/// How a review ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Enough people cleared it for the stakes at that time.
    Cleared,
    /// Back to Fix-and-finish.
    SentBack {
        /// The failed items.
        failed: Vec<String>,
        /// What to do.
        note: String,
    },
    /// It never ships.
    Vetoed {
        /// Why.
        reason: String,
    },
    /// What was cleared changed afterwards: the file, or its alt text.
    Voided {
        /// The hash that was found instead; that of the image itself where its alt text changed.
        found: Sha256,
    },
    /// The stakes rose while it ran on the short list; the round on the full list took its place.
    Superseded,
}

impl Outcome {
    /// What a round of review counts as in every number: whether the image came back from it, sent back or vetoed. A round ends
    /// more than once where a veto follows a clearance; its last outcome counts. None for a round that was voided or superseded: what
    /// it judged changed afterwards, or asked for more, and another round judges that.
    pub fn is_rework(&self) -> Option<bool> {
        match self {
            Self::Cleared => Some(false),
            Self::SentBack { .. } | Self::Vetoed { .. } => Some(true),
            Self::Voided { .. } | Self::Superseded => None,
        }
    }
}

/// How good the reviews of a project were, against the rule for the short list.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRecord {
    /// Finished reviews that count: the latest ones, at most as many as the rule needs.
    pub reviewed: u32,
    /// How many of them were sent back or vetoed.
    pub sent_back: u32,
    /// Reviews that the rule needs.
    pub least_reviewed: u32,
    /// Largest share sent back that the rule accepts, 0 to 1.
    pub most_rework: f64,
}

impl TrackRecord {
    /// Share of the reviews that was sent back, 0 to 1.
    pub fn rework(&self) -> f64 {
        if self.reviewed == 0 { 0.0 } else { f64::from(self.sent_back) / f64::from(self.reviewed) }
    }

    /// Whether the short list is earned.
    pub fn is_good(&self) -> bool {
        self.reviewed >= self.least_reviewed && self.rework() <= self.most_rework
    }
}

impl std::fmt::Display for TrackRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.reviewed < self.least_reviewed {
            let (done, needed) = (self.reviewed, self.least_reviewed);
            return write!(formatter, "{done} of the {needed} reviews that it opens after are done");
        }
        write!(
            formatter,
            "{} of the last {} reviews were sent back ({:.0} %); the short list needs {} reviews and at most {:.0} %",
            self.sent_back,
            self.reviewed,
            self.rework() * 100.0,
            self.least_reviewed,
            self.most_rework * 100.0
        )
    }
}
