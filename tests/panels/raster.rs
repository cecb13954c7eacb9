//! Draws what egui says into an image without a graphics card, so that pictures of the window are the same on every machine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use eframe::egui::epaint::{Mesh, Primitive, Vertex};
use eframe::egui::{
    Color32, ColorImage, Context, FullOutput, ImageData, Rect, TextureFilter, TextureId, TexturesDelta,
};
use egui_kittest::TestRenderer;
use image::{Rgb, RgbImage};

/// The textures that egui has handed over. Give one clone to the harness and keep the other.
#[derive(Clone, Default)]
pub struct Raster {
    textures: Arc<Mutex<HashMap<TextureId, Texture>>>,
}

struct Texture {
    image: ColorImage,
    is_nearest: bool,
}

impl TestRenderer for Raster {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.textures.lock().unwrap();
        for (id, images) in delta.set.drain() {
            for change in images {
                let ImageData::Color(image) = &change.image;
                let is_nearest = change.options.magnification == TextureFilter::Nearest;
                match change.pos {
                    None => {
                        textures.insert(id, Texture { image: image.as_ref().clone(), is_nearest });
                    }
                    Some([left, top]) => {
                        let whole = &mut textures.get_mut(&id).unwrap().image;
                        for row in 0..image.height() {
                            let from = &image.pixels[row * image.width()..(row + 1) * image.width()];
                            let at = (top + row) * whole.width() + left;
                            whole.pixels[at..at + from.len()].copy_from_slice(from);
                        }
                    }
                }
            }
        }
        for id in delta.free.drain() {
            textures.remove(&id);
        }
    }
}

impl Raster {
    /// The frame that `output` stands for.
    pub fn image(&self, ctx: &Context, output: &FullOutput) -> RgbImage {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut image = RgbImage::new(size.x.round() as u32, size.y.round() as u32);
        let textures = self.textures.lock().unwrap();
        for clipped in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = &clipped.primitive else { continue };
            if let Some(texture) = textures.get(&mesh.texture_id) {
                draw(&mut image, mesh, texture, clipped.clip_rect * scale, scale);
            }
        }
        image
    }
}

fn draw(image: &mut RgbImage, mesh: &Mesh, texture: &Texture, clip: Rect, scale: f32) {
    for triangle in mesh.indices.chunks_exact(3) {
        let corners = [0, 1, 2].map(|i| mesh.vertices[triangle[i] as usize]);
        fill(image, corners, texture, clip, scale);
    }
}

/// Twice the area of the triangle a, b, (x, y): positive on one side of the line from a to b.
fn side(a: [f32; 2], b: [f32; 2], x: f32, y: f32) -> f32 {
    (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
}

fn fill(image: &mut RgbImage, mut corners: [Vertex; 3], texture: &Texture, clip: Rect, scale: f32) {
    let at = |vertex: &Vertex| [vertex.pos.x * scale, vertex.pos.y * scale];
    let mut area = side(at(&corners[0]), at(&corners[1]), at(&corners[2])[0], at(&corners[2])[1]);
    if area == 0.0 {
        return;
    }
    if area < 0.0 {
        corners.swap(1, 2);
        area = -area;
    }
    let points = corners.map(|vertex| at(&vertex));
    let least = |axis: usize| points.iter().map(|point| point[axis]).fold(f32::INFINITY, f32::min);
    let most = |axis: usize| points.iter().map(|point| point[axis]).fold(f32::NEG_INFINITY, f32::max);
    let columns = (least(0).max(clip.left()).max(0.0) as u32)
        ..(most(0).min(clip.right()).ceil().max(0.0) as u32).min(image.width());
    let rows = (least(1).max(clip.top()).max(0.0) as u32)
        ..(most(1).min(clip.bottom()).ceil().max(0.0) as u32).min(image.height());
    let edges = [(1, 2), (2, 0), (0, 1)];
    for row in rows {
        for column in columns.clone() {
            let (x, y) = (column as f32 + 0.5, row as f32 + 0.5);
            if x < clip.left() || x >= clip.right() || y < clip.top() || y >= clip.bottom() {
                continue;
            }
            let weights = edges.map(|(a, b)| side(points[a], points[b], x, y));
            let is_inside = edges.iter().zip(weights).all(|((a, b), weight)| {
                // A pixel on an edge belongs to the triangle whose upper or left edge it is, so that none is drawn twice.
                let (dx, dy) = (points[*b][0] - points[*a][0], points[*b][1] - points[*a][1]);
                let takes_edge = dy < 0.0 || dy == 0.0 && dx > 0.0;
                weight > 0.0 || weight == 0.0 && takes_edge
            });
            if is_inside {
                let weights = weights.map(|weight| weight / area);
                let mix = |of: fn(&Vertex) -> f32| {
                    corners.iter().zip(weights).map(|(vertex, weight)| of(vertex) * weight).sum::<f32>()
                };
                let tint = [
                    mix(|vertex| f32::from(vertex.color.r())),
                    mix(|vertex| f32::from(vertex.color.g())),
                    mix(|vertex| f32::from(vertex.color.b())),
                    mix(|vertex| f32::from(vertex.color.a())),
                ];
                let texel = sample(texture, mix(|vertex| vertex.uv.x), mix(|vertex| vertex.uv.y));
                blend(image.get_pixel_mut(column, row), tint, texel);
            }
        }
    }
}

/// Multiplied and laid over, on gamma values, as egui's own shader does.
fn blend(pixel: &mut Rgb<u8>, tint: [f32; 4], texel: [f32; 4]) {
    let source: [f32; 4] = std::array::from_fn(|i| tint[i] * texel[i] / 255.0);
    for (below, above) in pixel.0.iter_mut().zip(source) {
        *below = (above + f32::from(*below) * (1.0 - source[3] / 255.0)).round().clamp(0.0, 255.0) as u8;
    }
}

fn sample(texture: &Texture, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.image.size;
    let texel = |x: f32, y: f32| {
        let x = (x.max(0.0) as usize).min(width - 1);
        let y = (y.max(0.0) as usize).min(height - 1);
        Color32::to_array(&texture.image.pixels[y * width + x]).map(f32::from)
    };
    let (x, y) = (u * width as f32, v * height as f32);
    if texture.is_nearest {
        return texel(x.floor(), y.floor());
    }
    let (x, y) = (x - 0.5, y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_part, lower_part) = (x - left, y - top);
    let rows = [top, top + 1.0].map(|y| mix(texel(left, y), texel(left + 1.0, y), right_part));
    mix(rows[0], rows[1], lower_part)
}

fn mix(one: [f32; 4], other: [f32; 4], part: f32) -> [f32; 4] {
    std::array::from_fn(|i| one[i] + (other[i] - one[i]) * part)
}
