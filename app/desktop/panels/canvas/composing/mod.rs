//! Help for composition: rulers, guides of the brief's deliverables and own ones, the grid of pixels, turning the view.

mod data;
mod kept;
mod labels;
mod own;
mod ui;

pub use data::{Composing, Turn};
pub use ui::show_menu;
