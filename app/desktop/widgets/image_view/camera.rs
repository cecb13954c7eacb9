use super::strip;

/// How large the picture is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Zoom {
    /// The whole picture, as large as it fits.
    Fit,
    /// So many points of the window to one pixel of the picture.
    Factor(f32),
}

/// Which part of a picture is seen how large. Positions in the window are points from the middle of the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// How large.
    pub zoom: Zoom,
    /// The place of the picture that stands in the middle, from 0 to 1 on both axes.
    pub centre: [f32; 2],
    /// By how much the picture is turned to the right, in degrees from -180 to 180.
    pub degrees: f32,
}

impl Default for Camera {
    fn default() -> Self {
        Self { zoom: Zoom::Fit, centre: [0.5, 0.5], degrees: 0.0 }
    }
}

/// A picture is never shown smaller than this many points to a pixel, nor larger than [`MOST`].
const LEAST: f32 = 1.0 / 64.0;
const MOST: f32 = 64.0;
/// Pictures that are fitted are enlarged at most so much, so that a small one stays a picture.
const MOST_FITTED: f32 = 6.0;
/// Space that is left around a fitted picture, in points.
const FIT_MARGIN: f32 = 20.0;
/// Views narrower than this have no room to spare for it.
const LEAST_WITH_TOOLS: f32 = 360.0;

/// Space that is left at the left of a fitted picture, so that the tools never stand on it.
fn left_margin(view: [f32; 2]) -> f32 {
    if view[0] < LEAST_WITH_TOOLS { FIT_MARGIN } else { strip::room(view[1]) }
}

impl Camera {
    /// Points of the window to one pixel of a picture of this size, in a view of this size.
    pub fn scale(&self, picture: [f32; 2], view: [f32; 2]) -> f32 {
        match self.zoom {
            Zoom::Fit => {
                let margins = [left_margin(view) + FIT_MARGIN, 2.0 * FIT_MARGIN];
                let seen = self.turned_size(picture);
                let free = |axis: usize| (view[axis] - margins[axis]).max(1.0) / seen[axis];
                free(0).min(free(1)).clamp(LEAST, MOST_FITTED)
            }
            Zoom::Factor(factor) => factor,
        }
    }

    /// Where the pixel (from 0 to 1 on both axes) is seen.
    pub fn ui_from_image(&self, at: [f32; 2], picture: [f32; 2], view: [f32; 2]) -> [f32; 2] {
        let scale = self.scale(picture, view);
        let centre = self.seen_centre(picture, view);
        self.turned(std::array::from_fn(|axis| (at[axis] - centre[axis]) * picture[axis] * scale))
    }

    /// What is seen at a place of the view, from 0 to 1 on both axes; outside of that beside the picture.
    pub fn image_from_ui(&self, at: [f32; 2], picture: [f32; 2], view: [f32; 2]) -> [f32; 2] {
        let scale = self.scale(picture, view);
        let centre = self.seen_centre(picture, view);
        let at = self.turned_back(at);
        std::array::from_fn(|axis| at[axis] / (picture[axis] * scale) + centre[axis])
    }

    /// Left, top, right and bottom, from 0 to 1 on both axes, of a part of the picture that holds all that is seen of it.
    pub fn seen(&self, picture: [f32; 2], view: [f32; 2]) -> [f32; 4] {
        let half = view.map(|side| side / 2.0);
        let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
            .map(|[x, y]| self.image_from_ui([half[0] * x, half[1] * y], picture, view));
        let least = |axis: usize| corners.iter().map(|corner| corner[axis]).fold(f32::INFINITY, f32::min);
        let most = |axis: usize| corners.iter().map(|corner| corner[axis]).fold(f32::NEG_INFINITY, f32::max);
        [least(0), least(1), most(0), most(1)]
    }

    /// Zooms so that what is below the pointer stays there.
    pub fn zoom_at(&mut self, pointer: [f32; 2], by: f32, picture: [f32; 2], view: [f32; 2]) {
        let below = self.image_from_ui(pointer, picture, view);
        self.zoom = Zoom::Factor((self.scale(picture, view) * by).clamp(LEAST, MOST));
        self.bring(below, pointer, picture, view);
    }

    /// Moves the picture by so many points.
    pub fn pan(&mut self, by: [f32; 2], picture: [f32; 2], view: [f32; 2]) {
        let scale = self.scale(picture, view);
        if self.zoom == Zoom::Fit {
            self.centre = self.seen_centre(picture, view);
            self.zoom = Zoom::Factor(scale);
        }
        let by = self.turned_back(by);
        self.centre = std::array::from_fn(|axis| self.centre[axis] - by[axis] / (picture[axis] * scale));
        self.stay_in_sight();
    }

    /// Turns the picture by so many degrees, to the right where they are positive. What is below the pointer stays there, unless the
    /// picture is fitted: then it stays fitted.
    pub fn turn_at(&mut self, pointer: [f32; 2], degrees: f32, picture: [f32; 2], view: [f32; 2]) {
        let below = self.image_from_ui(pointer, picture, view);
        // From -180 to 180, and upright is upright.
        let angle = (self.degrees + degrees + 180.0).rem_euclid(360.0) - 180.0;
        self.degrees = if angle.abs() < 0.05 { 0.0 } else { angle };
        if self.zoom != Zoom::Fit {
            self.bring(below, pointer, picture, view);
        }
    }

    /// Turns the picture upright again, around the middle of the view.
    pub fn upright(&mut self, picture: [f32; 2], view: [f32; 2]) {
        self.turn_at([0.0, 0.0], -self.degrees, picture, view);
    }

    /// Shows the whole picture, turned as it is.
    pub fn fit(&mut self) {
        *self = Self { degrees: self.degrees, ..Self::default() };
    }

    /// Shows one pixel of the picture as one of the screen, around the same middle.
    pub fn one_to_one(&mut self, pixels_per_point: f32) {
        if self.zoom == Zoom::Fit {
            self.centre = [0.5, 0.5];
        }
        self.zoom = Zoom::Factor(1.0 / pixels_per_point);
    }

    /// Places the picture so that a place of it is seen here.
    fn bring(&mut self, place: [f32; 2], at: [f32; 2], picture: [f32; 2], view: [f32; 2]) {
        let scale = self.scale(picture, view);
        let at = self.turned_back(at);
        self.centre = std::array::from_fn(|axis| place[axis] - at[axis] / (picture[axis] * scale));
        self.stay_in_sight();
    }

    /// A fitted picture stands in the middle, or as far to the right of it as the tools need.
    fn seen_centre(&self, picture: [f32; 2], view: [f32; 2]) -> [f32; 2] {
        if self.zoom != Zoom::Fit {
            return self.centre;
        }
        let scale = self.scale(picture, view);
        let width = self.turned_size(picture)[0] * scale;
        let to_the_right = (left_margin(view) - (view[0] - width) / 2.0).max(0.0);
        let moved = self.turned_back([to_the_right, 0.0]);
        std::array::from_fn(|axis| 0.5 - moved[axis] / (picture[axis] * scale))
    }

    /// A way in the picture as it is seen in the window.
    pub(super) fn turned(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        if self.degrees == 0.0 {
            return [x, y];
        }
        let (sin, cos) = self.sin_cos();
        [x * cos - y * sin, x * sin + y * cos]
    }

    /// A way in the window as it is in the picture.
    pub(super) fn turned_back(&self, at: [f32; 2]) -> [f32; 2] {
        Self { degrees: -self.degrees, ..*self }.turned(at)
    }

    /// Exact at quarter turns: rows of the picture are columns of the window then, wherever it is seen.
    fn sin_cos(&self) -> (f32, f32) {
        let quarters = self.degrees / 90.0;
        if quarters.fract() != 0.0 {
            return self.degrees.to_radians().sin_cos();
        }
        match (quarters as i32).rem_euclid(4) {
            0 => (0.0, 1.0),
            1 => (1.0, 0.0),
            2 => (0.0, -1.0),
            _ => (-1.0, 0.0),
        }
    }

    /// Width and height of what the turned picture covers.
    fn turned_size(&self, [width, height]: [f32; 2]) -> [f32; 2] {
        if self.degrees == 0.0 {
            return [width, height];
        }
        let (sin, cos) = self.sin_cos();
        [width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs()]
    }

    fn stay_in_sight(&mut self) {
        self.centre = self.centre.map(|axis| axis.clamp(0.0, 1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: [f32; 2] = [400.0, 200.0];
    const VIEW: [f32; 2] = [240.0, 240.0];

    #[test]
    fn a_picture_is_fitted_and_small_ones_stay_small() {
        assert_eq!(Camera::default().scale(PICTURE, VIEW), 0.5);
        assert_eq!(Camera::default().scale([8.0, 8.0], VIEW), MOST_FITTED);
        assert_eq!(Camera::default().ui_from_image([0.0, 0.0], PICTURE, VIEW), [-100.0, -50.0]);
    }

    #[test]
    fn a_fitted_picture_leaves_the_tools_their_place() {
        let camera = Camera::default();
        let view = [500.0, 600.0];
        let left = 250.0 + camera.ui_from_image([0.0, 0.0], [400.0, 400.0], view)[0];
        let right = 250.0 + camera.ui_from_image([1.0, 1.0], [400.0, 400.0], view)[0];
        assert_eq!([left.round(), right.round()], [strip::room(600.0), 500.0 - FIT_MARGIN]);
        // Where there is room the picture stays in the middle, and a pan begins where it stands.
        assert_eq!(camera.ui_from_image([0.5, 0.5], [400.0, 400.0], [900.0, 440.0]), [0.0, 0.0]);
        let mut panned = camera;
        panned.pan([3.0, 0.0], [400.0, 400.0], view);
        assert!((panned.ui_from_image([0.0, 0.0], [400.0, 400.0], view)[0] + 250.0 - left - 3.0).abs() < 1e-3);
    }

    #[test]
    fn what_is_below_the_pointer_stays_there() {
        let mut camera = Camera::default();
        let pointer = [40.0, -10.0];
        let below = camera.image_from_ui(pointer, PICTURE, VIEW);
        for by in [1.5, 1.5, 0.8] {
            camera.zoom_at(pointer, by, PICTURE, VIEW);
            let after = camera.image_from_ui(pointer, PICTURE, VIEW);
            assert!(after.iter().zip(below).all(|(after, before)| (after - before).abs() < 1e-4), "{after:?}");
        }
        assert!((camera.scale(PICTURE, VIEW) - 0.9).abs() < 1e-5);
        let back = camera.ui_from_image(below, PICTURE, VIEW);
        assert!(back.iter().zip(pointer).all(|(back, at)| (back - at).abs() < 1e-3));
    }

    #[test]
    fn the_picture_cannot_be_lost() {
        let mut camera = Camera::default();
        camera.pan([1e6, -1e6], PICTURE, VIEW);
        assert_eq!(camera.centre, [0.0, 1.0]);
        for _ in 0..100 {
            camera.zoom_at([0.0, 0.0], 2.0, PICTURE, VIEW);
        }
        assert_eq!(camera.zoom, Zoom::Factor(MOST));
        camera.one_to_one(2.0);
        assert_eq!((camera.scale(PICTURE, VIEW), camera.centre), (0.5, [0.0, 1.0]));
        camera.fit();
        assert_eq!(camera, Camera::default());
    }

    /// Every place of a raster, from beyond one corner to beyond the other.
    fn places() -> impl Iterator<Item = [f32; 2]> {
        (0..=6).flat_map(|y| (0..=6).map(move |x| [x as f32 * 0.25 - 0.25, y as f32 * 0.25 - 0.25]))
    }

    #[test]
    fn a_place_that_is_seen_turned_is_found_again_from_the_window() {
        for degrees in [0.0, 15.0, 90.0, -37.5, 180.0, 271.0] {
            for zoom in [Zoom::Fit, Zoom::Factor(0.1), Zoom::Factor(1.0), Zoom::Factor(40.0)] {
                for view in [VIEW, [500.0, 300.0]] {
                    let mut camera = Camera { zoom, centre: [0.3, 0.9], ..Camera::default() };
                    camera.turn_at([0.0, 0.0], degrees, PICTURE, view);
                    for at in places() {
                        let seen = camera.ui_from_image(at, PICTURE, view);
                        let back = camera.image_from_ui(seen, PICTURE, view);
                        let is_same = back.iter().zip(at).all(|(back, at)| (back - at).abs() < 1e-4);
                        assert!(is_same, "{degrees} {zoom:?}: {at:?} seen at {seen:?} is {back:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn to_the_right_is_clockwise_and_lengths_stay() {
        let mut camera = Camera { zoom: Zoom::Factor(2.0), ..Camera::default() };
        camera.turn_at([0.0, 0.0], 90.0, PICTURE, VIEW);
        // What was at the right of the middle is below it now; a window's axis points down.
        let [x, y] = camera.ui_from_image([0.75, 0.5], PICTURE, VIEW);
        assert!(x.abs() < 1e-3 && (y - 200.0).abs() < 1e-3, "{x} {y}");
        camera.turn_at([0.0, 0.0], 100.0, PICTURE, VIEW);
        assert_eq!(camera.degrees, -170.0);
        camera.upright(PICTURE, VIEW);
        assert_eq!((camera.degrees, camera.centre), (0.0, [0.5, 0.5]));
    }

    #[test]
    fn what_is_below_the_pointer_stays_there_while_the_picture_is_turned_zoomed_and_moved() {
        let mut camera = Camera { zoom: Zoom::Factor(1.5), ..Camera::default() };
        let pointer = [33.0, -21.0];
        let below = camera.image_from_ui(pointer, PICTURE, VIEW);
        for step in 0..5 {
            camera.turn_at(pointer, 25.0, PICTURE, VIEW);
            camera.zoom_at(pointer, if step % 2 == 0 { 1.2 } else { 0.9 }, PICTURE, VIEW);
            let after = camera.image_from_ui(pointer, PICTURE, VIEW);
            assert!(after.iter().zip(below).all(|(after, before)| (after - before).abs() < 1e-4), "{after:?}");
        }
        camera.pan([10.0, 5.0], PICTURE, VIEW);
        let moved = camera.ui_from_image(below, PICTURE, VIEW);
        assert!((moved[0] - 43.0).abs() < 1e-2 && (moved[1] + 16.0).abs() < 1e-2, "{moved:?}");
    }

    #[test]
    fn a_turned_picture_is_fitted_with_all_its_corners_and_stays_turned() {
        for degrees in [30.0, 90.0, -135.0] {
            let (view, mut camera) = ([600.0, 400.0], Camera::default());
            camera.turn_at([100.0, 50.0], degrees, PICTURE, view);
            assert_eq!(camera.zoom, Zoom::Fit);
            for corner in [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]] {
                let [x, y] = camera.ui_from_image(corner, PICTURE, view);
                assert!(x >= strip::room(400.0) - 300.01 && x <= 300.01 - FIT_MARGIN, "{degrees}: {x}");
                assert!(y.abs() <= 200.01 - FIT_MARGIN, "{degrees}: {y}");
            }
            camera.fit();
            assert_eq!(camera.degrees, degrees);
        }
    }

    #[test]
    fn all_that_is_seen_lies_in_the_part_that_is_told() {
        let mut camera = Camera { zoom: Zoom::Factor(3.0), centre: [0.4, 0.6], ..Camera::default() };
        let upright = camera.seen(PICTURE, VIEW);
        assert!((upright[2] - upright[0] - 240.0 / 1200.0).abs() < 1e-5);
        camera.turn_at([0.0, 0.0], 45.0, PICTURE, VIEW);
        let [left, top, right, bottom] = camera.seen(PICTURE, VIEW);
        for x in [-120.0, 0.0, 120.0] {
            for y in [-120.0, 77.0, 120.0] {
                let at = camera.image_from_ui([x, y], PICTURE, VIEW);
                assert!((left..=right).contains(&at[0]) && (top..=bottom).contains(&at[1]), "{at:?}");
            }
        }
    }
}
