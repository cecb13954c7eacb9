use jiff::civil::Date;

use super::{
    Brief, Edit, EditedImage, EvidenceFile, Finding, FreshView, GeneratedImage, IterationSubject, ProjectSettings,
    RejectReason, ReviewList, Role, SprintPlan, Stage, Verdict,
};
use crate::card::{CardOrigin, CardRef, RecipeCard};
use crate::library::{Checklist, NegativeEntry};
use crate::{
    EngineFingerprint, GenerationRequest, ImageReference, JobId, PersonName, Recipe, SeedVariation, Sha256, Task,
};

/// Declares [`Command`] together with [`CommandKind`], so that no command can miss its kind.
macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident $({ $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty,)* })?,)*) => {
        /// Everything that a person or the app can ask of a project. [`decide`](super::decide) answers with records
        /// or a refusal.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Command {
            $($(#[doc = $doc])+ $name $({ $($(#[doc = $field_doc])+ $field: $type,)* })?,)*
        }

        /// The kind of a [`Command`], by which the permission table is keyed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CommandKind {
            $($(#[doc = $doc])+ $name,)*
        }

        impl CommandKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }

        impl Command {
            /// The kind, by which the permission table is keyed.
            pub fn kind(&self) -> CommandKind {
                match self {
                    $(Self::$name { .. } => CommandKind::$name,)*
                }
            }
        }
    };
}

commands! {
    /// Begin a project.
    StartProject {
        /// Its name.
        name: String,
        /// Figures of the rules.
        settings: ProjectSettings,
        /// The checklists that it begins with; `review-full` must be among them.
        checklists: Vec<Checklist>,
        /// Who owns the workflow document.
        document_owner: PersonName,
        /// When the workflow document is to be reviewed next.
        next_review: Date,
    },
    /// Put on another hat, or the first one.
    SwitchRole {
        /// The hat.
        to: Role,
    },
    /// Change the figures of the rules.
    ChangeSettings {
        /// The new figures.
        settings: ProjectSettings,
        /// Why.
        reason: String,
    },
    /// Add a checklist or replace it by a later version.
    AdoptChecklist {
        /// The list.
        checklist: Checklist,
    },
    /// Note that the workflow document was reviewed.
    ReviewDocument {
        /// Who owns it from now on.
        owner: PersonName,
        /// When it is to be reviewed next.
        next_review: Date,
    },
    /// Save the brief as far as it is written.
    WriteBrief {
        /// The whole brief.
        brief: Box<Brief>,
        /// Why; needed once the brief was complete.
        reason: Option<String>,
    },
    /// Declare the brief complete.
    CompleteBrief,
    /// Skip a stage knowingly.
    SkipStage {
        /// Which.
        stage: Stage,
        /// Why.
        reason: String,
    },
    /// Take up a skipped stage after all.
    ResumeStage {
        /// Which.
        stage: Stage,
    },
    /// Render a concept sprint.
    StartConceptSprint {
        /// What to render.
        plan: Box<SprintPlan>,
    },
    /// Put candidates on the moodboard.
    ProposeMoodboard {
        /// The candidates.
        candidates: Vec<Sha256>,
    },
    /// Rank the moodboard.
    RankMoodboard {
        /// The candidates, best first.
        candidates: Vec<Sha256>,
    },
    /// Approve one direction.
    ApproveDirection {
        /// The candidate that shows it.
        image: Sha256,
        /// Why.
        reason: String,
    },
    /// Take the approval of the direction back.
    WithdrawDirection {
        /// Why.
        reason: String,
    },
    /// Vary one image: subtle, strong, or with another model.
    VaryImage {
        /// The image.
        parent: Sha256,
        /// The recipe of the variation.
        recipe: Box<Recipe>,
        /// What is generated from what.
        task: Task,
        /// Seed of the noise.
        seed: u64,
        /// Turns the first noise towards that of another seed, one candidate each: a little is subtle, more is strong. Without any
        /// it is one image that stands at once.
        variations: Vec<SeedVariation>,
    },
    /// Save a card that begins; its name must be free.
    SaveNewCard {
        /// The whole card.
        card: Box<RecipeCard>,
        /// The template or shipped card that it began as.
        begun: Option<CardOrigin>,
    },
    /// Save a draft card: a changed draft, or the next revision.
    SaveDraftCard {
        /// The whole card.
        card: Box<RecipeCard>,
    },
    /// Make the draft of the next revision of a locked card.
    ReviseRecipe {
        /// The locked card.
        card: CardRef,
        /// Why.
        reason: String,
    },
    /// Render the Hero of a draft card.
    RenderHero {
        /// The card.
        card: CardRef,
    },
    /// Approve the Hero of a card.
    ApproveHero {
        /// The card.
        card: CardRef,
        /// The Hero.
        hero: Sha256,
    },
    /// Render the Hero again from the card alone, in a fresh engine process, and compare. Also for a locked card.
    ProveCard {
        /// The card.
        card: CardRef,
    },
    /// Lock a card that is proved and whose Hero is approved.
    LockRecipe {
        /// The card.
        card: CardRef,
    },
    /// Render rows of a volume run.
    StartVolumeRun {
        /// The locked card.
        card: CardRef,
        /// One request a row; the job numbers in them are replaced.
        rows: Vec<GenerationRequest>,
        /// The last record that whoever starts it had seen: another run of the card since then is this one, pressed twice.
        seen: Option<u64>,
    },
    /// Keep an image.
    Keep {
        /// The image.
        image: Sha256,
    },
    /// Reject an image.
    Reject {
        /// The image.
        image: Sha256,
        /// Why.
        reason: RejectReason,
        /// More in words; needed where the reason is "other".
        note: String,
    },
    /// Take a cull decision back.
    WithdrawCull {
        /// The image.
        image: Sha256,
    },
    /// Repair a keeper with the engine: inpaint, or image-to-image at low strength.
    StartRepair {
        /// The image.
        parent: Sha256,
        /// The recipe of the repair.
        recipe: Box<Recipe>,
        /// Inpaint or image-to-image, on the parent.
        task: Task,
        /// Seeds of the noise, one candidate each.
        seeds: Vec<u64>,
        /// Share of the image that is masked, 0 to 1.
        masked_share: f64,
        /// Why to repair where the app says "regenerate".
        overrule: Option<String>,
    },
    /// Accept a candidate of a repair: from now on it stands for the image that it repairs.
    AcceptRepair {
        /// The candidate.
        image: Sha256,
    },
    /// Discard candidates of repairs. A discarded one can be accepted later.
    DiscardRepairs {
        /// The candidates.
        images: Vec<Sha256>,
    },
    /// Put two candidates of one image together by a mask; what comes of it is a candidate of that image too.
    MixCandidates {
        /// The candidate that shows where nothing is masked.
        first: Sha256,
        /// The candidate that shows where it is masked.
        second: Sha256,
        /// The mask; its file is stored already.
        mask: ImageReference,
        /// What came of it; the file is stored already.
        result: EditedImage,
    },
    /// Record an edit that was made outside the engine.
    RecordEdit {
        /// The image that was edited.
        parent: Sha256,
        /// What it became; the file is stored already.
        result: EditedImage,
        /// What was done.
        edit: Edit,
    },
    /// Check an image for artefacts, some items or all at once.
    CheckArtefacts {
        /// The image.
        image: Sha256,
        /// Items of the artefact gate with their verdicts.
        findings: Vec<Finding>,
    },
    /// Hand an image to a human editor.
    HandToEditor {
        /// The image.
        image: Sha256,
        /// Who edits.
        editor: PersonName,
        /// Why: legal-sensitive or brand-critical.
        reason: String,
    },
    /// Take an image back from the editor who has it, as it was handed over.
    TakeBackFromEditor {
        /// The image.
        image: Sha256,
        /// Why.
        reason: String,
    },
    /// Ask the Director for more iterations.
    AskForIterations {
        /// For what.
        subject: IterationSubject,
        /// Why.
        reason: String,
    },
    /// Grant more iterations.
    GrantIterations {
        /// For what.
        subject: IterationSubject,
        /// How many more.
        more: u32,
        /// Why.
        reason: String,
        /// The last record that whoever grants them had seen: another grant since then is this one, pressed twice.
        seen: Option<u64>,
    },
    /// Write the alt text of an image.
    WriteAltText {
        /// The image.
        image: Sha256,
        /// The text.
        text: String,
    },
    /// Submit a keeper to the review gate.
    SubmitForReview {
        /// The image.
        image: Sha256,
        /// Full, or short where the rule allows it.
        list: ReviewList,
    },
    /// Begin a fresh-eyes pass in a solo project.
    BeginFreshEyes {
        /// The images, in any order.
        images: Vec<Sha256>,
    },
    /// Report that an image of the fresh-eyes pass was shown. The app sends this when it has shown it.
    ReportSeen {
        /// The image.
        image: Sha256,
        /// How it was shown.
        view: FreshView,
    },
    /// Judge one checklist item.
    JudgeItem {
        /// The image.
        image: Sha256,
        /// The item.
        item: String,
        /// The verdict.
        verdict: Verdict,
    },
    /// Clear an image for release.
    ClearImage {
        /// The image.
        image: Sha256,
    },
    /// Send an image back with its failed items.
    SendBack {
        /// The image.
        image: Sha256,
        /// What to do.
        note: String,
    },
    /// Veto an image: it never ships.
    VetoImage {
        /// The image.
        image: Sha256,
        /// Why.
        reason: String,
    },
    /// Release cleared images, one or a batch.
    ReleaseImages {
        /// The images.
        images: Vec<ReleaseRequest>,
    },
    /// Add a picture from outside as an input.
    AddInput {
        /// The picture.
        image: ImageReference,
        /// Name of the file that it came from.
        file_name: String,
        /// Under which licence it may be used.
        licence: String,
    },
    /// Add a file that supports verdicts.
    AddEvidence {
        /// The file.
        file: EvidenceFile,
    },
    /// Queue interrupted or failed jobs again.
    RequeueJobs {
        /// The jobs.
        jobs: Vec<JobId>,
    },
    /// Cancel waiting or running jobs, or drop interrupted ones.
    CancelJobs {
        /// The jobs.
        jobs: Vec<JobId>,
        /// Why.
        cause: String,
    },
    /// Report an image that the engine made and the app stored. The app sends this.
    ReportImage {
        /// The job.
        job: JobId,
        /// The image.
        image: Box<GeneratedImage>,
    },
    /// Report a job that the engine could not do. The app sends this.
    ReportFailure {
        /// The job.
        job: JobId,
        /// Why.
        cause: String,
    },
    /// Report the second render of a Hero. The app sends this; the rule judges it.
    ReportProof {
        /// The job.
        job: JobId,
        /// Hash of the pixels of the second render.
        again_pixels: Sha256,
        /// What it was rendered on.
        again_fingerprint: Box<EngineFingerprint>,
        /// SSIMULACRA2 score of the two; needed where the pixels differ.
        ssimulacra2: Option<f64>,
    },
    /// Report that the file of an image has another hash than its name says. The app sends this.
    ReportChangedFile {
        /// The image.
        image: Sha256,
        /// The hash that was found.
        found: Sha256,
    },
    /// Hold the project review.
    ReviewProject {
        /// What was found and decided.
        findings: String,
        /// When the next review is.
        next_review: Date,
    },
    /// Promote a recipe to a template.
    PromoteTemplate {
        /// The locked card.
        card: CardRef,
        /// Why.
        reason: String,
    },
    /// Put a failure mode into the negative-prompt library.
    AddNegativeEntry {
        /// The set of the library.
        set: String,
        /// The entry; its evidence is rejected or failed images that show the failure.
        entry: NegativeEntry,
    },
    /// Note where a hand-off broke and what is documented differently from now on.
    NoteHandOffProblem {
        /// The stage that handed on too little.
        stage: Stage,
        /// What was missing.
        what: String,
        /// The fix of the documentation.
        fix: String,
    },
}

/// One image to release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRequest {
    /// The image.
    pub image: Sha256,
    /// Hash of the file as it was read just now, which must be the hash that was cleared.
    pub file_sha256: Sha256,
    /// Its subject in a word or two, for the file name.
    pub subject: String,
    /// Disclosure, where the market requires one.
    pub disclosure: Option<String>,
}
