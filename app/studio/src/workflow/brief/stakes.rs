use std::fmt;

use serde::{Deserialize, Serialize};

/// How much hangs on the pictures. The review gate is calibrated to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stakes {
    /// Seen by colleagues only. The short list is allowed once the track record is good.
    Internal,
    /// Seen by a client or the public: all items.
    Client,
    /// Medicine, finance, law, politics: all items and two people.
    Regulated,
}

impl Stakes {
    /// All stakes, lowest first.
    pub const ALL: [Self; 3] = [Self::Internal, Self::Client, Self::Regulated];

    /// How many different people must clear an image.
    pub fn reviewers(self) -> usize {
        match self {
            Self::Internal | Self::Client => 1,
            Self::Regulated => 2,
        }
    }
}

impl fmt::Display for Stakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Internal => "internal",
            Self::Client => "client",
            Self::Regulated => "regulated",
        })
    }
}
