//! The studio at work: one project, the person who acts in it, and the engine that renders its jobs. Everything that happens
//! goes through here in one order: decide, save, fold, and only then render or show.
//!
//! Nothing here draws. The window runs a [`Workbench`] on a thread of its own; the command line runs one directly.

mod error;
mod finished;
mod happened;
mod held_picture;
mod model_shelf;
mod pixels;
mod proving;
mod second_render;
mod studio_project;
mod studio_thread;
mod workbench;
#[cfg(test)]
mod workbench_tests;

pub use error::StudioError;
pub use finished::verify_finished;
pub use happened::{Happened, Move, Woken};
pub use model_shelf::ModelShelf;
pub use pixels::{pixels_sha256, similarity};
pub use proving::{Verification, lock, verify};
pub use second_render::{DIFFERENCE_GAIN, SecondPictures, SecondRender, second_pictures};
#[cfg(test)]
pub(crate) use studio_project::start_for_tests;
pub use studio_project::{CHECKLIST, NEGATIVES, Opened, StudioProject, WORKFLOW, documents_of};
pub use studio_thread::{OpenedProject, Request, StudioThread, Update};
pub use workbench::{Workbench, can_be_gone};
