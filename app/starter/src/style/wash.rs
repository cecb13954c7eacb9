//! Paper cut-out and watercolour.

use super::plate::{Coverage, Field, Plate};
use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Drawing, Tone};

/// Layers of coloured paper with soft shadows.
pub fn paper_cut(plate: &mut Plate, drawing: &Drawing, random: &mut Random) {
    let size = plate.size;
    let unit = size as f32 / 128.0;
    let matte = |rgb: Rgb| rgb.mix(Rgb(226, 216, 202), 0.1);
    plate.clear(matte(drawing.ground));
    let (dx, dy) = (random.range(1.0, 2.0) * unit, random.range(1.8, 2.8) * unit);
    for shape in &drawing.shapes {
        if shape.tone == Tone::Spark && shape.line.is_some() {
            plate.lay(&Coverage::shape(shape, size, 0.0, 0.0), matte(shape.rgb), 1.0);
            continue;
        }
        let soft = (1.6 * unit).round().max(1.0) as usize;
        let shadow = Coverage::shape(shape, size, dx, dy).blurred(soft);
        plate.lay(&shadow, Rgb(30, 24, 44), 0.42);
        let here = Coverage::shape(shape, size, 0.0, 0.0);
        plate.lay(&here, matte(shape.rgb).light(0.28), 1.0);
        // The face sits a pixel lower right, so that a lit paper edge remains.
        let face = Coverage::shape(shape, size, 0.9 * unit, 1.0 * unit);
        let both = Coverage { size, data: here.data.iter().zip(&face.data).map(|(a, b)| a.min(*b)).collect() };
        plate.lay(&both, matte(shape.rgb), 1.0);
    }
}

/// Transparent washes that pool at their edges, on paper whose border stays bare.
pub fn watercolour(plate: &mut Plate, drawing: &Drawing, random: &mut Random) {
    let size = plate.size;
    let unit = size as f32 / 128.0;
    let paper = Rgb(252, 249, 241);
    let (flow, shake) = (Field::new(4, random), Field::new(14, random));
    plate.clear(paper);
    let at = |field: &Field, x: usize, y: usize| field.at(x as f32 / size as f32, y as f32 / size as f32);
    let full = Coverage { size, data: vec![1.0; size * size] };
    plate.lay_with(&full, drawing.ground.light(0.08), |x, y| {
        0.62 + 0.42 * at(&flow, x, y) - 0.1 * y as f32 / size as f32
    });
    for shape in &drawing.shapes {
        let here = Coverage::shape(shape, size, 0.0, 0.0).wobbled(&shake, 1.7 * unit);
        let subject = shape.tone.is_subject();
        let small = shape.line.is_some() || matches!(shape.tone, Tone::Detail | Tone::Light | Tone::Spark);
        // White gouache below the subject keeps its colour from drowning in the ground.
        if subject {
            plate.lay(&here, paper, 0.9);
        } else {
            plate.lay(&here, paper, 0.6);
        }
        let inside = here.blurred((2.0 * unit).round().max(1.0) as usize);
        let data = here.data.iter().zip(&inside.data).map(|(a, b)| a * (1.0 - b).clamp(0.0, 0.6)).collect();
        let pool = Coverage { size, data };
        let (base, vary) = if small { (0.86, 0.1) } else { (0.62, 0.46) };
        plate.lay_with(&here, shape.rgb, |x, y| base + vary * at(&flow, size - 1 - x, y));
        plate.lay(&pool, shape.rgb.dark(0.3), if small { 0.25 } else { 0.75 });
    }
    let white = super::plate::paint(paper);
    plate.each(|x, y, colour| {
        let edge = (x.min(y).min(size - 1 - x).min(size - 1 - y)) as f32;
        let bare = (2.0 + 8.0 * at(&shake, x, y) * at(&flow, y, x)) * unit;
        let a = ((bare - edge) / (1.5 * unit) + 0.5).clamp(0.0, 1.0);
        [0, 1, 2].map(|k| colour[k] + (white[k] - colour[k]) * a)
    });
}
