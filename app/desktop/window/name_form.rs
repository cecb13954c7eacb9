use std::path::PathBuf;

use eframe::egui::{Frame, Id, Key, Modal, RichText, TextEdit, Ui};
use kento_studio::PersonName;

use crate::theme;
use crate::widgets::{ActionButton, Allowed, field_label};

/// Asks who works here, where neither an earlier run nor the system told, before it goes on with what was wanted.
#[derive(Debug)]
pub(super) struct NameForm {
    /// What the name is for.
    pub wanted: NeedsName,
    name: String,
    was_shown: bool,
}

/// What is done under somebody's name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NeedsName {
    /// Opening the project in this folder.
    Open(PathBuf),
    /// Taking the tour.
    Tour,
}

/// What was said.
pub(super) enum NameAnswer {
    /// Somebody of this name works here.
    Name(PersonName),
    /// Nobody wants to say.
    Nobody,
}

impl NameForm {
    /// The form before anything is said.
    pub fn before(wanted: NeedsName) -> Self {
        Self { wanted, name: String::new(), was_shown: false }
    }

    /// Draws the form. None while nothing is said.
    pub fn show(&mut self, ui: &mut Ui) -> Option<NameAnswer> {
        let mut answer = None;
        let frame = Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP);
        let response = Modal::new(Id::unique("your name")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(theme::POPOVER_WIDTH);
            ui.heading("Who works here?");
            ui.add_space(theme::GRID);
            let note = "Decisions are recorded under a name. It stays on this machine and in the projects.";
            ui.label(RichText::new(note).color(theme::palette(ui.style()).secondary));
            ui.add_space(theme::GAP);
            let label = field_label(ui, "Your name", "it stands on every record");
            let field = ui.add(TextEdit::singleline(&mut self.name).desired_width(f32::INFINITY)).labelled_by(label.id);
            if !std::mem::replace(&mut self.was_shown, true) {
                field.request_focus();
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            ui.add_space(theme::GROUP_GAP);
            let named = PersonName::new(self.name.as_str());
            let ready = named.as_ref().map_or_else(|why| Allowed::No(why.to_string()), |_| Allowed::Yes);
            ui.horizontal(|ui| {
                let goes_on = ActionButton::primary("Go on").allowed(ready).show(ui);
                if let (true, Ok(name)) = (goes_on || entered, named) {
                    answer = Some(NameAnswer::Name(name));
                }
                if ActionButton::plain("Cancel").show(ui) {
                    answer = Some(NameAnswer::Nobody);
                }
            });
        });
        if response.should_close() && answer.is_none() {
            answer = Some(NameAnswer::Nobody);
        }
        answer
    }
}
