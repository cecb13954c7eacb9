use eframe::egui::epaint::{RectShape, StrokeKind};
use eframe::egui::{Align2, Painter, Rect, Stroke, pos2, vec2};

use super::data::{Tile, TileState};
use crate::theme::{self, Palette, icons};
use crate::widgets::marks;
use crate::widgets::thumbnails::Thumbnail;

/// How a tile is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Touch {
    pub is_selected: bool,
    pub is_cursor: bool,
    pub is_hovered: bool,
    pub is_dragged: bool,
}

/// The place of the button on a tile that was given up: its lower right corner.
pub(super) fn retry_rect(rect: Rect) -> Rect {
    let side = (rect.width() * 0.4).clamp(16.0, 22.0);
    Rect::from_min_size(rect.max - vec2(side + 2.0, side + 2.0), vec2(side, side))
}

/// Draws that button.
pub(super) fn paint_retry(painter: &Painter, rect: Rect, is_hovered: bool, colors: &Palette) {
    let fill = if is_hovered { theme::pressed(colors) } else { colors.raised };
    painter.rect_filled(rect, theme::picture_rounding(), fill);
    painter.text(rect.center(), Align2::CENTER_CENTER, icons::RETRY, theme::body_font(), colors.text);
}

/// Draws one tile into its square.
pub(super) fn paint(painter: &Painter, rect: Rect, tile: &Tile, thumbnail: &Thumbnail, touch: Touch, colors: &Palette) {
    let rounding = theme::picture_rounding();
    let picture = match (thumbnail, &tile.state) {
        (Thumbnail::Ready { aspect, .. }, _) => fitted(rect, *aspect),
        _ => rect,
    };
    match thumbnail {
        Thumbnail::Ready { texture, .. } => {
            let opacity = if matches!(tile.state, TileState::Rejected { .. }) { theme::REJECTED_OPACITY } else { 1.0 };
            let dragged = if touch.is_dragged { 0.4 } else { 1.0 };
            painter.rect_filled(picture, rounding, colors.window);
            let tint = theme::UNTINTED.gamma_multiply(opacity * dragged);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.add(RectShape::filled(picture, rounding, tint).with_texture(*texture, uv));
        }
        Thumbnail::Waiting | Thumbnail::Broken(_) => {
            let fill = match tile.state {
                TileState::Queued | TileState::Cancelled { .. } => theme::CLEAR,
                TileState::Failed { .. } => colors.fail_wash,
                _ => colors.field,
            };
            painter.rect(picture, rounding, fill, Stroke::new(1.0, theme::pressed(colors)), StrokeKind::Inside);
        }
    }
    state(painter, picture, tile, thumbnail, colors);
    if let Some(rank) = tile.rank {
        marks::rank_badge(painter, picture, rank, colors);
    }
    if tile.is_kept {
        sign(painter, picture, icons::PASS, colors);
    }
    outline(painter, picture, touch, colors);
}

fn state(painter: &Painter, picture: Rect, tile: &Tile, thumbnail: &Thumbnail, colors: &Palette) {
    let middle = |icon: &str, color| {
        let font = eframe::egui::FontId::proportional((picture.height() * 0.26).clamp(12.0, 26.0));
        painter.text(picture.center(), Align2::CENTER_CENTER, icon, font, color);
    };
    match (&tile.state, thumbnail) {
        (TileState::Running { fraction }, _) => {
            let bar = Rect::from_min_size(
                pos2(picture.left() + 4.0, picture.bottom() - 7.0),
                vec2(picture.width() - 8.0, 3.0),
            );
            marks::bar(painter, bar, *fraction, colors.scrim, colors.accent);
        }
        (TileState::Rejected { .. }, _) => sign(painter, picture, icons::FAIL, colors),
        (TileState::Failed { .. }, _) => {
            painter.rect_stroke(
                picture,
                theme::picture_rounding(),
                Stroke::new(1.0, colors.fail_mark),
                StrokeKind::Inside,
            );
            middle(icons::WARNING, colors.fail);
        }
        (TileState::Cancelled { .. }, _) => middle(icons::BLOCKED, colors.hint),
        (_, Thumbnail::Broken(_)) => middle(icons::WARNING, colors.fail),
        (TileState::Queued | TileState::Done, _) => {}
    }
}

/// A sign in the lower right corner of the picture, on a scrim, so that it is seen on any picture.
fn sign(painter: &Painter, picture: Rect, icon: &str, colors: &Palette) {
    let side = (picture.width() * 0.26).clamp(13.0, 18.0);
    let inset = (picture.width() * 0.06).clamp(2.0, 5.0);
    let rect = Rect::from_min_size(picture.max - vec2(side + inset, side + inset), vec2(side, side));
    painter.rect_filled(rect, theme::picture_rounding(), colors.scrim);
    painter.text(rect.center(), Align2::CENTER_CENTER, icon, theme::note_font(), colors.on_scrim);
}

fn outline(painter: &Painter, picture: Rect, touch: Touch, colors: &Palette) {
    let rounding = theme::picture_rounding();
    if touch.is_selected {
        // A dark line between, so that the accent is seen beside a picture of its own colour.
        painter.rect_stroke(picture, rounding, Stroke::new(1.0, colors.panel), StrokeKind::Outside);
        painter.rect_stroke(picture.expand(1.0), rounding, Stroke::new(2.0, colors.accent), StrokeKind::Outside);
    } else if touch.is_cursor {
        painter.rect_stroke(picture, rounding, Stroke::new(1.5, colors.accent), StrokeKind::Outside);
    } else if touch.is_hovered {
        painter.rect_stroke(picture, rounding, Stroke::new(1.0, colors.secondary), StrokeKind::Outside);
    }
}

/// The largest rectangle of this shape in the middle of another.
fn fitted(rect: Rect, aspect: f32) -> Rect {
    let (width, height) =
        if aspect >= 1.0 { (rect.width(), rect.width() / aspect) } else { (rect.height() * aspect, rect.height()) };
    Rect::from_center_size(rect.center(), vec2(width, height))
}
