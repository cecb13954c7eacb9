use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::CardRef;
use crate::library::RonForm;
use crate::{EngineFingerprint, GenerationRequest, JobId, SchemaV1, Sha256, Task};

/// The card of a finished image: the render that it began with and every repair since, in order, with the masks. Like a recipe card it
/// holds everything that determines the pixels, so that `kento verify` makes the image again from it and the model alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishedCard {
    /// Version of this form.
    pub schema: SchemaV1,
    /// The locked card that it was made with, where there is one.
    pub card: Option<CardRef>,
    /// The first render, then each repair of the one before.
    pub steps: Vec<FinishedStep>,
    /// The masks of the repairs.
    pub masks: Vec<MaskFile>,
}

/// One render of a finished image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishedStep {
    /// What was rendered.
    pub request: GenerationRequest,
    /// Hash of the PNG file that it gave.
    pub sha256: Sha256,
    /// Hash of its decoded pixels.
    pub pixels_sha256: Sha256,
    /// What it was rendered on.
    pub fingerprint: EngineFingerprint,
}

/// A mask as a PNG file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskFile {
    /// Hash of the file.
    pub sha256: Sha256,
    /// The file.
    pub png: HexBytes,
}

/// Bytes that are written as hexadecimal digits, because RON has no bytes that a text editor keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct HexBytes(pub Vec<u8>);

/// Why a card of a finished image makes no image again.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FinishedRefusal {
    /// It has no steps.
    #[error("the card has no steps: take it from the project again")]
    Empty,
    /// It begins with something that is not in it.
    #[error(
        "the image began with a picture from outside, which the card does not hold: keep that picture with the image"
    )]
    FromOutside,
    /// A step that does not start from the one before.
    #[error("step {0} does not start from the image of the step before: take the card from the project again")]
    Gap(usize),
    /// A mask that is missing or another one.
    #[error("the mask {0} is not in the card as its hash says: take the card from the project again")]
    Mask(String),
    /// A request that cannot be.
    #[error("step {0}: {1}")]
    Request(usize, crate::Refusal),
    /// A step that no engine made.
    #[error("{0} was made by hand ({1}): no card makes it again")]
    ByHand(String, String),
    /// An image of which the log does not say enough.
    #[error("the records do not say how {0} was made: no card makes it again")]
    Unknown(String),
}

impl FinishedCard {
    /// Hash of the finished image's pixels.
    pub fn pixels_sha256(&self) -> Option<Sha256> {
        self.steps.last().map(|step| step.pixels_sha256)
    }

    /// The mask of this hash.
    pub fn mask(&self, sha256: &Sha256) -> Option<&[u8]> {
        self.masks.iter().find(|mask| mask.sha256 == *sha256).map(|mask| mask.png.0.as_slice())
    }

    /// Checks that every step has what it needs.
    ///
    /// # Errors
    /// The first thing that is missing.
    pub fn check(&self) -> Result<(), FinishedRefusal> {
        let first = self.steps.first().ok_or(FinishedRefusal::Empty)?;
        if first.request.task != Task::TextToImage {
            return Err(FinishedRefusal::FromOutside);
        }
        for (i, step) in self.steps.iter().enumerate() {
            let number = i + 1;
            step.request.check().map_err(|refusal| FinishedRefusal::Request(number, refusal))?;
            let image = match &step.request.task {
                Task::TextToImage => None,
                Task::ImageToImage { image, .. } | Task::Inpaint { image, .. } => Some(image.sha256),
            };
            if i > 0 && image != Some(self.steps[i - 1].sha256) {
                return Err(FinishedRefusal::Gap(number));
            }
            if let Task::Inpaint { mask, .. } = &step.request.task {
                let is_right = |bytes: &[u8]| Sha256(sha2::Sha256::digest(bytes).into()) == mask.sha256;
                if !self.mask(&mask.sha256).is_some_and(is_right) {
                    return Err(FinishedRefusal::Mask(mask.sha256.auto_v2()));
                }
            }
        }
        let used: BTreeSet<Sha256> = self.steps.iter().filter_map(FinishedStep::mask).collect();
        match self.masks.iter().find(|mask| !used.contains(&mask.sha256)) {
            Some(mask) => Err(FinishedRefusal::Mask(mask.sha256.auto_v2())),
            None => Ok(()),
        }
    }
}

impl FinishedStep {
    /// Hash of the mask that it repaints.
    pub fn mask(&self) -> Option<Sha256> {
        self.request.task.mask()
    }

    /// A step of a job; the job's number is the project's own and not kept.
    pub fn new(
        request: &GenerationRequest,
        sha256: Sha256,
        pixels_sha256: Sha256,
        fingerprint: &EngineFingerprint,
    ) -> Self {
        let request = GenerationRequest { job: JobId(0), ..request.clone() };
        Self { request, sha256, pixels_sha256, fingerprint: fingerprint.clone() }
    }
}

impl RonForm for FinishedCard {
    type Refusal = FinishedRefusal;

    const KIND: &'static str = "card of a finished image";

    const LINES_DEEP: usize = 5;

    fn check_form(&self) -> Result<(), FinishedRefusal> {
        self.check()
    }
}

impl From<HexBytes> for String {
    fn from(bytes: HexBytes) -> Self {
        use std::fmt::Write as _;
        bytes.0.iter().fold(Self::with_capacity(bytes.0.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
    }
}

impl TryFrom<String> for HexBytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let byte = |pair: &[u8]| match pair {
            [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
            _ => None,
        };
        let bytes = text.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>();
        bytes.map(Self).ok_or_else(|| "bytes are written as pairs of hexadecimal digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ImageReference;
    use crate::card::{from_ron, to_ron};
    use crate::card_examples::{card, fingerprint, hash};

    fn finished() -> FinishedCard {
        let first = card().request(JobId(7));
        let png = vec![0x89, b'P', 0, 255];
        let mask = Sha256(sha2::Sha256::digest(&png).into());
        let reference = |sha256| ImageReference { sha256, width: 128, height: 128 };
        let task = Task::Inpaint { image: reference(hash(1)), mask: reference(mask), strength: 0.8, region: None };
        let second = GenerationRequest { task, seed: 9, ..first.clone() };
        FinishedCard {
            schema: SchemaV1,
            card: None,
            steps: vec![
                FinishedStep::new(&first, hash(1), hash(2), &fingerprint()),
                FinishedStep::new(&second, hash(3), hash(4), &fingerprint()),
            ],
            masks: vec![MaskFile { sha256: mask, png: HexBytes(png) }],
        }
    }

    #[test]
    fn a_card_of_a_finished_image_comes_back_from_its_file() {
        let finished = finished();
        let text = to_ron(&finished).unwrap();
        assert!(text.contains("\"895000ff\""), "{text}");
        assert_eq!(from_ron::<FinishedCard>(&text).unwrap(), finished);
        assert_eq!(finished.pixels_sha256(), Some(hash(4)));
        assert!(finished.steps.iter().all(|step| step.request.job == JobId(0)));
    }

    #[test]
    fn what_cannot_be_made_again_is_refused_with_what_is_missing() {
        let refused = |change: fn(&mut FinishedCard)| {
            let mut finished = finished();
            change(&mut finished);
            finished.check().unwrap_err().to_string()
        };
        assert!(refused(|card| card.steps.clear()).starts_with("the card has no steps"));
        assert!(refused(|card| drop(card.steps.remove(0))).starts_with("the image began with a picture from outside"));
        assert!(refused(|card| card.steps[0].sha256 = hash(9)).starts_with("step 2 does not start from"));
        assert!(refused(|card| card.masks.clear()).contains("is not in the card as its hash says"));
        assert!(refused(|card| card.masks[0].png.0.push(1)).contains("is not in the card as its hash says"));
        assert!(refused(|card| card.steps[1].request.recipe.steps = 0).starts_with("step 2: steps must be"));
        assert!(
            refused(|card| {
                let stray = MaskFile { sha256: hash(5), png: HexBytes(Vec::new()) };
                card.masks.push(stray);
            })
            .contains("is not in the card")
        );
    }

    #[test]
    fn bytes_are_pairs_of_digits() {
        for wrong in ["f", "0g", "0123x"] {
            assert!(HexBytes::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(HexBytes::try_from(String::from(HexBytes(vec![0, 16, 255]))), Ok(HexBytes(vec![0, 16, 255])));
    }
}
