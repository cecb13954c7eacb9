use std::path::Path;

use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits, RgbImage};

use super::PictureSource;

/// The sizes that are made, longer side in pixels.
pub const SIZES: [u32; 4] = [64, 128, 256, 512];
/// Files of pictures that are larger on one side are not read for a thumbnail.
const MOST_SIDE: u32 = 16_384;
/// Memory that decoding one picture may take.
const MOST_BYTES: u64 = 1 << 30;

/// A picture made small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallPicture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Rows of RGBA, not multiplied, 8 bits each.
    pub rgba: Vec<u8>,
}

/// The smallest of [`SIZES`] that need not be enlarged.
pub fn size_for(side_px: f32) -> u32 {
    // A tenth too small is not seen and saves three quarters of the bytes.
    SIZES.into_iter().find(|size| *size as f32 * 1.1 >= side_px).unwrap_or(SIZES[SIZES.len() - 1])
}

/// Reads a picture and makes it small. A picture that is smaller already stays as it is.
///
/// # Errors
/// One sentence when it cannot be read.
pub fn small_picture(source: &PictureSource, side_px: u32) -> Result<SmallPicture, String> {
    let picture = match source {
        PictureSource::File(path) => read(path)?,
        PictureSource::Rgb { width, height, data } => RgbImage::from_raw(*width, *height, data.as_ref().clone())
            .map(DynamicImage::ImageRgb8)
            .ok_or_else(|| format!("a preview of {width}x{height} has {} bytes", data.len()))?,
    };
    let small = if picture.width().max(picture.height()) > side_px {
        picture.resize(side_px, side_px, FilterType::CatmullRom)
    } else {
        picture
    };
    let rgba = small.into_rgba8();
    Ok(SmallPicture { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() })
}

fn read(path: &Path) -> Result<DynamicImage, String> {
    let said = |error: &dyn std::fmt::Display| format!("the picture cannot be read: {error}: {}", path.display());
    let mut reader = ImageReader::open(path).map_err(|error| said(&error))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    reader.with_guessed_format().map_err(|error| said(&error))?.decode().map_err(|error| said(&error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_picture_is_made_small_and_keeps_its_shape() {
        let data = Arc::new(vec![200; 300 * 100 * 3]);
        let source = PictureSource::Rgb { width: 300, height: 100, data };
        let small = small_picture(&source, 128).unwrap();
        assert_eq!((small.width, small.height), (128, 43));
        assert!(small.rgba.chunks(4).all(|pixel| pixel == [200, 200, 200, 255]));
        assert_eq!(small_picture(&source, 512).unwrap().width, 300);
    }

    #[test]
    fn what_cannot_be_read_says_why_with_the_path_last() {
        let source = PictureSource::File("/nowhere/a.png".into());
        let why = small_picture(&source, 64).unwrap_err();
        assert!(why.starts_with("the picture cannot be read: ") && why.ends_with(": /nowhere/a.png"), "{why}");
        let data = Arc::new(vec![0; 5]);
        assert!(small_picture(&PictureSource::Rgb { width: 2, height: 2, data }, 64).is_err());
    }

    #[test]
    fn the_size_is_the_smallest_that_need_not_be_enlarged() {
        for (side_px, size) in [(20.0, 64), (64.0, 64), (70.0, 64), (71.0, 128), (256.0, 256), (2000.0, 512)] {
            assert_eq!(size_for(side_px), size);
        }
    }
}
