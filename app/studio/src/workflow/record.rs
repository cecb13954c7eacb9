use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Action, Role};
use crate::{PersonName, SchemaV1};

/// One line of the record log: who did what, under which hat and when. Order is by sequence number, never by time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Version of this form.
    pub schema: SchemaV1,
    /// The hat.
    pub role: Role,
    /// The person.
    pub by: PersonName,
    /// When, for people.
    #[serde(with = "crate::as_text")]
    pub at: Timestamp,
    /// What was done.
    pub action: Action,
}
