//! What the bar at the top says about model and device.

mod data;

pub use data::{TopBarData, data};
