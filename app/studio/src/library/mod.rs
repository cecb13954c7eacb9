//! What every project draws on: styles, negative prompts, examples, checklists, templates and the workflow document.

mod checklist;
mod ron_file;

pub use checklist::{Checklist, ChecklistItem};
pub use ron_file::{MOST_BYTES, RonFileRefusal, RonForm, RonRefusal, from_ron, read_ron, to_ron};
