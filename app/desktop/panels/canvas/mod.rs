//! The selected image, large: zoom, compare, pins, pixel values, where it came from. Files are read on a thread of their own.

mod around;
mod data;
mod fresh_look;
mod lineage;
mod masking;
mod pins;
mod repair;
mod repairing;
mod shelf;
mod stand_in;
mod ui;

pub use data::{CanvasData, canvas_data, context, fresh_view, grouped, step};
pub use fresh_look::FreshLook;
pub use masking::MASK_SHORTCUTS;
pub use pins::{PinWanted, PlacedPin};
pub use shelf::{Broken, PictureKey, PictureShelf, Pixels};
pub use stand_in::{show_broken, show_stand_in};
pub use ui::CanvasPanel;
