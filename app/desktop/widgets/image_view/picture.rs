use std::sync::Arc;

use eframe::egui::{Color32, ColorImage, Context, Painter, Rect, TextureFilter, TextureHandle, TextureOptions, pos2};
use kento_finishing::PixelRect;
use kento_finishing::difference::Difference;
use kento_finishing::mask::PictureView;

use super::plane::Plane;
use crate::theme;

/// A picture on the graphics card, with its pixels at hand. A large one lies in several textures, so that no card is too small for it
/// and no frame uploads all of it.
pub struct PictureTexture {
    image: Arc<ColorImage>,
    tiles: Vec<Tile>,
}

/// A part of a picture with one pixel more at each inner edge: seen enlarged, neighbours go over into each other.
struct Tile {
    /// Left, top, right and bottom of what it shows, in pixels of the picture.
    shows: [usize; 4],
    /// Left, top, right and bottom of what it holds.
    holds: [usize; 4],
    texture: TextureHandle,
    shows_pixels: bool,
}

/// From this enlargement on pixels are seen as squares; below it the picture is smooth.
pub(super) const SQUARES_FROM: f32 = 3.0;
/// Longest side of one texture in pixels. Every card that runs a window has at least this.
const TILE_SIDE: usize = 2048;

impl PictureTexture {
    /// Uploads rows of RGB, 8 bits each.
    ///
    /// # Errors
    /// One sentence when it has too few bytes.
    pub fn from_rgb(ctx: &Context, width: u32, height: u32, rgb: &[u8]) -> Result<Self, String> {
        Self::in_parts(ctx, width, height, rgb, || {})
    }

    /// The same, with `pause` after each texture: a thread that waits a little there leaves the frames their time.
    ///
    /// # Errors
    /// As [`Self::from_rgb`].
    pub fn in_parts(
        ctx: &Context,
        width: u32,
        height: u32,
        rgb: &[u8],
        mut pause: impl FnMut(),
    ) -> Result<Self, String> {
        let size = [width as usize, height as usize];
        if rgb.len() != size[0] * size[1] * 3 {
            return Err(format!("a picture of {width}x{height} has {} bytes", rgb.len()));
        }
        let image = Arc::new(ColorImage::from_rgb(size, rgb));
        let most = ctx.input(|input| input.max_texture_side).min(TILE_SIDE);
        let mut tiles = Vec::new();
        if size[0].max(size[1]) <= most {
            let whole = [0, 0, size[0], size[1]];
            let texture = ctx.load_texture("picture", Arc::clone(&image), smooth());
            tiles.push(Tile { shows: whole, holds: whole, texture, shows_pixels: false });
            return Ok(Self { image, tiles });
        }
        for shows in parts(size, most - 2) {
            let holds = [
                shows[0].saturating_sub(1),
                shows[1].saturating_sub(1),
                (shows[2] + 1).min(size[0]),
                (shows[3] + 1).min(size[1]),
            ];
            let texture = ctx.load_texture("part of a picture", part(&image, holds), smooth());
            tiles.push(Tile { shows, holds, texture, shows_pixels: false });
            pause();
        }
        Ok(Self { image, tiles })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [f32; 2] {
        [self.image.width() as f32, self.image.height() as f32]
    }

    /// The pixels of a row that lie within a rectangle, both within the picture.
    pub(super) fn row(&self, y: u32, rect: PixelRect) -> &[Color32] {
        let from = y as usize * self.image.width() + rect.x as usize;
        &self.image.pixels[from..from + rect.width as usize]
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

    /// Makes rows of RGB, 8 bits each, with width and height: to be called on a thread, because a large picture takes a moment.
    pub fn rgb_later(&self) -> impl FnOnce() -> ([u32; 2], Vec<u8>) + Send + 'static {
        let image = Arc::clone(&self.image);
        move || {
            let rgb = image.pixels.iter().flat_map(|color| [color.r(), color.g(), color.b()]).collect();
            (image.size.map(|side| side as u32), rgb)
        }
    }

    /// How far it differs from another picture of its size: to be called on a thread, because it looks at every pixel.
    pub fn difference_later(&self, other: &Self) -> impl FnOnce() -> Result<Difference, String> + Send + 'static {
        let images = [Arc::clone(&self.image), Arc::clone(&other.image)];
        move || {
            let size = |image: &ColorImage| image.size.map(|side| side as u32);
            let [one, other] = &images;
            let one = PictureView::rgba(size(one), one.as_raw()).map_err(|error| error.to_string())?;
            let other = PictureView::rgba(size(other), other.as_raw()).map_err(|error| error.to_string())?;
            Difference::between(&one, &other).map_err(|error| error.to_string())
        }
    }

    /// Draws the picture where its pixels stand, filtered as fits to `scale` screen pixels for one of the picture.
    pub fn paint(&mut self, painter: &Painter, plane: &Plane, scale: f32) {
        let shows_pixels = scale >= SQUARES_FROM;
        // One part in a frame: all that is seen of a large picture at once would hold up the frame.
        let mut may_upload = true;
        for tile in &mut self.tiles {
            let shows = tile.shows.map(|edge| edge as f32);
            if !plane.bounds(shows).intersects(painter.clip_rect()) {
                continue;
            }
            if shows_pixels != tile.shows_pixels && !std::mem::take(&mut may_upload) {
                painter.ctx().request_repaint();
            } else if shows_pixels != tile.shows_pixels {
                let image = if self.image.size == [tile.holds[2], tile.holds[3]] && tile.holds[..2] == [0, 0] {
                    Arc::clone(&self.image)
                } else {
                    Arc::new(part(&self.image, tile.holds))
                };
                tile.texture.set(image, if shows_pixels { squares() } else { smooth() });
                tile.shows_pixels = shows_pixels;
            }
            let [left, top, right, bottom] = tile.shows;
            let [from_x, from_y, to_x, to_y] = tile.holds;
            let uv = |x: usize, y: usize| {
                pos2((x - from_x) as f32 / (to_x - from_x) as f32, (y - from_y) as f32 / (to_y - from_y) as f32)
            };
            let uv = Rect::from_min_max(uv(left, top), uv(right, bottom));
            plane.paint(painter, tile.texture.id(), shows, uv, theme::UNTINTED);
        }
    }
}

/// The rectangles, left, top, right and bottom, that an area of this size falls into.
fn parts([width, height]: [usize; 2], side: usize) -> impl Iterator<Item = [usize; 4]> {
    (0..height).step_by(side).flat_map(move |top| {
        (0..width).step_by(side).map(move |left| [left, top, (left + side).min(width), (top + side).min(height)])
    })
}

fn part(image: &ColorImage, [left, top, right, bottom]: [usize; 4]) -> ColorImage {
    let width = image.width();
    let rows = (top..bottom).flat_map(|y| &image.pixels[y * width + left..y * width + right]);
    ColorImage::new([right - left, bottom - top], rows.copied().collect())
}

pub(super) fn smooth() -> TextureOptions {
    TextureOptions::LINEAR
}

/// Enlarged, a pixel is a square.
pub(super) fn squares() -> TextureOptions {
    TextureOptions { magnification: TextureFilter::Nearest, ..smooth() }
}

#[cfg(test)]
mod tests {
    use eframe::egui::vec2;

    use super::*;

    #[test]
    fn a_picture_that_no_texture_holds_lies_in_parts_and_every_pixel_in_one() {
        let ctx = Context::default();
        let size = [5000_u32, 2100];
        let rgb: Vec<u8> = (0..size[0] * size[1]).flat_map(|i| [(i % 251) as u8, (i / 5000 % 256) as u8, 7]).collect();
        let mut pauses = 0;
        let mut picture = PictureTexture::in_parts(&ctx, size[0], size[1], &rgb, || pauses += 1).unwrap();
        assert_eq!((picture.tiles.len(), pauses), (6, 6));
        let area: usize =
            picture.tiles.iter().map(|tile| (tile.shows[2] - tile.shows[0]) * (tile.shows[3] - tile.shows[1])).sum();
        assert_eq!(area, 5000 * 2100);
        assert!(picture.tiles.iter().all(|tile| tile.texture.size().iter().all(|side| *side <= TILE_SIDE)));
        assert_eq!(picture.rgb_later()(), (size, rgb));
        assert_eq!(picture.pixel([0.5, 0.5]).unwrap().0, [2500, 1050]);
        // Only what is seen is uploaded anew when pixels become squares.
        let clip = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0));
        let painter = Painter::new(ctx.clone(), eframe::egui::LayerId::background(), clip);
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(20_000.0, 8_400.0));
        picture.paint(&painter, &Plane::filling(rect, picture.size()), 4.0);
        assert_eq!(picture.tiles.iter().filter(|tile| tile.shows_pixels).count(), 1);
    }

    #[test]
    fn what_has_too_few_bytes_is_refused() {
        let said = PictureTexture::from_rgb(&Context::default(), 2, 2, &[0; 5]).err();
        assert_eq!(said.as_deref(), Some("a picture of 2x2 has 5 bytes"));
    }

    #[test]
    fn the_difference_of_two_textures_is_that_of_their_bytes() {
        let ctx = Context::default();
        let picture = |rgb: &[u8]| PictureTexture::from_rgb(&ctx, 2, 1, rgb).unwrap();
        let one = picture(&[10, 20, 30, 0, 0, 0]);
        let found = one.difference_later(&picture(&[10, 26, 29, 0, 0, 0]))().unwrap();
        assert_eq!((found.values(), found.largest(), found.changed()), (&[6, 0][..], 6, 1));
        let wide = PictureTexture::from_rgb(&ctx, 1, 1, &[0; 3]).unwrap();
        assert!(one.difference_later(&wide)().unwrap_err().starts_with("one is 2x1 and the other 1x1 pixels"));
    }
}
