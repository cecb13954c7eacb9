use eframe::egui::{Painter, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, vec2};

use super::overlay::boxed;
use super::picture::PictureTexture;
use super::plane::Plane;
use crate::theme;

/// A part of the picture that is being made anew.
pub struct Live<'a> {
    /// What it looks like so far; none before the first preview.
    pub picture: Option<&'a mut PictureTexture>,
    /// Left, top, right and bottom in pixels of the picture.
    pub part: [f32; 4],
    /// How far it is, 0 to 1.
    pub fraction: f32,
    /// The same in words.
    pub detail: &'a str,
}

impl Live<'_> {
    /// Draws what is made so far into its place.
    pub(super) fn paint(&mut self, painter: &Painter, plane: &Plane, pixels_per_point: f32) {
        if let Some(picture) = &mut self.picture {
            let inner = plane.within(self.part, picture.size());
            picture.paint(painter, &inner, inner.scale() * pixels_per_point);
        }
    }

    /// Draws the edge of the part with the progress along it, and says how far it is.
    pub(super) fn frame(&self, ui: &Ui, painter: &Painter, plane: &Plane) {
        let colors = theme::palette(ui.style());
        boxed(painter, plane, self.part, colors);
        let [upper_left, _, lower_right, lower_left] = plane.corners(self.part);
        let done = lower_left + (lower_right - lower_left) * self.fraction.clamp(0.0, 1.0);
        painter.add(Shape::line_segment([lower_left, done], Stroke::new(theme::PROGRESS_HEIGHT, colors.accent)));
        let text = painter.layout_no_wrap(self.detail.to_owned(), theme::note_font(), colors.on_scrim);
        let size = text.size() + vec2(2.0 * theme::GRID, theme::GRID);
        // Above the part, or within it where that is at the upper edge of the view.
        let bounds = plane.bounds(self.part);
        let corner = if plane.is_upright() { upper_left } else { bounds.left_top() };
        let room = painter.clip_rect();
        let y = if corner.y - size.y > room.top() { corner.y - size.y } else { corner.y.max(room.top()) };
        let back = Rect::from_min_size(eframe::egui::pos2(corner.x.max(room.left()), y), size);
        painter.rect_filled(back, 0.0, colors.scrim);
        painter.galley(back.min + vec2(theme::GRID, theme::GRID / 2.0), text, colors.on_scrim);
        let response = ui.interact(back.intersect(room), ui.unique_id().with("live preview"), Sense::hover());
        let name = format!("Live preview in the region, {}", self.detail);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    }
}
