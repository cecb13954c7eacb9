mod nothing;

use std::collections::BTreeMap;

use eframe::egui::{CollapsingHeader, RichText, ScrollArea, Ui, UiBuilder};
use kento_studio::JobId;
use kento_studio::card::{CardRef, RecipeCard};
use kento_studio::workflow::{Actor, CardStatus, Command, CommandKind, IterationSubject, Role};

use super::axes::{RowsPreview, show_axes};
use super::data::{self, Edited, LeftOut, Step};
use super::draft::CardDraft;
use super::footer::{Footer, next_revision};
use super::life::{LifeView, show_life};
use super::open_card::OpenCard;
use super::second::SecondLook;
use super::settings::{show_differences, show_settings};
use super::slots::{SlotsView, list_button, list_choice, list_heading, show_slots};
use super::tokens::TokenCounter;
use crate::desk::{Kept, PanelAsk, PanelInput, Selection};
use crate::frame::{foot_line, padded};
use crate::panels::budget::{BudgetForm, show_budget};
use crate::theme::{self, icons};
use crate::widgets::thumbnails::Thumbnails;
use crate::widgets::{ActionButton, Allowed, ButtonLook, SlotField, pick_list, show_button_row, show_slot};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct LockPanel {
    /// A card that was never saved.
    new: Option<OpenCard>,
    /// Whether the new card is shown, and not a saved one.
    shows_new: bool,
    /// Drafts as they are typed.
    drafts: BTreeMap<CardRef, OpenCard>,
    /// Whether it is asked if the new card is to be discarded.
    is_discarding: bool,
    /// A card that was asked for and is shown as soon as it is there.
    expected: Option<Expected>,
    /// Whether the beginnings of the libraries are shown while there is no card yet.
    shows_library: bool,
    /// Why a card could not be begun.
    mistake: Option<String>,
    footer: Footer,
    budget: BudgetForm,
    tokens: TokenCounter,
    rows: RowsPreview,
    second: SecondLook,
    steps: Kept<StepsFrom, Vec<data::StepButton>>,
}

/// What the buttons of a card hang on. They ask the rules, which look at every row of a volume run.
#[derive(PartialEq)]
struct StepsFrom {
    seq: u64,
    actor: Actor,
    is_read_only: bool,
    card: Option<CardRef>,
    typed: Result<RecipeCard, String>,
    is_changed: bool,
    left_out: LeftOut,
}

/// A card that was asked for.
struct Expected {
    card: CardRef,
    /// What was sent to be saved as it; none for a revision, whose content Kento makes.
    sent: Option<RecipeCard>,
}

impl LockPanel {
    /// Whether a card was typed on and is not saved.
    pub fn has_unsaved(&self) -> bool {
        self.new.is_some() || self.drafts.values().any(OpenCard::is_changed)
    }

    /// Whether a reason is typed beside the card: to revise it, for more iterations, or to grant them.
    pub fn has_reason(&self) -> bool {
        self.footer.has_words() || self.budget.has_words()
    }

    /// The note beside the title.
    pub fn context(&self, input: &PanelInput<'_>, selection: &Selection) -> String {
        if let Some(new) = self.new.as_ref().filter(|_| self.shows_new) {
            return format!("{} · new, not saved", new.draft.name);
        }
        let Some(card) = data::chosen(input.state, selection) else { return "no card yet".to_owned() };
        let Some(known) = input.state.card(&card) else { return String::new() };
        let typed = self.drafts.get(&card).and_then(|open| open.draft.card().ok());
        let shown = typed.as_ref().unwrap_or(&known.card);
        let parent = data::parent(input, shown, known.begun.as_ref());
        let differences = parent.map(|parent| parent.differences(shown));
        data::context(&card, known.status(), differences.as_deref())
    }

    /// Draws the panel.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        selection: &mut Selection,
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) {
        self.follow(input, selection);
        padded(ui, |ui| {
            let card = if self.shows_new { None } else { data::chosen(input.state, selection) };
            if card.is_none() && !self.shows_new {
                self.show_nothing(ui, input, asks);
                return;
            }
            let area = ui.available_rect_before_wrap();
            let footer = self.footer.height(card.as_ref());
            let (above, below) = area.split_top_bottom_at_y(area.bottom() - footer);
            let steps = ui
                .scope_builder(UiBuilder::new().max_rect(above), |ui| {
                    self.show_picker(ui, input, card.as_ref(), selection, asks);
                    ui.add_space(theme::GRID);
                    self.show_card(ui, input, card.as_ref(), selection, thumbnails, asks)
                })
                .inner;
            let known = card.as_ref().and_then(|card| input.state.card(card));
            let left_out = self.rows.left_out(card.as_ref());
            self.footer.settle(ui, &steps);
            if steps.is_empty() {
                return;
            }
            foot_line(ui, below);
            let show = |ui: &mut Ui| self.footer.show(ui, input, known, &steps, left_out, asks);
            let pressed = ui.scope_builder(UiBuilder::new().max_rect(below), show);
            self.take(pressed.inner, card, asks);
        });
    }

    /// Takes in the latest state: a card that was waited for, drafts that were saved, cards that were locked.
    fn follow(&mut self, input: &PanelInput<'_>, selection: &mut Selection) {
        self.footer.follow(input.state);
        if let Some(expected) = self.expected.take() {
            match (input.state.card(&expected.card), &expected.sent) {
                (None, _) => self.expected = Some(expected),
                (Some(_), None) => {
                    self.shows_new = false;
                    selection.card = Some(expected.card);
                }
                (Some(known), Some(sent)) if known.card == *sent => {
                    // A new card is taken over with what was typed since.
                    if let Some(new) = self.new.take_if(|new| new.draft.name.trim() == expected.card.name.as_str()) {
                        self.drafts.insert(expected.card.clone(), new);
                        (self.shows_new, self.is_discarding) = (false, false);
                        selection.card = Some(expected.card);
                    }
                }
                // Somebody else's card of this name: what was sent was refused, and stays unsaved.
                (Some(_), Some(_)) => {}
            }
        }
        self.drafts.retain(|card, _| input.state.card(card).is_some_and(|known| known.locked.is_none()));
        for (card, open) in &mut self.drafts {
            if let Some(known) = input.state.card(card) {
                open.follow(&known.card);
            }
        }
    }

    /// The list of cards, and the button for a new one.
    fn show_picker(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        card: Option<&CardRef>,
        selection: &mut Selection,
        asks: &mut Vec<PanelAsk>,
    ) {
        let lines = data::card_lines(input.state);
        let unsaved = self.new.as_ref().map(|new| format!("{} · new, not saved", new.draft.name));
        // In points: what a letter takes, and what stands around the name.
        const LETTER: f32 = 8.0;
        const AROUND: f32 = 150.0;
        let letters = ((ui.available_width() - AROUND) / LETTER).max(8.0) as usize;
        let of_card =
            |card: &CardRef| lines.iter().find(|line| line.card == *card).map(|line| line.short_label(letters));
        let shown = match card {
            Some(card) => of_card(card).unwrap_or_default(),
            None => unsaved.clone().unwrap_or_default(),
        };
        let mut beginning = None;
        ui.horizontal(|ui| {
            let is_maker = input.actor.role == Role::Operator;
            let more = if is_maker { theme::CONTROL_HEIGHT + theme::GAP } else { 0.0 };
            let width = ui.available_width() - more;
            ui.scope(|ui| {
                ui.set_max_width(width);
                pick_list("card")
                    .selected_text(RichText::new(&shown).font(theme::strong_font()))
                    .width(ui.available_width())
                    .truncate()
                    .show_ui(ui, |ui| {
                        if let Some(unsaved) = &unsaved
                            && ui.selectable_label(card.is_none(), unsaved).clicked()
                        {
                            self.shows_new = true;
                        }
                        for line in &lines {
                            if ui.selectable_label(Some(&line.card) == card, line.label()).clicked() {
                                self.shows_new = false;
                                self.expected = None;
                                selection.card = Some(line.card.clone());
                            }
                        }
                    })
                    .response
                    .on_hover_text(&shown)
                    .accessible_name("Recipe card");
            });
            if !is_maker {
                return;
            }
            let allowed = match (input.may(CommandKind::SaveDraftCard), &self.new) {
                (Allowed::Yes, Some(_)) => Allowed::No("save or discard the new card first".to_owned()),
                (asked, _) => asked,
            };
            ui.add_enabled_ui(allowed.is_yes(), |ui| {
                list_button(ui, icons::ADD, &allowed.spoken("New card"), |ui| {
                    list_heading(ui, "A new card");
                    for choice in data::begin_choices(input.state, card) {
                        if list_choice(ui, &choice.label(), "") {
                            beginning = Some(choice);
                        }
                    }
                    ui.separator();
                    beginning = nothing::library_list(ui, input, list_choice, asks).or(beginning.take());
                });
            });
        });
        if let Some(beginning) = beginning {
            self.begin(input, &beginning);
        }
        if let Some(mistake) = &self.mistake {
            let palette = theme::palette(ui.style());
            ui.label(RichText::new(mistake).font(theme::note_font()).color(palette.fail_text));
        }
    }

    /// The card itself. What can be done with it.
    fn show_card(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        card: Option<&CardRef>,
        selection: &mut Selection,
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) -> Vec<data::StepButton> {
        let known = card.and_then(|card| input.state.card(card));
        let can_edit = data::editing(input, card).is_yes();
        let mut read_only = None;
        let open = match (known, card) {
            (Some(known), Some(card)) if can_edit => {
                self.drafts.entry(card.clone()).or_insert_with(|| OpenCard::of(&known.card, Some(&known.card)))
            }
            (Some(known), _) => read_only.insert(OpenCard::of(&known.card, Some(&known.card))),
            (None, _) => match &mut self.new {
                Some(new) => new,
                None => return Vec::new(),
            },
        };
        let typed = open.draft.card();
        let left_out = self.rows.left_out(card);
        let edited = Edited { card: &typed, is_changed: open.is_changed(), left_out };
        let from = StepsFrom {
            seq: input.state.seq(),
            actor: input.actor.clone(),
            is_read_only: input.read_only.is_some(),
            card: card.cloned(),
            typed: typed.clone(),
            is_changed: edited.is_changed,
            left_out: left_out.clone(),
        };
        let steps = self.steps.of(from, || Some(data::steps(input, known, edited)));
        let steps = steps.map(|steps| steps.to_vec()).unwrap_or_default();
        let begun = known.and_then(|known| known.begun.as_ref()).or(open.begun.as_ref());
        let parent_card = typed.as_ref().ok().and_then(|card| data::parent(input, card, begun));
        let parent = parent_card.zip(typed.as_ref().ok());
        let parent = parent.map(|(parent, card)| (parent.card_ref(), parent.differences(card)));
        let model = input.models.iter().find(|model| model.reference.files == open.draft.card.recipe.model.files);
        let measures =
            model.and_then(|model| self.tokens.measure(ui.ctx(), &model.source.model, &open.draft.card.skeleton));
        let runs = card.filter(|_| known.is_some_and(|known| known.status() == CardStatus::Locked));
        let interrupted: Vec<JobId> = input.interrupted.iter().copied().collect();
        let mut is_discarded = false;
        ScrollArea::vertical().auto_shrink(false).id_salt(card).show(ui, |ui| {
            notes(ui, input, known, open, &typed);
            if known.is_none() {
                let name = SlotField { label: "Name".to_owned(), is_mono: true, ..SlotField::default() };
                show_slot(ui, &name, &mut open.draft.name);
                is_discarded = show_discard(ui, &mut self.is_discarding);
            }
            for part in data::parts(input.actor.role) {
                match part {
                    data::CardPart::Prompt => {
                        let view = SlotsView {
                            measures: measures.as_ref(),
                            parent: parent_card,
                            libraries: input.libraries,
                            can_edit,
                        };
                        show_slots(ui, &mut open.draft, &view);
                    }
                    data::CardPart::Engine | data::CardPart::FoldedEngine => {
                        let rows = &mut self.rows;
                        let mut engine = |ui: &mut Ui| {
                            show_settings(ui, input, &mut open.draft, parent_card, can_edit, asks);
                            if let Some((parent, differences)) = &parent {
                                ui.add_space(theme::GRID);
                                show_differences(ui, &parent.to_string(), differences);
                            }
                            ui.separator();
                            show_axes(ui, input, &mut open.draft, typed.as_ref().ok(), rows, can_edit, runs);
                        };
                        if part == data::CardPart::Engine {
                            engine(ui);
                            ui.separator();
                        } else {
                            CollapsingHeader::new("Settings, model and axes").id_salt("engine").show(ui, engine);
                        }
                    }
                    data::CardPart::Life => {
                        if let Some(known) = known {
                            let subject = IterationSubject::Hero { card: known.card.card_ref() };
                            show_budget(ui, input, subject, &mut self.budget, asks);
                            let second = &mut self.second;
                            let interrupted = &interrupted;
                            show_life(
                                ui,
                                known,
                                &mut LifeView { input, interrupted, selection, thumbnails, second, asks },
                            );
                        }
                    }
                }
            }
        });
        if is_discarded {
            (self.new, self.expected) = (None, None);
            (self.shows_new, self.is_discarding) = (false, false);
        }
        steps
    }

    /// What follows from a pressed button beyond its command.
    fn take(&mut self, pressed: Option<Step>, card: Option<CardRef>, asks: &mut Vec<PanelAsk>) {
        match pressed {
            Some(Step::Save) => {
                let open = match &card {
                    Some(card) => self.drafts.get_mut(card),
                    None => self.new.as_mut(),
                };
                let Some(open) = open else { return };
                let Ok(saved) = open.draft.card() else { return };
                open.is_overtaken = false;
                open.sent = Some(saved.clone());
                let begun = open.begun.clone();
                if card.is_none() {
                    self.expected = Some(Expected { card: saved.card_ref(), sent: Some(saved.clone()) });
                }
                let saved = Box::new(saved);
                asks.push(PanelAsk::decide(match card {
                    Some(_) => Command::SaveDraftCard { card: saved },
                    None => Command::SaveNewCard { card: saved, begun },
                }));
            }
            Some(Step::Revise) => {
                // The button that only opens the field for the reason asks for nothing yet.
                let is_asked = asks.iter().any(|ask| match ask {
                    PanelAsk::Decide(command) => matches!(**command, Command::ReviseRecipe { .. }),
                    _ => false,
                });
                let next = |card: CardRef| Expected { card: next_revision(&card), sent: None };
                self.expected = card.filter(|_| is_asked).map(next);
            }
            _ => {}
        }
    }
}

/// What throws a new card away, asked twice because nothing brings it back. Whether it is to go.
fn show_discard(ui: &mut Ui, is_asked: &mut bool) -> bool {
    if !*is_asked {
        *is_asked = ActionButton::plain("Discard the new card").icon(icons::DELETE).show(ui);
        return false;
    }
    ui.label("It was never saved, and nothing brings it back.");
    let discard = ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Discard it") };
    match show_button_row(ui, &[discard, ActionButton::plain("Keep it")]) {
        Some(0) => true,
        Some(_) => {
            *is_asked = false;
            false
        }
        None => false,
    }
}

/// What is to be known before anything is typed: that the card stands still, was saved by others, or cannot be saved.
fn notes(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    known: Option<&kento_studio::workflow::CardState>,
    open: &mut OpenCard,
    typed: &Result<RecipeCard, String>,
) {
    let palette = theme::palette(ui.style());
    let warn = |ui: &mut Ui, words: &str| {
        ui.label(RichText::new(format!("{} {words}", icons::WARNING)).color(palette.fail_text));
    };
    if let Some(trouble) = known.and_then(data::trouble) {
        warn(ui, &trouble);
    }
    if open.is_overtaken {
        warn(ui, "The draft was saved with other values while you typed. Save replaces it by yours.");
        if ActionButton::plain("Take the saved one").icon(icons::UNDO).show(ui)
            && let Some(base) = open.base.clone()
        {
            open.draft = CardDraft::of(&base);
            open.is_overtaken = false;
        }
    }
    let problem = match typed {
        Ok(card) if open.base.is_none() || open.is_changed() => card.check().err().map(|refusal| refusal.to_string()),
        Ok(_) => None,
        Err(mistake) => Some(mistake.clone()),
    };
    if let Some(problem) =
        problem.filter(|_| data::editing(input, known.map(|one| one.card.card_ref()).as_ref()).is_yes())
    {
        ui.label(RichText::new(format!("{} {problem}", icons::FAIL)).font(theme::note_font()).color(palette.fail_text));
    }
}
