use kento_studio::card::{CardRef, LockedRecipe, RecipeCard};
use kento_studio::workflow::{CardState, CardStatus, Command, Role, State};
use kento_studio::{GenerationRequest, JobId};

use super::proof::{is_approved, judged_job};
use super::volume::LeftOut;
use crate::desk::PanelInput;
use crate::widgets::Allowed;

/// One thing to do with a card, each one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Save the draft.
    Save,
    /// Render the Hero.
    Hero,
    /// Render it again and compare.
    Prove,
    /// Approve the Hero.
    Approve,
    /// Lock the card.
    Lock,
    /// Render the rows of its axes.
    Run,
    /// Make the next revision.
    Revise,
}

/// A button for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepButton {
    /// What it does.
    pub step: Step,
    /// What stands on it.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub explanation: &'static str,
    /// Whether it can be pressed.
    pub allowed: Allowed,
}

/// The card in the panel as it is typed.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'a> {
    /// The card, or what cannot be read of it.
    pub card: &'a Result<RecipeCard, String>,
    /// Whether it differs from the saved one.
    pub is_changed: bool,
    /// Rows that a volume run leaves out.
    pub left_out: &'a LeftOut,
}

/// The buttons of a card, the next step first. `known` is none for a card that was never saved.
pub fn steps(input: &PanelInput<'_>, known: Option<&CardState>, edited: Edited<'_>) -> Vec<StepButton> {
    let steps = match known.map(CardState::status) {
        None => vec![Step::Save],
        Some(CardStatus::Locked) => vec![Step::Run, Step::Revise, Step::Prove],
        Some(CardStatus::Paused) => vec![Step::Revise, Step::Prove],
        Some(CardStatus::Unlocked) if known.is_some_and(|known| known.proof.is_some()) => {
            vec![Step::Lock, Step::Revise, Step::Prove]
        }
        Some(CardStatus::Unlocked) => vec![Step::Prove, Step::Revise],
        Some(CardStatus::Draft) => known.map(|known| draft_steps(input, known, edited)).unwrap_or_default(),
    };
    let is_seen = |step: &Step| match input.actor.role {
        // Who makes the card sees what waits for the Director too, with the reason.
        Role::Operator => true,
        Role::Director => *step == Step::Approve,
        Role::Reviewer => false,
    };
    steps.into_iter().filter(is_seen).map(|step| button(input, known, edited, step)).collect()
}

/// A part of the panel, as far as roles see it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardPart {
    /// Prompt and negative prompt.
    Prompt,
    /// Seed, scheduler, steps, size, model, what differs from the parent, and the axes.
    Engine,
    /// The same, behind a line that opens it.
    FoldedEngine,
    /// Budget, Hero, proof, revisions.
    Life,
}

/// What stands where for a role: who makes the card has everything at hand, the others see first what they judge.
pub fn parts(role: Role) -> [CardPart; 3] {
    match role {
        Role::Operator => [CardPart::Prompt, CardPart::Engine, CardPart::Life],
        Role::Director | Role::Reviewer => [CardPart::Life, CardPart::Prompt, CardPart::FoldedEngine],
    }
}

/// What is left to do with a draft, the next step first; what is done is left out.
fn draft_steps(input: &PanelInput<'_>, known: &CardState, edited: Edited<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut left = |open: bool, step: Step| {
        if open {
            steps.push(step);
        }
    };
    // What the Director alone does stands first for a Director.
    let is_open = !is_approved(known);
    let directs = input.actor.role == Role::Director && is_open;
    left(directs, Step::Approve);
    left(edited.is_changed, Step::Save);
    // A proof that failed says to render the Hero again; once that is done, to prove it.
    let has_failed = known.failed_proof.is_some();
    let is_newer = has_failed && known.hero.is_some_and(|hero| judged_job(input.state, known) < Some(hero.job));
    left(edited.is_changed || known.hero.is_none() || (has_failed && !is_newer), Step::Hero);
    left(known.proof.is_none(), Step::Prove);
    left(!edited.is_changed && is_newer, Step::Hero);
    left(!directs && is_open, Step::Approve);
    left(true, Step::Lock);
    steps
}

fn button(input: &PanelInput<'_>, known: Option<&CardState>, edited: Edited<'_>, step: Step) -> StepButton {
    let (label, explanation) = match step {
        Step::Save => ("Save draft", "Writes the card into the record log; a draft may change"),
        Step::Hero if !edited.is_changed && known.is_some_and(|known| known.hero.is_some()) => {
            ("Render Hero again", "Renders exactly this card; the new Hero is proved and approved anew")
        }
        Step::Hero => ("Render Hero", "Renders exactly this card"),
        Step::Prove if known.is_some_and(|known| known.locked.is_some()) => {
            ("Prove again", "Renders the Hero from the card alone in a fresh engine process and compares the pixels")
        }
        Step::Prove => {
            ("Prove", "Renders the Hero from the card alone in a fresh engine process and compares the pixels")
        }
        Step::Approve => ("Approve Hero", "The Director's word that this render carries the brief"),
        Step::Lock => ("Lock", "A locked card never changes; volume runs vary only its axes"),
        Step::Run => ("Start volume run", "Renders one image for every ticked row of the axes"),
        Step::Revise => ("Revise", "Makes the draft of the next revision, with a reason"),
    };
    StepButton { step, label, explanation, allowed: allowed(input, known, edited, step) }
}

fn allowed(input: &PanelInput<'_>, known: Option<&CardState>, edited: Edited<'_>, step: Step) -> Allowed {
    let command = match (step, edited.card, known) {
        (Step::Save, Err(mistake), _) => return Allowed::No(mistake.clone()),
        (Step::Save, Ok(card), None) => Command::SaveNewCard { card: Box::new(card.clone()), begun: None },
        (Step::Save, Ok(card), _) => Command::SaveDraftCard { card: Box::new(card.clone()) },
        (_, _, None) => return Allowed::No("the card is not saved yet: save the draft".to_owned()),
        (Step::Revise, _, Some(known)) => {
            // Whatever the reason will be; the button only opens the field for it.
            Command::ReviseRecipe { card: known.card.card_ref(), reason: "asked".to_owned() }
        }
        (Step::Run, _, Some(known)) => match first_row(known) {
            Ok(_) if super::volume::volume(input.state, &known.card, edited.left_out).ticked == 0 => {
                return Allowed::No("no row is ticked: tick at least one".to_owned());
            }
            Ok(rows) => Command::StartVolumeRun { card: known.card.card_ref(), rows, seen: None },
            Err(refusal) => return Allowed::No(refusal),
        },
        (_, _, Some(known)) => match command(step, known) {
            Some(command) => command,
            None => return Allowed::No("the card has no Hero yet: render it".to_owned()),
        },
    };
    let asked = input.would(&command);
    let needs_saved = matches!(step, Step::Hero | Step::Prove | Step::Approve | Step::Lock);
    match asked {
        Allowed::Yes if needs_saved && edited.is_changed => {
            Allowed::No("the card has changes that are not saved: save the draft first".to_owned())
        }
        asked => asked,
    }
}

/// The command of a step that needs nothing but the saved card.
pub fn command(step: Step, known: &CardState) -> Option<Command> {
    let card = known.card.card_ref();
    match step {
        Step::Hero => Some(Command::RenderHero { card }),
        Step::Prove => Some(Command::ProveCard { card }),
        Step::Approve => known.hero.map(|hero| Command::ApproveHero { card, hero: hero.image }),
        Step::Lock => Some(Command::LockRecipe { card }),
        Step::Save | Step::Run | Step::Revise => None,
    }
}

/// A run's first row stands for all of them while the button is only drawn: the rows come from the locked card itself.
fn first_row(known: &CardState) -> Result<Vec<GenerationRequest>, String> {
    let locked = known.locked.as_ref().ok_or_else(|| format!("{} is not locked", known.card.card_ref()))?;
    let mut first = locked.card().clone();
    for axis in &mut first.axes {
        axis.values.truncate(1);
    }
    let rows = kento_studio::card::rows(&first).map_err(|refusal| refusal.to_string())?;
    Ok(rows.into_iter().map(|row| row.request).collect())
}

/// The command that starts the run of every row that is not left out.
///
/// # Errors
/// One sentence when the rows cannot be made.
pub fn run_command(
    state: &State,
    card: &CardRef,
    locked: &LockedRecipe,
    left_out: &LeftOut,
) -> Result<Command, String> {
    let rows = locked.rows().map_err(|refusal| refusal.to_string())?;
    let ticked = rows.into_iter().enumerate().filter(|(row, _)| !left_out.contains(row));
    let rows = (0..).zip(ticked).map(|(i, (_, row))| GenerationRequest { job: JobId(i), ..row.request }).collect();
    Ok(Command::StartVolumeRun { card: card.clone(), rows, seen: Some(state.seq()) })
}
