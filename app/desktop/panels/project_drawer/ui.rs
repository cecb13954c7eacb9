use eframe::egui::{Align, DragValue, Label, Layout, RichText, ScrollArea, Ui, Vec2, vec2};
use kento_studio::card::CardRef;
use kento_studio::workflow::{Command, CommandKind, Failure, LibraryAddition, Stage, State};

use super::data::{self, Failing, ProjectData, Recipe};
use super::rules::{self, RulesForm};
use crate::desk::{PanelAsk, PanelInput};
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, IconButton, SlotField, field_label, pick_list, show_slot};

/// Days until the next review unless somebody says another number.
const REVIEW_DAYS: i64 = 90;
/// Narrowest column, in points.
const COLUMN: f32 = 280.0;

/// What the drawer remembers: what is being written in it.
#[derive(Default)]
pub struct ProjectDrawer {
    /// The data and the record that it is of.
    known: Option<(u64, ProjectData)>,
    review_days: Option<i64>,
    findings: String,
    promoting: Option<(CardRef, String)>,
    adding: Option<Adding>,
    problem: Problem,
    rules: Option<RulesForm>,
}

/// A failure on its way into the negative-prompt library.
struct Adding {
    card: CardRef,
    reason: Failure,
    set: String,
    text: String,
}

/// A hand-off that broke, while it is written down.
struct Problem {
    stage: Stage,
    what: String,
    fix: String,
}

impl Default for Problem {
    fn default() -> Self {
        Self { stage: Stage::Brief, what: String::new(), fix: String::new() }
    }
}

impl ProjectDrawer {
    /// Whether something was written in it that no decision took up.
    pub fn has_unsaved(&self, state: &State) -> bool {
        let texts = [
            Some(&self.findings),
            self.promoting.as_ref().map(|(_, reason)| reason),
            self.adding.as_ref().map(|adding| &adding.text),
            Some(&self.problem.what),
            Some(&self.problem.fix),
        ];
        texts.into_iter().flatten().any(|text| !text.trim().is_empty())
            || self.rules.as_ref().is_some_and(|rules| rules.differs_from(state.settings()))
    }

    /// Draws the drawer's columns.
    pub fn show(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        let seq = input.state.seq();
        if self.known.as_ref().is_none_or(|(of, _)| *of != seq) {
            let data = data::data(input.state, input.now);
            self.settle(&data);
            self.known = Some((seq, data));
        }
        let Some((_, data)) = self.known.clone() else { return };
        let columns = 4;
        let gaps = theme::GROUP_GAP * (columns - 1) as f32;
        let width = ((ui.available_width() - gaps) / columns as f32).max(COLUMN);
        // A row of a layout begins as low as one control.
        let size = vec2(width, ui.available_height());
        ScrollArea::horizontal().id_salt("columns").auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = theme::GROUP_GAP;
                column(ui, "people", size, |ui| self.people(ui, input, &data, asks));
                column(ui, "review", size, |ui| self.review(ui, input, &data, asks));
                column(ui, "hand-offs", size, |ui| self.hand_offs(ui, input, &data, asks));
                column(ui, "rules", size, |ui| {
                    field_label(ui, "Rules of this project", "");
                    rules::show(ui, input, &mut self.rules, asks);
                });
            });
        });
    }

    /// Forgets what was written for a decision that is on record now.
    fn settle(&mut self, now: &ProjectData) {
        let Some((_, before)) = &self.known else { return };
        let promoted = |card: &CardRef| now.recipes.iter().any(|recipe| recipe.card == *card && recipe.is_template);
        self.promoting.take_if(|(card, _)| promoted(card));
        let in_library = |adding: &Adding| {
            now.failing.iter().any(|failing| {
                failing.card == adding.card && failing.reason == adding.reason && failing.in_library.is_some()
            })
        };
        self.adding.take_if(|adding| in_library(adding));
        if now.problems.len() > before.problems.len() {
            self.problem = Problem::default();
        }
        if now.reviewed_at != before.reviewed_at {
            self.findings.clear();
        }
    }

    fn people(&mut self, ui: &mut Ui, input: &PanelInput<'_>, data: &ProjectData, asks: &mut Vec<PanelAsk>) {
        let palette = theme::palette(ui.style());
        field_label(ui, "People", "");
        for (person, role) in &data.people {
            ui.horizontal(|ui| {
                ui.add(Label::new(format!("{} {person}", icons::PERSON)).truncate());
                ui.label(RichText::new(role).font(theme::note_font()).color(palette.secondary));
            });
        }
        ui.add_space(theme::GAP);
        field_label(ui, "Workflow document", "");
        let color = if data.is_overdue { palette.fail_text } else { palette.text };
        ui.add(Label::new(RichText::new(&data.document).color(color)).wrap());
        if data.is_overdue {
            let text = RichText::new(format!("{} Its review is overdue", icons::WARNING)).color(palette.fail_text);
            ui.add(Label::new(text).wrap());
        }
        let days = self.review_days.get_or_insert(REVIEW_DAYS);
        next_review(ui, days);
        let owner = input.actor.person.clone();
        let command = Command::ReviewDocument { owner, next_review: data::after(input.now, *days) };
        let button = ActionButton::plain("It was reviewed: I own it").allowed(input.would(&command));
        if button.explained("Notes the review and makes who acts its owner").show(ui) {
            asks.push(PanelAsk::decide(command));
        }
    }

    fn review(&mut self, ui: &mut Ui, input: &PanelInput<'_>, data: &ProjectData, asks: &mut Vec<PanelAsk>) {
        field_label(ui, "What worked", "keep rate");
        if data.recipes.is_empty() {
            hint(ui, "A locked recipe stands here once enough of its images are decided.");
        }
        for recipe in &data.recipes {
            self.recipe(ui, input, recipe, asks);
        }
        ui.add_space(theme::GAP);
        field_label(ui, "What kept failing", "");
        if data.failing.is_empty() {
            hint(ui, "Nothing was rejected, and nothing failed at the gate.");
        }
        for failing in &data.failing {
            self.failing(ui, input, failing, asks);
        }
        ui.add_space(theme::GAP);
        let slot = SlotField {
            label: "Project review".to_owned(),
            hint: "what was found and what changes".to_owned(),
            rows: 2,
            ..SlotField::default()
        };
        show_slot(ui, &slot, &mut self.findings);
        hint(ui, &data.reviewed);
        match &data.next_review {
            Some(text) if data.review_is_overdue => {
                let color = theme::palette(ui.style()).fail_text;
                ui.add(Label::new(RichText::new(format!("{} {text}", icons::WARNING)).color(color)).wrap());
            }
            Some(text) => hint(ui, text),
            None => {}
        }
        let days = self.review_days.get_or_insert(REVIEW_DAYS);
        let next_review = data::after(input.now, *days);
        let command = Command::ReviewProject { findings: self.findings.clone(), next_review };
        if ActionButton::plain("Hold the review").allowed(input.would(&command)).show(ui) {
            asks.push(PanelAsk::decide(command));
        }
    }

    fn recipe(&mut self, ui: &mut Ui, input: &PanelInput<'_>, recipe: &Recipe, asks: &mut Vec<PanelAsk>) {
        ui.add(Label::new(&recipe.text).wrap());
        if recipe.is_template {
            return for_others(ui, input, recipe, asks);
        }
        match &mut self.promoting {
            Some((card, reason)) if *card == recipe.card => {
                let label = format!("Why {card} becomes a template");
                show_slot(ui, &SlotField { label, ..SlotField::default() }, reason);
                let command = Command::PromoteTemplate { card: card.clone(), reason: reason.clone() };
                if ActionButton::plain(format!("Promote {card}")).allowed(input.would(&command)).show(ui) {
                    asks.push(PanelAsk::decide(command));
                }
            }
            _ => {
                let allowed = input.may(CommandKind::PromoteTemplate);
                if ActionButton::plain(format!("Make {} a template…", recipe.card)).allowed(allowed).show(ui) {
                    self.promoting = Some((recipe.card.clone(), String::new()));
                }
            }
        }
    }

    fn failing(&mut self, ui: &mut Ui, input: &PanelInput<'_>, failing: &Failing, asks: &mut Vec<PanelAsk>) {
        ui.add(Label::new(&failing.text).wrap());
        if let Some(addition) = &failing.in_library {
            return negative_for_others(ui, input, failing, addition, asks);
        }
        let sets = &input.libraries.negatives.sets;
        match &mut self.adding {
            Some(adding) if adding.card == failing.card && adding.reason == failing.reason => {
                let slot = SlotField {
                    label: format!("Negative prompt against {}", failing.reason),
                    hint: "stray letters".to_owned(),
                    ..SlotField::default()
                };
                show_slot(ui, &slot, &mut adding.text);
                let combo = pick_list("negative set").selected_text(&adding.set).show_ui(ui, |ui| {
                    for set in sets {
                        ui.selectable_value(&mut adding.set, set.name.clone(), &set.name);
                    }
                });
                combo.response.accessible_name("Set of the negative-prompt library");
                let command = data::to_library(failing, &adding.set, &adding.text);
                let allowed = input.would(&command).but(adding.text.trim().is_empty(), "write the negative prompt");
                let allowed = match data::refused_by(&input.libraries.negatives, &command) {
                    Some(refusal) => allowed.but(true, &refusal),
                    None => allowed,
                };
                if ActionButton::plain("Put it into the library").allowed(allowed).show(ui) {
                    asks.push(PanelAsk::decide(command));
                }
            }
            _ => {
                let name = format!("{} of {} to the negative prompts…", failing.reason, failing.card);
                let no_set = Allowed::No("the library has no set".to_owned());
                let allowed = sets.first().map_or(no_set, |_| input.may(CommandKind::AddNegativeEntry));
                if ActionButton::plain("Add to the negative prompts…").named(name).allowed(allowed).show(ui)
                    && let Some(set) = sets.first()
                {
                    let (card, reason) = (failing.card.clone(), failing.reason.clone());
                    self.adding = Some(Adding { card, reason, set: set.name.clone(), text: String::new() });
                }
            }
        }
    }

    fn hand_offs(&mut self, ui: &mut Ui, input: &PanelInput<'_>, data: &ProjectData, asks: &mut Vec<PanelAsk>) {
        field_label(ui, "Where a hand-off broke", "");
        hint(ui, "Fix the documentation, not the person.");
        for problem in &data.problems {
            ui.add(Label::new(problem).wrap());
        }
        let Problem { stage, what, fix } = &mut self.problem;
        let combo = pick_list("stage").selected_text(stage.to_string()).show_ui(ui, |ui| {
            for one in Stage::ALL {
                ui.selectable_value(stage, one, one.to_string());
            }
        });
        combo.response.accessible_name("Stage that handed on too little");
        let slot = |label: &str, hint: &str| SlotField {
            label: label.to_owned(),
            hint: hint.to_owned(),
            ..SlotField::default()
        };
        show_slot(ui, &slot("What was missing", "the palette as numbers"), what);
        show_slot(ui, &slot("What is documented differently from now on", "the brief names #rrggbb"), fix);
        let command = Command::NoteHandOffProblem { stage: *stage, what: what.clone(), fix: fix.clone() };
        if ActionButton::plain("Note it").allowed(input.would(&command)).show(ui) {
            asks.push(PanelAsk::decide(command));
        }
        ui.add_space(theme::GAP);
        checklists(ui, input, data, asks);
    }
}

fn checklists(ui: &mut Ui, input: &PanelInput<'_>, data: &ProjectData, asks: &mut Vec<PanelAsk>) {
    field_label(ui, "Checklists", "");
    for (name, text) in &data.checklists {
        ui.horizontal(|ui| {
            if IconButton::new(icons::FOLDER, format!("Save {name} as a file…")).show(ui) {
                asks.push(PanelAsk::SaveChecklist(name.clone()));
            }
            ui.add(Label::new(name).truncate());
            let text = RichText::new(text).font(theme::note_font()).color(theme::palette(ui.style()).secondary);
            ui.add(Label::new(text).truncate());
        });
    }
    let button = ActionButton::plain("Adopt a checklist from a file…").allowed(input.may(CommandKind::AdoptChecklist));
    if button.explained("A new list, or a later version of one; what was judged before keeps its list").show(ui) {
        asks.push(PanelAsk::ChooseChecklist);
    }
}

fn column(ui: &mut Ui, name: &str, size: Vec2, draw: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(theme::GAP, theme::GRID);
            draw(ui);
        });
    });
}

fn hint(ui: &mut Ui, text: &str) {
    let color = theme::palette(ui.style()).secondary;
    ui.add(Label::new(RichText::new(text).font(theme::note_font()).color(color)).wrap());
}

fn next_review(ui: &mut Ui, days: &mut i64) {
    ui.horizontal(|ui| {
        theme::style_number_fields(ui.style_mut());
        let field = ui.add_sized([56.0, theme::CONTROL_HEIGHT], DragValue::new(days).range(1..=3650));
        let label = ui.label(RichText::new("days until the next review").font(theme::note_font()));
        field.labelled_by(label.id);
    });
}

/// What can be done with a template beyond this project.
fn for_others(ui: &mut Ui, input: &PanelInput<'_>, recipe: &Recipe, asks: &mut Vec<PanelAsk>) {
    let card = &recipe.card;
    let project = input.state.project().map(|project| project.name.as_str());
    let is_kept = input
        .libraries
        .templates
        .iter()
        .any(|template| Some(template.project.as_str()) == project && template.recipe.card_ref() == *card);
    hint(ui, if is_kept { "It is a template, and every project is offered it." } else { "It is a template." });
    if !is_kept {
        let keep = ActionButton::plain("Keep for other projects").named(format!("Keep {card} for other projects"));
        let keep = keep.explained("Every project that you open is offered it when a card is begun");
        if keep.allowed(recipe.for_others.clone()).show(ui) {
            asks.push(PanelAsk::KeepTemplate(card.clone()));
        }
    }
    keep_style(ui, input, card, asks);
    let save = ActionButton::plain("Save as a file…").named(format!("Save the template {card} as a file"));
    let save = save.explained("For somebody else, who takes it in where a new card is begun");
    if save.allowed(recipe.for_others.clone()).show(ui) {
        asks.push(PanelAsk::SaveTemplate(card.clone()));
    }
}

/// What can be done with an entry of the negative-prompt library beyond this project.
fn negative_for_others(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    failing: &Failing,
    addition: &LibraryAddition,
    asks: &mut Vec<PanelAsk>,
) {
    hint(ui, "Its failure is in the negative-prompt library.");
    let (set, name) = (&addition.set, &addition.entry.name);
    let is_kept = input.libraries.kept_negatives.iter().any(|kept| kept.set == *set && kept.entry.name == *name);
    if is_kept {
        return hint(ui, "Every project is offered it.");
    }
    let label = format!("Keep {name} against {} of {} for other projects", failing.reason, failing.card);
    let keep = ActionButton::plain("Keep for other projects").named(label);
    if keep.explained("Every project that you open has it in its negative-prompt library").show(ui) {
        asks.push(PanelAsk::KeepNegative(Box::new(addition.clone())));
    }
}

/// Puts the style of a card into the style library of every project.
fn keep_style(ui: &mut Ui, input: &PanelInput<'_>, card: &CardRef, asks: &mut Vec<PanelAsk>) {
    let Some(known) = input.state.card(card) else { return };
    if input.libraries.kept_styles.iter().any(|style| style.name == known.card.name.as_str()) {
        return hint(ui, "Its style is in the style library of every project.");
    }
    let has_style = !known.card.skeleton.style.trim().is_empty();
    let allowed = if has_style { Allowed::Yes } else { Allowed::No("its style slot is empty".to_owned()) };
    let keep = ActionButton::plain("Keep its style").named(format!("Keep the style of {card} for other projects"));
    let keep = keep.explained("Its style slot, negative set and settings go into the style library of every project");
    if keep.allowed(allowed).show(ui) {
        asks.push(PanelAsk::KeepStyle(card.clone()));
    }
}
