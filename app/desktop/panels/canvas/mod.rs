//! The selected image, large: zoom, compare, pins, pixel values, where it came from. Files are read on a thread of their own.

mod data;
mod fresh_look;
mod pins;
mod shelf;
mod ui;

pub use data::{CanvasData, canvas_data, context, fresh_view, grouped, step};
pub use fresh_look::FreshLook;
pub use pins::{PinWanted, PlacedPin};
pub use ui::CanvasPanel;
