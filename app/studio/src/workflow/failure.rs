use std::fmt;

use super::RejectReason;

/// What kept failing on the images of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// They were rejected in the cull for this reason.
    Rejected(RejectReason),
    /// They failed this item of the review list, and were sent back or vetoed.
    AtGate {
        /// The item.
        item: String,
    },
    /// They were vetoed, and no item says for what.
    Vetoed,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(reason) => reason.fmt(formatter),
            Self::AtGate { item } => write!(formatter, "{item} at the gate"),
            Self::Vetoed => formatter.write_str("vetoed at the gate"),
        }
    }
}
