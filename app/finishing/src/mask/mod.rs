//! Masks: which pixels of an image are made anew, and how people say so.

mod brush;
mod combine;
mod hull;
mod mask_error;
mod segment;
mod shape;
mod spans;
mod stabiliser;
mod stroke;
mod tile;
mod tiled;

pub use brush::Brush;
pub use combine::Combine;
pub use mask_error::MaskError;
pub use shape::Shape;
pub use stabiliser::{Stabiliser, Steadying};
pub use stroke::Stroke;
pub use tiled::Mask;
