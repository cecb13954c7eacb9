//! The canvas as a place of repair: masks, what is generated in them, candidates.

use std::thread;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::{Context, Key, Modifiers, Ui};
use kento_finishing::PixelRect;
use kento_finishing::mask::{Combine, Mask, MaskChannel, MaskPng, PictureView, outline};
use kento_studio::Sha256;
use kento_studio::workflow::{Candidacy, Command, CommandKind, Image};
use sha2::Digest as _;

use super::masking::{
    BarInput, KeptAnswer, KeptMasks, Made, MaskAct, MaskChange, MaskSight, MaskTool, MaskTools, MaskWork, Masking,
    Reach, Step, Traced, differences, show_mask_bar,
};
use super::repair::{Candidate, RepairAsk, RepairForm, RepairPlan, StripAsk, candidates, show_repair_bar, show_strip};
use crate::desk::{PanelAsk, PanelInput};
use crate::seed;
use crate::theme;
use crate::whole_file::WholeFile;
use crate::widgets::Allowed;
use crate::widgets::image_view::{MaskLayer, Overlay, PictureTexture, Trace};
use crate::widgets::thumbnails::Thumbnails;

/// Pictures whose masks stay in memory with their undo steps.
const KEPT: usize = 6;
/// The outline of a mask is looked for at most so finely: a line for each of so many points of the window.
const OUTLINE_POINTS: f32 = 1.5;

/// Whether masks are worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The picture is looked at.
    #[default]
    Look,
    /// Masks are painted and repairs asked for.
    Repair,
}

/// What the canvas remembers of masks and repairs.
#[derive(Default)]
pub struct Repairing {
    mode: Mode,
    tools: MaskTools,
    /// Latest last.
    kept: Vec<(Sha256, Masking)>,
    /// The same on the drive.
    drive: KeptMasks,
    /// Pictures whose masks are being read.
    reading: Vec<Sha256>,
    shown: Option<ShownMask>,
    lines: Option<Lines>,
    work: Option<(Sha256, MaskWork)>,
    form: Option<(Sha256, RepairForm)>,
    sending: Option<Receiver<Result<(Vec<u8>, Command), String>>>,
    /// The candidate that is shown in the place of its parent.
    staged: Option<Sha256>,
    /// Whether what differs from the other picture shall be masked, as soon as both are there.
    wants_difference: bool,
    /// What cannot be done, until something else is.
    problem: Option<String>,
}

/// The mask that is on the graphics card.
struct ShownMask {
    image: Sha256,
    mask: Mask,
    layer: MaskLayer,
}

/// The outline as it was found last.
struct Lines {
    mask: Mask,
    rect: PixelRect,
    step: u32,
    lines: Vec<Vec<[f32; 2]>>,
}

impl Repairing {
    /// Whether masks are worked on.
    pub fn is_on(&self) -> bool {
        self.mode == Mode::Repair
    }

    /// Begins or ends the work on masks.
    pub fn toggle(&mut self) {
        self.mode = if self.is_on() { Mode::Look } else { Mode::Repair };
    }

    /// The candidate that is shown in the place of the selected image.
    pub fn staged(&mut self, input: &PanelInput<'_>, selected: Option<Sha256>) -> Option<Sha256> {
        let is_of = |made: &Sha256| {
            input
                .state
                .image(made)
                .is_some_and(|made| made.parent == selected && made.candidacy == Some(Candidacy::Waits))
        };
        self.staged = self.staged.filter(is_of);
        self.staged
    }

    /// Whether a candidate stands in the place of the picture.
    pub fn shows_candidate(&self) -> bool {
        self.staged.is_some()
    }

    /// Whether the pointer draws now.
    pub fn draws(&self, image: &Sha256) -> bool {
        self.is_on() && self.staged.is_none() && self.work.is_none() && self.masking(image).is_some()
    }

    fn masking(&self, image: &Sha256) -> Option<&Masking> {
        self.kept.iter().find(|(kept, _)| kept == image).map(|(_, masking)| masking)
    }

    fn masking_mut(&mut self, image: &Sha256) -> Option<&mut Masking> {
        self.kept.iter_mut().find(|(kept, _)| kept == image).map(|(_, masking)| masking)
    }

    /// Takes in what threads have done. To be called once a frame.
    pub fn listen(&mut self, ctx: &Context, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        for answer in self.drive.answers() {
            match answer {
                KeptAnswer::Told(why) => {
                    self.problem = Some(why);
                    // They are worked on in memory all the same.
                    for image in std::mem::take(&mut self.reading) {
                        self.begin_masks(input, image, Vec::new());
                    }
                }
                KeptAnswer::Opened(image, masks) if self.reading.contains(&image) => {
                    self.reading.retain(|reading| *reading != image);
                    self.begin_masks(input, image, masks);
                }
                KeptAnswer::Opened(..) => {}
            }
        }

        if let Some((image, finished)) = self.work.as_ref().and_then(|(image, work)| Some((*image, work.finished()?))) {
            let (label, place) = self.work.take().map_or(("", 0), |(_, work)| (work.label, work.place));
            match finished {
                Ok(None) => {}
                Ok(Some(mask)) => {
                    let changed = self.masking_mut(&image).map(|masking| masking.change(place, mask, label));
                    changed.into_iter().for_each(|traced| self.take(ctx, input, &image, traced));
                }
                Err(why) => self.problem = Some(why),
            }
        }
        match self.sending.as_ref().map(Receiver::try_recv) {
            None | Some(Err(crossbeam_channel::TryRecvError::Empty)) => return,
            Some(Ok(Ok((png, command)))) => asks.push(PanelAsk::Store(png, Box::new(command))),
            Some(Ok(Err(why))) => self.problem = Some(why),
            Some(Err(crossbeam_channel::TryRecvError::Disconnected)) => {
                self.problem = Some("the mask could not be written as a file: try again".to_owned());
            }
        }
        self.sending = None;
    }

    /// Has masks for the picture at hand.
    pub fn prepare(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Image) {
        let is_known = self.masking(&image.sha256).is_some() || self.reading.contains(&image.sha256);
        if !self.is_on() || is_known {
            return;
        }
        let open = MaskChange::Open { size: [image.width, image.height] };
        match self.drive.send(ctx, &input.images.masks_folder(), image.sha256, open) {
            Ok(()) => self.reading.push(image.sha256),
            Err(why) => self.problem = Some(why),
        }
    }

    fn begin_masks(&mut self, input: &PanelInput<'_>, image: Sha256, masks: Vec<(String, Mask)>) {
        let Some(known) = input.state.image(&image) else { return };
        let masking = match masks.is_empty() {
            true => Masking::new([known.width, known.height]),
            false => Ok(Masking::of(masks)),
        };
        match masking {
            Ok(masking) => self.kept.push((image, masking)),
            Err(error) => self.problem = Some(error.to_string()),
        }
        let too_many = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..too_many);
    }

    /// The keys of the work on masks, while the picture has the keyboard.
    pub fn keys(&mut self, ui: &Ui, input: &PanelInput<'_>, image: &Image, asks: &mut Vec<PanelAsk>) {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let (none, control) = (Modifiers::NONE, Modifiers::COMMAND);
        if pressed(control | Modifiers::SHIFT, Key::Z) || pressed(control, Key::Y) {
            self.act(ui.ctx(), input, image, MaskAct::Redo);
        }
        for (key, act) in
            [(Key::Z, MaskAct::Undo), (Key::I, MaskAct::Invert), (Key::A, MaskAct::All), (Key::D, MaskAct::Nothing)]
        {
            if pressed(control, key) {
                self.act(ui.ctx(), input, image, act);
            }
        }
        for (tool, key) in
            MaskTool::ALL.into_iter().zip([Key::B, Key::E, Key::L, Key::Y, Key::R, Key::O, Key::W, Key::G])
        {
            if pressed(none, key) {
                self.tools.tool = tool;
            }
        }
        if pressed(none, Key::OpenBracket) {
            self.tools.step_brush(Step::Smaller);
        }
        if pressed(none, Key::CloseBracket) {
            self.tools.step_brush(Step::Larger);
        }
        if pressed(none, Key::Q) {
            self.tools.sight =
                if self.tools.sight == MaskSight::Filled { MaskSight::Outline } else { MaskSight::Filled };
        }
        let sha256 = image.sha256;
        match self.staged {
            Some(candidate) if pressed(none, Key::Enter) => self.stage(input, StripAsk::Accept(candidate), asks),
            Some(candidate) if pressed(none, Key::Delete) => {
                self.stage(input, StripAsk::Discard(vec![candidate]), asks);
            }
            Some(_) if pressed(none, Key::Escape) => self.staged = None,
            Some(_) => {}
            None => {
                let Some(masking) = self.masking_mut(&sha256) else { return };
                if masking.is_open_polygon() {
                    if pressed(none, Key::Enter) {
                        let traced = masking.close();
                        self.take(ui.ctx(), input, &sha256, traced);
                    } else if pressed(none, Key::Escape) || pressed(none, Key::Backspace) {
                        masking.give_up();
                    }
                }
            }
        }
    }

    /// The bar with the tools.
    pub fn mask_bar(&mut self, ui: &mut Ui, image: &Image, has_second: Allowed) -> Vec<MaskAct> {
        let working = self.work.as_ref().map(|(_, work)| work.doing);
        let mut tools = self.tools.clone();
        let input = BarInput { masking: self.masking(&image.sha256), working, has_second };
        let acts = show_mask_bar(ui, &mut tools, &input);
        self.tools = tools;
        acts
    }

    /// Does what the bar asks for.
    pub fn act(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Image, act: MaskAct) {
        let sha256 = image.sha256;
        self.problem = None;
        if self.work.is_some() {
            return;
        }
        let (amount, combine) = (self.tools.amount, self.tools.combine);
        let Some(masking) = self.masking_mut(&sha256) else { return };
        let (mask, place) = (masking.mask().clone(), masking.current());
        let size = mask.size();
        let begin = |this: &mut Self, doing, label, work: Box<dyn FnOnce() -> Made + Send>| match MaskWork::begin(
            ctx, doing, label, place, work,
        ) {
            Ok(work) => this.work = Some((sha256, work)),
            Err(why) => this.problem = Some(why),
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
            MaskAct::Open => begin(self, "reading a mask", "from a file", Box::new(move || open_mask(&mask, combine))),
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
            let (size, rgb) = picture.to_rgb();
            let select = move || {
                let view = PictureView::rgb(size, &rgb).map_err(told)?;
                let selected = match tools.reach {
                    Reach::Connected => Mask::flood(&view, at, tools.tolerance),
                    Reach::Everywhere => Mask::of_colour(&view, view.pixel(at[0], at[1]), tools.tolerance),
                };
                mask.combined(&selected.map_err(told)?, combine).map(Some).map_err(told)
            };
            match MaskWork::begin(ctx, "selecting", "select by colour", place, select) {
                Ok(work) => self.work = Some((*image, work)),
                Err(why) => self.problem = Some(why),
            }
            return;
        }
        self.take(ctx, input, image, traced);
    }

    /// Masks where two pictures differ, where that was asked for.
    pub fn take_difference(&mut self, ctx: &Context, image: &Sha256, pictures: [&PictureTexture; 2]) {
        if !std::mem::take(&mut self.wants_difference) {
            return;
        }
        let (combine, tolerance) = (self.tools.combine, self.tools.tolerance);
        let Some(masking) = self.masking(image) else { return };
        let (mask, place) = (masking.mask().clone(), masking.current());
        let [(size, one), (other_size, two)] = pictures.map(PictureTexture::to_rgb);
        let compare = move || {
            let one = PictureView::rgb(size, &one).map_err(told)?;
            let two = PictureView::rgb(other_size, &two).map_err(told)?;
            let differs = Mask::of_difference(&one, &two, tolerance).map_err(told)?;
            mask.combined(&differs, combine).map(Some).map_err(told)
        };
        match MaskWork::begin(ctx, "comparing the pictures", "difference", place, compare) {
            Ok(work) => self.work = Some((*image, work)),
            Err(why) => self.problem = Some(why),
        }
    }

    /// Makes the brush larger or smaller with the pointer.
    pub fn dragged_brush(&mut self, points: f32) {
        self.tools.scale_brush((points / 120.0).exp());
    }

    fn take(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Sha256, traced: Traced) {
        match traced {
            Traced::Done => {
                self.problem = None;
                let now = self.masking(image).map(|masking| (masking.name().to_owned(), masking.mask().clone()));
                if let Some((name, mask)) = now {
                    self.save(ctx, input, image, MaskChange::Update { name, mask });
                }
            }
            Traced::Refused(why) => self.problem = Some(why),
            Traced::Nothing | Traced::Drawing | Traced::Select { .. } => {}
        }
    }

    /// What was done to a mask goes to the drive at once.
    fn save(&mut self, ctx: &Context, input: &PanelInput<'_>, image: &Sha256, change: MaskChange) {
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
            self.shown = Some(ShownMask { image: *image, mask: nothing, layer });
        }
        let Some(shown) = &mut self.shown else { return };
        for rect in differences(Some(&shown.mask), &mask) {
            shown.layer.update(ctx, rect, |rect, grey| {
                if let Err(error) = mask.read(rect, grey) {
                    log::warn!("{error}");
                }
            });
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

    /// The overlay of the picture. `sketch` is what [`Masking::sketch`] gave.
    pub fn overlay<'a>(&'a self, sketch: &'a [[f32; 2]], region: Option<[f32; 4]>) -> Overlay<'a> {
        let Some(shown) = self.shown.as_ref().filter(|_| self.is_on()) else { return Overlay::default() };
        let color = theme::MASK_COLOURS[self.tools.colour.min(theme::MASK_COLOURS.len() - 1)].1;
        let is_filled = self.staged.is_none() && self.tools.sight == MaskSight::Filled;
        Overlay {
            mask: is_filled.then_some((&shown.layer, color)),
            outline: self.lines.as_ref().map(|lines| lines.lines.as_slice()).unwrap_or_default(),
            sketch,
            region: region.filter(|_| self.staged.is_none()),
            brush: (self.tools.tool.strokes() && self.staged.is_none()).then_some(self.tools.brush.radius),
        }
    }

    /// The line that is being drawn.
    pub fn sketch(&self, image: &Sha256, pointer_in_image: Option<[f32; 2]>) -> Vec<[f32; 2]> {
        self.masking(image).map(|masking| masking.sketch(pointer_in_image)).unwrap_or_default()
    }

    /// What a repair would do as things stand.
    pub fn plan(&mut self, input: &PanelInput<'_>, image: &Image) -> Option<Result<RepairPlan, String>> {
        if !self.is_on() {
            return None;
        }
        if self.form.as_ref().is_none_or(|(of, _)| *of != image.sha256) {
            self.form = RepairForm::of(input.state, image, seed::random()).map(|form| (image.sha256, form));
        }
        let Some((_, form)) = &self.form else {
            return Some(Err("no recipe made this image, so there is none to repair it with".to_owned()));
        };
        let mask = self.masking(&image.sha256)?.mask();
        Some(form.plan(input.state, image, mask.bounds().map(|bounds| (bounds, mask.share()))))
    }

    /// The bar with what is asked for.
    pub fn repair_bar(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        image: &Image,
        plan: &Result<RepairPlan, String>,
    ) {
        let may = self.may_repair(input, image, plan);
        let Some((_, form)) = &mut self.form else {
            let color = theme::palette(ui.style()).secondary;
            if let Err(why) = plan {
                ui.colored_label(color, why);
            }
            return;
        };
        match show_repair_bar(ui, form, plan, may) {
            None => {}
            Some(RepairAsk::NewSeed) => form.seed = seed::random(),
            Some(RepairAsk::Make) => self.make(ui.ctx(), image, plan),
        }
        if let Some(problem) = &self.problem {
            let color = theme::palette(ui.style()).fail;
            ui.colored_label(color, crate::widgets::sentence(problem));
        }
    }

    fn may_repair(&self, input: &PanelInput<'_>, image: &Image, plan: &Result<RepairPlan, String>) -> Allowed {
        match (plan, &self.form) {
            _ if self.sending.is_some() => Allowed::No("the mask is being written: wait a moment".to_owned()),
            (Err(why), _) => Allowed::No(why.clone()),
            // The hash of the mask decides nothing here.
            (Ok(plan), Some((_, form))) => input.would(&form.command(plan, image, Sha256([0; 32]))),
            (Ok(_), None) => input.may(CommandKind::StartRepair),
        }
    }

    /// Writes the mask as a file, on a thread, and asks for the repair.
    fn make(&mut self, ctx: &Context, image: &Image, plan: &Result<RepairPlan, String>) {
        let (Ok(plan), Some((_, form)), Some(masking)) = (plan, &self.form, self.masking(&image.sha256)) else {
            return;
        };
        let (form, plan, image, mask) = (form.clone(), plan.clone(), image.clone(), masking.mask().clone());
        let (sender, answer) = bounded(1);
        let ctx = ctx.clone();
        let write = move || {
            let made = mask_file(&mask).map(|(png, sha256)| (png, form.command(&plan, &image, sha256)));
            sender.send(made).ok();
            ctx.request_repaint();
        };
        match thread::Builder::new().name("canvas-mask-file".to_owned()).spawn(write) {
            Ok(_) => self.sending = Some(answer),
            Err(error) => self.problem = Some(format!("the system gives no thread for the mask: {error}")),
        }
        // The next strip is another one.
        if let Some((_, form)) = &mut self.form {
            form.seed = form.seed.wrapping_add(u64::from(form.count));
        }
    }

    /// The candidates of an image.
    pub fn candidates(&self, input: &PanelInput<'_>, image: &Sha256) -> Vec<Candidate> {
        candidates(input.state, image)
    }

    /// Draws the strip. The candidate that was accepted.
    pub fn strip(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        candidates: &[Candidate],
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) {
        let may = |image| input.would(&Command::AcceptRepair { image });
        if let Some(ask) = show_strip(ui, input, candidates, self.staged, may, thumbnails) {
            self.stage(input, ask, asks);
        }
    }

    fn stage(&mut self, input: &PanelInput<'_>, ask: StripAsk, asks: &mut Vec<PanelAsk>) {
        match ask {
            StripAsk::Show(candidate) => self.staged = candidate,
            StripAsk::Accept(image) => {
                if input.would(&Command::AcceptRepair { image }).is_yes() {
                    asks.push(PanelAsk::decide(Command::AcceptRepair { image }));
                    asks.push(PanelAsk::Select(image));
                    self.staged = None;
                }
            }
            StripAsk::Discard(images) => {
                self.staged = self.staged.filter(|staged| !images.contains(staged));
                asks.push(PanelAsk::decide(Command::DiscardRepairs { images }));
            }
        }
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Lets somebody choose a picture and joins it with the mask.
fn open_mask(mask: &Mask, combine: Combine) -> Made {
    let dialog = rfd::FileDialog::new().set_title("Take a mask from a file").add_filter("PNG", &["png"]);
    let Some(path) = dialog.pick_file() else { return Ok(None) };
    let at = |why: &dyn std::fmt::Display| format!("{why}: {}", path.display());
    let bytes = std::fs::read(&path).map_err(|error| at(&format!("the mask cannot be read ({error})")))?;
    let read = Mask::from_png(&bytes, mask.size(), MaskChannel::Grey).map_err(|error| at(&error))?;
    mask.combined(&read, combine).map(Some).map_err(told)
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

/// A mask as the file that a repair names, with its hash.
fn mask_file(mask: &Mask) -> Result<(Vec<u8>, Sha256), String> {
    let png = mask.to_png(MaskPng::Grey).map_err(told)?;
    let sha256 = Sha256(sha2::Sha256::digest(&png).into());
    Ok((png, sha256))
}
