//! The recipe card: prompt skeleton, settings, what differs from the parent, the proof, the lock, the volume run.

mod ui;

pub use ui::LockPanel;
