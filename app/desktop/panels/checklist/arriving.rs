//! What comes to the panel from elsewhere, later than it was asked for: files, measurements, the file to be cleared or released.

use eframe::egui::Context;
use kento_studio::Sha256;
use kento_studio::project::ImageStore;
use kento_studio::workflow::{Command, PaletteColour};

use super::ChecklistPanel;
use super::measuring::Measuring;
use super::release::{Rereading, Unfit};
use crate::desk::{PanelAsk, PanelInput};
use crate::widgets::Allowed;

impl ChecklistPanel {
    /// Attaches a file to the draft that asked for it, as soon as the project has the file.
    pub fn attach_evidence(&mut self, file: Sha256) {
        if let Some(wanted) = &mut self.wanted_file {
            wanted.file = Some(file);
        }
    }

    /// A file that was chosen is in the project.
    pub(super) fn take_file(&mut self, input: &PanelInput<'_>) {
        let has = |file: &Sha256| input.state.evidence().contains_key(file);
        let Some(wanted) = self.wanted_file.take_if(|wanted| wanted.file.as_ref().is_some_and(has)) else { return };
        let draft = self.drafts.get_mut(wanted.image, wanted.kind, &wanted.item);
        if let (Some(draft), Some(file)) = (draft, wanted.file)
            && !draft.evidence.contains(&file)
        {
            draft.evidence.push(file);
        }
    }

    /// Whether the palette can be measured now; None where the brief has none.
    pub(super) fn may_measure(&self, input: &PanelInput<'_>) -> Option<Allowed> {
        palette(input).map(|_| Allowed::Yes.but(self.measuring.is_some(), "a picture is being measured: wait a moment"))
    }

    /// Begins to measure what is wanted. Once it is measured, the figure goes into the note that asked for it.
    pub(super) fn take_measurement(&mut self, ctx: &Context, input: &PanelInput<'_>) {
        if let Some(wanted) = self.wants_measure.take() {
            let palette = palette(input).unwrap_or_default().to_vec();
            let image = wanted.0;
            match Measuring::start(ctx, input.images, palette, wanted) {
                Ok(measuring) => self.measuring = Some(measuring),
                Err(why) => self.failure = Some((image, why)),
            }
        }
        let Some((measuring, answer)) = self.measuring.as_ref().and_then(|one| Some((one, one.listen()?))) else {
            return;
        };
        match answer {
            Ok(figure) => {
                if let Some(draft) = self.drafts.get_mut(measuring.image, measuring.kind, &measuring.item) {
                    let before = draft.note.trim_end();
                    draft.note = if before.is_empty() { figure } else { format!("{before}\n{figure}") };
                }
            }
            Err(why) => self.failure = Some((measuring.image, why)),
        }
        self.measuring = None;
    }

    /// Reads the file of an image once more before it is cleared or released.
    pub fn reread(&mut self, ctx: &Context, images: &ImageStore, image: Sha256, then: Command) {
        self.failure = None;
        match Rereading::start(ctx, images, image, then) {
            Ok(rereading) => self.rereading = Some(rereading),
            Err(why) => self.failure = Some((image, why)),
        }
    }

    /// The file of an image to be cleared or released was read: decide, or say what is wrong with it. A clearance that stands on
    /// other pixels is voided.
    pub(super) fn take_reread(&mut self, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        let Some((image, answer)) = self.rereading.as_ref().and_then(|one| Some((one.image, one.listen()?))) else {
            return;
        };
        self.rereading = None;
        match answer {
            Ok(command) => asks.push(PanelAsk::decide(command)),
            Err(Unfit { why, found }) => {
                let report = found.map(|found| Command::ReportChangedFile { image, found });
                match report.filter(|report| input.would(report).is_yes()) {
                    Some(report) => asks.push(PanelAsk::decide(report)),
                    None => self.failure = Some((image, why)),
                }
            }
        }
    }
}

/// The colours of the brief.
fn palette<'a>(input: &PanelInput<'a>) -> Option<&'a [PaletteColour]> {
    let colours = input.state.brief()?.brief.palette.filled()?;
    (!colours.is_empty()).then_some(colours)
}
