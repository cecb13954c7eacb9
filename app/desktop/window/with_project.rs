use std::path::Path;

use eframe::egui;
use kento_studio::workflow;

use super::input_form::InputForm;
use super::leaving::Leaving;
use super::name_form::{NameAnswer, NameForm, NeedsName};
use super::person_form::{PersonAnswer, PersonForm};
use super::projects::{Listened, Wanted, documents};
use super::{KentoApp, project_shortcuts};
use crate::desk::{Desk, Notice, Opening};
use crate::frame::{FrameEvent, PanelKind};
use crate::panels::acts::{Act, How, also};
use crate::sample::SampleCopy;
use crate::studio::Move;
use crate::widgets::Allowed;
use crate::widgets::command_palette::PaletteEntry;
use crate::widgets::toasts::ToastKind;

/// What the command palette offers while a project is open, beside the frame's own.
#[derive(Debug, Clone, Copy)]
enum ProjectCommand {
    NewProject,
    OpenProject,
    OpenModel,
    AnotherPerson,
    TakeTour,
    Cull,
}

impl ProjectCommand {
    const ALL: [(Self, &str, &str); 6] = [
        (Self::Cull, "Picture", "Cull the volume run with the whole window"),
        (Self::NewProject, "Project", "New project"),
        (Self::OpenProject, "Project", "Open a project"),
        (Self::OpenModel, "Project", "Open a model"),
        (Self::AnotherPerson, "Project", "Let another person act"),
        (Self::TakeTour, "Help", "Take the tour"),
    ];
}

/// An act as the palette lists it.
fn entry(act: &Act) -> PaletteEntry {
    let entry = PaletteEntry::new("Workflow", &act.title, "").also(also(act.kind));
    PaletteEntry { allowed: act.allowed.clone(), ..entry }
}

impl KentoApp {
    /// Opens a project, or begins one; asks first where text in the open one would be lost.
    pub(super) fn take_up(&mut self, ctx: &egui::Context, wanted: Result<Wanted, String>) {
        let checked = wanted.and_then(|wanted| {
            let is_open = |desk: &&Desk| wanted.start.is_none() && desk.folder() == wanted.folder;
            if let Some(desk) = self.desk.as_ref().filter(is_open) {
                let name = desk.state().project().map_or("this project", |project| &project.name);
                return Err(format!("{name} is open in this window already"));
            }
            if self.opening.is_some() {
                return Err("another project is being opened: wait a moment".to_owned());
            }
            Ok(wanted)
        });
        match checked {
            Ok(wanted) if wanted.person.is_none() => {
                self.name_form = Some(NameForm::before(NeedsName::Open(wanted.folder)));
                ctx.request_repaint();
            }
            Ok(wanted) if self.desk.as_ref().is_some_and(|desk| !desk.unsaved().is_empty()) => {
                self.leaving = Some(Leaving::Project(wanted));
                ctx.request_repaint();
            }
            Ok(wanted) => self.begin_opening(ctx, wanted),
            Err(why) => self.not_opened(ctx, why),
        }
    }

    pub(super) fn begin_opening(&mut self, ctx: &egui::Context, wanted: Wanted) {
        let Wanted { folder, person: Some(person), start } = wanted else { return };
        let launch = self.setup.launch().map_err(|error| error.to_string());
        let model = &self.setup.model;
        match launch.and_then(|launch| Opening::begin(ctx, launch, model, &folder, person, start)) {
            Ok(opening) => self.opening = Some(opening),
            Err(why) => self.not_opened(ctx, why),
        }
    }

    /// Opens a copy of the sample project, and begins the tour as soon as it is open.
    pub(super) fn take_tour(&mut self, ctx: &egui::Context) {
        if self.projects.person().is_err() {
            self.name_form = Some(NameForm::before(NeedsName::Tour));
            return ctx.request_repaint();
        }
        let documents = documents().ok_or_else(|| "this user has no folder for documents".to_owned());
        let begun = documents.and_then(|folder| self.tour.begin(ctx, folder));
        if let Err(why) = begun {
            self.tell(ctx, ToastKind::Failed, why);
        }
    }

    fn open_sample(&mut self, ctx: &egui::Context, copied: Result<SampleCopy, String>) {
        let SampleCopy { folder, is_new } = match copied {
            Ok(copy) => copy,
            Err(why) => return self.tell(ctx, ToastKind::Failed, why),
        };
        if is_new {
            let text = format!("The sample is copied for you, change it as you like: {}", folder.display());
            self.tell(ctx, ToastKind::Done, text);
        }
        self.tour.wait_for(folder.clone());
        if self.desk.as_ref().is_some_and(|desk| desk.folder() == folder) {
            self.begin_tour(&folder);
        } else {
            let wanted = self.projects.open(folder);
            self.take_up(ctx, Ok(wanted));
        }
    }

    /// Asks who works here where that is not known, and goes on with what was wanted once it is.
    pub(super) fn ask_for_name(&mut self, ui: &mut egui::Ui) {
        let Some(mut form) = self.name_form.take() else { return };
        match form.show(ui) {
            None => self.name_form = Some(form),
            Some(NameAnswer::Nobody) => {
                self.not_opened(ui.ctx(), "nothing was opened: nobody works here yet".to_owned())
            }
            Some(NameAnswer::Name(name)) => {
                self.projects.call_me(&name);
                match form.wanted {
                    NeedsName::Open(folder) => {
                        let wanted = self.projects.open(folder);
                        self.take_up(ui.ctx(), Ok(wanted));
                    }
                    NeedsName::Tour => self.take_tour(ui.ctx()),
                }
            }
        }
    }

    /// Begins the tour where it waits for this project, and ends one that runs on another.
    fn begin_tour(&mut self, folder: &Path) {
        if self.tour.project_is_open(folder) {
            self.projects.tour_was_seen();
        }
    }

    /// Tells why, and starts the engine for the picture without a project where nothing else is open.
    fn not_opened(&mut self, ctx: &egui::Context, why: String) {
        self.tour.give_up();
        self.tell(ctx, ToastKind::Failed, why);
        if self.desk.is_none() && self.opening.is_none() && !self.session.was_started() {
            self.session.start(ctx);
        }
    }

    /// Takes in what the project's thread did since the last frame.
    pub(super) fn listen_to_project(&mut self, ctx: &egui::Context) {
        let listened = self.projects.listen();
        let Listened { wanted, model, picture, input, evidence, edited, checklist, template, told } = listened;
        self.input_forms.extend(input.map(InputForm::new));
        if let Some((kind, text)) = told {
            self.tell(ctx, kind, text);
        }
        if let Some(wanted) = wanted {
            self.take_up(ctx, wanted);
        }
        if let Some(copied) = self.tour.copied() {
            self.open_sample(ctx, copied);
        }
        match self.opening.take().map(Opening::finished) {
            None => {}
            Some(Err(opening)) => self.opening = Some(opening),
            Some(Ok(Err(why))) => {
                self.projects.begin_again();
                self.not_opened(ctx, why);
            }
            Some(Ok(Ok(mut desk))) => {
                let left = self.shared.left();
                desk.offer(&left.templates, &left.negatives, &left.styles);
                // Another device may have been chosen while it was opened.
                let device = self.setup.device.clone();
                let notice = device.and_then(|device| desk.use_device(device));
                notice.into_iter().for_each(|notice| self.act_on(ctx, notice));
                // What another window kept meanwhile is offered too.
                self.shared.read(ctx);
                let name = desk.state().project().map(|project| project.name.clone()).unwrap_or_default();
                self.projects.remember(desk.folder(), &name);
                // The engine of the picture without a project ends; the project has its own.
                let next = super::Session::of(self.setup.clone());
                std::mem::replace(&mut self.session, next).end_beside();
                self.person_form = None;
                self.reveals = (!desk.state().brief_is_complete()).then_some(PanelKind::LockPanel);
                self.begin_tour(desk.folder());
                if let Some(before) = self.desk.replace(desk) {
                    before.close_beside();
                }
            }
        }
        if let Some(template) = template {
            self.shared.keep(ctx, *template);
        }
        let (left, told) = self.shared.listen();
        if let (Some(left), Some(desk)) = (left, &mut self.desk) {
            desk.offer(&left.templates, &left.negatives, &left.styles);
        }
        for (kind, text) in told {
            self.tell(ctx, kind, text);
        }
        let Some(desk) = &mut self.desk else { return };
        let mut notices = desk.tick(ctx);
        notices.extend(model.and_then(|path| desk.open_model(&path)));
        notices.extend(picture.and_then(|path| desk.take_colours_of(path)));
        notices.extend(evidence.and_then(|path| desk.take_evidence(path)));
        notices.extend(edited.and_then(|(path, image, edit)| desk.take_edited(path, image, edit)));
        notices.extend(checklist.and_then(|checklist| desk.decide(workflow::Command::AdoptChecklist { checklist })));
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
            Notice::ChooseInput => self.projects.choose_input(ctx),
            Notice::Open(drawer) => self.frame.drawer = Some(drawer),
            Notice::OpenStage(place) => self.frame.open_stage(place),
            Notice::ChooseEvidence => self.projects.choose_evidence(ctx),
            Notice::ChooseEdited(image, edit) => self.projects.choose_edited(ctx, image, edit),
            Notice::ChooseChecklist => self.projects.choose_checklist(ctx),
            Notice::SaveChecklist(checklist) => self.projects.save_checklist(ctx, *checklist),
            Notice::DeviceGone(why) => self.device_is_gone(ctx, why),
            Notice::ChooseTemplate => self.projects.choose_template(ctx),
            Notice::KeepTemplate(template) => self.shared.keep(ctx, *template),
            Notice::KeepStyle(style) => self.shared.keep_style(ctx, *style),
            Notice::KeepNegative(addition) => {
                let project = self.desk.as_ref().and_then(|desk| desk.state().project());
                let project = project.map(|project| project.name.clone()).unwrap_or_default();
                self.shared.keep_negative(ctx, *addition, project);
            }
            Notice::SaveTemplate(template) => self.projects.save_template(ctx, *template),
        }
    }

    /// The window with an open project.
    pub(super) fn show_project(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let Some(desk) = &mut self.desk else { return };
        if let Some(form) = &mut self.person_form {
            match form.show(ui, desk.state(), &desk.actor().person) {
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
        self.ask_what_pictures_are_for(ui);
        let Some(desk) = &mut self.desk else { return };
        let folder = desk.folder().to_owned();
        let (mut data, mut contents) = desk.parts();
        data.recent = self.projects.recent_names();
        data.device_lines = self.devices.lines();
        data.recent_open = self.projects.recent_place(&folder);
        if let Some(sight) = self.tour.prepare(&ctx, &mut self.frame, data.role) {
            contents.bring_up(sight);
        }
        let acts = if self.frame.palette_is_open() { contents.acts() } else { Vec::new() };
        let mut entries: Vec<PaletteEntry> = acts.iter().map(entry).collect();
        entries.extend(ProjectCommand::ALL.map(|(command, group, title)| match command {
            ProjectCommand::Cull => {
                PaletteEntry { allowed: contents.may_cull(), ..PaletteEntry::new(group, title, "F9") }
            }
            _ => PaletteEntry::new(group, title, ""),
        }));
        let is_pressed = ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::F9));
        let refused = is_pressed.then(|| contents.toggle_cull());
        let events = self.frame.show(ui, &data, &mut contents, &entries, &project_shortcuts());
        contents.settle(&ctx);
        self.bring_into_sight(&ctx);
        self.tour.show(ui, &self.frame);
        if let Some(Allowed::No(why)) = refused {
            self.tell(&ctx, ToastKind::Refused, format!("There is nothing to cull: {why}"));
        }
        for event in events {
            match event {
                FrameEvent::CommandTaken(place) => match acts.get(place) {
                    Some(act) => self.take_act(&ctx, act.how.clone()),
                    None => self.run(&ctx, ProjectCommand::ALL[place - acts.len()].0),
                },
                event => self.follow(&ctx, event),
            }
        }
    }

    /// Lists the devices for the menu below the chip.
    pub(super) fn look_at_devices(&mut self, ctx: &egui::Context) {
        match self.setup.launch() {
            Ok(launch) => self.devices.look(ctx, launch.program),
            Err(error) => self.tell(ctx, ToastKind::Failed, format!("the devices cannot be listed: {error}")),
        }
    }

    /// Computes on the device at a place of that list, once the running job has ended.
    pub(super) fn take_device(&mut self, ctx: &egui::Context, place: usize) {
        let name = self.devices.lines().into_iter().nth(place).map(|line| line.name).unwrap_or_default();
        let Some(device) = self.devices.take(place) else { return };
        let told = match self.devices.chosen() {
            Some(_) => format!("{name} computes from the next picture on"),
            None => "The device is chosen automatically from the next picture on".to_owned(),
        };
        self.tell(ctx, ToastKind::Done, told);
        self.setup.device = Some(device.clone());
        let notice = self.desk.as_ref().and_then(|desk| desk.use_device(device.clone()));
        self.session.use_device(device);
        notice.into_iter().for_each(|notice| self.act_on(ctx, notice));
    }

    /// The chosen device is gone, and the automatic choice stands for it.
    pub(super) fn device_is_gone(&mut self, ctx: &egui::Context, why: String) {
        self.devices.fall_back();
        self.setup.device = None;
        self.tell(ctx, ToastKind::Failed, why);
    }

    fn take_act(&mut self, ctx: &egui::Context, how: How) {
        let notice = self.desk.as_mut().and_then(|desk| desk.take_act(how));
        notice.into_iter().for_each(|notice| self.act_on(ctx, notice));
        ctx.request_repaint();
    }

    fn follow(&mut self, ctx: &egui::Context, event: FrameEvent) {
        let Some(desk) = &mut self.desk else { return };
        let notice = match event {
            FrameEvent::RoleAsked(role) => desk.take_role(role),
            FrameEvent::CancelAsked(job) => desk.cancel(job),
            FrameEvent::EarlierAsked(job) => desk.move_job(job, Move::Earlier),
            FrameEvent::LaterAsked(job) => desk.move_job(job, Move::Later),
            FrameEvent::RequeueAsked(jobs) => desk.requeue(&jobs),
            FrameEvent::WaitingAsked(place) => desk.go_to_waiting(place),
            FrameEvent::TryAgainAsked => desk.try_again(),
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
            FrameEvent::DeviceListAsked => return self.look_at_devices(ctx),
            FrameEvent::DeviceAsked(place) => return self.take_device(ctx, place),
            FrameEvent::TourAsked => return self.run(ctx, ProjectCommand::TakeTour),
            FrameEvent::PersonAsked => return self.run(ctx, ProjectCommand::AnotherPerson),
            // The list that was shown knows what it is.
            FrameEvent::CommandTaken(_) => None,
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
            ProjectCommand::TakeTour => self.take_tour(ctx),
            ProjectCommand::Cull => {
                if let Some(desk) = &mut self.desk {
                    desk.parts().1.toggle_cull();
                }
            }
        }
        ctx.request_repaint();
    }
}
