//! The twelve named colours, and the arithmetic that keeps a picture's other colours in harmony with them.

use crate::random::Random;
use serde::{Deserialize, Serialize};

/// An sRGB colour, one byte a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// The colour `amount` (0 to 1) of the way towards `other`.
    pub fn mix(self, other: Rgb, amount: f32) -> Rgb {
        let lerp =
            |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * amount).round().clamp(0.0, 255.0) as u8;
        Rgb(lerp(self.0, other.0), lerp(self.1, other.1), lerp(self.2, other.2))
    }

    /// Mixed towards a warm white.
    pub fn light(self, amount: f32) -> Rgb {
        self.mix(Rgb(255, 252, 244), amount)
    }

    /// Mixed towards a blue-black, which keeps shadows from turning muddy.
    pub fn dark(self, amount: f32) -> Rgb {
        self.mix(Rgb(18, 20, 44), amount)
    }

    /// Perceived lightness, 0 to 1.
    pub fn luma(self) -> f32 {
        (0.299 * f32::from(self.0) + 0.587 * f32::from(self.1) + 0.114 * f32::from(self.2)) / 255.0
    }

    /// The two inks printed on top of each other.
    pub fn multiply(self, other: Rgb) -> Rgb {
        let product = |a: u8, b: u8| (u16::from(a) * u16::from(b) / 255) as u8;
        Rgb(product(self.0, other.0), product(self.1, other.1), product(self.2, other.2))
    }

    /// Distance that weighs channels roughly as the eye does; about 0 to 765.
    pub fn distance(self, other: Rgb) -> f32 {
        let mean = (f32::from(self.0) + f32::from(other.0)) / 2.0;
        let d = |a: u8, b: u8| (f32::from(a) - f32::from(b)).powi(2);
        ((2.0 + mean / 256.0) * d(self.0, other.0)
            + 4.0 * d(self.1, other.1)
            + (2.0 + (255.0 - mean) / 256.0) * d(self.2, other.2))
        .sqrt()
    }

    /// A slightly different print of the same colour.
    pub fn jitter(self, random: &mut Random, amount: f32) -> Rgb {
        let mut shift = |v: u8| (f32::from(v) + random.range(-amount, amount)).clamp(0.0, 255.0) as u8;
        Rgb(shift(self.0), shift(self.1), shift(self.2))
    }
}

/// A colour that a caption can name.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Navy,
    Purple,
    Pink,
    Brown,
    Black,
    White,
}

impl Colour {
    /// Every colour, in the order that attributes count them.
    pub const ALL: [Colour; 12] = [
        Colour::Red,
        Colour::Orange,
        Colour::Yellow,
        Colour::Green,
        Colour::Teal,
        Colour::Blue,
        Colour::Navy,
        Colour::Purple,
        Colour::Pink,
        Colour::Brown,
        Colour::Black,
        Colour::White,
    ];

    /// The paint itself.
    pub fn rgb(self) -> Rgb {
        match self {
            Colour::Red => Rgb(217, 52, 44),
            Colour::Orange => Rgb(240, 132, 38),
            Colour::Yellow => Rgb(247, 202, 58),
            Colour::Green => Rgb(66, 153, 84),
            Colour::Teal => Rgb(34, 152, 150),
            Colour::Blue => Rgb(46, 104, 210),
            Colour::Navy => Rgb(26, 42, 98),
            Colour::Purple => Rgb(126, 70, 172),
            Colour::Pink => Rgb(240, 132, 168),
            Colour::Brown => Rgb(128, 82, 52),
            Colour::Black => Rgb(32, 32, 38),
            Colour::White => Rgb(250, 248, 240),
        }
    }

    /// The words a caption may use, the plain one first.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Colour::Red => &["red", "crimson", "scarlet", "bright red"],
            Colour::Orange => &["orange", "tangerine", "bright orange"],
            Colour::Yellow => &["yellow", "golden", "sunny yellow"],
            Colour::Green => &["green", "emerald", "leafy green"],
            Colour::Teal => &["teal", "turquoise"],
            Colour::Blue => &["blue", "azure", "cobalt blue"],
            Colour::Navy => &["navy", "navy blue", "dark blue"],
            Colour::Purple => &["purple", "violet"],
            Colour::Pink => &["pink", "rose pink", "rosy"],
            Colour::Brown => &["brown", "chestnut", "chocolate brown"],
            Colour::Black => &["black", "jet black"],
            Colour::White => &["white", "snow white", "ivory"],
        }
    }

    /// Whether a shape in this colour stands out from `other` at a glance.
    pub fn stands_out_from(self, other: Rgb) -> bool {
        self.rgb().distance(other) > 175.0
    }

    /// The name used in attributes and file names.
    pub fn name(self) -> &'static str {
        self.words()[0]
    }
}

/// Skies and walls that look well behind most subjects: pale first, then deep.
pub const GROUNDS: [Rgb; 14] = [
    Rgb(206, 228, 240),
    Rgb(250, 232, 206),
    Rgb(247, 214, 196),
    Rgb(224, 236, 222),
    Rgb(252, 240, 214),
    Rgb(228, 220, 240),
    Rgb(242, 206, 210),
    Rgb(190, 222, 226),
    Rgb(252, 206, 150),
    Rgb(246, 240, 228),
    Rgb(44, 58, 112),
    Rgb(30, 92, 104),
    Rgb(92, 56, 104),
    Rgb(120, 172, 214),
];

/// A ground from [`GROUNDS`] that the subject's colour contrasts with.
pub fn ground_for(subject: Rgb, random: &mut Random) -> Rgb {
    for _ in 0..24 {
        let ground = *random.pick(&GROUNDS);
        if subject.distance(ground) > 190.0 {
            return ground;
        }
    }
    if subject.luma() > 0.5 { GROUNDS[10] } else { GROUNDS[9] }
}
