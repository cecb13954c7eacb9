/// Why a mask cannot be made or changed, each in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// No pixel, or more than a mask can have.
    #[error("a mask is 1 to {most} pixels wide and high, not {}x{}: choose another image", size[0], size[1])]
    Size {
        /// Width and height that were asked for.
        size: [u32; 2],
        /// The longest side.
        most: u32,
    },
    /// A buffer does not have as many bytes as its pixels need.
    #[error("{needed} bytes belong to these pixels, not {given}: give one byte a pixel, row by row")]
    Length {
        /// Bytes that the size asks for.
        needed: u64,
        /// Bytes that were given.
        given: u64,
    },
    /// Two masks, or a mask and an image, have different sizes.
    #[error("one is {}x{} and the other {}x{} pixels: use a mask of this image, or scale it first",
        size[0], size[1], other[0], other[1])]
    OtherSize {
        /// Width and height of the first.
        size: [u32; 2],
        /// Width and height of the second.
        other: [u32; 2],
    },
    /// A point of a shape is not a number or lies more than a million pixels away.
    #[error("a point of the shape is nowhere near the image: draw the shape again")]
    Point,
    /// A place to select from is not in the image.
    #[error("this place is outside the image of {}x{} pixels: choose one inside", size[0], size[1])]
    Outside {
        /// Width and height of the image.
        size: [u32; 2],
    },
    /// A file is no PNG, or a damaged one.
    #[error("this mask cannot be read ({problem}): export it again as a PNG file")]
    Unreadable {
        /// What the decoder says.
        problem: String,
    },
    /// A PNG could not be made.
    #[error("this mask cannot be written as a PNG ({problem}): free some memory and try again")]
    Unwritable {
        /// What the encoder says.
        problem: String,
    },
}
