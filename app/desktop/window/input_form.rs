use std::path::{Path, PathBuf};

use eframe::egui::{Frame, Id, Key, Label, Modal, RichText, TextEdit, Ui};

use crate::theme;
use crate::widgets::{ActionButton, Allowed, field_label};

/// The form in which somebody says what a picture is for that was dropped or chosen: an input of the project, under its licence, or
/// colours for the brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InputForm {
    pub path: PathBuf,
    licence: String,
    was_shown: bool,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InputAnswer {
    /// It becomes an input under this licence.
    Input(String),
    /// Its colours are wanted.
    Colours,
    /// Nothing is done with it.
    Nothing,
}

impl InputForm {
    /// The form for a picture.
    pub fn new(path: PathBuf) -> Self {
        Self { path, licence: String::new(), was_shown: false }
    }

    /// Draws the form, with whether who acts may add an input, and write the brief. None while nothing is said.
    pub fn show(&mut self, ui: &mut Ui, [may_add, may_write]: &[Allowed; 2]) -> Option<InputAnswer> {
        let mut answer = None;
        let frame = Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP);
        let response = Modal::new(Id::unique("new input")).frame(frame).show(ui.ctx(), |ui| {
            let secondary = theme::palette(ui.style()).secondary;
            ui.set_width(theme::POPOVER_WIDTH);
            ui.heading("What is this picture for?");
            ui.add_space(theme::GRID);
            ui.add(Label::new(RichText::new(name(&self.path)).color(secondary)).truncate());
            ui.add_space(theme::GAP);
            let label = field_label(ui, "Licence of the picture", "an input of the project needs one");
            let field = TextEdit::singleline(&mut self.licence).hint_text("own photograph, or CC BY 4.0 by …");
            let field = ui.add(field.desired_width(f32::INFINITY)).labelled_by(label.id);
            if !std::mem::replace(&mut self.was_shown, true) {
                field.request_focus();
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let licence = self.licence.trim();
            let ready = may_add.clone().but(licence.is_empty(), "write under which licence it may be used");
            let is_ready = ready.is_yes();
            ui.add_space(theme::GROUP_GAP);
            ui.horizontal_wrapped(|ui| {
                let add = ActionButton::primary("Add it as an input").allowed(ready);
                let add = add.explained("The project keeps a copy; it can be evidence for a verdict and is on record");
                if add.show(ui) || entered && is_ready {
                    answer = Some(InputAnswer::Input(licence.to_owned()));
                }
                let colours = ActionButton::plain("Take its colours").allowed(may_write.clone());
                if colours.explained("The brief offers them for its palette; the picture is not kept").show(ui) {
                    answer = Some(InputAnswer::Colours);
                }
                if ActionButton::plain("Cancel").show(ui) {
                    answer = Some(InputAnswer::Nothing);
                }
            });
        });
        if response.should_close() && answer.is_none() {
            answer = Some(InputAnswer::Nothing);
        }
        answer
    }
}

/// The file's name alone.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use eframe::egui::Vec2;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    type Asked = (InputForm, [Allowed; 2], Option<InputAnswer>);

    fn form(may: [Allowed; 2]) -> Harness<'static, Asked> {
        let builder = Harness::builder().with_size(Vec2::new(720.0, 520.0)).with_context_setup(theme::apply);
        let asked = (InputForm::new("/pictures/mood.jpg".into()), may, None);
        let mut harness = builder.build_ui_state(
            |ui, (form, may, answer): &mut Asked| {
                if let Some(said) = form.show(ui, may) {
                    *answer = Some(said);
                }
            },
            asked,
        );
        harness.run_ok();
        harness
    }

    fn press(harness: &mut Harness<'static, Asked>, label: &str) -> Option<InputAnswer> {
        harness.get_by_label(label).click();
        harness.run_ok();
        harness.state().2.clone()
    }

    #[test]
    fn an_input_needs_a_licence_and_enter_sends_it() {
        let mut harness = form([Allowed::Yes, Allowed::Yes]);
        harness.get_by_label("mood.jpg");
        let off = "Add it as an input, not possible: write under which licence it may be used";
        assert_eq!(press(&mut harness, off), None);
        let field = "Licence of the picture";
        harness.get_by_label(field).focus();
        harness.run_ok();
        harness.get_by_label(field).type_text("  own photograph ");
        harness.run_ok();
        let said = press(&mut harness, "Add it as an input");
        assert_eq!(said, Some(InputAnswer::Input("own photograph".to_owned())));
    }

    #[test]
    fn what_somebody_may_not_do_with_it_says_why() {
        let mut harness = form([Allowed::No("a Reviewer adds none".to_owned()), Allowed::Yes]);
        assert!(harness.query_by_label("Add it as an input, not possible: a Reviewer adds none").is_some());
        assert_eq!(press(&mut harness, "Take its colours"), Some(InputAnswer::Colours));
        let mut harness = form([Allowed::Yes, Allowed::No("the brief is the Director's".to_owned())]);
        assert_eq!(press(&mut harness, "Take its colours, not possible: the brief is the Director's"), None);
        assert_eq!(press(&mut harness, "Cancel"), Some(InputAnswer::Nothing));
    }
}
