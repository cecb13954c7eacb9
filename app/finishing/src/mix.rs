use image::RgbImage;

use crate::mask::Mask;

/// Why two pictures cannot be mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MixError {
    /// The pictures differ in size.
    #[error("one picture is {0}x{1} and the other {2}x{3}: mix two of one size")]
    Sizes(u32, u32, u32, u32),
    /// The mask has another size than the pictures.
    #[error("the mask is {0}x{1} and the pictures {2}x{3}: paint a mask of their size")]
    MaskSize(u32, u32, u32, u32),
    /// Nothing is masked.
    #[error("nothing is masked: paint where the second picture shall show")]
    Empty,
}

/// The second picture where the mask is full, the first where it is empty, and between the two in proportion to the mask. Integers
/// alone, rounded to the nearest, so that it is the same on every machine.
///
/// # Errors
/// [`MixError`].
pub fn mix(first: &RgbImage, second: &RgbImage, mask: &Mask) -> Result<RgbImage, MixError> {
    let ((width, height), (other_width, other_height)) = (first.dimensions(), second.dimensions());
    if (width, height) != (other_width, other_height) {
        return Err(MixError::Sizes(width, height, other_width, other_height));
    }
    let [mask_width, mask_height] = mask.size();
    if (mask_width, mask_height) != (width, height) {
        return Err(MixError::MaskSize(mask_width, mask_height, width, height));
    }
    if mask.is_empty() {
        return Err(MixError::Empty);
    }
    let mut mixed = first.clone();
    let shares = mask.to_bytes();
    for ((into, from), share) in mixed.chunks_exact_mut(3).zip(second.chunks_exact(3)).zip(shares) {
        for (into, from) in into.iter_mut().zip(from) {
            *into = mixed_value(*into, *from, share);
        }
    }
    Ok(mixed)
}

/// One channel of a pixel of [`mix`], where the mask has this share: who shows a mix before it is made shows the same.
pub fn mixed_value(first: u8, second: u8, share: u8) -> u8 {
    let share = u32::from(share);
    ((u32::from(first) * (255 - share) + u32::from(second) * share + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn picture(width: u32, height: u32, by: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * by) as u8, (y * 3 + by) as u8, (x ^ y) as u8]))
    }

    #[test]
    fn the_second_shows_where_it_is_masked_and_grey_goes_between() {
        let (first, second) = (picture(70, 9, 3), picture(70, 9, 11));
        let share = |x: u32| [0, 255, 128, 1, 254][x as usize % 5];
        let bytes: Vec<u8> = (0..70 * 9).map(|at| share(at % 70)).collect();
        let mask = Mask::from_bytes([70, 9], &bytes).unwrap();
        let mixed = mix(&first, &second, &mask).unwrap();
        for (x, y, pixel) in mixed.enumerate_pixels() {
            let (one, two) = (first.get_pixel(x, y), second.get_pixel(x, y));
            for channel in 0..3 {
                let t = f64::from(share(x)) / 255.0;
                let exact = f64::from(one[channel]) * (1.0 - t) + f64::from(two[channel]) * t;
                assert!((f64::from(pixel[channel]) - exact).abs() <= 0.5 + 1e-9, "{x}, {y}");
            }
            match share(x) {
                0 => assert_eq!(pixel, one),
                255 => assert_eq!(pixel, two),
                _ => {}
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_to_do() {
        let (first, second) = (picture(8, 8, 3), picture(8, 9, 3));
        let full = Mask::full([8, 8]).unwrap();
        let said = mix(&first, &second, &full).unwrap_err().to_string();
        assert_eq!(said, "one picture is 8x8 and the other 8x9: mix two of one size");
        let said = mix(&second, &second, &full).unwrap_err().to_string();
        assert_eq!(said, "the mask is 8x8 and the pictures 8x9: paint a mask of their size");
        assert_eq!(mix(&first, &first, &Mask::new([8, 8]).unwrap()), Err(MixError::Empty));
        assert_eq!(mix(&first, &picture(8, 8, 9), &full).unwrap(), picture(8, 8, 9));
    }
}
