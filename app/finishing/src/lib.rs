//! Pixels after generation: masks and how they are painted, the region of a repair and how it is put back, how far two pictures
//! differ. It must never know the workflow, a model, a device or a window: everything here is bytes in, bytes out, and the same on
//! every machine.

pub mod difference;
pub mod mask;
mod mix;
mod palette;
mod pixel_rect;
pub mod region;

pub use mix::{MixError, mix, mixed_value};
pub use palette::{PaletteShare, TOLERANCE, colour_counts, palette_share};
pub use pixel_rect::PixelRect;
