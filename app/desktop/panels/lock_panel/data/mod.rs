//! What the panel shows, as text and numbers.

mod cards;
mod jobs;
mod proof;
mod steps;
mod volume;

pub use cards::{
    LibraryChoice, begin_choices, card_lines, chosen, context, editing, first_comes, history, library_choices, parent,
    revisions, trouble,
};
#[cfg(test)]
pub use proof::is_approved;
pub use proof::{HeroData, difference_name, failed_box, hero, proof_box};
pub use steps::{CardPart, Edited, Step, StepButton, command, parts, run_command, steps};
pub use volume::{LeftOut, MOST_PREVIEWED, VolumeData, row_lines, run_label, run_lines, volume};
