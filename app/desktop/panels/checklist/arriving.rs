//! What comes to the panel from elsewhere, later than it was asked for: files, measurements, the file to be released.

use eframe::egui::Context;
use kento_studio::Sha256;
use kento_studio::workflow::PaletteColour;

use super::ChecklistPanel;
use super::measuring::Measuring;
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

    /// The file of an image to be released was read: decide, or say what is wrong with it.
    pub(super) fn take_release(&mut self, asks: &mut Vec<PanelAsk>) {
        let Some(releasing) = &self.releasing else { return };
        match releasing.listen() {
            None => return,
            Some(Ok(command)) => asks.push(PanelAsk::decide(command)),
            Some(Err(why)) => self.failure = Some((releasing.image, why)),
        }
        self.releasing = None;
    }
}

/// The colours of the brief.
fn palette<'a>(input: &PanelInput<'a>) -> Option<&'a [PaletteColour]> {
    let colours = input.state.brief()?.brief.palette.filled()?;
    (!colours.is_empty()).then_some(colours)
}
