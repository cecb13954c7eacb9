//! Blueprint and neon.

use super::plate::{Coverage, Plate, paint};
use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Drawing, Pen, Tone, polyline, rectangle};

/// Pale lines and tints on blueprint blue, with a drawing frame and a dimension line.
pub fn blueprint(plate: &mut Plate, drawing: &Drawing, random: &mut Random) {
    let size = plate.size;
    let unit = size as f32 / 128.0;
    let blue = Rgb(32, 78, 156).jitter(random, 7.0);
    let chalk = Rgb(228, 238, 255);
    plate.clear(blue);
    let named = drawing.ground.mix(blue, 0.72);
    let full = Coverage { size, data: vec![1.0; size * size] };
    plate.lay(&full, named, 0.55);
    for shape in &drawing.shapes {
        let here = Coverage::shape(shape, size, 0.0, 0.0);
        match shape.tone {
            Tone::Setting(3) => {}
            Tone::Setting(depth) => {
                plate.lay(&here, blue.mix(shape.rgb, 0.3).dark(0.06 * f32::from(depth)), 1.0);
                plate.lay(&Coverage::edge(shape, size, 1.5 * unit), chalk, 0.62);
            }
            Tone::Spark => plate.lay(&here, chalk, 0.6),
            _ if shape.line.is_some() => {
                plate.lay(&Coverage::edge(shape, size, 2.6 * unit), chalk, 1.0);
                plate.lay(&here, shape.rgb.mix(blue, 0.2), 1.0);
            }
            _ => {
                plate.lay(&here, shape.rgb.mix(blue, 0.22), 1.0);
                plate.lay(&Coverage::edge(shape, size, 1.9 * unit), chalk, 1.0);
            }
        }
    }
    let mut pen = Pen::picture(chalk);
    pen.line_rgb(rectangle(0.035, 0.035, 0.965, 0.965), 0.013, Tone::Spark, chalk);
    let y = random.range(0.9, 0.92);
    pen.line_rgb(polyline(&[(0.1, y), (0.9, y)]), 0.011, Tone::Spark, chalk);
    for x in [0.1, 0.9] {
        pen.line_rgb(polyline(&[(x, y - 0.03), (x, y + 0.03)]), 0.012, Tone::Spark, chalk);
    }
    for shape in pen.finish() {
        plate.lay(&Coverage::shape(&shape, size, 0.0, 0.0), chalk, 0.75);
    }
}

/// Glowing tubes in the dark.
pub fn neon(plate: &mut Plate, drawing: &Drawing, main: Rgb, random: &mut Random) {
    let size = plate.size;
    let unit = size as f32 / 128.0;
    let dark = *random.pick(&[Rgb(20, 13, 42), Rgb(12, 16, 40), Rgb(28, 12, 38)]);
    let dark = dark.jitter(random, 3.0);
    plate.clear(dark.mix(drawing.ground, 0.06));
    let bright = |rgb: Rgb| {
        // Tubes shine: lift the strongest channel to full and keep the hue.
        let top = rgb.0.max(rgb.1).max(rgb.2).max(1);
        let lift = 255.0 / f32::from(top);
        Rgb((f32::from(rgb.0) * lift) as u8, (f32::from(rgb.1) * lift) as u8, (f32::from(rgb.2) * lift) as u8)
    };
    let around = bright(drawing.partner);
    // The wall behind the sign catches some of its light.
    let light = paint(bright(main));
    plate.each(|x, y, colour| {
        let (u, v) = (x as f32 / size as f32 - 0.5, y as f32 / size as f32 - 0.45);
        let a = (0.13 - (u * u + v * v) * 0.32).max(0.0);
        [0, 1, 2].map(|k| colour[k] + light[k] * a)
    });
    for shape in &drawing.shapes {
        let here = Coverage::shape(shape, size, 0.0, 0.0);
        let (tube, strength) = match shape.tone {
            Tone::Setting(3) => continue,
            Tone::Setting(_) => (around.mix(bright(shape.rgb), 0.5), 0.55),
            Tone::Spark => {
                plate.lay(&here, bright(shape.rgb), 0.8);
                continue;
            }
            Tone::Detail if shape.line.is_none() && shape.rgb.luma() < 0.2 => {
                plate.lay(&here, bright(main).light(0.5), 1.0);
                continue;
            }
            Tone::Detail => (bright(shape.rgb), 0.7),
            Tone::Light => (bright(shape.rgb).mix(bright(main), 0.4), 0.8),
            _ => (bright(main), 1.0),
        };
        let thin = if shape.tone.is_subject() { 2.6 } else { 1.8 };
        if shape.line.is_none() {
            plate.lay(&here, dark.mix(tube, if shape.tone.is_subject() { 0.2 } else { 0.07 }), 0.94);
        }
        let edge = |pixels: f32| match shape.line {
            None => Coverage::edge(shape, size, pixels * unit),
            Some(_) => Coverage::edge(shape, size, (pixels - thin) * unit),
        };
        plate.glow(&edge(8.0).blurred((2.0 * unit).round().max(1.0) as usize), tube, 0.34 * strength);
        plate.lay(&edge(thin), tube, strength);
        if shape.line.is_none() {
            plate.lay(&edge(1.1), tube.light(0.62), 0.7 * strength);
        }
    }
}
