use eframe::egui::{Align, Align2, Layout, Rect, Response, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{HLine, Line, LineStyle, Plot, PlotPoints, Points};

use super::data::{Number, NumberBar, NumbersBy};
use crate::theme::{self, icons};
use crate::widgets::{Segment, SegmentLook, segmented};

/// Most values beside each other; the latest are shown.
const MOST_BARS: usize = 8;

/// Draws every number beside the others: its course, or its values by week, run or recipe.
pub(super) fn show(ui: &mut Ui, numbers: &[Number], by: &mut NumbersBy) {
    let colors = theme::palette(ui.style());
    if numbers.is_empty() {
        ui.label(RichText::new("Numbers come with the first finished picture.").color(colors.secondary));
        return;
    }
    let segments = NumbersBy::ALL.map(|by| Segment {
        explanation: Some(by.explanation().to_owned()),
        name: format!("Numbers: {}", by.label().to_lowercase()),
        ..Segment::new(by.label())
    });
    let chosen = NumbersBy::ALL.iter().position(|one| one == by).unwrap_or_default();
    if let Some(place) = segmented(ui, SegmentLook::Plain, &segments, chosen) {
        *by = NumbersBy::ALL[place];
    }
    ui.add_space(theme::GRID);
    ui.spacing_mut().item_spacing.x = theme::WIDE_GAP;
    let split = NumbersBy::SPLIT.iter().position(|one| one == by);
    ui.columns(numbers.len(), |columns| {
        for (ui, number) in columns.iter_mut().zip(numbers) {
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
            match split.and_then(|place| number.bars.get(place)) {
                None => course(ui, number),
                Some(bars) => show_bars(ui, number, bars, *by),
            }
        }
    });
}

fn note(ui: &mut Ui, text: &str) {
    let colors = theme::palette(ui.style());
    ui.label(RichText::new(format!("{} {text}", icons::NOTE)).color(colors.hint));
}

/// Where the plot ends: a little above the largest value, and never so low that zero stands in the middle.
fn top(number: &Number) -> f64 {
    let values = number.course.iter().map(|[_, value]| *value).chain(number.expected);
    let most = values.fold(0.0, f64::max);
    if most > 0.0 { most * 1.15 } else { 0.1 }
}

fn course(ui: &mut Ui, number: &Number) {
    let colors = theme::palette(ui.style());
    if number.course.len() < 2 {
        return note(ui, "Too few values for a course yet.");
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

/// The latest values beside each other, each with its text above and what it is of below; the dashed line is what is expected.
fn show_bars(ui: &mut Ui, number: &Number, bars: &[NumberBar], by: NumbersBy) {
    if bars.is_empty() {
        return note(ui, "No value yet.");
    }
    let shown = &bars[bars.len().saturating_sub(MOST_BARS)..];
    let size = vec2(ui.available_width(), ui.available_height().max(60.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let told: Vec<String> = shown.iter().map(|bar| format!("{} {}", bar.label, bar.text)).collect();
    let spoken = format!("{} {}: {}", number.name, by.label().to_lowercase(), told.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    paint(ui, rect, &response, number, shown);
}

fn paint(ui: &Ui, rect: Rect, response: &Response, number: &Number, bars: &[NumberBar]) {
    const WIDEST: f32 = 40.0;
    let colors = theme::palette(ui.style());
    let font = theme::note_font();
    let line = font.size + theme::GRID;
    let field = Rect::from_min_max(rect.min + vec2(0.0, line), rect.max - vec2(0.0, line));
    let most = bars.iter().map(|bar| bar.value).chain(number.expected).fold(0.0, f64::max);
    let height = |value: f64| if most > 0.0 { (value / most) as f32 * field.height() } else { 0.0 };
    let step = (rect.width() / bars.len() as f32).min(2.0 * WIDEST);
    let width = (step * 0.6).min(WIDEST);
    let painter = ui.painter_at(rect);
    painter.hline(field.x_range(), field.bottom() + 0.5, theme::line(colors));
    for (place, bar) in bars.iter().enumerate() {
        let cell = Rect::from_min_size(pos2(rect.left() + place as f32 * step, rect.top()), vec2(step, rect.height()));
        let is_last = place + 1 == bars.len();
        let middle = cell.center().x;
        let top = field.bottom() - height(bar.value).max(1.0);
        let body = Rect::from_min_max(pos2(middle - width / 2.0, top), pos2(middle + width / 2.0, field.bottom()));
        painter.rect_filled(body, 2.0, if is_last { colors.text } else { colors.secondary });
        let clip = painter.with_clip_rect(cell.shrink2(vec2(1.0, 0.0)));
        clip.text(pos2(middle, top - 1.0), Align2::CENTER_BOTTOM, &bar.text, font.clone(), colors.text);
        let below = pos2(middle, rect.bottom());
        clip.text(below, Align2::CENTER_BOTTOM, &bar.label, font.clone(), colors.secondary);
        if response.hover_pos().is_some_and(|at| cell.contains(at)) {
            response.clone().on_hover_text(format!("{}: {}", bar.label, bar.text));
        }
    }
    if let Some(expected) = number.expected {
        let y = field.bottom() - height(expected);
        let dashes = [pos2(field.left(), y), pos2(field.right(), y)];
        painter.extend(eframe::egui::Shape::dashed_line(&dashes, Stroke::new(1.0, colors.hint), 4.0, 4.0));
    }
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
            bars: Default::default(),
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
