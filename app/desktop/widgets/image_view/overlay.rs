use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, vec2};

use super::mask_layer::MaskLayer;
use crate::theme;

/// What lies over a picture while something is masked on it. Places are in pixels of the picture.
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
}

const DASH: f32 = 5.0;

impl Overlay<'_> {
    /// Draws it over the picture of this size that fills `rect`.
    pub(super) fn paint(
        &self,
        painter: &Painter,
        rect: Rect,
        size: [f32; 2],
        pointer: Option<Pos2>,
        colors: &theme::Palette,
    ) {
        let scale = rect.width() / size[0];
        let place = |[x, y]: [f32; 2]| rect.min + vec2(x, y) * scale;
        if let Some((layer, color)) = self.mask {
            layer.paint(painter, rect, color);
        }
        let dashed = |points: &[Pos2], width: f32| {
            painter.add(Shape::line(points.to_vec(), Stroke::new(width + 1.0, colors.scrim)));
            painter.extend(Shape::dashed_line(points, Stroke::new(width, colors.on_scrim), DASH, DASH));
        };
        for line in self.outline {
            let mut points: Vec<Pos2> = line.iter().copied().map(place).collect();
            points.extend(points.first().copied());
            if points.len() > 2 {
                dashed(&points, 1.0);
            }
        }
        if self.sketch.len() > 1 {
            dashed(&self.sketch.iter().copied().map(place).collect::<Vec<_>>(), 1.0);
        }
        if let Some([left, top, right, bottom]) = self.region {
            let region = Rect::from_min_max(place([left, top]), place([right, bottom]));
            painter.rect_stroke(region, 0.0, Stroke::new(2.0, colors.scrim), StrokeKind::Outside);
            painter.rect_stroke(region, 0.0, Stroke::new(1.0, colors.on_scrim), StrokeKind::Outside);
        }
        if let (Some(radius), Some(pointer)) = (self.brush, pointer) {
            let radius = (radius * scale).max(1.5);
            painter.circle_stroke(pointer, radius + 0.5, Stroke::new(2.0, colors.scrim));
            painter.circle_stroke(pointer, radius, Stroke::new(1.0, colors.on_scrim));
        }
    }
}
