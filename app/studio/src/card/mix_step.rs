use serde::{Deserialize, Serialize};

use crate::Sha256;

/// Two images of a card put together by a mask: the second where it is full, the first where it is empty. No engine is needed to
/// make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixStep {
    /// How many renders of the card come before it, at least 1.
    pub after: u32,
    /// The image that shows where nothing is masked.
    pub first: Sha256,
    /// The image that shows where it is masked.
    pub second: Sha256,
    /// Hash of the mask's file.
    pub mask: Sha256,
    /// Hash of the PNG file that it gave.
    pub sha256: Sha256,
    /// Hash of its decoded pixels.
    pub pixels_sha256: Sha256,
}
