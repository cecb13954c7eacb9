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

/// Where the plot ends: a little above the largest value, and never so low that zero stands in the middle.
fn top(number: &Number) -> f64 {
    let values = number.course.iter().map(|[_, value]| *value).chain(number.expected);
    let most = values.fold(0.0, f64::max);
    if most > 0.0 { most * 1.15 } else { 0.1 }
}

fn show_number(ui: &mut Ui, number: &Number) {
    let colors = theme::palette(ui.style());
    ui.horizontal(|ui| {
        ui.label(RichText::new(&number.name).color(colors.secondary)).on_hover_text(&number.explanation);
        if let Some(expected) = number.expected {
            let words = format!("dashed: {} expected", number.unit.text(expected));
            ui.label(RichText::new(words).font(theme::note_font()).color(colors.hint));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&number.value).font(theme::strong_font()));
        });
    });
    if number.course.len() < 2 {
        ui.label(RichText::new(format!("{} Too few values for a course yet.", icons::NOTE)).color(colors.hint));
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
            .y_axis_min_width(40.0)
            .y_axis_formatter(|mark, _| number.unit.text(mark.value))
            .include_y(0.0)
            .include_y(top(number))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Trend, Unit};

    #[test]
    fn a_plot_begins_at_zero_and_ends_above_its_values_and_what_is_expected() {
        let number = |course: &[f64], expected| Number {
            name: "Keep rate".to_owned(),
            value: String::new(),
            trend: Trend::Steady,
            course: course.iter().enumerate().map(|(place, value)| [place as f64, *value]).collect(),
            expected,
            unit: Unit::Percent,
            explanation: String::new(),
        };
        assert!(top(&number(&[0.1, 0.2], Some(0.25))) > 0.25);
        assert!(top(&number(&[0.1, 0.8], Some(0.25))) > 0.8);
        assert!(top(&number(&[0.0, 0.0], None)) > 0.0);
        assert_eq!(
            [Unit::Percent.text(0.25), Unit::Plain.text(12.0), Unit::Seconds.text(75.0)],
            ["25 %", "12", "75 s"]
        );
    }
}
