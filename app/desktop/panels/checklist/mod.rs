//! The checklist of the selected image: the artefact gate and the review gate.

mod ui;

pub use ui::ChecklistPanel;
