use eframe::egui::{TextureHandle, Ui};

use super::Command;
use super::session::Session;
use crate::frame::{PanelContents, PanelKind, padded, shortened};
use crate::panels::{picture, prompt};
use crate::theme::icons;
use crate::widgets::{ActionButton, EmptyState, show_empty_state};

/// What stands in the panels while no project is open: one prompt and one picture.
pub(super) struct Contents<'a> {
    pub session: &'a Session,
    pub form: &'a mut prompt::Form,
    pub texture: Option<&'a TextureHandle>,
    pub commands: &'a mut Vec<Command>,
    /// The project that was open last.
    pub last: Option<&'a str>,
    /// Whether somebody is here for the first time.
    pub offers_tour: bool,
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
                let mut offers = vec![
                    (ActionButton::primary("New project"), Command::NewProject),
                    (ActionButton::plain("Open a project's folder…"), Command::OpenProject),
                ];
                if let Some(name) = self.last {
                    offers[0].0 = ActionButton::plain("New project");
                    let go_on = ActionButton::primary(format!("Continue \"{}\"", shortened(name, 32)));
                    offers.insert(0, (go_on, Command::Continue));
                }
                if self.offers_tour {
                    let tour = ActionButton::plain("Take the tour · 4 steps");
                    let tour =
                        tour.explained("Opens a copy of a finished sample project and says what each panel is for");
                    let pass = ActionButton::quiet("No tour").explained("The project menu has it whenever you want it");
                    offers.insert(1, (tour, Command::TakeTour));
                    offers.push((pass, Command::PassTour));
                }
                let (buttons, commands): (Vec<_>, Vec<_>) = offers.into_iter().unzip();
                let state = EmptyState {
                    icon: icons::PICTURES,
                    title: "No project is open".to_owned(),
                    advice: "A project takes pictures from a brief to a cleared image. Without one, the lock panel makes single pictures."
                        .to_owned(),
                    buttons,
                };
                if let Some(pressed) = show_empty_state(ui, &state) {
                    self.commands.push(commands[pressed].clone());
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

#[cfg(test)]
mod tests {
    use eframe::egui;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::theme;

    struct Empty {
        session: Session,
        form: prompt::Form,
        commands: Vec<Command>,
        last: Option<&'static str>,
        offers_tour: bool,
    }

    fn grid(offers_tour: bool, width: f32) -> Harness<'static, Empty> {
        grid_after(None, offers_tour, width)
    }

    fn grid_after(last: Option<&'static str>, offers_tour: bool, width: f32) -> Harness<'static, Empty> {
        let (session, form) = (Session::new(), prompt::Form::default());
        let state = Empty { session, form, commands: Vec::new(), last, offers_tour };
        let builder = Harness::builder().with_size(egui::vec2(width, 600.0)).with_context_setup(theme::apply);
        builder.build_ui_state(
            |ui, state: &mut Empty| {
                let Empty { session, form, commands, last, offers_tour } = state;
                let offers_tour = *offers_tour;
                let mut contents = Contents { session, form, texture: None, commands, last: *last, offers_tour };
                contents.show(ui, PanelKind::ConceptGrid);
            },
            state,
        )
    }

    #[test]
    fn the_tour_is_offered_beside_a_new_project_and_can_be_passed_over() {
        for width in [720.0, 300.0] {
            let mut harness = grid(true, width);
            harness.run();
            let offers = ["New project", "Take the tour · 4 steps", "Open a project's folder…", "No tour"];
            let wanted = [Command::NewProject, Command::TakeTour, Command::OpenProject, Command::PassTour];
            for label in offers {
                let button = harness.get_by_label(label).rect();
                assert!(button.left() >= 0.0 && button.right() <= width, "{label} at {button:?} of {width}");
                harness.get_by_label(label).click();
                harness.run();
            }
            assert_eq!(harness.state().commands, wanted);
        }
    }

    #[test]
    fn whoever_comes_back_is_offered_the_last_project_first() {
        let mut harness = grid_after(Some("Spring · a.kento"), false, 720.0);
        harness.run();
        let (go_on, new) = (harness.get_by_label("Continue \"Spring · a.kento\""), harness.get_by_label("New project"));
        assert!(go_on.rect().left() < new.rect().left());
        go_on.click();
        harness.run();
        assert_eq!(harness.state().commands, [Command::Continue]);
    }

    #[test]
    fn nobody_is_asked_twice() {
        let mut harness = grid(false, 720.0);
        harness.run();
        harness.get_by_label("New project");
        assert!(harness.query_by_label("Take the tour · 4 steps").is_none());
        assert!(harness.query_by_label("No tour").is_none());
    }
}
