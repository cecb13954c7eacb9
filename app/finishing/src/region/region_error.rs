use crate::PixelRect;

/// Why a region cannot be cut out or put back, each in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegionError {
    /// Nothing is masked.
    #[error("the mask is empty: paint over what is to be made anew")]
    EmptyMask,
    /// A mask of another size than the picture.
    #[error("the mask has {bytes} pixels and the picture {width}x{height}: make them the same size")]
    MaskSize {
        /// Pixels of the mask.
        bytes: usize,
        /// Width of the picture in pixels.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A crop that is empty or leaves the picture.
    #[error(
        "the crop is {}x{} from {}, {} and the picture {width}x{height}: move it into the picture or make it smaller",
        crop.width, crop.height, crop.x, crop.y
    )]
    CropOutside {
        /// The crop.
        crop: PixelRect,
        /// Width of the picture in pixels.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A crop beside the mask.
    #[error("the crop contains nothing of the mask: move it over what is masked")]
    CropMissesMask,
    /// A crop that leaves a part of the mask out.
    #[error("a part of the mask lies outside the crop: make the crop larger or the mask smaller")]
    CropCutsMask,
    /// A generated size that no model makes.
    #[error("a region is generated at sides of a multiple of 8 and not at {width}x{height}: choose such sides")]
    GeneratedSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A generated picture of another size than was asked for.
    #[error(
        "the region came back as {width}x{height} and {wanted_width}x{wanted_height} was asked for: generate it again"
    )]
    OtherSize {
        /// Width that came in pixels.
        width: u32,
        /// Height that came in pixels.
        height: u32,
        /// Width that was asked for in pixels.
        wanted_width: u32,
        /// Height that was asked for in pixels.
        wanted_height: u32,
    },
}
