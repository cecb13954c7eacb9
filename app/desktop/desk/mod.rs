//! The desk: an open project as the window has it. It holds the latest state that the studio's thread sent, what is selected
//! and what the four panels remember; it sends what people decide and waits for nothing.

mod colours;
mod contents;
mod frame_data;
mod input;
mod kept;
mod new_file;
mod opening;
mod periods;
mod project_desk;
mod reading;
mod taking;

pub use contents::{DeskContents, Sight};
#[cfg(test)]
pub(crate) use frame_data::stages;
#[cfg(test)]
pub use input::NOTHING_INTERRUPTED;
pub use input::{Libraries, OfferedColours, PanelAsk, PanelInput, Running, Selection};
pub use kept::{Kept, Moment};
pub use opening::Opening;
#[cfg(test)]
pub(crate) use periods::bars;
pub use project_desk::{Desk, Notice};
