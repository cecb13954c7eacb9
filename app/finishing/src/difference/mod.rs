//! How far two pictures of one size differ, pixel by pixel, and that as colours.

mod difference_error;
mod heat;
mod map;

pub use difference_error::DifferenceError;
pub use heat::{HEAT_STOPS, UNCHANGED, heat};
pub use map::Difference;
