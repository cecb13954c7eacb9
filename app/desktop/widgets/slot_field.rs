use eframe::egui::{Align, FontSelection, Layout, Rect, Response, RichText, TextEdit, Ui, pos2, vec2};

use crate::theme::{self, icons};

/// A field of a recipe with its name above it, and what is to be known about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlotField {
    /// Its name.
    pub label: String,
    /// At the right end of the name's line: a count, a library.
    pub count: String,
    /// What to write, while nothing is written.
    pub hint: String,
    /// What the parent card says here, when this says something else.
    pub parent: Option<String>,
    /// What is wrong with it, in one sentence.
    pub mistake: Option<String>,
    /// Whether it holds numbers or hashes.
    pub is_mono: bool,
    /// Whether it can only be read, because the card is locked.
    pub is_locked: bool,
    /// Lines of text that are seen; one when 0.
    pub rows: usize,
}

/// Draws the field over the whole width.
pub fn show_slot(ui: &mut Ui, slot: &SlotField, text: &mut String) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = theme::GRID;
        let palette = theme::palette(ui.style());
        let label = field_label(ui, &slot.label, &slot.count);
        let font: FontSelection = if slot.is_mono { theme::mono_font().into() } else { theme::body_font().into() };
        let hint = RichText::new(&slot.hint).color(palette.hint);
        let edit =
            if slot.rows > 1 { TextEdit::multiline(text).desired_rows(slot.rows) } else { TextEdit::singleline(text) };
        let edit = edit
            .font(font)
            .hint_text(hint)
            .margin(vec2(theme::GAP, 5.0))
            .desired_width(f32::INFINITY)
            .interactive(!slot.is_locked);
        let edit = if slot.is_locked {
            let lock = RichText::new(icons::LOCK).color(palette.hint);
            edit.text_color(palette.secondary).background_color(palette.panel).suffix(lock)
        } else {
            edit
        };
        let edge = if slot.mistake.is_some() { palette.fail } else { palette.line };
        let before = &mut ui.visuals_mut().widgets;
        before.inactive.bg_stroke.color = edge;
        before.inactive.bg_stroke.width = 1.0;
        let response = ui.add(edit).labelled_by(label.id);
        if let Some(parent) = &slot.parent {
            // A bar in the accent marks what differs from the parent card.
            let at = response.rect.left_top();
            let bar = Rect::from_min_max(at, pos2(at.x + 2.0, response.rect.bottom()));
            ui.painter().rect_filled(bar, 1.0, palette.accent);
            let was = if parent.is_empty() { "was empty".to_owned() } else { format!("was: {parent}") };
            ui.label(RichText::new(format!("{} {was}", icons::UNDO)).font(theme::note_font()).color(palette.secondary));
        }
        if let Some(mistake) = &slot.mistake {
            let text = format!("{} {mistake}", icons::FAIL);
            ui.label(RichText::new(text).font(theme::note_font()).color(palette.fail_text));
        }
        response
    })
    .inner
}

/// The line above a field: its name and, at the right, a note. The response is the name's.
pub fn field_label(ui: &mut Ui, name: &str, note: &str) -> Response {
    let palette = theme::palette(ui.style());
    let height = theme::note_font().size + 3.0;
    let size = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let label = ui.label(RichText::new(name).font(theme::note_font()).color(palette.secondary));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !note.is_empty() {
                ui.label(RichText::new(note).font(theme::note_font()).color(palette.hint));
            }
        });
        label
    })
    .inner
}
