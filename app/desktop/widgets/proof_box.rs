use eframe::egui::{Frame, Image, Margin, RichText, Stroke, TextureId, Ui, vec2};

use super::{hash_label, shortened};
use crate::theme::{self, icons};

/// What the second render said about the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ProofVerdict {
    /// Same device, same pixels.
    Identical,
    /// Another device, close enough; the score is SSIMULACRA2.
    Similar {
        /// 100 is identical.
        ssimulacra2: f64,
    },
    /// Not reproduced: the same device and build gave other pixels.
    Unequal {
        /// How alike they look, where it was measured; 100 is identical.
        ssimulacra2: Option<f64>,
    },
    /// Not reproduced: another device gave another picture.
    Differs {
        /// 100 is identical.
        ssimulacra2: f64,
        /// What the score had to be.
        at_least: f64,
    },
}

/// The proof of a recipe: rendered twice, the second time in a fresh process from the card alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofBox {
    /// What came of it.
    pub verdict: ProofVerdict,
    /// Hashes of the pixels of both renders, as text.
    pub pixels: [String; 2],
    /// Device, dtype and numerics of both renders; one line where they are the same.
    pub made_on: Vec<String>,
}

/// What is shown in the box; what is not there yet is left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProofPictures {
    /// The Hero.
    pub first: Option<TextureId>,
    /// The second render.
    pub again: Option<TextureId>,
    /// Where they differ, [`ProofPictures::DIFFERENCE_GAIN`] times amplified.
    pub difference: Option<TextureId>,
}

impl ProofPictures {
    /// Largest side of a picture, in points.
    pub const LARGEST: f32 = 260.0;
    /// How many times a difference is amplified, so that it is seen.
    pub const DIFFERENCE_GAIN: u8 = 8;

    /// What there is, each with its name and what stands below it.
    fn shown(self) -> Vec<(TextureId, String, String)> {
        let gain = Self::DIFFERENCE_GAIN;
        let difference = format!("where they differ, {gain} times amplified");
        [
            (self.first, "the first render".to_owned(), "Hero".to_owned()),
            (self.again, "the second render".to_owned(), "rendered again".to_owned()),
            (self.difference, difference, format!("difference ×{gain}")),
        ]
        .into_iter()
        .filter_map(|(picture, name, caption)| Some((picture?, name, caption)))
        .collect()
    }
}

impl ProofBox {
    /// The verdict in a word, and what it means.
    pub fn words(&self) -> (&'static str, String) {
        match self.verdict {
            ProofVerdict::Identical => {
                ("Reproduced.", "A second render in a fresh process equals the first, pixel for pixel.".to_owned())
            }
            ProofVerdict::Similar { ssimulacra2 } => (
                "Reproduced elsewhere.",
                format!("Another device gives the same picture to the eye: SSIMULACRA2 {ssimulacra2:.1} of 100."),
            ),
            ProofVerdict::Unequal { ssimulacra2 } => {
                let score = ssimulacra2.map_or(String::new(), |score| format!(" (SSIMULACRA2 {score:.1} of 100)"));
                let meaning =
                    format!("The same device and build gave other pixels{score}. This card cannot be locked.");
                ("Not reproduced.", meaning)
            }
            ProofVerdict::Differs { ssimulacra2, at_least } => (
                "Not reproduced.",
                format!("SSIMULACRA2 {ssimulacra2:.1}, at least {at_least:.0} is needed. This card cannot be locked."),
            ),
        }
    }

    /// The two hashes as one line.
    pub fn comparison(&self) -> String {
        let [first, again] = &self.pixels;
        let sign = if first == again { "=" } else { "≠" };
        format!("{} {sign} {}", shortened(first), shortened(again))
    }

    fn passed(&self) -> bool {
        !matches!(self.verdict, ProofVerdict::Unequal { .. } | ProofVerdict::Differs { .. })
    }
}

/// Draws the box over the whole width.
pub fn show_proof(ui: &mut Ui, proof: &ProofBox, pictures: ProofPictures) {
    let palette = theme::palette(ui.style());
    let (wash, edge, icon) = if proof.passed() {
        (palette.pass_wash, palette.pass_mark, icons::PROOF)
    } else {
        (palette.fail_wash, palette.fail_mark, icons::FAIL)
    };
    let color = if proof.passed() { palette.pass } else { palette.fail };
    let frame = Frame::new().fill(wash).stroke(Stroke::new(1.0, edge)).corner_radius(theme::group_rounding());
    frame.inner_margin(Margin::same(10)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let (word, meaning) = proof.words();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = theme::GRID + 2.0;
            ui.label(RichText::new(icon).size(16.0).color(color));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.label(RichText::new(word).font(theme::strong_font()));
                ui.label(RichText::new(meaning).font(theme::note_font()).color(palette.secondary));
            });
        });
        let shown = pictures.shown();
        if !shown.is_empty() {
            ui.horizontal_top(|ui| {
                let gaps = theme::GAP * (shown.len() - 1) as f32;
                let side = ((ui.available_width() - gaps) / shown.len() as f32).min(ProofPictures::LARGEST);
                ui.spacing_mut().item_spacing.x = theme::GAP;
                for (picture, name, caption) in shown {
                    ui.vertical(|ui| {
                        ui.set_width(side);
                        let image = Image::new((picture, vec2(side, side))).corner_radius(theme::picture_rounding());
                        ui.add(image.alt_text(&name)).on_hover_text(&name);
                        ui.label(RichText::new(caption).font(theme::note_font()).color(palette.secondary));
                    });
                }
            });
        }
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let sign = if proof.pixels[0] == proof.pixels[1] { "=" } else { "≠" };
            hash_label(ui, "sha256 of the first render's pixels", &proof.pixels[0]);
            ui.label(RichText::new(sign).font(theme::strong_font()).color(color));
            hash_label(ui, "sha256 of the second render's pixels", &proof.pixels[1]);
        });
        for line in &proof.made_on {
            ui.label(RichText::new(line).font(theme::small_mono_font()).color(palette.secondary));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_told_in_words_and_numbers() {
        let hash = |byte: &str| byte.repeat(32);
        let mut proof =
            ProofBox { verdict: ProofVerdict::Identical, pixels: [hash("6c"), hash("6c")], made_on: Vec::new() };
        assert_eq!(proof.words().0, "Reproduced.");
        assert_eq!(proof.comparison(), "6c6c 6c6c … 6c6c = 6c6c 6c6c … 6c6c");
        proof.verdict = ProofVerdict::Differs { ssimulacra2: 71.26, at_least: 90.0 };
        proof.pixels[1] = hash("7d");
        assert_eq!(proof.words().1, "SSIMULACRA2 71.3, at least 90 is needed. This card cannot be locked.");
        assert!(proof.comparison().contains('≠'));
        proof.verdict = ProofVerdict::Unequal { ssimulacra2: Some(97.31) };
        let meaning =
            "The same device and build gave other pixels (SSIMULACRA2 97.3 of 100). This card cannot be locked.";
        assert_eq!((proof.words().0, proof.words().1.as_str(), proof.passed()), ("Not reproduced.", meaning, false));
    }

    #[test]
    fn a_caption_says_how_much_the_difference_is_amplified() {
        let picture = Some(TextureId::default());
        let all = ProofPictures { first: picture, again: picture, difference: picture };
        let captions: Vec<String> = all.shown().into_iter().map(|(_, _, caption)| caption).collect();
        assert_eq!(captions, ["Hero", "rendered again", "difference ×8"]);
        assert!(ProofPictures::default().shown().is_empty());
    }
}
