use crate::CropBox;

/// Why a request was refused, each in one sentence that says what to do. Nothing is corrected silently.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A side is not a multiple of 8. It is refused, not rounded, so that the size in a recipe is always the size of the file.
    #[error("{side} must be a multiple of 8 and is {value}: use {below} or {above}")]
    NotMultipleOf8 {
        /// `width` or `height`.
        side: &'static str,
        /// What was asked for, in pixels.
        value: u32,
        /// Nearest valid size below.
        below: u32,
        /// Nearest valid size above.
        above: u32,
    },
    /// A side is too small or too large to be meant.
    #[error("{side} must be between {least} and {most} pixels and is {value}")]
    SideOutOfRange {
        /// `width` or `height`.
        side: &'static str,
        /// What was asked for, in pixels.
        value: u32,
        /// Smallest side in pixels.
        least: u32,
        /// Largest side in pixels.
        most: u32,
    },
    /// Too few or too many steps.
    #[error("steps must be between 1 and {most} and is {value}")]
    Steps {
        /// What was asked for.
        value: u32,
        /// Largest step count.
        most: u32,
    },
    /// Guidance that is not a number, negative or absurd.
    #[error("guidance must be a number from 0 to {most} and is {value}")]
    Guidance {
        /// What was asked for.
        value: f64,
        /// Largest guidance scale.
        most: f64,
    },
    /// Guidance rescale outside 0 to 1.
    #[error("guidance rescale must be a number from 0 to 1 and is {value}")]
    GuidanceRescale {
        /// What was asked for.
        value: f64,
    },
    /// Strength of 0, above 1, or no number.
    #[error("strength must be a number above 0 and at most 1 and is {value}")]
    Strength {
        /// What was asked for.
        value: f64,
    },
    /// A clip skip that no text encoder has.
    #[error("clip skip must be between 1 (the last layer) and {most} and is {value}")]
    ClipSkip {
        /// What was asked for.
        value: u32,
        /// Largest clip skip.
        most: u32,
    },
    /// No image at all, or more than one run can hold.
    #[error("count must be between 1 and {most} and is {value}")]
    Count {
        /// What was asked for.
        value: u32,
        /// Largest count of one run.
        most: u32,
    },
    /// Counting up the seed would pass the largest seed.
    #[error("seed {seed} leaves no room to count up {count} images: use a seed of at most {most}")]
    SeedOverflow {
        /// First seed.
        seed: u64,
        /// Images asked for.
        count: u32,
        /// Largest first seed for this count.
        most: u64,
    },
    /// A prompt longer than anything that a person writes.
    #[error("the {field} has {chars} characters and at most {most} are accepted: shorten it")]
    PromptTooLong {
        /// `prompt` or `negative prompt`.
        field: &'static str,
        /// Its length in characters.
        chars: usize,
        /// Longest text in characters.
        most: usize,
    },
    /// A NUL character, which no image file's metadata can hold.
    #[error("the {field} contains a NUL character: remove it")]
    PromptNul {
        /// `prompt` or `negative prompt`.
        field: &'static str,
    },
    /// An init image that has not the size of the request.
    #[error("the init image is {image_width}x{image_height} and the request {width}x{height}: make them the same size")]
    ImageSize {
        /// Width of the init image in pixels.
        image_width: u32,
        /// Height of the init image in pixels.
        image_height: u32,
        /// Width asked for in pixels.
        width: u32,
        /// Height asked for in pixels.
        height: u32,
    },
    /// A mask that has not the size of the init image.
    #[error(
        "the mask is {mask_width}x{mask_height} and the init image {image_width}x{image_height}: make them the same size"
    )]
    MaskSize {
        /// Width of the mask in pixels.
        mask_width: u32,
        /// Height of the mask in pixels.
        mask_height: u32,
        /// Width of the init image in pixels.
        image_width: u32,
        /// Height of the init image in pixels.
        image_height: u32,
    },
    /// A crop that is empty or leaves the picture.
    #[error(
        "the crop is {}x{} from {}, {} and the picture {width}x{height}: move it into the picture or make it smaller",
        crop.width, crop.height, crop.x, crop.y
    )]
    CropOutside {
        /// The crop in pixels of the picture.
        crop: CropBox,
        /// Width of the picture with its margins in pixels.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A crop in another proportion than the size that is generated.
    #[error(
        "the crop is {}x{} and is generated at {width}x{height}, which squeezes it: choose sides in the same proportion",
        crop.width, crop.height
    )]
    CropShape {
        /// The crop in pixels of the picture.
        crop: CropBox,
        /// Width that is generated in pixels.
        width: u32,
        /// Height that is generated in pixels.
        height: u32,
    },
    /// A blend band wider than any seam.
    #[error("the blend band must be at most {most} pixels and is {value}")]
    Blend {
        /// What was asked for, in pixels.
        value: u32,
        /// Widest band in pixels.
        most: u32,
    },
    /// Margins that are all 0.
    #[error("the picture is to be extended by nothing: give one side a margin or leave it as it is")]
    NoMargin,
    /// A strength of the seed's variation of 0, above 1, or no number.
    #[error("the strength of the seed's variation must be a number above 0 and at most 1 and is {value}")]
    VariationStrength {
        /// What was asked for.
        value: f64,
    },
    /// A model reference that names no file.
    #[error(
        "the model \"{name}\" has no weight files: choose a folder or a .safetensors file that holds a whole model"
    )]
    ModelWithoutFiles {
        /// Name of the model.
        name: String,
    },
    /// A recipe for another numerics revision.
    #[error(
        "the recipe is for numerics revision {asked} and this version of Kento computes with revision {here}: render it with Kento {version} or make a new recipe revision"
    )]
    Numerics {
        /// Revision in the recipe.
        asked: u32,
        /// Revision of this program.
        here: u32,
        /// Version of the program that the recipe names.
        version: String,
    },
}
