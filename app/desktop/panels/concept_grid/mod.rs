//! Styles as rows, variations as columns; the moodboard; the rows of a volume run with their cull; the candidates at
//! the gate.

pub mod data;
#[cfg(test)]
mod tests;
mod ui;

#[cfg(test)]
pub(in crate::panels) use tests::world;
pub use ui::{CULL_SHORTCUTS, ConceptGridPanel};
