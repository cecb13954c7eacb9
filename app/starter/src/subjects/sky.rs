//! Sun, moon, star, heart, cloud, balloon and mountain.

use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::{Pen, Tone, blob, cubic, ellipse, polygon, polyline, rounded};
use std::f32::consts::{PI, TAU};

pub fn sun(pen: &mut Pen, random: &mut Random) {
    match random.below(4) {
        0 | 1 => {
            pen.fill(ellipse(0.0, 0.0, 0.82, 0.82), Tone::Main);
        }
        2 => {
            let rays = 8 + 2 * random.below(3);
            let turn = random.range(0.0, TAU);
            for i in 0..rays {
                let a = turn + i as f32 * TAU / rays as f32;
                let half = TAU / rays as f32 * 0.3;
                let at = |angle: f32, r: f32| (angle.cos() * r, angle.sin() * r);
                pen.fill(polygon(&[at(a - half, 0.66), at(a, 1.02), at(a + half, 0.66)]), Tone::Main);
            }
            pen.fill(ellipse(0.0, 0.0, 0.58, 0.58), Tone::Main);
        }
        _ => {
            let rays = 10 + 2 * random.below(2);
            for i in 0..rays {
                let a = i as f32 * TAU / rays as f32;
                pen.line(
                    polyline(&[(a.cos() * 0.76, a.sin() * 0.76), (a.cos() * 0.98, a.sin() * 0.98)]),
                    0.12,
                    Tone::Main,
                );
            }
            pen.fill(ellipse(0.0, 0.0, 0.56, 0.56), Tone::Main);
        }
    }
}

pub fn moon(pen: &mut Pen, random: &mut Random) {
    let tilt = random.range(-0.5, 0.3);
    let depth = random.range(0.16, 0.34);
    let mut points = Vec::new();
    for i in 0..=24 {
        let a = -PI * 0.62 + i as f32 / 24.0 * PI * 1.24 + PI;
        points.push((a.cos() * 0.95, a.sin() * 0.95));
    }
    let (tip_x, tip_y) = (points[0].0, points[0].1.abs());
    for i in 1..24 {
        let s = 1.0 - i as f32 / 24.0 * 2.0;
        points.push((tip_x - (1.0 - s * s) * (0.62 + depth), -tip_y * s));
    }
    let (s, c) = tilt.sin_cos();
    let turned: Vec<_> = points.iter().map(|&(x, y)| ((x + 0.28) * c - y * s, (x + 0.28) * s + y * c)).collect();
    pen.fill(polygon(&turned), Tone::Main);
}

pub fn star(pen: &mut Pen, random: &mut Random) {
    let inner = random.range(0.4, 0.52);
    let turn = random.range(-0.16, 0.16);
    let at = |i: usize, r: f32| {
        let a = turn + i as f32 * PI / 5.0;
        (a.sin() * r, -a.cos() * r)
    };
    let points: Vec<_> = (0..10).map(|i| at(i, if i % 2 == 0 { 1.0 } else { inner })).collect();
    pen.fill(polygon(&points), Tone::Main);
    if random.chance(0.35) {
        for i in 0..5 {
            pen.fill(polygon(&[at(2 * i, 1.0), at(2 * i + 1, inner), (0.0, 0.0)]), Tone::Shade);
        }
    }
}

pub fn heart(pen: &mut Pen, random: &mut Random) {
    let plump = random.range(0.94, 1.06);
    let w = 0.98 * plump;
    pen.fill(
        cubic(
            (0.0, 0.92),
            &[
                [(-0.35, 0.55), (-w, 0.2), (-w, -0.32)],
                [(-w, -0.95), (-0.2, -1.0), (0.0, -0.42)],
                [(0.2, -1.0), (w, -0.95), (w, -0.32)],
                [(w, 0.2), (0.35, 0.55), (0.0, 0.92)],
            ],
        ),
        Tone::Main,
    );
    if random.chance(0.4) {
        pen.fill(ellipse(-0.5, -0.4, 0.17, 0.13), Tone::Light);
    }
}

pub fn cloud(pen: &mut Pen, random: &mut Random) {
    let lift = random.range(-0.08, 0.08);
    let edge = random.range(0.86, 1.0);
    pen.fill(
        cubic(
            (-0.62, 0.5),
            &[
                [(-edge - 0.12, 0.5), (-edge - 0.12, -0.06), (-0.6, -0.04)],
                [(-0.62, -0.5 + lift), (-0.08, -0.66 + lift), (0.08, -0.28)],
                [(0.24, -0.56 - lift), (0.66, -0.38 - lift), (0.56, -0.02)],
                [(edge + 0.1, -0.06), (edge + 0.1, 0.5), (0.6, 0.5)],
                [(0.2, 0.5), (-0.2, 0.5), (-0.62, 0.5)],
            ],
        ),
        Tone::Main,
    );
    if random.chance(0.5) {
        pen.fill(rounded(-0.5, 0.3, 0.6, 0.5, 0.1), Tone::Shade);
    }
}

pub fn balloon(pen: &mut Pen, random: &mut Random) {
    let rope = Rgb(92, 68, 54);
    pen.line_rgb(polyline(&[(-0.26, 0.3), (-0.14, 0.72)]), 0.05, Tone::Detail, rope);
    pen.line_rgb(polyline(&[(0.26, 0.3), (0.14, 0.72)]), 0.05, Tone::Detail, rope);
    let bag = |half: f32| {
        cubic(
            (-0.22 * half, 0.44),
            &[
                [(-0.5 * half, 0.2), (-0.72 * half, -0.06), (-0.72 * half, -0.36)],
                [(-0.72 * half, -0.82), (-0.36 * half, -1.0), (0.0, -1.0)],
                [(0.36 * half, -1.0), (0.72 * half, -0.82), (0.72 * half, -0.36)],
                [(0.72 * half, -0.06), (0.5 * half, 0.2), (0.22 * half, 0.44)],
            ],
        )
    };
    pen.fill(bag(1.0), Tone::Main);
    match random.below(3) {
        0 => {
            pen.fill(bag(0.5), Tone::Light);
        }
        1 => {
            pen.fill(bag(0.62), Tone::Shade).fill(bag(0.24), Tone::Light);
        }
        _ => {
            pen.fill(polygon(&[(-0.71, -0.44), (0.71, -0.44), (0.68, -0.16), (-0.68, -0.16)]), Tone::Light);
        }
    }
    pen.fill_rgb(rounded(-0.18, 0.7, 0.18, 1.0, 0.06), Tone::Detail, Rgb(150, 104, 66));
}

pub fn mountain(pen: &mut Pen, random: &mut Random) {
    let peak = random.range(-0.3, 0.0);
    let second = random.range(0.34, 0.52);
    let side = -random.range(0.1, 0.4);
    pen.fill(polygon(&[(second - 0.56, 0.8), (second, side), (1.05, 0.8)]), Tone::Shade);
    pen.fill(polygon(&[(-1.05, 0.8), (peak, -0.85), (peak + 0.82, 0.8)]), Tone::Main);
    if random.chance(0.7) {
        let drop = 0.5;
        let left = (peak - 0.636 * drop * (peak + 1.05), -0.85 + 1.05 * drop);
        let right = (peak + 0.5 * drop, -0.85 + drop);
        pen.fill_rgb(
            polygon(&[(peak, -0.85), left, (peak - 0.06, -0.42), (peak + 0.06, -0.28), (peak + 0.14, -0.46), right]),
            Tone::Light,
            Rgb(250, 248, 242),
        );
    } else {
        pen.fill(blob(&[(peak, -0.85), (peak + 0.82, 0.8), (peak + 0.2, 0.8), (peak + 0.02, 0.0)]), Tone::Shade);
    }
}
