mod card;
mod fold;
mod image;
mod lineage;
mod log;
mod mixing;
mod people;
mod project;
mod queries;
mod reviewing;
mod timing;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::metrics::Event;
use super::{ConceptSprint, FreshEyes, IterationSubject, Job, ProjectSettings, Role, Stage};
use crate::card::CardRef;
use crate::library::Checklist;
use crate::{JobId, PersonName, Sha256};

pub use card::{CardHistory, CardState, CardStatus, Hero};
pub use image::{Candidacy, Image, Origin, Released};
pub use log::LogLine;
use timing::Timing;

pub use project::{
    AddedEvidence, BriefState, Direction, DocumentStatus, HandOffProblem, InputImage, IterationAsk, LibraryAddition,
    Moodboard, Project, Skip, Template, VolumeRun,
};

/// The project as its records tell it: the fold of the record log, and nothing else. Two states that folded the
/// same records are equal.
///
/// Methods that walk all images (the rail, series, keepers) take milliseconds in a project of thousands: a window asks once
/// a record, not once a frame, and knows by [`State::seq`] when to ask again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    pub(super) seq: u64,
    pub(super) project: Option<Project>,
    pub(super) settings: ProjectSettings,
    pub(super) roles: BTreeMap<PersonName, Role>,
    /// Who did something besides putting on a hat.
    pub(super) workers: BTreeSet<PersonName>,
    pub(super) checklists: BTreeMap<String, Checklist>,
    /// Every version that was ever adopted, by name and version.
    pub(super) adopted: BTreeMap<(String, u32), Checklist>,
    pub(super) document: Option<DocumentStatus>,
    pub(super) brief: Option<BriefState>,
    pub(super) skips: BTreeMap<Stage, Skip>,
    pub(super) sprints: Vec<ConceptSprint>,
    pub(super) moodboard: Option<Moodboard>,
    pub(super) direction: Option<Direction>,
    pub(super) cards: BTreeMap<CardRef, CardState>,
    pub(super) runs: Vec<VolumeRun>,
    pub(super) jobs: BTreeMap<JobId, Job>,
    pub(super) images: BTreeMap<Sha256, Image>,
    pub(super) inputs: BTreeMap<Sha256, InputImage>,
    pub(super) evidence: BTreeMap<Sha256, AddedEvidence>,
    pub(super) fresh_eyes: Option<FreshEyes>,
    pub(super) grants: BTreeMap<IterationSubject, u32>,
    /// The record of the latest grant.
    pub(super) granted_at: BTreeMap<IterationSubject, u64>,
    pub(super) asks: Vec<IterationAsk>,
    pub(super) release_names: BTreeSet<String>,
    pub(super) templates: Vec<Template>,
    pub(super) additions: Vec<LibraryAddition>,
    pub(super) problems: Vec<HandOffProblem>,
    pub(super) reviewed_at: Option<Timestamp>,
    pub(super) next_project_review: Option<Date>,
    pub(super) events: Vec<Event>,
    pub(super) timings: Vec<Timing>,
    pub(super) log: Vec<LogLine>,
}

impl State {
    /// Sequence number of the last record; 0 when there is none.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Name and start of the project.
    pub fn project(&self) -> Option<&Project> {
        self.project.as_ref()
    }

    /// Figures of the rules.
    pub fn settings(&self) -> &ProjectSettings {
        &self.settings
    }

    /// Everybody who ever put on a hat, with the one that each wears.
    pub fn people(&self) -> &BTreeMap<PersonName, Role> {
        &self.roles
    }

    /// The hat that a person wears.
    pub fn role_of(&self, person: &PersonName) -> Option<Role> {
        self.roles.get(person).copied()
    }

    /// The checklist of a name, in its latest version.
    pub fn checklist(&self, name: &str) -> Option<&Checklist> {
        self.checklists.get(name)
    }

    /// All checklists by name.
    pub fn checklists(&self) -> &BTreeMap<String, Checklist> {
        &self.checklists
    }

    /// Owner and review date of the workflow document.
    pub fn document(&self) -> Option<&DocumentStatus> {
        self.document.as_ref()
    }

    /// The brief.
    pub fn brief(&self) -> Option<&BriefState> {
        self.brief.as_ref()
    }

    /// Stages that are skipped, with the reason.
    pub fn skips(&self) -> &BTreeMap<Stage, Skip> {
        &self.skips
    }

    /// Every concept sprint, first to last.
    pub fn sprints(&self) -> &[ConceptSprint] {
        &self.sprints
    }

    /// The latest concept sprint.
    pub fn sprint(&self) -> Option<&ConceptSprint> {
        self.sprints.last()
    }

    /// The moodboard.
    pub fn moodboard(&self) -> Option<&Moodboard> {
        self.moodboard.as_ref()
    }

    /// The approved direction.
    pub fn direction(&self) -> Option<&Direction> {
        self.direction.as_ref()
    }

    /// Every card revision.
    pub fn cards(&self) -> &BTreeMap<CardRef, CardState> {
        &self.cards
    }

    /// One card revision.
    pub fn card(&self, card: &CardRef) -> Option<&CardState> {
        self.cards.get(card)
    }

    /// Every volume run, first to last.
    pub fn runs(&self) -> &[VolumeRun] {
        &self.runs
    }

    /// Every job by number.
    pub fn jobs(&self) -> &BTreeMap<JobId, Job> {
        &self.jobs
    }

    /// One job.
    pub fn job(&self, job: JobId) -> Option<&Job> {
        self.jobs.get(&job)
    }

    /// Every image by the hash of its file.
    pub fn images(&self) -> &BTreeMap<Sha256, Image> {
        &self.images
    }

    /// One image.
    pub fn image(&self, image: &Sha256) -> Option<&Image> {
        self.images.get(image)
    }

    /// Pictures from outside by the hash of their file.
    pub fn inputs(&self) -> &BTreeMap<Sha256, InputImage> {
        &self.inputs
    }

    /// Files that support verdicts, by the hash of each.
    pub fn evidence(&self) -> &BTreeMap<Sha256, AddedEvidence> {
        &self.evidence
    }

    /// The current fresh-eyes pass.
    pub fn fresh_eyes(&self) -> Option<&FreshEyes> {
        self.fresh_eyes.as_ref()
    }

    /// Open questions of the Operator for more iterations.
    pub fn iteration_asks(&self) -> &[IterationAsk] {
        &self.asks
    }

    /// Recipes that became templates.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// Failure modes that went to the negative-prompt library.
    pub fn library_additions(&self) -> &[LibraryAddition] {
        &self.additions
    }

    /// Where hand-offs broke.
    pub fn hand_off_problems(&self) -> &[HandOffProblem] {
        &self.problems
    }

    /// When the project was last reviewed.
    pub fn reviewed_at(&self) -> Option<Timestamp> {
        self.reviewed_at
    }

    /// When the project is to be reviewed next; none before its first review.
    pub fn next_project_review(&self) -> Option<Date> {
        self.next_project_review
    }

    /// Every record in plain words, first to last.
    pub fn log(&self) -> &[LogLine] {
        &self.log
    }
}
