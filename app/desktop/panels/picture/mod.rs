//! The panel with the picture, or with what to do about its absence.

mod data;
mod ui;

pub use data::{PictureData, data};
pub use ui::show;
