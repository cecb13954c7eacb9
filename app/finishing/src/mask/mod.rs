//! Masks: which pixels of an image are made anew, and how people say so.
//!
//! A [`Mask`] holds one byte a pixel: 255 is made anew, 0 is kept, what lies between is mixed. It is cut into tiles of 128x128 pixels
//! that clones share, so a mask of 8192x8192 pixels can be copied at every step, and [`History`] is a list of such copies. Nothing here
//! draws, waits or knows a window: a canvas calls these functions and uploads what [`Mask::changed_tiles`] says.
//!
//! - Painting: a [`Brush`] makes a [`Stroke`] segment by segment, steadied by a [`Stabiliser`] if wanted; a [`Shape`] is drawn in one
//!   go. [`Combine`] says how either is joined with what is there.
//! - Selecting from an image, a [`PictureView`]: [`Mask::flood`], [`Mask::of_colour`], [`Mask::from_alpha`], [`Mask::of_difference`].
//! - Changing the whole: [`Mask::inverted`], [`Mask::grown`], [`Mask::shrunk`], [`Mask::feathered`], [`Mask::holes_filled`].
//! - Showing: [`Mask::read`] for textures, [`outline`] for marching ants, [`Mask::share`] and [`Mask::bounds`] for figures.
//! - Keeping: [`Mask::from_png`] and [`Mask::to_png`] for files of people, [`MaskStore`] for every mask of an image while it is painted,
//!   so that a process that is killed loses at most the stroke in progress.
//!
//! Places are in pixels of the image, the upper left corner of the image being 0, 0 and the middle of its first pixel 0.5, 0.5. The
//! same calls give the same bytes on every machine.

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
