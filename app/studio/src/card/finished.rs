use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::{CardRef, FinishedMade, HeldPicture, MixStep};
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
    /// The first render, then each repair of one before.
    pub steps: Vec<FinishedStep>,
    /// What was put together of two of them, in order. Cards from before there were mixes have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixes: Vec<MixStep>,
    /// The masks of the repairs and of the mixes.
    pub masks: Vec<MaskFile>,
    /// What the steps and mixes look like. Cards from before this version have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<HeldPicture>,
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
    #[error("step {0} does not start from the image of a step before: take the card from the project again")]
    Gap(usize),
    /// A mix of something that is not there, or out of its order.
    #[error("the mix {0} is not of two images that were made before it: take the card from the project again")]
    Mix(String),
    /// A step that the finished image does not need.
    #[error("{0} is in the card and nothing is made of it: take the card from the project again")]
    Stray(String),
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
        self.in_order().last().map(|made| made.pixels_sha256())
    }

    /// Hash of the finished image's file.
    pub fn sha256(&self) -> Option<Sha256> {
        self.in_order().last().map(|made| made.sha256())
    }

    /// Steps and mixes as they were made.
    pub fn in_order(&self) -> impl Iterator<Item = FinishedMade<'_>> {
        let mixes_after = move |count: usize| {
            let is_next = move |mix: &&MixStep| usize::try_from(mix.after) == Ok(count);
            self.mixes.iter().filter(is_next).map(FinishedMade::Mix)
        };
        let step = move |(i, step)| std::iter::once(FinishedMade::Step(step)).chain(mixes_after(i + 1));
        self.steps.iter().enumerate().flat_map(step)
    }

    /// The mask of this hash.
    pub fn mask(&self, sha256: &Sha256) -> Option<&[u8]> {
        self.masks.iter().find(|mask| mask.sha256 == *sha256).map(|mask| mask.png.0.as_slice())
    }

    /// What the image of this hash looks like.
    pub fn picture(&self, of: &Sha256) -> Option<&HeldPicture> {
        self.pictures.iter().find(|picture| picture.of == *of)
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
        for (number, step) in (1..).zip(&self.steps) {
            step.request.check().map_err(|refusal| FinishedRefusal::Request(number, refusal))?;
        }
        let places = 1..=self.steps.len();
        let is_lost = |mix: &&MixStep| !usize::try_from(mix.after).is_ok_and(|after| places.contains(&after));
        if let Some(mix) = self.mixes.iter().find(is_lost) {
            return Err(FinishedRefusal::Mix(mix.sha256.auto_v2()));
        }
        let (mut made, mut open) = (BTreeSet::new(), BTreeSet::new());
        let mut number = 0;
        for one in self.in_order() {
            let refusal = match one {
                FinishedMade::Step(_) => {
                    number += 1;
                    FinishedRefusal::Gap(number)
                }
                FinishedMade::Mix(mix) => FinishedRefusal::Mix(mix.sha256.auto_v2()),
            };
            for source in one.made_of() {
                if !made.contains(&source) {
                    return Err(refusal);
                }
                open.remove(&source);
            }
            if let Some(mask) = one.mask() {
                let is_right = |bytes: &[u8]| Sha256(sha2::Sha256::digest(bytes).into()) == mask;
                if !self.mask(&mask).is_some_and(is_right) {
                    return Err(FinishedRefusal::Mask(mask.auto_v2()));
                }
            }
            made.insert(one.sha256());
            open.insert(one.sha256());
        }
        if let Some(stray) = open.iter().find(|one| Some(**one) != self.sha256()) {
            return Err(FinishedRefusal::Stray(stray.auto_v2()));
        }
        let used: BTreeSet<Sha256> = self.in_order().filter_map(|made| made.mask()).collect();
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

    /// The masks are in it: a large soft one is tens of megabytes as hexadecimal digits, and an image may have several.
    const MOST_BYTES: u64 = 256 << 20;

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
            mixes: Vec::new(),
            masks: vec![MaskFile { sha256: mask, png: HexBytes(png) }],
            pictures: Vec::new(),
        }
    }

    /// The same with a second repair, the two repairs mixed, and the mix repaired.
    fn mixed() -> FinishedCard {
        let mut card = finished();
        let request = |from, seed| {
            let mut request = card.steps[1].request.clone();
            request.seed = seed;
            if let Task::Inpaint { image, .. } = &mut request.task {
                image.sha256 = from;
            }
            request
        };
        let mask = card.masks[0].sha256;
        let other = FinishedStep::new(&request(hash(1), 10), hash(5), hash(6), &fingerprint());
        let last = FinishedStep::new(&request(hash(7), 11), hash(9), hash(10), &fingerprint());
        let (first, second) = (hash(3), hash(5));
        card.mixes = vec![MixStep { after: 3, first, second, mask, sha256: hash(7), pixels_sha256: hash(8) }];
        card.steps.extend([other, last]);
        card
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
    fn a_mask_of_more_than_a_mebibyte_fits_in_a_card() {
        // Noise, which no PNG makes smaller.
        let mut seed = 1_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let png: Vec<u8> = (0..(1 << 20) + 99).map(|_| noise()).collect();
        let mask = Sha256(sha2::Sha256::digest(&png).into());
        let mut card = finished();
        if let Task::Inpaint { mask: named, .. } = &mut card.steps[1].request.task {
            named.sha256 = mask;
        }
        card.masks = vec![MaskFile { sha256: mask, png: HexBytes(png) }];
        let text = to_ron(&card).unwrap();
        assert!(text.len() as u64 > 2 * crate::library::MOST_BYTES);
        assert_eq!(from_ron::<FinishedCard>(&text).unwrap(), card);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.ron");
        std::fs::write(&path, &text).unwrap();
        assert_eq!(crate::library::read_ron::<FinishedCard>(&path).unwrap(), card);
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
    fn a_mix_stands_between_the_steps_that_it_is_of_and_is_for() {
        let card = mixed();
        let names: Vec<Sha256> = card.in_order().map(|made| made.sha256()).collect();
        assert_eq!(names, [1, 3, 5, 7, 9].map(hash));
        let text = to_ron(&card).unwrap();
        assert_eq!(from_ron::<FinishedCard>(&text).unwrap(), card);
        assert!(!to_ron(&finished()).unwrap().contains("mixes"), "a card without a mix is written as before");
        let mut ends = card.clone();
        ends.steps.pop();
        assert_eq!((ends.check(), ends.sha256(), ends.pixels_sha256()), (Ok(()), Some(hash(7)), Some(hash(8))));
        let refused = |change: fn(&mut FinishedCard)| {
            let mut card = mixed();
            change(&mut card);
            card.check().unwrap_err().to_string()
        };
        let not_of_two = "is not of two images that were made before it: take the card from the project again";
        for after in [0, 1, 2, 9] {
            let mut card = mixed();
            card.mixes[0].after = after;
            assert!(card.check().unwrap_err().to_string().ends_with(not_of_two), "{after}");
        }
        assert!(refused(|card| card.mixes[0].second = hash(77)).ends_with(not_of_two));
        assert!(refused(|card| card.mixes.clear()).starts_with("step 4 does not start from"));
        assert!(refused(|card| card.mixes[0].second = hash(1)).contains("nothing is made of it"), "a step too many");
        assert!(refused(|card| card.mixes[0].mask = hash(4)).contains("is not in the card as its hash says"));
    }

    #[test]
    fn bytes_are_pairs_of_digits() {
        for wrong in ["f", "0g", "0123x"] {
            assert!(HexBytes::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(HexBytes::try_from(String::from(HexBytes(vec![0, 16, 255]))), Ok(HexBytes(vec![0, 16, 255])));
    }
}
