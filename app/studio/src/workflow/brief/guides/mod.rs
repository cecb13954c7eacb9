//! What a brief says about composition, read from its deliverables and its free texts: proportions, margins that stay free, and the
//! part of a picture that is kept for words. Nothing is guessed: what cannot be read is told.

mod copy_space;
mod list;
mod margin;
mod size_unit;
mod text;

pub use copy_space::{CopyShare, CopySide, CopySpace};
pub use list::{CompositionGuides, DeliverableGuides};
pub use margin::SafeMargin;
pub use size_unit::SizeUnit;
