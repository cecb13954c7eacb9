use eframe::egui::{Frame, Id, Modal, TextEdit, Ui};
use kento_studio::PersonName;
use kento_studio::workflow::State;

use crate::theme;
use crate::widgets::{ActionButton, Allowed, field_label};

/// What follows from a second name in a project of one person.
const ENDS_SOLO: &str =
    "A second person who does something here ends the fresh-eyes pass: from then on a maker never clears.";

/// The form in which somebody says who acts from now on.
#[derive(Debug, Default)]
pub(super) struct PersonForm {
    name: String,
    was_shown: bool,
}

/// What was said.
pub(super) enum PersonAnswer {
    /// This person acts.
    Person(PersonName),
    /// The same person as before.
    Nobody,
}

impl PersonForm {
    /// Draws the form with the people of the project. None while nothing is said.
    pub fn show(&mut self, ui: &mut Ui, state: &State, acting: &PersonName) -> Option<PersonAnswer> {
        let mut answer = None;
        let frame = Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP);
        let response = Modal::new(Id::unique("who acts")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(theme::POPOVER_WIDTH);
            ui.heading("Who acts?");
            ui.add_space(theme::GRID);
            let note = eframe::egui::RichText::new("The name stands on every record from now on.");
            ui.label(note.color(theme::palette(ui.style()).secondary));
            ui.add_space(theme::GAP);
            for (person, role) in state.people() {
                let allowed = if person == acting { Allowed::No("acts already".to_owned()) } else { Allowed::Yes };
                if ActionButton::plain(format!("{person} · {role}")).allowed(allowed).show(ui) {
                    answer = Some(PersonAnswer::Person(person.clone()));
                }
            }
            ui.add_space(theme::GAP);
            let label = field_label(ui, "Somebody new", "begins as Director; F7 and F8 change the role");
            let field = ui.add(TextEdit::singleline(&mut self.name).desired_width(f32::INFINITY)).labelled_by(label.id);
            if state.is_solo() {
                let note = eframe::egui::RichText::new(ENDS_SOLO).font(theme::note_font());
                ui.label(note.color(theme::palette(ui.style()).secondary));
            }
            if !std::mem::replace(&mut self.was_shown, true) {
                field.request_focus();
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
            ui.add_space(theme::GROUP_GAP);
            let named = PersonName::new(self.name.as_str());
            let ready =
                named.as_ref().map_or(Allowed::No("write a name, or choose one above".to_owned()), |_| Allowed::Yes);
            ui.horizontal(|ui| {
                let act = ActionButton::primary("Act").allowed(ready).show(ui);
                if let (true, Ok(person)) = (act || entered, named) {
                    answer = Some(PersonAnswer::Person(person));
                }
                if ActionButton::plain("Cancel").show(ui) {
                    answer = Some(PersonAnswer::Nobody);
                }
            });
        });
        if response.should_close() && answer.is_none() {
            answer = Some(PersonAnswer::Nobody);
        }
        answer
    }
}
