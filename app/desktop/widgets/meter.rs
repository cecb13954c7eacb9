use eframe::egui::{Response, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use super::marks;
use crate::theme;

/// How much of a form is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// Of what: "Brief".
    pub name: String,
    /// Fields that are filled in, or not needed for a reason that was given.
    pub done: usize,
    /// All fields that count.
    pub of: usize,
    /// What is still missing, by name.
    pub missing: Vec<String>,
}

impl Completeness {
    /// In words: `Brief 7 of 9 · missing: Audience, Deadline`.
    pub fn text(&self) -> String {
        let missing = match self.missing.as_slice() {
            [] => String::new(),
            few if few.len() <= 3 => format!(" · missing: {}", few.join(", ")),
            many => format!(" · missing: {} and {} more", many[..2].join(", "), many.len() - 2),
        };
        format!("{} {} of {}{missing}", self.name, self.done, self.of)
    }
}

/// Draws a segment for every field and the words below.
pub fn show_completeness(ui: &mut Ui, meter: &Completeness) -> Response {
    let palette = theme::palette(ui.style());
    let width = ui.available_width().min(theme::MEASURE);
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::PROGRESS_HEIGHT), Sense::hover());
    let complete = meter.done >= meter.of;
    let fill = if complete { palette.pass } else { palette.accent };
    let gap = if meter.of > 24 { 0.0 } else { 2.0 };
    let each = (width + gap) / meter.of.max(1) as f32;
    for i in 0..meter.of {
        let at = rect.min + vec2(each * i as f32, 0.0);
        let segment = eframe::egui::Rect::from_min_size(at, vec2(each - gap, rect.height()));
        marks::bar(ui.painter(), segment, if i < meter.done { 1.0 } else { 0.0 }, palette.raised, fill);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, meter.text()));
    ui.label(RichText::new(meter.text()).font(theme::note_font()).color(palette.secondary));
    if meter.missing.len() > 3 { response.on_hover_text(meter.missing.join("\n")) } else { response }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_but_never_at_length() {
        let mut meter = Completeness { name: "Brief".to_owned(), done: 9, of: 9, missing: Vec::new() };
        assert_eq!(meter.text(), "Brief 9 of 9");
        meter.done = 5;
        meter.missing = ["Audience", "Deadline", "Palette", "Stakes"].map(str::to_owned).to_vec();
        assert_eq!(meter.text(), "Brief 5 of 9 · missing: Audience, Deadline and 2 more");
    }
}
