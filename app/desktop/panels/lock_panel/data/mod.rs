//! What the panel shows, as text and numbers.

mod cards;
mod proof;
mod steps;
mod volume;

pub use cards::{
    CardLine, begin_choices, card_lines, chosen, context, differences, editing, history, revisions, trouble,
};
pub use proof::{HeroData, hero, proof_box};
pub use steps::{Edited, Step, StepButton, command, run_command, steps};
pub use volume::{MOST_PREVIEWED, row_lines, run_lines, volume};
