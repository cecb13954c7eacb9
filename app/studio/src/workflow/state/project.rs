use jiff::Timestamp;
use jiff::civil::Date;

use crate::card::{CardRef, SlotDifference};
use crate::library::NegativeEntry;
use crate::workflow::{Brief, EvidenceFile, IterationSubject, Stage};
use crate::{ImageReference, JobId, PersonName, Sha256};

/// Name and start of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Who began it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
}

/// Owner and review date of the workflow document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentStatus {
    /// Who owns it.
    pub owner: PersonName,
    /// When it is to be reviewed next.
    pub next_review: Date,
    /// How often it was reviewed in this project.
    pub reviews: u32,
}

/// The brief as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BriefState {
    /// What it says.
    pub brief: Brief,
    /// From 1, counted up with every save.
    pub revision: u32,
    /// When it was first written: the beginning of "time from brief to approved Hero".
    pub first_written_at: Timestamp,
    /// Whether the Director declared it complete.
    pub declared: bool,
    /// Why it was revised last, once it had been complete.
    pub reason: Option<String>,
}

impl BriefState {
    /// Whether the brief is declared complete and nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.declared && self.brief.missing().is_empty()
    }
}

/// A skipped stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Why.
    pub reason: String,
    /// Who skipped it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
}

/// The moodboard as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moodboard {
    /// The candidates, best first once they are ranked.
    pub candidates: Vec<Sha256>,
    /// Who ranked it; none while it is only proposed.
    pub ranked_by: Option<PersonName>,
    /// Its record.
    pub seq: u64,
}

/// The approved direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direction {
    /// The candidate that shows it.
    pub image: Sha256,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Its record.
    pub seq: u64,
}

/// A volume run.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumeRun {
    /// Number of the run, from 1.
    pub number: u32,
    /// The locked card.
    pub card: CardRef,
    /// What differs from the card, row by row.
    pub rows: Vec<Vec<SlotDifference>>,
    /// One job a row.
    pub jobs: Vec<JobId>,
    /// Who started it.
    pub by: PersonName,
    /// Its record.
    pub seq: u64,
}

/// A picture from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputImage {
    /// The picture.
    pub image: ImageReference,
    /// Name of the file that it came from.
    pub file_name: String,
    /// Under which licence it may be used.
    pub licence: String,
    /// Who added it.
    pub by: PersonName,
}

/// A file that supports verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedEvidence {
    /// The file.
    pub file: EvidenceFile,
    /// Who added it.
    pub by: PersonName,
    /// Its record.
    pub seq: u64,
}

/// A question for more iterations that the Director has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IterationAsk {
    /// For what.
    pub subject: IterationSubject,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub by: PersonName,
    /// Its record.
    pub seq: u64,
}

/// A recipe that became a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The locked card.
    pub card: CardRef,
    /// How many of its images were kept at that time.
    pub kept: u32,
    /// How many it had made.
    pub generated: u32,
    /// Why.
    pub reason: String,
    /// Who promoted it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
}

/// A failure mode that went to the negative-prompt library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryAddition {
    /// The set of the library.
    pub set: String,
    /// The entry, with the images that show the failure.
    pub entry: NegativeEntry,
}

/// A hand-off that broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOffProblem {
    /// The stage that handed on too little.
    pub stage: Stage,
    /// What was missing.
    pub what: String,
    /// What is documented differently from now on.
    pub fix: String,
}
