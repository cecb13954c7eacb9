use crate::Refusal;

/// Why a library, a checklist, a template or the workflow document is refused, each in one sentence that says what to
/// do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryRefusal {
    /// A name that cannot stand in a record or a file name.
    #[error("the name of a {what} has 1 to {most} of the characters a-z, 0-9 and -, and this is not one: \"{name}\"", most = MOST_NAME)]
    Name {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Two things of one name.
    #[error("there are two {} named \"{name}\": rename one of them", plural(what))]
    Twice {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A reference to nothing.
    #[error("there is no {what} named \"{name}\": choose one that is in the library")]
    Unknown {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A text that must say something.
    #[error("the {field} of {of} is empty: write it")]
    Empty {
        /// Which field.
        field: &'static str,
        /// Of what.
        of: String,
    },
    /// A version of 0.
    #[error("the version of a {what} is counted from 1 and this is 0: write 1")]
    VersionZero {
        /// Of what.
        what: &'static str,
    },
    /// A group that begins twice.
    #[error("the group \"{group}\" stands at two places of the checklist: put its items together")]
    GroupSplit {
        /// The group.
        group: String,
    },
    /// A negative entry from a review without an image that shows the failure.
    #[error("\"{entry}\" comes from a project review without evidence: name at least one image that shows the failure")]
    Evidence {
        /// The entry.
        entry: String,
    },
    /// A style that needs what this version cannot use.
    #[error("this version of Kento cannot use adapters yet: remove them from the style \"{style}\"")]
    Adapters {
        /// The style.
        style: String,
    },
    /// A keep rate above one, or of nothing.
    #[error(
        "a template needs at least one image kept out of those generated, and this says {kept} of {generated}: correct the counts"
    )]
    KeepRate {
        /// Images kept.
        kept: u32,
        /// Images generated.
        generated: u32,
    },
    /// Stages that are not the seven of the workflow in their order.
    #[error("the workflow has the stages {expected} in this order, and this has {found}: restore them")]
    Stages {
        /// The stages.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// Roles that are not the three of the workflow in their order.
    #[error(
        "the workflow has the roles Director, Operator, Reviewer in this order, and this has {found}: restore them"
    )]
    Roles {
        /// What the document says.
        found: String,
    },
    /// More or fewer triggers than three.
    #[error("the workflow has 3 triggers that pause the pipeline, and this has {found}: restore them")]
    Triggers {
        /// How many there are.
        found: usize,
    },
    /// A range that no number is in, or a number that means nothing.
    #[error("the number \"{name}\" of the workflow is out of range: write it as it is in the shipped document")]
    Number {
        /// Which number.
        name: &'static str,
    },
    /// A value that no request could have.
    #[error(transparent)]
    Request(#[from] Refusal),
}

fn plural(what: &str) -> String {
    match what.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{what}s"),
    }
}

/// Longest name in characters.
const MOST_NAME: usize = 60;

pub(super) fn check_name(what: &'static str, name: &str) -> Result<(), LibraryRefusal> {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if plain && (1..=MOST_NAME).contains(&name.len()) {
        Ok(())
    } else {
        Err(LibraryRefusal::Name { what, name: name.chars().take(MOST_NAME + 1).collect() })
    }
}

/// Checks every name, and that none is there twice.
pub(super) fn check_names<'a>(what: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), LibraryRefusal> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        check_name(what, name)?;
        if !seen.insert(name) {
            return Err(LibraryRefusal::Twice { what, name: name.to_owned() });
        }
    }
    Ok(())
}

pub(super) fn check_filled(field: &'static str, of: &str, text: &str) -> Result<(), LibraryRefusal> {
    if text.trim().is_empty() { Err(LibraryRefusal::Empty { field, of: of.to_owned() }) } else { Ok(()) }
}

pub(super) fn check_version(what: &'static str, version: u32) -> Result<(), LibraryRefusal> {
    if version == 0 { Err(LibraryRefusal::VersionZero { what }) } else { Ok(()) }
}
