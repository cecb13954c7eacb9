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
}

impl Default for Camera {
    fn default() -> Self {
        Self { zoom: Zoom::Fit, centre: [0.5, 0.5] }
    }
}

/// A picture is never shown smaller than this many points to a pixel, nor larger than [`MOST`].
const LEAST: f32 = 1.0 / 64.0;
const MOST: f32 = 64.0;
/// Pictures that are fitted are enlarged at most so much, so that a small one stays a picture.
const MOST_FITTED: f32 = 6.0;
/// Space that is left around a fitted picture, in points.
const FIT_MARGIN: f32 = 20.0;
/// Space that is left at the left of a fitted picture, so that the tools never stand on it.
const TOOLS_MARGIN: f32 = 52.0;
/// Views narrower than this have no room to spare for it.
const LEAST_WITH_TOOLS: f32 = 360.0;

/// Space that is left at the left of a fitted picture.
fn left_margin(view: [f32; 2]) -> f32 {
    if view[0] < LEAST_WITH_TOOLS { FIT_MARGIN } else { TOOLS_MARGIN }
}

impl Camera {
    /// Points of the window to one pixel of a picture of this size, in a view of this size.
    pub fn scale(&self, picture: [f32; 2], view: [f32; 2]) -> f32 {
        match self.zoom {
            Zoom::Fit => {
                let margins = [left_margin(view) + FIT_MARGIN, 2.0 * FIT_MARGIN];
                let free = |axis: usize| (view[axis] - margins[axis]).max(1.0) / picture[axis];
                free(0).min(free(1)).clamp(LEAST, MOST_FITTED)
            }
            Zoom::Factor(factor) => factor,
        }
    }

    /// Where the pixel (from 0 to 1 on both axes) is seen.
    pub fn ui_from_image(&self, at: [f32; 2], picture: [f32; 2], view: [f32; 2]) -> [f32; 2] {
        let scale = self.scale(picture, view);
        let centre = self.seen_centre(picture, view);
        std::array::from_fn(|axis| (at[axis] - centre[axis]) * picture[axis] * scale)
    }

    /// What is seen at a place of the view, from 0 to 1 on both axes; outside of that beside the picture.
    pub fn image_from_ui(&self, at: [f32; 2], picture: [f32; 2], view: [f32; 2]) -> [f32; 2] {
        let scale = self.scale(picture, view);
        let centre = self.seen_centre(picture, view);
        std::array::from_fn(|axis| at[axis] / (picture[axis] * scale) + centre[axis])
    }

    /// Zooms so that what is below the pointer stays there.
    pub fn zoom_at(&mut self, pointer: [f32; 2], by: f32, picture: [f32; 2], view: [f32; 2]) {
        let below = self.image_from_ui(pointer, picture, view);
        let scale = (self.scale(picture, view) * by).clamp(LEAST, MOST);
        self.zoom = Zoom::Factor(scale);
        self.centre = std::array::from_fn(|axis| below[axis] - pointer[axis] / (picture[axis] * scale));
        self.stay_in_sight();
    }

    /// Moves the picture by so many points.
    pub fn pan(&mut self, by: [f32; 2], picture: [f32; 2], view: [f32; 2]) {
        let scale = self.scale(picture, view);
        if self.zoom == Zoom::Fit {
            self.centre = self.seen_centre(picture, view);
            self.zoom = Zoom::Factor(scale);
        }
        self.centre = std::array::from_fn(|axis| self.centre[axis] - by[axis] / (picture[axis] * scale));
        self.stay_in_sight();
    }

    /// Shows the whole picture.
    pub fn fit(&mut self) {
        *self = Self::default();
    }

    /// Shows one pixel of the picture as one of the screen, around the same middle.
    pub fn one_to_one(&mut self, pixels_per_point: f32) {
        if self.zoom == Zoom::Fit {
            self.centre = [0.5, 0.5];
        }
        self.zoom = Zoom::Factor(1.0 / pixels_per_point);
    }

    /// A fitted picture stands in the middle, or as far to the right of it as the tools need.
    fn seen_centre(&self, picture: [f32; 2], view: [f32; 2]) -> [f32; 2] {
        if self.zoom != Zoom::Fit {
            return self.centre;
        }
        let width = picture[0] * self.scale(picture, view);
        let to_the_right = (left_margin(view) - (view[0] - width) / 2.0).max(0.0);
        [0.5 - to_the_right / width, 0.5]
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
        assert_eq!([left.round(), right.round()], [TOOLS_MARGIN, 500.0 - FIT_MARGIN]);
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
}
