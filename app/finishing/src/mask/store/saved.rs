use super::StoreError;

/// What became of a change. It is made in memory in any case.
#[derive(Debug)]
#[must_use = "people have to be told where their masks are not on the drive"]
pub enum Saved {
    /// It is on the drive.
    OnDrive,
    /// The drive refuses it. Everything that is not saved is tried again with the next change or with
    /// [`super::MaskStore::retry`]. This is said once, with a sentence to be shown.
    Failed(StoreError),
    /// The drive still refuses, which was said already.
    Waiting,
}

impl Saved {
    /// Whether everything is on the drive.
    pub fn is_on_drive(&self) -> bool {
        matches!(self, Self::OnDrive)
    }
}
