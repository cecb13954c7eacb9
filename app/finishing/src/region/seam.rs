use image::RgbImage;

use super::Region;
use super::distance::distances;

/// From this value on a pixel of the mask counts as masked here.
const MASKED: u8 = 128;

/// What shows of a seam: steps between neighbours across a line that the picture before did not have, in steps of 8 bits, each channel
/// for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Seam {
    /// Sum of the steps.
    pub sum: f64,
    /// How many there are.
    pub count: u64,
    /// The largest.
    pub most: u8,
}

impl Seam {
    /// The mean step; 0 of none.
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, count: self.count + other.count, most: self.most.max(other.most) }
    }

    fn add(&mut self, [before, after]: [&RgbImage; 2], one: (u32, u32), other: (u32, u32)) {
        for channel in 0..3 {
            let step = |picture: &RgbImage| {
                i16::from(picture.get_pixel(one.0, one.1)[channel])
                    - i16::from(picture.get_pixel(other.0, other.1)[channel])
            };
            let off = (step(after) - step(before)).unsigned_abs();
            self.sum += f64::from(off);
            self.count += 1;
            self.most = self.most.max(off.min(255) as u8);
        }
    }
}

/// The seams of a repair that was put back into a picture: across the mask's edge, and across the outer edge of the blend band. The mask
/// has one byte for each pixel of the picture. Nothing is measured where sizes differ.
pub fn seams(before: &RgbImage, after: &RgbImage, mask: &[u8], region: &Region) -> [Seam; 2] {
    let (width, height) = before.dimensions();
    let mut found = [Seam::default(); 2];
    if after.dimensions() != (width, height) || mask.len() != width as usize * height as usize {
        return found;
    }
    let masked: Vec<bool> = mask.iter().map(|byte| *byte >= MASKED).collect();
    let away = distances(&masked, width as usize, region.blend);
    let in_band: Vec<bool> = away.iter().map(|away| *away <= region.blend as f32).collect();
    let at = |x: u32, y: u32| y as usize * width as usize + x as usize;
    for y in 0..height {
        for x in 0..width {
            for (other_x, other_y) in [(x + 1, y), (x, y + 1)] {
                if other_x >= width || other_y >= height {
                    continue;
                }
                let (one, other) = (at(x, y), at(other_x, other_y));
                for (seam, is_within) in found.iter_mut().zip([&masked, &in_band]) {
                    if is_within[one] != is_within[other] {
                        seam.add([before, after], (x, y), (other_x, other_y));
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::super::{Fill, Softness};
    use super::*;
    use crate::PixelRect;

    #[test]
    fn a_seam_is_what_the_picture_before_did_not_have() {
        // Rising by 5 from column to column; made anew from column 4 on, 3 too bright there, and the band is 2 wide.
        let before = RgbImage::from_fn(10, 4, |x, _| Rgb([x as u8 * 5; 3]));
        let after = RgbImage::from_fn(10, 4, |x, _| Rgb([x as u8 * 5 + if x >= 4 { 3 } else { u8::from(x >= 2) }; 3]));
        let mask: Vec<u8> = (0..40).map(|at| if at % 10 >= 4 { 255 } else { 0 }).collect();
        let crop = PixelRect::new(0, 0, 10, 4);
        let region = Region { crop, generated: [8, 8], fill: Fill::Original, blend: 2, softness: Softness::Hard };
        let [edge, band] = seams(&before, &after, &mask, &region);
        assert_eq!((edge.count, edge.most, edge.mean()), (12, 2, 2.0));
        assert_eq!((band.count, band.most, band.mean()), (12, 1, 1.0));
        assert_eq!(edge.with(band), Seam { sum: 36.0, count: 24, most: 2 });
        assert_eq!(seams(&before, &before, &mask, &region)[0].most, 0);
        assert_eq!(seams(&before, &RgbImage::new(9, 4), &mask, &region), [Seam::default(); 2]);
    }
}
