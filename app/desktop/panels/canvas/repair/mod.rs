//! Repairing what is masked: what is asked for, and the strip of candidates of which one is accepted.

mod act;
mod bar;
mod box_menu;
mod data;
mod extension;
mod model_menu;
mod strip;

pub use act::RepairAct;
pub use bar::{BarInput, RepairAsk, show_repair_bar};
pub use data::{Masked, RepairForm, RepairPlan, box_limits, edges, frame, frame_limits, margins, rect};
pub use strip::{Candidate, StripAsk, StripSight, candidates, show_strip};
