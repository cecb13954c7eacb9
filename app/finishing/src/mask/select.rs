use super::{Mask, MaskError, PictureView};
use crate::PixelRect;

/// Selections: masks that are found in an image. Colours are alike when no channel, alpha included, differs by more than a tolerance
/// of 0 to 255.
impl Mask {
    /// The pixels around a place that can be reached from it, up, down, left and right, over pixels alike to the one there.
    ///
    /// # Errors
    /// The place is outside the image; the size as in [`Self::new`].
    pub fn flood(picture: &PictureView<'_>, at_in_image: [u32; 2], tolerance: u8) -> Result<Self, MaskError> {
        let size = picture.size();
        if at_in_image[0] >= size[0] || at_in_image[1] >= size[1] {
            return Err(MaskError::Outside { size });
        }
        let blank = Self::new(size)?;
        let colour = picture.pixel(at_in_image[0], at_in_image[1]);
        let is_alike = |x: u32, y: u32| difference(picture.pixel(x, y), colour) <= tolerance;
        let mut found = vec![0; size[0] as usize * size[1] as usize];
        let index = |x: u32, y: u32| y as usize * size[0] as usize + x as usize;
        let mut starts = vec![(at_in_image[0], at_in_image[1])];
        while let Some((x, y)) = starts.pop() {
            if found[index(x, y)] > 0 {
                continue;
            }
            let (mut first, mut end) = (x, x + 1);
            while first > 0 && is_alike(first - 1, y) {
                first -= 1;
            }
            while end < size[0] && is_alike(end, y) {
                end += 1;
            }
            found[index(first, y)..index(first, y) + (end - first) as usize].fill(255);
            for next in [y.checked_sub(1), (y + 1 < size[1]).then_some(y + 1)].into_iter().flatten() {
                let mut was_start = false;
                for x in first..end {
                    let is_start = found[index(x, next)] == 0 && is_alike(x, next);
                    if is_start && !was_start {
                        starts.push((x, next));
                    }
                    was_start = is_start;
                }
            }
        }
        Ok(blank.with_written(PixelRect::of_size(size), &found))
    }

    /// Every pixel alike to a colour (red, green, blue, alpha), wherever it is.
    ///
    /// # Errors
    /// The size as in [`Self::new`].
    pub fn of_colour(picture: &PictureView<'_>, colour: [u8; 4], tolerance: u8) -> Result<Self, MaskError> {
        Self::from_rows(picture.size(), PixelRect::of_size(picture.size()), |[_, y], row| {
            for (v, pixel) in row.iter_mut().zip(picture.pixels(y)) {
                *v = if difference(pixel, colour) <= tolerance { 255 } else { 0 };
            }
        })
    }

    /// What is see-through is made anew: 255 where alpha is 0, 0 where it is 255.
    ///
    /// # Errors
    /// The size as in [`Self::new`].
    pub fn from_alpha(picture: &PictureView<'_>) -> Result<Self, MaskError> {
        Self::from_rows(picture.size(), PixelRect::of_size(picture.size()), |[_, y], row| {
            row.iter_mut().zip(picture.pixels(y)).for_each(|(v, pixel)| *v = 255 - pixel[3]);
        })
    }

    /// Every pixel that is not alike in two images of the same size.
    ///
    /// # Errors
    /// The images have different sizes; the size as in [`Self::new`].
    pub fn of_difference(one: &PictureView<'_>, two: &PictureView<'_>, tolerance: u8) -> Result<Self, MaskError> {
        if one.size() != two.size() {
            return Err(MaskError::OtherSize { size: one.size(), other: two.size() });
        }
        Self::from_rows(one.size(), PixelRect::of_size(one.size()), |[_, y], row| {
            for (v, (one, two)) in row.iter_mut().zip(one.pixels(y).zip(two.pixels(y))) {
                *v = if difference(one, two) > tolerance { 255 } else { 0 };
            }
        })
    }
}

/// The greatest difference of a channel.
fn difference(one: [u8; 4], two: [u8; 4]) -> u8 {
    one.iter().zip(two).map(|(a, b)| a.abs_diff(b)).fold(0, u8::max)
}
