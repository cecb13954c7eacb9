use eframe::egui::{Align, Layout, RichText, Stroke, Ui};
use egui_plot::{HLine, Line, LineStyle, Plot, PlotPoints, Points};

use super::data::Number;
use crate::theme::{self, icons};

/// Draws the course of every number beside each other.
pub(super) fn show(ui: &mut Ui, numbers: &[Number]) {
    let colors = theme::palette(ui.style());
    if numbers.is_empty() {
        ui.label(RichText::new("Numbers come with the first finished picture.").color(colors.secondary));
        return;
    }
    ui.spacing_mut().item_spacing.x = theme::WIDE_GAP;
    ui.columns(numbers.len(), |columns| {
        for (ui, number) in columns.iter_mut().zip(numbers) {
            show_number(ui, number);
        }
    });
}

fn show_number(ui: &mut Ui, number: &Number) {
    let colors = theme::palette(ui.style());
    ui.horizontal(|ui| {
        ui.label(RichText::new(&number.name).color(colors.secondary)).on_hover_text(&number.explanation);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&number.value).font(theme::strong_font()));
        });
    });
    if number.course.len() < 2 {
        ui.label(RichText::new(format!("{} too few values for a course", icons::NOTE)).color(colors.hint));
        return;
    }
    let style = |ui: &mut Ui| ui.style_mut().visuals.extreme_bg_color = colors.field;
    ui.scope(|ui| {
        style(ui);
        let height = ui.available_height().max(40.0);
        Plot::new(&number.name)
            .height(height)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .show_grid([false, true])
            .show_axes([false, true])
            .grid_color(colors.line)
            .grid_spacing(28.0..=90.0)
            .y_axis_min_width(28.0)
            .include_y(0.0)
            .show(ui, |plot| {
                if let Some(expected) = number.expected {
                    let stroke = Stroke::new(1.0, colors.hint);
                    plot.hline(HLine::new("expected", expected).stroke(stroke).style(LineStyle::dashed_loose()));
                }
                let course = || PlotPoints::from(number.course.clone());
                plot.line(Line::new(number.name.clone(), course()).stroke(Stroke::new(1.5, colors.text)));
                if let Some(last) = number.course.last() {
                    let end = Points::new(number.name.clone(), PlotPoints::from(vec![*last]));
                    plot.points(end.radius(3.5).color(colors.text));
                }
            });
    });
}
