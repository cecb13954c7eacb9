use eframe::egui::{Align, Frame, Layout, Margin, Rect, Stroke, Ui, UiBuilder, vec2};

use super::data::{Compare, ImageView, ViewTool};
use crate::theme::{self, icons};
use crate::widgets::{Allowed, IconButton};

/// Draws the floating strip of tools at the upper left of the view: upright, or lying where the view is too low for that.
pub(super) fn show(ui: &mut Ui, view: &mut ImageView, area: Rect, has_second: bool) {
    const BUTTONS: f32 = 8.0;
    let colors = theme::palette(ui.style());
    let pixels_per_point = ui.pixels_per_point();
    let corner = area.min + vec2(theme::GAP, theme::GAP);
    let (length, breadth) = (BUTTONS * (theme::CONTROL_HEIGHT + 2.0) + 8.0, theme::CONTROL_HEIGHT + 8.0);
    let lies = area.height() < length + 2.0 * theme::GAP;
    let size = if lies { vec2(length, breadth) } else { vec2(breadth, length) };
    let layout = if lies { Layout::left_to_right(Align::Min) } else { Layout::top_down(Align::Min) };
    let frame = Frame::new()
        .fill(colors.header)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(theme::group_rounding())
        .inner_margin(Margin::same(3));
    let second = || match has_second {
        true => Allowed::Yes,
        false => Allowed::No("select a second picture and press C".to_owned()),
    };
    let shown = ui.scope_builder(UiBuilder::new().max_rect(Rect::from_min_size(corner, size)).layout(layout), |ui| {
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
            if IconButton::new(icons::FIT, "Whole picture").keys("F").show(ui) {
                view.camera.fit();
            }
            if IconButton::new(icons::ONE_TO_ONE, "100 %").keys("1").show(ui) {
                view.camera.one_to_one(pixels_per_point);
            }
            let is = |compare: Compare| std::mem::discriminant(&view.compare) == std::mem::discriminant(&compare);
            let modes = [
                (icons::SINGLE, "One picture", None, Compare::Single),
                (icons::COLUMNS, "Side by side", Some("D"), Compare::SideBySide),
                (icons::SLIDER, "Slider", Some("S"), Compare::Slider { at: 0.5 }),
                (icons::FLICKER, "In turn", Some("B"), Compare::Flicker { shows_second: true }),
            ];
            let mut chosen = None;
            for (icon, name, keys, mode) in modes {
                let mut button = IconButton::new(icon, name).on(is(mode));
                button.keys = keys;
                if mode != Compare::Single {
                    button = button.allowed(second());
                }
                if button.show(ui) {
                    chosen = Some(mode);
                }
            }
            if let Some(mode) = chosen {
                view.compare = mode;
            }
            let tools =
                [(icons::PIN, "Set a pin", "P", ViewTool::Pin), (icons::PICK, "Pick a colour", "I", ViewTool::Pick)];
            for (icon, name, keys, tool) in tools {
                if IconButton::new(icon, name).keys(keys).on(view.tool == tool).show(ui) {
                    view.toggle(tool);
                }
            }
        });
    });
    let rect = shown.response.rect;
    view.tools_at = [rect.left(), rect.top(), rect.right(), rect.bottom()];
}
