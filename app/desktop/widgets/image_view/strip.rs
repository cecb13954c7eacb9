use eframe::egui::{Rect, Stroke, StrokeKind, Ui, UiBuilder, vec2};

use super::data::{Compare, ImageView, ViewTool};
use crate::theme::{self, icons};
use crate::widgets::{Allowed, IconButton};

/// Buttons of the strip.
const BUTTONS: usize = 9;
/// From one button to the next, in points, and what the strip has around them.
const STEP: f32 = theme::CONTROL_HEIGHT + SPACE;
const SPACE: f32 = 2.0;
const AROUND: f32 = 8.0;

/// Columns of the strip in a view of this height: one, or as many as a low view needs.
fn columns(height: f32) -> usize {
    let rows = ((height - 2.0 * theme::GAP - AROUND + SPACE) / STEP).floor().max(1.0) as usize;
    BUTTONS.div_ceil(rows)
}

/// Room that the strip takes at the left of a view of this height, in points.
pub(super) fn room(height: f32) -> f32 {
    columns(height) as f32 * STEP - SPACE + AROUND + 2.0 * theme::GAP
}

/// What a button of the strip does.
enum Act {
    Fit,
    OneToOne,
    Compare(Compare),
    Take(ViewTool),
}

/// Draws the floating strip of tools at the upper left of the view.
pub(super) fn show(ui: &mut Ui, view: &mut ImageView, area: Rect, has_second: bool) {
    let colors = theme::palette(ui.style());
    let columns = columns(area.height());
    let size = [columns, BUTTONS.div_ceil(columns)].map(|buttons| buttons as f32 * STEP - SPACE + AROUND);
    let strip = Rect::from_min_size(area.min + vec2(theme::GAP, theme::GAP), size.into());
    view.tools_at = [strip.left(), strip.top(), strip.right(), strip.bottom()];
    let edge = Stroke::new(1.0, colors.line);
    ui.painter().rect(strip, theme::group_rounding(), colors.header, edge, StrokeKind::Inside);
    let first = strip.min + vec2(AROUND, AROUND) / 2.0;
    let mut pressed = None;
    for (i, (button, act)) in buttons(view, has_second).into_iter().enumerate() {
        let at = first + vec2((i % columns) as f32, (i / columns) as f32) * STEP;
        let cell = Rect::from_min_size(at, vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
        ui.scope_builder(UiBuilder::new().max_rect(cell), |ui| {
            if button.show(ui) {
                pressed = Some(act);
            }
        });
    }
    match pressed {
        Some(Act::Fit) => view.camera.fit(),
        Some(Act::OneToOne) => view.camera.one_to_one(ui.pixels_per_point()),
        Some(Act::Compare(mode)) => view.compare = mode,
        Some(Act::Take(tool)) => view.toggle(tool),
        None => {}
    }
}

fn buttons(view: &ImageView, has_second: bool) -> [(IconButton, Act); BUTTONS] {
    let mode = |icon, name: &str, keys: &'static str, mode: Compare| {
        let is_on = std::mem::discriminant(&view.compare) == std::mem::discriminant(&mode);
        let second = match has_second {
            true => Allowed::Yes,
            false => Allowed::No("select a second picture and press C".to_owned()),
        };
        (IconButton::new(icon, name).keys(keys).on(is_on).allowed(second), Act::Compare(mode))
    };
    let tool = |icon, name: &str, keys: &'static str, tool: ViewTool| {
        (IconButton::new(icon, name).keys(keys).on(view.tool == tool), Act::Take(tool))
    };
    let single = IconButton::new(icons::SINGLE, "One picture").on(view.compare == Compare::Single);
    [
        (IconButton::new(icons::FIT, "Whole picture").keys("F"), Act::Fit),
        (IconButton::new(icons::ONE_TO_ONE, "100 %").keys("1"), Act::OneToOne),
        (single, Act::Compare(Compare::Single)),
        mode(icons::COLUMNS, "Side by side", "D", Compare::SideBySide),
        mode(icons::SLIDER, "Slider", "S", Compare::Slider { at: 0.5 }),
        mode(icons::FLICKER, "In turn", "B", Compare::Flicker { shows_second: true }),
        mode(icons::DIFFERENCE, "Heat map of the difference", "H", Compare::Difference),
        tool(icons::PIN, "Set a pin", "P", ViewTool::Pin),
        tool(icons::PICK, "Pick a colour", "I", ViewTool::Pick),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_view_has_its_tools_in_more_columns_and_none_of_them_beyond_it() {
        assert_eq!([600.0, 292.0, 291.0, 172.0, 120.0].map(columns), [1, 1, 2, 2, 3]);
        assert_eq!([room(600.0), room(200.0)], [52.0, 82.0]);
        assert_eq!(columns(0.0), BUTTONS, "side by side where there is no height at all");
    }
}
