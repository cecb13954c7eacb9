use super::MaskError;
use crate::PixelRect;

/// The pixels of an image to select from, 8 bits a channel, row by row without gaps.
#[derive(Debug, Clone, Copy)]
pub struct PictureView<'a> {
    size: [u32; 2],
    channels: usize,
    bytes: &'a [u8],
}

impl<'a> PictureView<'a> {
    /// Red, green and blue; nothing is see-through.
    ///
    /// # Errors
    /// Not three bytes for each pixel of this width and height.
    pub fn rgb(size: [u32; 2], bytes: &'a [u8]) -> Result<Self, MaskError> {
        Self::new(size, 3, bytes)
    }

    /// Red, green, blue and alpha.
    ///
    /// # Errors
    /// Not four bytes for each pixel of this width and height.
    pub fn rgba(size: [u32; 2], bytes: &'a [u8]) -> Result<Self, MaskError> {
        Self::new(size, 4, bytes)
    }

    fn new(size: [u32; 2], channels: usize, bytes: &'a [u8]) -> Result<Self, MaskError> {
        let needed = u128::from(PixelRect::of_size(size).area()) * channels as u128;
        if needed != bytes.len() as u128 {
            let needed = u64::try_from(needed).unwrap_or(u64::MAX);
            return Err(MaskError::Length { needed, given: bytes.len() as u64 });
        }
        Ok(Self { size, channels, bytes })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Red, green, blue and alpha of a pixel; see-through black outside the image.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        if x >= self.size[0] || y >= self.size[1] {
            return [0; 4];
        }
        self.row(y)[x as usize * self.channels..][..self.channels].iter().enumerate().fold([0, 0, 0, 255], set)
    }

    /// The same for every pixel of a row that is in the image.
    pub(crate) fn pixels(&self, y: u32) -> impl Iterator<Item = [u8; 4]> + use<'a> {
        self.row(y).chunks_exact(self.channels).map(|pixel| pixel.iter().enumerate().fold([0, 0, 0, 255], set))
    }

    fn row(&self, y: u32) -> &'a [u8] {
        let length = self.size[0] as usize * self.channels;
        &self.bytes[y as usize * length..][..length]
    }
}

fn set(mut pixel: [u8; 4], (channel, value): (usize, &u8)) -> [u8; 4] {
    pixel[channel] = *value;
    pixel
}
