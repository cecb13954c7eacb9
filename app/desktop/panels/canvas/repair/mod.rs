//! Repairing what is masked: what is asked for, and the strip of candidates of which one is accepted.

mod bar;
mod data;
mod strip;

pub use bar::{RepairAsk, show_repair_bar};
pub use data::{Masked, RepairForm, RepairPlan};
pub use strip::{Candidate, StripAsk, candidates, show_strip};
