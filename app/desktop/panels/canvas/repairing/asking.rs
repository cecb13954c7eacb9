//! What a repair is asked for with, and its candidates.

use std::thread;

use crossbeam_channel::bounded;
use eframe::egui::{Context, Ui};
use kento_finishing::PixelRect;
use kento_finishing::mask::{Mask, MaskPng};
use kento_studio::Sha256;
use kento_studio::workflow::{Command, CommandKind, Image, State};
use sha2::Digest as _;

use super::super::Room;
use super::super::repair::{
    BarInput, Candidate, Masked, RepairAct, RepairAsk, RepairForm, RepairPlan, StripAsk, StripSight, show_repair_bar,
    show_strip,
};
use super::{Repairing, Sent, told};
use crate::desk::{PanelAsk, PanelInput};
use crate::region::counts_from;
use crate::seed;
use crate::theme;
use crate::widgets::Allowed;
use crate::widgets::thumbnails::Thumbnails;

impl Repairing {
    /// What a repair would do as things stand.
    pub fn plan(&mut self, input: &PanelInput<'_>, image: &Image) -> Option<Result<RepairPlan, String>> {
        if !self.is_on() {
            return None;
        }
        if self.form.as_ref().is_none_or(|(of, _)| *of != image.sha256) {
            // Nothing that was typed is lost by a look at another picture.
            self.forms.extend(self.form.take());
            let kept = self.forms.remove(&image.sha256);
            let form = kept.or_else(|| RepairForm::of(input.state, image, seed::random()));
            self.form = form.map(|form| (image.sha256, form));
        }
        let Some(soft) = self.form.as_ref().map(|(_, form)| form.soft) else {
            return Some(Err("no recipe made this image, so there is none to repair it with".to_owned()));
        };
        let masked = self.measure(&image.sha256, counts_from(soft))?;
        self.form.as_ref().map(|(_, form)| form.plan(input.state, image, masked))
    }

    /// Whether words are typed for a repair that nobody asked for with them.
    pub fn has_unsaved(&self, state: &State) -> bool {
        let shown = self.form.as_ref().map(|(of, form)| (of, form));
        let mut all = self.forms.iter().chain(shown);
        all.any(|(of, form)| form.has_words(state, of) && self.sent.get(of).is_none_or(|sent| *sent != form.words()))
    }

    /// The bar with what is asked for.
    pub fn repair_bar(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        image: &Image,
        plan: &Result<RepairPlan, String>,
        room: Room,
        asks: &mut Vec<PanelAsk>,
    ) {
        let allowed = self.may_repair(input, image, plan);
        let masked = self.masked_rect(image);
        let Some((_, form)) = &mut self.form else {
            let color = theme::palette(ui.style()).secondary;
            if let Err(why) = plan {
                ui.colored_label(color, why);
            }
            return;
        };
        let bar = BarInput { plan, allowed, room, size: [image.width, image.height], masked, models: input.models };
        match show_repair_bar(ui, form, &bar) {
            None => {}
            Some(RepairAsk::NewSeed) => form.seed = seed::random(),
            Some(RepairAsk::Make) => self.make(ui.ctx(), image, plan, asks),
        }
        if let Some(problem) = &self.problem {
            let color = theme::palette(ui.style()).fail;
            ui.colored_label(color, crate::widgets::sentence(problem));
        }
    }

    fn may_repair(&self, input: &PanelInput<'_>, image: &Image, plan: &Result<RepairPlan, String>) -> Allowed {
        match (plan, &self.form) {
            _ if self.sending.is_some() => Allowed::No("the mask is being written: wait a moment".to_owned()),
            _ if self.work.is_some() => Allowed::No("the mask is being changed: wait a moment".to_owned()),
            (Err(why), _) => Allowed::No(why.clone()),
            // The hash of the mask decides nothing here.
            (Ok(plan), Some((_, form))) => input.would(&form.command(plan, image, Sha256([0; 32]))),
            (Ok(_), None) => input.may(CommandKind::StartRepair),
        }
    }

    /// Asks for the repair. Where it has a mask, that is written as a file on a thread first.
    fn make(&mut self, ctx: &Context, image: &Image, plan: &Result<RepairPlan, String>, asks: &mut Vec<PanelAsk>) {
        let (Ok(plan), Some((_, form)), Some(masking)) = (plan, &self.form, self.masking(&image.sha256)) else {
            return;
        };
        if plan.region.is_none() {
            asks.push(PanelAsk::decide(form.command(plan, image, Sha256([0; 32]))));
        } else {
            let (form, plan, image, mask) = (form.clone(), plan.clone(), image.clone(), masking.mask().clone());
            let write = move || {
                let (png, sha256) = mask_file(&mask)?;
                Ok((vec![png], form.command(&plan, &image, sha256)))
            };
            self.send(ctx, write);
        }
        // The next strip is another one.
        if let Some((of, form)) = &mut self.form {
            self.sent.insert(*of, form.words());
            form.seed = form.seed.wrapping_add(u64::from(form.count));
        }
    }

    /// Has files and the command that names them made on a thread.
    pub(super) fn send(&mut self, ctx: &Context, make: impl FnOnce() -> Sent + Send + 'static) {
        let (sender, answer) = bounded(1);
        let ctx = ctx.clone();
        let work = move || {
            // Nobody listens any more where the project was closed meanwhile.
            sender.send(make()).ok();
            ctx.request_repaint();
        };
        match thread::Builder::new().name("canvas-mask-file".to_owned()).spawn(work) {
            Ok(_) => self.sending = Some(answer),
            Err(error) => self.problem = Some(format!("the system gives no thread for the mask: {error}")),
        }
    }

    /// Where something is masked that counts; empty where nothing is.
    pub(super) fn masked_rect(&mut self, image: &Image) -> PixelRect {
        let least = self.form.as_ref().map_or(1, |(_, form)| counts_from(form.soft));
        match self.measure(&image.sha256, least) {
            Some(Masked::Within(bounds, _)) => bounds,
            _ => PixelRect::default(),
        }
    }

    /// What is asked for, for this image.
    pub fn act_of(&self, image: &Sha256) -> Option<RepairAct> {
        self.form.as_ref().filter(|(of, _)| of == image).map(|(_, form)| form.act)
    }

    /// Draws the strip. Whether something of it was pressed.
    pub fn strip(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        image: Sha256,
        candidates: &[Candidate],
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) -> bool {
        let mixed = self.mixing.as_ref().map(|mixing| (mixing.two[1], self.can_make_mix(&image)));
        let sight = StripSight { shown: self.staged, can_mix: self.can_mix(&image), mixed };
        let Some(ask) = show_strip(ui, input, candidates, sight, thumbnails) else { return false };
        // The caption of another picture may have another height.
        ui.ctx().request_repaint();
        match ask {
            StripAsk::Mix(two) => self.begin_mix(input, two),
            StripAsk::MakeMix => self.make_mix(ui.ctx(), input, &image),
            ask => self.stage(input, ask, asks),
        }
        true
    }

    pub(super) fn stage(&mut self, input: &PanelInput<'_>, ask: StripAsk, asks: &mut Vec<PanelAsk>) {
        match ask {
            StripAsk::Mix(_) | StripAsk::MakeMix => {}
            StripAsk::LeaveMix => self.mixing = None,
            StripAsk::Show(candidate) => (self.staged, self.mixing) = (candidate, None),
            StripAsk::Retry(job) => {
                let command = Command::RequeueJobs { jobs: vec![job] };
                if input.would(&command).is_yes() {
                    asks.push(PanelAsk::decide(command));
                }
            }
            StripAsk::Accept(image) => {
                if input.would(&Command::AcceptRepair { image }).is_yes() {
                    asks.push(PanelAsk::decide(Command::AcceptRepair { image }));
                    asks.push(PanelAsk::Select(image));
                    self.staged = None;
                }
            }
            StripAsk::Discard(images) => {
                let command = Command::DiscardRepairs { images };
                if input.would(&command).is_yes() {
                    asks.push(PanelAsk::decide(command));
                    self.staged = None;
                }
            }
        }
    }
}

/// A mask as the file that a repair names, with its hash.
pub(super) fn mask_file(mask: &Mask) -> Result<(Vec<u8>, Sha256), String> {
    let png = mask.to_png(MaskPng::Grey).map_err(told)?;
    let sha256 = Sha256(sha2::Sha256::digest(&png).into());
    Ok((png, sha256))
}
