use eframe::egui::{ScrollArea, Ui};
use kento_studio::workflow::{CommandKind, Role};

use super::super::begin::{Beginning, begin};
use super::super::data;
use super::super::open_card::OpenCard;
use super::super::slots::{list_heading, list_row};
use super::LockPanel;
use crate::desk::{PanelAsk, PanelInput};
use crate::frame::PanelKind;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, EmptyState, show_empty_state};

impl LockPanel {
    pub(super) fn show_nothing(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        if let Some(advice) = data::first_comes(input.state) {
            // Nobody can begin a card here yet, whoever acts: what comes first is what is worth saying.
            let buttons = vec![ActionButton::plain("Show the concept grid")];
            let (icon, title) = (icons::CONTROLS, "No recipe card yet".to_owned());
            if show_empty_state(ui, &EmptyState { icon, title, advice: advice.to_owned(), buttons }).is_some() {
                asks.push(PanelAsk::Reveal(PanelKind::ConceptGrid));
            }
            return;
        }
        // Only who makes cards is offered one.
        let is_maker = input.actor.role == Role::Operator;
        if self.shows_library && is_maker {
            return self.show_library(ui, input, asks);
        }
        let choices = if is_maker { data::begin_choices(input.state, None) } else { Vec::new() };
        let allowed = input.may(CommandKind::SaveDraftCard);
        let advice = match (&self.mistake, allowed.reason()) {
            (Some(mistake), _) => mistake.clone(),
            (None, Some(reason)) => reason.to_owned(),
            (None, None) => "Begin with the approved direction, fix what carries the look, and prove it.".to_owned(),
        };
        let button = |(i, choice): (usize, &Beginning)| {
            let label = choice.label();
            let button = if i == 0 { ActionButton::primary(label) } else { ActionButton::plain(label) };
            button.allowed(allowed.clone())
        };
        // One below the other's width at most: a narrow panel has room for one button.
        let room = ui.available_width() > 380.0;
        let shown = if room { choices.len() } else { 1 };
        let mut buttons: Vec<ActionButton> = choices.iter().take(shown).enumerate().map(button).collect();
        if is_maker {
            let more = ActionButton::plain("From a template…").named("From a template or a shipped card");
            let more = more.allowed(allowed.clone());
            buttons.push(more.explained("Lists what other projects left and what comes with Kento"));
        }
        let hat = if input.state.brief_is_complete() {
            input.other_hat(Role::Operator, "to begin a recipe card")
        } else {
            input.other_hat(Role::Director, "to complete the brief first")
        };
        let hat = hat.map(|(button, ask)| {
            buttons = vec![button];
            ask
        });
        let state = EmptyState { icon: icons::CONTROLS, title: "No recipe card yet".to_owned(), advice, buttons };
        match (show_empty_state(ui, &state), hat) {
            (Some(_), Some(ask)) => asks.push(ask),
            (Some(place), None) => match choices.get(place).filter(|_| place < shown) {
                Some(choice) => self.begin(input, choice),
                None => self.shows_library = true,
            },
            (None, _) => {}
        }
    }

    pub(super) fn begin(&mut self, input: &PanelInput<'_>, beginning: &Beginning) {
        match begin(input, beginning) {
            Ok(card) => {
                self.new = Some(OpenCard { begun: beginning.origin(input.state), ..OpenCard::of(&card, None) });
                self.shows_library = false;
                (self.shows_new, self.is_discarding) = (true, false);
                self.expected = None;
                self.mistake = None;
            }
            Err(mistake) => self.mistake = Some(mistake),
        }
    }

    /// The beginnings that lie outside the project, in the place of a card.
    fn show_library(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        if ActionButton::plain("Back").icon(icons::UNDO).named("Back to the other beginnings").show(ui) {
            self.shows_library = false;
        }
        ui.add_space(theme::GRID);
        let list = ScrollArea::vertical().auto_shrink(false).id_salt("beginnings");
        let chosen = list.show(ui, |ui| library_list(ui, input, list_row, asks)).inner;
        if let Some(beginning) = chosen {
            self.begin(input, &beginning);
        }
    }
}

/// Templates of other projects and the cards that ship, each with how good it was and what model it needs. What was chosen.
pub(super) fn library_list(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    row: fn(&mut Ui, &str, &str) -> bool,
    asks: &mut Vec<PanelAsk>,
) -> Option<Beginning> {
    let mut chosen = None;
    let (kept, shipped): (Vec<_>, Vec<_>) = data::library_choices(input)
        .into_iter()
        .partition(|choice: &data::LibraryChoice| matches!(choice.beginning, Beginning::Kept { .. }));
    list_heading(ui, "Templates of other projects");
    for choice in kept {
        if row(ui, &choice.beginning.label(), &choice.note) {
            chosen = Some(choice.beginning);
        }
    }
    if row(ui, "Take in a template file…", "Somebody saved it; every project is offered it from then on") {
        asks.push(PanelAsk::ChooseTemplate);
    }
    ui.separator();
    list_heading(ui, "Cards that ship with Kento");
    for choice in shipped {
        if row(ui, &choice.beginning.label(), &choice.note) {
            chosen = Some(choice.beginning);
        }
    }
    chosen
}
