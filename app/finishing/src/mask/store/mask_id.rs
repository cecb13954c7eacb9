/// A mask in a [`super::MaskStore`]; never given out twice in one file, so it stays the same through renaming and reordering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaskId(pub(super) u32);

impl MaskId {
    /// The number, for labels and for the names of widgets.
    pub fn number(self) -> u32 {
        self.0
    }
}
