//! The parts that panels are made of. Each is data, plain text and numbers without egui's types, and a function that draws it and says
//! what the user did. Nothing here knows the workflow, the project or the engine.

mod allowed;
mod buttons;
mod checklist_row;
mod colour_wells;
pub mod command_palette;
pub mod contact_sheet;
mod empty_state;
mod hash_label;
pub mod image_view;
mod marks;
mod meter;
mod pick_list;
pub mod pixel_box;
mod proof_box;
mod relative_time;
mod segmented;
mod shortcuts;
mod slot_field;
pub mod thumbnails;
pub mod toasts;
mod tour_card;

pub use allowed::{Allowed, sentence};
pub use buttons::{ActionButton, ButtonLook, IconButton, show_button_row};
pub use checklist_row::{Answer, ChecklistEvent, ChecklistGroup, ChecklistRow, show_checklist_group};
pub use colour_wells::{ColourWell, WellEvent, show_colour_wells};
pub use empty_state::{EmptyState, show_empty_state};
pub use hash_label::{hash_label, shortened};
pub use meter::{Completeness, show_completeness};
pub use pick_list::pick_list;
pub use proof_box::{ProofBox, ProofPictures, ProofVerdict, show_proof};
pub use relative_time::{absolute, relative, relative_time_label};
pub use segmented::{Segment, SegmentLook, segmented};
pub use shortcuts::{Shortcut, ShortcutGroup, show_shortcuts};
pub use slot_field::{SlotField, field_label, show_slot};
pub use tour_card::{TourCard, TourEvent, show_outline, show_tour_card};
