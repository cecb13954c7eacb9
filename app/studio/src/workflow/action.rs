use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Approval, Brief, CullDecision, Edit, EditedImage, EvidenceFile, Finding, FreshView, IterationSubject,
    ProjectSettings, QueuedJob, ReviewList, Role, SprintPlan, Stage, Verdict,
};
use crate::card::{CardOrigin, CardRef, LockedRecipe, Proof, RecipeCard, SlotDifference};
use crate::library::{Checklist, NegativeEntry};
use crate::{EngineFingerprint, GenerationRequest, ImageReference, JobId, PersonName, Sha256};

/// What was done: one governed act or one fact, as it stands in the record log. Nothing here is ever undone; a
/// later action supersedes an earlier one. The form on disk is stable: variants and fields are added, never
/// renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// The project began, with its rules.
    ProjectStarted {
        /// Name of the project.
        name: String,
        /// Figures of the rules.
        settings: ProjectSettings,
        /// The checklists that the project begins with.
        checklists: Vec<Checklist>,
        /// Who owns the workflow document.
        document_owner: PersonName,
        /// When the workflow document is to be reviewed next.
        #[serde(with = "crate::as_text")]
        next_review: Date,
    },
    /// A person put on another hat, or the first one.
    RoleTaken {
        /// The hat that was taken off.
        from: Option<Role>,
        /// The hat that is worn from now on.
        to: Role,
    },
    /// Figures of the rules changed.
    SettingsChanged {
        /// The new figures.
        settings: ProjectSettings,
        /// Why.
        reason: String,
    },
    /// A checklist was added or replaced by a later version.
    ChecklistAdopted {
        /// The list.
        checklist: Checklist,
    },
    /// The workflow document was reviewed.
    DocumentReviewed {
        /// Who owns it from now on.
        owner: PersonName,
        /// When it is to be reviewed next.
        #[serde(with = "crate::as_text")]
        next_review: Date,
    },
    /// The brief was written or revised.
    BriefWritten {
        /// The whole brief.
        brief: Box<Brief>,
        /// Why, when a complete brief was revised.
        reason: Option<String>,
    },
    /// The Director declared the brief complete. (Braces, because serde lets a unit variant with a tag have any
    /// field.)
    BriefCompleted {},
    /// A stage is knowingly skipped.
    StageSkipped {
        /// Which.
        stage: Stage,
        /// Why.
        reason: String,
    },
    /// A skipped stage is taken up after all.
    StageResumed {
        /// Which.
        stage: Stage,
    },
    /// A concept sprint began. Its jobs are in the record that follows.
    SprintStarted {
        /// Number of the sprint, from 1.
        sprint: u32,
        /// What it renders.
        plan: Box<SprintPlan>,
    },
    /// Jobs were written down before any device works on them.
    JobsQueued {
        /// The jobs, with everything that determines their pixels.
        jobs: Vec<QueuedJob>,
    },
    /// Interrupted or failed jobs were queued again.
    JobsRequeued {
        /// Their numbers.
        jobs: Vec<JobId>,
    },
    /// The engine made an image, and the image is stored.
    ImageGenerated {
        /// The job.
        job: JobId,
        /// Everything that determined the pixels.
        request: Box<GenerationRequest>,
        /// Hash of the PNG file.
        sha256: Sha256,
        /// Hash of the decoded pixels.
        pixels_sha256: Sha256,
        /// The engine that made it.
        fingerprint: Box<EngineFingerprint>,
        /// Seconds from start to pixels.
        elapsed_secs: f64,
    },
    /// The engine could not do a job.
    JobFailed {
        /// The job.
        job: JobId,
        /// Why, as the engine said.
        cause: String,
    },
    /// Somebody cancelled a waiting or running job, or dropped an interrupted one.
    JobCancelled {
        /// The job.
        job: JobId,
        /// Why.
        cause: String,
    },
    /// Candidates were put on the moodboard, not ranked yet.
    MoodboardProposed {
        /// The candidates.
        candidates: Vec<Sha256>,
        /// The record that this supersedes.
        supersedes: Option<u64>,
    },
    /// The Director ranked the moodboard.
    MoodboardRanked {
        /// The candidates, best first.
        candidates: Vec<Sha256>,
        /// The record that this supersedes.
        supersedes: Option<u64>,
    },
    /// The Director approved one direction.
    DirectionApproved {
        /// The candidate that shows it.
        image: Sha256,
        /// Why.
        reason: String,
        /// The record that this supersedes.
        supersedes: Option<u64>,
    },
    /// The Director took an approval back, so that another sprint can run.
    DirectionWithdrawn {
        /// Why.
        reason: String,
        /// The record that this supersedes.
        supersedes: u64,
    },
    /// A draft card was saved.
    DraftSaved {
        /// The whole card.
        card: Box<RecipeCard>,
        /// The template or shipped card that it began as; with the first saving only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        begun: Option<CardOrigin>,
    },
    /// The Director approved a Hero.
    HeroApproved {
        /// The card.
        card: CardRef,
        /// The Hero.
        hero: Sha256,
    },
    /// The Hero was rendered again from the card alone, and it matched.
    ProofPassed {
        /// The job that rendered it.
        job: JobId,
        /// The card.
        card: CardRef,
        /// Both renders and how they compare.
        proof: Box<Proof>,
    },
    /// The Hero was rendered again from the card alone, and it did not match.
    ProofFailed {
        /// The job that rendered it.
        job: JobId,
        /// The card.
        card: CardRef,
        /// Hash of the pixels of the second render.
        again_pixels: Sha256,
        /// What it was rendered on.
        again_fingerprint: Box<EngineFingerprint>,
        /// SSIMULACRA2 score, where it was measured.
        ssimulacra2: Option<f64>,
        /// What differs.
        reason: String,
    },
    /// A card was locked: reproduced and approved.
    RecipeLocked {
        /// The locked card with its proof.
        recipe: Box<LockedRecipe>,
    },
    /// A locked card stopped reproducing.
    RecipeUnlocked {
        /// The card.
        card: CardRef,
        /// What differs.
        reason: String,
    },
    /// The volume runs of a card stand still.
    RecipePaused {
        /// The card.
        card: CardRef,
        /// Why.
        cause: PauseCause,
    },
    /// A volume run began. Its jobs are in the record that follows.
    VolumeRunStarted {
        /// Number of the run, from 1.
        run: u32,
        /// The locked card.
        card: CardRef,
        /// What differs from the card, row by row; every change declared by an axis.
        rows: Vec<Vec<SlotDifference>>,
    },
    /// An image was kept or rejected.
    Culled {
        /// The image.
        image: Sha256,
        /// Keep, or reject with a reason.
        cull: CullDecision,
        /// The decision that this supersedes.
        supersedes: Option<u64>,
    },
    /// A cull decision was taken back; the image is undecided again.
    CullWithdrawn {
        /// The image.
        image: Sha256,
        /// The decision that this supersedes.
        supersedes: u64,
    },
    /// The Operator repairs where the app says "regenerate".
    RepairOverruled {
        /// The image.
        image: Sha256,
        /// Share of the image that is masked, 0 to 1.
        masked_share: f64,
        /// Why.
        reason: String,
    },
    /// A candidate of a repair was accepted.
    RepairAccepted {
        /// The candidate.
        image: Sha256,
    },
    /// Candidates of repairs were discarded.
    RepairsDiscarded {
        /// The candidates.
        images: Vec<Sha256>,
    },
    /// Two candidates of one image were put together by a mask; what came of it waits as a candidate too.
    CandidatesMixed {
        /// The candidate that shows where nothing is masked.
        first: Sha256,
        /// The candidate that shows where it is masked.
        second: Sha256,
        /// Hash of the mask's file.
        mask: Sha256,
        /// What came of it.
        result: EditedImage,
    },
    /// An image was edited outside the engine.
    EditRecorded {
        /// The image that was edited.
        parent: Sha256,
        /// What it became.
        result: EditedImage,
        /// What was done.
        edit: Edit,
    },
    /// The Operator checked an image for artefacts.
    ArtefactsChecked {
        /// The image, by the hash of the file that was checked.
        image: Sha256,
        /// Items of the artefact gate with their verdicts.
        findings: Vec<Finding>,
    },
    /// A human editor has the image.
    HandedToEditor {
        /// The image.
        image: Sha256,
        /// Who edits.
        editor: PersonName,
        /// Why: legal-sensitive or brand-critical.
        reason: String,
    },
    /// The editor has the image no more: it was taken back as it was.
    TakenBackFromEditor {
        /// The image.
        image: Sha256,
        /// Why.
        reason: String,
    },
    /// The iteration budget is used up and the Director is asked for more.
    IterationsAsked {
        /// For what.
        subject: IterationSubject,
        /// Why more are needed.
        reason: String,
    },
    /// The Director granted more iterations.
    IterationsGranted {
        /// For what.
        subject: IterationSubject,
        /// How many more.
        more: u32,
        /// Why.
        reason: String,
    },
    /// The alt text of an image was written.
    AltTextWritten {
        /// The image.
        image: Sha256,
        /// What a person who cannot see it should know.
        text: String,
    },
    /// An image became a candidate to ship.
    ReviewSubmitted {
        /// The image.
        image: Sha256,
        /// From 1.
        round: u32,
        /// Which list.
        list: ReviewList,
        /// Version of the list.
        checklist_version: u32,
    },
    /// A fresh-eyes pass began.
    FreshEyesBegan {
        /// The images in shuffled order.
        order: Vec<Sha256>,
    },
    /// An image of a fresh-eyes pass was shown.
    FreshEyesSaw {
        /// The image.
        image: Sha256,
        /// How it was shown.
        view: FreshView,
    },
    /// A checklist item was judged.
    ItemJudged {
        /// The image, by the hash of the file that was judged.
        image: Sha256,
        /// The item.
        item: String,
        /// The verdict.
        verdict: Verdict,
    },
    /// A Reviewer cleared an image.
    ImageCleared {
        /// The image, by the hash of the file that was judged.
        image: Sha256,
        /// Independent, or marked as a self-approval.
        approval: Approval,
        /// Whether the image is cleared with this one, or another person must clear it too.
        completes: ClearanceStep,
    },
    /// A Reviewer sent an image back.
    ImageSentBack {
        /// The image.
        image: Sha256,
        /// The failed items.
        failed: Vec<String>,
        /// What to do.
        note: String,
    },
    /// A Reviewer vetoed an image: it never ships.
    ImageVetoed {
        /// The image.
        image: Sha256,
        /// Why.
        reason: String,
        /// The items that failed when an open review ended with it; none in the records of before these counted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failed: Vec<String>,
    },
    /// The file of a cleared image was found changed, or its alt text was written anew: its clearance is void.
    ClearanceVoided {
        /// The image.
        image: Sha256,
        /// The hash that was found instead; that of the image itself where its alt text changed.
        found: Sha256,
    },
    /// What an item judges became another thing while the review ran: its verdicts count no more.
    VerdictsDropped {
        /// The image.
        image: Sha256,
        /// The item, which is to be judged anew.
        item: String,
    },
    /// An image was released under a name.
    ImageReleased {
        /// The image.
        image: Sha256,
        /// The file name by the naming convention.
        name: String,
        /// The card that it was made with.
        card: Option<CardRef>,
        /// Alt text.
        alt_text: String,
        /// Disclosure, where the market requires one.
        disclosure: Option<String>,
        /// Whether the maker cleared it.
        approval: Approval,
    },
    /// A picture from outside was added as an input.
    InputAdded {
        /// The picture.
        image: ImageReference,
        /// Name of the file that it came from.
        file_name: String,
        /// Under which licence it may be used.
        licence: String,
    },
    /// A file was added that supports verdicts.
    EvidenceAdded {
        /// The file.
        file: EvidenceFile,
    },
    /// The project was reviewed.
    ProjectReviewed {
        /// What was found and decided.
        findings: String,
        /// When the next review is.
        #[serde(with = "crate::as_text")]
        next_review: Date,
    },
    /// A recipe became a template.
    TemplatePromoted {
        /// The locked card.
        card: CardRef,
        /// How many of its images were kept.
        kept: u32,
        /// How many it made.
        generated: u32,
        /// Why.
        reason: String,
    },
    /// A failure mode went to the negative-prompt library.
    NegativeEntryAdded {
        /// The set of the library.
        set: String,
        /// The entry, with the images that show the failure.
        entry: NegativeEntry,
    },
    /// A hand-off broke: the documentation is fixed, not the person.
    HandOffProblemNoted {
        /// The stage that handed on too little.
        stage: Stage,
        /// What was missing.
        what: String,
        /// What is written down differently from now on.
        fix: String,
    },
}

/// Why the volume runs of a card stand still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PauseCause {
    /// The card stopped reproducing.
    NotReproduced,
    /// The Reviewer keeps catching the same issue.
    RepeatedIssue {
        /// The checklist item.
        item: String,
        /// How often it failed.
        times: u32,
    },
}

impl PauseCause {
    /// Whether it never ends for this revision: a repeated issue is fixed in the next one. A recipe that stopped
    /// reproducing runs again once it is proved and locked.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::RepeatedIssue { .. })
    }
}

/// Whether a clearance was the last one that the stakes ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClearanceStep {
    /// Another person must clear the image too.
    First,
    /// The image is cleared.
    Last,
}
