use eframe::egui::{Painter, Pos2, Stroke, pos2, vec2};

use super::plane::Plane;
use crate::theme;

/// Whether lines between pixels are drawn where these are large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PixelGrid {
    /// From [`PIXEL_GRID_FROM`] on.
    #[default]
    Shown,
    /// Never.
    Hidden,
}

/// Above so many pixels of the screen to one of the picture lines are drawn between pixels.
pub const PIXEL_GRID_FROM: f32 = 8.0;

/// The columns and rows that lines are drawn at: those between pixels of a picture of this size, as far as they are in the part that is
/// seen (from 0 to 1 on both axes). None where pixels are too small.
pub(super) fn lines(size: [f32; 2], seen: [f32; 4], screen_pixels: f32) -> Option<[std::ops::RangeInclusive<u32>; 2]> {
    if screen_pixels <= PIXEL_GRID_FROM {
        return None;
    }
    let of = |axis: usize| {
        let edge = |at: f32| (at * size[axis]).clamp(0.0, size[axis]);
        edge(seen[axis]).ceil() as u32..=edge(seen[axis + 2]).floor() as u32
    };
    Some([of(0), of(1)])
}

/// Draws the lines. Each is a dark one beside a light one, so that one of them is seen on every colour.
pub(super) fn paint(painter: &Painter, plane: &Plane, size: [f32; 2], seen: [f32; 4], pixels_per_point: f32) {
    let Some([columns, rows]) = lines(size, seen, plane.scale() * pixels_per_point) else { return };
    let width = 1.0 / pixels_per_point;
    let [left, top, right, bottom] =
        [*columns.start(), *rows.start(), *columns.end(), *rows.end()].map(|edge| edge as f32);
    // One pixel more at each side, as far as there are any: a line ends where the picture does.
    let (left, top) = ((left - 1.0).max(0.0), (top - 1.0).max(0.0));
    let (right, bottom) = ((right + 1.0).min(size[0]), (bottom + 1.0).min(size[1]));
    let ends = columns
        .map(|x| [[x as f32, top], [x as f32, bottom]])
        .map(|ends| (ends, vec2(width, 0.0)))
        .chain(rows.map(|y| ([[left, y as f32], [right, y as f32]], vec2(0.0, width))));
    let sharp = |at: Pos2| {
        let on_pixel = |axis: f32| ((axis * pixels_per_point).floor() + 0.5) / pixels_per_point;
        if plane.is_upright() { pos2(on_pixel(at.x), on_pixel(at.y)) } else { at }
    };
    for (ends, beside) in ends {
        let [from, to] = ends.map(|at| sharp(plane.spot(at)));
        painter.line_segment([from, to], Stroke::new(width, theme::PIXEL_GRID[0]));
        painter.line_segment([from + beside, to + beside], Stroke::new(width, theme::PIXEL_GRID[1]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_drawn_between_the_pixels_that_are_seen_and_only_where_these_are_large() {
        let size = [64.0, 32.0];
        assert_eq!(lines(size, [0.0, 0.0, 1.0, 1.0], 8.0), None, "800 % is not above 800 %");
        assert_eq!(lines(size, [-0.5, -0.5, 1.5, 1.5], 8.1), Some([0..=64, 0..=32]));
        // From pixel 16.64 to 19.84 and from row 8 to 9.6.
        assert_eq!(lines(size, [0.26, 0.25, 0.31, 0.3], 40.0), Some([17..=19, 8..=9]));
        let large = lines([16_384.0, 16_384.0], [0.5, 0.5, 0.51, 0.505], 9.0).unwrap();
        let [columns, rows] = large.map(|range| range.count());
        assert!(columns <= 165 && rows <= 83, "{columns} {rows}: only what is seen");
    }
}
