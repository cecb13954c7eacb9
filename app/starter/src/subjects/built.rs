//! House, boat, lighthouse and skyline.

use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Pen, Tone, cubic, polygon, polyline, rectangle};

const CREAM: Rgb = Rgb(250, 244, 230);
const GLOW: Rgb = Rgb(255, 224, 130);
const WOOD: Rgb = Rgb(100, 72, 52);

pub fn house(pen: &mut Pen, random: &mut Random) {
    let w = random.range(0.62, 0.78);
    if random.chance(0.6) {
        pen.fill_rgb(rectangle(w * 0.42, -0.8, w * 0.68, -0.2), Tone::Detail, Rgb(122, 84, 74));
    }
    pen.fill(rectangle(-w, -0.12, w, 0.9), Tone::Main);
    let roof = if random.chance(0.5) {
        polygon(&[(-w - 0.2, -0.08), (0.0, -0.9), (w + 0.2, -0.08)])
    } else {
        polygon(&[(-w - 0.16, -0.08), (-w * 0.55, -0.72), (w * 0.55, -0.72), (w + 0.16, -0.08)])
    };
    pen.fill(roof, Tone::Shade);
    let window = if random.chance(0.5) { GLOW } else { CREAM };
    let window = if pen.colour(Tone::Main).distance(window) < 150.0 { Rgb(70, 96, 130) } else { window };
    let door = random.range(-0.16, 0.16);
    pen.fill_rgb(rectangle(door - 0.15, 0.32, door + 0.15, 0.9), Tone::Detail, WOOD);
    pen.fill_rgb(rectangle(-w + 0.12, 0.1, -w + 0.4, 0.42), Tone::Light, window);
    pen.fill_rgb(rectangle(w - 0.4, 0.1, w - 0.12, 0.42), Tone::Light, window);
}

pub fn boat(pen: &mut Pen, random: &mut Random) {
    pen.line_rgb(polyline(&[(0.0, -0.95), (0.0, 0.5)]), 0.08, Tone::Detail, WOOD);
    let sails = random.below(3);
    let main = if sails == 0 { Tone::Light } else { Tone::Main };
    let side = |pen: &Pen| if pen.colour(Tone::Main).luma() > 0.85 { Rgb(226, 206, 178) } else { CREAM };
    let cream = side(pen);
    if main == Tone::Light {
        pen.fill_rgb(polygon(&[(0.08, -0.9), (0.08, 0.3), (0.78, 0.3)]), Tone::Light, cream);
    } else {
        pen.fill(
            cubic(
                (0.08, -0.92),
                &[
                    [(0.5, -0.5), (0.76, -0.1), (0.8, 0.3)],
                    [(0.5, 0.34), (0.3, 0.32), (0.08, 0.3)],
                    [(0.08, 0.0), (0.08, -0.5), (0.08, -0.92)],
                ],
            ),
            Tone::Main,
        );
    }
    pen.fill_rgb(polygon(&[(-0.08, -0.66), (-0.08, 0.3), (-0.62, 0.3)]), Tone::Light, cream);
    pen.fill(
        cubic(
            (-0.95, 0.44),
            &[
                [(-0.4, 0.52), (0.4, 0.52), (0.98, 0.4)],
                [(0.86, 0.66), (0.72, 0.86), (0.56, 0.92)],
                [(0.2, 0.96), (-0.3, 0.96), (-0.58, 0.92)],
                [(-0.78, 0.8), (-0.88, 0.62), (-0.95, 0.44)],
            ],
        ),
        if sails == 2 { Tone::Shade } else { Tone::Main },
    );
}

pub fn lighthouse(pen: &mut Pen, random: &mut Random) {
    if random.chance(0.35) {
        pen.fill_rgb(polygon(&[(0.1, -0.68), (1.0, -0.95), (1.0, -0.5)]), Tone::Spark, Rgb(255, 236, 170));
    }
    let base = random.range(0.34, 0.42);
    let top = 0.22;
    let body = if pen.colour(Tone::Main).luma() > 0.85 { Rgb(206, 190, 168) } else { CREAM };
    let edge = |y: f32| top + (base - top) * (y + 0.5) / 1.5;
    pen.fill_rgb(polygon(&[(-base, 1.0), (-top, -0.5), (top, -0.5), (base, 1.0)]), Tone::Light, body);
    for y in [-0.5f32, 0.1, 0.7] {
        let (a, b) = (edge(y), edge(y + 0.3));
        pen.fill(polygon(&[(-a, y), (a, y), (b, y + 0.3), (-b, y + 0.3)]), Tone::Main);
    }
    pen.fill_rgb(rectangle(-0.14, -0.8, 0.14, -0.54), Tone::Light, GLOW);
    pen.fill(rectangle(-0.3, -0.56, 0.3, -0.46), Tone::Shade);
    pen.fill(polygon(&[(-0.24, -0.78), (0.0, -1.02), (0.24, -0.78)]), Tone::Main);
}

pub fn skyline(pen: &mut Pen, random: &mut Random) {
    let window = if pen.colour(Tone::Main).luma() > 0.6 { Rgb(70, 84, 120) } else { GLOW };
    let mut x = -1.0f32;
    let mut i = random.below(4);
    while x < 0.9 {
        let w = random.range(0.26, 0.44).min(1.0 - x);
        let h = [0.7f32, 1.35, 1.0, 1.62][i % 4] + random.range(-0.12, 0.12);
        let y = 0.85 - h;
        let tone = if i.is_multiple_of(2) { Tone::Main } else { Tone::Shade };
        pen.fill(rectangle(x, y, x + w, 0.85), tone);
        if i % 4 == 3 {
            pen.fill(polygon(&[(x, y), (x + w / 2.0, y - 0.22), (x + w, y)]), tone);
        }
        for row in 0..3 {
            let wy = y + 0.14 + row as f32 * 0.26;
            if wy < 0.6 && random.chance(0.75) {
                pen.fill_rgb(rectangle(x + w * 0.25, wy, x + w * 0.7, wy + 0.11), Tone::Light, window);
            }
        }
        x += w;
        i += 1;
    }
}
