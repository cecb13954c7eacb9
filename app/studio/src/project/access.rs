use std::fmt;

use super::{ChainFault, DiskError, Owner};

/// Whether a project can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Decisions and images can be saved.
    Write,
    /// Everything can be looked at, nothing changed. The reason is the text of the banner.
    ReadOnly(ReadOnlyReason),
}

/// Why a project is open for reading only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// It was asked for.
    Asked,
    /// Somebody else has it open for writing; who, if that could be read.
    HeldBy(Option<Owner>),
    /// The folder or the drive cannot be written or locked.
    NotWritable(DiskError),
    /// The record log cannot be trusted, or not be read by this version.
    Log(ChainFault),
}

impl fmt::Display for ReadOnlyReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => formatter.write_str("the project was opened to be read: open it for writing to change it"),
            Self::HeldBy(Some(owner)) => write!(
                formatter,
                "the project is open for reading only while {owner} has it open: close it there, then open it again"
            ),
            Self::HeldBy(None) => formatter.write_str(
                "the project is open for reading only while another Kento has it open: close that, then open it again",
            ),
            Self::NotWritable(error) => {
                write!(formatter, "the project is open for reading only and you can save a copy elsewhere: {error}")
            }
            Self::Log(fault) => write!(formatter, "the project is open for reading only: {fault}"),
        }
    }
}
