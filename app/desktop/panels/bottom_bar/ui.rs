use eframe::egui::{Align, CornerRadius, Layout, ProgressBar, RichText, Role, Ui, WidgetInfo};

use super::data::BottomBarData;
use crate::theme;

/// Draws the bar.
pub fn show(ui: &mut Ui, data: &BottomBarData) {
    let palette = theme::palette(ui.style());
    ui.horizontal_centered(|ui| {
        ui.label(&data.text);
        if let Some(fraction) = data.fraction {
            let bar = ProgressBar::new(fraction)
                .desired_width(theme::PROGRESS_WIDTH)
                .desired_height(theme::PROGRESS_HEIGHT)
                .corner_radius(CornerRadius::same(2))
                .fill(palette.accent);
            ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Progress"));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&data.time).color(palette.secondary));
        });
    });
}
