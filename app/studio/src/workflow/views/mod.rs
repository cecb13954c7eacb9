//! What panels show, computed from the state without any type of a window.

mod gate;
mod grid;
mod stages;

pub use gate::GateStanding;
pub use grid::{GridCell, GridRow, TileStatus};
pub use stages::{StageStatus, StageView};
