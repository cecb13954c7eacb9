use eframe::egui::{
    Align, Align2, Id, Key, Layout, Modal, RichText, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, vec2,
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
            ui.spacing_mut().interact_size.y = theme::SMALL_CONTROL_HEIGHT;
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
                        ui.horizontal(|ui| {
                            // What the keys leave is the text's, in two lines where one is too short.
                            let width = ui.available_width() - keys_size(ui, &shortcut.keys).x - theme::WIDE_GAP;
                            text(ui, &shortcut.does, width);
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| keys(ui, &shortcut.keys));
                        });
                    }
                }
            });
        });
    });
    !(closed || modal.should_close())
}

/// What a key does, from the left of a place so many points wide.
fn text(ui: &mut Ui, does: &str, width: f32) {
    let colour = theme::palette(ui.style()).text;
    let galley = ui.painter().layout(does.to_owned(), theme::body_font(), colour, width);
    let size = vec2(width, galley.size().y.max(theme::SMALL_CONTROL_HEIGHT));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().galley(Align2::LEFT_CENTER.align_size_within_rect(galley.size(), rect).min, galley, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, does));
}

/// Keys as they look on a keyboard.
pub(super) fn keys(ui: &mut Ui, keys: &str) {
    let palette = theme::palette(ui.style());
    let (rect, response) = ui.allocate_exact_size(keys_size(ui, keys), Sense::hover());
    ui.painter().rect_filled(rect, theme::picture_rounding(), palette.raised);
    let font = theme::small_mono_font();
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, keys, font, palette.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, keys));
}

fn keys_size(ui: &Ui, keys: &str) -> Vec2 {
    let text = ui.painter().layout_no_wrap(keys.to_owned(), theme::small_mono_font(), theme::palette(ui.style()).text);
    vec2(text.size().x + 2.0 * 6.0, theme::SMALL_CONTROL_HEIGHT - 2.0)
}
