use eframe::egui::{Align, Frame, Label, Layout, Margin, RichText, Sense, Ui};

use super::data::{Chip, TopBarData};
use crate::theme;

/// Draws the bar.
pub fn show(ui: &mut Ui, data: &TopBarData) {
    ui.horizontal_centered(|ui| {
        ui.label(RichText::new("Kento").font(theme::title_font()));
        ui.label(
            RichText::new(concat!("version ", env!("CARGO_PKG_VERSION")))
                .small()
                .color(theme::palette(ui.style()).secondary),
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            chip(ui, "Device", &data.device);
            chip(ui, "Model", &data.model);
        });
    });
}

fn chip(ui: &mut Ui, name: &str, chip: &Chip) {
    let palette = theme::palette(ui.style());
    let frame = Frame::new()
        .fill(palette.raised)
        .corner_radius(theme::group_rounding())
        .inner_margin(Margin::symmetric(theme::MARGIN, theme::GRID as i8));
    frame.show(ui, |ui| {
        let text = if chip.failed { format!("✗ {name}: {}", chip.text) } else { format!("{name}: {}", chip.text) };
        let color = if chip.failed { palette.fail } else { palette.text };
        ui.add(Label::new(RichText::new(text).color(color)).selectable(false).sense(Sense::hover()))
            .on_hover_text(&chip.explanation);
    });
}
