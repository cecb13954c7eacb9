//! Reading and writing of RON forms within bounds: a file is refused by its size before a byte of it is read, by its
//! depth before it fills the stack, and by the first field that is not known.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ron::error::SpannedError;
use ron::ser::PrettyConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest RON file in bytes, where its form says nothing else ([`RonForm::MOST_BYTES`]). The largest recipe card is a hundredth of it.
pub const MOST_BYTES: u64 = 1 << 20;

/// Values inside values that are followed; `ron`'s own default.
const MOST_DEPTH: usize = 128;

/// A form that is written to disk as RON, and checked whenever it is read or written.
pub trait RonForm: Serialize + DeserializeOwned {
    /// Why the form is refused.
    type Refusal: std::error::Error;

    /// What it is, in words: "recipe card".
    const KIND: &'static str;

    /// Values inside values that are written one a line; deeper ones stand in one line, as a model's files do.
    const LINES_DEEP: usize = 4;

    /// Most bytes that are written and read. Only a form that holds files, as masks, may be larger than [`MOST_BYTES`].
    const MOST_BYTES: u64 = MOST_BYTES;

    /// Checks every rule that the types do not already keep.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn check_form(&self) -> Result<(), Self::Refusal>;
}

/// Writes a form as RON that [`from_ron`] reads, one field a line, with a line break at the end.
///
/// # Errors
/// [`RonRefusal::Rule`] for a form that would not be read again, [`RonRefusal::TooLarge`] for one that is too long.
pub fn to_ron<T: RonForm>(form: &T) -> Result<String, RonRefusal> {
    let rule = |reason: String| RonRefusal::Rule { kind: T::KIND, reason };
    form.check_form().map_err(|refusal| rule(refusal.to_string()))?;
    let config = PrettyConfig::new().new_line("\n").depth_limit(T::LINES_DEEP);
    let mut text = options().to_string_pretty(form, config).map_err(|error| rule(error.to_string()))?;
    text.push('\n');
    check_size(T::KIND, T::MOST_BYTES, text.len() as u64)?;
    Ok(text)
}

/// Reads a form.
///
/// # Errors
/// [`RonRefusal`].
pub fn from_ron<T: RonForm>(text: &str) -> Result<T, RonRefusal> {
    check_size(T::KIND, T::MOST_BYTES, text.len() as u64)?;
    let form: T = options().from_str(text).map_err(|error| refuse(T::KIND, error))?;
    match form.check_form() {
        Ok(()) => Ok(form),
        Err(refusal) => Err(RonRefusal::Rule { kind: T::KIND, reason: refusal.to_string() }),
    }
}

/// Reads a form from a file.
///
/// # Errors
/// [`RonFileRefusal`], which names the file.
pub fn read_ron<T: RonForm>(path: &Path) -> Result<T, RonFileRefusal> {
    let read = || from_ron(&read_text(T::KIND, T::MOST_BYTES, path)?);
    read().map_err(|refusal| RonFileRefusal { refusal, path: path.to_owned() })
}

/// Reads a text of at most `most` bytes; `kind` says in words what it should be.
pub(crate) fn read_text(kind: &'static str, most: u64, path: &Path) -> Result<String, RonRefusal> {
    let unreadable = |error: io::Error| RonRefusal::Unreadable { kind, reason: error.to_string() };
    // Asked before opening, because opening a pipe waits for its other end.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(RonRefusal::NoFile { kind });
    }
    check_size(kind, most, metadata.len())?;
    let mut bytes = Vec::new();
    // A file that grows meanwhile is cut one byte above the bound.
    File::open(path).map_err(unreadable)?.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    check_size(kind, most, bytes.len() as u64)?;
    String::from_utf8(bytes).map_err(|_| RonRefusal::NoText { kind })
}

/// Why a RON text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RonRefusal {
    /// Larger than its form may be.
    #[error("this {kind} has {bytes} bytes and at most {most} are read: it is not one that Kento wrote")]
    TooLarge {
        /// What was expected.
        kind: &'static str,
        /// Its size.
        bytes: u64,
        /// Most that is read.
        most: u64,
    },
    /// Values inside values beyond every real form.
    #[error("this {kind} nests more than {most} values at line {line}: it is not one that Kento wrote", most = MOST_DEPTH)]
    TooDeep {
        /// What was expected.
        kind: &'static str,
        /// Line where it became too deep, from 1.
        line: usize,
    },
    /// A field that the form does not have.
    #[error(
        "this {kind} has the field \"{field}\" at line {line}, which this version of Kento does not know: remove it"
    )]
    UnknownField {
        /// What was expected.
        kind: &'static str,
        /// The field.
        field: String,
        /// Its line, from 1.
        line: usize,
    },
    /// A field that the form must have.
    #[error("this {kind} lacks the field \"{field}\" before line {line}: restore it from a copy")]
    MissingField {
        /// What was expected.
        kind: &'static str,
        /// The field.
        field: String,
        /// The line that ends the value it is missing in, from 1.
        line: usize,
    },
    /// Anything else that the types refuse: another schema, a wrong hash, a comma too few.
    #[error("this {kind} cannot be read at line {line}: {reason}")]
    Form {
        /// What was expected.
        kind: &'static str,
        /// Line of the offence, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A rule of the workflow that the form breaks.
    #[error("this {kind} breaks a rule: {reason}")]
    Rule {
        /// What was expected.
        kind: &'static str,
        /// The rule.
        reason: String,
    },
    /// Bytes that are no text.
    #[error("this {kind} is not UTF-8 text: restore it from a copy")]
    NoText {
        /// What was expected.
        kind: &'static str,
    },
    /// A folder, a device or a pipe.
    #[error("this {kind} is not a file: name a file")]
    NoFile {
        /// What was expected.
        kind: &'static str,
    },
    /// The system refuses.
    #[error("this {kind} cannot be read from disk: {reason}")]
    Unreadable {
        /// What was expected.
        kind: &'static str,
        /// What the system says.
        reason: String,
    },
}

/// Why a RON file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}: {path}", path = path.display())]
pub struct RonFileRefusal {
    /// What is wrong with it.
    pub refusal: RonRefusal,
    /// The file.
    pub path: PathBuf,
}

fn options() -> ron::Options {
    ron::Options::default().with_recursion_limit(MOST_DEPTH)
}

fn check_size(kind: &'static str, most: u64, bytes: u64) -> Result<(), RonRefusal> {
    if bytes > most { Err(RonRefusal::TooLarge { kind, bytes, most }) } else { Ok(()) }
}

fn refuse(kind: &'static str, error: SpannedError) -> RonRefusal {
    let line = error.span.start.line;
    match error.code {
        ron::Error::ExceededRecursionLimit => RonRefusal::TooDeep { kind, line },
        ron::Error::NoSuchStructField { found, .. } => RonRefusal::UnknownField { kind, field: found, line },
        ron::Error::MissingStructField { field, .. } => {
            RonRefusal::MissingField { kind, field: field.to_owned(), line }
        }
        code => RonRefusal::Form { kind, line, reason: code.to_string() },
    }
}
