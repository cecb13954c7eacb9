//! One picture, or two to be compared: zoom at the pointer, pan, fit, 100 %, side by side, flicker, slider, pixels, pins.

mod camera;
mod data;
mod keys;
mod picture;
mod strip;
mod ui;

pub use camera::{Camera, Zoom};
pub use data::{Compare, ImageView, PictureNames, Pin, SHORTCUTS, ViewEvent, ViewTool};
pub use keys::has_focus;
pub use picture::{MaskTexture, PictureTexture};
pub use ui::{Pictures, show, show_plain};
