//! What every project draws on: styles, negative prompts, examples, checklists, templates and the workflow document.

mod checklist;
mod examples;
mod negative;
mod refusal;
mod ron_file;
mod style;
mod template;
#[cfg(test)]
mod tests;
mod workflow_document;

pub use checklist::{Checklist, ChecklistItem};
pub use examples::SkeletonExamples;
pub use negative::{NegativeEntry, NegativeLibrary, NegativeSet};
pub use refusal::LibraryRefusal;
pub(crate) use ron_file::read_text;
pub use ron_file::{MOST_BYTES, RonFileRefusal, RonForm, RonRefusal, from_ron, read_ron, to_ron};
pub use style::{Style, StyleLibrary, StyleSettings};
pub use template::Template;
pub use workflow_document::{Definition, RoleText, Span, StageText, TriggerText, WorkflowDocument, WorkflowNumbers};
