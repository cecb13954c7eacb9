use eframe::egui::{
    Align2, CursorIcon, Painter, Pos2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

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

    /// Draws them for a picture of this size in pixels. While the view is turned each of them counts what changes most along it, columns
    /// or rows, where these lines of the picture meet it: its ticks lean as they do. At a quarter turn the two have changed places.
    pub fn show(&self, ui: &mut Ui, camera: &Camera, size: [f32; 2]) -> Option<RulerEvent> {
        let colors = theme::palette(ui.style());
        let plane = Plane::of(camera, self.picture, size);
        let corner = Rect::from_min_max(pos2(self.left.left(), self.top.top()), self.picture.min);
        for rect in [self.top, self.left, corner] {
            ui.painter().rect_filled(rect, 0.0, colors.header);
        }
        ui.painter().hline(corner.left()..=self.top.right(), self.top.bottom() - 0.5, theme::line(colors));
        ui.painter().vline(self.left.right() - 0.5, corner.top()..=self.left.bottom(), theme::line(colors));
        let [top, left] = [Edge::Top, Edge::Left].map(|edge| Reading::of(&plane, edge, self.picture));
        let pull = |ui: &mut Ui, rect: Rect, place: &str, reading: Reading, icon| {
            let response = ui.interact(rect, ui.unique_id().with(place), Sense::drag());
            let name = format!("Ruler at the {place}{}: drag a guide out of it", reading.told());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
            response.on_hover_and_drag_cursor(icon).on_hover_text(name)
        };
        let down = pull(ui, self.top, "top", top, CursorIcon::ResizeRow);
        let across = pull(ui, self.left, "left", left, CursorIcon::ResizeColumn);
        self.ticks(ui, top, size);
        self.ticks(ui, left, size);
        if let Some(pointer) = ui.input(|input| input.pointer.hover_pos()).filter(|at| self.picture.contains(*at)) {
            for reading in [top, left] {
                let at = reading.at(reading.counts.of(plane.place(pointer)));
                let line = self.tick(reading, at, BREADTH);
                ui.painter_at(self.rect(reading.edge)).line_segment(line, Stroke::new(1.0, colors.accent));
            }
        }
        let place = |response: &Response| response.interact_pointer_pos().filter(|at| self.picture.contains(*at));
        // What is pulled out of a ruler lies along it: it is a line of what the other one counts.
        for (response, other) in [(&down, left), (&across, top)] {
            let is_pulled = response.dragged() || response.drag_stopped();
            if let Some(at) = place(response).filter(|_| is_pulled) {
                let pulled = other.counts.line(other.counts.of(plane.place(at)).round());
                let is_let = response.drag_stopped();
                return Some(if is_let { RulerEvent::Let(pulled) } else { RulerEvent::Pulling(pulled) });
            }
        }
        None
    }

    fn rect(&self, edge: Edge) -> Rect {
        match edge {
            Edge::Top => self.top,
            Edge::Left => self.left,
        }
    }

    /// A line across a ruler, so long, from its inner edge outwards.
    fn tick(&self, reading: Reading, at: f32, length: f32) -> [Pos2; 2] {
        let lean = reading.lean * length;
        match reading.edge {
            Edge::Top => [pos2(at, self.top.bottom()), pos2(at + lean, self.top.bottom() - length)],
            Edge::Left => [pos2(self.left.right(), at), pos2(self.left.right() - length, at + lean)],
        }
    }

    fn ticks(&self, ui: &Ui, reading: Reading, size: [f32; 2]) {
        let colors = theme::palette(ui.style());
        let rect = self.rect(reading.edge);
        let painter = ui.painter_at(rect);
        let (from, to) = match reading.edge {
            Edge::Top => (rect.left(), rect.right()),
            Edge::Left => (rect.top(), rect.bottom()),
        };
        let Steps { labelled, small } = steps(reading.step.abs());
        // The picture's own extent is lighter than what lies beside it.
        let ends = [reading.at(0.0), reading.at(reading.counts.of(size))];
        let extent = (ends[0].min(ends[1]).max(from), ends[0].max(ends[1]).min(to));
        if extent.0 < extent.1 {
            let inside = match reading.edge {
                Edge::Top => Rect::from_x_y_ranges(extent.0..=extent.1, rect.y_range()),
                Edge::Left => Rect::from_x_y_ranges(rect.x_range(), extent.0..=extent.1),
            };
            painter.rect_filled(inside.shrink2(vec2(0.0, 0.5)), 0.0, colors.raised);
        }
        let seen = [reading.value(from), reading.value(to)];
        let first = (seen[0].min(seen[1]) / small).floor() as i64 - 1;
        let last = (seen[0].max(seen[1]) / small).ceil() as i64 + 1;
        let every = (labelled / small).round() as i64;
        for tick in first..=last {
            let value = tick as f32 * small;
            let at = reading.at(value);
            let is_labelled = tick.rem_euclid(every) == 0;
            // A leaning tick that is as long as the ruler is broad would go through the numbers.
            let long = if reading.lean.abs() < 0.05 { BREADTH } else { BREADTH * 0.5 };
            let length = if is_labelled { long } else { BREADTH * 0.3 };
            let stroke = Stroke::new(1.0, if is_labelled { colors.hint } else { colors.secondary });
            painter.line_segment(self.tick(reading, at, length), stroke);
            if is_labelled {
                self.number(&painter, reading.edge, at + (reading.lean * length).max(0.0), value, colors);
            }
        }
    }

    /// Writes a number behind its tick.
    fn number(&self, painter: &Painter, edge: Edge, at: f32, value: f32, colors: &theme::Palette) {
        let rect = self.rect(edge);
        let number = format!("{value:.0}");
        match edge {
            Edge::Top => {
                let number = painter.layout_no_wrap(number, theme::small_mono_font(), colors.text);
                let place = pos2(at + 3.0, rect.top() + (BREADTH - number.size().y) / 2.0 - 1.0);
                painter.galley(place, number, colors.text);
            }
            // One digit below the other: a ruler is narrower than a number.
            Edge::Left => {
                for (i, digit) in number.chars().enumerate() {
                    let place = pos2(rect.center().x - 2.0, at + 2.0 + i as f32 * 10.0);
                    painter.text(place, Align2::CENTER_TOP, digit, theme::small_mono_font(), colors.text);
                }
            }
        }
    }
}

/// Where a ruler stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Top,
    Left,
}

/// What a ruler counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Columns,
    Rows,
}

impl Counts {
    fn of(self, [column, row]: [f32; 2]) -> f32 {
        match self {
            Self::Columns => column,
            Self::Rows => row,
        }
    }

    /// The line of the picture with this number.
    fn line(self, number: f32) -> Pulled {
        match self {
            Self::Columns => Pulled::Upright(number),
            Self::Rows => Pulled::Level(number),
        }
    }
}

/// How a ruler reads a picture: which lines of it meet the edge where, and how they lean there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reading {
    edge: Edge,
    counts: Counts,
    /// Where on the ruler the line 0 meets its inner edge, in points of the window.
    origin: f32,
    /// Points from one line to the next; negative where the numbers fall.
    step: f32,
    /// How far a line goes along the ruler while it goes one point outwards.
    lean: f32,
}

impl Reading {
    /// Of a picture as a plane shows it in a pane.
    fn of(plane: &Plane, edge: Edge, pane: Rect) -> Self {
        let (corner, [right, down]) = plane.axes();
        let (along, across, inner) = match edge {
            Edge::Top => (0, 1, pane.top()),
            Edge::Left => (1, 0, pane.left()),
        };
        // Along the edge it is the columns that change, until the view is turned so far that the rows change more.
        let (counts, axis, line) = match (edge, right.x.abs() >= down.x.abs()) {
            (Edge::Top, true) | (Edge::Left, false) => (Counts::Columns, right, down),
            (Edge::Top, false) | (Edge::Left, true) => (Counts::Rows, down, right),
        };
        let origin = corner[along] - (inner - corner[across]) * axis[across] / axis[along];
        Self { edge, counts, origin, step: axis.length_sq() / axis[along], lean: -line[along] / line[across] }
    }

    /// Where a line meets the inner edge.
    fn at(&self, value: f32) -> f32 {
        self.origin + value * self.step
    }

    /// The line that meets it here.
    fn value(&self, at: f32) -> f32 {
        (at - self.origin) / self.step
    }

    /// What it counts, where that is not what a ruler there counts in an upright view.
    fn told(&self) -> &'static str {
        match (self.edge, self.counts) {
            (Edge::Top, Counts::Rows) => ", counting rows",
            (Edge::Left, Counts::Columns) => ", counting columns",
            _ => "",
        }
    }
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
    use super::super::camera::Zoom;
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
    fn every_tick_stands_where_its_line_of_the_picture_meets_the_ruler() {
        let (pane, size) = (Rect::from_min_size(pos2(28.0, 40.0), vec2(300.0, 200.0)), [640.0, 480.0]);
        let mut camera = Camera { zoom: Zoom::Factor(0.7), centre: [0.3, 0.6], ..Camera::default() };
        for degrees in [0.0, 15.0, 44.0, 46.0, 90.0, 105.0, 180.0, -30.0, -90.0, -135.5] {
            camera.upright(size, pane.size().into());
            camera.turn_at([0.0, 0.0], degrees, size, pane.size().into());
            let plane = Plane::of(&camera, pane, size);
            let [top, left] = [Edge::Top, Edge::Left].map(|edge| Reading::of(&plane, edge, pane));
            assert_ne!(top.counts, left.counts, "{degrees}: one counts columns and the other rows");
            for value in [0.0, 100.0, 333.0, -40.0] {
                for (reading, at) in [(top, pos2(top.at(value), 40.0)), (left, pos2(28.0, left.at(value)))] {
                    let found = reading.counts.of(plane.place(at));
                    assert!((found - value).abs() < 0.01, "{degrees}: {value} of {reading:?} is {found}");
                    assert!((reading.value(reading.at(value)) - value).abs() < 0.01);
                    // Outwards along the tick it is the same line.
                    let out = match reading.edge {
                        Edge::Top => at + vec2(reading.lean * 18.0, -18.0),
                        Edge::Left => at + vec2(-18.0, reading.lean * 18.0),
                    };
                    assert!((reading.counts.of(plane.place(out)) - value).abs() < 0.01, "{degrees}: {reading:?}");
                    assert!(reading.step.abs() >= plane.scale() - 1e-3 && reading.lean.abs() <= 1.01, "{degrees}");
                }
            }
        }
    }

    #[test]
    fn at_a_quarter_turn_the_rulers_have_changed_places_and_are_exact() {
        let (pane, size) = (Rect::from_min_size(pos2(28.0, 40.0), vec2(300.0, 200.0)), [8192.0, 8192.0]);
        let turned = |degrees: f32| {
            let mut camera = Camera { zoom: Zoom::Factor(2.0), ..Camera::default() };
            camera.turn_at([0.0, 0.0], degrees, size, pane.size().into());
            let plane = Plane::of(&camera, pane, size);
            [Edge::Top, Edge::Left].map(|edge| Reading::of(&plane, edge, pane))
        };
        // The middle of the picture, 4096, is in the middle of the view, 178 across and 140 down.
        for (degrees, counts, steps) in [
            (0.0, [Counts::Columns, Counts::Rows], [2.0, 2.0]),
            (90.0, [Counts::Rows, Counts::Columns], [-2.0, 2.0]),
            (180.0, [Counts::Columns, Counts::Rows], [-2.0, -2.0]),
            (-90.0, [Counts::Rows, Counts::Columns], [2.0, -2.0]),
        ] {
            let [top, left] = turned(degrees);
            assert_eq!(([top.counts, left.counts], [top.step, left.step]), (counts, steps), "{degrees}");
            assert_eq!(([top.lean.abs(), left.lean.abs()], top.at(4096.0), left.at(4096.0)), ([0.0; 2], 178.0, 140.0));
        }
        assert_eq!(turned(90.0)[0].told(), ", counting rows");
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
