use eframe::egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, TextureId, Vec2, vec2};

use super::camera::Camera;

/// Where the pixels of a picture are seen in the window, also while it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// Where the upper left corner of the first pixel is.
    corner: Pos2,
    /// One pixel to the right, in points.
    right: Vec2,
    /// One pixel down.
    down: Vec2,
}

impl Plane {
    /// A picture of this size in pixels, as a camera sees it in a pane.
    pub fn of(camera: &Camera, pane: Rect, size: [f32; 2]) -> Self {
        let extent: [f32; 2] = pane.size().into();
        let scale = camera.scale(size, extent);
        Self {
            corner: pane.center() + Vec2::from(camera.ui_from_image([0.0, 0.0], size, extent)),
            right: Vec2::from(camera.turned([scale, 0.0])),
            down: Vec2::from(camera.turned([0.0, scale])),
        }
    }

    /// A picture of this size in pixels that fills a rectangle.
    pub fn filling(rect: Rect, size: [f32; 2]) -> Self {
        let (right, down) = (vec2(rect.width() / size[0], 0.0), vec2(0.0, rect.height() / size[1]));
        Self { corner: rect.min, right, down }
    }

    /// Another picture of this size in pixels that fills a part of this one.
    pub fn within(&self, part: [f32; 4], size: [f32; 2]) -> Self {
        let [left, top, right, bottom] = part;
        Self {
            corner: self.spot([left, top]),
            right: self.right * ((right - left) / size[0]),
            down: self.down * ((bottom - top) / size[1]),
        }
    }

    /// Where a place of the picture, in its pixels, is seen.
    pub fn spot(&self, [x, y]: [f32; 2]) -> Pos2 {
        self.corner + self.right * x + self.down * y
    }

    /// The place of the picture, in its pixels, that is seen here.
    pub fn place(&self, at: Pos2) -> [f32; 2] {
        let from_corner = at - self.corner;
        [self.right, self.down].map(|axis| from_corner.dot(axis) / axis.length_sq())
    }

    /// Where the upper left corner of the first pixel is seen, and one pixel to the right and down as they are seen, in points.
    pub(super) fn axes(&self) -> (Pos2, [Vec2; 2]) {
        (self.corner, [self.right, self.down])
    }

    /// Points of the window to one pixel.
    pub fn scale(&self) -> f32 {
        self.right.length()
    }

    /// Whether rows of the picture are rows of the window.
    pub fn is_upright(&self) -> bool {
        self.right.y == 0.0 && self.right.x > 0.0
    }

    /// The corners of a part, in pixels of the picture: left, top, right and bottom.
    pub fn corners(&self, [left, top, right, bottom]: [f32; 4]) -> [Pos2; 4] {
        [[left, top], [right, top], [right, bottom], [left, bottom]].map(|at| self.spot(at))
    }

    /// The smallest upright rectangle of the window that holds a part.
    pub fn bounds(&self, part: [f32; 4]) -> Rect {
        Rect::from_points(&self.corners(part))
    }

    /// Draws a texture, or the part `uv` of it, over a part of the picture. Nothing where that is out of sight.
    pub fn paint(&self, painter: &Painter, texture: TextureId, part: [f32; 4], uv: Rect, tint: Color32) {
        let bounds = self.bounds(part);
        if !bounds.intersects(painter.clip_rect()) {
            return;
        }
        if self.is_upright() {
            painter.image(texture, bounds, uv, tint);
            return;
        }
        let mut mesh = Mesh::with_texture(texture);
        mesh.add_rect_with_uv(bounds, uv, tint);
        for (vertex, at) in mesh.vertices.iter_mut().zip(self.in_order_of_a_mesh(part)) {
            vertex.pos = at;
        }
        painter.add(Shape::mesh(mesh));
    }

    /// A rectangle of a mesh begins at the upper left and goes on row by row.
    fn in_order_of_a_mesh(&self, part: [f32; 4]) -> [Pos2; 4] {
        let [upper_left, upper_right, lower_right, lower_left] = self.corners(part);
        [upper_left, upper_right, lower_left, lower_right]
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::super::camera::Zoom;
    use super::*;
    use crate::theme;

    #[test]
    fn a_plane_shows_every_pixel_where_the_camera_does() {
        let (pane, size) = (Rect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 200.0)), [64.0, 48.0]);
        let mut camera = Camera { zoom: Zoom::Factor(3.0), centre: [0.2, 0.7], ..Camera::default() };
        for degrees in [0.0, 20.0, 90.0, -110.0] {
            camera.upright(size, pane.size().into());
            camera.turn_at([0.0, 0.0], degrees, size, pane.size().into());
            let plane = Plane::of(&camera, pane, size);
            assert_eq!(plane.is_upright(), degrees == 0.0);
            assert!((plane.scale() - 3.0).abs() < 1e-4);
            for at in [[0.0, 0.0], [64.0, 0.0], [20.5, 33.0], [64.0, 48.0]] {
                let share = [at[0] / size[0], at[1] / size[1]];
                let seen = pane.center() + Vec2::from(camera.ui_from_image(share, size, pane.size().into()));
                assert!((plane.spot(at) - seen).length() < 1e-2, "{degrees}: {at:?}");
                let back = plane.place(plane.spot(at));
                assert!((0..2).all(|axis| (back[axis] - at[axis]).abs() < 1e-2), "{degrees}: {at:?} is {back:?}");
            }
        }
    }

    #[test]
    fn a_mesh_has_its_corners_where_its_texture_has_them() {
        let rect = Rect::from_min_max(pos2(1.0, 2.0), pos2(5.0, 10.0));
        let mut mesh = Mesh::default();
        mesh.add_rect_with_uv(rect, rect, theme::UNTINTED);
        let plane = Plane::filling(rect, [4.0, 8.0]);
        let corners = plane.in_order_of_a_mesh([0.0, 0.0, 4.0, 8.0]);
        for (vertex, at) in mesh.vertices.iter().zip(corners) {
            assert_eq!((vertex.pos, vertex.uv), (at, at));
        }
    }
}
