use std::sync::Arc;

use eframe::egui::{ColorImage, Context, TextureFilter, TextureHandle, TextureId, TextureOptions};

/// A picture on the graphics card, with its pixels at hand.
pub struct PictureTexture {
    image: Arc<ColorImage>,
    texture: TextureHandle,
    shows_pixels: bool,
}

/// From this enlargement on pixels are seen as squares; below it the picture is smooth.
const SQUARES_FROM: f32 = 3.0;

impl PictureTexture {
    /// Uploads rows of RGB, 8 bits each.
    ///
    /// # Errors
    /// One sentence when it is too large for the graphics card or has too few bytes.
    pub fn from_rgb(ctx: &Context, width: u32, height: u32, rgb: &[u8]) -> Result<Self, String> {
        let size = [width as usize, height as usize];
        if rgb.len() != size[0] * size[1] * 3 {
            return Err(format!("a picture of {width}x{height} has {} bytes", rgb.len()));
        }
        let most = ctx.input(|input| input.max_texture_side);
        if size[0].max(size[1]) > most {
            return Err(format!(
                "the picture has {width}x{height} pixels, and this graphics card shows {most} on a side"
            ));
        }
        let image = Arc::new(ColorImage::from_rgb(size, rgb));
        let texture = ctx.load_texture("picture", Arc::clone(&image), smooth());
        Ok(Self { image, texture, shows_pixels: false })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [f32; 2] {
        [self.image.width() as f32, self.image.height() as f32]
    }

    /// The bytes of sRGB at a place from 0 to 1 on both axes, with the pixel's column and row.
    pub fn pixel(&self, at: [f32; 2]) -> Option<([usize; 2], [u8; 3])> {
        let [width, height] = self.image.size;
        if at.iter().any(|axis| !(0.0..1.0).contains(axis)) {
            return None;
        }
        let (x, y) = ((at[0] * width as f32) as usize, (at[1] * height as f32) as usize);
        let color = self.image.pixels.get(y * width + x)?;
        Some(([x, y], [color.r(), color.g(), color.b()]))
    }

    /// The texture, filtered as fits to this many screen pixels for one of the picture.
    pub(super) fn at_scale(&mut self, scale: f32) -> TextureId {
        let shows_pixels = scale >= SQUARES_FROM;
        if shows_pixels != self.shows_pixels {
            let options = if shows_pixels {
                TextureOptions { magnification: TextureFilter::Nearest, ..smooth() }
            } else {
                smooth()
            };
            self.texture.set(Arc::clone(&self.image), options);
            self.shows_pixels = shows_pixels;
        }
        self.texture.id()
    }

    /// The texture as it is.
    pub fn id(&self) -> TextureId {
        self.texture.id()
    }
}

/// What is masked, on the graphics card: seen through where it is not.
pub struct MaskTexture(TextureHandle);

impl MaskTexture {
    /// Uploads rows of grey, 8 bits each; 255 is masked.
    ///
    /// # Errors
    /// One sentence when it has too few bytes.
    pub fn from_grey(ctx: &Context, width: u32, height: u32, grey: &[u8]) -> Result<Self, String> {
        let size = [width as usize, height as usize];
        if grey.len() != size[0] * size[1] {
            return Err(format!("a mask of {width}x{height} has {} bytes", grey.len()));
        }
        let rgba: Vec<u8> = grey.iter().flat_map(|masked| [255, 255, 255, *masked]).collect();
        let image = ColorImage::from_rgba_unmultiplied(size, &rgba);
        Ok(Self(ctx.load_texture("mask", image, smooth())))
    }

    pub(super) fn id(&self) -> TextureId {
        self.0.id()
    }
}

fn smooth() -> TextureOptions {
    TextureOptions::LINEAR
}
