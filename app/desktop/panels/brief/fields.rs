use eframe::egui::{Align, Checkbox, DragValue, Id, Layout, Rect, RichText, TextEdit, Ui, UiBuilder, vec2};
use kento_studio::workflow::{Brief, BriefField, Stakes};

use super::data::{IntentWords, stakes_words};
use super::deliverables::show_deliverables;
use super::form::{BriefForm, Typed, hint, title};
use super::palette::PaletteField;
use crate::theme::{self, icons};
use crate::widgets::{Segment, SegmentLook, SlotField, segmented, show_slot};

/// Most generations that the form takes as a budget; more is no budget.
const MOST_BUDGET: u32 = 1_000;

/// Draws every field. `typed` is the form as a brief.
pub fn show_fields(
    ui: &mut Ui,
    form: &mut BriefForm,
    typed: &Brief,
    intent: &IntentWords,
    palette_field: &mut PaletteField<'_>,
) {
    show_intent(ui, form, intent);
    let mut switches = Vec::new();
    for field in BriefField::ALL {
        if field == BriefField::Intent {
            continue;
        }
        let at = ui.cursor().top();
        ui.push_id(("field", title(field)), |ui| {
            ui.spacing_mut().item_spacing.y = theme::GRID;
            let is_settled = typed.is_settled(field);
            match field {
                BriefField::Palette => {
                    answer(ui, field, is_settled, &mut form.palette, |ui, palette, _| {
                        palette_field.show(ui, palette);
                    });
                    // Whoever takes a colour needs the palette after all.
                    if form.palette.is_left_out && palette_field.offer(ui, &mut form.palette.value) {
                        form.palette.is_left_out = false;
                    }
                }
                BriefField::Deliverables => {
                    answer(ui, field, is_settled, &mut form.deliverables, |ui, list, _| {
                        show_deliverables(ui, list);
                    });
                }
                BriefField::IterationBudget => {
                    answer(ui, field, is_settled, &mut form.iteration_budget, show_budget);
                }
                BriefField::Stakes => show_stakes(ui, is_settled, &mut form.stakes),
                field => {
                    if let Some(text) = form.text_mut(field) {
                        answer(ui, field, is_settled, text, |ui, text, label| text_area(ui, field, text, label));
                    }
                }
            }
        });
        switches.push((field, at));
        ui.add_space(theme::GRID);
    }
    let name = SlotField {
        label: "Short name".to_owned(),
        hint: "spring-harbour".to_owned(),
        count: "a–z, 0–9, -".to_owned(),
        is_mono: true,
        ..SlotField::default()
    };
    show_slot(ui, &name, &mut form.name).on_hover_text("File names begin with it");
    // After the fields, so that Tab goes from one to the next and Space ticks nothing by mistake.
    for (field, top) in switches {
        if let Some(is_left_out) = form.left_out_mut(field) {
            switch(ui, field, top, is_left_out);
        }
    }
}

/// The switch "not needed" of a field, at the right of the line whose top is given.
fn switch(ui: &mut Ui, field: BriefField, top: f32, is_left_out: &mut bool) {
    let palette = theme::palette(ui.style());
    let line = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=top + theme::SMALL_CONTROL_HEIGHT);
    let layout = Layout::right_to_left(Align::Center);
    // A place of its own: the form goes on below its fields.
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("switch", title(field))).max_rect(line).layout(layout));
    ui.spacing_mut().interact_size.y = theme::SMALL_CONTROL_HEIGHT;
    ui.spacing_mut().icon_width = 13.0;
    ui.spacing_mut().icon_spacing = theme::GRID + 1.0;
    let text = RichText::new("not needed").font(theme::note_font()).color(palette.secondary);
    let ticked = ui.add(Checkbox::new(is_left_out, text)).accessible_name(format!("{} not needed", title(field)));
    if ticked.changed() && *is_left_out {
        ui.memory_mut(|memory| memory.request_focus(reason_id(field)));
    }
}

/// The field for why a field is not needed.
fn reason_id(field: BriefField) -> Id {
    Id::unique(("why not needed", title(field)))
}

fn show_intent(ui: &mut Ui, form: &mut BriefForm, intent: &IntentWords) {
    let palette = theme::palette(ui.style());
    let slot = SlotField {
        label: title(BriefField::Intent).to_owned(),
        hint: hint(BriefField::Intent).to_owned(),
        rows: 2,
        ..SlotField::default()
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = theme::GRID;
        show_slot(ui, &slot, &mut form.intent);
        let (icon, color) = match (intent.is_sentence, intent.is_empty) {
            (true, _) => (icons::PASS, palette.pass),
            (false, true) => (icons::NOTE, palette.secondary),
            (false, false) => (icons::FAIL, palette.fail_text),
        };
        let words = RichText::new(format!("{icon} {}", intent.words)).font(theme::note_font()).color(color);
        ui.label(words);
    });
    ui.add_space(theme::GRID);
}

/// A field with "not needed, because …" as an alternative.
fn answer<T>(
    ui: &mut Ui,
    field: BriefField,
    is_settled: bool,
    typed: &mut Typed<T>,
    draw: impl FnOnce(&mut Ui, &mut T, Id),
) {
    let palette = theme::palette(ui.style());
    let label = head(ui, field, is_settled);
    if !typed.is_left_out {
        draw(ui, &mut typed.value, label);
        return;
    }
    let edit = TextEdit::singleline(&mut typed.because)
        .id(reason_id(field))
        .hint_text(RichText::new("not needed, because …").color(palette.hint))
        .margin(vec2(theme::GAP, 5.0))
        .desired_width(f32::INFINITY);
    ui.add(edit).accessible_name(format!("{}: not needed, because", title(field)));
}

/// The line above a field: its name, a tick once it is settled, and room for the switch "not needed". The id is the name's.
fn head(ui: &mut Ui, field: BriefField, is_settled: bool) -> Id {
    let palette = theme::palette(ui.style());
    let size = vec2(ui.available_width(), theme::SMALL_CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID + 2.0;
        ui.spacing_mut().interact_size.y = theme::SMALL_CONTROL_HEIGHT;
        let name = RichText::new(title(field)).font(theme::note_font()).color(palette.secondary);
        let label = ui.label(name).on_hover_text(hint(field)).id;
        if is_settled {
            ui.label(RichText::new(icons::PASS).font(theme::note_font()).color(palette.pass));
        }
        label
    })
    .inner
}

fn text_area(ui: &mut Ui, field: BriefField, text: &mut String, label: Id) {
    let palette = theme::palette(ui.style());
    // As high as what is written, so that short answers take one line and nothing is cut off.
    let edit = TextEdit::multiline(text)
        .desired_rows(1)
        .hint_text(RichText::new(hint(field)).color(palette.hint))
        .margin(vec2(theme::GAP, 5.0))
        .desired_width(f32::INFINITY);
    ui.add(edit).labelled_by(label);
}

fn show_budget(ui: &mut Ui, budget: &mut u32, label: Id) {
    let palette = theme::palette(ui.style());
    ui.horizontal_wrapped(|ui| {
        theme::style_number_fields(ui.style_mut());
        let value = DragValue::new(budget).range(0..=MOST_BUDGET).speed(0.1);
        ui.add_sized([64.0, theme::CONTROL_HEIGHT], value).labelled_by(label);
        let words = if *budget == 0 { "set how many generations" } else { "before the Director is asked" };
        ui.label(RichText::new(words).font(theme::note_font()).color(palette.secondary));
    });
}

fn show_stakes(ui: &mut Ui, is_settled: bool, stakes: &mut Option<Stakes>) {
    let palette = theme::palette(ui.style());
    head(ui, BriefField::Stakes, is_settled);
    let segment = |stakes: Stakes| Segment {
        explanation: Some(stakes_words(stakes)),
        name: format!("Stakes {stakes}"),
        ..Segment::new(stakes.to_string())
    };
    let chosen = stakes.and_then(|stakes| Stakes::ALL.into_iter().position(|one| one == stakes));
    if let Some(pressed) = segmented(ui, SegmentLook::Plain, &Stakes::ALL.map(segment), chosen) {
        *stakes = Some(Stakes::ALL[pressed]);
    }
    let words = stakes.map_or_else(|| "choose one: the review gate is calibrated to it".to_owned(), stakes_words);
    ui.label(RichText::new(words).font(theme::note_font()).color(palette.secondary));
}
