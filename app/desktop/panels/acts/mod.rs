//! Every governed act in one list, for the command palette: what can be done now, and why the rest cannot.

mod data;
#[cfg(test)]
mod tests;

pub use data::{Act, How, Place, Unsaved, acts, also};
