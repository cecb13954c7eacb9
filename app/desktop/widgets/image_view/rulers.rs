use eframe::egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::camera::Camera;
use super::plane::Plane;
use crate::theme;

/// Breadth of a ruler, in points.
const BREADTH: f32 = 18.0;
/// Numbers stand at least so far apart, in points.
const APART: f32 = 56.0;
/// Small ticks stand at least so far apart.
const TICKS_APART: f32 = 5.0;

/// Where the rulers of a view are, and what they leave for the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rulers {
    /// Along the top.
    pub top: Rect,
    /// Along the left.
    pub left: Rect,
    /// What is left.
    pub picture: Rect,
}

/// A guide that is being pulled out of a ruler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pulled {
    /// Across the picture, so many pixels from its top.
    Level(f32),
    /// Down the picture, so many pixels from its left.
    Upright(f32),
}

/// What is done with a ruler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RulerEvent {
    /// A guide is being pulled.
    Pulling(Pulled),
    /// It was let go over the picture.
    Let(Pulled),
}

impl Rulers {
    /// Takes their room from a view.
    pub fn of(area: Rect) -> Self {
        let corner = area.min + vec2(BREADTH, BREADTH).min(area.size());
        let top = Rect::from_min_max(pos2(corner.x, area.top()), pos2(area.right(), corner.y));
        let left = Rect::from_min_max(pos2(area.left(), corner.y), pos2(corner.x, area.bottom()));
        Self { top, left, picture: Rect::from_min_max(corner, area.max) }
    }

    /// Draws them for a picture of this size in pixels. A view that is turned has none: rows of the picture are no rows of the window.
    pub fn show(&self, ui: &mut Ui, camera: &Camera, size: [f32; 2]) -> Option<RulerEvent> {
        let colors = theme::palette(ui.style());
        let plane = Plane::of(camera, self.picture, size);
        let corner = Rect::from_min_max(pos2(self.left.left(), self.top.top()), self.picture.min);
        for rect in [self.top, self.left, corner] {
            ui.painter().rect_filled(rect, 0.0, colors.header);
        }
        ui.painter().hline(corner.left()..=self.top.right(), self.top.bottom() - 0.5, theme::line(colors));
        ui.painter().vline(self.left.right() - 0.5, corner.top()..=self.left.bottom(), theme::line(colors));
        let is_upright = plane.is_upright();
        let pull = |ui: &mut Ui, rect: Rect, name: &str, icon| {
            let sense = if is_upright { Sense::drag() } else { Sense::hover() };
            let response = ui.interact(rect, ui.unique_id().with(name), sense);
            let advice = if is_upright { "drag a guide out of it" } else { "empty: the view is turned, press 5" };
            let name = format!("{name}: {advice}");
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
            let icon = if is_upright { icon } else { CursorIcon::Default };
            response.on_hover_and_drag_cursor(icon).on_hover_text(name)
        };
        let down = pull(ui, self.top, "Ruler at the top", CursorIcon::ResizeRow);
        let across = pull(ui, self.left, "Ruler at the left", CursorIcon::ResizeColumn);
        if !is_upright {
            return None;
        }
        let origin = plane.spot([0.0, 0.0]);
        self.ticks(ui, Axis::Across, origin.x, plane.scale(), size[0]);
        self.ticks(ui, Axis::Down, origin.y, plane.scale(), size[1]);
        if let Some(pointer) = ui.input(|input| input.pointer.hover_pos()).filter(|at| self.picture.contains(*at)) {
            let mark = Stroke::new(1.0, colors.accent);
            ui.painter().vline(pointer.x, self.top.y_range(), mark);
            ui.painter().hline(self.left.x_range(), pointer.y, mark);
        }
        let place = |response: &Response| response.interact_pointer_pos().filter(|at| self.picture.contains(*at));
        let event = |response: &Response, pulled: Pulled| {
            if response.drag_stopped() { RulerEvent::Let(pulled) } else { RulerEvent::Pulling(pulled) }
        };
        if let Some(at) = place(&down).filter(|_| down.dragged() || down.drag_stopped()) {
            return Some(event(&down, Pulled::Level(((at.y - origin.y) / plane.scale()).round())));
        }
        let at = place(&across).filter(|_| across.dragged() || across.drag_stopped())?;
        Some(event(&across, Pulled::Upright(((at.x - origin.x) / plane.scale()).round())))
    }

    fn ticks(&self, ui: &Ui, axis: Axis, origin: f32, scale: f32, most: f32) {
        let colors = theme::palette(ui.style());
        let rect = if axis == Axis::Across { self.top } else { self.left };
        let painter = ui.painter_at(rect);
        let (from, to) = if axis == Axis::Across { (rect.left(), rect.right()) } else { (rect.top(), rect.bottom()) };
        let Steps { labelled, small } = steps(scale);
        let seen = |at: f32| (at - origin) / scale;
        // The picture's own extent is lighter than what lies beside it.
        let extent = (origin.max(from), (origin + most * scale).min(to));
        if extent.0 < extent.1 {
            let inside = match axis {
                Axis::Across => Rect::from_x_y_ranges(extent.0..=extent.1, rect.y_range()),
                Axis::Down => Rect::from_x_y_ranges(rect.x_range(), extent.0..=extent.1),
            };
            painter.rect_filled(inside.shrink2(vec2(0.0, 0.5)), 0.0, colors.raised);
        }
        let first = (seen(from) / small).floor() as i64;
        let last = (seen(to) / small).ceil() as i64;
        let every = (labelled / small).round() as i64;
        for tick in first..=last {
            let value = tick as f32 * small;
            let at = origin + value * scale;
            let is_labelled = tick.rem_euclid(every) == 0;
            let length = if is_labelled { BREADTH } else { BREADTH * 0.3 };
            let stroke = Stroke::new(1.0, if is_labelled { colors.hint } else { colors.secondary });
            match axis {
                Axis::Across => painter.vline(at, rect.bottom() - length..=rect.bottom(), stroke),
                Axis::Down => painter.hline(rect.right() - length..=rect.right(), at, stroke),
            };
            if is_labelled {
                let number = painter.layout_no_wrap(format!("{value:.0}"), theme::small_mono_font(), colors.text);
                match axis {
                    Axis::Across => {
                        let place = pos2(at + 3.0, rect.top() + (BREADTH - number.size().y) / 2.0 - 1.0);
                        painter.galley(place, number, colors.text);
                    }
                    // One digit below the other: a ruler is narrower than a number.
                    Axis::Down => {
                        for (i, digit) in format!("{value:.0}").chars().enumerate() {
                            let place = pos2(rect.center().x - 2.0, at + 2.0 + i as f32 * 10.0);
                            painter.text(place, Align2::CENTER_TOP, digit, theme::small_mono_font(), colors.text);
                        }
                    }
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Across,
    Down,
}

/// How many pixels of the picture lie between two ticks of a ruler.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Steps {
    labelled: f32,
    small: f32,
}

/// The smallest round steps that leave room for numbers and ticks, where one pixel of the picture takes so many points.
fn steps(scale: f32) -> Steps {
    let round = (0..7).flat_map(|power| [1.0, 2.0, 5.0].map(|digit: f32| digit * 10_f32.powi(power)));
    let labelled = round.clone().find(|step| step * scale >= APART).unwrap_or(1e7);
    let divides = |step: &f32| (labelled / step).fract() == 0.0;
    let small = round.filter(divides).find(|step| step * scale >= TICKS_APART).unwrap_or(labelled);
    Steps { labelled, small: small.min(labelled) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers_of_pixels_and_numbers_never_touch() {
        assert_eq!(steps(1.0), Steps { labelled: 100.0, small: 5.0 });
        assert_eq!(steps(64.0), Steps { labelled: 1.0, small: 1.0 });
        assert_eq!(steps(6.0), Steps { labelled: 10.0, small: 1.0 });
        assert_eq!(steps(0.05), Steps { labelled: 2000.0, small: 100.0 });
        for tenth in 1..640 {
            let scale = tenth as f32 / 10.0;
            let Steps { labelled, small } = steps(scale);
            assert!(labelled * scale >= APART && small <= labelled && (labelled / small).fract() == 0.0, "{scale}");
        }
    }

    #[test]
    fn rulers_leave_the_rest_of_the_view_to_the_picture() {
        let area = Rect::from_min_size(pos2(10.0, 10.0), vec2(300.0, 200.0));
        let rulers = Rulers::of(area);
        assert_eq!(rulers.picture, Rect::from_min_max(pos2(28.0, 28.0), area.max));
        assert_eq!((rulers.top.width(), rulers.left.height()), (282.0, 182.0));
        let tiny = Rulers::of(Rect::from_min_size(pos2(0.0, 0.0), vec2(9.0, 9.0)));
        assert!(!tiny.picture.is_negative());
    }
}
