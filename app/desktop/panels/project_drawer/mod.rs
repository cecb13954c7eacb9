//! The project drawer: who acts in the project, its workflow document, its project review and the figures of its rules. What
//! is no stage of the work but governs it stands here.

mod data;
mod rules;
#[cfg(test)]
mod tests;
mod ui;

pub use ui::ProjectDrawer;
