//! What the bar at the bottom says about the engine.

mod data;

pub use data::{BottomBarData, data};
