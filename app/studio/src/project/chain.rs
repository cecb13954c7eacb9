//! The hash chain of `records.jsonl`, as pure functions on bytes.
//!
//! A line is `{"seq":n,"prev":"…","last":b,"record":{…},"check":"…"}`. `prev` is the SHA-256 of the previous line
//! without its line feed (64 zeros in line 1), so whoever holds the last hash holds the whole history. `last` ends a
//! decision: lines that have no such line after them were never confirmed as saved. `check` is the first 16 digits of
//! the SHA-256 of everything before `,"check"`, so that damage is found in the line that has it, also in the last one.

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::Sha256;

/// A longer line is no record of Kento's.
pub(super) const MOST_LINE_BYTES: usize = 16 << 20;

const CHECK_DIGITS: usize = 16;
const BEFORE_CHECK: &str = ",\"check\":\"";
const AFTER_CHECK: &str = "\"}";

/// The end of the log: sequence number and hash of its last line. It names the whole history before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of the last line, 0 for an empty log.
    pub seq: u64,
    /// Hash of the last line without its line feed, zeros for an empty log.
    pub sha256: Sha256,
}

impl Head {
    /// The head of an empty log.
    pub const EMPTY: Self = Self { seq: 0, sha256: Sha256([0; 32]) };
}

/// A record with its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry<P> {
    /// Line number, counted from 1. This alone orders records; a clock never does.
    pub seq: u64,
    /// Hash of the line.
    pub sha256: Sha256,
    /// What was decided.
    pub record: P,
}

/// The end of the log that was never confirmed as saved: the program or the power ended while it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// First line that is not complete.
    pub line: u64,
    /// How many bytes are cut.
    pub bytes: u64,
    /// Beginning of what is cut.
    pub text: String,
}

impl fmt::Display for TornTail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, bytes, .. } = self;
        write!(formatter, "line {line} of records.jsonl was never completely saved, and its {bytes} bytes are left out")
    }
}

/// Why a log cannot be trusted from some line on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// Not a record at all.
    #[error(
        "line {line} of records.jsonl is not a record ({problem}), so it was changed after it was saved: restore the \
         project from a backup"
    )]
    NotARecord {
        /// Line number from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The bytes of a line do not give the check that stands at its end.
    #[error(
        "line {line} of records.jsonl was changed after it was saved (its check is {expected}, its content gives \
         {found}): restore the project from a backup"
    )]
    Changed {
        /// Line number from 1.
        line: u64,
        /// Check that the line states.
        expected: String,
        /// Check of what it says now.
        found: String,
    },
    /// A line has another number than its place.
    #[error(
        "line {line} of records.jsonl has the number {found} instead of {line}, so lines were removed, added or moved: \
         restore the project from a backup"
    )]
    Sequence {
        /// Line number from 1.
        line: u64,
        /// The number that it states.
        found: u64,
    },
    /// The line after this one was written after another line.
    #[error(
        "line {line} of records.jsonl is not the one that was saved (the line after it, or project.ron, expects \
         the hash {expected} and it has {found}): restore the project from a backup"
    )]
    Replaced {
        /// Line number from 1.
        line: u64,
        /// Hash that was recorded.
        expected: Sha256,
        /// Hash of what is there.
        found: Sha256,
    },
    /// The log ends before the head that `project.ron` remembers.
    #[error(
        "records.jsonl ends before line {line}, but project.ron knows that {expected} lines were saved, so its end \
         was cut off: restore the project from a backup"
    )]
    Truncated {
        /// First line that is missing or incomplete.
        line: u64,
        /// How many lines `project.ron` knows of.
        expected: u64,
    },
    /// Intact, but this version does not understand what it says.
    #[error(
        "line {line} of records.jsonl is intact, but this version of Kento cannot read it ({problem}): open the \
         project with the version that wrote it"
    )]
    Unknown {
        /// Line number from 1.
        line: u64,
        /// What was not understood.
        problem: String,
    },
}

impl ChainFault {
    /// The first line that cannot be trusted.
    pub fn line(&self) -> u64 {
        match self {
            Self::NotARecord { line, .. }
            | Self::Changed { line, .. }
            | Self::Sequence { line, .. }
            | Self::Replaced { line, .. }
            | Self::Truncated { line, .. }
            | Self::Unknown { line, .. } => *line,
        }
    }

    /// Whether somebody or something changed the file, and not only a newer Kento wrote it.
    pub fn is_tampering(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }
}

/// What a log says, and up to where it can be trusted.
#[derive(Debug)]
pub struct Scan<P> {
    /// Records of all complete decisions before the first fault.
    pub entries: Vec<LogEntry<P>>,
    /// End of the last complete decision.
    pub head: Head,
    /// Bytes up to there.
    pub bytes: u64,
    /// Whether only the line feed of the last line is missing.
    pub lacks_line_feed: bool,
    /// What follows that was never confirmed as saved.
    pub torn: Option<TornTail>,
    /// The first thing that is wrong.
    pub fault: Option<ChainFault>,
}

/// Reads a whole log. `checkpoint` is a head that is known to have been saved: before it nothing counts as torn.
///
/// What comes after the checkpoint and is not complete counts as torn only if it can come from an interrupted write: it
/// is one decision at the very end that is cut off, or has NUL bytes where a block was not written. Everything else is
/// a change.
pub fn scan<P: DeserializeOwned>(bytes: &[u8], checkpoint: Head) -> Scan<P> {
    let mut scan =
        Scan { entries: Vec::new(), head: Head::EMPTY, bytes: 0, lacks_line_feed: false, torn: None, fault: None };
    // Lines of the decision that is being read, and where it ends so far.
    let mut open: Vec<LogEntry<P>> = Vec::new();
    let mut end = Head::EMPTY;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let line_bytes = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = &rest[..line_bytes];
        let seq = end.seq + 1;
        let read = examine(line, end).and_then(|parsed: Line<P>| {
            let sha256 = hash_of(line);
            if seq == checkpoint.seq && sha256 != checkpoint.sha256 {
                return Err(ChainFault::Replaced { line: seq, expected: checkpoint.sha256, found: sha256 });
            }
            Ok((parsed.last, LogEntry { seq, sha256, record: parsed.record }))
        });
        let (last, entry) = match read {
            Ok(read) => read,
            Err(fault) => {
                scan.fault = Some(fault);
                break;
            }
        };
        end = Head { seq, sha256: entry.sha256 };
        open.push(entry);
        at += (line_bytes + 1).min(rest.len());
        if last {
            scan.entries.append(&mut open);
            scan.head = end;
            scan.bytes = at as u64;
            scan.lacks_line_feed = line_bytes == rest.len();
        }
    }
    judge_the_end(scan, End { line: end.seq + 1, at }, bytes, checkpoint)
}

/// Where reading stopped: the first line that is missing or wrong, and where it begins.
struct End {
    line: u64,
    at: usize,
}

/// Tells a torn end from a change, and compares with the checkpoint.
fn judge_the_end<P>(mut scan: Scan<P>, end: End, bytes: &[u8], checkpoint: Head) -> Scan<P> {
    let tail = &bytes[usize::try_from(scan.bytes).unwrap_or(bytes.len())..];
    let beyond_checkpoint = scan.head.seq >= checkpoint.seq;
    // The fault may also lie in an earlier line that this one does not fit to.
    let wrong_here = scan.fault.as_ref().is_some_and(|fault| fault.is_tampering() && fault.line() == end.line);
    if beyond_checkpoint
        && !tail.is_empty()
        && (scan.fault.is_none() || wrong_here && looks_interrupted(&bytes[end.at..]))
    {
        scan.fault = None;
        let text = String::from_utf8_lossy(&tail[..tail.len().min(200)]).into_owned();
        scan.torn = Some(TornTail { line: end.line, bytes: tail.len() as u64, text });
    }
    // An end that stops in the middle of a line is missing, not changed.
    let stops_here = wrong_here && !bytes[end.at..].contains(&b'\n');
    if !beyond_checkpoint && (scan.fault.is_none() || stops_here) {
        scan.fault = Some(ChainFault::Truncated { line: end.line, expected: checkpoint.seq });
    }
    if let Some(fault) = &scan.fault {
        let bad = fault.line();
        scan.entries.retain(|entry| entry.seq < bad);
    }
    scan
}

/// Whether these bytes, which begin with a line that is not sound, can come from one interrupted write: the line has no
/// end or has zeros where a block was not written, and no later decision shows that this one had been confirmed.
fn looks_interrupted(tail: &[u8]) -> bool {
    let line_end = tail.iter().position(|byte| *byte == b'\n');
    if line_end.is_some_and(|end| !tail[..end].contains(&0)) {
        return false;
    }
    let mut after = tail;
    while let Some(line_bytes) = after.iter().position(|byte| *byte == b'\n') {
        let line = &after[..line_bytes];
        after = &after[line_bytes + 1..];
        if !after.is_empty() && checked(line).is_ok_and(|()| is_last(line)) {
            return false;
        }
    }
    true
}

fn is_last(line: &[u8]) -> bool {
    serde_json::from_slice::<Line<IgnoredAny>>(line).is_ok_and(|line| line.last)
}

/// Encodes one decision behind `head`: all its lines, and the head after them.
pub(super) fn encode<P: Serialize + DeserializeOwned>(
    head: Head,
    decision: &[P],
) -> Result<(Vec<u8>, Head), serde_json::Error> {
    let mut head = head;
    let mut bytes = Vec::new();
    for (index, record) in decision.iter().enumerate() {
        let last = index + 1 == decision.len();
        let record = serde_json::to_string(record)?;
        let seq = head.seq + 1;
        let mut line = format!("{{\"seq\":{seq},\"prev\":\"{}\",\"last\":{last},\"record\":{record}", head.sha256);
        let check = check_of(line.as_bytes());
        line.push_str(BEFORE_CHECK);
        line.push_str(&check);
        line.push_str(AFTER_CHECK);
        // What cannot be read back (a number that is no number becomes null) must not be written.
        serde_json::from_str::<Line<P>>(&line)?;
        head = Head { seq, sha256: hash_of(line.as_bytes()) };
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    Ok((bytes, head))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<R> {
    seq: u64,
    prev: Sha256,
    last: bool,
    record: R,
    #[serde(rename = "check")]
    _check: String,
}

/// Verifies one line against the head before it, and reads it.
fn examine<P: DeserializeOwned>(line: &[u8], before: Head) -> Result<Line<P>, ChainFault> {
    let seq = before.seq + 1;
    checked(line).map_err(|problem| match problem {
        CheckProblem::Shape(problem) => ChainFault::NotARecord { line: seq, problem: problem.to_owned() },
        CheckProblem::Differs { expected, found } => ChainFault::Changed { line: seq, expected, found },
    })?;
    match serde_json::from_slice::<Line<P>>(line) {
        Ok(parsed) => fits(&parsed, before).map(|()| parsed),
        Err(unknown) => {
            let parsed: Line<IgnoredAny> = serde_json::from_slice(line)
                .map_err(|error| ChainFault::NotARecord { line: seq, problem: error.to_string() })?;
            fits(&parsed, before)?;
            Err(ChainFault::Unknown { line: seq, problem: unknown.to_string() })
        }
    }
}

fn fits<R>(line: &Line<R>, before: Head) -> Result<(), ChainFault> {
    let seq = before.seq + 1;
    if line.seq != seq {
        return Err(ChainFault::Sequence { line: seq, found: line.seq });
    }
    if line.prev != before.sha256 {
        return Err(ChainFault::Replaced { line: before.seq.max(1), expected: line.prev, found: before.sha256 });
    }
    Ok(())
}

enum CheckProblem {
    Shape(&'static str),
    Differs { expected: String, found: String },
}

/// Compares a line with the check at its end.
fn checked(line: &[u8]) -> Result<(), CheckProblem> {
    if line.len() > MOST_LINE_BYTES {
        return Err(CheckProblem::Shape("it is too long"));
    }
    let text = std::str::from_utf8(line).map_err(|_| CheckProblem::Shape("it is not text"))?;
    let split = text.strip_suffix(AFTER_CHECK).and_then(|text| {
        let (text, check) = text.split_at_checked(text.len().checked_sub(CHECK_DIGITS)?)?;
        Some((text.strip_suffix(BEFORE_CHECK)?, check))
    });
    let (body, expected) = split.ok_or(CheckProblem::Shape("it does not end with a check"))?;
    let found = check_of(body.as_bytes());
    if found == expected { Ok(()) } else { Err(CheckProblem::Differs { expected: expected.to_owned(), found }) }
}

fn check_of(bytes: &[u8]) -> String {
    hash_of(bytes).to_string()[..CHECK_DIGITS].to_owned()
}

/// SHA-256 of bytes.
pub(super) fn hash_of(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}
