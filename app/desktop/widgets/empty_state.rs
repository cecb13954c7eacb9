use eframe::egui::{Align, Layout, Rect, RichText, Ui, UiBuilder, vec2};

use super::{ActionButton, sentence};
use crate::theme;

/// What a panel says while it has nothing to show: what to do next, and the button for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyState {
    /// A sign.
    pub icon: &'static str,
    /// In a few words.
    pub title: String,
    /// What to do next, in one sentence.
    pub advice: String,
    /// The buttons that do it, the main one first.
    pub buttons: Vec<ActionButton>,
}

/// Height of the sign, in points.
const ICON: f32 = 32.0;
/// Below this height, in points, there is no room for a sign.
const LOW: f32 = 170.0;

/// Draws it in the middle of what is free. The button that was pressed, by its place.
pub fn show_empty_state(ui: &mut Ui, state: &EmptyState) -> Option<usize> {
    let palette = theme::palette(ui.style());
    let said = sentence(&state.advice);
    let area = ui.available_rect_before_wrap();
    let width = (theme::MEASURE * 0.75).min(area.width() - theme::WIDE_GAP).max(80.0);
    // In a strip the words are what counts.
    let is_low = area.height() < LOW;
    let title_font = if is_low { theme::title_font() } else { theme::empty_state_font() };
    let icon = if is_low { 0.0 } else { ICON + theme::GAP };
    let title = ui.painter().layout(state.title.clone(), title_font.clone(), palette.text, width).size().y;
    let advice = ui.painter().layout(said.clone(), theme::body_font(), palette.secondary, width).size().y;
    let rows = rows(ui, &state.buttons, width);
    let line = theme::CONTROL_HEIGHT + theme::GAP;
    let buttons = if rows.is_empty() { 0.0 } else { theme::GAP + line * rows.len() as f32 };
    let height = (icon + title + advice + buttons + 3.0 * theme::GAP).min(area.height());
    let top = area.top() + (area.height() - height) * 0.42;
    let middle = Rect::from_min_size(eframe::egui::pos2(area.center().x - width / 2.0, top), vec2(width, height));
    let mut pressed = None;
    ui.scope_builder(UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center)), |ui| {
        if !is_low {
            ui.label(RichText::new(state.icon).size(ICON).color(palette.hint));
        }
        ui.label(RichText::new(&state.title).font(title_font));
        ui.label(RichText::new(said).color(palette.secondary));
        if !rows.is_empty() {
            ui.add_space(theme::GAP);
        }
        for Row { buttons, width: measured } in rows {
            // A row is centred by its measured width, because a horizontal layout begins at the left.
            ui.horizontal(|ui| {
                ui.add_space(((width - measured) / 2.0).max(0.0));
                for i in buttons {
                    if state.buttons[i].show(ui) {
                        pressed = Some(i);
                    }
                }
            });
        }
    });
    pressed
}

/// Buttons that stand beside each other, by their places, and how wide they are together.
struct Row {
    buttons: std::ops::Range<usize>,
    width: f32,
}

/// As many rows as the buttons need.
fn rows(ui: &Ui, buttons: &[ActionButton], free: f32) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (i, button) in buttons.iter().enumerate() {
        let width = button.width(ui);
        match rows.last_mut() {
            Some(row) if row.width + theme::GAP + width <= free => {
                row.buttons.end = i + 1;
                row.width += theme::GAP + width;
            }
            _ => rows.push(Row { buttons: i..i + 1, width }),
        }
    }
    rows
}
