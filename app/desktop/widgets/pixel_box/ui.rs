use eframe::egui::{
    Align2, CursorIcon, Event, Key, Modifiers, Painter, PointerButton, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2,
    vec2,
};
use kento_finishing::region::{Edges, Grip};

use super::data::{BoxDrag, BoxEvent, PixelBox, grip_at, handle_at, handles};
use crate::theme::{self, Palette};
use crate::widgets::image_view::Camera;

/// Side of a handle in points.
const HANDLE: f32 = 7.0;

/// Where the picture stands in the window.
#[derive(Clone, Copy)]
pub struct BoxPlace<'a> {
    /// What is seen of it.
    pub camera: &'a Camera,
    /// Its width and height in pixels.
    pub size: [f32; 2],
    /// The part of the window that it is seen in.
    pub area: Rect,
}

impl BoxPlace<'_> {
    /// Where a place of the picture, in pixels, is seen.
    pub fn in_window(&self, at_in_image: [f32; 2]) -> Pos2 {
        let place = [0, 1].map(|axis| at_in_image[axis] / self.size[axis]);
        self.area.center() + Vec2::from(self.camera.ui_from_image(place, self.size, self.area.size().into()))
    }

    /// The place of the picture, in pixels, that is seen here.
    pub fn in_image(&self, at: Pos2) -> [f32; 2] {
        let from_centre = (at - self.area.center()).into();
        let place = self.camera.image_from_ui(from_centre, self.size, self.area.size().into());
        [0, 1].map(|axis| place[axis] * self.size[axis])
    }

    /// Corners in the window, from the upper left one clockwise.
    pub fn corners(&self, edges: Edges) -> [Pos2; 4] {
        let [left, top, right, bottom] = edges.map(|edge| edge as f32);
        [[left, top], [right, top], [right, bottom], [left, bottom]].map(|corner| self.in_window(corner))
    }
}

/// Follows the pointer of this frame. `is_free` says of a place of the window whether the box may be taken hold of there: nothing else lies
/// over the picture.
pub fn follow(
    ui: &Ui,
    drag: &mut BoxDrag,
    shown: &PixelBox,
    place: BoxPlace<'_>,
    is_free: impl Fn(Pos2) -> bool,
) -> Vec<BoxEvent> {
    let corners = place.corners(shown.edges).map(Into::into);
    let grip = |at: Pos2| {
        let is_here = place.area.contains(at) && is_free(at) && ui.ctx().layer_id_at(at) == Some(ui.layer_id());
        is_here.then(|| grip_at(at.into(), corners, shown.outset)).flatten()
    };
    let mut done = Vec::new();
    let mut stands = shown.edges;
    let hand = ui.input(|input| input.key_down(Key::Space));
    for event in ui.input(|input| input.events.clone()) {
        match event {
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } if !hand => {
                if let Some(grip) = grip(pos).filter(|_| !drag.is_held()) {
                    drag.take(grip, shown.edges, place.in_image(pos));
                }
            }
            Event::PointerMoved(pos) => {
                // A hand that trembles at a press chooses nothing.
                if let Some(edges) = drag.dragged(place.in_image(pos), &shown.limits).filter(|edges| *edges != stands) {
                    stands = edges;
                    done.push(BoxEvent::Dragged(edges));
                }
            }
            Event::PointerButton { button: PointerButton::Primary, pressed: false, .. } => {
                done.extend(drag.let_go().then_some(BoxEvent::Done));
            }
            Event::WindowFocused(false) => done.extend(drag.let_go().then_some(BoxEvent::GivenUp)),
            _ => {}
        }
    }
    if drag.is_held() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        drag.let_go();
        done.push(BoxEvent::GivenUp);
    }
    drag.pointed = ui.input(|input| input.pointer.hover_pos()).filter(|_| !hand).and_then(grip);
    if drag.pointed.is_some() && ui.input(|input| input.pointer.button_double_clicked(PointerButton::Primary)) {
        drag.let_go();
        done.push(BoxEvent::Reset);
    }
    done
}

/// Draws the handles, the one that is pointed at in the accent, and sets the cursor. While it is dragged its size stands beside it.
pub fn paint(ui: &Ui, painter: &Painter, drag: &BoxDrag, shown: &PixelBox, place: BoxPlace<'_>) {
    let colors = theme::palette(ui.style());
    let corners = place.corners(shown.edges).map(Into::into);
    for grip in handles(corners) {
        let [x, y] = handle_at(grip, corners, shown.outset);
        let rect = Rect::from_center_size(pos2(x, y), vec2(HANDLE, HANDLE));
        let fill = if drag.grip() == Some(grip) { colors.accent } else { colors.on_scrim };
        painter.rect(rect, 1.0, fill, Stroke::new(1.0, colors.scrim), StrokeKind::Outside);
    }
    if let Some(grip) = drag.grip() {
        ui.ctx().set_cursor_icon(cursor(grip, corners));
    }
    if drag.is_held() {
        size_beside(painter, shown.edges, place, colors);
    }
}

/// The size of the box, below its lower edge or above that where there is no room.
fn size_beside(painter: &Painter, edges: Edges, place: BoxPlace<'_>, colors: &Palette) {
    let [left, top, right, bottom] = edges;
    let text = format!("{}×{}", right - left, bottom - top);
    let text = painter.layout_no_wrap(text, theme::small_mono_font(), colors.on_scrim);
    let size = text.size() + vec2(2.0 * theme::GAP, 6.0);
    let corner = place.in_window([right as f32, bottom as f32]) + vec2(-size.x, theme::GAP);
    let room = place.area.shrink(theme::GAP);
    let corner = corner.clamp(room.min, (room.max - size).max(room.min));
    let back = Rect::from_min_size(corner, size);
    painter.rect_filled(back, theme::picture_rounding(), colors.scrim);
    let text_at = Align2::CENTER_CENTER.align_size_within_rect(text.size(), back).min;
    painter.galley(text_at, text, colors.on_scrim);
}

/// The cursor that shows where it can be dragged, however the picture is turned.
fn cursor(grip: Grip, corners: [[f32; 2]; 4]) -> CursorIcon {
    let along = |to: usize| {
        let side = [0, 1].map(|axis| corners[to][axis] - corners[0][axis]);
        let length = side[0].hypot(side[1]).max(f32::EPSILON);
        side.map(|axis| axis / length)
    };
    let (across, down) = (along(1), along(3));
    let [x, y] = grip.side().map(f32::from);
    let way = [across[0] * x + down[0] * y, across[1] * x + down[1] * y];
    if grip == Grip::Whole {
        return CursorIcon::Move;
    }
    // Directions that are opposite have one cursor: four of them in half a turn.
    let eighth = (way[1].atan2(way[0]) / std::f32::consts::FRAC_PI_4).round() as i32;
    match eighth.rem_euclid(4) {
        0 => CursorIcon::ResizeHorizontal,
        1 => CursorIcon::ResizeNwSe,
        2 => CursorIcon::ResizeVertical,
        _ => CursorIcon::ResizeNeSw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_shows_the_way_also_on_a_turned_picture() {
        let upright = [[0.0, 0.0], [10.0, 0.0], [10.0, 20.0], [0.0, 20.0]];
        assert_eq!(cursor(Grip::Left, upright), CursorIcon::ResizeHorizontal);
        assert_eq!(cursor(Grip::Bottom, upright), CursorIcon::ResizeVertical);
        assert_eq!(cursor(Grip::RightBottom, upright), CursorIcon::ResizeNwSe);
        assert_eq!(cursor(Grip::RightTop, upright), CursorIcon::ResizeNeSw);
        assert_eq!(cursor(Grip::Whole, upright), CursorIcon::Move);
        let turned = [[20.0, 0.0], [20.0, 10.0], [0.0, 10.0], [0.0, 0.0]];
        assert_eq!(cursor(Grip::Left, turned), CursorIcon::ResizeVertical);
        assert_eq!(cursor(Grip::RightBottom, turned), CursorIcon::ResizeNeSw);
    }
}
