//! The bar at the top: which model and which device.

mod data;
mod ui;

pub use data::{Chip, TopBarData, data};
pub use ui::show;
