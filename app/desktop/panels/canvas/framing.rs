//! The box of a repair, or the frame of a picture that is extended, over the picture: dragged, drawn, kept in sight.

use eframe::egui::{Rect, Shape, Stroke, Ui};
use kento_finishing::region::Edges;

use super::ui::CanvasPanel;
use crate::theme;
use crate::widgets::image_view::{Compare, ViewTool, Zoom};
use crate::widgets::pixel_box::{self, BoxPlace, PixelBox};

/// Space around an extended picture that is brought into sight, in points; at its left the tools float.
const AROUND: f32 = 32.0;
const TOOLS: f32 = 56.0;
/// A frame is never enlarged more than this to be in sight, in points to a pixel.
const MOST_ENLARGED: f32 = 6.0;
const LEAST_ENLARGED: f32 = 1.0 / 64.0;

impl CanvasPanel {
    /// Lets the pointer have the box before the picture has it. To be called before the view is drawn.
    pub(super) fn follow_frame(&mut self, ui: &Ui, size: [f32; 2], area: Rect) {
        self.view.yields = false;
        let pixels = size.map(|side| side as u32);
        let is_seen = self.view.tool == ViewTool::Draw && self.view.compare != Compare::SideBySide;
        let Some(shown) = self.frame.filter(|_| is_seen && !self.view.is_drawing()) else {
            self.repairing.give_up_drag(pixels);
            return;
        };
        if shown.outset > 0.0 && !self.repairing.drag().is_held() {
            self.keep_in_sight(shown.edges, size, area);
        }
        let view = self.view;
        let place = BoxPlace { camera: &view.camera, size, area };
        let is_free = |at: eframe::egui::Pos2| !view.has_tools_at(at.into());
        let events = pixel_box::follow(ui, self.repairing.drag(), &shown, place, is_free);
        self.view.yields = self.repairing.drag().grip().is_some();
        for event in events {
            self.repairing.take_box(pixels, event);
            ui.ctx().request_repaint();
        }
    }

    /// Draws what is added at the sides, and the handles. To be called after the view was drawn.
    pub(super) fn paint_frame(&mut self, ui: &Ui, size: [f32; 2], area: Rect) {
        let is_seen = self.view.tool == ViewTool::Draw && self.view.compare != Compare::SideBySide;
        let Some(shown) = self.frame.filter(|_| is_seen) else { return };
        let camera = self.view.camera;
        let place = BoxPlace { camera: &camera, size, area };
        let painter = ui.painter_at(area);
        if shown.outset > 0.0 {
            let color = self.repairing.mask_colour();
            for strip in strips(&shown, size) {
                painter.add(Shape::convex_polygon(place.corners(strip).to_vec(), color, Stroke::NONE));
            }
            let colors = theme::palette(ui.style());
            for (width, color) in [(3.0, colors.scrim), (1.0, colors.on_scrim)] {
                painter.add(Shape::closed_line(place.corners(shown.edges).to_vec(), Stroke::new(width, color)));
            }
        }
        if !self.view.is_drawing() {
            pixel_box::paint(ui, &painter, self.repairing.drag(), &shown, place);
        }
    }

    /// Shows an extended picture smaller where its frame has grown out of sight by other means than the pointer.
    fn keep_in_sight(&mut self, frame: Edges, size: [f32; 2], area: Rect) {
        if self.framed.replace(frame) == Some(frame) {
            return;
        }
        let place = BoxPlace { camera: &self.view.camera, size, area };
        let room = area.shrink(AROUND / 2.0);
        let corners = place.corners(frame);
        if corners.into_iter().all(|corner| room.contains(corner)) {
            return;
        }
        // As it stands in the window, turned or not.
        let seen = Rect::from_points(&corners);
        let now = self.view.camera.scale(size, area.size().into());
        let [left, top, right, bottom] = frame.map(|edge| edge as f32);
        let free = [area.width() - TOOLS - AROUND, area.height() - 2.0 * AROUND].map(|side| side.max(1.0));
        let fitting = now * (free[0] / seen.width()).min(free[1] / seen.height());
        let scale = fitting.clamp(LEAST_ENLARGED, MOST_ENLARGED);
        self.view.camera.zoom = Zoom::Factor(scale);
        let beside_tools = if self.view.camera.degrees == 0.0 { (TOOLS - AROUND) / 2.0 / scale } else { 0.0 };
        self.view.camera.centre = [((left + right) / 2.0 - beside_tools) / size[0], (top + bottom) / 2.0 / size[1]];
    }
}

/// What is added at each side of a picture of this size: those that are something.
fn strips(shown: &PixelBox, size: [f32; 2]) -> impl Iterator<Item = Edges> {
    let [left, top, right, bottom] = shown.edges;
    let [width, height] = size.map(|side| side as i64);
    [[left, top, right, 0], [left, height, right, bottom], [left, 0, 0, height], [width, 0, right, height]]
        .into_iter()
        .filter(|[left, top, right, bottom]| left < right && top < bottom)
}
