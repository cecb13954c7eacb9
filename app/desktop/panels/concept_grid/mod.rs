//! Styles as rows, variations as columns; the moodboard; the rows of a volume run with their cull.

mod ui;

pub use ui::ConceptGridPanel;
