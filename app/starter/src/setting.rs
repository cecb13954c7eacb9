//! Where a scene takes place: the sky, the ground and the layers between them.

use crate::palette::{Colour, Rgb, ground_for};
use crate::random::Random;
use crate::shape::{Pen, Shape, Tone, blob, ellipse, polygon, polyline, rectangle, rounded, union};
use crate::subjects::Stance;
use serde::{Deserialize, Serialize};

/// The kind of place.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    Plain,
    Sea,
    Hills,
    Mountains,
    Desert,
    Night,
    City,
    Snow,
    Forest,
    Room,
}

impl Place {
    /// Every place, in the order that attributes count them.
    pub const ALL: [Place; 10] = [
        Place::Plain,
        Place::Sea,
        Place::Hills,
        Place::Mountains,
        Place::Desert,
        Place::Night,
        Place::City,
        Place::Snow,
        Place::Forest,
        Place::Room,
    ];

    /// Whether the caption may name a colour for it.
    pub fn takes_colour(self) -> bool {
        matches!(self, Place::Plain | Place::Hills | Place::Mountains)
    }
}

/// A drawn setting: what lies behind the subject, what in front, and where the ground is.
pub struct Backdrop {
    /// The sky or wall.
    pub ground: Rgb,
    /// Drawn first.
    pub behind: Vec<Shape>,
    /// Drawn after subjects that hang behind the land, such as the sun.
    pub land: Vec<Shape>,
    /// The ink that stands for the place in styles with few inks.
    pub partner: Rgb,
    /// Where the land starts, 0 to 1 from the top; 1 when there is none.
    pub horizon: f32,
}

fn wave(pen: &mut Pen, y: f32, swing: f32, phase: f32, tone: Tone, rgb: Rgb) {
    let mut points = vec![(-0.1, 1.1), (-0.1, y)];
    for i in 0..=12 {
        let x = i as f32 / 12.0 * 1.2 - 0.1;
        points.push((x, y + (x * 5.2 + phase).sin() * swing));
    }
    points.push((1.1, 1.1));
    // A polygon with a few more points looks the same as a curve at this size and never overshoots.
    let mut fine = Vec::new();
    for pair in points.windows(2) {
        for k in 0..3 {
            let t = k as f32 / 3.0;
            fine.push((pair[0].0 + (pair[1].0 - pair[0].0) * t, pair[0].1 + (pair[1].1 - pair[0].1) * t));
        }
    }
    fine.push((1.1, 1.1));
    pen.fill_rgb(polygon(&fine), tone, rgb);
}

fn ridge(pen: &mut Pen, random: &mut Random, base: f32, height: f32, peaks: usize, tone: Tone, rgb: Rgb) {
    let mut points = vec![(-0.1, 1.1), (-0.1, base)];
    let step = 1.2 / peaks as f32;
    for i in 0..peaks {
        let x = -0.1 + step * (i as f32 + 0.5) + random.range(-0.18, 0.18) * step;
        points.push((x, base - height * random.range(0.6, 1.0)));
        if i + 1 < peaks {
            points.push((-0.1 + step * (i as f32 + 1.0), base - height * random.range(0.1, 0.35)));
        }
    }
    points.push((1.1, base));
    points.push((1.1, 1.1));
    pen.fill_rgb(polygon(&points), tone, rgb);
}

/// Draws the place. `main` is the subject's paint; `stance` decides whether it needs ground to stand on.
pub fn draw(place: Place, colour: Option<Colour>, main: Rgb, stance: Stance, random: &mut Random) -> Backdrop {
    let mut behind = Pen::picture(main);
    let mut land = Pen::picture(main);
    let mut ground = ground_for(main, random).jitter(random, 6.0);
    let horizon = random.range(0.62, 0.72);
    let standing = stance == Stance::Standing;
    let phase = random.range(0.0, std::f32::consts::TAU);
    let partner;
    match place {
        Place::Plain => {
            let paint = colour.map_or(ground, Colour::rgb).jitter(random, 8.0);
            ground = paint;
            partner = paint;
            if random.chance(0.45) {
                match random.below(3) {
                    0 => behind.fill_rgb(
                        ellipse(0.5, 0.5, 0.43, 0.43),
                        Tone::Setting(0),
                        if paint.luma() > 0.5 { paint.dark(0.09) } else { paint.light(0.1) },
                    ),
                    1 => behind.fill_rgb(
                        rectangle(-0.1, 0.72, 1.1, 1.1),
                        Tone::Setting(0),
                        if paint.luma() > 0.5 { paint.dark(0.1) } else { paint.light(0.09) },
                    ),
                    _ => behind.fill_rgb(
                        blob(&[(-0.1, 0.9), (0.25, 0.7), (0.6, 0.82), (1.1, 0.62), (1.1, 1.2), (-0.1, 1.2)]),
                        Tone::Setting(0),
                        if paint.luma() > 0.5 { paint.dark(0.1) } else { paint.light(0.09) },
                    ),
                };
            }
            return Backdrop { ground, behind: behind.finish(), land: land.finish(), partner, horizon: 1.0 };
        }
        Place::Sea => {
            let water = *random.pick(&[Rgb(44, 116, 170), Rgb(38, 136, 152), Rgb(62, 134, 190), Rgb(34, 84, 136)]);
            partner = water;
            land.fill_rgb(rectangle(-0.1, horizon, 1.1, 1.1), Tone::Setting(1), water);
            wave(&mut land, horizon + 0.13, 0.012, phase, Tone::Setting(2), water.dark(0.14));
            for _ in 0..3 {
                let (x, y) = (random.range(0.05, 0.7), random.range(horizon + 0.03, horizon + 0.24));
                land.line_rgb(
                    polyline(&[(x, y), (x + random.range(0.12, 0.25), y)]),
                    0.014,
                    Tone::Spark,
                    water.light(0.5),
                );
            }
            if standing {
                wave(&mut land, horizon + 0.16, 0.02, phase + 1.0, Tone::Setting(2), Rgb(238, 208, 152));
            }
        }
        Place::Hills => {
            let green = colour
                .map_or_else(|| *random.pick(&[Rgb(122, 176, 96), Rgb(96, 160, 110), Rgb(150, 180, 92)]), Colour::rgb)
                .jitter(random, 8.0);
            partner = green;
            wave(&mut land, horizon - 0.04, 0.06, phase, Tone::Setting(0), green.light(0.32));
            wave(&mut land, horizon + 0.07, 0.05, phase + 2.2, Tone::Setting(1), green);
            wave(&mut land, horizon + 0.2, 0.035, phase + 4.0, Tone::Setting(2), green.dark(0.2));
        }
        Place::Mountains => {
            let rock = colour
                .map_or_else(|| *random.pick(&[Rgb(84, 110, 160), Rgb(112, 104, 150), Rgb(90, 128, 140)]), Colour::rgb)
                .jitter(random, 8.0);
            partner = rock;
            let (far, near) = (random.below(2) + 3, random.below(2) + 2);
            ridge(&mut land, random, horizon + 0.06, 0.28, far, Tone::Setting(0), rock.light(0.36));
            ridge(&mut land, random, horizon + 0.14, 0.26, near, Tone::Setting(1), rock);
            wave(&mut land, horizon + 0.2, 0.025, phase, Tone::Setting(2), rock.dark(0.3));
        }
        Place::Desert => {
            let sand = *random.pick(&[Rgb(232, 190, 124), Rgb(226, 164, 104), Rgb(238, 204, 144)]);
            partner = Rgb(206, 132, 72);
            if random.chance(0.4) {
                ridge(&mut land, random, horizon + 0.02, 0.12, 3, Tone::Setting(0), sand.mix(Rgb(190, 110, 90), 0.4));
            }
            wave(&mut land, horizon + 0.02, 0.035, phase, Tone::Setting(0), sand.light(0.25));
            wave(&mut land, horizon + 0.13, 0.04, phase + 2.0, Tone::Setting(1), sand);
            wave(&mut land, horizon + 0.26, 0.03, phase + 4.0, Tone::Setting(2), sand.dark(0.14));
        }
        Place::Night => {
            let deep = *random.pick(&[Rgb(24, 30, 70), Rgb(36, 28, 76), Rgb(16, 40, 74)]);
            ground = deep.jitter(random, 5.0);
            partner = Rgb(52, 64, 132);
            for _ in 0..14 + random.below(10) {
                let r = random.range(0.006, 0.014);
                behind.fill_rgb(
                    ellipse(random.range(0.03, 0.97), random.range(0.03, horizon), r, r),
                    Tone::Spark,
                    Rgb(250, 240, 204),
                );
            }
            wave(&mut land, horizon + 0.08, 0.05, phase, Tone::Setting(1), ground.mix(Rgb(70, 80, 150), 0.35));
            wave(&mut land, horizon + 0.2, 0.03, phase + 2.5, Tone::Setting(2), ground.dark(0.4));
        }
        Place::City => {
            let wall = *random.pick(&[Rgb(112, 122, 156), Rgb(96, 116, 140), Rgb(136, 116, 142)]);
            partner = wall;
            let mut x = random.range(-0.12, 0.0);
            let mut boxes = Vec::new();
            while x < 1.05 {
                let w = random.range(0.11, 0.2);
                boxes.push((x, horizon + 0.1 - random.range(0.08, 0.36), w));
                x += w + random.range(0.0, 0.04);
            }
            for (i, &(x, y, w)) in boxes.iter().enumerate() {
                let paint = if i % 2 == 0 { wall.light(0.22) } else { wall };
                land.fill_rgb(rectangle(x, y, x + w, 1.1), Tone::Setting((i % 2) as u8), paint);
                if random.chance(0.7) {
                    land.fill_rgb(
                        rectangle(x + w * 0.3, y + 0.05, x + w * 0.62, y + 0.085),
                        Tone::Spark,
                        Rgb(255, 226, 150),
                    );
                }
            }
            land.fill_rgb(rectangle(-0.1, horizon + 0.16, 1.1, 1.1), Tone::Setting(2), wall.dark(0.42));
        }
        Place::Snow => {
            if ground.luma() > 0.82 {
                ground = Rgb(150, 190, 220);
            }
            if main.luma() > 0.8 {
                ground = Rgb(92, 138, 184);
            }
            partner = Rgb(120, 168, 206);
            wave(&mut land, horizon, 0.05, phase, Tone::Setting(0), Rgb(222, 234, 244));
            wave(&mut land, horizon + 0.13, 0.035, phase + 2.4, Tone::Setting(1), Rgb(242, 248, 252));
            if random.chance(0.8) {
                for _ in 0..12 {
                    let r = random.range(0.009, 0.016);
                    behind.fill_rgb(
                        ellipse(random.range(0.03, 0.97), random.range(0.03, horizon), r, r),
                        Tone::Spark,
                        Rgb(250, 252, 255),
                    );
                }
            }
        }
        Place::Forest => {
            let pine = *random.pick(&[Rgb(64, 122, 92), Rgb(48, 108, 96), Rgb(90, 132, 76)]);
            partner = pine;
            if ground.luma() < 0.5 {
                ground = Rgb(222, 234, 214);
            }
            for row in 0..2u8 {
                let paint = if row == 0 { pine.light(0.42) } else { pine.light(0.08) };
                let count = 6;
                let mut trees = Vec::new();
                for i in 0..count {
                    let x = (i as f32 + random.range(0.1, 0.9)) / count as f32 * 1.1 - 0.05;
                    let h = random.range(0.26, 0.42) - f32::from(row) * 0.06;
                    let base = horizon + 0.1 + f32::from(row) * 0.05;
                    trees.push(polygon(&[(x - 0.095, base + 0.05), (x, base - h), (x + 0.095, base + 0.05)]));
                }
                trees.push(polygon(&[(-0.1, 1.1), (-0.1, horizon + 0.12), (1.1, horizon + 0.12), (1.1, 1.1)]));
                land.fill_rgb(union(trees), Tone::Setting(row), paint);
            }
            wave(&mut land, horizon + 0.17, 0.02, phase, Tone::Setting(2), pine.dark(0.25));
        }
        Place::Room => {
            let wood = *random.pick(&[Rgb(176, 122, 78), Rgb(150, 100, 70), Rgb(206, 160, 112)]);
            let wood = if main.distance(wood) < 130.0 { Rgb(222, 214, 200) } else { wood };
            partner = wood;
            if random.chance(0.7) {
                let x = if random.chance(0.5) { 0.1 } else { 0.62 };
                behind.fill_rgb(
                    rounded(x, 0.1, x + 0.27, 0.44, 0.01),
                    Tone::Setting(0),
                    ground.mix(Rgb(255, 255, 255), 0.5),
                );
                behind.fill_rgb(
                    rounded(x + 0.035, 0.135, x + 0.235, 0.405, 0.005),
                    Tone::Setting(0),
                    ground.mix(Rgb(120, 170, 200), 0.5),
                );
            }
            land.fill_rgb(rectangle(-0.1, horizon + 0.02, 1.1, 1.1), Tone::Setting(1), wood);
            land.fill_rgb(rectangle(-0.1, horizon + 0.25, 1.1, 1.1), Tone::Setting(2), wood.dark(0.25));
        }
    }
    let clouds = matches!(place, Place::Sea | Place::Hills | Place::Mountains | Place::Desert) && random.chance(0.4);
    if clouds {
        let pale = if ground.luma() > 0.5 { Rgb(255, 253, 248) } else { ground.light(0.3) };
        for _ in 0..2 {
            let (x, y, w) = (random.range(0.0, 0.8), random.range(0.06, 0.3), random.range(0.14, 0.24));
            behind.fill_rgb(rounded(x, y, x + w, y + 0.05, 0.025), Tone::Setting(0), pale);
            behind.fill_rgb(rounded(x + w * 0.3, y - 0.035, x + w * 0.8, y + 0.03, 0.03), Tone::Setting(0), pale);
        }
    }
    Backdrop { ground, behind: behind.finish(), land: land.finish(), partner, horizon }
}
