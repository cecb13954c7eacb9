use image::RgbImage;

use crate::PixelRect;

/// Colours in f32, 0 to 255, rows from the top.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[f32; 3]>,
}

impl Field {
    /// A part of a picture, which contains it.
    pub(super) fn of(picture: &RgbImage, part: PixelRect) -> Self {
        let (width, height) = (part.width as usize, part.height as usize);
        let row_bytes = picture.width() as usize * 3;
        let bytes = picture.as_raw();
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let from = (part.y as usize + y) * row_bytes + part.x as usize * 3;
            let row = &bytes[from..from + width * 3];
            pixels.extend(row.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]].map(f32::from)));
        }
        Self { width, height, pixels }
    }

    pub(super) fn of_whole(picture: &RgbImage) -> Self {
        Self::of(picture, PixelRect::of_size([picture.width(), picture.height()]))
    }

    /// The nearest colours of 8 bits.
    pub(super) fn to_picture(&self) -> RgbImage {
        let bytes = self.pixels.iter().flat_map(|pixel| pixel.map(byte)).collect();
        RgbImage::from_raw(self.width as u32, self.height as u32, bytes).unwrap_or_default()
    }
}

/// The nearest value of 8 bits.
pub(super) fn byte(value: f32) -> u8 {
    // A cast saturates, and takes what is no number as 0.
    (value + 0.5).floor() as u8
}
