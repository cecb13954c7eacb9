/// Why two pictures cannot be measured against each other, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DifferenceError {
    /// They have different sizes.
    #[error(
        "one is {}x{} and the other {}x{} pixels: the difference is measured between pictures of one size",
        size[0], size[1], other[0], other[1]
    )]
    OtherSize {
        /// Width and height of the first.
        size: [u32; 2],
        /// Width and height of the second.
        other: [u32; 2],
    },
}
