use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a person, as it stands in records: trimmed, not empty, one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Longest name in characters.
    pub const MOST_CHARS: usize = 80;

    /// Takes a name as somebody typed it, without the spaces around it.
    ///
    /// # Errors
    /// [`PersonNameError`] when nothing is left, or when it is too long or holds a control character.
    pub fn new(text: &str) -> Result<Self, PersonNameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(PersonNameError::Empty);
        }
        let chars = name.chars().count();
        if chars > Self::MOST_CHARS {
            return Err(PersonNameError::TooLong { chars });
        }
        if name.chars().any(char::is_control) {
            return Err(PersonNameError::Control);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no name of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonNameError {
    /// Nothing but spaces.
    #[error("a person's name is empty: type the name")]
    Empty,
    /// Longer than [`PersonName::MOST_CHARS`].
    #[error("a person's name has at most {most} characters and this one has {chars}: shorten it", most = PersonName::MOST_CHARS)]
    TooLong {
        /// Its length in characters.
        chars: usize,
    },
    /// A line break, a tab or another control character.
    #[error("a person's name contains a line break or another control character: remove it")]
    Control,
}

impl fmt::Display for PersonName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for PersonName {
    type Err = PersonNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for PersonName {
    type Error = PersonNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(PersonName::new("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!("Zoë".parse::<PersonName>().unwrap().to_string(), "Zoë");
        assert_eq!(PersonName::new(" \t"), Err(PersonNameError::Empty));
        assert!(PersonName::new(&"é".repeat(80)).is_ok());
        assert_eq!(PersonName::new(&"é".repeat(81)), Err(PersonNameError::TooLong { chars: 81 }));
        assert_eq!(PersonName::new("Ada\nLovelace"), Err(PersonNameError::Control));
    }

    #[test]
    fn a_name_from_disk_passes_the_same_checks() {
        let name = PersonName::new("Ada").unwrap();
        let text = serde_json::to_string(&name).unwrap();
        assert_eq!(text, "\"Ada\"");
        assert_eq!(serde_json::from_str::<PersonName>(&text).unwrap(), name);
        let error = serde_json::from_str::<PersonName>("\"\"").unwrap_err().to_string();
        assert!(error.starts_with("a person's name is empty: type the name"), "{error}");
    }
}
