use eframe::egui::{Align2, Rect, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use kento_studio::Sha256;

use super::data::LineageNode;
use crate::theme;
use crate::widgets::thumbnails::{PictureSource, Thumbnail, Thumbnails};

/// Side of a node's picture in points.
const SIDE: f32 = 52.0;
/// From one column to the next.
const COLUMN: f32 = 132.0;
/// From one row to the next.
const ROW: f32 = 84.0;

/// Room for the edge of a node that is selected, in points.
const EDGE: f32 = 3.0;
/// Rows that are seen at first; the others are scrolled to.
const ROWS_AT_FIRST: usize = 2;

/// Height of the panel as it opens first, in points: that of its rows, and of the choice above them.
pub fn lineage_height(nodes: &[LineageNode]) -> f32 {
    let rows = nodes.iter().map(|node| node.row + 1).max().unwrap_or(1);
    rows.min(ROWS_AT_FIRST) as f32 * ROW + theme::CONTROL_HEIGHT
}

/// Draws the graph, with the selected image in the accent. The image that was pressed.
pub fn show_lineage(
    ui: &mut Ui,
    nodes: &[LineageNode],
    selected: Sha256,
    source: impl Fn(Sha256) -> PictureSource,
    thumbnails: &mut Thumbnails,
) -> Option<Sha256> {
    let colors = theme::palette(ui.style());
    let columns = nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let rows = nodes.iter().map(|node| node.row + 1).max().unwrap_or(0);
    let mut pressed = None;
    ScrollArea::both().id_salt("lineage").auto_shrink([false, false]).show(ui, |ui| {
        let size = vec2(columns as f32 * COLUMN, rows as f32 * ROW);
        let (area, _) = ui.allocate_exact_size(size.max(ui.available_size()), Sense::hover());
        let picture = |node: &LineageNode| {
            let at = area.min + vec2(node.column as f32 * COLUMN + EDGE, node.row as f32 * ROW + EDGE);
            Rect::from_min_size(at, vec2(SIDE, SIDE))
        };
        if let [only] = nodes {
            let at = picture(only).right_center() + vec2(theme::GROUP_GAP, 0.0);
            let text = "Nothing was made from it yet, and it was made from nothing else: repair it, or vary it.";
            ui.painter().text(at, Align2::LEFT_CENTER, text, theme::note_font(), colors.secondary);
        }
        for node in nodes {
            let Some(parent) = node.parent.and_then(|parent| nodes.get(parent)) else { continue };
            let (from, to) = (picture(parent).right_center(), picture(node).left_center());
            let middle = from.x + (COLUMN - SIDE) * 0.3;
            let line = vec![from, pos2(middle, from.y), pos2(middle, to.y), to];
            ui.painter().add(Shape::line(line, Stroke::new(1.0, colors.hint)));
        }
        // What was put together of two hangs on both.
        for (node, one) in nodes.iter().flat_map(|node| node.mixed_of.into_iter().flatten().map(move |one| (node, one)))
        {
            let Some(source) = nodes.iter().find(|node| node.image == one) else { continue };
            let line = [picture(source).center_bottom(), picture(node).center_top()];
            ui.painter().extend(Shape::dashed_line(&line, Stroke::new(1.0, colors.hint), 4.0, 3.0));
        }
        for node in nodes {
            let rect = picture(node);
            if !ui.is_rect_visible(rect.expand(ROW)) {
                continue;
            }
            let response = ui.interact(rect, ui.unique_id().with(("lineage", node.image.0)), Sense::click());
            let name = format!("{} · {}", node.image.auto_v2(), node.made_by);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, node.image == selected, &name));
            if response.clicked() {
                pressed = Some(node.image);
            }
            let tint = if node.is_discarded { theme::UNTINTED.gamma_multiply(0.28) } else { theme::UNTINTED };
            ui.painter().rect_filled(rect, theme::picture_rounding(), colors.raised);
            if let Thumbnail::Ready { texture, aspect } =
                thumbnails.get(node.image, SIDE * ui.pixels_per_point(), &source(node.image))
            {
                let shape = if aspect >= 1.0 { vec2(1.0, 1.0 / aspect) } else { vec2(aspect, 1.0) } * SIDE;
                let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture, Rect::from_center_size(rect.center(), shape), uv, tint);
            }
            let edge = match (node.image == selected, response.has_focus() || response.hovered()) {
                (true, _) => Some(Stroke::new(2.0, colors.accent)),
                (false, true) => Some(Stroke::new(1.0, colors.text)),
                (false, false) => None,
            };
            if let Some(edge) = edge {
                ui.painter().rect_stroke(rect, theme::picture_rounding(), edge, StrokeKind::Outside);
            }
            let text = if node.standing.is_empty() { &node.made_by } else { &node.standing };
            let room = Rect::from_min_size(rect.left_bottom() + vec2(0.0, 2.0), vec2(COLUMN - theme::GAP, 16.0));
            let painter = ui.painter().with_clip_rect(room.intersect(ui.clip_rect()));
            painter.text(room.min, Align2::LEFT_TOP, text, theme::note_font(), colors.secondary);
            response.on_hover_text(format!("{name}\n{}", node.standing));
        }
    });
    pressed
}
