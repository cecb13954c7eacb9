use eframe::egui::{
    Align, Align2, Id, Key, Label, Layout, Modal, Modifiers, Rect, Response, RichText, Role, ScrollArea, Sense,
    TextEdit, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::data::{CommandPalette, PaletteEntry, matching};
use crate::theme::{self, icons};
use crate::widgets::shortcuts;

/// Draws the palette while it is open. The entry that was taken, by its place.
pub fn show(ui: &mut Ui, palette: &mut CommandPalette, entries: &[PaletteEntry]) -> Option<usize> {
    if !palette.is_open {
        return None;
    }
    let found = matching(entries, &palette.query);
    let pressed = |key| move |input: &mut eframe::egui::InputState| input.consume_key(Modifiers::NONE, key);
    let steps = [(Key::ArrowDown, 1), (Key::ArrowUp, -1)];
    let mut was_moved = false;
    for (key, by) in steps {
        if ui.input_mut(pressed(key)) {
            palette.step(by, found.len());
            was_moved = true;
        }
    }
    let enter = ui.input_mut(pressed(Key::Enter));
    let escape = ui.input_mut(pressed(Key::Escape));
    let cursor = palette.cursor.min(found.len().saturating_sub(1));
    let mut taken = enter.then(|| found.get(cursor).copied()).flatten();

    let screen = ui.ctx().content_rect();
    let top = vec2(0.0, (screen.height() * 0.12).max(theme::TOP_BAR_HEIGHT));
    let area = Modal::default_area(Id::unique("command palette")).anchor(Align2::CENTER_TOP, top);
    let modal = Modal::new(Id::unique("command palette")).area(area).frame(theme::sheet_frame(ui.style()));
    let modal = modal.show(ui.ctx(), |ui| {
        ui.set_width((theme::MEASURE * 1.15).min(screen.width() - 4.0 * theme::WIDE_GAP));
        let query = search_field(ui, palette);
        query.request_focus();
        let lines = 11.0_f32.min(((screen.height() - 220.0) / theme::CONTROL_HEIGHT).floor()).max(3.0);
        let height = lines * theme::CONTROL_HEIGHT;
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (line, &i) in found.iter().enumerate() {
                    let response = show_entry(ui, &entries[i], line == cursor);
                    if response.clicked() {
                        taken = Some(i);
                    }
                    if line == cursor && (was_moved || query.changed()) {
                        response.scroll_to_me(None);
                    }
                }
                if found.is_empty() {
                    let text = format!("Nothing here is called “{}”", palette.query);
                    ui.label(RichText::new(text).color(theme::palette(ui.style()).secondary));
                }
            },
        );
    });
    // What is not allowed is shown with its reason and cannot be taken.
    taken = taken.filter(|&i| entries[i].allowed.is_yes());
    if taken.is_some() || escape || modal.should_close() {
        palette.is_open = false;
    }
    taken
}

fn search_field(ui: &mut Ui, palette: &mut CommandPalette) -> Response {
    let colors = theme::palette(ui.style());
    let edit = TextEdit::singleline(&mut palette.query)
        .id(Id::unique("command palette query"))
        .hint_text(RichText::new("What do you want to do?").color(colors.hint))
        .prefix(RichText::new(icons::SEARCH).color(colors.secondary))
        .margin(vec2(theme::GAP, 7.0))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Search for a command");
    if response.changed() {
        palette.cursor = 0;
    }
    response
}

fn show_entry(ui: &mut Ui, entry: &PaletteEntry, is_cursor: bool) -> Response {
    let palette = theme::palette(ui.style());
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    let enabled = entry.allowed.is_yes();
    let name = entry.allowed.spoken(&format!("{}: {}", entry.group, entry.title));
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, is_cursor, &name));
    if is_cursor {
        ui.painter().rect_filled(rect, theme::control_rounding(), palette.accent_wash);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, theme::control_rounding(), palette.raised);
    }
    let inner = rect.shrink2(vec2(theme::GAP, 0.0));
    let row = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(row, |ui| {
        let color = if enabled { palette.text } else { palette.hint };
        let group = RichText::new(&entry.group).font(theme::note_font()).color(palette.secondary);
        let cell = ui.allocate_ui_with_layout(vec2(76.0, inner.height()), Layout::left_to_right(Align::Center), |ui| {
            ui.label(group)
        });
        let used = cell.response.rect.width();
        ui.add_space((76.0 - used).max(0.0));
        ui.label(RichText::new(&entry.title).color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| match entry.allowed.reason() {
            Some(reason) => {
                let text = RichText::new(format!("{} {reason}", icons::LOCK)).font(theme::note_font());
                ui.add(Label::new(text.color(palette.secondary)).truncate());
            }
            None if !entry.keys.is_empty() => shortcuts::keys(ui, &entry.keys),
            None => {}
        });
    });
    ui.advance_cursor_after_rect(Rect::from_min_size(rect.min, size));
    response
}
