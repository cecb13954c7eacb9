//! Plants and animals.

use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Pen, Tone, blob, cubic, ellipse, polygon, polyline, rectangle, rounded, sweep, union};
use std::f32::consts::TAU;

const STEM: Rgb = Rgb(58, 122, 72);
const BARK: Rgb = Rgb(104, 72, 50);
const INK: Rgb = Rgb(28, 28, 36);
const CREAM: Rgb = Rgb(250, 244, 230);

pub fn tree(pen: &mut Pen, random: &mut Random) {
    let trunk = random.range(0.09, 0.14);
    pen.fill_rgb(polygon(&[(-trunk, 1.0), (-trunk * 0.7, 0.0), (trunk * 0.7, 0.0), (trunk, 1.0)]), Tone::Detail, BARK);
    match random.below(3) {
        0 => {
            pen.fill(ellipse(0.0, -0.28, 0.66, 0.68), Tone::Main);
            pen.fill(
                cubic(
                    (0.08, 0.39),
                    &[
                        [(0.5, 0.32), (0.66, 0.0), (0.66, -0.28)],
                        [(0.66, -0.6), (0.5, -0.86), (0.2, -0.94)],
                        [(0.5, -0.4), (0.4, 0.1), (0.08, 0.39)],
                    ],
                ),
                Tone::Shade,
            );
        }
        1 => {
            for (i, w) in [0.72f32, 0.58, 0.42].into_iter().enumerate() {
                let y = 0.55 - i as f32 * 0.45;
                pen.fill(polygon(&[(-w, y), (0.0, y - 0.72), (w, y)]), if i == 1 { Tone::Shade } else { Tone::Main });
            }
        }
        _ => {
            pen.fill(ellipse(-0.38, 0.0, 0.44, 0.4), Tone::Main);
            pen.fill(ellipse(0.38, 0.0, 0.44, 0.4), Tone::Shade);
            pen.fill(ellipse(0.0, -0.42, 0.52, 0.52), Tone::Main);
        }
    }
}

pub fn flower(pen: &mut Pen, random: &mut Random) {
    let bend = random.range(-0.1, 0.1);
    pen.line_rgb(sweep(&[(0.0, -0.2), (bend, 0.4), (0.0, 1.0)]), 0.1, Tone::Detail, STEM);
    let side = if random.chance(0.5) { 1.0 } else { -1.0 };
    pen.fill_rgb(
        blob(&[(bend, 0.72), (0.3 * side, 0.42), (0.56 * side, 0.4), (0.36 * side, 0.66)]),
        Tone::Detail,
        STEM,
    );
    if random.chance(0.75) {
        let petals = 5 + random.below(3);
        let turn = random.range(0.0, 1.0);
        let fat = 1.5 / petals as f32;
        for i in 0..petals {
            let a = turn + i as f32 * TAU / petals as f32;
            pen.fill(ellipse(a.cos() * 0.4, a.sin() * 0.4 - 0.36, fat, fat), Tone::Main);
        }
        let heart = if pen.colour(Tone::Main).distance(Rgb(248, 206, 70)) < 150.0 {
            Rgb(130, 80, 46)
        } else {
            Rgb(248, 206, 70)
        };
        pen.fill_rgb(ellipse(0.0, -0.36, 0.2, 0.2), Tone::Detail, heart);
    } else {
        pen.fill(
            cubic(
                (0.0, 0.08),
                &[
                    [(-0.5, 0.08), (-0.56, -0.4), (-0.46, -0.92)],
                    [(-0.34, -0.7), (-0.26, -0.66), (-0.2, -0.6)],
                    [(-0.12, -0.8), (-0.06, -0.9), (0.0, -1.0)],
                    [(0.06, -0.9), (0.12, -0.8), (0.2, -0.6)],
                    [(0.26, -0.66), (0.34, -0.7), (0.46, -0.92)],
                    [(0.56, -0.4), (0.5, 0.08), (0.0, 0.08)],
                ],
            ),
            Tone::Main,
        );
    }
}

pub fn leaf(pen: &mut Pen, random: &mut Random) {
    let fat = random.range(0.78, 0.95);
    pen.fill(
        cubic(
            (0.0, -0.98),
            &[[(fat, -0.5), (fat * 0.9, 0.45), (0.0, 0.72)], [(-fat * 0.9, 0.45), (-fat, -0.5), (0.0, -0.98)]],
        ),
        Tone::Main,
    );
    if random.chance(0.5) {
        pen.fill(
            cubic(
                (0.0, -0.98),
                &[[(fat, -0.5), (fat * 0.9, 0.45), (0.0, 0.72)], [(0.04, 0.2), (0.04, -0.5), (0.0, -0.98)]],
            ),
            Tone::Shade,
        );
    }
    pen.line(polyline(&[(0.0, -0.55), (0.0, 1.0)]), 0.08, Tone::Light);
    for y in [-0.15f32, 0.2] {
        pen.line(polyline(&[(0.0, y + 0.16), (0.36, y - 0.16)]), 0.06, Tone::Light);
        pen.line(polyline(&[(0.0, y + 0.16), (-0.36, y - 0.16)]), 0.06, Tone::Light);
    }
}

pub fn cactus(pen: &mut Pen, random: &mut Random) {
    let (left, right) = (random.range(-0.4, 0.0), random.range(-0.55, -0.1));
    let two = random.chance(0.75);
    pen.line(polyline(&[(0.0, 0.36), (-0.55, 0.36), (-0.55, left)]), 0.28, Tone::Main);
    if two {
        pen.line(polyline(&[(0.0, 0.1), (0.55, 0.1), (0.55, right)]), 0.28, Tone::Main);
    }
    pen.fill(rounded(-0.24, -0.95, 0.24, 1.0, 0.24), Tone::Main);
    pen.line(polyline(&[(0.0, -0.62), (0.0, 0.8)]), 0.06, Tone::Light);
    if random.chance(0.35) {
        pen.fill_rgb(ellipse(0.0, -0.95, 0.14, 0.12), Tone::Detail, Rgb(240, 110, 140));
    }
}

pub fn mushroom(pen: &mut Pen, random: &mut Random) {
    let w = random.range(0.17, 0.25);
    pen.fill_rgb(
        cubic(
            (-w, -0.1),
            &[
                [(-w, 0.4), (-w * 1.7, 0.7), (-w * 1.6, 0.95)],
                [(-w * 0.5, 1.02), (w * 0.5, 1.02), (w * 1.6, 0.95)],
                [(w * 1.7, 0.7), (w, 0.4), (w, -0.1)],
            ],
        ),
        Tone::Light,
        CREAM,
    );
    let cap = random.range(0.9, 1.0);
    pen.fill(
        cubic((-cap, 0.05), &[[(-cap, -1.1), (cap, -1.1), (cap, 0.05)], [(0.5, 0.2), (-0.5, 0.2), (-cap, 0.05)]]),
        Tone::Main,
    );
    for (x, y, r) in [(-0.45f32, -0.25f32, 0.14f32), (0.06, -0.5, 0.16), (0.5, -0.2, 0.12)] {
        pen.fill_rgb(
            ellipse(x, y, r, r * 0.9),
            Tone::Light,
            if pen.colour(Tone::Main).luma() > 0.85 { Rgb(214, 196, 170) } else { CREAM },
        );
    }
}

pub fn apple(pen: &mut Pen, random: &mut Random) {
    pen.line_rgb(sweep(&[(0.0, -0.5), (0.03, -0.75), (0.12, -0.95)]), 0.1, Tone::Detail, BARK);
    pen.fill(
        cubic(
            (0.0, -0.5),
            &[
                [(-0.4, -0.78), (-0.95, -0.5), (-0.9, 0.1)],
                [(-0.86, 0.62), (-0.45, 1.05), (0.0, 0.88)],
                [(0.45, 1.05), (0.86, 0.62), (0.9, 0.1)],
                [(0.95, -0.5), (0.4, -0.78), (0.0, -0.5)],
            ],
        ),
        Tone::Main,
    );
    if random.chance(0.75) {
        pen.fill_rgb(
            cubic(
                (0.08, -0.62),
                &[[(0.18, -0.98), (0.5, -1.02), (0.66, -0.92)], [(0.56, -0.66), (0.3, -0.56), (0.08, -0.62)]],
            ),
            Tone::Detail,
            STEM,
        );
    }
    pen.fill(ellipse(-0.46, -0.12, 0.13, 0.2), Tone::Light);
}

pub fn bird(pen: &mut Pen, random: &mut Random) {
    pen.fill(polygon(&[(-0.4, 0.2), (-1.0, 0.02), (-0.96, 0.34), (-0.4, 0.42)]), Tone::Shade);
    if random.chance(0.6) {
        for x in [-0.05f32, 0.16] {
            pen.line_rgb(polyline(&[(x, 0.5), (x, 0.92)]), 0.06, Tone::Detail, Rgb(214, 126, 50));
        }
    }
    pen.fill_rgb(polygon(&[(0.7, -0.5), (1.02, -0.34), (0.68, -0.24)]), Tone::Detail, Rgb(246, 160, 52));
    pen.fill(
        cubic(
            (-0.62, 0.2),
            &[
                [(-0.2, 0.05), (0.05, -0.2), (0.16, -0.46)],
                [(0.24, -0.82), (0.76, -0.8), (0.8, -0.38)],
                [(0.86, 0.2), (0.5, 0.6), (0.05, 0.6)],
                [(-0.3, 0.62), (-0.56, 0.46), (-0.62, 0.2)],
            ],
        ),
        Tone::Main,
    );
    let up = random.chance(0.4);
    let tip = if up { (-0.56, -0.7) } else { (-0.6, 0.2) };
    pen.fill(
        cubic((0.32, 0.1), &[[(0.05, -0.25), (-0.35, -0.2), tip], [(-0.3, 0.46), (0.2, 0.5), (0.32, 0.1)]]),
        Tone::Shade,
    );
    pen.fill_rgb(ellipse(0.52, -0.42, 0.1, 0.1), Tone::Light, CREAM);
    pen.fill_rgb(ellipse(0.54, -0.42, 0.05, 0.05), Tone::Detail, INK);
}

pub fn fish(pen: &mut Pen, random: &mut Random) {
    let tall = random.range(0.42, 0.56);
    pen.fill(polygon(&[(0.42, 0.0), (1.0, -0.46), (0.86, 0.0), (1.0, 0.46)]), Tone::Shade);
    pen.fill(blob(&[(-0.25, -tall * 0.8), (0.1, -tall - 0.28), (0.34, -tall * 0.5)]), Tone::Shade);
    pen.fill(
        cubic(
            (-0.95, 0.02),
            &[
                [(-0.6, -tall * 1.3), (0.1, -tall * 1.3), (0.62, 0.0)],
                [(0.1, tall * 1.3), (-0.6, tall * 1.3), (-0.95, 0.02)],
            ],
        ),
        Tone::Main,
    );
    match random.below(3) {
        0 => {
            for x in [-0.18f32, 0.12] {
                pen.line(sweep(&[(x, -tall * 0.7), (x + 0.08, 0.0), (x, tall * 0.7)]), 0.1, Tone::Light);
            }
        }
        1 => {
            pen.fill(polygon(&[(-0.1, 0.0), (0.28, 0.22), (-0.1, 0.3)]), Tone::Shade);
        }
        _ => {
            pen.line(sweep(&[(-0.38, -0.3), (-0.28, 0.0), (-0.38, 0.3)]), 0.07, Tone::Shade);
        }
    }
    pen.fill_rgb(ellipse(-0.6, -0.1, 0.13, 0.13), Tone::Light, CREAM);
    pen.fill_rgb(ellipse(-0.61, -0.1, 0.065, 0.065), Tone::Detail, INK);
}

pub fn cat(pen: &mut Pen, random: &mut Random) {
    let eye = if pen.colour(Tone::Main).luma() > 0.75 { Rgb(60, 120, 90) } else { Rgb(250, 230, 130) };
    pen.line(sweep(&[(0.4, 0.86), (0.86, 0.78), (0.82, 0.3), (0.96, 0.0)]), 0.17, Tone::Main);
    pen.fill(
        cubic(
            (-0.5, 0.98),
            &[
                [(-0.62, 0.5), (-0.46, 0.1), (-0.3, -0.1)],
                [(-0.1, -0.2), (0.1, -0.2), (0.3, -0.1)],
                [(0.5, 0.1), (0.66, 0.5), (0.54, 0.98)],
            ],
        ),
        Tone::Main,
    );
    if random.chance(0.6) {
        pen.fill(ellipse(0.0, 0.58, 0.24, 0.36), Tone::Light);
    }
    pen.fill(
        union(vec![
            polygon(&[(-0.52, -0.4), (-0.5, -1.0), (-0.06, -0.72)]),
            polygon(&[(0.06, -0.72), (0.5, -1.0), (0.52, -0.4)]),
        ]),
        Tone::Main,
    );
    pen.fill(ellipse(0.0, -0.38, 0.54, 0.44), Tone::Main);
    pen.fill_rgb(ellipse(-0.22, -0.42, 0.11, 0.11), Tone::Light, eye);
    pen.fill_rgb(ellipse(0.22, -0.42, 0.11, 0.11), Tone::Light, eye);
    pen.fill_rgb(rectangle(-0.25, -0.5, -0.19, -0.33), Tone::Detail, INK);
    pen.fill_rgb(rectangle(0.19, -0.5, 0.25, -0.33), Tone::Detail, INK);
    pen.fill_rgb(polygon(&[(-0.08, -0.27), (0.08, -0.27), (0.0, -0.17)]), Tone::Detail, Rgb(224, 120, 130));
}
