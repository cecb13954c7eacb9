//! Two candidates put together by the mask that is worked on: looked at while it is painted, then made.

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
use crate::widgets::image_view::{MixLayer, PictureTexture, ShownMix, Sight};
use crate::{build_info, input_image, mixing};

/// Two candidates that are being put together. Nothing of it is recorded before it is made.
pub(super) struct Mixing {
    /// What stands there, and what shows where it is masked.
    pub(super) two: [Sha256; 2],
    /// What it looks like; none before both pictures are read.
    layer: Option<MixLayer>,
}

impl Repairing {
    /// Whether two candidates of an image can be looked at together.
    pub fn can_mix(&self, image: &Sha256) -> Allowed {
        let no = |why: &str| Allowed::No(why.to_owned());
        match self.masking(image) {
            _ if !self.is_on() => no("press M and paint where the second candidate shall show"),
            _ if self.sending.is_some() => no("files are being written: wait a moment"),
            _ if self.work.is_some() => no("the mask is being changed: wait a moment"),
            None => no("the masks are being read: wait a moment"),
            Some(_) => Allowed::Yes,
        }
    }

    /// Whether what is looked at can be made: whether something is masked.
    pub(super) fn can_make_mix(&self, image: &Sha256) -> Allowed {
        match (self.can_mix(image), self.masking(image)) {
            (Allowed::Yes, Some(masking)) if masking.seen().is_empty() => {
                Allowed::No("paint where the second candidate shall show".to_owned())
            }
            (allowed, _) => allowed,
        }
    }

    /// The second of two candidates that are being put together.
    pub fn mixed_with(&self) -> Option<Sha256> {
        self.mixing.as_ref().map(|mixing| mixing.two[1])
    }

    /// Whether a candidate stands in the place of the picture to be judged, and nothing is painted on it.
    pub fn judges_candidate(&self) -> bool {
        self.shows_candidate() && self.mixing.is_none()
    }

    /// Looks at two candidates together, where they have one size.
    pub(super) fn begin_mix(&mut self, input: &PanelInput<'_>, two: [Sha256; 2]) {
        let image = |sha256: &Sha256| input.state.image(sha256);
        let [Some(first), Some(second)] = [image(&two[0]), image(&two[1])] else { return };
        let parent = first.parent.and_then(|parent| image(&parent));
        let sizes = [Some(first), Some(second), parent].map(|one| one.map(|one| [one.width, one.height]));
        if sizes.iter().any(|size| *size != sizes[0]) {
            let why = "these two and the picture that they came from have not one size: mix two that were not extended";
            self.problem = Some(why.to_owned());
            return;
        }
        self.problem = None;
        self.mixing = Some(Mixing { two, layer: None });
    }

    /// Follows the mask of the image that is repaired, with a stroke that is being made. `pictures` are the two, `sight` is what is seen
    /// of them.
    pub fn follow_mix(&mut self, ctx: &Context, image: &Sha256, pictures: [&PictureTexture; 2], sight: Sight) {
        let Some(mut mixing) = self.mixing.take() else { return };
        if let Some(masking) = self.masking(image) {
            let mask = masking.seen();
            let has_size = |layer: &MixLayer| layer.size() == mask.size();
            let layer = mixing.layer.take().filter(has_size).or_else(|| MixLayer::new(mask.size()).ok());
            mixing.layer = layer.map(|mut layer| {
                layer.follow(ctx, mask, pictures, sight);
                layer
            });
        }
        self.mixing = Some(mixing);
    }

    /// What it looks like, over the first of the two.
    pub fn shown_mix<'a>(&'a self, second: Option<&'a PictureTexture>) -> Option<ShownMix<'a>> {
        Some(ShownMix { layer: self.mixing.as_ref()?.layer.as_ref()?, second: second? })
    }

    /// Makes what is looked at: the second shows where it is masked.
    pub(super) fn make_mix(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Sha256) {
        self.settle(ctx, input, image);
        let Some(two) = self.mixing.as_ref().map(|mixing| mixing.two) else { return };
        if !self.can_make_mix(image).is_yes() {
            return;
        }
        let Some(masking) = self.masking(image) else { return };
        let (mask, images) = (masking.mask().clone(), input.images.clone());
        let work = move || {
            let (mask, mask_sha256) = mask_file(&mask)?;
            mixed(&images, two, (mask, mask_sha256))
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
