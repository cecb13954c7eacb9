use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Name of a recipe card: `[a-z0-9-]`, at most 40 characters, so that it can stand in every file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardName(String);

impl CardName {
    /// Longest name in characters.
    pub const MOST_CHARS: usize = 40;

    /// Takes a name.
    ///
    /// # Errors
    /// [`CardNameError`] for anything but 1 to 40 of the characters `a` to `z`, `0` to `9` and `-`.
    pub fn new(text: impl Into<String>) -> Result<Self, CardNameError> {
        let text = text.into();
        let fits = (1..=Self::MOST_CHARS).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            Ok(Self(text))
        } else {
            Err(CardNameError { text: text.chars().take(Self::MOST_CHARS + 1).collect() })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that cannot name a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a card's name has 1 to 40 of the characters a-z, 0-9 and -, and this is not one: \"{text}\"")]
pub struct CardNameError {
    text: String,
}

impl fmt::Display for CardName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for CardName {
    type Err = CardNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for CardName {
    type Error = CardNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<CardName> for String {
    fn from(name: CardName) -> Self {
        name.0
    }
}

/// One revision of a card. Shown as `name-r2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardRef {
    /// Name of the card.
    pub name: CardName,
    /// Which revision; the first is 1.
    pub revision: u32,
}

/// A text that is not of the form `name-r2`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a card is named like my-card-r1, with its revision at the end, and this is not: \"{text}\"")]
pub struct CardRefError {
    text: String,
}

impl fmt::Display for CardRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-r{}", self.name, self.revision)
    }
}

impl FromStr for CardRef {
    type Err = CardRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (name, revision) = text.rsplit_once("-r")?;
            let revision: u32 = revision.parse().ok()?;
            let found = Self { name: CardName::new(name).ok()?, revision };
            (revision > 0 && found.to_string() == text).then_some(found)
        };
        parse().ok_or_else(|| CardRefError { text: text.chars().take(60).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_in_file_names() {
        for good in ["a", "sun-over-hills", "2026", "-", &"x".repeat(40)] {
            assert_eq!(CardName::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "A", "a b", "a_b", "é", "a/b", "a.b", &"x".repeat(41)] {
            assert!(CardName::new(bad).is_err(), "{bad}");
        }
        assert_eq!(
            CardName::new("A b").unwrap_err().to_string(),
            "a card's name has 1 to 40 of the characters a-z, 0-9 and -, and this is not one: \"A b\""
        );
        assert!(serde_json::from_str::<CardName>("\"A\"").is_err());
    }

    #[test]
    fn a_revision_has_one_text() {
        for (name, revision) in [("sun", 1), ("sun-r2", 3), ("a-r", u32::MAX), ("-", 7)] {
            let card = CardRef { name: CardName::new(name).unwrap(), revision };
            assert_eq!(card.to_string().parse(), Ok(card));
        }
        for bad in ["sun", "sun-r", "sun-r0", "sun-r01", "sun-r+1", "-r1", "Sun-r1", "sun-r1 ", "sun-r4294967296"] {
            assert!(bad.parse::<CardRef>().is_err(), "{bad}");
        }
    }
}
