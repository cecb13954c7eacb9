//! What two renders are compared by: a hash of the decoded pixels, and where it differs a score of how alike they look.

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use kento_engine::protocol::Pixels;
use kento_studio::Sha256;
use sha2::Digest as _;

/// Hash of decoded pixels: width and height as 32-bit little-endian numbers, then the rows as RGB bytes. Another PNG encoder
/// or other metadata do not change it.
pub fn pixels_sha256(pixels: &Pixels) -> Sha256 {
    let mut hash = sha2::Sha256::new();
    hash.update(pixels.width.to_le_bytes());
    hash.update(pixels.height.to_le_bytes());
    hash.update(&pixels.data);
    Sha256(hash.finalize().into())
}

/// SSIMULACRA2 of two RGB pictures of one size: 100 is identical, 90 cannot be told apart side by side
/// (source: Cloudinary's ssimulacra2, through the crate `fast-ssim2`).
///
/// # Errors
/// One sentence when the pictures differ in size or are smaller than 8x8.
pub fn similarity(one: &Pixels, other: &Pixels) -> Result<f64, String> {
    if (one.width, one.height) != (other.width, other.height) {
        return Err(format!(
            "one render is {}x{} and the other {}x{}: they cannot be compared",
            one.width, one.height, other.width, other.height
        ));
    }
    let refuse = |reason: String| format!("the two renders cannot be compared: {reason}");
    let slice = |pixels| picture(pixels).map_err(refuse);
    compute_ssimulacra2(&slice(one)?, &slice(other)?).map_err(|error| refuse(error.to_string()))
}

fn picture(pixels: &Pixels) -> Result<PixelSlice<'_>, String> {
    let stride = pixels.width as usize * 3;
    PixelSlice::new(&pixels.data, pixels.width, pixels.height, stride, PixelDescriptor::RGB8_SRGB)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(width: u32, height: u32, phase: f32) -> Pixels {
        let value = |i: u32| ((i as f32 * 0.013 + phase).sin() * 100.0 + 128.0) as u8;
        Pixels { width, height, channels: 3, data: (0..width * height * 3).map(value).collect() }
    }

    #[test]
    fn the_hash_covers_size_and_pixels() {
        let picture = wave(16, 8, 0.0);
        let turned = Pixels { width: 8, height: 16, ..picture.clone() };
        assert_eq!(pixels_sha256(&picture), pixels_sha256(&picture.clone()));
        assert_ne!(pixels_sha256(&picture), pixels_sha256(&turned));
        let mut changed = picture.clone();
        changed.data[5] ^= 1;
        assert_ne!(pixels_sha256(&picture), pixels_sha256(&changed));
    }

    #[test]
    fn similarity_is_100_for_the_same_and_falls_with_the_difference() {
        let picture = wave(64, 64, 0.0);
        let mut near = picture.clone();
        near.data.iter_mut().step_by(97).for_each(|byte| *byte = byte.saturating_add(1));
        let (same, near, far) = (
            similarity(&picture, &picture).unwrap(),
            similarity(&picture, &near).unwrap(),
            similarity(&picture, &wave(64, 64, 2.0)).unwrap(),
        );
        assert_eq!(same, 100.0);
        assert!(near > 90.0 && near < 100.0, "{near}");
        assert!(far < 50.0, "{far}");
        assert!(similarity(&picture, &wave(32, 64, 0.0)).unwrap_err().contains("64x64"));
    }
}
