use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, StrokeKind};

use super::guide::Guide;
use super::mask_layer::MaskLayer;
use super::plane::Plane;
use crate::theme;

/// What lies over a picture while something is masked on it or laid out. Places are in pixels of the picture.
#[derive(Clone, Copy, Default)]
pub struct Overlay<'a> {
    /// What is masked, and the colour that it is shown in.
    pub mask: Option<(&'a MaskLayer, Color32)>,
    /// Closed lines around what is masked.
    pub outline: &'a [Vec<[f32; 2]>],
    /// A line that is being drawn, for the lasso and the shapes.
    pub sketch: &'a [[f32; 2]],
    /// Left, top, right and bottom of the region that is generated.
    pub region: Option<[f32; 4]>,
    /// Radius of the brush, seen around the pointer.
    pub brush: Option<f32>,
    /// Lines for composition.
    pub guides: &'a [Guide],
}

const DASH: f32 = 5.0;

impl Overlay<'_> {
    /// Draws what is masked, over a picture of this size in pixels.
    pub(super) fn paint_mask(&self, painter: &Painter, plane: &Plane, [width, height]: [f32; 2]) {
        if let Some((layer, color)) = self.mask {
            let size = layer.size().map(|side| side as f32);
            layer.paint(painter, &plane.within([0.0, 0.0, width, height], size), color);
        }
    }

    /// Draws every line that lies over picture and mask.
    pub(super) fn paint_lines(&self, painter: &Painter, plane: &Plane, pointer: Option<Pos2>, colors: &theme::Palette) {
        let places = |line: &[[f32; 2]]| line.iter().map(|at| plane.spot(*at)).collect::<Vec<Pos2>>();
        for line in self.outline {
            let mut points = places(line);
            points.extend(points.first().copied());
            if points.len() > 2 {
                dashed(painter, &points, colors);
            }
        }
        if self.sketch.len() > 1 {
            dashed(painter, &places(self.sketch), colors);
        }
        if let Some(region) = self.region {
            boxed(painter, plane, region, colors);
        }
        for guide in self.guides {
            guide.paint(painter, plane, colors);
        }
        if let (Some(radius), Some(pointer)) = (self.brush, pointer) {
            let radius = (radius * plane.scale()).max(1.5);
            painter.circle_stroke(pointer, radius + 0.5, Stroke::new(2.0, colors.scrim));
            painter.circle_stroke(pointer, radius, Stroke::new(1.0, colors.on_scrim));
        }
    }
}

/// A line that is seen on light and on dark.
pub(super) fn dashed(painter: &Painter, points: &[Pos2], colors: &theme::Palette) {
    painter.add(Shape::line(points.to_vec(), Stroke::new(2.0, colors.scrim)));
    painter.extend(Shape::dashed_line(points, Stroke::new(1.0, colors.on_scrim), DASH, DASH));
}

/// The edge of a part of the picture, seen on light and on dark.
pub(super) fn boxed(painter: &Painter, plane: &Plane, part: [f32; 4], colors: &theme::Palette) {
    if plane.is_upright() {
        // Sharp, where rows of the picture are rows of the screen.
        let edge = plane.bounds(part);
        painter.rect_stroke(edge, 0.0, Stroke::new(2.0, colors.scrim), StrokeKind::Outside);
        painter.rect_stroke(edge, 0.0, Stroke::new(1.0, colors.on_scrim), StrokeKind::Outside);
        return;
    }
    let mut points = plane.corners(part).to_vec();
    points.push(points[0]);
    painter.add(Shape::line(points.clone(), Stroke::new(3.0, colors.scrim)));
    painter.add(Shape::line(points, Stroke::new(1.0, colors.on_scrim)));
}
