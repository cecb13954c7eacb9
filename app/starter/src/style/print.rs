//! Flat vector, risograph and woodcut.

use super::plate::{Coverage, Field, Plate, halftone};
use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Drawing, Tone};

/// Flat colour, clean edges.
pub fn flat(plate: &mut Plate, drawing: &Drawing) {
    for shape in &drawing.shapes {
        plate.lay(&Coverage::shape(shape, plate.size, 0.0, 0.0), shape.rgb, 1.0);
    }
}

/// Two inks on warm paper, overprinted, with a coarse halftone and a slight misregistration.
pub fn risograph(plate: &mut Plate, drawing: &Drawing, main: Rgb, random: &mut Random) {
    let size = plate.size;
    let paper = Rgb(247, 241, 228).jitter(random, 4.0);
    let ink = if main.luma() > 0.9 { paper.light(0.5) } else { main };
    let shift = size as f32 / 128.0 * random.range(-1.4, 1.4);
    let dark = drawing.ground.luma() < 0.42;
    plate.clear(paper);
    // The sky is the partner ink: solid at night, a halftone that fades towards the horizon by day.
    let partner = drawing.partner;
    let second = if partner.luma() > 0.82 { partner.dark(0.22) } else { partner };
    let full = Coverage { size, data: vec![1.0; size * size] };
    if dark {
        plate.lay(&full, drawing.ground.mix(second, 0.25), 0.94);
        plate
            .lay_with(&full, drawing.ground.dark(0.3), |x, y| halftone(x, y, size, 0.5 - y as f32 / size as f32 * 0.5));
    } else {
        let tint = drawing.ground.mix(paper, 0.25);
        plate.lay(&full, tint, 1.0);
        let sky = drawing.ground.mix(second, 0.45);
        plate.lay_with(&full, sky, |x, y| halftone(x, y, size, 0.46 - y as f32 / size as f32 * 0.62));
    }
    for shape in &drawing.shapes {
        let here = Coverage::shape(shape, size, 0.0, 0.0);
        let moved = Coverage::shape(shape, size, shift, -shift * 0.5);
        match shape.tone {
            Tone::Setting(depth) => {
                let flat = shape.rgb.mix(second, 0.35);
                plate.lay(&here, flat.mix(paper, 0.28), 1.0);
                let tone = 0.2 + 0.16 * f32::from(depth);
                plate.lay_with(&here, flat.dark(0.22), |x, y| halftone(x, y, size, tone));
            }
            Tone::Spark => plate.lay(&here, paper, 0.95),
            Tone::Main => plate.lay(&moved, ink, 0.97),
            Tone::Shade => {
                plate.lay(&moved, ink, 0.97);
                plate.lay_with(&moved, shape.rgb.dark(0.3), |x, y| halftone(x, y, size, 0.48));
            }
            Tone::Light => plate.lay(&moved, shape.rgb.mix(paper, 0.5), 1.0),
            Tone::Detail => plate.lay(&here, shape.rgb.mix(second.dark(0.35), 0.35), 1.0),
        }
    }
}

/// Black ink cut from a block, with a colour block printed below it.
pub fn woodcut(plate: &mut Plate, drawing: &Drawing, random: &mut Random) {
    let size = plate.size;
    let unit = size as f32 / 128.0;
    let paper = Rgb(243, 234, 212).jitter(random, 4.0);
    let ink = Rgb(36, 28, 30);
    let field = Field::new(5, random);
    let (shift_x, shift_y) = (random.range(-1.2, 1.2) * unit, random.range(-1.0, 1.0) * unit);
    let slope = random.range(-0.35, 0.35);
    // Cut lines: period 11 pixels at 128, thicker where `weight` is larger.
    let cut = |x: usize, y: usize, weight: f32| {
        let (u, v) = (x as f32 / size as f32, y as f32 / size as f32);
        let swing = (field.at(u, v) - 0.5) * 9.0 * unit;
        let t = ((y as f32 + x as f32 * slope + swing) / (11.0 * unit)).rem_euclid(1.0);
        let distance = (t - 0.5).abs() * 11.0 * unit;
        (weight * 5.5 * unit - distance + 0.5).clamp(0.0, 1.0)
    };
    let block = |rgb: Rgb| rgb.mix(paper, if rgb.luma() > 0.6 { 0.22 } else { 0.1 });
    plate.clear(drawing.ground.mix(paper, 0.35));
    let full = Coverage { size, data: vec![1.0; size * size] };
    let night = drawing.ground.luma() < 0.3;
    if night {
        plate.lay(&full, ink, 0.55);
    }
    // A few cuts in the upper sky, fading downwards.
    plate.lay_with(&full, if night { paper } else { ink }, |x, y| cut(x, y, 0.17 - y as f32 / size as f32 * 0.6) * 0.8);
    for shape in &drawing.shapes {
        let here = Coverage::shape(shape, size, 0.0, 0.0);
        match shape.tone {
            Tone::Setting(depth) => {
                plate.lay(&here, block(shape.rgb), 1.0);
                let weight = 0.12 + 0.11 * f32::from(depth.min(2));
                plate.lay_with(&here, ink, |x, y| cut(x, y, weight));
                plate.lay(&Coverage::edge(shape, size, 1.8 * unit), ink, 1.0);
            }
            Tone::Spark => plate.lay(&here, paper, 1.0),
            Tone::Light => {
                plate.lay(&here, shape.rgb.mix(paper, 0.5), 1.0);
                if shape.line.is_none() {
                    plate.lay(&Coverage::edge(shape, size, 1.6 * unit), ink, 1.0);
                }
            }
            Tone::Detail => plate.lay(&here, ink.mix(shape.rgb, 0.25), 1.0),
            Tone::Main | Tone::Shade => {
                if shape.line.is_some() {
                    plate.lay(&Coverage::edge(shape, size, 3.4 * unit), ink, 1.0);
                    plate.lay(&here, block(shape.rgb), 1.0);
                    continue;
                }
                plate.lay(&here, paper, 1.0);
                plate.lay(&Coverage::shape(shape, size, shift_x, shift_y), block(shape.rgb), 1.0);
                if shape.tone == Tone::Shade {
                    plate.lay_with(&here, ink, |x, y| cut(x, y, 0.3));
                }
                plate.lay(&Coverage::edge(shape, size, 2.8 * unit), ink, 1.0);
            }
        }
    }
    // The block's rough border.
    plate.each(|x, y, colour| {
        let (u, v) = (x as f32 / size as f32, y as f32 / size as f32);
        let edge = (x.min(y).min(size - 1 - x).min(size - 1 - y)) as f32;
        let width = (2.6 + (field.at(u, v) - 0.5) * 2.0) * unit;
        let a = (width - edge).clamp(0.0, 1.0);
        let target = [f32::from(ink.0), f32::from(ink.1), f32::from(ink.2)];
        [0, 1, 2].map(|k| colour[k] + (target[k] - colour[k]) * a)
    });
}
