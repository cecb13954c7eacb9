//! A box over a picture, or around one, whose edges and corners can be dragged: in whole pixels, as far as its limits let it. Only its
//! lines and handles take the pointer, so that whatever else the pointer does on the picture goes on inside and outside of it.

mod data;
#[cfg(test)]
mod tests;
mod ui;

pub use data::{BoxDrag, BoxEvent, PixelBox};
pub use ui::{BoxPlace, follow, paint};
