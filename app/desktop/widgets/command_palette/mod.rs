//! The command palette: everything that can be done, found by typing a few of its letters.

mod data;
mod ui;

pub use data::{CommandPalette, PaletteEntry, matching, score};
pub use ui::show;
