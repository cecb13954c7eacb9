//! The bar at the bottom: what the engine does.

mod data;
mod ui;

pub use data::{BottomBarData, data};
pub use ui::show;
