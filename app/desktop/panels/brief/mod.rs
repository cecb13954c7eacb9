//! The brief: one sentence, the fields, what is missing. A form for who may write it, a page for everybody else.

mod data;
mod deliverables;
mod fields;
mod form;
mod palette;
mod reading;
#[cfg(test)]
mod tests;
mod ui;
#[cfg(test)]
mod ui_tests;

pub use ui::BriefPanel;
