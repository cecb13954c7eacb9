//! Pictures, masks and a model that makes the same picture again with the faults that a real one has.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use kento_finishing::PixelRect;
use kento_finishing::region::{CropRule, Fill, Region, Softness, bounds, usual_blend};

/// Numbers that look random and are the same in every run (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn whole(&mut self, from: u32, to: u32) -> u32 {
        (self.between(f64::from(from), f64::from(to)).floor() as u32).clamp(from, to.max(from))
    }

    /// Of the normal distribution, about.
    pub fn bell(&mut self, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.between(-0.5, 0.5)).sum();
        sum * deviation
    }
}

/// Every pixel another colour.
pub fn noise(dice: &mut Dice, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, _| Rgb(dice.number().to_le_bytes()[..3].try_into().unwrap()))
}

/// A flat or smoothly rising picture, far enough from black and white that a shift is not cut off.
pub fn scene(dice: &mut Dice, kind: u32, width: u32, height: u32) -> RgbImage {
    let colours = [(); 2].map(|()| [(); 3].map(|()| dice.between(40.0, 215.0)));
    let (middle_x, middle_y) = (dice.between(0.0, 1.0), dice.between(0.0, 1.0));
    let angle = dice.between(0.0, std::f64::consts::TAU);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let share = match kind % 4 {
            0 => 0.0,
            1 => (x * angle.cos() + y * angle.sin()).mul_add(0.35, 0.5).clamp(0.0, 1.0),
            2 => y,
            _ => ((x - middle_x).powi(2) + (y - middle_y).powi(2)).sqrt().min(1.0),
        };
        Rgb([0, 1, 2].map(|channel| {
            let (from, to) = (colours[0][channel], colours[1][channel]);
            (from + (to - from) * share).round() as u8
        }))
    })
}

/// A few ellipses, rectangles and strokes; at least one pixel is masked.
pub fn mask(dice: &mut Dice, width: u32, height: u32) -> Vec<u8> {
    let (wide, high) = (f64::from(width), f64::from(height));
    let mut mask = vec![0; (width * height) as usize];
    for _ in 0..=dice.whole(0, 2) {
        let kind = dice.whole(0, 2);
        let (x, y) = (dice.between(0.0, wide), dice.between(0.0, high));
        let (a, b) = (dice.between(0.5, wide / 4.0 + 1.0), dice.between(0.5, high / 4.0 + 1.0));
        for (at, byte) in mask.iter_mut().enumerate() {
            let (dx, dy) = ((at as u32 % width) as f64 - x, (at as u32 / width) as f64 - y);
            let is_in = match kind {
                0 => (dx / a).powi(2) + (dy / b).powi(2) <= 1.0,
                1 => dx.abs() <= a && dy.abs() <= b,
                _ => (dx - dy).abs() <= 3.0 && dx.abs() <= a,
            };
            if is_in {
                *byte = 255;
            }
        }
    }
    let one = dice.whole(0, width * height - 1) as usize;
    mask[one] = 255;
    mask
}

/// A region around this mask, with the blend band that the app takes.
pub fn region(mask: &[u8], width: u32, height: u32, generated: [u32; 2], fill: Fill, softness: Softness) -> Region {
    let found = bounds(mask, width, if softness == Softness::Hard { 128 } else { 1 });
    let rule = CropRule { padding: 32, least: generated[0].min(generated[1]) / 2, generated };
    let (crop, generated) = rule.automatic(found, [width, height]);
    let blend = usual_blend(crop, generated);
    Region { crop, generated, fill, blend, softness }
}

/// What a model makes that paints the same picture: detail lost in a rescale, colours off by a shift and a tilt, off by a little more
/// where it painted, and noise of 0.4 of a step of 8 bits.
pub fn painted(dice: &mut Dice, scene: &RgbImage, region: &Region, painted: &[u8]) -> RgbImage {
    let PixelRect { x, y, width, height } = region.crop;
    let crop = imageops::crop_imm(scene, x, y, width, height).to_image();
    let [wide, high] = region.generated;
    let small = imageops::resize(&crop, wide / 2, high / 2, FilterType::Triangle);
    let mut made = imageops::resize(&small, wide, high, FilterType::CatmullRom);
    let shift = [(); 3].map(|()| dice.between(-10.0, 10.0));
    let tilt = [(); 3].map(|()| [dice.between(-3.0, 3.0), dice.between(-3.0, 3.0)]);
    let more = [(); 3].map(|()| dice.between(-4.0, 4.0));
    for (at, pixel) in made.pixels_mut().enumerate() {
        let (x, y) = ((at as u32 % wide) as f64 / f64::from(wide), (at as u32 / wide) as f64 / f64::from(high));
        for channel in 0..3 {
            let own = if painted[at] >= 128 { more[channel] } else { 0.0 };
            let off = shift[channel] + tilt[channel][0] * x + tilt[channel][1] * y + own + dice.bell(0.4);
            pixel[channel] = (f64::from(pixel[channel]) + off).round().clamp(0.0, 255.0) as u8;
        }
    }
    made
}
