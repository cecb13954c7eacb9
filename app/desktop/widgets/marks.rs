use eframe::egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Stroke, vec2};

use crate::theme;

/// A rank on a picture: amber in the upper left corner.
pub(super) fn rank_badge(painter: &Painter, picture: Rect, rank: u8, dark: &theme::Palette) {
    let side = (picture.width() * 0.26).clamp(13.0, 18.0);
    let inset = (picture.width() * 0.06).clamp(2.0, 5.0);
    let rect = Rect::from_min_size(picture.min + vec2(inset, inset), vec2(side, side));
    painter.rect_filled(rect, CornerRadius::same(3), dark.rank);
    let font = if side < 16.0 { theme::strong_note_font() } else { theme::strong_font() };
    painter.text(rect.center(), Align2::CENTER_CENTER, rank, font, dark.on_rank);
}

/// A numbered pin: a ring with the number of the finding, as on the picture so in the list.
pub(super) fn pin(painter: &Painter, at: Pos2, number: u32, edge: Color32, fill: Color32, text: Color32) {
    const RADIUS: f32 = 8.0;
    painter.circle(at, RADIUS, fill, Stroke::new(1.2, edge));
    let font = FontId { size: 10.0, ..theme::strong_note_font() };
    painter.text(at, Align2::CENTER_CENTER, number, font, text);
}

/// A bar that fills from the left.
pub(super) fn bar(painter: &Painter, rect: Rect, fraction: f32, below: Color32, fill: Color32) {
    let radius = CornerRadius::same(2);
    painter.rect_filled(rect, radius, below);
    let width = rect.width() * fraction.clamp(0.0, 1.0);
    painter.rect_filled(Rect::from_min_size(rect.min, vec2(width, rect.height())), radius, fill);
}
