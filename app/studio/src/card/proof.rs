use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::{EngineFingerprint, GenerationRequest, JobId, Sha256};

/// SSIMULACRA2 score that two renders need when they were made on different devices or builds. The scale's author calls
/// 90 "visually lossless": nobody tells the two apart at a normal distance (source: the README of
/// cloudinary/ssimulacra2).
pub const LEAST_SSIMULACRA2: f64 = 90.0;

/// That a card reproduces its Hero: both renders by hash, how they compare, and what they were rendered on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// [`request_sha256`](super::request_sha256) of what was rendered, which ties the proof to one card.
    pub request: Sha256,
    /// The Hero's PNG file.
    pub hero: Sha256,
    /// The Hero's decoded pixels.
    pub hero_pixels: Sha256,
    /// The pixels that were rendered again from the card alone.
    pub again_pixels: Sha256,
    /// How the two compare.
    pub comparison: Comparison,
    /// What the Hero was rendered on.
    pub hero_fingerprint: EngineFingerprint,
    /// What it was rendered on again.
    pub again_fingerprint: EngineFingerprint,
    /// When they were compared.
    #[serde(with = "crate::as_text")]
    pub proved_at: Timestamp,
}

impl Proof {
    /// Judges two renders of one card. On the same device and build they must be identical; otherwise they must look
    /// the same.
    ///
    /// # Errors
    /// [`ProofRefusal`] says what to do.
    pub fn judge(renders: TwoRenders, proved_at: Timestamp) -> Result<Self, ProofRefusal> {
        let comparison = compare(&renders)?;
        let TwoRenders { request, hero, hero_pixels, again_pixels, hero_fingerprint, again_fingerprint, .. } = renders;
        Ok(Self {
            request,
            hero,
            hero_pixels,
            again_pixels,
            comparison,
            hero_fingerprint,
            again_fingerprint,
            proved_at,
        })
    }

    /// Judges a proof from disk by the same rules.
    ///
    /// # Errors
    /// [`ProofRefusal`].
    pub fn check(&self) -> Result<(), ProofRefusal> {
        let ssimulacra2 = match self.comparison {
            Comparison::Identical => None,
            Comparison::Similar { ssimulacra2 } => Some(ssimulacra2),
        };
        let comparison = compare(&TwoRenders {
            request: self.request,
            hero: self.hero,
            hero_pixels: self.hero_pixels,
            again_pixels: self.again_pixels,
            ssimulacra2,
            hero_fingerprint: self.hero_fingerprint.clone(),
            again_fingerprint: self.again_fingerprint.clone(),
        })?;
        if comparison == self.comparison { Ok(()) } else { Err(ProofRefusal::IdenticalWithScore) }
    }
}

fn compare(renders: &TwoRenders) -> Result<Comparison, ProofRefusal> {
    let (hero, again) = (&renders.hero_fingerprint, &renders.again_fingerprint);
    if hero.tool.numerics != again.tool.numerics {
        return Err(ProofRefusal::Numerics { hero: hero.tool.numerics, again: again.tool.numerics });
    }
    if renders.hero_pixels == renders.again_pixels {
        return Ok(Comparison::Identical);
    }
    if hero == again {
        return Err(ProofRefusal::NotIdentical);
    }
    let ssimulacra2 = renders.ssimulacra2.ok_or(ProofRefusal::ScoreMissing)?;
    if !(ssimulacra2.is_finite() && ssimulacra2 <= 100.0) {
        return Err(ProofRefusal::NoScore { value: ssimulacra2 });
    }
    if ssimulacra2 < LEAST_SSIMULACRA2 {
        return Err(ProofRefusal::NotSimilar { score: ssimulacra2 });
    }
    Ok(Comparison::Similar { ssimulacra2 })
}

/// Why two renders do not prove a card.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofRefusal {
    /// Other pixels on the same device and build.
    #[error(
        "the second render has other pixels than the Hero on the same device and build, so something that made the Hero is not on the card: render the Hero again from this card and approve that image"
    )]
    NotIdentical,
    /// Too different on another device or build.
    #[error(
        "the second render scores {score} against the Hero and {least} is needed: render the Hero again on this device, or prove the card on the Hero's own", least = LEAST_SSIMULACRA2
    )]
    NotSimilar {
        /// SSIMULACRA2 score.
        score: f64,
    },
    /// The pixels differ and nobody measured how much.
    #[error("the two renders differ and have no SSIMULACRA2 score: measure it")]
    ScoreMissing,
    /// Not a score.
    #[error("an SSIMULACRA2 score is a number of at most 100 and this is {value}: measure it again")]
    NoScore {
        /// What was given.
        value: f64,
    },
    /// Two numerics revisions.
    #[error(
        "the Hero was rendered with numerics revision {hero} and the second image with {again}: render both with one version of Kento"
    )]
    Numerics {
        /// Revision of the Hero.
        hero: u32,
        /// Revision of the second render.
        again: u32,
    },
    /// A proof from disk that contradicts itself.
    #[error("the proof gives identical pixels a score, or different pixels the word identical: prove the card again")]
    IdenticalWithScore,
}

/// Names a request by everything in it that determines pixels: the hash of its JSON form with job 0 and no device,
/// neither of which does.
pub fn request_sha256(request: &GenerationRequest) -> Sha256 {
    let mut request = request.clone();
    request.job = JobId(0);
    request.recipe.device = None;
    let json = serde_json::to_vec(&request).expect("a request holds numbers and texts, which JSON can hold");
    Sha256(sha2::Sha256::digest(json).into())
}

/// How two renders compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Comparison {
    /// Every pixel is the same.
    Identical,
    /// They look the same.
    Similar {
        /// Their SSIMULACRA2 score, 100 at most.
        ssimulacra2: f64,
    },
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identical => formatter.write_str("identical pixels"),
            Self::Similar { ssimulacra2 } => write!(formatter, "SSIMULACRA2 {ssimulacra2:.2}"),
        }
    }
}

/// Two renders of one card, before they are judged.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoRenders {
    /// [`request_sha256`](super::request_sha256) of what was rendered.
    pub request: Sha256,
    /// The Hero's PNG file.
    pub hero: Sha256,
    /// The Hero's decoded pixels.
    pub hero_pixels: Sha256,
    /// The pixels that were rendered again from the card alone.
    pub again_pixels: Sha256,
    /// SSIMULACRA2 score of the two, where it was measured. Needed only when the pixels differ.
    pub ssimulacra2: Option<f64>,
    /// What the Hero was rendered on.
    pub hero_fingerprint: EngineFingerprint,
    /// What it was rendered on again.
    pub again_fingerprint: EngineFingerprint,
}
