use serde::{Deserialize, Serialize};

use crate::SchemaV1;

/// A checklist as it is defined: what is asked, not what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Name of the list, for example `review-full`.
    pub name: String,
    /// Version of the list itself, counted up with every change.
    pub version: u32,
    /// The items in the order in which they are asked.
    pub items: Vec<ChecklistItem>,
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Name that verdicts refer to, unique in the list: `[a-z0-9-]`.
    pub id: String,
    /// Heading that it stands under, for example `Visual`.
    pub group: String,
    /// What is asked, as a statement that passes or fails.
    pub text: String,
    /// Whether a pass counts only with a file or a figure attached.
    pub needs_evidence: bool,
    /// How to look.
    pub hint: String,
}
