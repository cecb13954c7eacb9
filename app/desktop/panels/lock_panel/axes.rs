use std::collections::BTreeMap;

use eframe::egui::{CollapsingHeader, DragValue, RichText, ScrollArea, TextEdit, Ui, vec2};
use kento_studio::card::{AxisKind, CardRef, RecipeCard, rows};

use super::data::{LeftOut, MOST_PREVIEWED, VolumeData, row_lines, volume};
use super::draft::CardDraft;
use super::slots::{list_button, list_choice};
use crate::desk::PanelInput;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, IconButton};

/// The longest run whose rows are listed without being asked for.
const MOST_OPEN: usize = 12;
/// Nothing is left out.
static NOTHING: LeftOut = LeftOut::new();

/// The rows of the card that was previewed last, and those that the runs of each card leave out.
#[derive(Default)]
pub struct RowsPreview {
    known: Option<(RecipeCard, Result<Vec<String>, String>)>,
    left_out: BTreeMap<CardRef, LeftOut>,
}

impl RowsPreview {
    /// What differs from the card, row by row.
    fn lines(&mut self, card: &RecipeCard) -> &Result<Vec<String>, String> {
        if self.known.as_ref().is_some_and(|(known, _)| known != card) {
            self.known = None;
        }
        let make = || (card.clone(), rows(card).map(|rows| row_lines(&rows)).map_err(|refusal| refusal.to_string()));
        &self.known.get_or_insert_with(make).1
    }

    /// What a run of this card leaves out.
    pub fn left_out(&self, card: Option<&CardRef>) -> &LeftOut {
        card.and_then(|card| self.left_out.get(card)).unwrap_or(&NOTHING)
    }
}

/// Draws the axes, how many rows they make and what those cost. `card` is the draft as a card;
/// `runs` is the card whose rows are ticked for its next run.
pub fn show_axes(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    draft: &mut CardDraft,
    card: Option<&RecipeCard>,
    preview: &mut RowsPreview,
    can_edit: bool,
    runs: Option<&CardRef>,
) {
    let palette = theme::palette(ui.style());
    ui.horizontal(|ui| {
        ui.label(RichText::new("Variation axes").font(theme::strong_font()));
        if can_edit {
            add_axis(ui, draft);
        }
    });
    if draft.axes.is_empty() {
        let words = "A volume run varies only what an axis declares.";
        ui.label(RichText::new(words).font(theme::note_font()).color(palette.secondary));
    }
    let mut removed = None;
    for (i, axis) in draft.axes.iter_mut().enumerate() {
        ui.push_id(("axis", axis.kind), |ui| {
            ui.spacing_mut().item_spacing.y = theme::GRID;
            ui.spacing_mut().interact_size.y = theme::SMALL_CONTROL_HEIGHT;
            ui.horizontal(|ui| {
                let label = RichText::new(axis.kind.label()).font(theme::note_font()).color(palette.secondary);
                ui.label(label);
                if can_edit {
                    let name = format!("Remove the axis {}", axis.kind);
                    let remove = IconButton::new(icons::DELETE, name).show_sized(ui, theme::SMALL_CONTROL_HEIGHT);
                    removed = removed.or(remove.then_some(i));
                }
            });
            match (&mut axis.count, can_edit) {
                (Some(count), true) => seeds(ui, count),
                (None, true) => values(ui, axis.kind, &mut axis.lines),
                (Some(count), false) => {
                    ui.label(format!("{count} seeds, counted up from the card's"));
                }
                (None, false) => {
                    ui.label(axis.axis().values.join(" · "));
                }
            }
        });
    }
    if let Some(removed) = removed {
        draft.axes.remove(removed);
    }
    let Some(card) = card else { return };
    let data = volume(input.state, card, preview.left_out(runs));
    let color = if data.is_too_large || data.ticked == 0 { palette.fail_text } else { palette.secondary };
    ui.label(RichText::new(&data.words).font(theme::note_font()).color(color));
    if (2..=MOST_PREVIEWED).contains(&data.rows) {
        let title = if runs.is_some() { "Rows of the next run" } else { "What differs, row by row" };
        let list = CollapsingHeader::new(title).id_salt("rows").default_open(runs.is_some() && data.rows <= MOST_OPEN);
        list.show(ui, |ui| show_rows(ui, card, &data, preview, runs));
    }
}

fn show_rows(ui: &mut Ui, card: &RecipeCard, data: &VolumeData, preview: &mut RowsPreview, runs: Option<&CardRef>) {
    let palette = theme::palette(ui.style());
    let mut left_out = preview.left_out(runs).clone();
    let lines = match preview.lines(card) {
        Err(mistake) => {
            ui.label(RichText::new(mistake).font(theme::note_font()).color(palette.fail_text));
            return;
        }
        Ok(lines) => lines,
    };
    if runs.is_some() {
        ui.horizontal_wrapped(|ui| {
            if ActionButton::plain("Tick all rows").show(ui) {
                left_out.clear();
            }
            if ActionButton::plain("Tick no row").show(ui) {
                left_out.extend(0..data.rows);
            }
        });
    }
    ScrollArea::vertical().max_height(264.0).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = theme::SMALL_CONTROL_HEIGHT;
        for (i, line) in lines.iter().enumerate() {
            let text =
                RichText::new(format!("Row {}: {line}", i + 1)).font(theme::note_font()).color(palette.secondary);
            if runs.is_none() {
                ui.label(text);
                continue;
            }
            let mut is_ticked = !left_out.contains(&i);
            if ui.checkbox(&mut is_ticked, text).changed() {
                if is_ticked {
                    left_out.remove(&i);
                } else {
                    left_out.insert(i);
                }
            }
        }
    });
    if let Some(card) = runs {
        preview.left_out.insert(card.clone(), left_out);
    }
}

fn add_axis(ui: &mut Ui, draft: &mut CardDraft) {
    let free: Vec<AxisKind> = draft.free_axes().collect();
    if free.is_empty() {
        return;
    }
    let mut added = None;
    list_button(ui, icons::ADD, "Add a variation axis", |ui| {
        for kind in free {
            let note = match kind {
                AxisKind::SeedOffset => "other noise, counted up from the card's seed",
                AxisKind::Guidance => "how strictly the prompt is followed",
                _ => "other texts in this slot",
            };
            if list_choice(ui, kind.label(), note) {
                added = Some(kind);
            }
        }
    });
    if let Some(kind) = added {
        draft.add_axis(kind);
    }
}

fn seeds(ui: &mut Ui, count: &mut u32) {
    let palette = theme::palette(ui.style());
    ui.horizontal(|ui| {
        theme::style_number_fields(ui.style_mut());
        let value = DragValue::new(count).range(1..=kento_studio::card::MOST_ROWS).speed(0.1);
        ui.add_sized([64.0, theme::CONTROL_HEIGHT], value).accessible_name("How many seeds");
        let words = RichText::new("seeds, counted up from the card's").font(theme::note_font());
        ui.label(words.color(palette.secondary));
    });
}

fn values(ui: &mut Ui, kind: AxisKind, lines: &mut String) {
    let palette = theme::palette(ui.style());
    let hint = RichText::new("one value a line").color(palette.hint);
    let edit = TextEdit::multiline(lines)
        .desired_rows(2)
        .hint_text(hint)
        .margin(vec2(theme::GAP, 5.0))
        .desired_width(f32::INFINITY);
    ui.add(edit).accessible_name(format!("Values of the axis {kind}, one a line"));
}
