use kento_studio::JobId;
use kento_studio::workflow::{Command, CommandKind, IterationSubject, ReviewList, Row, Stage, TABLE};

use crate::desk::{PanelInput, Selection};
use crate::frame::PanelKind;
use crate::panels::lock_panel::chosen;
use crate::widgets::Allowed;

/// A governed act as the command palette offers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// What it is, by which the permission table is keyed.
    pub kind: CommandKind,
    /// What it is called, beginning with a verb.
    pub title: String,
    /// Whether it can be done now, with the rule that refuses it.
    pub allowed: Allowed,
    /// What happens when it is taken.
    pub how: How,
}

/// What happens when an act is taken.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// It is done: nothing more needs to be said.
    Decide(Box<Command>),
    /// Its controls are brought into sight: words or a choice are needed first.
    Show(Place),
}

/// Where the controls of an act stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a panel.
    Panel(PanelKind),
    /// The brief, in the lock panel's place.
    Brief,
    /// The recipe in the lock panel.
    Recipe,
    /// The concept sprint with its moodboard.
    Sprint,
    /// The cull with the whole window.
    Cull,
    /// The project drawer.
    Project,
    /// The queue.
    Queue,
    /// A stage of the rail, by its place.
    Stage(usize),
    /// The choice of a picture that becomes an input.
    NewInput,
    /// The dialog for a file that supports verdicts.
    NewEvidence,
}

/// What was typed and is not saved: an act would be done without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unsaved {
    /// In the brief.
    pub brief: bool,
    /// In a recipe card.
    pub card: bool,
    /// The alt text of the selected image, which is judged with it.
    pub alt_text: bool,
    /// Nothing was typed, but the file of the selected image is another picture by now.
    pub changed_file: bool,
}

/// Every act that a person decides and this window has controls for: those of the stage that is worked on first, then those of the
/// other stages, then those of the whole project, each in the order of the permission table.
pub fn acts(input: &PanelInput<'_>, selection: &Selection, unsaved: Unsaved) -> Vec<Act> {
    let now = Some(input.state.current_stage());
    let mut rows: Vec<&Row> = TABLE.iter().collect();
    rows.sort_by_key(|row| (row.stage != now, row.stage.is_none()));
    let of_kind = |row: &Row| match row.kind {
        CommandKind::SkipStage => skips(input),
        CommandKind::ResumeStage if !input.state.skips().is_empty() => resumptions(input),
        kind => act(input, selection, unsaved, kind).into_iter().collect(),
    };
    rows.into_iter().flat_map(of_kind).collect()
}

/// Every stage that can be left out, whether it is done or still to come: the reason is written at its place on the rail.
fn skips(input: &PanelInput<'_>) -> Vec<Act> {
    let kind = CommandKind::SkipStage;
    let stages = Stage::ALL.into_iter().enumerate();
    let stages = stages.filter(|(_, stage)| stage.can_be_skipped() && !input.state.is_skipped(*stage));
    let act = |(place, stage): (usize, Stage)| Act {
        kind,
        title: format!("Skip {stage}…"),
        allowed: input.may(kind),
        how: How::Show(Place::Stage(place)),
    };
    stages.map(act).collect()
}

/// Every stage that was left out.
fn resumptions(input: &PanelInput<'_>) -> Vec<Act> {
    let act = |stage: &Stage| {
        let command = Command::ResumeStage { stage: *stage };
        Act {
            kind: CommandKind::ResumeStage,
            title: format!("Take up {stage} after all"),
            allowed: input.would(&command),
            how: How::Decide(Box::new(command)),
        }
    };
    input.state.skips().keys().map(act).collect()
}

fn act(input: &PanelInput<'_>, selection: &Selection, unsaved: Unsaved, kind: CommandKind) -> Option<Act> {
    let (title, place) = title_and_place(input, kind)?;
    let command = command(input, selection, kind).filter(|_| match place {
        Place::Brief => !unsaved.brief,
        Place::Recipe => !unsaved.card,
        // The checklist says what is in the way.
        Place::Panel(PanelKind::Checklist) => !unsaved.alt_text && !unsaved.changed_file,
        _ => true,
    });
    let allowed = match &command {
        Some(command) => input.would(command),
        None => input.may(kind),
    };
    let allowed = match kind {
        CommandKind::ResumeStage => allowed.but(input.state.skips().is_empty(), "no stage is skipped"),
        CommandKind::RequeueJobs => {
            allowed.but(command.is_none(), "no job was interrupted; what failed is tried again at its tile")
        }
        _ => allowed,
    };
    let title = match &command {
        Some(command) => format!("{title}{}", object(command)),
        None => format!("{title}…"),
    };
    let how = command.map_or(How::Show(place), |command| How::Decide(Box::new(command)));
    Some(Act { kind, title, allowed, how })
}

/// Words that other programs have for an act.
pub fn also(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::CancelJobs => "stop abort",
        CommandKind::WithdrawCull => "undo restore",
        CommandKind::Keep => "pick flag favourite",
        CommandKind::Reject => "delete trash",
        CommandKind::StartRepair => "inpaint outpaint extend brush vary refine fix",
        CommandKind::StartConceptSprint => "generate render explore",
        CommandKind::StartVolumeRun => "generate render batch",
        CommandKind::RenderHero => "generate",
        CommandKind::ReleaseImages => "export publish ship",
        CommandKind::ClearImage => "approve accept sign off",
        CommandKind::ChangeSettings => "settings preferences",
        CommandKind::AddInput => "import picture",
        CommandKind::AddEvidence => "attach pdf licence release document",
        _ => "",
    }
}

/// The whole command, where nothing more needs to be said than what is selected.
fn command(input: &PanelInput<'_>, selection: &Selection, kind: CommandKind) -> Option<Command> {
    let card = || chosen(input.state, selection);
    let image = selection.image.filter(|image| input.state.image(image).is_some());
    Some(match kind {
        CommandKind::CompleteBrief => Command::CompleteBrief,
        CommandKind::RenderHero => Command::RenderHero { card: card()? },
        CommandKind::ProveCard => Command::ProveCard { card: card()? },
        CommandKind::LockRecipe => Command::LockRecipe { card: card()? },
        CommandKind::ApproveHero => {
            let card = card()?;
            let hero = input.state.card(&card)?.hero?.image;
            Command::ApproveHero { card, hero }
        }
        CommandKind::Keep => Command::Keep { image: image? },
        CommandKind::WithdrawCull => Command::WithdrawCull { image: image? },
        CommandKind::SubmitForReview => Command::SubmitForReview { image: image?, list: ReviewList::Full },
        CommandKind::ClearImage => Command::ClearImage { image: image? },
        CommandKind::RequeueJobs if !input.interrupted.is_empty() => {
            // Those that could not begin now are dropped in the queue; they keep no other waiting.
            let may = |job: &JobId| input.would(&Command::RequeueJobs { jobs: vec![*job] }).is_yes();
            let all = || input.interrupted.iter().copied();
            let able: Vec<JobId> = all().filter(may).collect();
            Command::RequeueJobs { jobs: if able.is_empty() { all().collect() } else { able } }
        }
        _ => return None,
    })
}

/// What a command is done to.
fn object(command: &Command) -> String {
    match command {
        Command::RenderHero { card }
        | Command::ApproveHero { card, .. }
        | Command::ProveCard { card }
        | Command::LockRecipe { card } => format!(" of {card}"),
        Command::Keep { image }
        | Command::WithdrawCull { image }
        | Command::SubmitForReview { image, .. }
        | Command::ClearImage { image } => format!(" {}", image.auto_v2()),
        _ => String::new(),
    }
}

/// What an act is called and where its controls are; none for what no person decides, what is no act of the workflow, and what this
/// window has no tool for yet.
fn title_and_place(input: &PanelInput<'_>, kind: CommandKind) -> Option<(&'static str, Place)> {
    let now = input.state.current_stage();
    let stage = Stage::ALL.into_iter().position(|stage| stage == now).unwrap_or_default();
    let gate = Place::Panel(PanelKind::Checklist);
    // Of an image they are asked for beside its checklist, of a Hero beside its card.
    let is_of_image =
        input.state.iteration_asks().iter().all(|ask| matches!(ask.subject, IterationSubject::Image { .. }));
    let iterations = if is_of_image { gate } else { Place::Recipe };
    Some(match kind {
        CommandKind::WriteBrief => ("Write the brief", Place::Brief),
        CommandKind::CompleteBrief => ("Complete the brief", Place::Brief),
        CommandKind::ResumeStage => ("Take up a skipped stage", Place::Stage(stage)),
        CommandKind::StartConceptSprint => ("Queue the sprint", Place::Sprint),
        CommandKind::ProposeMoodboard => ("Propose a moodboard", Place::Sprint),
        CommandKind::RankMoodboard => ("Rank the moodboard", Place::Sprint),
        CommandKind::ApproveDirection => ("Approve the direction", Place::Sprint),
        CommandKind::WithdrawDirection => ("Withdraw the direction", Place::Sprint),
        CommandKind::SaveNewCard => ("Begin a recipe card", Place::Recipe),
        CommandKind::SaveDraftCard => ("Change and save the recipe card", Place::Recipe),
        CommandKind::ReviseRecipe => ("Revise the recipe", Place::Recipe),
        CommandKind::RenderHero => ("Render the Hero", Place::Recipe),
        CommandKind::ApproveHero => ("Approve the Hero", Place::Recipe),
        CommandKind::ProveCard => ("Prove the recipe", Place::Recipe),
        CommandKind::LockRecipe => ("Lock the recipe", Place::Recipe),
        CommandKind::StartVolumeRun => ("Start the volume run", Place::Recipe),
        CommandKind::AskForIterations => ("Ask the Director for iterations", iterations),
        CommandKind::GrantIterations => ("Grant iterations", iterations),
        CommandKind::Keep => ("Keep the image", Place::Cull),
        CommandKind::Reject => ("Reject images with a reason", Place::Cull),
        CommandKind::WithdrawCull => ("Take back the cull of", Place::Cull),
        CommandKind::StartRepair => ("Mask and repair the image", Place::Panel(PanelKind::Canvas)),
        CommandKind::CheckArtefacts => ("Check the image for artefacts", gate),
        CommandKind::WriteAltText => ("Write the alt text", gate),
        CommandKind::HandToEditor => ("Hand the image to an editor", gate),
        CommandKind::TakeBackFromEditor => ("Take the image back from its editor", gate),
        CommandKind::RecordEdit => ("Take in an edited file", gate),
        CommandKind::SubmitForReview => ("Submit for review, full list, the image", gate),
        CommandKind::BeginFreshEyes => ("Begin a fresh-eyes pass", gate),
        CommandKind::JudgeItem => ("Judge the items of the checklist", gate),
        CommandKind::ClearImage => ("Clear the image", gate),
        CommandKind::SendBack => ("Send the image back", gate),
        CommandKind::VetoImage => ("Veto the image", gate),
        CommandKind::ReleaseImages => ("Release the image", gate),
        CommandKind::AddInput => ("Add an input image", Place::NewInput),
        CommandKind::AddEvidence => ("Add a file as evidence", Place::NewEvidence),
        CommandKind::RequeueJobs => ("Queue interrupted jobs again", Place::Queue),
        CommandKind::CancelJobs => ("Cancel jobs", Place::Queue),
        CommandKind::ChangeSettings => ("Change the rules of the project", Place::Project),
        CommandKind::AdoptChecklist => ("Adopt a checklist", Place::Project),
        CommandKind::ReviewDocument => ("Review the workflow document", Place::Project),
        CommandKind::ReviewProject => ("Review the project", Place::Project),
        CommandKind::PromoteTemplate => ("Promote a recipe to a template", Place::Project),
        CommandKind::AddNegativeEntry => ("Add a failure to the negative-prompt library", Place::Project),
        CommandKind::NoteHandOffProblem => ("Note where a hand-off broke", Place::Project),
        // Stages are listed one by one.
        CommandKind::SkipStage
        | CommandKind::StartProject
        | CommandKind::SwitchRole
        | CommandKind::VaryImage
        | CommandKind::AcceptRepair
        | CommandKind::DiscardRepairs
        | CommandKind::MixCandidates
        | CommandKind::ReportSeen
        | CommandKind::ReportImage
        | CommandKind::ReportFailure
        | CommandKind::ReportProof
        | CommandKind::ReportChangedFile => return None,
    })
}
