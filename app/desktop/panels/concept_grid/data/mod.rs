//! What the panel shows, as text and numbers, and what its controls ask for.

mod board;
mod cull;
mod full;
mod plan;
mod review;
mod run;
mod sprint;
mod tiles;
mod variations;
mod view;

pub use board::{BoardData, BoardDraft, DirectionData};
pub use cull::{CullMode, REASON_KEYS, Rejecting};
pub use full::{CullSummary, FullCull};
pub use plan::{PlanColumn, PlanData, PlanForm, StyleChoice, style_label};
pub use review::ReviewData;
pub use run::{Pause, RunData, RunRow};
pub use sprint::SprintData;
pub use tiles::{Cell, Pictures, Troubles};
pub use variations::is_variation;
pub use view::{View, ViewChoice, context};

use crate::cli::duration;

/// A time that was measured, or that it was not.
fn time_text(secs: Option<f64>) -> String {
    secs.map_or_else(|| "not measured yet".to_owned(), |secs| format!("about {}", duration(secs)))
}

/// `1 picture`, `2 pictures`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
