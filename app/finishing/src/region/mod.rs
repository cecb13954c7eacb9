//! A part of a picture that is made anew: which box is brought to the size that a model is good at, what stands in the hole before,
//! and how the result is put back so that no seam shows.

mod crop;
mod distance;
mod drag;
mod extend;
mod field;
mod fill;
mod membrane;
mod ratio;
mod region_error;
mod resample;
mod seam;
mod stitch;

pub use crop::{CropRule, bounds, usual_blend};
pub use drag::{BoxLimits, Edges, Grip};
pub use extend::Margins;
pub use fill::Fill;
pub use ratio::Stands;
pub use region_error::RegionError;
pub use seam::{Seam, seams};
pub use stitch::{Brought, Region, Softness};

/// Pixels of the generated picture that become one pixel of the latent, in every supported model.
pub const LATENT_CELL: u32 = 8;
