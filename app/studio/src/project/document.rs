use std::fmt;
use std::str::FromStr;

/// The folders of a project that hold RON files which people may read and copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// `briefs/`
    Brief,
    /// `recipes/`: recipe cards.
    Recipe,
    /// `finished/`: cards of finished images.
    Finished,
    /// `libraries/`: styles, negative prompts, checklists and the like.
    Library,
}

impl DocumentKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Brief, Self::Recipe, Self::Finished, Self::Library];

    /// Name of the folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Brief => "briefs",
            Self::Recipe => "recipes",
            Self::Finished => "finished",
            Self::Library => "libraries",
        }
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Brief => "brief",
            Self::Recipe => "recipe card",
            Self::Finished => "card of a finished image",
            Self::Library => "library",
        })
    }
}

/// Name of a document without `.ron`: lower-case letters, digits and hyphens, so that it can be no path, no option and
/// no device, and is the same file on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName(String);

impl DocumentName {
    /// Longest name in bytes.
    pub const MOST_BYTES: usize = 80;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}.ron", self.0)
    }
}

/// A text that is no name of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be a file name here: use 1 to 80 lower-case letters, digits and hyphens, not a hyphen first")]
pub struct DocumentNameError(pub String);

/// Names that Windows keeps for devices, whatever follows the first dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

impl FromStr for DocumentName {
    type Err = DocumentNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_sound = (1..=Self::MOST_BYTES).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !DEVICES.contains(&text);
        if is_sound { Ok(Self(text.to_owned())) } else { Err(DocumentNameError(text.to_owned())) }
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_an_option_or_a_device() {
        for sound in ["a", "7", "tea-poster-r2", &"x".repeat(80), "console", "com10"] {
            assert_eq!(sound.parse::<DocumentName>().unwrap().to_string(), sound);
        }
        let long = "x".repeat(81);
        for wrong in [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            "/a",
            "c:a",
            "a.ron",
            "A",
            "-a",
            "a b",
            "a ",
            "ä",
            "a\0",
            "a\n",
            "con",
            "lpt9",
            &long,
            "a:stream",
            "~",
            "$HOME",
            "%41",
            "\u{202e}a",
            "a\u{feff}",
        ] {
            let error = wrong.parse::<DocumentName>().unwrap_err().to_string();
            assert!(error.contains("use 1 to 80 lower-case letters"), "{error}");
        }
    }
}
