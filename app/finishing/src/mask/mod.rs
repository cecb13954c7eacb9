//! Masks: which pixels of an image are made anew, and how people say so.

mod brush;
mod combine;
mod feather;
mod gaussian;
mod grow;
mod history;
mod holes;
mod hull;
mod mask_error;
mod neighbourhood;
mod outline;
mod picture_view;
mod png_file;
mod segment;
mod select;
mod shape;
mod spans;
mod stabiliser;
mod store;
mod stroke;
mod tile;
mod tiled;

pub use brush::Brush;
pub use combine::Combine;
pub use history::History;
pub use mask_error::MaskError;
pub use outline::outline;
pub use picture_view::PictureView;
pub use png_file::{MaskChannel, MaskPng};
pub use shape::Shape;
pub use stabiliser::{Stabiliser, Steadying};
pub use store::{ImageKey, MaskId, MaskStore, NamedMask, OpenedMasks, Repair, Saved, StoreError, Visibility};
pub use stroke::Stroke;
pub use tiled::Mask;
