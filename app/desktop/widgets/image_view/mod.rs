//! One picture, or two to be compared: zoom at the pointer, pan, fit, 100 %, side by side, flicker, slider, heat
//! map, turning, rulers, pixels, pins.

mod camera;
mod data;
mod draw;
mod guide;
mod heat;
mod keys;
mod live;
mod mask_layer;
mod mix_layer;
mod overlay;
mod picture;
mod pixel_grid;
mod plane;
mod rulers;
mod strip;
mod ui;

pub use camera::{Camera, Zoom};
pub use data::{Compare, ImageView, Keys, PictureNames, Pin, SHORTCUTS, Trace, TraceStep, ViewEvent, ViewTool};
pub use guide::{Guide, GuideLine};
pub use heat::{Heat, HeatMap};
pub use keys::{TURN_STEP, has_focus};
pub use live::Live;
pub use mask_layer::MaskLayer;
pub use mix_layer::{MixLayer, ShownMix, Sight};
pub use overlay::Overlay;
pub use picture::PictureTexture;
pub use pixel_grid::PixelGrid;
pub use plane::Plane;
pub use rulers::{Pulled, RulerEvent, Rulers};
pub use ui::{Pictures, show, show_plain};
