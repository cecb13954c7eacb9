use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::timestamp_text;
use crate::SchemaV1;

/// Who has a project open for writing; it lies in `owner.ron` beside the lock, for the one who comes second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    schema: SchemaV1,
    /// Name of the person.
    pub person: String,
    /// Name of the computer.
    pub host: String,
    /// Number of the process on that computer.
    pub pid: u32,
    /// When the project was opened.
    #[serde(with = "timestamp_text")]
    pub since: Timestamp,
}

impl Owner {
    /// This process, on behalf of a person.
    pub fn this_process(person: &str, now: Timestamp) -> Self {
        let since = Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self { schema: SchemaV1, person: person.to_owned(), host: host_name(), pid: std::process::id(), since }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { person, host, pid, since, .. } = self;
        write!(formatter, "{person} on {host} (process {pid}, since {since})")
    }
}

/// Name of this computer, as far as the system gives it without a call.
fn host_name() -> String {
    let from_system = || {
        let known = ["/proc/sys/kernel/hostname", "/etc/hostname"];
        known.iter().find_map(|path| std::fs::read_to_string(path).ok())
    };
    let name = std::env::var("COMPUTERNAME").ok().or_else(from_system).or_else(|| std::env::var("HOSTNAME").ok());
    match name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => name.chars().filter(|c| !c.is_control()).take(80).collect(),
        _ => "an unnamed computer".to_owned(),
    }
}
