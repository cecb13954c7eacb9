//! The subjects that a scene can be about, their words, and where they stand.

mod built;
mod living;
mod sky;
mod things;

use crate::random::Random;
use crate::shape::Pen;
use serde::{Deserialize, Serialize};

/// What a scene is about.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Sun,
    Moon,
    Mountain,
    Tree,
    House,
    Boat,
    Lighthouse,
    Flower,
    Leaf,
    Cactus,
    Cup,
    Bottle,
    Lamp,
    Chair,
    Bird,
    Fish,
    Cat,
    Balloon,
    Star,
    Heart,
    Cloud,
    Skyline,
    Umbrella,
    Mushroom,
    Key,
    Apple,
}

/// Where a subject is at home in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Floats above the horizon.
    Floating,
    /// Stands on the ground.
    Standing,
    /// Floats on or swims in water where there is some.
    Afloat,
}

impl Subject {
    /// Every subject, in the order that attributes count them.
    pub const ALL: [Subject; 26] = [
        Subject::Sun,
        Subject::Moon,
        Subject::Mountain,
        Subject::Tree,
        Subject::House,
        Subject::Boat,
        Subject::Lighthouse,
        Subject::Flower,
        Subject::Leaf,
        Subject::Cactus,
        Subject::Cup,
        Subject::Bottle,
        Subject::Lamp,
        Subject::Chair,
        Subject::Bird,
        Subject::Fish,
        Subject::Cat,
        Subject::Balloon,
        Subject::Star,
        Subject::Heart,
        Subject::Cloud,
        Subject::Skyline,
        Subject::Umbrella,
        Subject::Mushroom,
        Subject::Key,
        Subject::Apple,
    ];

    /// The nouns a caption may use, the plain one first.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Subject::Sun => &["sun", "sun", "sunburst"],
            Subject::Moon => &["moon", "crescent moon"],
            Subject::Mountain => &["mountain", "mountain peak"],
            Subject::Tree => &["tree"],
            Subject::House => &["house", "cottage"],
            Subject::Boat => &["boat", "sailing boat", "sailboat"],
            Subject::Lighthouse => &["lighthouse"],
            Subject::Flower => &["flower", "blossom"],
            Subject::Leaf => &["leaf"],
            Subject::Cactus => &["cactus"],
            Subject::Cup => &["cup", "mug", "coffee cup"],
            Subject::Bottle => &["bottle"],
            Subject::Lamp => &["lamp", "table lamp"],
            Subject::Chair => &["chair"],
            Subject::Bird => &["bird"],
            Subject::Fish => &["fish"],
            Subject::Cat => &["cat"],
            Subject::Balloon => &["hot air balloon", "balloon"],
            Subject::Star => &["star"],
            Subject::Heart => &["heart"],
            Subject::Cloud => &["cloud"],
            Subject::Skyline => &["skyline", "city skyline"],
            Subject::Umbrella => &["umbrella"],
            Subject::Mushroom => &["mushroom", "toadstool"],
            Subject::Key => &["key"],
            Subject::Apple => &["apple"],
        }
    }

    /// The name used in attributes.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Balloon => "balloon",
            _ => self.words()[0],
        }
    }

    /// Where it is at home.
    pub fn stance(self) -> Stance {
        match self {
            Subject::Sun
            | Subject::Moon
            | Subject::Bird
            | Subject::Balloon
            | Subject::Star
            | Subject::Heart
            | Subject::Cloud
            | Subject::Leaf
            | Subject::Key => Stance::Floating,
            Subject::Boat | Subject::Fish => Stance::Afloat,
            _ => Stance::Standing,
        }
    }

    /// Draws the subject into the pen's square.
    pub fn draw(self, pen: &mut Pen, random: &mut Random) {
        match self {
            Subject::Sun => sky::sun(pen, random),
            Subject::Moon => sky::moon(pen, random),
            Subject::Star => sky::star(pen, random),
            Subject::Heart => sky::heart(pen, random),
            Subject::Cloud => sky::cloud(pen, random),
            Subject::Balloon => sky::balloon(pen, random),
            Subject::Mountain => sky::mountain(pen, random),
            Subject::Tree => living::tree(pen, random),
            Subject::Flower => living::flower(pen, random),
            Subject::Leaf => living::leaf(pen, random),
            Subject::Cactus => living::cactus(pen, random),
            Subject::Mushroom => living::mushroom(pen, random),
            Subject::Apple => living::apple(pen, random),
            Subject::Bird => living::bird(pen, random),
            Subject::Fish => living::fish(pen, random),
            Subject::Cat => living::cat(pen, random),
            Subject::House => built::house(pen, random),
            Subject::Boat => built::boat(pen, random),
            Subject::Lighthouse => built::lighthouse(pen, random),
            Subject::Skyline => built::skyline(pen, random),
            Subject::Cup => things::cup(pen, random),
            Subject::Bottle => things::bottle(pen, random),
            Subject::Lamp => things::lamp(pen, random),
            Subject::Chair => things::chair(pen, random),
            Subject::Umbrella => things::umbrella(pen, random),
            Subject::Key => things::key(pen, random),
        }
    }
}
