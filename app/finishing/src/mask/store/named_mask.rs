use super::MaskId;
use crate::mask::Mask;

/// Whether a mask is drawn over the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Visibility {
    /// Drawn.
    #[default]
    Shown,
    /// Kept, not drawn.
    Hidden,
}

/// One of the masks of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedMask {
    /// What it is known by.
    pub id: MaskId,
    /// What people call it.
    pub name: String,
    /// Whether it is drawn.
    pub visibility: Visibility,
    /// The mask.
    pub mask: Mask,
}
