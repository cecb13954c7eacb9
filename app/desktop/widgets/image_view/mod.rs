//! One picture, or two to be compared: zoom at the pointer, pan, fit, 100 %, side by side, flicker, slider, pixels, pins.

mod camera;
mod data;
mod draw;
mod keys;
mod mask_layer;
mod overlay;
mod picture;
mod strip;
mod ui;

pub use camera::{Camera, Zoom};
pub use data::{Compare, ImageView, Keys, PictureNames, Pin, SHORTCUTS, Trace, TraceStep, ViewEvent, ViewTool};
pub use keys::has_focus;
pub use mask_layer::MaskLayer;
pub use overlay::Overlay;
pub use picture::PictureTexture;
pub use ui::{Pictures, show, show_plain};
