use eframe::egui::{
    Align, Align2, Id, Key, Label, Layout, Modal, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2,
};

use super::IconButton;
use crate::theme::{self, icons};

/// A key and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut {
    /// As printed on the keys: `Ctrl+K`, `1–5`.
    pub keys: String,
    /// What it does, in a few words.
    pub does: String,
}

/// Keys that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortcutGroup {
    /// Where they work.
    pub title: String,
    /// The keys.
    pub shortcuts: Vec<Shortcut>,
}

impl ShortcutGroup {
    /// From pairs of keys and meaning.
    pub fn new(title: &str, pairs: &[(&str, &str)]) -> Self {
        let shortcut = |(keys, does): &(&str, &str)| Shortcut { keys: (*keys).to_owned(), does: (*does).to_owned() };
        Self { title: title.to_owned(), shortcuts: pairs.iter().map(shortcut).collect() }
    }
}

/// Draws the sheet over the window until it is closed. Returns whether it stays open.
pub fn show_shortcuts(ui: &mut Ui, groups: &[ShortcutGroup]) -> bool {
    let palette = theme::palette(ui.style());
    let mut closed = ui.input_mut(|input| input.consume_key(Default::default(), Key::Escape));
    let modal = Modal::new(Id::unique("shortcuts")).frame(theme::sheet_frame(ui.style())).show(ui.ctx(), |ui| {
        ui.set_width(760.0_f32.min(ui.ctx().content_rect().width() - 4.0 * theme::WIDE_GAP));
        ui.horizontal(|ui| {
            ui.label(RichText::new("Keyboard shortcuts").font(theme::title_font()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                closed |= IconButton::new(icons::FAIL, "Close the shortcuts").keys("Esc").show(ui);
            });
        });
        let height = ui.ctx().content_rect().height() - 8.0 * theme::WIDE_GAP;
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().item_spacing.x = theme::WIDE_GAP;
            ui.columns(2, |columns| {
                let mut lines = [0; 2];
                for group in groups {
                    // Into the shorter column, so that both end at about the same height.
                    let shorter = usize::from(lines[1] < lines[0]);
                    lines[shorter] += group.shortcuts.len() + 1;
                    let ui = &mut columns[shorter];
                    ui.add_space(theme::GAP + theme::GRID);
                    ui.label(RichText::new(&group.title).font(theme::strong_font()).color(palette.secondary));
                    for shortcut in &group.shortcuts {
                        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                            keys(ui, &shortcut.keys);
                            // What the keys leave is the text's, in two lines where one is too short.
                            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                                ui.add(Label::new(&shortcut.does).wrap());
                            });
                        });
                    }
                }
            });
        });
    });
    !(closed || modal.should_close())
}

/// Keys as they look on a keyboard.
pub(super) fn keys(ui: &mut Ui, keys: &str) {
    let palette = theme::palette(ui.style());
    let text = ui.painter().layout_no_wrap(keys.to_owned(), theme::small_mono_font(), palette.secondary);
    let size = vec2(text.size().x + 2.0 * 6.0, theme::SMALL_CONTROL_HEIGHT - 2.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, theme::picture_rounding(), palette.raised);
    ui.painter().galley(Align2::CENTER_CENTER.align_size_within_rect(text.size(), rect).min, text, palette.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, keys));
}
