use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits, Luma, LumaA};

use super::{Mask, MaskError};

/// Which part of a picture file is the mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MaskChannel {
    /// Grey, or the luminance of colours (Rec. 709 weights): white is made anew. What is see-through is kept.
    #[default]
    Grey,
    /// Alpha: what is opaque is made anew.
    Alpha,
    /// Alpha the other way round: what is see-through is made anew, as other programs leave it when they erase.
    Transparency,
}

/// How a mask is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MaskPng {
    /// 8 bits of grey, white is made anew: what most programs read.
    #[default]
    Grey,
    /// The same with 16 bits.
    Grey16,
    /// Black, and opaque where the image is made anew (8 bits of grey and of alpha).
    Alpha,
}

/// What decoding a file may take at most, in bytes.
const MOST_MEMORY: u64 = 1 << 30;

impl Mask {
    /// Reads a mask from a PNG file's bytes: 1 to 16 bits a channel, grey or in colours, with a palette or alpha; 16 bits are rounded
    /// to 8.
    ///
    /// # Errors
    /// The bytes are no PNG that can be read; the picture has another size than the image.
    pub fn from_png(bytes: &[u8], image_size: [u32; 2], channel: MaskChannel) -> Result<Self, MaskError> {
        let unreadable = |error: &dyn std::fmt::Display| MaskError::Unreadable { problem: error.to_string() };
        let blank = Self::new(image_size)?;
        let reader = || {
            let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
            let mut limits = Limits::default();
            limits.max_image_width = Some(Self::LONGEST_SIDE);
            limits.max_image_height = Some(Self::LONGEST_SIDE);
            limits.max_alloc = Some(MOST_MEMORY);
            reader.limits(limits);
            reader
        };
        let (width, height) = reader().into_dimensions().map_err(|error| unreadable(&error))?;
        if [width, height] != image_size {
            return Err(MaskError::OtherSize { size: image_size, other: [width, height] });
        }
        let picture = reader().decode().map_err(|error| unreadable(&error))?;
        let values: Vec<u8> = match (picture, channel) {
            (DynamicImage::ImageLuma8(grey), MaskChannel::Grey) => grey.into_raw(),
            (picture, channel) => {
                let picture = picture.into_luma_alpha16();
                picture.pixels().map(|pixel| value(*pixel, channel)).collect()
            }
        };
        Ok(blank.with_written(crate::PixelRect::of_size(image_size), &values))
    }

    /// The bytes of a PNG file of this mask.
    ///
    /// # Errors
    /// The encoder fails.
    pub fn to_png(&self, kind: MaskPng) -> Result<Vec<u8>, MaskError> {
        let values = self.to_bytes();
        let [width, height] = self.size();
        let picture = match kind {
            MaskPng::Grey => image::GrayImage::from_raw(width, height, values).map(DynamicImage::from),
            MaskPng::Grey16 => {
                let wide = values.iter().map(|v| u16::from(*v) * 257).collect();
                image::ImageBuffer::<Luma<u16>, _>::from_raw(width, height, wide).map(DynamicImage::from)
            }
            MaskPng::Alpha => {
                let pairs = values.iter().flat_map(|v| [0, *v]).collect();
                image::ImageBuffer::<LumaA<u8>, _>::from_raw(width, height, pairs).map(DynamicImage::from)
            }
        };
        let mut bytes = Vec::new();
        picture
            .expect("there is a value for each pixel")
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .map_err(|error| MaskError::Unwritable { problem: error.to_string() })?;
        Ok(bytes)
    }
}

/// What a pixel of a file says, rounded to 8 bits.
fn value(LumaA([grey, alpha]): LumaA<u16>, channel: MaskChannel) -> u8 {
    let most = u64::from(u16::MAX);
    let wide = match channel {
        MaskChannel::Grey => (u64::from(grey) * u64::from(alpha) + most / 2) / most,
        MaskChannel::Alpha => u64::from(alpha),
        MaskChannel::Transparency => most - u64::from(alpha),
    };
    ((wide + 128) / 257) as u8
}
