//! Two candidates put together by the mask that is worked on.

use eframe::egui::Context;
use kento_engine::protocol::Pixels;
use kento_studio::project::ImageStore;
use kento_studio::workflow::{Command, EditedImage};
use kento_studio::{ImageReference, SchemaV1, Sha256};
use sha2::Digest as _;

use super::asking::mask_file;
use super::{Repairing, Sent};
use crate::desk::PanelInput;
use crate::metadata::{self, MixRecord};
use crate::studio::pixels_sha256;
use crate::widgets::Allowed;
use crate::{build_info, input_image, mixing};

impl Repairing {
    /// Whether two candidates of an image can be put together: whether something is masked on it.
    pub fn can_mix(&self, image: &Sha256) -> Allowed {
        let no = |why: &str| Allowed::No(why.to_owned());
        match self.masking(image) {
            _ if !self.is_on() => no("press M and paint where the second candidate shall show"),
            _ if self.sending.is_some() => no("files are being written: wait a moment"),
            None => no("the masks are being read: wait a moment"),
            Some(masking) if masking.mask().is_empty() => no("paint where the second candidate shall show"),
            Some(_) => Allowed::Yes,
        }
    }

    /// Puts two candidates together: the second shows where it is masked.
    pub(super) fn mix(&mut self, ctx: &Context, input: &PanelInput<'_>, [first, second]: [Sha256; 2]) {
        let parent = input.state.image(&first).and_then(|first| first.parent);
        let Some(masking) = parent.and_then(|parent| self.masking(&parent)) else { return };
        let (mask, images) = (masking.mask().clone(), input.images.clone());
        let work = move || {
            let (mask, mask_sha256) = mask_file(&mask)?;
            mixed(&images, [first, second], (mask, mask_sha256))
        };
        self.send(ctx, work);
    }
}

/// The files of the mask and of what comes of it, with the command that names them.
fn mixed(images: &ImageStore, [first, second]: [Sha256; 2], (mask, mask_sha256): (Vec<u8>, Sha256)) -> Sent {
    let (one, two) = (stored(images, first)?, stored(images, second)?);
    let pixels = mixing::mix(&one, &two, &mask)?;
    let record = MixRecord { schema: SchemaV1, first, second, mask: mask_sha256, tool: build_info::tool() };
    let png = metadata::encode_mix(&pixels, &record).map_err(|error| error.to_string())?;
    let (width, height) = (pixels.width, pixels.height);
    let sha256 = Sha256(sha2::Sha256::digest(&png).into());
    let result = EditedImage { sha256, pixels_sha256: pixels_sha256(&pixels), width, height };
    let reference = ImageReference { sha256: mask_sha256, width, height };
    Ok((vec![mask, png], Command::MixCandidates { first, second, mask: reference, result }))
}

fn stored(images: &ImageStore, sha256: Sha256) -> Result<Pixels, String> {
    let read = input_image::read_rgb(&images.path(sha256)).map_err(|error| error.to_string())?;
    if read.reference.sha256 == sha256 {
        Ok(read.pixels)
    } else {
        Err(format!("the file of image {} was changed: restore it from a backup", sha256.auto_v2()))
    }
}
