use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;

use image::{ImageFormat, RgbImage};
use kento_studio::workflow::{Command, Edit, EditedImage, EvidenceFile};
use kento_studio::{ImageReference, Sha256, limits};
use sha2::Digest as _;

use super::OfferedColours;
use crate::input_image;
use crate::studio::pixels_sha256;

/// A file that was read beside everything else, for one of its uses.
pub(super) enum FileRead {
    Colours(Result<OfferedColours, String>),
    Input(Result<Box<NewInput>, String>),
    Evidence(Result<Box<NewEvidence>, String>),
    Edited(Result<Box<NewEdited>, String>),
}

/// What an image became in another program, on its way into the project as the next version of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NewEdited {
    /// The image that was edited.
    pub parent: Sha256,
    /// The file as the project keeps it.
    pub result: EditedImage,
    /// Its bytes.
    pub png: Vec<u8>,
    /// What was done.
    pub edit: Edit,
    /// What was converted on the way, each in one sentence.
    pub notices: Vec<String>,
}

impl NewEdited {
    /// Reads the picture that an image became. For a thread.
    ///
    /// # Errors
    /// As [`NewInput::read`].
    pub fn read(path: &Path, parent: Sha256, edit: Edit) -> Result<Self, String> {
        let read = NewInput::read(path, "")?;
        let ImageReference { sha256, width, height } = read.image;
        let result = EditedImage { sha256, pixels_sha256: read.pixels_sha256, width, height };
        Ok(Self { parent, result, png: read.png, edit, notices: read.notices })
    }

    /// The bytes to store, and the command that records them.
    pub fn command(self) -> (Vec<u8>, Command) {
        let Self { parent, result, png, edit, .. } = self;
        (png, Command::RecordEdit { parent, result, edit })
    }
}

/// A file on its way into the project as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewEvidence {
    /// The file as the record names it.
    pub file: EvidenceFile,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl NewEvidence {
    /// Reads a file of any kind. For a thread.
    ///
    /// # Errors
    /// One sentence when it cannot be read, is empty or too large to be kept.
    pub fn read(path: &Path) -> Result<Self, String> {
        let most = limits::MOST_EVIDENCE_BYTES;
        let cannot = |error: std::io::Error| format!("the file cannot be read ({error}): {}", path.display());
        let mut bytes = Vec::new();
        File::open(path).map_err(cannot)?.take(most + 1).read_to_end(&mut bytes).map_err(cannot)?;
        if bytes.is_empty() || bytes.len() as u64 > most {
            let most = most >> 20;
            return Err(format!("evidence has 1 byte to {most} MB: choose a smaller file: {}", path.display()));
        }
        let sha256 = Sha256(sha2::Sha256::digest(&bytes).into());
        let file_name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Self { file: EvidenceFile { sha256, file_name, bytes: bytes.len() as u64 }, bytes })
    }
}

/// A picture on its way into the project as an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewInput {
    /// The file as the project keeps it.
    pub image: ImageReference,
    /// Hash of its pixels.
    pub pixels_sha256: Sha256,
    /// Its bytes.
    pub png: Vec<u8>,
    /// What was converted on the way, each in one sentence.
    pub notices: Vec<String>,
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
        let (pixels, notices) = (read.pixels, read.notices);
        let pixels_sha256 = pixels_sha256(&pixels);
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
        Ok(Self { image, pixels_sha256, png, notices, file_name, licence: licence.to_owned() })
    }

    /// The bytes to store, and the command that records them.
    pub fn command(self) -> (Vec<u8>, Command) {
        let Self { image, png, file_name, licence, .. } = self;
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
    fn any_file_can_be_evidence_but_an_empty_or_huge_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Model release.PDF");
        std::fs::write(&path, "%PDF-1.7").unwrap();
        let evidence = NewEvidence::read(&path).unwrap();
        assert_eq!((evidence.file.file_name.as_str(), evidence.file.bytes), ("Model release.PDF", 8));
        assert_eq!(evidence.file.sha256, Sha256(sha2::Sha256::digest(b"%PDF-1.7").into()));
        std::fs::write(&path, "").unwrap();
        assert!(NewEvidence::read(&path).unwrap_err().starts_with("evidence has 1 byte to 64 MB: choose a smaller"));
        File::create(&path).unwrap().set_len(limits::MOST_EVIDENCE_BYTES + 1).unwrap();
        assert!(NewEvidence::read(&path).unwrap_err().starts_with("evidence has 1 byte to 64 MB"));
        assert!(NewEvidence::read(&folder.path().join("gone.pdf")).unwrap_err().starts_with("the file cannot be read"));
        assert!(NewEvidence::read(folder.path()).unwrap_err().starts_with("the file cannot be read"));
    }

    #[test]
    fn a_file_that_is_no_picture_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.png");
        std::fs::write(&path, "not a picture").unwrap();
        assert!(NewInput::read(&path, "own").unwrap_err().contains("use a PNG"));
    }
}
