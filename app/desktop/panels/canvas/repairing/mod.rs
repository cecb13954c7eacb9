//! The canvas as a place of repair: masks, what is generated in them, candidates.

mod asking;
mod framing;
mod masks;
mod mixing;

use std::collections::BTreeMap;

use crossbeam_channel::Receiver;
use eframe::egui::{Context, Key, Modifiers, Ui};
use kento_finishing::PixelRect;
use kento_finishing::mask::Mask;
use kento_studio::Sha256;
use kento_studio::workflow::{Candidacy, Command, Image};

use super::masking::{
    KeptAnswer, KeptMasks, MaskAct, MaskChange, MaskSight, MaskTool, MaskTools, MaskWork, Masking, Step,
};
use super::repair::{Masked, RepairForm, StripAsk};
use crate::desk::{PanelAsk, PanelInput};
use crate::widgets::image_view::MaskLayer;
use crate::widgets::sentence;
use framing::Framing;
pub use framing::region_of;
use mixing::Mixing;

/// Pictures whose masks stay in memory with their undo steps.
const KEPT: usize = 6;
/// Files and the command that names them, or why there are none.
type Sent = Result<(Vec<Vec<u8>>, Command), String>;

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
    measured: Option<Measured>,
    work: Option<(Sha256, MaskWork)>,
    form: Option<(Sha256, RepairForm)>,
    /// What was set for other pictures, until they are looked at again.
    forms: BTreeMap<Sha256, RepairForm>,
    /// The words that a repair of a picture was asked for with last.
    sent: BTreeMap<Sha256, [String; 2]>,
    sending: Option<Receiver<Sent>>,
    /// The drag of the box or the frame of the picture.
    framing: Framing,
    /// A mix that is being recorded and shall be shown then.
    awaited: Option<Sha256>,
    /// The candidate that is shown in the place of its parent.
    staged: Option<Sha256>,
    /// That candidate and another one as they are being put together.
    mixing: Option<Mixing>,
    /// Whether what differs from the other picture shall be masked, as soon as both are there.
    wants_difference: bool,
    /// What cannot be done, until something else is.
    problem: Option<String>,
    /// What is to be known of the masks of an image, until somebody has read it.
    note: Option<(Sha256, String)>,
}

/// The mask that is on the graphics card, as far as nothing waits.
struct ShownMask {
    image: Sha256,
    mask: Mask,
    /// What is to be uploaded, by its upper row and left column.
    waiting: BTreeMap<[u32; 2], PixelRect>,
    layer: MaskLayer,
}

/// The outline as it was found last.
struct Lines {
    mask: Mask,
    rect: PixelRect,
    step: u32,
    lines: Vec<Vec<[f32; 2]>>,
}

/// How much of a mask counts.
struct Measured {
    mask: Mask,
    least: u8,
    masked: Masked,
}

impl Repairing {
    /// Whether masks are worked on.
    pub fn is_on(&self) -> bool {
        self.mode == Mode::Repair
    }

    /// Ends the work on masks.
    pub fn leave(&mut self) {
        (self.mode, self.mixing) = (Mode::Look, None);
    }

    /// Begins or ends the work on masks.
    pub fn toggle(&mut self) {
        match self.mode {
            Mode::Look => self.mode = Mode::Repair,
            Mode::Repair => self.leave(),
        }
    }

    /// The candidate that is shown in the place of the selected image.
    pub fn staged(&mut self, input: &PanelInput<'_>, selected: Option<Sha256>) -> Option<Sha256> {
        let is_of = |made: &Sha256| {
            input
                .state
                .image(made)
                .is_some_and(|made| made.parent == selected && made.candidacy == Some(Candidacy::Waits))
        };
        if self.awaited.as_ref().is_some_and(is_of) {
            self.staged = self.awaited.take();
        }
        self.staged = self.staged.filter(is_of);
        let staged = self.staged;
        self.mixing.take_if(|mixing| staged != Some(mixing.two[0]) || !is_of(&mixing.two[1]));
        staged
    }

    /// Whether a candidate stands in the place of the picture.
    pub fn shows_candidate(&self) -> bool {
        self.staged.is_some()
    }

    /// Whether the pointer draws now.
    pub fn draws(&self, image: &Sha256) -> bool {
        let is_seen = self.staged.is_none() || self.mixing.is_some();
        self.is_on() && is_seen && self.work.is_none() && self.masking(image).is_some()
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
                KeptAnswer::Told(image, why) => {
                    self.problem = Some(why);
                    if self.reading.contains(&image) {
                        self.reading.retain(|reading| *reading != image);
                        self.begin_unread(input, image);
                    }
                }
                KeptAnswer::Noted(image, text) => self.add_note(image, text),
                KeptAnswer::Opened(image, masks) if self.reading.contains(&image) => {
                    self.reading.retain(|reading| *reading != image);
                    self.begin_masks(input, image, masks);
                }
                KeptAnswer::Opened(..) => {}
            }
        }
        let finished = self.work.as_ref().and_then(|(image, work)| Some((*image, work.finished()?)));
        if let Some((image, (finished, notes))) = finished {
            notes.iter().for_each(|note| self.add_note(image, sentence(note)));
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
            Some(Ok(Ok((files, command)))) => {
                if let Command::MixCandidates { result, .. } = &command {
                    self.awaited = Some(result.sha256);
                }
                asks.push(PanelAsk::Store(files, Box::new(command)));
            }
            Some(Ok(Err(why))) => self.problem = Some(why),
            Some(Err(crossbeam_channel::TryRecvError::Disconnected)) => {
                self.problem = Some("the mask could not be written as a file: try again".to_owned());
            }
        }
        self.sending = None;
    }

    /// Tells something of the masks of an image, below what is told of them already.
    fn add_note(&mut self, image: Sha256, text: String) {
        self.note = Some(match self.note.take() {
            Some((of, before)) if of == image => (image, format!("{before}\n{text}")),
            _ => (image, text),
        });
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

    /// Masks that could not be read are left as they are: a mask of another name is worked on in memory, and saved once that can be.
    fn begin_unread(&mut self, input: &PanelInput<'_>, image: Sha256) {
        let mask = input.state.image(&image).map(|known| Mask::new([known.width, known.height]));
        if let Some(Ok(mask)) = mask {
            self.begin_masks(input, image, vec![("Not saved yet".to_owned(), mask)]);
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
        if self.polygon_keys(ui, input, &image.sha256) {
            return;
        }
        let draws = self.masking(&image.sha256).is_some_and(Masking::is_drawing);
        match self.staged {
            Some(_) if self.mixing.is_some() => {
                // Escape gives up what is being drawn first.
                if pressed(none, Key::Enter) {
                    self.make_mix(ui.ctx(), input, &image.sha256);
                } else if !draws && pressed(none, Key::Escape) {
                    self.mixing = None;
                }
            }
            Some(candidate) if pressed(none, Key::Enter) => self.stage(input, StripAsk::Accept(candidate), asks),
            Some(candidate) if pressed(none, Key::Delete) => {
                self.stage(input, StripAsk::Discard(vec![candidate]), asks);
            }
            Some(_) if pressed(none, Key::Escape) => self.staged = None,
            _ => {}
        }
    }

    /// The keys that close and give up a polygon. Whether there is one that they are for.
    fn polygon_keys(&mut self, ui: &Ui, input: &PanelInput<'_>, image: &Sha256) -> bool {
        if !self.draws(image) {
            return false;
        }
        let Some(masking) = self.masking_mut(image).filter(|masking| masking.is_open_polygon()) else { return false };
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Enter) {
            let traced = masking.close();
            self.take(ui.ctx(), input, image, traced);
        } else if pressed(Key::Escape) || pressed(Key::Backspace) {
            masking.give_up();
        }
        true
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
