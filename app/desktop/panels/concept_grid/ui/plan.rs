use eframe::egui::{Button, DragValue, RichText, ScrollArea, TextEdit, TextStyle, Ui, UiBuilder, vec2};

use super::Desk;
use super::parts::{field, note};
use crate::desk::PanelAsk;
use crate::panels::concept_grid::data::{PlanData, PlanForm};
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, IconButton, SlotField, field_label, pick_list, show_button_row, show_slot};

/// What else than a start was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlanAsked {
    /// Back to the sprint that is there.
    Back,
}

/// The plan of a sprint.
#[derive(Default)]
pub(super) struct PlanUi {
    form: Option<PlanForm>,
    /// The form as it was offered, or as the last sprint was started with.
    saved: Option<PlanForm>,
    /// How many sprints there were when that was.
    sprints: usize,
    drawn_footer: f32,
}

impl PlanUi {
    /// Whether something was typed or chosen that no sprint was started with.
    pub(super) fn has_unsaved(&self) -> bool {
        self.form != self.saved
    }

    /// Takes in how many sprints there are: what one was started with is in the records.
    pub(super) fn settle(&mut self, sprints: usize) {
        if std::mem::replace(&mut self.sprints, sprints) != sprints {
            self.saved.clone_from(&self.form);
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, can_go_back: bool) -> Option<PlanAsked> {
        let mut form = self.form.take().unwrap_or_else(|| PlanForm::first(desk.input));
        self.saved.get_or_insert_with(|| form.clone());
        let data = PlanData::of(desk.input, &form);
        let area = ui.available_rect_before_wrap();
        let footer = self.drawn_footer.max(theme::CONTROL_HEIGHT).min(area.height() * 0.6);
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - footer);
        ui.scope_builder(UiBuilder::new().max_rect(above).id_salt("plan"), |ui| {
            ScrollArea::vertical().id_salt("plan").auto_shrink(false).show(ui, |ui| {
                styles(ui, &data, &mut form);
                columns(ui, desk, &data, &mut form);
                settings(ui, desk, &data, &mut form);
            });
        });
        let mut asked = None;
        let drawn = ui.scope_builder(UiBuilder::new().max_rect(below).id_salt("start"), |ui| {
            asked = start(ui, desk, &data, &mut form, can_go_back);
            ui.min_rect().height()
        });
        if (drawn.inner - self.drawn_footer).abs() > 0.5 {
            self.drawn_footer = drawn.inner;
            ui.ctx().request_repaint();
        }
        ui.advance_cursor_after_rect(area);
        self.form = Some(form);
        asked
    }
}

fn styles(ui: &mut Ui, data: &PlanData, form: &mut PlanForm) {
    let palette = theme::palette(ui.style());
    field_label(ui, "Styles", &data.styles_note);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
        for style in &data.styles {
            let icon = if style.is_chosen { icons::PASS } else { icons::ADD };
            let text = format!("{icon} {}", style.label);
            let fill = if style.is_chosen { palette.accent_wash } else { palette.raised };
            let chip = Button::selectable(style.is_chosen, RichText::new(text).color(palette.text));
            let chip = chip.fill(fill).frame_when_inactive(true).min_size(vec2(0.0, theme::CONTROL_HEIGHT));
            let response = ui.add_enabled(style.allowed.is_yes(), chip);
            let response = response.accessible_name(style.allowed.spoken(&style.label));
            let response = match style.allowed.reason() {
                Some(reason) => response.on_disabled_hover_text(reason),
                None => response.on_hover_text(&style.looks),
            };
            if response.clicked() {
                form.toggle(&style.name);
            }
        }
    });
    ui.add_space(theme::GAP);
}

fn columns(ui: &mut Ui, desk: &Desk<'_, '_>, data: &PlanData, form: &mut PlanForm) {
    field_label(ui, "Variations: subject and context", "the columns");
    let mut removed = None;
    let close = theme::SMALL_CONTROL_HEIGHT;
    for (place, column) in form.columns.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::GRID;
            let each = ((ui.available_width() - close - 2.0 * theme::GRID) / 2.0).max(60.0);
            let number = place + 1;
            for (name, text) in [("Subject", &mut column.subject), ("Context", &mut column.context)] {
                let typed = field(ui, &format!("{name} {number}"), name, text, each);
                if !text.is_empty() {
                    typed.on_hover_text(text.as_str());
                }
            }
            let remove = IconButton::new(icons::FAIL, format!("Remove variation {number}"));
            if remove.allowed(data.may_remove.clone()).show_sized(ui, close) {
                removed = Some(place);
            }
        });
    }
    if let Some(place) = removed {
        form.columns.remove(place);
    }
    let add = ActionButton::plain("Add a variation").icon(icons::ADD).allowed(data.may_add.clone());
    if add.explained("Adds the next pair of the examples").show(ui) {
        form.add_column(desk.input);
    }
    ui.add_space(theme::GAP);
    for (label, hint, text) in [
        ("Composition", "the same in every picture", &mut form.composition),
        ("Technical", "the same in every picture", &mut form.technical),
    ] {
        let slot = SlotField { label: label.to_owned(), hint: hint.to_owned(), ..SlotField::default() };
        show_slot(ui, &slot, text);
    }
}

fn settings(ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &PlanData, form: &mut PlanForm) {
    ui.add_space(theme::GRID);
    ui.columns(2, |columns| {
        let label = field_label(&mut columns[0], "First seed", "");
        columns[0].horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::GRID;
            let width = ui.available_width() - theme::CONTROL_HEIGHT - theme::GRID;
            let edit = TextEdit::singleline(&mut form.first_seed).font(TextStyle::Monospace).desired_width(width);
            let edit = ui.add(edit.margin(vec2(theme::GAP, 5.0))).labelled_by(label.id);
            edit.on_hover_text("Each column has its own seed, the same in every style");
            if IconButton::new(icons::RANDOM, "A random first seed").show(ui) {
                form.first_seed = crate::seed::random().to_string();
            }
        });
        let label = field_label(&mut columns[1], "Steps", &format!("at most {}", data.most_steps));
        theme::style_number_fields(columns[1].style_mut());
        let steps = DragValue::new(&mut form.steps).range(1..=data.most_steps).speed(0.2);
        let size = [columns[1].available_width(), theme::CONTROL_HEIGHT];
        columns[1].add_sized(size, steps).labelled_by(label.id);
    });
    field_label(ui, "Model", "");
    if data.models.is_empty() {
        note(ui, "No model is open.");
    } else {
        let shown = data.model.and_then(|place| data.models.get(place)).cloned().unwrap_or_default();
        let width = ui.available_width();
        let choice = pick_list("model").selected_text(shown).width(width).truncate();
        let shown = choice.show_ui(ui, |ui| {
            for (place, name) in data.models.iter().enumerate() {
                if ui.selectable_label(data.model == Some(place), name).clicked() {
                    form.model = desk.input.models.get(place).map(|model| model.reference.clone());
                }
            }
        });
        shown.response.accessible_name("Model");
    }
    let another = if data.models.is_empty() { "Choose a model…" } else { "Another model…" };
    if ActionButton::plain(another).icon(icons::FOLDER).show(ui) {
        desk.asks.push(PanelAsk::ChooseModel);
    }
}

fn start(
    ui: &mut Ui,
    desk: &mut Desk<'_, '_>,
    data: &PlanData,
    form: &mut PlanForm,
    can_go_back: bool,
) -> Option<PlanAsked> {
    let palette = theme::palette(ui.style());
    ui.separator();
    if data.needs_reason {
        field(
            ui,
            "Why a smaller sprint is enough",
            "Why a smaller sprint is enough",
            &mut form.reason,
            ui.available_width(),
        );
    }
    ui.label(RichText::new(&data.summary).font(theme::strong_font())).on_hover_text(&data.estimate_note);
    if let Some(reason) = data.start.reason() {
        ui.label(RichText::new(format!("{}  {reason}", icons::LOCK)).font(theme::note_font()).color(palette.secondary));
    }
    let mut buttons = vec![ActionButton::primary("Start the sprint").allowed(data.start.clone())];
    if can_go_back {
        buttons.push(ActionButton::plain("Back to the sprint"));
    }
    match (show_button_row(ui, &buttons), &data.command) {
        (Some(0), Some(command)) => desk.decide(command.clone()),
        (Some(1), _) => return Some(PlanAsked::Back),
        _ => {}
    }
    None
}
