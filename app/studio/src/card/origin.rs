use std::fmt;

use serde::{Deserialize, Serialize};

use super::CardRef;

/// What a new card began as, where that is more than a copy of any card: the card is its parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CardOrigin {
    /// A recipe that a project promoted because of its keep rate.
    Template {
        /// The locked card.
        card: CardRef,
        /// Name of the project that promoted it; it may be this one.
        project: String,
    },
    /// A card that ships with Kento.
    Shipped {
        /// The locked card.
        card: CardRef,
    },
}

impl CardOrigin {
    /// The card that it began as.
    pub fn card(&self) -> &CardRef {
        match self {
            Self::Template { card, .. } | Self::Shipped { card } => card,
        }
    }
}

impl fmt::Display for CardOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template { card, project } => write!(formatter, "the template {card} of \"{project}\""),
            Self::Shipped { card } => write!(formatter, "the shipped card {card}"),
        }
    }
}
