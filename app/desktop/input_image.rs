//! Init images and masks from files, with limits: a picture is read in full or refused, and never fills the memory.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ExtendedColorType, GenericImageView as _, ImageDecoder as _, ImageReader, Limits};
use kento_engine::protocol::Pixels;
use kento_finishing::mask::{Mask, MaskChannel, MaskError, MaskPng};
use kento_studio::{ImageReference, Sha256};
use sha2::Digest as _;

/// Largest side of an image that is read, in pixels.
pub const MOST_SIDE: u32 = 16_384;
/// Most bytes that a decoder may allocate: the largest image with four 8-bit channels, and as much again to decode it.
const MOST_DECODER_BYTES: u64 = 2 << 30;
/// Largest file that is read, in bytes.
const MOST_FILE_BYTES: u64 = 1 << 30;

/// An image file as the engine wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputImage {
    /// Hash of the file, and its size in pixels.
    pub reference: ImageReference,
    /// Its pixels.
    pub pixels: Pixels,
    /// What was converted on the way, each in one sentence without its capital letter; empty where the file has what is worked on.
    /// Whoever lets a person choose a file tells them.
    pub notices: Vec<String>,
}

/// Reads an init image as RGB. Transparency is laid over white. The EXIF orientation is applied, so that the picture stands
/// as it does in every viewer.
///
/// # Errors
/// [`InputImageError`].
pub fn read_rgb(path: &Path) -> Result<InputImage, InputImageError> {
    read(path, ReadAs::Image, |image| {
        if !image.color().has_alpha() {
            return (3, image.into_rgb8().into_raw());
        }
        let over_white = |channel: u8, alpha: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        let rgba = image.into_rgba8();
        (3, rgba.pixels().flat_map(|pixel| [0, 1, 2].map(|index| over_white(pixel[index], pixel[3]))).collect())
    })
}

/// Reads a mask as grey: 255 is repainted, 0 is kept. Transparent pixels are kept.
///
/// # Errors
/// [`InputImageError`].
pub fn read_mask(path: &Path) -> Result<InputImage, InputImageError> {
    read_mask_from(path, MaskChannel::Grey)
}

/// Reads a mask from a part of a picture file: 255 is repainted, 0 is kept. A mask that is not the file's grey is named by the grey PNG
/// file that this build writes of it, because the file says another mask to whoever reads its grey.
///
/// # Errors
/// [`InputImageError`].
pub fn read_mask_from(path: &Path, channel: MaskChannel) -> Result<InputImage, InputImageError> {
    let value = |grey: u8, alpha: u8| match channel {
        MaskChannel::Grey => ((u32::from(grey) * u32::from(alpha) + 127) / 255) as u8,
        MaskChannel::Alpha => alpha,
        MaskChannel::Transparency => 255 - alpha,
    };
    let values = |image: DynamicImage| {
        let grey = image.into_luma_alpha8();
        (1, grey.pixels().map(|pixel| value(pixel[0], pixel[1])).collect())
    };
    let mut read = read(path, ReadAs::Mask(channel), values)?;
    if channel != MaskChannel::Grey {
        let Pixels { width, height, data, .. } = &read.pixels;
        let png = Mask::from_bytes([*width, *height], data).and_then(|mask| mask.to_png(MaskPng::Grey));
        let png = png.map_err(|source| InputImageError::Mask { source, path: path.to_owned() })?;
        read.reference.sha256 = Sha256(sha2::Sha256::digest(&png).into());
    }
    Ok(read)
}

/// Why an image file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputImageError {
    /// The file cannot be read.
    #[error("the image cannot be read ({source}); check the path: {path}", path = path.display())]
    Read {
        /// What the system says.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The file is far larger than any picture.
    #[error("the image file has {bytes} bytes and at most {MOST_FILE_BYTES} are read: make it smaller: {path}", path = path.display())]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// The file.
        path: PathBuf,
    },
    /// The file is no image, is damaged, or is too large.
    #[error("the image cannot be decoded ({source}); use a PNG, JPEG, WebP, TIFF or BMP of at most {MOST_SIDE} pixels a side: {path}", path = path.display())]
    Decode {
        /// What the decoder says.
        source: image::ImageError,
        /// The file.
        path: PathBuf,
    },
    /// The picture makes no mask.
    #[error("{source}: {path}", path = path.display())]
    Mask {
        /// Why.
        source: MaskError,
        /// The file.
        path: PathBuf,
    },
}

/// What a file is read as.
#[derive(Debug, Clone, Copy)]
enum ReadAs {
    Image,
    Mask(MaskChannel),
}

fn read(
    path: &Path,
    read_as: ReadAs,
    convert: impl FnOnce(DynamicImage) -> (u8, Vec<u8>),
) -> Result<InputImage, InputImageError> {
    let refuse = |source| InputImageError::Read { source, path: path.to_owned() };
    let metadata = fs::metadata(path).map_err(refuse)?;
    if metadata.len() > MOST_FILE_BYTES {
        return Err(InputImageError::TooManyBytes { bytes: metadata.len(), path: path.to_owned() });
    }
    let bytes = fs::read(path).map_err(refuse)?;
    let sha256 = Sha256(sha2::Sha256::digest(&bytes).into());
    let (image, original) =
        decode(&bytes).map_err(|source| InputImageError::Decode { source, path: path.to_owned() })?;
    let (width, height) = (image.width(), image.height());
    let has_printing_colours =
        matches!(original, ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16) || is_cmyk(&bytes);
    let mut notices = notices(read_as, &image);
    if has_printing_colours {
        notices.push(format!("{} has printing colours (CMYK) and is worked on in RGB", read_as.what()));
    }
    let (channels, data) = convert(image);
    Ok(InputImage {
        reference: ImageReference { sha256, width, height },
        pixels: Pixels { width, height, channels, data },
        notices,
    })
}

impl ReadAs {
    fn what(self) -> &'static str {
        match self {
            Self::Image => "the image",
            Self::Mask(_) => "the mask",
        }
    }
}

fn notices(read_as: ReadAs, image: &DynamicImage) -> Vec<String> {
    let (what, color) = (read_as.what(), image.color());
    let mut notices = Vec::new();
    if color.bytes_per_pixel() > color.channel_count() {
        notices.push(format!("{what} has more than 8 bits a channel and is worked on with 8"));
    }
    let is_transparent = || color.has_alpha() && image.pixels().any(|(_, _, pixel)| pixel.0[3] < 255);
    match read_as {
        ReadAs::Image if is_transparent() => {
            notices.push("the image is transparent in places and is laid over white".to_owned());
        }
        ReadAs::Mask(MaskChannel::Grey) if is_transparent() => {
            notices.push("the mask is transparent in places, and what is there is kept".to_owned());
        }
        ReadAs::Mask(MaskChannel::Alpha | MaskChannel::Transparency) if !color.has_alpha() => {
            notices.push("the mask's file has no transparency, so all of it counts as opaque".to_owned());
        }
        ReadAs::Image | ReadAs::Mask(_) => {}
    }
    notices
}

/// Whether this is a JPEG of four colours: its frame header says so (ITU-T T.81, B.2.2), and decoders give RGB without a word.
fn is_cmyk(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(&[0xff, 0xd8]) else { return false };
    while let [0xff, marker, high, low, ..] = rest {
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            return rest.get(9) == Some(&4);
        }
        let length = 2 + usize::from(u16::from_be_bytes([*high, *low]));
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// The picture as it stands in every viewer, and the colours that the file has before the decoder converts them.
fn decode(bytes: &[u8]) -> image::ImageResult<(DynamicImage, ExtendedColorType)> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_DECODER_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (orientation, original) = (decoder.orientation()?, decoder.original_color_type());
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok((image, original))
}

#[cfg(test)]
mod tests {
    use image::{GrayAlphaImage, LumaA, Rgba, RgbaImage};

    use super::*;

    #[test]
    fn transparency_lies_over_white_and_is_kept_in_masks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        RgbaImage::from_fn(2, 1, |x, _| if x == 0 { Rgba([10, 20, 30, 255]) } else { Rgba([0, 0, 0, 51]) })
            .save(&path)
            .unwrap();
        let image = read_rgb(&path).unwrap();
        assert_eq!(image.pixels.data, [10, 20, 30, 204, 204, 204]);
        assert_eq!((image.reference.width, image.reference.height, image.pixels.channels), (2, 1, 3));
        assert_eq!(image.notices, ["the image is transparent in places and is laid over white"]);
        GrayAlphaImage::from_fn(2, 1, |x, _| LumaA([255, if x == 0 { 255 } else { 0 }])).save(&path).unwrap();
        assert_eq!(read_mask(&path).unwrap().pixels.data, [255, 0]);
    }

    #[test]
    fn a_mask_is_read_from_grey_or_from_what_is_opaque_or_see_through_in_any_kind_of_file() {
        let folder = tempfile::tempdir().unwrap();
        let picture = RgbaImage::from_fn(3, 1, |x, _| Rgba([255, 255, 255, [255, 51, 0][x as usize]]));
        for name in ["a.png", "a.tif", "a.webp"] {
            let path = folder.path().join(name);
            picture.save(&path).unwrap();
            let read = |channel| read_mask_from(&path, channel).unwrap();
            assert_eq!(read(MaskChannel::Grey).pixels.data, [255, 51, 0], "{name}");
            assert_eq!(read(MaskChannel::Alpha).pixels.data, [255, 51, 0], "{name}");
            assert_eq!(read(MaskChannel::Transparency).pixels.data, [0, 204, 255], "{name}");
            // What it is named by is a grey file that says the same.
            let named = read(MaskChannel::Transparency).reference;
            let png = Mask::from_bytes([3, 1], &[0, 204, 255]).unwrap().to_png(MaskPng::Grey).unwrap();
            assert_eq!(named.sha256, Sha256(sha2::Sha256::digest(&png).into()));
            let of_file = Sha256(sha2::Sha256::digest(fs::read(&path).unwrap()).into());
            assert_eq!((read(MaskChannel::Grey).reference.sha256, (named.width, named.height)), (of_file, (3, 1)));
        }
        let path = folder.path().join("a.bmp");
        image::GrayImage::from_raw(2, 1, vec![255, 9]).unwrap().save(&path).unwrap();
        assert_eq!(read_mask(&path).unwrap().pixels.data, [255, 9]);
    }

    #[test]
    fn what_is_converted_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        image::ImageBuffer::from_pixel(2, 1, image::Rgb([65_535_u16, 32_768, 0])).save(&path).unwrap();
        let deep = read_rgb(&path).unwrap();
        assert_eq!(deep.pixels.data, [255, 128, 0, 255, 128, 0]);
        assert_eq!(deep.notices, ["the image has more than 8 bits a channel and is worked on with 8"]);
        RgbaImage::from_pixel(2, 1, Rgba([1, 2, 3, 255])).save(&path).unwrap();
        assert!(read_rgb(&path).unwrap().notices.is_empty(), "nothing is transparent");
        // Start of an image, a comment, a frame of four and of three components.
        let jpeg = |components| {
            [&[0xff, 0xd8, 0xff, 0xfe, 0, 3, 9, 0xff, 0xc0, 0, 20, 8, 0, 1, 0, 1, components][..]].concat()
        };
        assert!(is_cmyk(&jpeg(4)) && !is_cmyk(&jpeg(3)) && !is_cmyk(b"\xff\xd8\xff") && !is_cmyk(b"PNG"));
    }

    #[test]
    fn what_is_converted_in_a_mask_is_said_of_the_mask() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        image::ImageBuffer::from_pixel(2, 1, LumaA([65_535_u16, 9_000])).save(&path).unwrap();
        let said = |channel| read_mask_from(&path, channel).unwrap().notices;
        let deep = "the mask has more than 8 bits a channel and is worked on with 8";
        let see_through = "the mask is transparent in places, and what is there is kept";
        assert_eq!(said(MaskChannel::Grey), [deep, see_through]);
        assert_eq!(said(MaskChannel::Transparency), [deep]);
        image::GrayImage::new(2, 1).save(&path).unwrap();
        assert!(said(MaskChannel::Grey).is_empty());
        assert_eq!(said(MaskChannel::Alpha), ["the mask's file has no transparency, so all of it counts as opaque"]);
    }

    #[test]
    fn a_tiff_with_printing_colours_is_told() {
        // Width, height, bits, no compression, CMYK, place of the pixel, four samples, one row, its bytes.
        let entries: [(u16, u16, u32, u32); 9] = [
            (256, 3, 1, 1),
            (257, 3, 1, 1),
            (258, 3, 4, 122),
            (259, 3, 1, 1),
            (262, 3, 1, 5),
            (273, 4, 1, 130),
            (277, 3, 1, 4),
            (278, 3, 1, 1),
            (279, 4, 1, 4),
        ];
        let mut bytes = [&b"II*\0"[..], &8_u32.to_le_bytes(), &9_u16.to_le_bytes()].concat();
        for (tag, kind, count, value) in entries {
            bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        }
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend([8_u16.to_le_bytes(); 4].concat());
        bytes.extend([0, 0, 0, 255]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        std::fs::write(&path, bytes).unwrap();
        let read = read_rgb(&path).unwrap();
        assert_eq!(read.pixels.data, [0, 0, 0]);
        assert_eq!(read.notices, ["the image has printing colours (CMYK) and is worked on in RGB"]);
    }

    #[test]
    fn what_is_no_image_is_refused_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        assert!(read_rgb(&path).unwrap_err().to_string().starts_with("the image cannot be read"));
        std::fs::write(&path, "this is no image").unwrap();
        let sentence = read_rgb(&path).unwrap_err().to_string();
        assert!(sentence.starts_with("the image cannot be decoded") && !sentence.contains('\n'), "{sentence}");
    }

    #[test]
    fn a_header_that_announces_an_absurd_size_is_refused_before_it_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.png");
        let mut bytes = Vec::new();
        // A real header for a picture of 60,000 x 60,000 pixels with hardly any data behind it.
        let mut encoder = png::Encoder::new(&mut bytes, 60_000, 60_000);
        encoder.set_color(png::ColorType::Rgba);
        drop(encoder.write_header().unwrap());
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(read_rgb(&path), Err(InputImageError::Decode { .. })));
    }
}
