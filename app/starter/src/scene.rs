//! A scene: what the caption says, and how its parts are laid out into a drawing.

use crate::palette::Colour;
use crate::random::Random;
use crate::setting::{self, Place};
use crate::shape::{Drawing, Pen, Shape, Tone, ellipse};
use crate::style::Style;
use crate::subjects::{Stance, Subject};
use serde::{Deserialize, Serialize};

/// How the picture is composed.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Composition {
    Centred,
    LeftThird,
    RightThird,
    CloseUp,
    Wide,
    CopySpaceLeft,
    CopySpaceRight,
    CopySpaceTop,
}

impl Composition {
    /// Every composition, in the order that attributes count them.
    pub const ALL: [Composition; 8] = [
        Composition::Centred,
        Composition::LeftThird,
        Composition::RightThird,
        Composition::CloseUp,
        Composition::Wide,
        Composition::CopySpaceLeft,
        Composition::CopySpaceRight,
        Composition::CopySpaceTop,
    ];

    /// Centre (x) and half size of the subject, as fractions of the picture's width.
    pub fn frame(self) -> (f32, f32) {
        match self {
            Composition::Centred => (0.5, 0.26),
            Composition::LeftThird => (0.3, 0.2),
            Composition::RightThird => (0.7, 0.2),
            Composition::CloseUp => (0.5, 0.41),
            Composition::Wide => (0.5, 0.15),
            Composition::CopySpaceLeft => (0.78, 0.18),
            Composition::CopySpaceRight => (0.22, 0.18),
            Composition::CopySpaceTop => (0.5, 0.19),
        }
    }
}

/// Everything that a caption can say about a picture, and the seed of what it leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// What it shows.
    pub subject: Subject,
    /// The subject's colour.
    pub colour: Colour,
    /// Where it is.
    pub place: Place,
    /// The place's colour, where the caption names one.
    pub place_colour: Option<Colour>,
    /// How it is framed.
    pub composition: Composition,
    /// How it is printed.
    pub style: Style,
    /// The seed of proportions, details and jitter.
    pub seed: u64,
}

impl Scene {
    /// A scene for training or, with `held_out`, one whose (subject, colour, style) training never sees.
    pub fn sample(random: &mut Random, held_out: bool) -> Scene {
        loop {
            let scene = Scene::any(random);
            if scene.is_sound() && scene.is_held_out() == held_out {
                return scene;
            }
        }
    }

    fn any(random: &mut Random) -> Scene {
        let place = if random.chance(0.28) { Place::Plain } else { *random.pick(&Place::ALL) };
        let named = place == Place::Plain || (place.takes_colour() && random.chance(0.6));
        Scene {
            subject: *random.pick(&Subject::ALL),
            colour: *random.pick(&Colour::ALL),
            place,
            place_colour: named.then(|| *random.pick(&Colour::ALL)),
            composition: if random.chance(0.25) { Composition::Centred } else { *random.pick(&Composition::ALL) },
            style: if random.chance(0.2) { Style::FlatVector } else { *random.pick(&Style::ALL) },
            seed: random.next(),
        }
    }

    /// Whether the colours can be told apart in the picture.
    pub fn is_sound(&self) -> bool {
        let dim = matches!(self.colour, Colour::Black | Colour::Navy | Colour::Brown);
        let same = self.place_colour.is_some_and(|colour| !self.colour.stands_out_from(colour.rgb()));
        let dark_place_neon =
            self.style == Style::Neon && matches!(self.place_colour, Some(Colour::Black | Colour::Brown));
        !(same || dark_place_neon || dim && (self.style == Style::Neon || self.place == Place::Night))
    }

    /// Whether training leaves this combination of subject, colour and style out; one in ten.
    pub fn is_held_out(&self) -> bool {
        let index = |position: Option<usize>| position.unwrap_or(0);
        let subject = index(Subject::ALL.iter().position(|&s| s == self.subject));
        let colour = index(Colour::ALL.iter().position(|&c| c == self.colour));
        let style = index(Style::ALL.iter().position(|&s| s == self.style));
        (subject * 7 + colour * 3 + style * 9) % 10 == 4
    }

    /// The plain drawing: every shape at its place, before the style prints it.
    pub fn draw(&self) -> Drawing {
        let mut random = Random::new(self.seed);
        let main = self.colour.rgb().jitter(&mut random, 9.0);
        let stance = self.subject.stance();
        let backdrop = setting::draw(self.place, self.place_colour, main, stance, &mut random);
        let (x, half) = self.composition.frame();
        let x = x + random.range(-0.025, 0.025);
        let half = half * random.range(0.93, 1.07);
        let sun = matches!(self.subject, Subject::Sun | Subject::Moon);
        let top = self.composition == Composition::CopySpaceTop;
        let y = if self.place == Place::Plain {
            0.5
        } else {
            match stance {
                Stance::Floating if sun => backdrop.horizon - 0.1 - half * 0.62,
                Stance::Floating => backdrop.horizon - 0.06 - half * 0.9,
                Stance::Standing => backdrop.horizon + 0.2 - half,
                Stance::Afloat => backdrop.horizon + 0.12 - half * 0.85,
            }
        };
        let y = if top { y.max(0.7) } else { y } + random.range(-0.02, 0.02);
        let y = y.clamp(half + 0.04, 0.96 - half).max(0.12);
        let tilt = if stance == Stance::Floating && !sun { random.range(-12.0, 12.0) } else { random.range(-2.0, 2.0) };
        let tilt = if self.subject == Subject::Leaf || self.subject == Subject::Key {
            random.range(-40.0, 40.0)
        } else {
            tilt
        };
        let mirror = random.chance(0.5);
        let mut pen = Pen::new(x, y, half, mirror, tilt, main);
        self.subject.draw(&mut pen, &mut random);
        let subject = pen.finish();
        let mut shapes = backdrop.behind;
        if sun && !top {
            shapes.extend(subject);
            shapes.extend(backdrop.land);
        } else {
            shapes.extend(backdrop.land);
            if stance == Stance::Standing && self.place != Place::Plain {
                shapes.push(contact_shadow(x, y + half * 0.94, half, &shapes));
            }
            shapes.extend(subject);
        }
        Drawing { ground: backdrop.ground, partner: backdrop.partner, centre: (x, y), half, shapes }
    }
}

/// The patch of shade that makes a thing stand rather than float.
fn contact_shadow(x: f32, y: f32, half: f32, land: &[Shape]) -> Shape {
    let below = land
        .iter()
        .rev()
        .find(|shape| matches!(shape.tone, Tone::Setting(_)))
        .map_or(crate::palette::Rgb(120, 120, 120), |shape| shape.rgb);
    let mut pen = Pen::picture(below);
    pen.fill_rgb(ellipse(x, y, half * 0.8, half * 0.1), Tone::Setting(3), below.dark(0.25));
    pen.finish().remove(0)
}
