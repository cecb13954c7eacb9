use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A SHA-256 digest. Written as 64 lower-case hexadecimal digits, on disk and on screen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The first ten hexadecimal digits, the "AutoV2" hash that A1111 writes as `Model hash`
    /// (source: A1111 `modules/sd_models.py`).
    pub fn auto_v2(&self) -> String {
        self.to_string()[..10].to_owned()
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 hash has 64 hexadecimal digits, and this is not one: {text}")]
pub struct HashParseError {
    text: String,
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sha256({self})")
    }
}

impl FromStr for Sha256 {
    type Err = HashParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || HashParseError { text: text.to_owned() };
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(refuse());
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16).ok_or_else(refuse)?;
            let low = char::from(pair[1]).to_digit(16).ok_or_else(refuse)?;
            *byte = (high * 16 + low) as u8;
        }
        Ok(Self(digest))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn text_and_bytes_round_trip() {
        let hash: Sha256 = EMPTY.parse().unwrap();
        assert_eq!(hash.0[..2], [0xe3, 0xb0]);
        assert_eq!(hash.to_string(), EMPTY);
        assert_eq!(hash.auto_v2(), "e3b0c44298");
        assert_eq!(EMPTY.to_uppercase().parse(), Ok(hash));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "e3b0", &EMPTY[..63], &EMPTY.replace('e', "g"), &format!("{EMPTY}00"), &"ü".repeat(32)] {
            assert!(text.parse::<Sha256>().is_err(), "{text}");
        }
    }
}
