//! The panels of the window. Each is `data.rs`, what to show as plain text and numbers, and `ui.rs`, which draws it. Panels read
//! state and send commands; they change nothing themselves.

pub mod acts;
pub mod bottom_bar;
pub mod brief;
pub mod budget;
pub mod canvas;
pub mod checklist;
pub mod concept_grid;
pub mod lock_panel;
pub mod picture;
pub mod project_drawer;
pub mod prompt;
pub mod top_bar;
pub mod waiting;
