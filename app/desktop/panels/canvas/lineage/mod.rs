//! How an image came to be: everything that was made from the same first image, as a graph that can be stepped through.

mod data;
mod ui;

pub use data::{Discarded, lineage_nodes};
pub use ui::{lineage_height, show_lineage};
