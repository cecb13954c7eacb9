use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, RgbImage};
use kento_studio::workflow::Command;
use kento_studio::{ImageReference, Sha256};
use sha2::Digest as _;

use super::OfferedColours;
use crate::input_image;

/// A picture that was read beside everything else, for one of two uses.
pub(super) enum PictureRead {
    Colours(Result<OfferedColours, String>),
    Input(Result<Box<NewInput>, String>),
}

/// A picture on its way into the project as an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewInput {
    /// The file as the project keeps it.
    pub image: ImageReference,
    /// Its bytes.
    pub png: Vec<u8>,
    /// What the file was called.
    pub file_name: String,
    /// Under which licence it may be used.
    pub licence: String,
}

impl NewInput {
    /// Reads a picture. The project keeps PNG files, so anything else becomes one here. For a thread: a large picture takes a second.
    ///
    /// # Errors
    /// One sentence when it is no picture, or none that this program reads.
    pub fn read(path: &Path, licence: &str) -> Result<Self, String> {
        let read = input_image::read_rgb(path).map_err(|error| error.to_string())?;
        let pixels = read.pixels;
        let no_png =
            |why: &dyn std::fmt::Display| format!("the picture cannot be kept as PNG ({why}): {}", path.display());
        let rgb = RgbImage::from_raw(pixels.width, pixels.height, pixels.data);
        let rgb = rgb.ok_or_else(|| no_png(&"it has too few bytes"))?;
        let mut png = Cursor::new(Vec::new());
        rgb.write_to(&mut png, ImageFormat::Png).map_err(|error| no_png(&error))?;
        let png = png.into_inner();
        let sha256 = Sha256(sha2::Sha256::digest(&png).into());
        let file_name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let image = ImageReference { sha256, width: rgb.width(), height: rgb.height() };
        Ok(Self { image, png, file_name, licence: licence.to_owned() })
    }

    /// The bytes to store, and the command that records them.
    pub fn command(self) -> (Vec<u8>, Command) {
        let Self { image, png, file_name, licence } = self;
        (png, Command::AddInput { image, file_name, licence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_picture_becomes_a_png_that_the_project_can_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mood.jpg");
        RgbImage::from_pixel(24, 16, image::Rgb([200, 40, 30])).save(&path).unwrap();
        let input = NewInput::read(&path, "own photograph").unwrap();
        assert_eq!((input.image.width, input.image.height), (24, 16));
        assert_eq!(input.image.sha256, Sha256(sha2::Sha256::digest(&input.png).into()));
        assert_eq!(image::guess_format(&input.png).unwrap(), ImageFormat::Png);
        let (_, command) = input.clone().command();
        let (file_name, licence) = ("mood.jpg".to_owned(), "own photograph".to_owned());
        assert_eq!(command, Command::AddInput { image: input.image, file_name, licence });
    }

    #[test]
    fn a_file_that_is_no_picture_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.png");
        std::fs::write(&path, "not a picture").unwrap();
        assert!(NewInput::read(&path, "own").unwrap_err().contains("use a PNG"));
    }
}
