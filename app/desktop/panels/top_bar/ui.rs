use eframe::egui::{Align, Button, Layout, RichText, Sense, Ui};

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
    let text = if chip.failed { format!("✗ {name}: {}", chip.text) } else { format!("{name}: {}", chip.text) };
    let color = if chip.failed { palette.fail_text } else { palette.text };
    // A button that cannot be pressed yet: it will open the list of models and devices.
    ui.add(Button::new(RichText::new(text).color(color)).fill(palette.raised).sense(Sense::hover()))
        .on_hover_text(&chip.explanation);
}
