use serde::{Deserialize, Serialize};

/// The answer to one field of the brief: open, filled, or knowingly left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer<T> {
    /// Nobody has answered yet: the brief is not complete.
    #[default]
    Open,
    /// The answer.
    Filled(T),
    /// The field is not needed, with the reason.
    NotNeeded {
        /// Completes the sentence "not needed, because …".
        because: String,
    },
}

impl<T> Answer<T> {
    /// The answer, where there is one.
    pub fn filled(&self) -> Option<&T> {
        match self {
            Self::Filled(value) => Some(value),
            Self::Open | Self::NotNeeded { .. } => None,
        }
    }

    /// Whether the field is settled: filled as `is_filled` judges, or not needed with a reason.
    pub fn is_settled(&self, is_filled: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::Open => false,
            Self::Filled(value) => is_filled(value),
            Self::NotNeeded { because } => !because.trim().is_empty(),
        }
    }
}
