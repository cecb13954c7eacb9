use std::fmt;
use std::process::ExitStatus;

use crate::server::EngineExit;

/// Why the engine is gone. Displays as one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossCause {
    /// What happened, for example `killed by signal 9`.
    pub what: String,
    /// The last lines that it wrote to stderr, oldest first.
    pub last_lines: Vec<String>,
}

impl LossCause {
    pub(super) fn exited(status: Option<ExitStatus>, last_lines: Vec<String>) -> Self {
        let what = status.map_or_else(|| "it closed its pipe and does not end".to_owned(), describe);
        Self { what, last_lines }
    }

    pub(super) fn told(what: impl Into<String>, last_lines: Vec<String>) -> Self {
        Self { what: what.into(), last_lines }
    }
}

impl fmt::Display for LossCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the engine stopped: {}", self.what)?;
        match self.last_lines.last() {
            Some(line) => write!(formatter, "; it said: {line}"),
            None => Ok(()),
        }
    }
}

const DEVICE_LOST: &str = "the compute device was lost";

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (_, Some(9)) => "killed by signal 9 (by hand, or by the system when memory runs out)".to_owned(),
        (_, Some(signal @ (4 | 6 | 7 | 8 | 11))) => format!("crashed with signal {signal} (often a graphics driver)"),
        (_, Some(signal)) => format!("killed by signal {signal}"),
        (Some(code), None) if code == EngineExit::DeviceLost as i32 => DEVICE_LOST.to_owned(),
        (Some(code), None) => format!("it ended with exit status {code}"),
        (None, None) => status.to_string(),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    if status.code() == Some(EngineExit::DeviceLost as i32) {
        return DEVICE_LOST.to_owned();
    }
    format!("it ended with {status}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_one_sentence_with_the_last_line() {
        let cause = LossCause::told("killed by signal 6", vec!["a".to_owned(), "panic: no memory".to_owned()]);
        assert_eq!(cause.to_string(), "the engine stopped: killed by signal 6; it said: panic: no memory");
        assert_eq!(LossCause::told("x", Vec::new()).to_string(), "the engine stopped: x");
    }

    #[cfg(unix)]
    #[test]
    fn signals_and_statuses_are_told_apart() {
        use std::os::unix::process::ExitStatusExt as _;
        let text = |raw| LossCause::exited(Some(ExitStatus::from_raw(raw)), Vec::new()).to_string();
        assert!(text(9).contains("memory"));
        assert!(text(11).contains("graphics driver"));
        assert_eq!(text(101 << 8), "the engine stopped: it ended with exit status 101");
    }
}
