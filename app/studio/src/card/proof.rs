use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EngineFingerprint, Sha256};

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
