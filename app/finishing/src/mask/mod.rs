//! Masks: which pixels of an image are made anew, and how people say so.

mod mask_error;
mod tile;
mod tiled;

pub use mask_error::MaskError;
pub use tiled::Mask;
