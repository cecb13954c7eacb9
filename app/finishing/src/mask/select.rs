use rayon::prelude::*;

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
        // Alike pixels are 1 until they are found.
        let width = size[0] as usize;
        let mut pixels = vec![0_u8; width * size[1] as usize];
        pixels.par_chunks_exact_mut(width).zip(0..size[1]).for_each(|(row, y)| {
            let alike = picture.pixels(y).map(|pixel| difference(pixel, colour) <= tolerance);
            row.iter_mut().zip(alike).for_each(|(v, is_alike)| *v = u8::from(is_alike));
        });
        let mut starts = vec![(at_in_image[0] as usize, at_in_image[1] as usize)];
        while let Some((x, y)) = starts.pop() {
            let row = &mut pixels[y * width..(y + 1) * width];
            if row[x] != 1 {
                continue;
            }
            let first = row[..x].iter().rposition(|v| *v != 1).map_or(0, |before| before + 1);
            let end = row[x..].iter().position(|v| *v != 1).map_or(width, |behind| x + behind);
            row[first..end].fill(255);
            for next in [y.checked_sub(1), (y + 1 < size[1] as usize).then_some(y + 1)].into_iter().flatten() {
                let row = &pixels[next * width..(next + 1) * width];
                let is_start = |x: &usize| row[*x] == 1 && (*x == first || row[*x - 1] != 1);
                starts.extend((first..end).filter(is_start).map(|x| (x, next)));
            }
        }
        // What is still 1 is alike but out of reach.
        pixels.iter_mut().for_each(|v| *v = if *v == 255 { 255 } else { 0 });
        Ok(blank.with_written(PixelRect::of_size(size), &pixels))
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
