/// Which image masks belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageKey {
    /// SHA-256 of the image's file.
    pub sha256: [u8; 32],
    /// Width and height in pixels.
    pub size: [u32; 2],
}
