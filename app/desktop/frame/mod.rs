//! The frame of the window: bar at the top with the stages and the role, four panels, bar at the bottom with the job and the numbers,
//! drawers, messages, the command palette. It knows what to draw from [`FrameData`] and says what the user did as [`FrameEvent`]s.

mod bottom_bar;
mod data;
mod entries;
mod layout;
mod numbers_drawer;
mod panels;
mod queue_drawer;
mod stage_rail;
mod state;
mod top_bar;
mod waiting_drawer;

pub use data::{
    Chip, Criterion, DeviceLine, FrameData, FrameEvent, JobLine, Number, NumberBar, NumbersBy, QueueRow, QueueState,
    Saved, Stage, StageState, Trend, Unit, WaitingRow,
};
pub use entries::FRAME_SHORTCUTS;
pub use layout::{LayoutMistake, LayoutNode, PanelKind, RoleLayout, WindowLayout};
pub use panels::{PanelContents, foot_line, padded};
pub use stage_rail::{forget_skip_reasons, has_skip_reason};
pub use state::{Drawer, Region, WindowFrame};
pub use top_bar::shortened;
