use serde::{Deserialize, Serialize};

use super::refusal::{check_filled, check_name, check_names, check_version};
use super::{LibraryRefusal, RonForm};
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

impl Checklist {
    /// The item of a name.
    pub fn item(&self, id: &str) -> Option<&ChecklistItem> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The items under their headings, in order.
    pub fn groups(&self) -> Vec<(&str, &[ChecklistItem])> {
        let chunks = self.items.chunk_by(|left, right| left.group == right.group);
        chunks.filter_map(|items| Some((items.first()?.group.as_str(), items))).collect()
    }
}

impl RonForm for Checklist {
    type Refusal = LibraryRefusal;

    const KIND: &'static str = "checklist";

    fn check_form(&self) -> Result<(), LibraryRefusal> {
        check_name("checklist", &self.name)?;
        check_version("checklist", self.version)?;
        if self.items.is_empty() {
            return Err(LibraryRefusal::Empty { field: "list of items", of: self.name.clone() });
        }
        check_names("checklist item", self.items.iter().map(|item| item.id.as_str()))?;
        for item in &self.items {
            check_filled("group", &item.id, &item.group)?;
            check_filled("text", &item.id, &item.text)?;
            check_filled("hint", &item.id, &item.hint)?;
        }
        let groups: Vec<&str> = self.groups().into_iter().map(|(group, _)| group).collect();
        match groups.iter().enumerate().find(|(at, group)| groups[..*at].contains(group)) {
            Some((_, group)) => Err(LibraryRefusal::GroupSplit { group: (*group).to_owned() }),
            None => Ok(()),
        }
    }
}
