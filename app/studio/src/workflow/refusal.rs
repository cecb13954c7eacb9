use super::brief::IntentProblem;
use super::{IterationSubject, Role, Stage, Stakes};
use crate::card::{CardRef, CardRefusal, LockRefusal, ProofRefusal, UndeclaredChange};
use crate::library::LibraryRefusal;
use crate::{JobId, PersonName, Sha256};

/// Why a command was refused: a rule of the workflow, each in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    // Who
    /// A person without a hat.
    #[error("{0} has no role in this project yet: choose one")]
    NoRole(PersonName),
    /// The actor wears another hat than the command says.
    #[error("{0} acts as {1}: switch role to {2} first, which is recorded")]
    OtherRoleWorn(PersonName, Role, Role),
    /// The hat does not permit it.
    #[error("{act} needs {needed}; {rule}: switch role or ask one")]
    NotYourRole {
        /// What was asked, for example `approving a direction`.
        act: &'static str,
        /// The roles that may, for example `a Director`.
        needed: String,
        /// What the actor's role may not do.
        rule: &'static str,
    },
    /// The hat is worn already.
    #[error("{0} acts as {1} already: go on")]
    RoleWorn(PersonName, Role),

    // Entry conditions
    /// Something must be done first; the text says what is missing and what to do.
    #[error("{0}")]
    Entry(String),
    /// The stage is skipped.
    #[error("{0} is skipped: resume the stage first")]
    Skipped(Stage),

    // Texts and figures
    /// A text that is needed and was not given.
    #[error("{0} needs a reason: write why")]
    ReasonMissing(&'static str),
    /// An empty field.
    #[error("the {0} is empty: write it")]
    TextMissing(&'static str),
    /// A text that is too long.
    #[error("the {0} has {1} characters and at most {2} are accepted: shorten it")]
    TextTooLong(&'static str, usize, usize),
    /// A control character other than a line break.
    #[error("the {0} contains a control character: remove it")]
    ControlCharacter(&'static str),
    /// A figure of the settings that cannot be used.
    #[error("{0}")]
    Settings(&'static str),
    /// A figure that is no number or out of range.
    #[error("the {0} must be a number from {1} to {2} and is {3}: correct it")]
    Number(&'static str, f64, f64, f64),

    // Brief
    /// The brief's short name.
    #[error("a brief's name has 1 to 40 of the characters a-z, 0-9 and -: rename it")]
    BriefName,
    /// First pause trigger: the intent is not one sentence.
    #[error("{0}; the sprint waits for the brief")]
    Intent(#[from] IntentProblem),
    /// Fields are open.
    #[error("the brief is not complete: fill in or mark as not needed: {0}")]
    BriefOpen(String),
    /// A stage that can never be skipped.
    #[error("{0} can never be skipped: a small job may be just a sprint and the gate")]
    NeverSkipped(Stage),
    /// A stage that is not skipped.
    #[error("{0} is not skipped: go on with it")]
    NotSkipped(Stage),
    /// A checklist or an entry of a library that cannot be used.
    #[error(transparent)]
    Library(#[from] LibraryRefusal),
    /// A checklist that is missing, twice there, or older than the known one.
    #[error("the checklist {0}")]
    Checklist(String),

    // Sprint and moodboard
    /// Too few or too many variations.
    #[error(
        "a full sprint has 15 to 30 variations and this one {0}: change the number, or compress the sprint with a reason"
    )]
    Variations(usize),
    /// Too few or too many styles.
    #[error(
        "a full sprint has 3 to 5 styles and this one {0}: change the number, or compress the sprint with a reason"
    )]
    Styles(usize),
    /// More than any sprint may have, or nothing at all.
    #[error("a compressed sprint has 1 to 30 variations in 1 to 5 styles and this one {0} in {1}: change the numbers")]
    Compressed(usize, usize),
    /// Two rows that are the same style.
    #[error("the style \"{0}\" stands in two rows: make the styles distinct, a sprint is for breadth")]
    SameStyle(String),
    /// Steps beyond a draft.
    #[error("a sprint is drafted in at most {1} steps and this one has {0}: lower the steps")]
    DraftSteps(u32, u32),
    /// Larger than anything that is generated.
    #[error(
        "{0}x{1} has more than the {2} pixels that are generated: generate smaller and upscale the keeper separately"
    )]
    Oversized(u32, u32, u64),
    /// Candidates out of number.
    #[error("a moodboard has {1} to {2} candidates and this one {0}: add or remove some")]
    Candidates(usize, usize, usize),
    /// A candidate twice.
    #[error("{0} stands on the moodboard twice: remove one of them")]
    SameCandidate(String),
    /// An image that came from no sprint.
    #[error("{0} is not from a concept sprint: choose images of the concept grid")]
    NotFromSprint(String),
    /// A direction that is not on the moodboard.
    #[error("{0} is not on the ranked moodboard: approve one of its candidates")]
    NotOnMoodboard(String),
    /// One image polished during a sprint.
    #[error("a sprint is for breadth, not for polishing one image: approve a direction first")]
    Polishing,

    // Cards
    /// An unknown card.
    #[error("there is no card {0}: choose one of the project")]
    UnknownCard(CardRef),
    /// The card itself cannot be used.
    #[error(transparent)]
    Card(#[from] CardRefusal),
    /// A locked card is never edited.
    #[error("{0} is locked and a locked card is never edited: revise it, which makes revision {1} with a reason")]
    LockedCard(CardRef, u32),
    /// A new card under a name that is taken.
    #[error("the card {0} has that name: give the new one another name, or open {0} and change it")]
    NameTaken(CardRef),
    /// A revision that does not follow.
    #[error("the next revision of {0} is {1} and this one is {2}: save revision {1}")]
    RevisionOrder(String, u32, u32),
    /// Only the latest revision goes on.
    #[error("{0} has the later revision {1}: go on with that one")]
    OldRevision(CardRef, u32),
    /// The card is not locked.
    #[error("the recipe {0} is not locked: prove it and lock it before a volume run")]
    NotLocked(CardRef),
    /// Second pause trigger: the card does not reproduce.
    #[error("{0} is unlocked because it stopped reproducing: prove it again, or revise it")]
    Unlocked(CardRef),
    /// Third pause trigger: an issue came back too often.
    #[error("{0} is paused because \"{1}\" failed {2} times: fix it in the recipe, with a new revision")]
    Paused(CardRef, String, u32),
    /// No Hero, or a Hero of an earlier state of the card.
    #[error("{0} has no Hero as it stands now: render the Hero")]
    NoHero(CardRef),
    /// The Hero is another image.
    #[error("the Hero of {0} is {1} and not this image: approve that one")]
    OtherHero(CardRef, String),
    /// Not proved.
    #[error("{0} is not proved: render its Hero again from the card alone, with \"Prove\"")]
    NotProved(CardRef),
    /// Second pause trigger at the lock: the recipe is not real yet.
    #[error(
        "{0} did not reproduce, so the recipe is not real yet: change the card, render the Hero and prove it again"
    )]
    NotReproduced(CardRef),
    /// Not approved.
    #[error("the Director has not approved the Hero of {0}: ask for the approval")]
    NotApproved(CardRef),
    /// A lock that the card's own rules refuse.
    #[error(transparent)]
    Lock(#[from] LockRefusal),
    /// A measurement of a proof that cannot be judged.
    #[error(transparent)]
    Proof(ProofRefusal),
    /// A proof that is under way.
    #[error("job {0} does that already: wait for it")]
    UnderWay(JobId),

    // Volume run
    /// A run that whoever starts it has not seen yet.
    #[error("volume run {1} of {0} was started a moment ago: look at it before another one")]
    StartedAlready(CardRef, u32),
    /// A run without rows.
    #[error("a volume run has 1 to {1} rows and this one {0}: choose rows")]
    Rows(usize, u32),
    /// A row that changes what no axis declares.
    #[error("row {0}: {1}")]
    Undeclared(usize, UndeclaredChange),
    /// A row that cannot be rendered.
    #[error(transparent)]
    Request(#[from] crate::Refusal),

    // Images
    /// An unknown image.
    #[error("there is no image {0} in the project: choose one of the project")]
    UnknownImage(String),
    /// An image that is known already.
    #[error("{0} is in the project already: an edit makes a new image")]
    KnownImage(String),
    /// An image that is no keeper.
    #[error("{0} is not a keeper: keep it first")]
    NotKept(String),
    /// A candidate of a repair that nobody accepted.
    #[error("{0} is a candidate: accept it on the canvas first")]
    NotAccepted(String),
    /// Two candidates that cannot be put together.
    #[error("{0} and {1} {2}")]
    NoMix(String, String, &'static str),
    /// What a candidate is already, or is not.
    #[error("{0} is {1}")]
    Candidate(String, &'static str),
    /// An image that nobody culls: it has no cull decision to take back.
    #[error("{0} has no cull decision: keep or reject it")]
    NotCulled(String),
    /// A cull of an image that is at the gate or beyond.
    #[error("{0} is {1}: its cull decision stands")]
    PastCull(String, &'static str),
    /// A cull of an image whose finished image is at the gate or beyond.
    #[error("{1}, which was finished from {0}, is {2}: the cull decision of {0} stands with it")]
    PastCullFinished(String, String, &'static str),
    /// "Other" without a note.
    #[error("the reason \"other\" needs a note: write what is wrong")]
    OtherNeedsNote,
    /// An inpaint or image-to-image task on another image than the parent.
    #[error("the task starts from another image than {0}: choose that image as its input")]
    OtherInput(String),
    /// A repair that starts from nothing.
    #[error("a repair starts from the image: choose inpaint or image-to-image")]
    RepairFromNothing,
    /// Image-to-image that is no repair.
    #[error("strength {0} redraws the image: repair with at most {1}, or make a variation")]
    StrengthTooHigh(f64, f64),
    /// More than a third is masked.
    #[error("{0:.0} % of the image is masked, more than a third: regenerate it, or overrule with a reason")]
    Regenerate(f64),
    /// An overrule where nothing needs one.
    #[error("at most a third of the image is masked, so repairing it needs no overrule: repair it")]
    NothingToOverrule,
    /// The iteration budget is used up.
    #[error("the iteration budget of {1} for {0} is used up: ask the Director for more")]
    Budget(String, u32),
    /// More iterations at once than are left, where enough are left for a usual strip: the Director is not asked yet.
    #[error(
        "{2} iterations are asked for and {1} of {0} are left: make at most {1}; the Director is asked for more \
         once fewer than {3} are left"
    )]
    BudgetFewer(String, u32, u32, u32),
    /// More iterations at once than are left.
    #[error("{2} iterations are asked for and {1} of {0} are left: make at most {1}, or ask the Director for more")]
    BudgetLeft(String, u32, u32),
    /// A question or grant without a budget, or before it is used up.
    #[error("{0}")]
    BudgetOpen(String),
    /// A grant that whoever gives it has not seen yet.
    #[error("more iterations for {0} were granted a moment ago: look at what is left before you grant more")]
    GrantedAlready(String),
    /// Something that a human editor has.
    #[error("{0} is with the editor {1}: record the edit when it comes back, or take the image back")]
    WithEditor(String, PersonName),
    /// Another edit than the editor's, while the editor has it.
    #[error("{0} is with the editor {1}: record what comes back as a human edit, or take the image back first")]
    EditWhileAway(String, PersonName),
    /// An image that no editor has.
    #[error("{0} is with no editor: go on with it")]
    NotWithEditor(String),

    /// The artefact gate was not gone through.
    #[error("the artefact check of {0} is not complete: check {1}")]
    ArtefactsOpen(String, String),
    /// The artefact gate found something.
    #[error("{0} has artefacts ({1}): repair it, and submit the repaired image")]
    ArtefactsFound(String, String),
    /// A check of nothing.
    #[error("no item of the artefact gate is checked: judge at least one")]
    NoFindings,

    // Review gate
    /// An image that the Lock-in pass did not make, with the stages that are to be skipped.
    #[error(
        "{0} was made without a locked recipe: make it in a volume run of one, or the Director skips {1} with a reason"
    )]
    NoRecipe(String, String),
    /// A Hero that left the Volume run out.
    #[error(
        "{0} comes from no volume run: start one of its recipe, or the Director skips the Volume run with a reason"
    )]
    NoVolumeRun(String),
    /// Vetoed for good.
    #[error("{0} was vetoed and never ships: make another image")]
    Vetoed(String),
    /// At the gate already.
    #[error("{0} is at the gate already: judge it")]
    InReview(String),
    /// Cleared already.
    #[error("{0} is cleared already: release it")]
    ClearedAlready(String),
    /// Not at the gate.
    #[error("{0} is not at the gate: submit it for review")]
    NotInReview(String),
    /// The short list is not earned.
    #[error("the short list needs internal stakes and a good track record, and here {0}: use the full list")]
    ShortList(String),
    /// The maker judges.
    #[error("{0} made this image and its maker does not judge it: ask another person")]
    Maker(PersonName),
    /// The maker judges regulated work, where fresh eyes do not help.
    #[error("you made this image and regulated work needs two people who did not: ask them to review it")]
    RegulatedSelf,
    /// The maker judges in a solo project, without fresh eyes.
    #[error("you made this image: begin a fresh-eyes pass with it before the first tick")]
    FreshEyesNeeded,
    /// The pause is not over.
    #[error("the fresh-eyes pass needs a pause of {1} minutes since the last edit: come back in {0} minutes")]
    FreshEyesTooEarly(i64, u32),
    /// An image of the pass was not looked at both ways.
    #[error("{0} was not yet seen mirrored and at 100 % zoom in this pass: look at it both ways first")]
    NotSeen(String),
    /// Another image of the pass is next.
    #[error("the pass shows the images in shuffled order and {0} is next: look at that one")]
    PassOrder(String),
    /// An image outside the pass.
    #[error("{0} is not in this fresh-eyes pass: begin a pass with it")]
    NotInPass(String),
    /// A fresh-eyes pass where it is not needed.
    #[error("a fresh-eyes pass is for solo projects and {0} people work in this one: let another person review")]
    NotSolo(usize),
    /// An item that is not on the list.
    #[error("the list {1} has no item \"{0}\": judge one of its items")]
    UnknownItem(String, String),
    /// A fail without a note.
    #[error("a fail needs a note: write what is wrong and pin the place")]
    FailNeedsNote,
    /// "Not applicable" without a word, where evidence is asked for.
    #[error("\"{0}\" asks for evidence: write in the note why it does not apply")]
    NotApplicableNeedsNote(String),
    /// Evidence that nobody can look at.
    #[error("there is no file {0} in the project to be evidence: add it first")]
    UnknownEvidence(String),
    /// An empty or a huge file as evidence.
    #[error("{0} is empty or larger than {1} MB: choose a file that can be kept")]
    EvidenceSize(String, u64),
    /// The same file twice.
    #[error("{0} is in the project already: attach it from the list")]
    KnownEvidence(String),
    /// A pass without evidence.
    #[error("\"{0}\" passes only with evidence: attach a file, or write the measured figure as a note")]
    EvidenceMissing(String),
    /// A pin outside the image.
    #[error("a pin lies inside the image, x and y from 0 to 1, and this one is at {0}, {1}: place it again")]
    Pin(f64, f64),
    /// More pins or evidence than anybody can read.
    #[error("a verdict has at most {0} pins and as many pieces of evidence: remove some")]
    TooManyPins(usize),
    /// Items are open.
    #[error("{0} of the items are not judged yet: judge {1}")]
    OpenItems(usize, String),
    /// Items failed.
    #[error("{0} failed: send the image back")]
    FailedItems(String),
    /// Nothing failed.
    #[error("no item failed: send an image back with the failed items, or veto it with a reason")]
    NothingFailed,
    /// Nothing says what the image is for.
    #[error("{0} has no alt text: write it first")]
    AltTextFirst(String),
    /// The same person twice at the gate of regulated work.
    #[error("{0} cleared it already and regulated work needs two people: ask another Reviewer")]
    SecondPerson(PersonName),
    /// A list that is too short for the stakes.
    #[error("the stakes are {0} and the image was reviewed on the short list: submit it again for the full list")]
    ListTooShort(Stakes),

    // Release
    /// Not cleared.
    #[error("{0} is not cleared: only the review gate clears an image for release")]
    NotCleared(String),
    /// One changed pixel voids a clearance.
    #[error(
        "the file of {0} is not what was cleared (it is now {1}): one changed pixel voids a clearance, submit it again"
    )]
    ChangedFile(String, String),
    /// The file is what it should be.
    #[error("the file of {0} has the hash of its name: nothing changed")]
    UnchangedFile(String),
    /// No alt text.
    #[error("{0} has no alt text: write what a person who cannot see it should know, and submit it again")]
    AltText(String),
    /// Released already.
    #[error("{0} is released already as {1}: its record stands")]
    Released(String, String),
    /// A subject that makes no file name.
    #[error("\"{0}\" cannot stand in a file name: write the subject with letters and digits")]
    Subject(String),
    /// A list that is empty or names something twice.
    #[error("{0}")]
    Selection(&'static str),

    // Jobs
    /// An unknown job.
    #[error("there is no job {0}: choose one of the queue")]
    UnknownJob(JobId),
    /// A job that is not waiting for a result.
    #[error("job {0} is {1}: nothing more can be reported or cancelled")]
    JobEnded(JobId, &'static str),
    /// A Hero of an earlier state of its card.
    #[error("job {0} renders {1} as it was before it changed: drop the job and render the Hero anew")]
    OldHeroJob(JobId, CardRef),
    /// A job that cannot be queued again.
    #[error("job {0} is {1}: only interrupted, failed or cancelled jobs are queued again")]
    NoRetry(JobId, &'static str),
    /// A report of the wrong kind.
    #[error("job {0} is {1}: report it as that")]
    WrongReport(JobId, &'static str),

    // Project review
    /// Nothing to base a template on.
    #[error("{0} has {1} culled images and a template needs {2}: cull more first")]
    TooFewCulled(CardRef, u32, u32),
    /// A template already.
    #[error("{0} is a template already: nothing to do")]
    TemplateAlready(CardRef),
    /// Evidence that shows no failure.
    #[error("{0} was neither rejected nor failed a review: choose images that show the failure")]
    NoEvidence(String),
    /// A date in the past.
    #[error("the next review is to be in the future: choose a later date")]
    PastDate,
}

/// An image as sentences name it.
pub(super) fn short(image: &Sha256) -> String {
    image.auto_v2()
}

/// A subject of iterations as sentences name it.
pub(super) fn subject_name(subject: &IterationSubject) -> String {
    match subject {
        IterationSubject::Hero { card } => format!("the Hero of {card}"),
        IterationSubject::Image { root } => short(root),
    }
}
