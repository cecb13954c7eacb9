use image::RgbImage;

use super::distance::distances;
use super::field::{Field, byte};
use super::membrane::membrane;
use super::resample::resample;
use super::{Fill, LATENT_CELL, RegionError, bounds, fill};
use crate::PixelRect;

/// How far colours are matched together, in generated pixels: a shift of colour is smooth, what a picture shows is not.
const MATCH_REACH: f32 = 12.0;
/// A difference this far from the usual one is of what is shown and no shift of colour, in steps of 8 bits.
const SHIFT: f32 = 16.0;
/// From this value on a pixel of a hard mask is made anew.
const HALF: u8 = 128;

/// What grey in a mask means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Softness {
    /// From half grey on a pixel is made anew, below it is kept.
    Hard,
    /// Grey is how far a pixel may change.
    Soft,
}

/// A part of a picture that is made anew. Masks are one byte a pixel of the whole picture, 255 made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What is brought to the generated size.
    pub crop: PixelRect,
    /// Width and height that are generated, in pixels, multiples of 8.
    pub generated: [u32; 2],
    /// What stands in the masked part before it is generated.
    pub fill: Fill,
    /// Width of the band around the mask in which new turns into old, in pixels of the picture.
    pub blend: u32,
    /// What grey means.
    pub softness: Softness,
}

/// What a model is given, both of the generated size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The crop with the masked part filled.
    pub picture: RgbImage,
    /// One byte a pixel, the same within each cell of the latent. It covers the blend band too: what turns into the old picture
    /// there is made by the model with the rest, so that the two differ by a shift of colour and not by what they show.
    pub mask: Vec<u8>,
}

impl Region {
    /// Brings the crop to the generated size, with the masked part filled.
    ///
    /// # Errors
    /// [`RegionError`] where the mask is empty or of another size, or the crop does not fit it or the picture.
    pub fn bring(&self, picture: &RgbImage, mask: &[u8]) -> Result<Brought, RegionError> {
        self.check(picture, mask)?;
        let cut = self.cut(picture, mask);
        let mut field = self.at_generated_size(&Field::of(picture, self.crop));
        let mask = self.by_cells(&cut);
        let masked: Vec<f32> = mask.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        fill::fill(&mut field, &masked, self.fill);
        Ok(Brought { picture: field.to_picture(), mask })
    }

    /// Puts a generated picture back. Its colours are matched to the surroundings, and over the band it turns into what was there.
    /// Every byte outside the mask and the band stays.
    ///
    /// # Errors
    /// As [`Region::bring`], and where the generated picture has another size.
    pub fn put_back(&self, picture: &RgbImage, mask: &[u8], generated: &RgbImage) -> Result<RgbImage, RegionError> {
        self.check(picture, mask)?;
        let (width, height) = generated.dimensions();
        if [width, height] != self.generated {
            let [wanted_width, wanted_height] = self.generated;
            return Err(RegionError::OtherSize { width, height, wanted_width, wanted_height });
        }
        let cut = self.cut(picture, mask);
        let matched = self.matched(picture, &cut, generated);
        let back = resample(&matched, self.crop.width as usize, self.crop.height as usize);
        let mut whole = picture.clone();
        let row_bytes = picture.width() as usize * 3;
        let bytes: &mut [u8] = &mut whole;
        for (row, shares) in cut.shares.chunks_exact(back.width).enumerate() {
            let from = (self.crop.y as usize + row) * row_bytes + self.crop.x as usize * 3;
            let out = &mut bytes[from..from + back.width * 3];
            let new = &back.pixels[row * back.width..][..back.width];
            for ((out, new), share) in out.chunks_exact_mut(3).zip(new).zip(shares).filter(|(_, share)| **share > 0.0) {
                for (out, new) in out.iter_mut().zip(new) {
                    let old = f32::from(*out);
                    *out = byte(old + (new - old) * share);
                }
            }
        }
        Ok(whole)
    }

    fn check(&self, picture: &RgbImage, mask: &[u8]) -> Result<(), RegionError> {
        let (width, height) = picture.dimensions();
        if mask.len() != width as usize * height as usize {
            return Err(RegionError::MaskSize { bytes: mask.len(), width, height });
        }
        let [wide, high] = self.generated;
        if !(1..=8192).contains(&wide) || !(1..=8192).contains(&high) || wide % LATENT_CELL + high % LATENT_CELL > 0 {
            return Err(RegionError::GeneratedSize { width: wide, height: high });
        }
        let crop = self.crop;
        let leaves = |from: u32, side: u32, whole: u32| from.checked_add(side).is_none_or(|end| end > whole);
        if crop.is_empty() || leaves(crop.x, crop.width, width) || leaves(crop.y, crop.height, height) {
            return Err(RegionError::CropOutside { crop, width, height });
        }
        let masked = bounds(mask, width, self.from());
        if masked.is_empty() {
            Err(RegionError::EmptyMask)
        } else if crop.intersection(masked).is_empty() {
            Err(RegionError::CropMissesMask)
        } else if !crop.contains_rect(masked) {
            Err(RegionError::CropCutsMask)
        } else {
            Ok(())
        }
    }

    /// The least value that makes a pixel anew.
    fn from(&self) -> u8 {
        match self.softness {
            Softness::Hard => HALF,
            Softness::Soft => 1,
        }
    }

    fn cut(&self, picture: &RgbImage, mask: &[u8]) -> Cut {
        let crop = self.crop;
        let (width, height) = (crop.width as usize, crop.height as usize);
        let mut bytes = Vec::with_capacity(width * height);
        for y in crop.y..crop.bottom() {
            let from = y as usize * picture.width() as usize + crop.x as usize;
            bytes.extend_from_slice(&mask[from..from + width]);
        }
        let strengths: Vec<u8> = match self.softness {
            Softness::Hard => bytes.iter().map(|byte| if *byte >= HALF { 255 } else { 0 }).collect(),
            Softness::Soft => bytes,
        };
        let is_set: Vec<bool> = strengths.iter().map(|byte| *byte > 0).collect();
        let away = distances(&is_set, width, self.blend.max(self.cell_pixels()));
        // Where the crop ends inside the picture, new turns into old too.
        let is_inner = [crop.x > 0, crop.y > 0, crop.right() < picture.width(), crop.bottom() < picture.height()];
        let to_edge = |at: usize| {
            let (x, y) = (at % width, at / width);
            let distances = [x, y, width - 1 - x, height - 1 - y];
            distances.into_iter().zip(is_inner).filter(|(_, is_inner)| *is_inner).map(|(to, _)| to + 1).min()
        };
        let band = self.blend as f32 + 1.0;
        let share = |at: usize| {
            let by_mask = match strengths[at] {
                // A pixel that may change by half is new already: how far it did is in what was generated.
                1..=255 => (f32::from(strengths[at]) / 127.0).min(1.0),
                0 if away[at] <= self.blend as f32 => ramp(1.0 - away[at] / band),
                0 => 0.0,
            };
            let by_edge = to_edge(at).map_or(1.0, |to| ramp(to as f32 / band));
            by_mask.min(by_edge)
        };
        let shares = (0..strengths.len()).map(share).collect();
        Cut { strengths, away, shares }
    }

    /// How many pixels of the picture one cell of the latent covers, at most.
    fn cell_pixels(&self) -> u32 {
        let across = |side: u32, generated: u32| (side * LATENT_CELL).div_ceil(generated);
        across(self.crop.width, self.generated[0]).max(across(self.crop.height, self.generated[1])).max(1)
    }

    fn at_generated_size(&self, field: &Field) -> Field {
        resample(field, self.generated[0] as usize, self.generated[1] as usize)
    }

    /// The mask at the generated size: a cell has the largest value of what it covers, so that not even one pixel is lost.
    fn by_cells(&self, cut: &Cut) -> Vec<u8> {
        let (width, height) = (self.crop.width as usize, self.crop.height as usize);
        let [columns, rows] = self.generated.map(|side| (side / LATENT_CELL) as usize);
        let mut cells = vec![0_u8; columns * rows];
        // The first and the last cell that a pixel touches.
        let touched =
            |at: usize, side: usize, count: usize| (at * count / side, (((at + 1) * count).div_ceil(side)).min(count));
        for (at, strength) in cut.strengths.iter().enumerate() {
            let in_band = cut.shares[at] > 0.0 && *strength == 0;
            let value = if in_band { (cut.shares[at] * 255.0).ceil() as u8 } else { *strength };
            let value = if in_band && self.softness == Softness::Hard { 255 } else { value };
            if value == 0 {
                continue;
            }
            let (left, right) = touched(at % width, width, columns);
            let (upper, lower) = touched(at / width, height, rows);
            for row in upper..lower {
                for cell in &mut cells[row * columns + left..row * columns + right] {
                    *cell = (*cell).max(value);
                }
            }
        }
        let cell = LATENT_CELL as usize;
        let of_pixel = |at: usize| cells[at / (columns * cell) / cell * columns + at % (columns * cell) / cell];
        (0..columns * cell * rows * cell).map(of_pixel).collect()
    }

    /// The generated picture with its colours shifted to those of the picture, smoothly over the whole crop: a membrane through the
    /// differences around the mask.
    fn matched(&self, picture: &RgbImage, cut: &Cut, generated: &RgbImage) -> Field {
        let mut new = Field::of_whole(generated);
        let old = self.at_generated_size(&Field::of(picture, self.crop));
        let (width, height) = (self.crop.width as usize, self.crop.height as usize);
        let reach = self.blend.max(self.cell_pixels()) as f32;
        let nearest = |at: usize, side: usize, generated: usize| (2 * at + 1) * side / (2 * generated);
        let is_around = |at: usize| {
            let (x, y) = (nearest(at % new.width, width, new.width), nearest(at / new.width, height, new.height));
            let place = y * width + x;
            cut.shares[place] < 1.0
                && cut.away[place] <= reach
                && (cut.strengths[place] == 0 || cut.shares[place] > 0.0)
        };
        let around: Vec<bool> = (0..new.pixels.len()).map(is_around).collect();
        let differences = Field {
            pixels: old.pixels.iter().zip(&new.pixels).map(|(old, new)| difference(old, new)).collect(),
            ..new
        };
        let usual =
            median(differences.pixels.iter().zip(&around).filter(|(_, is_around)| **is_around).map(|(one, _)| one));
        let weight = |(one, is_around): (&[f32; 3], &bool)| {
            let off = difference(one, &usual).into_iter().fold(0.0_f32, |most, off| most.max(off.abs())) / SHIFT;
            if *is_around { (1.0 + off * off).powi(-2) } else { 0.0 }
        };
        let weights: Vec<f32> = differences.pixels.iter().zip(&around).map(weight).collect();
        let shift = membrane(&differences, &weights, MATCH_REACH * MATCH_REACH);
        for (new, shift) in new.pixels.iter_mut().zip(&shift.pixels) {
            *new = [new[0] + shift[0], new[1] + shift[1], new[2] + shift[2]];
        }
        new
    }
}

/// What the crop shows of the mask, each for one pixel of it.
struct Cut {
    /// How far it may change, 0 to 255.
    strengths: Vec<u8>,
    /// How far it is from the nearest pixel that may change.
    away: Vec<f32>,
    /// Share of the new picture in the result, 0 to 1.
    shares: Vec<f32>,
}

fn difference(one: &[f32; 3], other: &[f32; 3]) -> [f32; 3] {
    [one[0] - other[0], one[1] - other[1], one[2] - other[2]]
}

/// The median by channel; 0 of nothing.
fn median<'a>(differences: impl Iterator<Item = &'a [f32; 3]>) -> [f32; 3] {
    let mut sorted: [Vec<f32>; 3] = Default::default();
    for one in differences {
        sorted.iter_mut().zip(one).for_each(|(channel, value)| channel.push(*value));
    }
    sorted.map(|mut channel| {
        let middle = channel.len() / 2;
        if channel.is_empty() { 0.0 } else { *channel.select_nth_unstable_by(middle, f32::total_cmp).1 }
    })
}

/// From 0 to 1 without a corner at either end.
fn ramp(at: f32) -> f32 {
    let at = at.clamp(0.0, 1.0);
    at * at * (3.0 - 2.0 * at)
}
