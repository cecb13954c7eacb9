//! Masks of the picture in the canvas: tools, undo, names, and that nothing of them is ever lost. What is masked is nobody's decision
//! and no record; it lies in `masks/` of the project until it is part of a repair.

mod bar;
mod data;
mod kept;
#[cfg(test)]
mod tests;
mod tools;
mod work;

pub use bar::{BarInput, MaskAct, show_mask_bar};
pub use data::{Masking, Traced, differences};
pub use kept::{KeptAnswer, KeptMasks, MaskChange};
pub use tools::{MASK_SHORTCUTS, MaskSight, MaskTool, MaskTools, Reach, Step};
pub use work::{Made, MaskWork};
