//! Two candidates put together by a mask, as the window and `kento verify` do it.

use image::RgbImage;
use kento_engine::protocol::Pixels;
use kento_finishing::mask::{Mask, MaskChannel};

/// The second picture where the mask (a PNG file) is full, the first where it is empty.
///
/// # Errors
/// One sentence, where the sizes do not fit or nothing is masked.
pub fn mix(first: &Pixels, second: &Pixels, mask: &[u8]) -> Result<Pixels, String> {
    let picture = |pixels: &Pixels| {
        let picture = RgbImage::from_raw(pixels.width, pixels.height, pixels.data.clone());
        picture.ok_or("a picture has not three bytes a pixel: make it again")
    };
    let (first, second) = (picture(first)?, picture(second)?);
    let size = [first.width(), first.height()];
    let mask = Mask::from_png(mask, size, MaskChannel::Grey).map_err(|error| error.to_string())?;
    let mixed = kento_finishing::mix(&first, &second, &mask).map_err(|error| error.to_string())?;
    Ok(Pixels { width: size[0], height: size[1], channels: 3, data: mixed.into_raw() })
}
