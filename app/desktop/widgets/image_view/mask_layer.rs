use std::collections::BTreeMap;

use eframe::egui::{Color32, ColorImage, Context, Painter, Rect, TextureHandle, pos2};
use kento_finishing::PixelRect;

use super::picture::smooth;
use super::plane::Plane;
use crate::theme;

/// What is masked, on the graphics card: seen through where it is not. It lies in parts, and only what changed is uploaded.
pub struct MaskLayer {
    size: [u32; 2],
    /// By column and row; a part that was never masked has no texture.
    parts: BTreeMap<(u32, u32), TextureHandle>,
}

/// Side of a part in pixels.
const PART: u32 = 1024;

impl MaskLayer {
    /// A layer of this width and height in pixels with nothing masked.
    pub fn new(size: [u32; 2]) -> Self {
        Self { size, parts: BTreeMap::new() }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Uploads one rectangle that changed; `read` fills it with grey, 8 bits a pixel and rows from the top, where 255 is masked.
    pub fn update(&mut self, ctx: &Context, changed: PixelRect, mut read: impl FnMut(PixelRect, &mut [u8])) {
        let right = (changed.x + changed.width).min(self.size[0]);
        let bottom = (changed.y + changed.height).min(self.size[1]);
        if changed.x >= right || changed.y >= bottom {
            return;
        }
        for row in changed.y / PART..=(bottom - 1) / PART {
            for column in changed.x / PART..=(right - 1) / PART {
                let (left, top) = (column * PART, row * PART);
                let (x, y) = (changed.x.max(left), changed.y.max(top));
                let width = right.min(left + PART) - x;
                let height = bottom.min(top + PART) - y;
                let inside = PixelRect { x, y, width, height };
                let mut grey = vec![0; (width * height) as usize];
                read(inside, &mut grey);
                let is_empty = grey.iter().all(|masked| *masked == 0);
                if is_empty && !self.parts.contains_key(&(column, row)) {
                    continue;
                }
                let texture = self.parts.entry((column, row)).or_insert_with(|| {
                    let size = [PART.min(self.size[0] - left) as usize, PART.min(self.size[1] - top) as usize];
                    ctx.load_texture("part of a mask", ColorImage::filled(size, theme::CLEAR), smooth())
                });
                let pixels = grey.iter().map(|masked| theme::masked(*masked)).collect();
                let image = ColorImage::new([width as usize, height as usize], pixels);
                texture.set_partial([(x - left) as usize, (y - top) as usize], image, smooth());
            }
        }
    }

    /// Draws it where its pixels stand.
    pub fn paint(&self, painter: &Painter, plane: &Plane, color: Color32) {
        for ((column, row), texture) in &self.parts {
            let (left, top) = ((column * PART) as f32, (row * PART) as f32);
            let [width, height] = texture.size().map(|side| side as f32);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            plane.paint(painter, texture.id(), [left, top, left + width, top + height], uv, color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_that_were_ever_masked_have_a_texture_and_only_what_changed_is_read() {
        let ctx = Context::default();
        let mut layer = MaskLayer::new([3000, 1100]);
        let mut read = Vec::new();
        let rect = |x, y, width, height| PixelRect { x, y, width, height };
        layer.update(&ctx, rect(0, 0, 3000, 1100), |_, _| {});
        assert!(layer.parts.is_empty(), "nothing is masked");
        layer.update(&ctx, rect(1000, 1000, 100, 200), |rect, grey| {
            read.push(rect);
            grey.fill(255);
        });
        assert_eq!(
            read,
            [rect(1000, 1000, 24, 24), rect(1024, 1000, 76, 24), rect(1000, 1024, 24, 76), rect(1024, 1024, 76, 76)]
        );
        let sizes: Vec<[usize; 2]> = layer.parts.values().map(TextureHandle::size).collect();
        assert_eq!(sizes, [[1024, 1024], [1024, 76], [1024, 1024], [1024, 76]]);
        layer.update(&ctx, rect(5000, 0, 10, 10), |_, _| panic!("outside"));
    }
}
