use eframe::egui::{Label, RichText, ScrollArea, Ui};

use super::data::{FrameEvent, WaitingRow};
use crate::theme;
use crate::widgets::ActionButton;

/// Draws what waits for the person who acts. A press goes to it.
pub(super) fn show(ui: &mut Ui, waiting: &[WaitingRow], events: &mut Vec<FrameEvent>) {
    let colors = theme::palette(ui.style());
    if waiting.is_empty() {
        let text = "Nothing waits for you in this role. What the other roles decide next stands here for them.";
        ui.label(RichText::new(text).color(colors.secondary));
        return;
    }
    ui.spacing_mut().item_spacing.y = theme::GRID;
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(
        ui,
        theme::CONTROL_HEIGHT,
        waiting.len(),
        |ui, seen| {
            let rows = seen.filter_map(|place| Some((place, waiting.get(place)?)));
            let rows: Vec<_> = rows.map(|(place, row)| (place, row, ActionButton::plain(&row.what))).collect();
            let widest = rows.iter().map(|(.., button)| button.width(ui)).fold(0.0, f32::max);
            for (place, row, button) in rows {
                ui.horizontal(|ui| {
                    let width = button.width(ui);
                    if button.explained("Go to it").show(ui) {
                        events.push(FrameEvent::WaitingAsked(place));
                    }
                    // What is told of them stands in one column.
                    ui.add_space(widest - width);
                    ui.add(Label::new(RichText::new(&row.detail).color(colors.secondary)).truncate());
                });
            }
        },
    );
}
