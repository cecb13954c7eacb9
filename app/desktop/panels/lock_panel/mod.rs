//! The recipe card: prompt skeleton, settings, what differs from the parent, the proof, the lock, the volume run.

mod applied;
mod axes;
mod begin;
mod data;
mod draft;
mod footer;
#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod job_tests;
mod life;
mod open_card;
mod second;
mod settings;
mod slots;
#[cfg(test)]
mod test_project;
#[cfg(test)]
mod tests;
mod tokens;
mod ui;
#[cfg(test)]
mod ui_tests;

pub use data::chosen;
#[cfg(test)]
pub(in crate::panels) use test_project::{TestProject, jo, keep, mara};
#[cfg(test)]
pub(crate) use test_project::{brief, fingerprint, first_card, sha};
pub use ui::LockPanel;
