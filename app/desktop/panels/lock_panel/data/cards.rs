use jiff::Timestamp;
use kento_studio::Recipe;
use kento_studio::card::{CardName, CardOrigin, CardRef, LockedRecipe, RecipeCard, SlotDifference};
use kento_studio::library::Template;
use kento_studio::workflow::{CardHistory, CardState, CardStatus, CommandKind, PauseCause, Stage, State};

use crate::desk::{PanelInput, Selection};
use crate::frame::shortened;
use crate::panels::lock_panel::begin::Beginning;
use crate::widgets::Allowed;

/// One card of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine {
    /// Which.
    pub card: CardRef,
    /// Draft, locked, unlocked or paused.
    pub status: CardStatus,
}

impl CardLine {
    /// As the list shows it: `harbour-flat r3 · draft`.
    pub fn label(&self) -> String {
        format!("{} r{} · {}", self.card.name, self.card.revision, self.status)
    }

    /// The same with a name of at most so many letters, so that revision and status are always seen.
    pub fn short_label(&self, letters: usize) -> String {
        let name = shortened(self.card.name.as_str(), letters);
        format!("{name} r{} · {}", self.card.revision, self.status)
    }
}

/// A beginning that lies outside the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryChoice {
    /// What the card begins as.
    pub beginning: Beginning,
    /// How good it was, and what it needs.
    pub note: String,
}

/// Every card, the one that something happened to last first.
pub fn card_lines(state: &State) -> Vec<CardLine> {
    let mut cards: Vec<(&CardRef, &CardState)> = state.cards().iter().collect();
    cards.sort_by_key(|(card, known)| {
        let last = known.history.last().map_or(0, |event| event.seq);
        std::cmp::Reverse((last, card.revision))
    });
    cards.into_iter().map(|(card, known)| CardLine { card: card.clone(), status: known.status() }).collect()
}

/// The card to show: the one that is selected, else the one that something happened to last.
pub fn chosen(state: &State, selection: &Selection) -> Option<CardRef> {
    let selected = selection.card.as_ref().filter(|card| state.card(card).is_some());
    selected.cloned().or_else(|| card_lines(state).into_iter().next().map(|line| line.card))
}

/// The note beside the panel's title: `harbour-flat · r3 draft · Δ 2 slots`.
pub fn context(card: &CardRef, status: CardStatus, differences: Option<&[SlotDifference]>) -> String {
    let changed = match differences.map(<[SlotDifference]>::len) {
        None | Some(0) => String::new(),
        Some(1) => " · Δ 1 slot".to_owned(),
        Some(count) => format!(" · Δ {count} slots"),
    };
    format!("{} · r{} {status}{changed}", card.name, card.revision)
}

/// Whether the card can be typed on, and if not, why.
pub fn editing(input: &PanelInput<'_>, card: Option<&CardRef>) -> Allowed {
    let locked = card.and_then(|card| input.state.card(card)).filter(|known| known.locked.is_some());
    match (input.may(CommandKind::SaveDraftCard), locked) {
        (Allowed::Yes, Some(known)) => {
            Allowed::No(format!("{} is locked and never changes: revise it", known.card.card_ref()))
        }
        (asked, _) => asked,
    }
}

/// How a new card can begin, the likeliest first.
pub fn begin_choices(state: &State, card: Option<&CardRef>) -> Vec<Beginning> {
    let direction = state.direction().map(|_| Beginning::Direction);
    let copy = card.map(|card| Beginning::Copy(card.clone()));
    let others = state.templates().iter().map(|one| &one.card).filter(|one| Some(*one) != card);
    let templates = others.map(|card| Beginning::Template(card.clone()));
    direction.into_iter().chain(copy).chain(templates).chain([Beginning::Scratch]).collect()
}

/// What every project can begin a card as: the templates that other projects left, then what ships with Kento.
pub fn library_choices(input: &PanelInput<'_>) -> Vec<LibraryChoice> {
    let mine = input.state.project().map(|project| project.name.as_str());
    // This project's own templates are offered by its records.
    let is_mine = |template: &&Template| {
        let card = template.recipe.card_ref();
        mine == Some(template.project.as_str()) && input.state.templates().iter().any(|one| one.card == card)
    };
    let templates = input.libraries.templates.iter().filter(|template| !is_mine(template)).map(|template| {
        let (card, project) = (template.recipe.card_ref(), template.project.clone());
        let (kept, generated) = (template.kept, template.generated);
        let rate = format!("{kept} of {generated} kept, promoted by {}", template.promoted_by);
        let note = format!("{rate} · {}", model_words(input, &template.recipe.card().recipe));
        LibraryChoice { beginning: Beginning::Kept { card, project }, note }
    });
    let shipped = input.libraries.cards.iter().map(|recipe| {
        let card = recipe.card();
        let note = format!("{} · {}", card.recipe.prompt, model_words(input, &card.recipe));
        LibraryChoice { beginning: Beginning::Shipped(card.card_ref()), note }
    });
    templates.chain(shipped).collect()
}

/// The model of a recipe by name and hash, and whether it is here: `starter 4b5fd063f6`.
fn model_words(input: &PanelInput<'_>, recipe: &Recipe) -> String {
    let hash = recipe.model.principal_file().map(|file| format!(" {}", file.sha256.auto_v2()));
    let name = format!("model {}{}", recipe.model.name, hash.unwrap_or_default());
    let is_here = input.models.iter().any(|model| model.reference.files == recipe.model.files);
    if is_here { name } else { format!("{name} is not open: open it, or choose another on the card") }
}

/// What comes before the first card while no direction is approved; none once a card can be begun.
pub fn first_comes(state: &State) -> Option<&'static str> {
    let can_begin = state.direction().is_some() || state.is_skipped(Stage::ConceptSprint);
    if !state.brief_is_complete() || can_begin {
        return None;
    }
    Some(if state.sprints().is_empty() {
        "First comes the concept sprint: an Operator starts it in the concept grid, then the Director approves a direction."
    } else {
        "First comes a direction: the Director ranks the moodboard below the concept grid and approves one."
    })
}

/// Why the card stands still, in one sentence.
pub fn trouble(known: &CardState) -> Option<String> {
    if let Some(reason) = &known.unlocked {
        return Some(format!("Unlocked: {reason}"));
    }
    match known.pauses.first() {
        Some(PauseCause::RepeatedIssue { item, times }) => {
            Some(format!("Paused: \"{item}\" failed {times} times. Fix it in a new revision."))
        }
        Some(PauseCause::NotReproduced) => {
            Some("Paused: it stopped reproducing. Prove it again or revise it.".to_owned())
        }
        None => None,
    }
}

/// The revisions of a card with their reasons, latest first: `r2 draft · the sail was too dark`.
pub fn revisions(state: &State, name: &CardName) -> Vec<(CardRef, String)> {
    let of_name = state.cards().iter().filter(|(card, _)| card.name == *name);
    let line = |(card, known): (&CardRef, &CardState)| {
        let reason = match (&known.card.reason, &known.begun, &known.card.parent) {
            (Some(reason), ..) => reason.clone(),
            (None, Some(origin), _) => format!("begun from {origin}"),
            (None, None, Some(parent)) => format!("copied from {parent}"),
            (None, None, None) => "the first".to_owned(),
        };
        (card.clone(), format!("r{} {} · {reason}", card.revision, known.status()))
    };
    let mut lines: Vec<_> = of_name.map(line).collect();
    lines.reverse();
    lines
}

/// What happened to a card, latest first: when, and who did what.
pub fn history(known: &CardState) -> Vec<(Timestamp, String)> {
    let line = |event: &CardHistory| (event.at, format!("{} · {}", event.by, event.what));
    known.history.iter().rev().map(line).collect()
}

/// The card that this one was made from, where it is known here: one of the project, a template of another one, or one that ships.
pub fn parent<'a>(input: &PanelInput<'a>, card: &RecipeCard, begun: Option<&CardOrigin>) -> Option<&'a RecipeCard> {
    let wanted = card.parent.as_ref()?;
    let (state, libraries) = (input.state, input.libraries);
    let mine = state.project().map(|project| project.name.as_str());
    let is_wanted = |recipe: &&LockedRecipe| recipe.card_ref() == *wanted;
    let found = match begun {
        Some(CardOrigin::Shipped { .. }) => libraries.cards.iter().find(is_wanted),
        Some(CardOrigin::Template { project, .. }) if mine != Some(project.as_str()) => {
            let of_project = libraries.templates.iter().filter(|template| template.project == *project);
            of_project.map(|template| &template.recipe).find(is_wanted)
        }
        _ => return state.card(wanted).map(|known| &known.card),
    };
    found.map(LockedRecipe::card)
}
