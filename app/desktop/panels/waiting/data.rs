use kento_studio::Sha256;
use kento_studio::card::CardRef;
use kento_studio::workflow::{Image, IterationSubject, Outcome, Role, Stage, Stakes, State};

use crate::desk::PanelInput;
use crate::frame::PanelKind;
use crate::panels::concept_grid::data::is_variation;

/// Something that goes on only when the person who acts has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What is to be done, beginning with a verb.
    pub what: String,
    /// Who waits for it, or why.
    pub detail: String,
    /// Where it is done.
    pub target: Target,
}

/// Where something that waits is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// At a card in the lock panel, with its Hero in the canvas where it has one.
    Card(CardRef, Option<Sha256>),
    /// At an image, in this panel.
    Image(Sha256, PanelKind),
    /// At the moodboard.
    Moodboard,
}

/// Everything that waits for who acts: for the Director what only a Director decides, for the others what their role does next.
pub fn waiting(input: &PanelInput<'_>) -> Vec<Waiting> {
    let state = input.state;
    match input.actor.role {
        Role::Director => {
            let mut all: Vec<Waiting> = asks(state).chain(heroes(state)).collect();
            all.extend(direction(state));
            all.extend(releases(state));
            all
        }
        Role::Operator => of_operator(state),
        Role::Reviewer => reviews(input).chain(releases(state)).collect(),
    }
}

/// An image by its short name, where it is looked at in a panel.
fn at_image(what: &str, image: Sha256, panel: PanelKind, detail: String) -> Waiting {
    Waiting { what: format!("{what} {}", image.auto_v2()), detail, target: Target::Image(image, panel) }
}

fn asks(state: &State) -> impl Iterator<Item = Waiting> {
    let versions = state.finished_versions();
    state.iteration_asks().iter().map(move |ask| {
        let detail = format!("{} asks for more: {}", ask.by, ask.reason);
        match &ask.subject {
            IterationSubject::Hero { card } => {
                let hero = state.card(card).and_then(|known| known.hero).map(|hero| hero.image);
                let what = format!("Grant iterations for the Hero of {card}");
                Waiting { what, detail, target: Target::Card(card.clone(), hero) }
            }
            IterationSubject::Image { root } => {
                let image = versions.get(root).copied().unwrap_or(*root);
                at_image("Grant iterations for", image, PanelKind::Checklist, detail)
            }
        }
    })
}

/// Heroes of drafts that nobody approved; of a card that was revised only the latest revision counts.
fn heroes(state: &State) -> impl Iterator<Item = Waiting> {
    state.cards().iter().filter_map(|(card, known)| {
        let hero = known.hero.filter(|_| known.locked.is_none() && known.approval.is_none())?.image;
        let target = Target::Card(card.clone(), Some(hero));
        let is_latest = state.latest_revision(card) == Some(card);
        is_latest.then(|| Waiting {
            what: format!("Approve the Hero of {card}"),
            detail: format!("{} saved the card", known.by),
            target,
        })
    })
}

/// The direction, while the lock-in pass waits for it.
fn direction(state: &State) -> Option<Waiting> {
    let board = state.moodboard().filter(|_| state.direction().is_none() && !state.is_skipped(Stage::ConceptSprint))?;
    let what = match board.ranked_by {
        None => "Rank the moodboard and approve a direction",
        Some(_) => "Approve a direction",
    };
    let count = board.candidates.len();
    let detail = if count == 1 { "1 candidate".to_owned() } else { format!("{count} candidates") };
    Some(Waiting { what: what.to_owned(), detail, target: Target::Moodboard })
}

fn releases(state: &State) -> impl Iterator<Item = Waiting> {
    let cleared = state.cleared().into_iter();
    cleared.map(|image| {
        let by: Vec<&str> =
            image.review().into_iter().flat_map(|review| &review.clearances).map(|one| one.by.as_str()).collect();
        at_image("Release", image.sha256, PanelKind::Checklist, format!("cleared by {}", by.join(" and ")))
    })
}

/// What is at the gate and may be judged by who acts.
fn reviews(input: &PanelInput<'_>) -> impl Iterator<Item = Waiting> {
    let (state, me) = (input.state, &input.actor.person);
    let is_judge = move |image: &&Image| {
        // Working alone, one sees one's own work again with fresh eyes.
        let may_own = state.is_solo() && state.stakes() != Stakes::Regulated;
        let has_cleared = image.open_review().is_some_and(|review| review.clearances.iter().any(|one| one.by == *me));
        !has_cleared && (may_own || !image.makers.contains(me))
    };
    state.candidates().into_iter().filter(is_judge).map(|image| {
        let makers: Vec<String> = image.makers.iter().map(ToString::to_string).collect();
        at_image("Review", image.sha256, PanelKind::Checklist, format!("made by {}", makers.join(" and ")))
    })
}

/// What an editor has, what came back from the gate, and variations that nobody decided on; oldest first.
fn of_operator(state: &State) -> Vec<Waiting> {
    let versions = state.finished_versions();
    let mut images: Vec<&Image> = state.images().values().filter(|image| !image.is_open_candidate()).collect();
    images.sort_by_key(|image| image.seq);
    let waits = |image: &&Image| {
        let at = |what: &str, panel, detail| Some(at_image(what, image.sha256, panel, detail));
        if image.released.is_some() || image.is_vetoed() || image.is_rejected() || versions.contains_key(&image.sha256)
        {
            return None;
        }
        if let Some(hand_off) = &image.hand_off {
            let detail = format!("with {}: {}", hand_off.editor, hand_off.reason);
            return at("Take in the edited", PanelKind::Checklist, detail);
        }
        match image.review().map(|review| &review.outcome) {
            Some(Some(Outcome::SentBack { note, .. })) => at(
                "Repair",
                PanelKind::Canvas,
                if note.is_empty() { "sent back".to_owned() } else { format!("sent back: {note}") },
            ),
            Some(Some(Outcome::Voided { found })) if *found == image.sha256 => {
                at("Submit again", PanelKind::Checklist, "its alt text changed after it was cleared".to_owned())
            }
            Some(Some(Outcome::Voided { .. })) => {
                at("Restore the file of", PanelKind::Checklist, "it changed after it was cleared".to_owned())
            }
            None if image.culled.is_none() && is_variation(state, image) => {
                at("Keep or reject the variation", PanelKind::Checklist, "it was accepted".to_owned())
            }
            _ => None,
        }
    };
    images.iter().filter_map(waits).collect()
}
