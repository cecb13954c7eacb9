use std::collections::BTreeMap;

use jiff::Timestamp;
use kento_studio::Sha256;
use kento_studio::workflow::{Command, Role, State};

use super::style_label;
use super::tiles::{Cell, Pictures};
use crate::desk::PanelInput;
use crate::widgets::Allowed;
use crate::widgets::contact_sheet::{Sheet, SheetRow, Tile, TileState};

/// An order of the moodboard that nobody has saved yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoardDraft {
    order: Option<Vec<Sha256>>,
    past: Vec<Option<Vec<Sha256>>>,
}

impl BoardDraft {
    /// The order, once something was changed.
    pub fn order(&self) -> Option<&[Sha256]> {
        self.order.as_deref()
    }

    /// Whether something can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Gives an image a rank, from 1; or takes it off the board.
    pub fn rank(&mut self, state: &State, image: Sha256, rank: Option<u8>) {
        self.change(state, |order| {
            order.retain(|one| *one != image);
            if let Some(rank) = rank {
                let place = usize::from(rank).saturating_sub(1).min(order.len());
                order.insert(place, image);
            }
        });
    }

    /// Moves a candidate to another place.
    pub fn shift(&mut self, state: &State, from: usize, to: usize) {
        self.change(state, |order| {
            if from < order.len() && to < order.len() {
                let image = order.remove(from);
                order.insert(to, image);
            }
        });
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            self.order = before;
        }
    }

    /// Forgets the draft once it is saved, and images that no project has.
    pub fn settle(&mut self, state: &State) {
        let saved = state.moodboard().map(|board| board.candidates.as_slice()).unwrap_or_default();
        if self.order.as_deref() == Some(saved) {
            self.order = None;
            self.past.clear();
        }
    }

    fn change(&mut self, state: &State, edit: impl FnOnce(&mut Vec<Sha256>)) {
        let before = self.order.clone();
        let mut order = before.clone().unwrap_or_else(|| saved(state));
        let unchanged = order.clone();
        edit(&mut order);
        if order != unchanged {
            self.past.push(before);
            self.order = Some(order);
        }
    }
}

fn saved(state: &State) -> Vec<Sha256> {
    state.moodboard().map(|board| board.candidates.clone()).unwrap_or_default()
}

/// The approved direction.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectionData {
    /// The image that shows it.
    pub image: Sha256,
    /// `approved by Jo`.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// The moodboard as it stands, or as it is drafted.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardData {
    /// The candidates, best first.
    pub pictures: Pictures,
    /// Who ranked or proposed it, or what to do.
    pub note: String,
    /// What saves the order: the words on the button, the command, and whether it may be pressed. None for who has no
    /// part in it.
    pub save: Option<(String, Command, Allowed)>,
    /// The approved direction.
    pub direction: Option<DirectionData>,
    /// Whether who acts approves directions.
    pub may_approve: bool,
}

impl BoardData {
    /// The moodboard with a draft; `selected` are the images that are selected in the grid.
    pub fn of(input: &PanelInput<'_>, draft: &BoardDraft, selected: &[Sha256]) -> Self {
        let state = input.state;
        let board = state.moodboard();
        let is_ranked = draft.order().is_some() || board.is_some_and(|board| board.ranked_by.is_some());
        let order = draft.order().map_or_else(|| saved(state), <[Sha256]>::to_vec);
        let names = names(state);
        let mut pictures = Pictures::default();
        let mut tiles = Vec::with_capacity(order.len());
        for (place, image) in order.iter().enumerate() {
            let name = names.get(image).cloned().unwrap_or_else(|| image.auto_v2());
            tiles.push(Tile {
                // The same picture stands in the grid under its own name.
                name: format!("Candidate {}: {name}", place + 1),
                picture: Some((*image, input.source(*image))),
                state: TileState::Done,
                rank: u8::try_from(place + 1).ok().filter(|_| is_ranked),
                is_kept: false,
            });
            let job = state.jobs_of_image(image).next().map(|(job, _)| job);
            pictures.cells.push(Cell { name, job, image: Some(*image), culled: Some(*image) });
        }
        let rows = vec![SheetRow { label: String::new(), tiles }];
        let can_be_sorted = input.actor.role != Role::Reviewer;
        pictures.sheet = Sheet { name: "Moodboard".to_owned(), rows, can_be_sorted };
        let direction = state.direction().map(|direction| DirectionData {
            image: direction.image,
            who: format!("approved by {}", direction.by),
            at: direction.at,
            reason: direction.reason.clone(),
        });
        Self {
            pictures,
            note: note(input, draft),
            save: save(input, draft, order, selected),
            direction,
            may_approve: input.actor.role == Role::Director,
        }
    }

    /// To approve the candidate at a place.
    pub fn approve(&self, place: usize, reason: &str) -> Option<Command> {
        let image = self.pictures.image(place)?;
        Some(Command::ApproveDirection { image, reason: reason.to_owned() })
    }
}

fn note(input: &PanelInput<'_>, draft: &BoardDraft) -> String {
    if draft.order().is_some() {
        return "not saved yet".to_owned();
    }
    match (input.state.moodboard(), input.actor.role) {
        (Some(board), _) => match &board.ranked_by {
            Some(by) => format!("ranked by {by}"),
            None => "proposed; the Director ranks it".to_owned(),
        },
        (None, Role::Operator) => "select 3 to 5 pictures of the grid and propose them".to_owned(),
        (None, Role::Director) => "rank 3 to 5 pictures of the grid with the keys 1 to 5".to_owned(),
        (None, Role::Reviewer) => "empty".to_owned(),
    }
}

fn save(
    input: &PanelInput<'_>,
    draft: &BoardDraft,
    order: Vec<Sha256>,
    selected: &[Sha256],
) -> Option<(String, Command, Allowed)> {
    let board = input.state.moodboard();
    let no = |why: &str| Allowed::No(why.to_owned());
    match input.actor.role {
        Role::Director => {
            let is_saved = draft.order().is_none() && board.is_some_and(|board| board.ranked_by.is_some());
            let label = if order.is_empty() { "Rank".to_owned() } else { format!("Rank these {}", order.len()) };
            let command = Command::RankMoodboard { candidates: order };
            let allowed = if is_saved { no("this ranking is saved") } else { input.would(&command) };
            Some((label, command, allowed))
        }
        Role::Operator => {
            let candidates = if draft.order().is_some() { order } else { selected.to_vec() };
            let label =
                if candidates.is_empty() { "Propose".to_owned() } else { format!("Propose {}", candidates.len()) };
            let is_saved = board.is_some_and(|board| board.candidates == candidates);
            let is_empty = candidates.is_empty();
            let command = Command::ProposeMoodboard { candidates };
            let allowed = match input.would(&command) {
                _ if is_saved => no("these stand on the moodboard already"),
                Allowed::No(_) if is_empty && input.may(command.kind()).is_yes() => {
                    no("select 3 to 5 pictures of the grid first: Ctrl+click, or Shift and an arrow")
                }
                allowed => allowed,
            };
            Some((label, command, allowed))
        }
        Role::Reviewer => None,
    }
}

/// What the images of all sprints are called.
fn names(state: &State) -> BTreeMap<Sha256, String> {
    let mut names = BTreeMap::new();
    for sprint in state.sprints() {
        for row in state.grid(sprint.number) {
            let label = style_label(&row.label);
            names.extend(row.cells.iter().filter_map(|cell| Some((cell.image?, format!("{label}: {}", cell.label)))));
        }
    }
    names
}
