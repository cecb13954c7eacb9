//! What every project draws on: styles, negative prompts, examples, checklists, templates and the workflow document.

mod checklist;

pub use checklist::{Checklist, ChecklistItem};
