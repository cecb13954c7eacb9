use eframe::egui;

use super::person_form::{PersonAnswer, PersonForm};
use super::projects::{Listened, Wanted};
use super::{KentoApp, project_shortcuts};
use crate::desk::{Notice, Opening};
use crate::frame::{FrameEvent, PanelKind};
use crate::studio::Move;
use crate::widgets::command_palette::PaletteEntry;
use crate::widgets::toasts::ToastKind;

/// What the command palette offers while a project is open, beside the frame's own.
#[derive(Debug, Clone, Copy)]
enum ProjectCommand {
    NewProject,
    OpenProject,
    OpenModel,
    AnotherPerson,
}

impl ProjectCommand {
    const ALL: [(Self, &str); 4] = [
        (Self::NewProject, "New project"),
        (Self::OpenProject, "Open a project"),
        (Self::OpenModel, "Open a model"),
        (Self::AnotherPerson, "Let another person act"),
    ];
}

impl KentoApp {
    /// Opens a project, or begins one.
    pub(super) fn take_up(&mut self, ctx: &egui::Context, wanted: Result<Wanted, String>) {
        let opened = wanted.and_then(|Wanted { folder, person, start }| {
            if let Some(desk) = self.desk.as_ref().filter(|desk| start.is_none() && desk.folder() == folder) {
                let name = desk.state().project().map_or("this project", |project| &project.name);
                return Err(format!("{name} is open in this window already"));
            }
            if self.opening.is_some() {
                return Err("another project is being opened: wait a moment".to_owned());
            }
            let launch = self.setup.launch().map_err(|error| error.to_string())?;
            Opening::begin(ctx, launch, &self.setup.model, &folder, person, start)
        });
        match opened {
            Ok(opening) => self.opening = Some(opening),
            Err(why) => {
                self.tell(ctx, ToastKind::Failed, why);
                self.start_session_if_idle(ctx);
            }
        }
    }

    /// The picture without a project needs an engine where the project that was named could not be opened.
    fn start_session_if_idle(&mut self, ctx: &egui::Context) {
        if self.desk.is_none() && self.opening.is_none() && !self.session.was_started() {
            self.session.start(ctx);
        }
    }

    /// Takes in what the project's thread did since the last frame.
    pub(super) fn listen_to_project(&mut self, ctx: &egui::Context) {
        let Listened { wanted, model, picture } = self.projects.listen();
        if let Some(wanted) = wanted {
            self.take_up(ctx, wanted);
        }
        match self.opening.take().map(Opening::finished) {
            None => {}
            Some(Err(opening)) => self.opening = Some(opening),
            Some(Ok(Err(why))) => {
                self.projects.begin_again();
                self.tell(ctx, ToastKind::Failed, why);
                self.start_session_if_idle(ctx);
            }
            Some(Ok(Ok(desk))) => {
                let name = desk.state().project().map(|project| project.name.clone()).unwrap_or_default();
                self.projects.remember(desk.folder(), &name);
                // The engine of the picture without a project ends; the project has its own.
                let next = super::Session::of(self.setup.clone());
                std::mem::replace(&mut self.session, next).end_beside();
                self.person_form = None;
                self.reveals_brief = !desk.state().brief_is_complete();
                if let Some(before) = self.desk.replace(desk) {
                    before.close_beside();
                }
            }
        }
        let Some(desk) = &mut self.desk else { return };
        let mut notices = desk.tick(ctx);
        notices.extend(model.and_then(|path| desk.open_model(&path)));
        notices.extend(picture.and_then(|path| desk.take_colours_of(path)));
        for notice in notices {
            self.act_on(ctx, notice);
        }
    }

    pub(super) fn act_on(&mut self, ctx: &egui::Context, notice: Notice) {
        match notice {
            Notice::Toast(kind, text) => self.tell(ctx, kind, text),
            Notice::Reveal(panel) => self.frame.reveal(panel),
            Notice::ChooseModel => self.projects.choose_model(ctx),
            Notice::ChoosePicture => self.projects.choose_picture(ctx),
        }
    }

    /// The window with an open project.
    pub(super) fn show_project(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let Some(desk) = &mut self.desk else { return };
        if let Some(form) = &mut self.person_form {
            match form.show(ui, desk.state().people(), &desk.actor().person) {
                None => {}
                Some(PersonAnswer::Nobody) => self.person_form = None,
                Some(PersonAnswer::Person(person)) => {
                    self.person_form = None;
                    if let Some(notice) = desk.act_as(person) {
                        return self.act_on(&ctx, notice);
                    }
                }
            }
        }
        let Some(desk) = &mut self.desk else { return };
        let (mut data, mut contents) = desk.parts();
        data.recent = self.projects.recent_names();
        let entries = ProjectCommand::ALL.map(|(_, title)| PaletteEntry::new("Project", title, ""));
        let events = self.frame.show(ui, &data, &mut contents, &entries, &project_shortcuts());
        if std::mem::take(&mut self.reveals_brief) {
            self.frame.reveal(PanelKind::LockPanel);
            ctx.request_repaint();
        }
        for event in events {
            self.follow(&ctx, event);
        }
    }

    fn follow(&mut self, ctx: &egui::Context, event: FrameEvent) {
        let Some(desk) = &mut self.desk else { return };
        let notice = match event {
            FrameEvent::RoleAsked(role) => desk.take_role(role),
            FrameEvent::CancelAsked(job) => desk.cancel(job),
            FrameEvent::EarlierAsked(job) => desk.move_job(job, Move::Earlier),
            FrameEvent::LaterAsked(job) => desk.move_job(job, Move::Later),
            FrameEvent::RequeueAsked(jobs) => desk.requeue(&jobs),
            FrameEvent::SkipAsked(place, reason) => desk.skip(place, Some(reason)),
            FrameEvent::ResumeAsked(place) => desk.skip(place, None),
            FrameEvent::LayoutChanged => {
                self.remembered.change(ctx, self.frame.layout());
                None
            }
            FrameEvent::RecentProjectAsked(place) => {
                let wanted = self.projects.recent(place);
                return self.take_up(ctx, wanted);
            }
            FrameEvent::OpenProjectAsked => return self.run(ctx, ProjectCommand::OpenProject),
            FrameEvent::NewProjectAsked => return self.run(ctx, ProjectCommand::NewProject),
            FrameEvent::DevicesAsked => return self.run(ctx, ProjectCommand::OpenModel),
            FrameEvent::PersonAsked => return self.run(ctx, ProjectCommand::AnotherPerson),
            FrameEvent::CommandTaken(place) => return self.run(ctx, ProjectCommand::ALL[place].0),
        };
        if let Some(notice) = notice {
            self.act_on(ctx, notice);
        }
    }

    fn run(&mut self, ctx: &egui::Context, command: ProjectCommand) {
        match command {
            ProjectCommand::NewProject => self.projects.begin_new(),
            ProjectCommand::OpenProject => self.projects.choose_project(ctx),
            ProjectCommand::OpenModel => self.projects.choose_model(ctx),
            ProjectCommand::AnotherPerson => self.person_form = Some(PersonForm::default()),
        }
        ctx.request_repaint();
    }
}
