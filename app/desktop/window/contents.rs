use eframe::egui::{TextureHandle, Ui};

use super::Command;
use super::session::Session;
use crate::frame::{PanelContents, PanelKind, padded};
use crate::panels::{picture, prompt};
use crate::theme::icons;
use crate::widgets::{ActionButton, EmptyState, show_empty_state};

/// What stands in the panels while no project is open: one prompt and one picture.
pub(super) struct Contents<'a> {
    pub session: &'a Session,
    pub form: &'a mut prompt::Form,
    pub texture: Option<&'a TextureHandle>,
    pub commands: &'a mut Vec<Command>,
}

impl PanelContents for Contents<'_> {
    fn context(&self, panel: PanelKind) -> String {
        match panel {
            PanelKind::LockPanel => "one prompt, without a project".to_owned(),
            PanelKind::Canvas => {
                let pixels = self.session.picture().map(|(_, pixels)| format!("{}×{}", pixels.width, pixels.height));
                pixels.unwrap_or_default()
            }
            PanelKind::ConceptGrid | PanelKind::Checklist => String::new(),
        }
    }

    fn actions(&mut self, _: &mut Ui, _: PanelKind) {}

    fn show(&mut self, ui: &mut Ui, panel: PanelKind) {
        padded(ui, |ui| match panel {
            PanelKind::ConceptGrid => {
                let state = EmptyState {
                    icon: icons::PICTURES,
                    title: "No project is open".to_owned(),
                    advice: "A project takes pictures from a brief to a cleared image. Without one, the lock panel makes single pictures."
                        .to_owned(),
                    buttons: vec![ActionButton::primary("New project"), ActionButton::plain("Open a project's folder…")],
                };
                match show_empty_state(ui, &state) {
                    Some(0) => self.commands.push(Command::NewProject),
                    Some(_) => self.commands.push(Command::OpenProject),
                    None => {}
                }
            }
            PanelKind::LockPanel => {
                let data = prompt::data(self.session, self.form);
                prompt::show(ui, &data, self.form, self.commands);
            }
            PanelKind::Canvas => picture::show(ui, &picture::data(self.session), self.texture, self.commands),
            PanelKind::Checklist => {
                empty(
                    ui,
                    icons::CHECKLIST,
                    "Nothing to review",
                    "A picture that is ready for the review gate brings its checklist here.",
                );
            }
        });
    }
}

fn empty(ui: &mut Ui, icon: &'static str, title: &str, advice: &str) {
    let state = EmptyState { icon, title: title.to_owned(), advice: advice.to_owned(), buttons: Vec::new() };
    show_empty_state(ui, &state);
}
