use std::hash::Hash;

use eframe::egui::style::WidgetVisuals;
use eframe::egui::{Align2, ComboBox, Rect, Ui};

use crate::theme::{self, icons};

/// A list that opens below its chosen entry, with the same small sign as everything else that opens.
pub fn pick_list(id: impl Hash + std::fmt::Debug) -> ComboBox<'static> {
    ComboBox::from_id_salt(id).icon(sign)
}

fn sign(ui: &Ui, rect: Rect, visuals: &WidgetVisuals, _is_open: bool) {
    let sign = if ui.is_enabled() { visuals.text_color() } else { theme::palette(ui.style()).hint };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::DOWN, theme::icon_font(), sign);
}
