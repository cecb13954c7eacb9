use jiff::Timestamp;

use super::CommandKind::{self, *};
use super::Role::{Director, Operator, Reviewer};
use super::{Actor, BriefField, Refusal, Role, Stage, State, check_one_sentence};

/// Whether a button may be pressed, and if not, why not in the words of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Yes,
    /// It may not.
    No {
        /// One sentence that says what to do.
        reason: String,
    },
}

impl Permission {
    /// Whether it may.
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }

    /// Why not.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Yes => None,
            Self::No { reason } => Some(reason),
        }
    }
}

impl From<Result<(), Refusal>> for Permission {
    fn from(checked: Result<(), Refusal>) -> Self {
        match checked {
            Ok(()) => Self::Yes,
            Err(refusal) => Self::No { reason: refusal.to_string() },
        }
    }
}

/// One row of the table: who may do what, in which stage, and what must be so before.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What.
    pub kind: CommandKind,
    /// What, as a sentence begins: "approving a direction".
    pub act: &'static str,
    /// In which stage; none for what belongs to the whole project.
    pub stage: Option<Stage>,
    /// Who.
    pub who: Who,
    /// What must be so before.
    pub needs: &'static [Need],
}

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// People who wear one of these hats.
    Roles(&'static [Role]),
    /// Anybody, with or without a hat.
    Anybody,
    /// The app, which reports facts; no person decides them.
    App,
}

/// What must be so before a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The project has begun.
    Started,
    /// The project has not begun.
    NotStarted,
    /// A brief is written.
    BriefWritten,
    /// The brief is complete, its intent one sentence.
    BriefComplete,
    /// No direction is approved.
    NoDirection,
    /// A direction is approved.
    Direction,
    /// A direction is approved, or the sprint is knowingly skipped.
    DirectionOrSkip,
    /// A sprint made images.
    SprintImages,
    /// No direction of the moodboard is approved.
    OpenMoodboard,
    /// The moodboard of the latest sprint is not ranked.
    UnrankedMoodboard,
    /// The moodboard is ranked.
    RankedMoodboard,
    /// A card exists that is not locked.
    DraftCard,
    /// A card is locked, neither unlocked nor paused.
    LockedRecipe,
    /// A card was locked at some time.
    OnceLocked,
    /// An image exists.
    AnyImage,
    /// An image is kept.
    Keeper,
    /// An image is at the gate.
    OpenReview,
    /// An image is at the gate, cleared or released.
    Submitted,
    /// An image is cleared and not released.
    Cleared,
    /// One person alone works in the project.
    Solo,
    /// The brief sets an iteration budget.
    Budget,
    /// The stage is not skipped.
    NotSkipped(Stage),
}

const ALL_ROLES: Who = Who::Roles(&Role::ALL);
const DIRECTOR: Who = Who::Roles(&[Director]);
const OPERATOR: Who = Who::Roles(&[Operator]);
const REVIEWER: Who = Who::Roles(&[Reviewer]);
const KEEPER_OF_LIBRARY: Who = Who::Roles(&[Director, Reviewer]);
const MAKERS_AND_DIRECTOR: Who = Who::Roles(&[Director, Operator]);

use Need::{
    AnyImage, BriefComplete, BriefWritten, Budget, Cleared, Direction, DirectionOrSkip, DraftCard, Keeper,
    LockedRecipe, NoDirection, NotSkipped, NotStarted, OnceLocked, OpenMoodboard, OpenReview, RankedMoodboard, Solo,
    SprintImages, Started, Submitted, UnrankedMoodboard,
};
use Stage::{Brief, ConceptSprint, FixAndFinish, LockInPass, Release, ReviewGate, VolumeRun};

const fn row(kind: CommandKind, act: &'static str, stage: Option<Stage>, who: Who, needs: &'static [Need]) -> Row {
    Row { kind, act, stage, who, needs }
}

/// The table that [`decide`](super::decide) and the window both read: what each role may do at each stage.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(StartProject, "starting a project", None, Who::Anybody, &[NotStarted]),
    row(SwitchRole, "switching role", None, Who::Anybody, &[Started]),
    row(ChangeSettings, "changing the settings", None, DIRECTOR, &[Started]),
    row(AdoptChecklist, "adopting a checklist", None, KEEPER_OF_LIBRARY, &[Started]),
    row(ReviewDocument, "reviewing the workflow document", None, ALL_ROLES, &[Started]),

    row(WriteBrief, "writing the brief", Some(Brief), DIRECTOR, &[Started]),
    row(CompleteBrief, "completing the brief", Some(Brief), DIRECTOR, &[Started, BriefWritten]),
    row(SkipStage, "skipping a stage", None, DIRECTOR, &[Started]),
    row(ResumeStage, "resuming a stage", None, DIRECTOR, &[Started]),

    row(StartConceptSprint, "starting a concept sprint", Some(ConceptSprint), OPERATOR,
        &[Started, BriefComplete, NotSkipped(ConceptSprint), NoDirection]),
    row(ProposeMoodboard, "proposing a moodboard", Some(ConceptSprint), OPERATOR,
        &[Started, BriefComplete, SprintImages, OpenMoodboard, UnrankedMoodboard]),
    row(RankMoodboard, "ranking the moodboard", Some(ConceptSprint), DIRECTOR,
        &[Started, BriefComplete, SprintImages, OpenMoodboard]),
    row(ApproveDirection, "approving a direction", Some(ConceptSprint), DIRECTOR,
        &[Started, BriefComplete, SprintImages, RankedMoodboard]),
    row(WithdrawDirection, "withdrawing a direction", Some(ConceptSprint), DIRECTOR, &[Started, Direction]),
    row(VaryImage, "varying an image", Some(LockInPass), OPERATOR, &[Started, BriefComplete, AnyImage]),

    row(SaveNewCard, "saving a new recipe card", Some(LockInPass), OPERATOR,
        &[Started, BriefComplete, NotSkipped(LockInPass), DirectionOrSkip]),
    row(SaveDraftCard, "saving a recipe card", Some(LockInPass), OPERATOR,
        &[Started, BriefComplete, NotSkipped(LockInPass), DirectionOrSkip]),
    row(ReviseRecipe, "revising a recipe", Some(LockInPass), OPERATOR,
        &[Started, BriefComplete, NotSkipped(LockInPass), OnceLocked]),
    row(RenderHero, "rendering the Hero", Some(LockInPass), OPERATOR,
        &[Started, BriefComplete, NotSkipped(LockInPass), DirectionOrSkip, DraftCard]),
    row(ApproveHero, "approving the Hero", Some(LockInPass), DIRECTOR,
        &[Started, BriefComplete, NotSkipped(LockInPass), DirectionOrSkip, DraftCard]),
    row(ProveCard, "proving a recipe", Some(LockInPass), OPERATOR, &[Started]),
    row(LockRecipe, "locking a recipe", Some(LockInPass), OPERATOR,
        &[Started, BriefComplete, NotSkipped(LockInPass), DirectionOrSkip, DraftCard]),

    row(StartVolumeRun, "starting a volume run", Some(VolumeRun), OPERATOR,
        &[Started, BriefComplete, NotSkipped(VolumeRun), LockedRecipe]),
    row(Keep, "keeping an image", Some(VolumeRun), OPERATOR, &[Started, AnyImage]),
    row(Reject, "rejecting an image", Some(VolumeRun), OPERATOR, &[Started, AnyImage]),
    row(WithdrawCull, "taking a cull back", Some(VolumeRun), OPERATOR, &[Started, AnyImage]),

    row(StartRepair, "repairing an image", Some(FixAndFinish), OPERATOR,
        &[Started, BriefComplete, NotSkipped(FixAndFinish), Keeper]),
    row(AcceptRepair, "accepting a repair", Some(FixAndFinish), OPERATOR, &[Started, NotSkipped(FixAndFinish), Keeper]),
    row(DiscardRepairs, "discarding repairs", Some(FixAndFinish), OPERATOR, &[Started, Keeper]),
    row(MixCandidates, "mixing candidates", Some(FixAndFinish), OPERATOR, &[Started, NotSkipped(FixAndFinish), Keeper]),
    row(RecordEdit, "editing an image", Some(FixAndFinish), OPERATOR,
        &[Started, BriefComplete, NotSkipped(FixAndFinish), Keeper]),
    row(CheckArtefacts, "checking for artefacts", Some(FixAndFinish), OPERATOR,
        &[Started, NotSkipped(FixAndFinish), Keeper]),
    row(HandToEditor, "handing an image to an editor", Some(FixAndFinish), OPERATOR,
        &[Started, NotSkipped(FixAndFinish), Keeper]),
    // Whatever became of its keep meanwhile.
    row(TakeBackFromEditor, "taking an image back from an editor", Some(FixAndFinish), OPERATOR, &[Started, AnyImage]),
    row(AskForIterations, "asking for iterations", None, OPERATOR, &[Started, Budget]),
    row(GrantIterations, "granting iterations", None, DIRECTOR, &[Started, Budget]),
    row(WriteAltText, "writing alt text", Some(FixAndFinish), ALL_ROLES, &[Started, AnyImage]),

    row(SubmitForReview, "submitting an image for review", Some(ReviewGate), OPERATOR, &[Started, BriefComplete, Keeper]),
    row(BeginFreshEyes, "beginning a fresh-eyes pass", Some(ReviewGate), REVIEWER, &[Started, Solo, OpenReview]),
    row(ReportSeen, "looking at an image", Some(ReviewGate), REVIEWER, &[Started, OpenReview]),
    row(JudgeItem, "judging an image", Some(ReviewGate), REVIEWER, &[Started, OpenReview]),
    row(ClearImage, "clearing an image", Some(ReviewGate), REVIEWER, &[Started, BriefComplete, OpenReview]),
    row(SendBack, "sending an image back", Some(ReviewGate), REVIEWER, &[Started, OpenReview]),
    row(VetoImage, "vetoing an image", Some(ReviewGate), REVIEWER, &[Started, Submitted]),

    row(ReleaseImages, "releasing an image", Some(Release), KEEPER_OF_LIBRARY,
        &[Started, BriefComplete, NotSkipped(Release), Cleared]),

    row(AddInput, "adding an input image", None, MAKERS_AND_DIRECTOR, &[Started]),
    row(AddEvidence, "adding a file as evidence", None, ALL_ROLES, &[Started]),
    row(RequeueJobs, "queueing jobs again", None, OPERATOR, &[Started]),
    row(CancelJobs, "cancelling jobs", None, OPERATOR, &[Started]),
    row(ReportImage, "reporting an image", None, Who::App, &[Started]),
    row(ReportFailure, "reporting a failure", None, Who::App, &[Started]),
    row(ReportProof, "reporting a proof", None, Who::App, &[Started]),
    row(ReportChangedFile, "reporting a changed file", None, Who::App, &[Started]),

    row(ReviewProject, "reviewing the project", None, DIRECTOR, &[Started, BriefComplete]),
    row(PromoteTemplate, "promoting a template", None, MAKERS_AND_DIRECTOR, &[Started, LockedRecipe]),
    row(AddNegativeEntry, "adding to the negative-prompt library", None, MAKERS_AND_DIRECTOR, &[Started, AnyImage]),
    row(NoteHandOffProblem, "noting a hand-off problem", None, ALL_ROLES, &[Started]),
];

/// The row of a kind.
pub fn table_row(kind: CommandKind) -> &'static Row {
    // A test proves that every kind has its row; the fallback is the first row and is never reached.
    TABLE.iter().find(|row| row.kind == kind).unwrap_or(&TABLE[0])
}

/// Whether an actor may do something of this kind now, as far as that hangs on role and stage. What hangs on the
/// one image or card that is meant, [`decide`](super::decide) says; [`would`](super::would) asks it without doing
/// anything.
pub fn allowed(state: &State, kind: CommandKind, by: &Actor, _now: Timestamp) -> Permission {
    check(state, kind, by).into()
}

/// The same as [`allowed`] with the refusal itself.
pub(super) fn check(state: &State, kind: CommandKind, by: &Actor) -> Result<(), Refusal> {
    let row = table_row(kind);
    if let (Who::Roles(roles), true) = (row.who, state.project().is_some()) {
        let worn = state.role_of(&by.person).ok_or_else(|| Refusal::NoRole(by.person.clone()))?;
        if worn != by.role {
            return Err(Refusal::OtherRoleWorn(by.person.clone(), worn, by.role));
        }
        if !roles.contains(&by.role) {
            let needed: Vec<&str> = roles.iter().map(|role| role.with_article()).collect();
            return Err(Refusal::NotYourRole { act: row.act, needed: needed.join(" or "), rule: by.role.may_not() });
        }
    }
    row.needs.iter().try_for_each(|need| need.check(state))
}

impl Need {
    /// Refuses when it is not so, and says what to do.
    ///
    /// # Errors
    /// [`Refusal::Entry`], or a refusal that names the pause trigger.
    pub fn check(self, state: &State) -> Result<(), Refusal> {
        let says = |met: bool, text: &str| if met { Ok(()) } else { Err(Refusal::Entry(text.to_owned())) };
        match self {
            Started => says(state.project().is_some(), "there is no project yet: start it"),
            NotStarted => says(state.project().is_none(), "the project has begun already: go on with it"),
            BriefWritten => says(state.brief().is_some(), "there is no brief yet: write it"),
            BriefComplete => brief_complete(state),
            NoDirection => says(
                state.direction().is_none(),
                "a direction is approved already: withdraw it before another concept sprint",
            ),
            Direction => says(state.direction().is_some(), "no direction is approved: nothing is to be withdrawn"),
            DirectionOrSkip => says(
                state.direction().is_some() || state.is_skipped(ConceptSprint),
                "no direction is approved: rank the moodboard and approve one, or skip the concept sprint with a reason",
            ),
            SprintImages => says(
                state.images().keys().any(|image| state.is_sprint_image(image)),
                "the concept sprint has no images yet: start one",
            ),
            OpenMoodboard => says(
                state.direction().is_none(),
                "a direction of the moodboard is approved: the Director withdraws it first",
            ),
            UnrankedMoodboard => says(
                !is_ranked(state),
                "the moodboard is ranked: the Director ranks other candidates, or start another concept sprint",
            ),
            RankedMoodboard => says(
                state.moodboard().is_some_and(|board| board.ranked_by.is_some()),
                "the moodboard is not ranked: the Director ranks 3 to 5 candidates first",
            ),
            DraftCard => says(
                state.cards().values().any(|card| card.status() != super::CardStatus::Locked),
                "there is no draft card: save one first",
            ),
            LockedRecipe => locked_recipe(state),
            OnceLocked => says(
                state.cards().values().any(|card| card.locked.is_some()),
                "no recipe is locked: change the draft itself",
            ),
            AnyImage => says(!state.images().is_empty(), "there are no images yet: generate some"),
            Keeper => says(
                state.images().keys().any(|image| state.is_keeper(image)),
                "there is no keeper yet: cull the images first",
            ),
            OpenReview => says(
                state.images().values().any(|image| image.open_review().is_some()),
                "no image is at the gate: submit a keeper for review",
            ),
            Submitted => says(
                state.images().values().any(|image| !image.reviews.is_empty()),
                "no image is at the gate: submit a keeper for review",
            ),
            Cleared => says(!state.cleared().is_empty(), "no image is cleared: only the review gate clears an image"),
            Solo if state.is_solo() => Ok(()),
            Solo => Err(Refusal::NotSolo(state.workers().len())),
            Budget => says(
                state.brief().is_some_and(|brief| brief.brief.iteration_budget.filled().is_some()),
                "the brief sets no iteration budget: go on",
            ),
            NotSkipped(stage) if state.is_skipped(stage) => Err(Refusal::Skipped(stage)),
            NotSkipped(_) => Ok(()),
        }
    }
}

/// Whether the Director ranked the moodboard since the latest sprint began.
fn is_ranked(state: &State) -> bool {
    let since = state.sprint().map_or(0, |sprint| sprint.seq);
    state.moodboard().is_some_and(|board| board.ranked_by.is_some() && board.seq > since)
}

/// The first pause trigger: without a one-sentence intent everything goes back to the brief.
fn brief_complete(state: &State) -> Result<(), Refusal> {
    let Some(brief) = state.brief() else { return Err(Refusal::Entry("there is no brief yet: write it".to_owned())) };
    check_one_sentence(&brief.brief.intent)?;
    brief_missing(&brief.brief)?;
    if brief.declared {
        Ok(())
    } else {
        Err(Refusal::Entry("the brief is filled in but not declared complete: the Director completes it".to_owned()))
    }
}

/// Refuses a brief with open fields and names them.
pub(super) fn brief_missing(brief: &super::Brief) -> Result<(), Refusal> {
    let missing: Vec<String> = brief.missing().iter().map(BriefField::to_string).collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::BriefOpen(missing.join(", "))) }
}

/// A locked recipe, or why the locked ones stand still.
fn locked_recipe(state: &State) -> Result<(), Refusal> {
    if state.usable_cards().next().is_some() {
        return Ok(());
    }
    for (card, known) in state.cards().iter().rev() {
        super::decide::standing(card, known)?;
    }
    Err(Refusal::Entry("no recipe is locked: prove and lock one before a volume run".to_owned()))
}
