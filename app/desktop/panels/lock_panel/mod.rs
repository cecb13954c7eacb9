//! The recipe card: prompt skeleton, settings, what differs from the parent, the proof, the lock, the volume run.

#[cfg(test)]
pub(in crate::panels) mod test_project;
mod ui;

pub use ui::LockPanel;
