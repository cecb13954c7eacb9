//! What is done to masks, and how they are seen.

use std::collections::BTreeMap;
use std::path::Path;

use eframe::egui::{Context, Ui};
use kento_finishing::PixelRect;
use kento_finishing::mask::{Combine, Mask, MaskChannel, MaskPng, PictureView, outline};
use kento_studio::Sha256;
use kento_studio::workflow::Image;

use super::super::Room;
use super::super::masking::{
    BarInput, Made, MaskAct, MaskChange, MaskSight, MaskWork, Reach, Traced, differences, show_mask_bar,
};
use super::super::repair::Masked;
use super::{Lines, Measured, Mode, Repairing, ShownMask, told};
use crate::desk::PanelInput;
use crate::input_image;
use crate::region::counts_from;
use crate::whole_file::WholeFile;
use crate::widgets::Allowed;
use crate::widgets::image_view::{MaskLayer, Overlay, PictureTexture, Trace};

/// The outline of a mask is looked for at most so finely: a line for each of so many points of the window.
const OUTLINE_POINTS: f32 = 1.5;
/// Squares of 128x128 pixels of a mask that are uploaded in one frame, beginning with what is seen: a mask that is inverted has four
/// thousand of them in a picture of 8192x8192 pixels.
const SQUARES_A_FRAME: usize = 192;

impl Repairing {
    /// The bar with the tools.
    pub fn mask_bar(&mut self, ui: &mut Ui, image: &Image, has_second: Allowed, room: Room) -> Vec<MaskAct> {
        let working = self.work.as_ref().map(|(_, work)| work.doing);
        let least = self.form.as_ref().map_or(1, |(_, form)| counts_from(form.soft));
        let masked_share = match self.measure(&image.sha256, least) {
            Some(Masked::Within(_, share)) => share,
            _ => 0.0,
        };
        // The share follows the pointer; what is asked for waits for the end of the stroke.
        let masked_share = masked_share + self.masking(&image.sha256).map_or(0.0, |masking| masking.share_drawn(least));
        let mut tools = self.tools.clone();
        let note = self.note.as_ref().filter(|(of, _)| *of == image.sha256).map(|(_, text)| text.as_str());
        let input = BarInput { masking: self.masking(&image.sha256), working, masked_share, has_second, note, room };
        let acts = show_mask_bar(ui, &mut tools, &input);
        self.tools = tools;
        acts
    }

    /// Does what the bar asks for.
    pub fn act(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Image, act: MaskAct) {
        let sha256 = image.sha256;
        self.problem = None;
        if act == MaskAct::Noted {
            self.note = None;
            return;
        }
        if self.work.is_some() {
            return;
        }
        self.settle(ctx, input, &sha256);
        let (amount, combine) = (self.tools.amount, self.tools.combine);
        let Some(masking) = self.masking_mut(&sha256) else { return };
        let (mask, place) = (masking.mask().clone(), masking.current());
        let size = mask.size();
        let begin = |this: &mut Self, doing, label, work: Box<dyn FnOnce() -> Made + Send>| {
            this.begin_work(sha256, MaskWork::begin(ctx, doing, label, place, work));
        };
        match act {
            MaskAct::Undo => {
                if masking.undo().is_some() {
                    self.take(ctx, input, &sha256, Traced::Done);
                }
            }
            MaskAct::Redo => {
                if masking.redo().is_some() {
                    self.take(ctx, input, &sha256, Traced::Done);
                }
            }
            MaskAct::Invert => begin(self, "inverting the mask", "invert", Box::new(move || Ok(Some(mask.inverted())))),
            MaskAct::All => {
                begin(
                    self,
                    "masking everything",
                    "everything",
                    Box::new(move || Mask::full(size).map(Some).map_err(told)),
                );
            }
            MaskAct::Nothing => {
                begin(self, "emptying the mask", "nothing", Box::new(move || Mask::new(size).map(Some).map_err(told)));
            }
            MaskAct::Grow => begin(self, "growing the mask", "grow", Box::new(move || Ok(Some(mask.grown(amount))))),
            MaskAct::Shrink => {
                begin(self, "shrinking the mask", "shrink", Box::new(move || Ok(Some(mask.shrunk(amount)))))
            }
            MaskAct::Feather => {
                begin(self, "feathering the mask", "feather", Box::new(move || Ok(Some(mask.feathered(amount)))));
            }
            MaskAct::FillHoles => {
                begin(self, "filling holes", "fill holes", Box::new(move || Ok(Some(mask.holes_filled()))))
            }
            MaskAct::Difference => self.wants_difference = true,
            MaskAct::Open(channel) => {
                let open = move |notes: &mut Vec<String>| open_mask(&mask, channel, combine, notes);
                self.begin_work(sha256, MaskWork::begin_noting(ctx, "reading a mask", "from a file", place, open));
            }
            MaskAct::Save => begin(self, "saving the mask", "", Box::new(move || save_mask(&mask))),
            MaskAct::Add => {
                if let Err(error) = masking.add() {
                    self.problem = Some(error.to_string());
                }
            }
            MaskAct::Choose(place) => masking.choose(place),
            MaskAct::Rename(to) => {
                let from = masking.name().to_owned();
                if masking.rename(&to) {
                    let to = masking.name().to_owned();
                    self.save(ctx, input, &sha256, MaskChange::Rename { from, to });
                }
            }
            MaskAct::Remove => {
                let removed = masking.remove();
                removed.into_iter().for_each(|name| self.save(ctx, input, &sha256, MaskChange::Remove { name }));
            }
            MaskAct::Noted => {}
            MaskAct::BringBack => {
                if let Some(place) = masking.bring_back() {
                    let (name, mask) = (masking.name().to_owned(), masking.mask().clone());
                    self.save(ctx, input, &sha256, MaskChange::BringBack { name, mask, place });
                }
            }
        }
    }

    /// Follows the pointer.
    pub fn drew(
        &mut self,
        ctx: &Context,
        input: &PanelInput<'_>,
        image: &Sha256,
        trace: Trace,
        scale: f32,
        picture: &PictureTexture,
    ) {
        let tools = self.tools.clone();
        let Some(masking) = self.masking_mut(image) else { return };
        let traced = masking.follow(&tools, trace, scale);
        if let Traced::Select { at, combine } = traced {
            let (mask, place) = (masking.mask().clone(), masking.current());
            let pixels = picture.rgb_later();
            let select = move || {
                let (size, rgb) = pixels();
                let view = PictureView::rgb(size, &rgb).map_err(told)?;
                let selected = match tools.reach {
                    Reach::Connected => Mask::flood(&view, at, tools.tolerance),
                    Reach::Everywhere => Mask::of_colour(&view, view.pixel(at[0], at[1]), tools.tolerance),
                };
                mask.combined(&selected.map_err(told)?, combine).map(Some).map_err(told)
            };
            return self.begin_work(*image, MaskWork::begin(ctx, "selecting", "select by colour", place, select));
        }
        self.take(ctx, input, image, traced);
    }

    /// What is being drawn on an image is kept as it stands, because something else is done.
    pub(super) fn settle(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Sha256) {
        let Some(masking) = self.masking_mut(image) else { return };
        // What follows needs it, or nobody is there any more to wait for a thread.
        let traced = match masking.settle() {
            Traced::Shape { shape, combine, label } => masking.mask_shape(&shape, combine, label),
            traced => traced,
        };
        self.take(ctx, input, image, traced);
    }

    /// The same for every image but the one that is looked at: what was drawn when it was left is kept.
    pub fn settle_beside(&mut self, ctx: &Context, input: &PanelInput<'_>, shown: Option<Sha256>) {
        let left: Vec<Sha256> = self.kept.iter().map(|(image, _)| *image).filter(|one| Some(*one) != shown).collect();
        left.iter().for_each(|image| self.settle(ctx, input, image));
    }

    /// Masks where two pictures differ, where that was asked for.
    pub fn take_difference(&mut self, ctx: &Context, image: &Sha256, pictures: [&PictureTexture; 2]) {
        // What is being done to the mask is not lost to it.
        if self.work.is_some() || !std::mem::take(&mut self.wants_difference) {
            return;
        }
        let (combine, tolerance) = (self.tools.combine, self.tools.tolerance);
        let Some(masking) = self.masking(image) else { return };
        let (mask, place) = (masking.mask().clone(), masking.current());
        let [first, second] = pictures;
        let (first, second) = (first.rgb_later(), second.rgb_later());
        let compare = move || {
            let ((size, one), (other_size, two)) = (first(), second());
            let one = PictureView::rgb(size, &one).map_err(told)?;
            let two = PictureView::rgb(other_size, &two).map_err(told)?;
            let differs = Mask::of_difference(&one, &two, tolerance).map_err(told)?;
            mask.combined(&differs, combine).map(Some).map_err(told)
        };
        self.begin_work(*image, MaskWork::begin(ctx, "comparing the pictures", "difference", place, compare));
    }

    fn begin_work(&mut self, image: Sha256, begun: Result<MaskWork, String>) {
        match begun {
            Ok(work) => self.work = Some((image, work)),
            Err(why) => self.problem = Some(why),
        }
    }

    /// Makes the brush larger or smaller with the pointer.
    pub fn dragged_brush(&mut self, points: f32) {
        self.tools.scale_brush((points / 120.0).exp());
    }

    pub(super) fn take(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Sha256, traced: Traced) {
        match traced {
            Traced::Done => {
                self.problem = None;
                let now = self.masking(image).map(|masking| (masking.name().to_owned(), masking.mask().clone()));
                if let Some((name, mask)) = now {
                    self.save(ctx, input, image, MaskChange::Update { name, mask });
                }
            }
            Traced::Refused(why) => self.problem = Some(why),
            Traced::Shape { shape, combine, label } => {
                let Some(masking) = self.masking(image) else { return };
                let (mask, place) = (masking.mask().clone(), masking.current());
                let join = move || mask.with_shape(&shape, combine).map(Some).map_err(told);
                self.begin_work(*image, MaskWork::begin(ctx, "masking the shape", label, place, join));
            }
            Traced::Nothing | Traced::Drawing | Traced::Select { .. } => {}
        }
    }

    /// How much of an image is masked: pixels of at least `least` count. It is looked for after a change only: a large mask takes
    /// milliseconds.
    pub(super) fn measure(&mut self, image: &Sha256, least: u8) -> Option<Masked> {
        let mask = self.masking(image)?.mask().clone();
        if self.measured.as_ref().is_none_or(|measured| measured.mask != mask || measured.least != least) {
            let masked = match mask.bounds_from(least) {
                Some(bounds) => Masked::Within(bounds, mask.share_from(least)),
                None if mask.is_empty() => Masked::Nowhere,
                None => Masked::Faintly,
            };
            self.measured = Some(Measured { mask, least, masked });
        }
        self.measured.as_ref().map(|measured| measured.masked)
    }

    /// What was done to a mask goes to the drive at once.
    pub(super) fn save(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Sha256, change: MaskChange) {
        if let Err(why) = self.drive.send(ctx, &input.images.masks_folder(), *image, change) {
            self.problem = Some(why);
        }
    }

    /// What lies over the picture. `seen` is the part of it that is seen, in pixels, and `scale` the points of one of them.
    pub fn follow_mask(&mut self, ctx: &Context, image: &Sha256, seen: PixelRect, scale: f32) {
        let Some((_, masking)) = self.kept.iter().find(|(kept, _)| kept == image).filter(|_| self.mode == Mode::Repair)
        else {
            self.shown = None;
            self.lines = None;
            return;
        };
        let mask = masking.seen().clone();
        let is_shown =
            self.shown.as_ref().is_some_and(|shown| shown.image == *image && shown.mask.size() == mask.size());
        if !is_shown {
            let layer = MaskLayer::new(mask.size());
            let nothing = Mask::new(mask.size());
            let Ok(nothing) = nothing else { return };
            self.shown = Some(ShownMask { image: *image, mask: nothing, waiting: BTreeMap::new(), layer });
        }
        let Some(shown) = &mut self.shown else { return };
        for rect in differences(Some(&shown.mask), &mask) {
            shown.waiting.insert([rect.y, rect.x], rect);
        }
        let is_seen = |rect: &PixelRect| !rect.intersection(seen).is_empty();
        let (mut next, beside): (Vec<PixelRect>, Vec<PixelRect>) = shown.waiting.values().copied().partition(is_seen);
        next.extend(beside);
        for rect in next.into_iter().take(SQUARES_A_FRAME) {
            shown.waiting.remove(&[rect.y, rect.x]);
            shown.layer.update(ctx, rect, |rect, grey| {
                if let Err(error) = mask.read(rect, grey) {
                    log::warn!("{error}");
                }
            });
        }
        if !shown.waiting.is_empty() {
            ctx.request_repaint();
        }
        shown.mask = mask;
        // While a stroke is made its own colour is enough.
        let mask = masking.mask();
        let step = ((OUTLINE_POINTS / scale).floor() as u32).max(1);
        let is_found =
            self.lines.as_ref().is_some_and(|lines| lines.rect == seen && lines.step == step && lines.mask == *mask);
        if !is_found {
            let lines = outline(mask, seen, step);
            self.lines = Some(Lines { mask: mask.clone(), rect: seen, step, lines });
        }
    }

    /// The overlay of a picture of this size. `sketch` is what [`Masking::sketch`] gave.
    pub fn overlay<'a>(&'a self, sketch: &'a [[f32; 2]], region: Option<[f32; 4]>, size: [f32; 2]) -> Overlay<'a> {
        // A candidate that is larger than its parent has no place for the parent's mask.
        let fits = |shown: &&ShownMask| self.is_on() && shown.layer.size().map(|side| side as f32) == size;
        let Some(shown) = self.shown.as_ref().filter(fits) else { return Overlay::default() };
        let color = self.mask_colour();
        // A mix shows by itself where it is masked.
        let is_filled = self.staged.is_none() && self.tools.sight == MaskSight::Filled;
        let draws = self.staged.is_none() || self.mixing.is_some();
        Overlay {
            mask: is_filled.then_some((&shown.layer, color)),
            outline: self.lines.as_ref().map(|lines| lines.lines.as_slice()).unwrap_or_default(),
            sketch,
            region: region.filter(|_| self.staged.is_none()),
            brush: (self.tools.tool.strokes() && draws).then_some(self.tools.brush.radius),
            guides: &[],
        }
    }

    /// The line that is being drawn.
    pub fn sketch(&self, image: &Sha256, pointer_in_image: Option<[f32; 2]>) -> Vec<[f32; 2]> {
        self.masking(image).map(|masking| masking.sketch(pointer_in_image)).unwrap_or_default()
    }
}

/// Lets somebody choose a picture and joins it with the mask.
fn open_mask(mask: &Mask, channel: MaskChannel, combine: Combine, notes: &mut Vec<String>) -> Made {
    let dialog = rfd::FileDialog::new().set_title("Take a mask from a file");
    let dialog = dialog.add_filter("Pictures", &["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp"]);
    match dialog.pick_file() {
        Some(path) => {
            let (joined, notices) = joined_with_file(mask, &path, channel, combine)?;
            notes.extend(notices);
            Ok(Some(joined))
        }
        None => Ok(None),
    }
}

/// The mask with the one that a part of a picture file says, and what was converted in that.
fn joined_with_file(
    mask: &Mask,
    path: &Path,
    channel: MaskChannel,
    combine: Combine,
) -> Result<(Mask, Vec<String>), String> {
    let read = input_image::read_mask_from(path, channel).map_err(told)?;
    let found = Mask::from_bytes([read.reference.width, read.reference.height], &read.pixels.data);
    let joined = found.and_then(|found| mask.combined(&found, combine));
    let joined = joined.map_err(|error| format!("{error}: {}", path.display()))?;
    Ok((joined, read.notices))
}

/// Lets somebody choose where the mask is saved.
fn save_mask(mask: &Mask) -> Made {
    let dialog = rfd::FileDialog::new().set_title("Save the mask").add_filter("PNG", &["png"]);
    let Some(path) = dialog.set_file_name("mask.png").save_file() else { return Ok(None) };
    let png = mask.to_png(MaskPng::Grey).map_err(told)?;
    let written = WholeFile::beside(&path).and_then(|mut file| file.write(&png).and_then(|()| file.finish()));
    written.map_err(|error| format!("the mask is not saved ({error}): {}", path.display()))?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    #[test]
    fn a_mask_is_joined_with_what_a_file_says_and_a_file_of_another_size_is_refused_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut out.webp");
        RgbaImage::from_fn(4, 2, |x, _| Rgba([9, 9, 9, if x == 0 { 0 } else { 255 }])).save(&path).unwrap();
        let mask = Mask::full([4, 2]).unwrap();
        let joined = |channel, combine| joined_with_file(&mask, &path, channel, combine).unwrap().0.to_bytes();
        let see_through = [255, 0, 0, 0, 255, 0, 0, 0];
        assert_eq!(joined(MaskChannel::Transparency, Combine::Replace), see_through);
        assert_eq!(joined(MaskChannel::Alpha, Combine::Subtract), see_through);
        assert_eq!(joined(MaskChannel::Grey, Combine::Add), [255; 8]);
        let (_, told) = joined_with_file(&mask, &path, MaskChannel::Grey, Combine::Add).unwrap();
        assert_eq!(told, ["the mask is transparent in places, and what is there is kept"]);
        let other = Mask::new([4, 3]).unwrap();
        let said = joined_with_file(&other, &path, MaskChannel::Alpha, Combine::Add).unwrap_err();
        assert!(said.starts_with("one is 4x3 and the other 4x2 pixels") && said.ends_with("cut out.webp"), "{said}");
    }
}
