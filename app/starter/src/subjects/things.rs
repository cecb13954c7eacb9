//! Things of the house: cup, bottle, lamp, chair, umbrella and key.

use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Pen, Tone, cubic, ellipse, polygon, polyline, rectangle, rounded, sweep};

const METAL: Rgb = Rgb(96, 92, 98);

pub fn cup(pen: &mut Pen, random: &mut Random) {
    let taper = random.range(0.04, 0.2);
    pen.line(sweep(&[(0.46, -0.3), (0.86, -0.26), (0.84, 0.2), (0.42, 0.38)]), 0.15, Tone::Main);
    pen.fill(
        cubic(
            (-0.62, -0.46),
            &[
                [(-0.62, 0.1), (-0.62 + taper, 0.5), (-0.5 + taper, 0.82)],
                [(-0.2, 0.94), (0.1, 0.94), (0.4 - taper, 0.82)],
                [(0.52 - taper, 0.5), (0.52, 0.1), (0.52, -0.46)],
            ],
        ),
        Tone::Main,
    );
    pen.fill(ellipse(-0.05, -0.46, 0.57, 0.16), Tone::Light);
    pen.fill_rgb(ellipse(-0.05, -0.44, 0.45, 0.1), Tone::Detail, Rgb(92, 58, 40));
    if random.chance(0.4) {
        pen.fill(polygon(&[(-0.61, 0.06), (0.51, 0.06), (0.49, 0.3), (-0.59, 0.3)]), Tone::Light);
    } else if random.chance(0.5) {
        for x in [-0.2f32, 0.1] {
            pen.line_rgb(
                sweep(&[(x, -0.68), (x + 0.08, -0.78), (x, -0.88), (x + 0.06, -1.0)]),
                0.07,
                Tone::Spark,
                Rgb(236, 230, 222),
            );
        }
    }
}

pub fn bottle(pen: &mut Pen, random: &mut Random) {
    let w = random.range(0.32, 0.44);
    pen.fill(
        cubic(
            (-0.14, -0.8),
            &[
                [(-0.14, -0.4), (-w, -0.4), (-w, -0.05)],
                [(-w, 0.3), (-w, 0.6), (-w, 0.88)],
                [(-w * 0.8, 1.02), (w * 0.8, 1.02), (w, 0.88)],
                [(w, 0.6), (w, 0.3), (w, -0.05)],
                [(w, -0.4), (0.14, -0.4), (0.14, -0.8)],
            ],
        ),
        Tone::Main,
    );
    pen.fill_rgb(
        rounded(-0.18, -1.0, 0.18, -0.78, 0.05),
        Tone::Detail,
        if random.chance(0.5) { Rgb(176, 132, 88) } else { METAL },
    );
    let label = if pen.colour(Tone::Main).luma() > 0.8 { Rgb(200, 160, 110) } else { Rgb(250, 244, 230) };
    pen.fill_rgb(rectangle(-w, 0.12, w, 0.58), Tone::Light, label);
    if random.chance(0.5) {
        pen.fill(ellipse(0.0, 0.35, 0.14, 0.14), Tone::Main);
    }
}

pub fn lamp(pen: &mut Pen, random: &mut Random) {
    if random.chance(0.5) {
        pen.fill_rgb(polygon(&[(-0.5, 0.05), (0.5, 0.05), (0.8, 0.9), (-0.8, 0.9)]), Tone::Spark, Rgb(255, 240, 190));
    }
    pen.line_rgb(polyline(&[(0.0, 0.0), (0.0, 0.88)]), 0.1, Tone::Detail, METAL);
    pen.fill_rgb(rounded(-0.4, 0.84, 0.4, 1.0, 0.08), Tone::Detail, METAL);
    let top = random.range(0.26, 0.42);
    if random.chance(0.7) {
        pen.fill(polygon(&[(-top, -0.95), (top, -0.95), (0.78, 0.05), (-0.78, 0.05)]), Tone::Main);
        pen.fill(polygon(&[(-0.74, -0.08), (0.74, -0.08), (0.78, 0.05), (-0.78, 0.05)]), Tone::Shade);
    } else {
        pen.fill(
            cubic(
                (-0.78, 0.05),
                &[[(-0.78, -0.6), (-0.5, -0.95), (0.0, -0.95)], [(0.5, -0.95), (0.78, -0.6), (0.78, 0.05)]],
            ),
            Tone::Main,
        );
    }
}

pub fn chair(pen: &mut Pen, random: &mut Random) {
    let w = random.range(0.5, 0.6);
    for x in [-w + 0.16, w - 0.16] {
        pen.line(polyline(&[(x, 0.2), (x, 0.86)]), 0.1, Tone::Shade);
    }
    if random.chance(0.55) {
        pen.fill(rounded(-w, -1.0, w, -0.24, 0.2), Tone::Main);
        pen.line(polyline(&[(-w + 0.1, -0.3), (-w + 0.1, 0.2)]), 0.12, Tone::Main);
        pen.line(polyline(&[(w - 0.1, -0.3), (w - 0.1, 0.2)]), 0.12, Tone::Main);
    } else {
        pen.line(polyline(&[(-w + 0.07, -0.94), (-w + 0.07, 0.2)]), 0.14, Tone::Main);
        pen.line(polyline(&[(w - 0.07, -0.94), (w - 0.07, 0.2)]), 0.14, Tone::Main);
        for y in [-0.78f32, -0.38] {
            pen.line(polyline(&[(-w + 0.07, y), (w - 0.07, y)]), 0.17, Tone::Main);
        }
    }
    pen.fill(polygon(&[(-w, 0.06), (w, 0.06), (w + 0.14, 0.3), (-w - 0.14, 0.3)]), Tone::Main);
    pen.line(polyline(&[(-w - 0.04, 0.34), (-w - 0.04, 1.0)]), 0.13, Tone::Main);
    pen.line(polyline(&[(w + 0.04, 0.34), (w + 0.04, 1.0)]), 0.13, Tone::Main);
}

pub fn umbrella(pen: &mut Pen, random: &mut Random) {
    pen.line_rgb(
        sweep(&[(0.0, -0.92), (0.0, 0.4), (0.0, 0.74), (0.14, 0.94), (0.3, 0.76)]),
        0.09,
        Tone::Detail,
        Rgb(110, 78, 56),
    );
    pen.fill(
        cubic(
            (-0.98, 0.08),
            &[
                [(-0.94, -1.05), (0.94, -1.05), (0.98, 0.08)],
                [(0.85, -0.08), (0.5, -0.08), (0.34, 0.08)],
                [(0.2, -0.08), (-0.2, -0.08), (-0.34, 0.08)],
                [(-0.5, -0.08), (-0.85, -0.08), (-0.98, 0.08)],
            ],
        ),
        Tone::Main,
    );
    let panel = if random.chance(0.5) { Tone::Light } else { Tone::Shade };
    pen.fill(
        cubic(
            (0.0, -0.76),
            &[
                [(-0.2, -0.6), (-0.34, -0.3), (-0.34, 0.08)],
                [(-0.2, -0.08), (0.2, -0.08), (0.34, 0.08)],
                [(0.34, -0.3), (0.2, -0.6), (0.0, -0.76)],
            ],
        ),
        panel,
    );
}

pub fn key(pen: &mut Pen, random: &mut Random) {
    let teeth = 2 + random.below(2);
    pen.line(polyline(&[(0.0, -0.15), (0.0, 0.95)]), 0.17, Tone::Main);
    for i in 0..teeth {
        let y = 0.9 - i as f32 * 0.26;
        pen.line(polyline(&[(0.0, y), (0.38, y)]), 0.15, Tone::Main);
    }
    if random.chance(0.5) {
        let ring: Vec<_> = (0..=20)
            .map(|i| {
                let a = i as f32 / 20.0 * std::f32::consts::TAU;
                (a.sin() * 0.4, -0.56 - a.cos() * 0.4)
            })
            .collect();
        pen.line(polyline(&ring), 0.2, Tone::Main);
    } else {
        for (x, y) in [(-0.3f32, -0.42f32), (0.3, -0.42), (0.0, -0.78)] {
            let ring: Vec<_> = (0..=16)
                .map(|i| {
                    let a = i as f32 / 16.0 * std::f32::consts::TAU;
                    (x + a.sin() * 0.2, y - a.cos() * 0.2)
                })
                .collect();
            pen.line(polyline(&ring), 0.13, Tone::Main);
        }
    }
}
