//! The brief: one sentence, the fields, what is missing.

mod ui;

pub use ui::BriefPanel;
