//! What an image looks like, small enough to stand in its card: with it a card proves itself on another device, where nothing but the
//! card and the model is at hand.

use std::io::Cursor;

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};
use kento_engine::protocol::Pixels;
use kento_studio::Sha256;
use kento_studio::card::{HeldPicture, HexBytes};

use super::{pixels_sha256, similarity};

/// Longest side of the picture in a card, in pixels. An image that is larger is reduced to it, and compared reduced.
const LONGEST: u32 = 256;

/// The look of an RGB image as its card holds it; `of` is the hash of the image's PNG file.
///
/// # Errors
/// One sentence when the pixels do not fit their size.
pub fn hold(of: Sha256, image: &Pixels) -> Result<HeldPicture, String> {
    let mut png = Vec::new();
    reduced(image)?.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(HeldPicture { of, png: HexBytes(png) })
}

/// How alike an image and the picture in a card look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldComparison {
    /// SSIMULACRA2 score, 100 at most.
    pub ssimulacra2: f64,
    /// Width and height at which they were compared.
    pub size: [u32; 2],
}

/// Compares an image that was rendered again with the picture in its card. `pixels` is the hash of the pixels that the image should have.
///
/// # Errors
/// One sentence when the picture cannot be read, has another size than the image has when it is reduced, or is not of those pixels.
pub fn compare(held: &HeldPicture, pixels: Sha256, again: &Pixels) -> Result<HeldComparison, String> {
    let damaged = |what: &str| format!("the picture in the card {what}: take the card from the project again");
    let mut reader = ImageReader::with_format(Cursor::new(&held.png.0), ImageFormat::Png);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST), Some(LONGEST));
    reader.limits(limits);
    let held = reader.decode().map_err(|error| damaged(&format!("cannot be read ({error})")))?.into_rgb8();
    let again_reduced = reduced(again)?;
    if held.dimensions() != again_reduced.dimensions() {
        let [held, again] = [&held, &again_reduced].map(|picture| format!("{}x{}", picture.width(), picture.height()));
        return Err(damaged(&format!("has {held} pixels where the render has {again}")));
    }
    let (held, reduced) = (as_pixels(held), as_pixels(again_reduced));
    let is_whole = (reduced.width, reduced.height) == (again.width, again.height);
    if is_whole && pixels_sha256(&held) != pixels {
        return Err(damaged("is not of its image"));
    }
    Ok(HeldComparison { ssimulacra2: similarity(&held, &reduced)?, size: [reduced.width, reduced.height] })
}

fn reduced(image: &Pixels) -> Result<RgbImage, String> {
    let picture = RgbImage::from_raw(image.width, image.height, image.data.clone());
    let picture = picture.ok_or("the image's pixels do not fit its size: render it again")?;
    if image.width.max(image.height) <= LONGEST {
        return Ok(picture);
    }
    Ok(DynamicImage::from(picture).resize(LONGEST, LONGEST, FilterType::Lanczos3).into_rgb8())
}

fn as_pixels(picture: RgbImage) -> Pixels {
    Pixels { width: picture.width(), height: picture.height(), channels: 3, data: picture.into_raw() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(width: u32, height: u32, phase: f32) -> Pixels {
        let value = |i: u32| ((i as f32 * 0.013 + phase).sin() * 100.0 + 128.0) as u8;
        Pixels { width, height, channels: 3, data: (0..width * height * 3).map(value).collect() }
    }

    #[test]
    fn a_small_image_is_held_whole_and_recognised_by_its_pixels() {
        let image = wave(96, 64, 0.0);
        let held = hold(Sha256([7; 32]), &image).unwrap();
        let mut near = image.clone();
        near.data.iter_mut().step_by(97).for_each(|byte| *byte = byte.saturating_add(1));
        let pixels = pixels_sha256(&image);
        let same = compare(&held, pixels, &image).unwrap();
        assert_eq!(same, HeldComparison { ssimulacra2: 100.0, size: [96, 64] });
        let score = compare(&held, pixels, &near).unwrap().ssimulacra2;
        assert!(score > 90.0 && score < 100.0, "{score}");
        assert!(compare(&held, pixels, &wave(96, 64, 2.0)).unwrap().ssimulacra2 < 50.0);
        let other = compare(&held, pixels_sha256(&near), &image).unwrap_err();
        assert_eq!(other, "the picture in the card is not of its image: take the card from the project again");
    }

    #[test]
    fn a_large_image_is_held_reduced_and_compared_reduced() {
        let value = |i: u32| (i / 3 % 700 / 4 + i / 2100 / 5) as u8;
        let image = Pixels { width: 700, height: 350, channels: 3, data: (0..700 * 350 * 3).map(value).collect() };
        let held = hold(Sha256([7; 32]), &image).unwrap();
        let found = compare(&held, pixels_sha256(&image), &image).unwrap();
        assert_eq!(found, HeldComparison { ssimulacra2: 100.0, size: [256, 128] });
        let mut inverted = image.clone();
        inverted.data.iter_mut().for_each(|byte| *byte = 255 - *byte);
        assert!(compare(&held, pixels_sha256(&image), &inverted).unwrap().ssimulacra2 < 50.0);
    }

    #[test]
    fn a_damaged_picture_or_one_of_another_size_is_told() {
        let image = wave(96, 64, 0.0);
        let pixels = pixels_sha256(&image);
        let mut held = hold(Sha256([7; 32]), &image).unwrap();
        let size = compare(&held, pixels, &wave(64, 96, 0.0)).unwrap_err();
        assert!(size.starts_with("the picture in the card has 96x64 pixels where the render has 64x96"), "{size}");
        held.png.0.truncate(40);
        let torn = compare(&held, pixels, &image).unwrap_err();
        assert!(torn.starts_with("the picture in the card cannot be read ("), "{torn}");
    }
}
