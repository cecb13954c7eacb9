//! The selected image, large: zoom, compare, pins, pixel values.

mod ui;

pub use ui::CanvasPanel;
