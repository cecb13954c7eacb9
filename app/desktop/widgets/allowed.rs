/// Whether something can be done now, and if not, why, in the words of the rule that forbids it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Allowed {
    /// It can.
    #[default]
    Yes,
    /// It cannot, for this reason: "needs the Director", "the recipe is not locked".
    No(String),
}

impl Allowed {
    /// Whether it can be done.
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }

    /// Why not.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Yes => None,
            Self::No(reason) => Some(reason),
        }
    }

    /// The same, but no where something else is in the way.
    #[must_use]
    pub fn but(self, is_in_the_way: bool, reason: &str) -> Self {
        if self.is_yes() && is_in_the_way { Self::No(reason.to_owned()) } else { self }
    }

    /// What a screen reader calls a control of this name.
    pub fn spoken(&self, name: &str) -> String {
        match self {
            Self::Yes => name.to_owned(),
            Self::No(reason) => format!("{name}, not possible: {reason}"),
        }
    }
}

/// A rule or a message as a sentence that stands alone: with a capital letter, unless it begins with the name of a card or a file.
pub fn sentence(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_word = first.trim_end_matches([',', ':', ';']).chars().all(|letter| letter.is_ascii_lowercase());
    let mut letters = text.chars();
    match letters.next().filter(|_| is_word) {
        Some(letter) => format!("{}{}", letter.to_ascii_uppercase(), letters.as_str()),
        None => text.to_owned(),
    }
}

impl From<Result<(), String>> for Allowed {
    fn from(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::Yes,
            Err(reason) => Self::No(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_with_a_capital_letter_and_a_name_stays_as_it_is() {
        for (text, told) in [
            ("approving the Hero needs a Director", "Approving the Hero needs a Director"),
            ("harbour-flat-r1 is not locked", "harbour-flat-r1 is not locked"),
            ("mood.jpg cannot be read", "mood.jpg cannot be read"),
            ("3 of 12 kept", "3 of 12 kept"),
            ("", ""),
        ] {
            assert_eq!(sentence(text), told);
        }
    }
}
