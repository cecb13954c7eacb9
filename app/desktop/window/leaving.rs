use eframe::egui::{Context, Frame, Id, Label, Modal, RichText, Ui, ViewportCommand};

use super::KentoApp;
use super::projects::Wanted;
use crate::theme;
use crate::widgets::{ActionButton, sentence};

/// Where somebody wanted to go while text was not saved.
#[allow(clippy::large_enum_variant, reason = "there is at most one of it")]
pub(super) enum Leaving {
    /// Out of the window.
    Window,
    /// To another project.
    Project(Wanted),
}

/// Words as people list them: `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

impl KentoApp {
    /// Keeps the window open while something that was typed would be lost with it.
    pub(super) fn guard_close(&mut self, ctx: &Context) {
        let is_asked = ctx.input(|input| input.viewport().close_requested());
        if is_asked && !self.may_close && self.desk.as_ref().is_some_and(|desk| !desk.unsaved().is_empty()) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.leaving = Some(Leaving::Window);
        }
    }

    /// Asks what is to become of text that is not saved.
    pub(super) fn ask_before_leaving(&mut self, ui: &mut Ui) {
        let Some(leaving) = self.leaving.take() else { return };
        let unsaved = self.desk.as_ref().map(|desk| desk.unsaved()).unwrap_or_default();
        let (mut stays, mut leaves) = (false, unsaved.is_empty());
        let frame = Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP);
        let modal = Modal::new(Id::unique("unsaved text")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(theme::POPOVER_WIDTH);
            ui.heading("Not saved yet");
            ui.add_space(theme::GRID);
            let text = sentence(&format!("{} would be lost.", listed(&unsaved)));
            ui.add(Label::new(RichText::new(text).color(theme::palette(ui.style()).secondary)).wrap());
            ui.add_space(theme::GROUP_GAP);
            ui.horizontal(|ui| {
                stays = ActionButton::primary("Stay").show(ui);
                leaves |= ActionButton::plain("Leave without it").show(ui);
            });
        });
        if leaves {
            match leaving {
                Leaving::Window => {
                    self.may_close = true;
                    ui.ctx().send_viewport_cmd(ViewportCommand::Close);
                }
                Leaving::Project(wanted) => self.begin_opening(ui.ctx(), wanted),
            }
        } else if !stays && !modal.should_close() {
            self.leaving = Some(leaving);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_lost_is_listed_as_people_list_things() {
        let told = [listed(&[]), listed(&["a"]), listed(&["a", "b"]), listed(&["a", "b", "c"])];
        assert_eq!(told, ["", "a", "a and b", "a, b and c"]);
    }
}
