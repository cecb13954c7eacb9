use eframe::egui::{Painter, Pos2, Rect, Stroke, vec2};

use super::overlay::{boxed, dashed};
use super::plane::Plane;
use crate::theme;

/// A line for composition: the edge of a part of the picture, or one that goes through all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide {
    /// Where it is.
    pub line: GuideLine,
    /// What it is for, in a few words; it stands inside the part.
    pub label: String,
}

/// Where a guide is, in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GuideLine {
    /// Left, top, right and bottom of what is cut out.
    Frame([f32; 4]),
    /// The same of a part within it.
    Part([f32; 4]),
    /// Down the picture, so many pixels from the left.
    Upright(f32),
    /// Across it, so many pixels from the top.
    Level(f32),
}

/// A line that goes through all of the picture goes so many pixels beyond it.
const BEYOND: f32 = 100_000.0;

impl Guide {
    pub(super) fn paint(&self, painter: &Painter, plane: &Plane, colors: &theme::Palette) {
        match self.line {
            GuideLine::Frame(part) => {
                boxed(painter, plane, part, colors);
                self.paint_label(painter, plane.bounds(part).left_top(), colors);
            }
            GuideLine::Part(part) => {
                let mut points = plane.corners(part).to_vec();
                points.push(points[0]);
                dashed(painter, &points, colors);
                // Below the label of the frame, where both begin at the same corner.
                let [_, _, _, lower_left] = plane.corners(part);
                self.paint_label(painter, lower_left - vec2(0.0, LABEL_HEIGHT), colors);
            }
            GuideLine::Upright(x) => through(painter, plane, [[x, -BEYOND], [x, BEYOND]], colors),
            GuideLine::Level(y) => through(painter, plane, [[-BEYOND, y], [BEYOND, y]], colors),
        }
    }

    fn paint_label(&self, painter: &Painter, corner: Pos2, colors: &theme::Palette) {
        if self.label.is_empty() {
            return;
        }
        let text = painter.layout_no_wrap(self.label.clone(), theme::note_font(), colors.on_scrim);
        let back = Rect::from_min_size(corner, vec2(text.size().x + 2.0 * theme::GRID, LABEL_HEIGHT));
        painter.rect_filled(back, 0.0, colors.scrim);
        painter.galley(back.min + vec2(theme::GRID, (LABEL_HEIGHT - text.size().y) / 2.0), text, colors.on_scrim);
    }
}

/// Height of a label, in points.
const LABEL_HEIGHT: f32 = 18.0;

fn through(painter: &Painter, plane: &Plane, ends: [[f32; 2]; 2], colors: &theme::Palette) {
    let points = ends.map(|at| plane.spot(at));
    painter.line_segment(points, Stroke::new(3.0, colors.scrim));
    painter.line_segment(points, Stroke::new(1.0, colors.on_scrim));
}
