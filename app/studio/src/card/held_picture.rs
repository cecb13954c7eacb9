use serde::{Deserialize, Serialize};

use super::HexBytes;
use crate::Sha256;

/// What an image looks like, kept in its card: where another device or build gives other pixels, the card alone says how the image
/// should look. It is the image itself where that is small, and the image reduced where it is large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldPicture {
    /// Hash of the image's PNG file.
    pub of: Sha256,
    /// A PNG file with the image's proportions.
    pub png: HexBytes,
}
