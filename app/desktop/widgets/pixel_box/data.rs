use kento_finishing::region::{BoxLimits, Edges, Grip};

/// A box as it stands over a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelBox {
    /// Where it stands, in pixels of the picture.
    pub edges: Edges,
    /// Where it may go.
    pub limits: BoxLimits,
    /// How far beyond its edges its lines and handles are taken hold of, in points of the window.
    pub outset: f32,
}

/// What the pointer did to a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxEvent {
    /// It stands here now.
    Dragged(Edges),
    /// It was let go.
    Done,
    /// It shall stand where it stood before it was taken hold of.
    GivenUp,
    /// It was pressed twice: it shall find its place by itself.
    Reset,
}

/// What is held of a box at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BoxDrag {
    held: Option<Held>,
    /// What the pointer is over.
    pub(super) pointed: Option<Grip>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    grip: Grip,
    start: Edges,
    from_in_image: [f32; 2],
}

/// A handle is taken hold of within so many points of its middle.
pub(super) const HANDLE_REACH: f32 = 7.0;
/// A line is taken hold of within so many points.
const LINE_REACH: f32 = 4.0;
/// Sides shorter than this, in points, have no handle in their middle.
const LEAST_WITH_MIDDLE: f32 = 44.0;

impl BoxDrag {
    /// What is held, or what would be.
    pub fn grip(&self) -> Option<Grip> {
        self.held.map(|held| held.grip).or(self.pointed)
    }

    /// Whether it is being dragged.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Takes hold of it.
    pub(super) fn take(&mut self, grip: Grip, start: Edges, from_in_image: [f32; 2]) {
        self.held = Some(Held { grip, start, from_in_image });
    }

    /// Where the box stands with the pointer here; none where it is not held.
    pub(super) fn dragged(&self, at_in_image: [f32; 2], limits: &BoxLimits) -> Option<Edges> {
        let Held { grip, start, from_in_image } = self.held?;
        let by = [0, 1].map(|axis| (at_in_image[axis] - from_in_image[axis]).round() as i64);
        Some(grip.dragged(start, by, limits))
    }

    /// Lets it go. Whether it was held.
    pub(super) fn let_go(&mut self) -> bool {
        self.held.take().is_some()
    }
}

/// The middle of a handle, in points of the window, for the corners of the box there: upper left, upper right, lower right, lower left.
/// They need not be upright.
pub(super) fn handle_at(grip: Grip, corners: [[f32; 2]; 4], outset: f32) -> [f32; 2] {
    let centre = [0, 1].map(|axis| (corners[0][axis] + corners[2][axis]) / 2.0);
    let side = |to: usize| [0, 1].map(|axis| (corners[to][axis] - corners[0][axis]) / 2.0);
    let halves = [side(1), side(3)];
    let mut at = centre;
    for (half, sign) in halves.into_iter().zip(grip.side()) {
        let length = half[0].hypot(half[1]).max(f32::EPSILON);
        let reach = f32::from(sign) * (1.0 + outset / length);
        at = [at[0] + half[0] * reach, at[1] + half[1] * reach];
    }
    at
}

/// The handles that there is room for.
pub(super) fn handles(corners: [[f32; 2]; 4]) -> impl Iterator<Item = Grip> {
    let length = |to: usize| (corners[to][0] - corners[0][0]).hypot(corners[to][1] - corners[0][1]);
    let (across, down) = (length(1), length(3));
    Grip::HANDLES.into_iter().filter(move |grip| match grip.side() {
        [0, _] => across >= LEAST_WITH_MIDDLE,
        [_, 0] => down >= LEAST_WITH_MIDDLE,
        _ => true,
    })
}

/// What of a box with these corners is taken hold of at a place of the window: handles first, then the lines, by which it is moved.
pub(super) fn grip_at(at: [f32; 2], corners: [[f32; 2]; 4], outset: f32) -> Option<Grip> {
    let is_near = |place: [f32; 2]| (0..2).all(|axis| (place[axis] - at[axis]).abs() <= HANDLE_REACH);
    if let Some(grip) = handles(corners).find(|grip| is_near(handle_at(*grip, corners, outset))) {
        return Some(grip);
    }
    let frame = [Grip::LeftTop, Grip::RightTop, Grip::RightBottom, Grip::LeftBottom]
        .map(|corner| handle_at(corner, corners, outset));
    let is_on_line = |i: usize| distance(at, frame[i], frame[(i + 1) % 4]) <= LINE_REACH;
    (0..4).any(is_on_line).then_some(Grip::Whole)
}

/// How far a place is from the line between two others.
fn distance(at: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let (along, away) = ([to[0] - from[0], to[1] - from[1]], [at[0] - from[0], at[1] - from[1]]);
    let length = along[0] * along[0] + along[1] * along[1];
    let t = if length > 0.0 { ((away[0] * along[0] + away[1] * along[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    (away[0] - along[0] * t).hypot(away[1] - along[1] * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPRIGHT: [[f32; 2]; 4] = [[100.0, 100.0], [300.0, 100.0], [300.0, 200.0], [100.0, 200.0]];

    #[test]
    fn handles_win_over_lines_and_everything_else_is_free() {
        let grip = |x, y| grip_at([x, y], UPRIGHT, 0.0);
        assert_eq!(grip(102.0, 97.0), Some(Grip::LeftTop));
        assert_eq!(grip(200.0, 103.0), Some(Grip::Top));
        assert_eq!(grip(304.0, 150.0), Some(Grip::Right));
        assert_eq!(grip(150.0, 103.0), Some(Grip::Whole), "the line moves it");
        for (x, y) in [(150.0, 105.0), (150.0, 150.0), (309.0, 150.0), (90.0, 90.0), (500.0, 100.0)] {
            assert_eq!(grip(x, y), None, "{x}, {y} is the brush's");
        }
        let outside = |x, y| grip_at([x, y], UPRIGHT, 10.0);
        assert_eq!(outside(90.0, 90.0), Some(Grip::LeftTop));
        assert_eq!((outside(310.0, 150.0), outside(300.0, 120.0)), (Some(Grip::Right), None));
    }

    #[test]
    fn a_small_box_has_corners_alone_and_a_turned_one_all_that_it_had() {
        let small = [[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]];
        assert_eq!(handles(small).count(), 4);
        assert_eq!(grip_at([20.0, 11.0], small, 0.0), Some(Grip::Whole));
        // Turned by a quarter: its upper left corner stands at the upper right.
        let turned = [[300.0, 100.0], [300.0, 300.0], [200.0, 300.0], [200.0, 100.0]];
        assert_eq!(grip_at([300.0, 100.0], turned, 0.0), Some(Grip::LeftTop));
        assert_eq!(grip_at([300.0, 200.0], turned, 0.0), Some(Grip::Top));
        assert_eq!(grip_at([250.0, 100.0], turned, 0.0), Some(Grip::Left));
    }

    #[test]
    fn a_drag_goes_by_whole_pixels_from_where_it_began() {
        let limits = BoxLimits { holds: [5, 5, 6, 6], within: [0, 0, 100, 100], least: 4, most: 100 };
        let mut drag = BoxDrag::default();
        assert_eq!(drag.dragged([9.0, 9.0], &limits), None);
        drag.take(Grip::RightBottom, [0, 0, 50, 50], [50.3, 49.9]);
        assert_eq!(drag.dragged([60.1, 45.3], &limits), Some([0, 0, 60, 45]));
        assert!(drag.let_go() && !drag.let_go());
    }
}
