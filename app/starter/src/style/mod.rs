//! The styles: seven ways to print the same drawing that differ at a glance.

mod line;
mod plate;
mod print;
mod wash;

use crate::palette::Rgb;
use crate::random::Random;
use crate::shape::Drawing;
use plate::Plate;
use serde::{Deserialize, Serialize};

/// How a picture is printed.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    FlatVector,
    Risograph,
    Watercolour,
    Woodcut,
    Blueprint,
    PaperCut,
    Neon,
}

impl Style {
    /// Every style, in the order that attributes count them.
    pub const ALL: [Style; 7] = [
        Style::FlatVector,
        Style::Risograph,
        Style::Watercolour,
        Style::Woodcut,
        Style::Blueprint,
        Style::PaperCut,
        Style::Neon,
    ];

    /// Prints the drawing at `size` x `size` pixels, interleaved RGB. `main` is the subject's ink.
    pub fn print(self, drawing: &Drawing, main: Rgb, random: &mut Random, size: usize) -> Vec<u8> {
        let mut plate = Plate::new(size, drawing.ground);
        match self {
            Style::FlatVector => print::flat(&mut plate, drawing),
            Style::Risograph => print::risograph(&mut plate, drawing, main, random),
            Style::Woodcut => print::woodcut(&mut plate, drawing, random),
            Style::PaperCut => wash::paper_cut(&mut plate, drawing, random),
            Style::Watercolour => wash::watercolour(&mut plate, drawing, random),
            Style::Blueprint => line::blueprint(&mut plate, drawing, random),
            Style::Neon => line::neon(&mut plate, drawing, main, random),
        }
        plate.finish()
    }
}
