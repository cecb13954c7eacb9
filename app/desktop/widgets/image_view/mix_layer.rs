use std::collections::BTreeMap;

use eframe::egui::{Color32, ColorImage, Context, Painter, Rect, TextureHandle, TextureOptions, pos2};
use kento_finishing::mask::{Mask, MaskError};
use kento_finishing::{PixelRect, mixed_value};

use super::picture::{PictureTexture, SQUARES_FROM, smooth, squares};
use super::plane::Plane;
use crate::theme;

/// Two pictures as they are put together by a mask that is still being painted: it lies over the first one and covers it where something
/// is masked, with the very pixels that [`kento_finishing::mix`] gives. It lies in parts; only what changed is made anew, and no more of
/// it in one frame than a frame has room for, beginning with what is seen.
pub struct MixLayer {
    /// The mask that is shown, as far as nothing waits.
    mask: Mask,
    /// What is to be made anew, by its upper row and left column.
    waiting: BTreeMap<[u32; 2], PixelRect>,
    /// By column and row; a part that was never masked has no texture.
    parts: BTreeMap<[u32; 2], Part>,
}

struct Part {
    texture: TextureHandle,
    options: TextureOptions,
}

/// A mix of the picture that is looked at with another one, before it is made.
#[derive(Clone, Copy)]
pub struct ShownMix<'a> {
    /// What it looks like.
    pub layer: &'a MixLayer,
    /// The other picture.
    pub second: &'a PictureTexture,
}

/// A view of a picture: where the layer is seen, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    /// The part of the picture that is seen, in its pixels.
    pub seen: PixelRect,
    /// Pixels of the screen to one of the picture.
    pub scale: f32,
}

/// Side of a part in pixels: a whole number of the squares that a mask changes by.
const PART: u32 = 1024;
/// Squares of 128x128 pixels that are made anew in one frame: a million pixels, about three milliseconds.
const SQUARES_A_FRAME: usize = 64;

impl MixLayer {
    /// A layer over pictures of this width and height in pixels, with nothing masked.
    ///
    /// # Errors
    /// As [`Mask::new`].
    pub fn new(size: [u32; 2]) -> Result<Self, MaskError> {
        Ok(Self { mask: Mask::new(size)?, waiting: BTreeMap::new(), parts: BTreeMap::new() })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.mask.size()
    }

    /// Brings it nearer to this mask; where that takes more than this frame, another one is asked for. A mask or pictures of another
    /// size change nothing.
    pub fn follow(&mut self, ctx: &Context, mask: &Mask, pictures: [&PictureTexture; 2], sight: Sight) {
        let size = self.size();
        let fits = |picture: &PictureTexture| picture.size() == size.map(|side| side as f32);
        if mask.size() != size || !pictures.into_iter().all(fits) {
            return;
        }
        for changed in mask.changed_tiles(&self.mask) {
            self.waiting.insert([changed.y, changed.x], changed);
        }
        self.mask = mask.clone();
        let is_seen = |rect: &PixelRect| !rect.intersection(sight.seen).is_empty();
        let (mut next, beside): (Vec<PixelRect>, Vec<PixelRect>) = self.waiting.values().copied().partition(is_seen);
        next.extend(beside);
        next.truncate(SQUARES_A_FRAME);
        let options = if sight.scale >= SQUARES_FROM { squares() } else { smooth() };
        for square in next {
            self.waiting.remove(&[square.y, square.x]);
            self.show_square(ctx, square, pictures, options);
        }
        self.filter_anew(pictures, sight.seen, options);
        if !self.waiting.is_empty() {
            ctx.request_repaint();
        }
    }

    fn show_square(
        &mut self,
        ctx: &Context,
        square: PixelRect,
        pictures: [&PictureTexture; 2],
        options: TextureOptions,
    ) {
        let at = [square.x / PART, square.y / PART];
        let pixels = mixed(&self.mask, pictures, square);
        if pixels.is_none() && !self.parts.contains_key(&at) {
            return;
        }
        let rect = self.part_rect(at);
        let part = self.parts.entry(at).or_insert_with(|| {
            let nothing = ColorImage::filled([rect.width as usize, rect.height as usize], theme::CLEAR);
            Part { texture: ctx.load_texture("part of a mix", nothing, options), options }
        });
        let clear = || vec![theme::CLEAR; square.area() as usize];
        let image = ColorImage::new([square.width as usize, square.height as usize], pixels.unwrap_or_else(clear));
        let place = [(square.x - rect.x) as usize, (square.y - rect.y) as usize];
        part.texture.set_partial(place, image, part.options);
    }

    /// A texture keeps how it is filtered until all of it is uploaded: one part in a frame, and only of those that are seen.
    fn filter_anew(&mut self, pictures: [&PictureTexture; 2], seen: PixelRect, options: TextureOptions) {
        let mut other = self.parts.iter().filter(|(_, part)| part.options != options).map(|(at, _)| *at);
        let Some(at) = other.find(|at| !self.part_rect(*at).intersection(seen).is_empty()) else { return };
        let rect = self.part_rect(at);
        let (width, height) = (rect.width as usize, rect.height as usize);
        let mut image = ColorImage::filled([width, height], theme::CLEAR);
        for square in squares_of(rect) {
            let Some(pixels) = mixed(&self.mask, pictures, square) else { continue };
            for (row, pixels) in (square.y - rect.y..).zip(pixels.chunks_exact(square.width as usize)) {
                let from = row as usize * width + (square.x - rect.x) as usize;
                image.pixels[from..from + pixels.len()].copy_from_slice(pixels);
            }
            self.waiting.remove(&[square.y, square.x]);
        }
        if let Some(part) = self.parts.get_mut(&at) {
            part.texture.set(image, options);
            part.options = options;
        }
    }

    fn part_rect(&self, [column, row]: [u32; 2]) -> PixelRect {
        PixelRect::new(column * PART, row * PART, PART, PART).intersection(PixelRect::of_size(self.size()))
    }

    /// The colour that stands in this column and row, where the pictures have these.
    pub fn pixel(&self, [x, y]: [usize; 2], first: [u8; 3], second: [u8; 3]) -> [u8; 3] {
        let share = self.mask.get(x as u32, y as u32);
        std::array::from_fn(|channel| mixed_value(first[channel], second[channel], share))
    }

    /// Draws it where its pixels stand.
    pub(super) fn paint(&self, painter: &Painter, plane: &Plane) {
        for (at, part) in &self.parts {
            let rect = self.part_rect(*at);
            let edges = [rect.x, rect.y, rect.right(), rect.bottom()].map(|edge| edge as f32);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            plane.paint(painter, part.texture.id(), edges, uv, theme::UNTINTED);
        }
    }
}

/// The squares that a mask changes by, of a part that begins at one.
fn squares_of(part: PixelRect) -> impl Iterator<Item = PixelRect> {
    const SIDE: u32 = 128;
    let square = move |x, y| PixelRect::new(x, y, SIDE, SIDE).intersection(part);
    (part.y..part.bottom())
        .step_by(SIDE as usize)
        .flat_map(move |y| (part.x..part.right()).step_by(SIDE as usize).map(move |x| square(x, y)))
}

/// The mixed pixels of a rectangle within the pictures, row by row; none where nothing of it is masked.
fn mixed(mask: &Mask, [first, second]: [&PictureTexture; 2], rect: PixelRect) -> Option<Vec<Color32>> {
    let mut shares = vec![0; rect.area() as usize];
    if let Err(error) = mask.read(rect, &mut shares) {
        log::warn!("{error}");
        return None;
    }
    if shares.iter().all(|share| *share == 0) {
        return None;
    }
    let pixels = (rect.y..rect.bottom()).flat_map(|y| first.row(y, rect).iter().zip(second.row(y, rect)));
    let mixed = |((one, two), share): ((&Color32, &Color32), u8)| {
        let channel = |one: u8, two: u8| mixed_value(one, two, share);
        theme::shown([channel(one.r(), two.r()), channel(one.g(), two.g()), channel(one.b(), two.b())])
    };
    Some(pixels.zip(shares).map(mixed).collect())
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};
    use kento_finishing::mask::{Combine, Shape};

    use super::*;

    const SIZE: [u32; 2] = [1100, 300];

    fn picture(by: u32) -> RgbImage {
        RgbImage::from_fn(SIZE[0], SIZE[1], |x, y| Rgb([(x * by) as u8, (y * 3 + by) as u8, (x ^ (y * by)) as u8]))
    }

    fn texture(ctx: &Context, picture: &RgbImage) -> PictureTexture {
        PictureTexture::from_rgb(ctx, picture.width(), picture.height(), picture.as_raw()).unwrap()
    }

    fn sight(scale: f32) -> Sight {
        Sight { seen: PixelRect::of_size(SIZE), scale }
    }

    #[test]
    fn every_pixel_that_is_shown_is_the_one_that_the_mix_gives() {
        let ctx = Context::default();
        let (one, two) = (picture(3), picture(11));
        let textures = [texture(&ctx, &one), texture(&ctx, &two)];
        // Grey from 0 to 255 over the part's edge, and a hard square.
        let grey = Shape::LinearGradient { from: [1090.0, 40.0], to: [900.0, 0.0] };
        let square = Shape::Rectangle { from: [40.0, 150.0], to: [300.0, 290.0] };
        let mask = Mask::new(SIZE).unwrap().with_shape(&grey, Combine::Add).unwrap();
        let mask = mask.with_shape(&square, Combine::Add).unwrap();
        let expected = kento_finishing::mix(&one, &two, &mask).unwrap();
        let layer = MixLayer { mask: mask.clone(), ..MixLayer::new(SIZE).unwrap() };
        let (mut masked, mut between) = (0, 0);
        for square in squares_of(PixelRect::of_size(SIZE)) {
            let pixels = mixed(&mask, [&textures[0], &textures[1]], square);
            for y in square.y..square.bottom() {
                for x in square.x..square.right() {
                    let wanted = expected.get_pixel(x, y).0;
                    let at = ((y - square.y) * square.width + x - square.x) as usize;
                    // Where nothing of a square is masked the first picture is seen through it.
                    let seen = pixels
                        .as_ref()
                        .map_or(one.get_pixel(x, y).0, |pixels| [pixels[at].r(), pixels[at].g(), pixels[at].b()]);
                    assert_eq!(seen, wanted, "{x}, {y}");
                    let told = layer.pixel([x as usize, y as usize], one.get_pixel(x, y).0, two.get_pixel(x, y).0);
                    assert_eq!(told, wanted, "the readout at {x}, {y}");
                    let share = mask.get(x, y);
                    (masked, between) =
                        (masked + u32::from(share == 255), between + u32::from((1..255).contains(&share)));
                }
            }
        }
        assert!(masked > 1000 && between > 1000, "{masked} and {between}");
    }

    #[test]
    fn only_squares_that_changed_are_made_anew_and_a_large_change_takes_several_frames() {
        let ctx = Context::default();
        let textures = [texture(&ctx, &picture(3)), texture(&ctx, &picture(11))];
        let pictures = [&textures[0], &textures[1]];
        let mut layer = MixLayer::new(SIZE).unwrap();
        layer.follow(&ctx, &Mask::new(SIZE).unwrap(), pictures, sight(1.0));
        assert!(layer.parts.is_empty(), "nothing is masked");
        let dot = Shape::Rectangle { from: [1030.0, 10.0], to: [1040.0, 20.0] };
        let mask = Mask::new(SIZE).unwrap().with_shape(&dot, Combine::Add).unwrap();
        layer.follow(&ctx, &mask, pictures, sight(1.0));
        assert_eq!(layer.parts.keys().collect::<Vec<_>>(), [&[1, 0]], "the part with the dot alone");
        assert!(layer.waiting.is_empty() && layer.mask == mask);

        let large = [4096, 2048];
        let all = Mask::full(large).unwrap();
        let grey = RgbImage::from_pixel(large[0], large[1], Rgb([9; 3]));
        let textures = [texture(&ctx, &grey), texture(&ctx, &grey)];
        let pictures = [&textures[0], &textures[1]];
        let mut layer = MixLayer::new(large).unwrap();
        let seen = PixelRect::new(3000, 1500, 500, 300);
        layer.follow(&ctx, &all, pictures, Sight { seen, scale: 1.0 });
        assert_eq!(layer.waiting.len(), 32 * 16 - SQUARES_A_FRAME);
        let is_seen = |rect: &PixelRect| !rect.intersection(seen).is_empty();
        assert!(!layer.waiting.values().any(is_seen), "what is seen comes first");
        (0..7).for_each(|_| layer.follow(&ctx, &all, pictures, Sight { seen, scale: 1.0 }));
        assert!(layer.waiting.is_empty());
        // Taken away while it waits, it is as it was.
        layer.follow(&ctx, &Mask::new(large).unwrap(), pictures, Sight { seen, scale: 1.0 });
        layer.follow(&ctx, &all, pictures, Sight { seen, scale: 1.0 });
        assert!(layer.mask == all && layer.waiting.len() < 32 * 16);
    }

    #[test]
    fn seen_large_its_pixels_become_squares_as_those_of_the_picture_do() {
        let ctx = Context::default();
        let textures = [texture(&ctx, &picture(3)), texture(&ctx, &picture(11))];
        let pictures = [&textures[0], &textures[1]];
        let mut layer = MixLayer::new(SIZE).unwrap();
        let all = Mask::full(SIZE).unwrap();
        layer.follow(&ctx, &all, pictures, sight(1.0));
        let count = |layer: &MixLayer| layer.parts.values().filter(|part| part.options == squares()).count();
        assert_eq!((layer.parts.len(), count(&layer)), (2, 0));
        layer.follow(&ctx, &all, pictures, sight(8.0));
        assert_eq!(count(&layer), 1, "one in a frame");
        layer.follow(&ctx, &all, pictures, sight(8.0));
        assert_eq!(count(&layer), 2);
        layer.follow(&ctx, &Mask::full([8, 8]).unwrap(), pictures, sight(8.0));
        assert!(layer.mask == all, "a mask of another size is none of these pictures'");
    }
}
