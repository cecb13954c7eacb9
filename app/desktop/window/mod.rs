//! The window: draws panels, hands their commands to the [`session`], and never waits for anything.

mod commands;
mod contents;
mod devices;
mod drops;
mod input_form;
mod leaving;
mod name_form;
mod person_form;
mod projects;
mod remembered;
pub mod session;
mod settings;
mod setup;
mod shared;
mod tour;
#[cfg(test)]
mod tour_tests;
mod with_project;

use std::path::PathBuf;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};

pub use commands::Command;
use contents::Contents;
use devices::Devices;
use input_form::InputForm;
use leaving::Leaving;
use name_form::NameForm;
use person_form::PersonForm;
use projects::Projects;
use remembered::Remembered;
use session::Session;
pub use setup::WindowSetup;
use shared::Shared;
use tour::Tour;

use crate::desk::{Desk, Opening};
use crate::frame::{FrameData, FrameEvent, JobLine, PanelKind, WindowFrame, WindowLayout};
use crate::panels::{bottom_bar, prompt, top_bar};
use crate::theme::{self, ActingRole};
use crate::widgets::command_palette::PaletteEntry;
use crate::widgets::toasts::ToastKind;
use crate::widgets::{Allowed, ShortcutGroup};

/// Opens the window, with a project in it where one is named, and returns when it is closed.
///
/// # Errors
/// One sentence when the system gives no window.
pub fn open(project: Option<PathBuf>) -> Result<(), String> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../../assets/icon/kento.png"))
        .map_err(|error| format!("the program's icon is damaged: {error}"))?;
    let viewport = egui::ViewportBuilder::default()
        .with_icon(icon)
        .with_title("Kento")
        .with_app_id("kento")
        .with_inner_size(theme::FIRST_WINDOW)
        .with_min_inner_size(theme::SMALLEST_WINDOW);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    eframe::run_native(
        "Kento",
        options,
        Box::new(move |creation| {
            let (settings, shared) = (settings_folder(), shared_folder());
            let setup = WindowSetup { settings, shared, project, ..WindowSetup::default() };
            Ok(Box::new(KentoApp::with(&creation.egui_ctx, setup)))
        }),
    )
    .map_err(|error| format!("the window cannot be opened ({error}); the command line works without one: kento --help"))
}

/// Where layout, recent projects and the person's name are kept; none where the user has no folder for settings.
fn settings_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "kento").map(|dirs| dirs.config_dir().to_owned())
}

/// Where projects leave templates and negative prompts for one another; none where the user has no folder for data.
fn shared_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "kento").map(|dirs| dirs.data_dir().to_owned())
}

/// The state of the window.
pub struct KentoApp {
    setup: WindowSetup,
    session: Session,
    form: prompt::Form,
    shown: Option<ShownTexture>,
    commands: Vec<Command>,
    frame: WindowFrame,
    role: ActingRole,
    remembered: Remembered,
    projects: Projects,
    shared: Shared,
    devices: Devices,
    /// Named when the program was started.
    first_project: Option<PathBuf>,
    opening: Option<Opening>,
    desk: Option<Desk>,
    person_form: Option<PersonForm>,
    /// Pictures that somebody brought and has not said the use of, the first one first.
    input_forms: Vec<InputForm>,
    name_form: Option<NameForm>,
    leaving: Option<Leaving>,
    /// Whether the window may close although text is not saved.
    may_close: bool,
    tour: Tour,
    /// What is to be brought into sight once the panels stand for the role that acts.
    reveals: Option<PanelKind>,
    frames: u64,
}

/// A picture on the graphics card, with the number of the picture that it was made from.
struct ShownTexture {
    revision: u64,
    texture: TextureHandle,
}

impl KentoApp {
    /// A window that has opened no device yet and remembers nothing; the engine starts after the first frame was shown.
    pub fn new(ctx: &egui::Context) -> Self {
        Self::with(ctx, WindowSetup::default())
    }

    /// The same, beginning with other than the usual.
    pub fn with(ctx: &egui::Context, mut setup: WindowSetup) -> Self {
        theme::apply(ctx);
        let mut remembered = Remembered::new(setup.settings.as_ref().map(|folder| folder.join("window.ron")));
        let (layout, mistake) = match remembered.read() {
            Ok(layout) => (layout.unwrap_or_default(), None),
            Err(mistake) => (WindowLayout::default(), Some(mistake)),
        };
        let devices = Devices::remembered(setup.settings.as_deref());
        setup.device = devices.chosen().or(setup.device);
        let role = ActingRole::Operator;
        let mut frame = WindowFrame::new(layout, role);
        if let Some(mistake) = mistake {
            frame.toasts.push(ToastKind::Failed, mistake, 0.0);
        }
        Self {
            session: Session::of(setup.clone()),
            form: prompt::Form::default(),
            shown: None,
            commands: Vec::new(),
            frame,
            role,
            remembered,
            projects: Projects::remembered(setup.settings.as_deref(), setup.new_projects.clone(), setup.person.clone()),
            shared: Shared::new(setup.shared.clone()),
            devices,
            first_project: setup.project.take(),
            setup,
            opening: None,
            desk: None,
            person_form: None,
            input_forms: Vec::new(),
            name_form: None,
            leaving: None,
            may_close: false,
            tour: Tour::default(),
            reveals: None,
            frames: 0,
        }
    }

    fn remember(&mut self, ctx: &egui::Context) {
        let problems = self.remembered.tick().into_iter().chain(self.projects.take_problems());
        let problems = problems.chain(self.devices.take_problems());
        for why in problems.collect::<Vec<_>>() {
            self.tell(ctx, ToastKind::Failed, why);
        }
    }

    fn tell(&mut self, ctx: &egui::Context, kind: ToastKind, text: String) {
        let now_secs = ctx.input(|input| input.time);
        self.frame.toasts.push(kind, text, now_secs);
    }

    /// Reveals what is to be seen. To be called after the frame was drawn: the panels may have been put up anew in it.
    fn bring_into_sight(&mut self, ctx: &egui::Context) {
        if let Some(panel) = self.reveals.take() {
            self.frame.reveal(panel);
            ctx.request_repaint();
        }
    }

    /// The running state, for tests.
    pub fn session(&self) -> &Session {
        &self.session
    }

    fn upload_picture(&mut self, ctx: &egui::Context) {
        let Some((revision, pixels)) = self.session.picture() else { return };
        if self.shown.as_ref().is_some_and(|shown| shown.revision == revision) {
            return;
        }
        let size = [pixels.width as usize, pixels.height as usize];
        let image = ColorImage::from_rgb(size, &pixels.data);
        match &mut self.shown {
            Some(shown) => {
                shown.texture.set(image, TextureOptions::LINEAR);
                shown.revision = revision;
            }
            None => {
                let texture = ctx.load_texture("picture", image, TextureOptions::LINEAR);
                self.shown = Some(ShownTexture { revision, texture });
            }
        }
    }
}

impl eframe::App for KentoApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if self.frames == 1 {
            // The window is visible now, so a slow driver is waited for in front of it.
            match self.first_project.take() {
                Some(folder) => {
                    let wanted = self.projects.open(folder);
                    self.take_up(ctx, Ok(wanted));
                }
                None => {
                    // What is offered to newcomers and to those who come back stands in the concept grid.
                    let offers = self.projects.offers_tour() || self.projects.has_recent();
                    self.reveals = offers.then_some(PanelKind::ConceptGrid);
                    self.session.start(ctx);
                }
            }
        }
        self.guard_close(ctx);
        self.take_drops(ctx);
        self.devices.listen();
        self.listen_to_project(ctx);
        if self.desk.is_some() || self.opening.is_some() {
            self.commands.clear();
            self.remember(ctx);
            return;
        }
        for command in std::mem::take(&mut self.commands) {
            match command {
                Command::NewProject => self.projects.begin_new(),
                Command::Continue => {
                    let wanted = self.projects.recent(0);
                    self.take_up(ctx, wanted);
                }
                Command::OpenProject => self.projects.choose_project(ctx),
                Command::TakeTour => self.take_tour(ctx),
                Command::PassTour => self.projects.tour_was_seen(),
                command => commands::apply(command, &mut self.session, &mut self.form),
            }
        }
        self.session.listen();
        if let Some(why) = self.session.lost_device() {
            self.device_is_gone(ctx, why);
        }
        self.remember(ctx);
        // A picture that nobody asked for is for a newcomer, who sees that everything works.
        if !self.projects.has_recent() {
            self.session.generate_first(&self.form);
        }
        self.upload_picture(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        if let Some(wanted) = self.projects.show(ui) {
            self.take_up(ui.ctx(), wanted);
        }
        drops::show_hint(ui, self.desk.is_some());
        self.ask_for_name(ui);
        self.ask_before_leaving(ui);
        if self.desk.is_some() {
            self.show_project(ui);
            self.frames += 1;
            return;
        }
        let mut data = frame_data(&self.session, self.role);
        data.device_lines = self.devices.lines();
        data.recent = self.projects.recent_names();
        let texture = self.shown.as_ref().map(|shown| &shown.texture);
        let mut contents = Contents {
            session: &self.session,
            form: &mut self.form,
            texture,
            commands: &mut self.commands,
            last: data.recent.first().map(String::as_str),
            offers_tour: self.projects.offers_tour(),
        };
        let entries = Command::PALETTE.map(|(command, group, title)| {
            let mut entry = PaletteEntry::new(group, title, "");
            entry.allowed = command.allowed(&self.session);
            entry
        });
        let shortcuts = project_shortcuts();
        let events = self.frame.show(ui, &data, &mut contents, &entries, &shortcuts);
        self.bring_into_sight(ui.ctx());
        for event in events {
            match event {
                FrameEvent::RoleAsked(role) => self.role = role,
                FrameEvent::CommandTaken(place) => self.commands.push(Command::PALETTE[place].0.clone()),
                FrameEvent::CancelAsked(_) => self.commands.push(Command::Cancel),
                FrameEvent::LayoutChanged => self.remembered.change(ui.ctx(), self.frame.layout()),
                FrameEvent::OpenProjectAsked => self.projects.choose_project(ui.ctx()),
                FrameEvent::NewProjectAsked => self.projects.begin_new(),
                FrameEvent::TourAsked => self.commands.push(Command::TakeTour),
                FrameEvent::RecentProjectAsked(place) => {
                    let wanted = self.projects.recent(place);
                    self.take_up(ui.ctx(), wanted);
                }
                FrameEvent::DeviceListAsked => self.look_at_devices(ui.ctx()),
                FrameEvent::DeviceAsked(place) => self.take_device(ui.ctx(), place),
                FrameEvent::DevicesAsked
                | FrameEvent::EarlierAsked(_)
                | FrameEvent::LaterAsked(_)
                | FrameEvent::RequeueAsked(_)
                | FrameEvent::TryAgainAsked
                | FrameEvent::WaitingAsked(_)
                | FrameEvent::SkipAsked(..)
                | FrameEvent::ResumeAsked(_)
                | FrameEvent::PersonAsked => {}
            }
        }
        if !self.commands.is_empty() || self.frames == 0 {
            ui.ctx().request_repaint();
        }
        self.frames += 1;
    }

    fn on_exit(&mut self) {
        self.remembered.write_now();
    }
}

fn project_shortcuts() -> [ShortcutGroup; 4] {
    [
        ShortcutGroup::new("Concept grid", &crate::widgets::contact_sheet::SHORTCUTS),
        ShortcutGroup::new("Canvas", &crate::widgets::image_view::SHORTCUTS),
        ShortcutGroup::new("Mask and repair", &crate::panels::canvas::MASK_SHORTCUTS),
        ShortcutGroup::new("Cull", &crate::panels::concept_grid::CULL_SHORTCUTS),
    ]
}

/// What the frame shows of a session without a project.
fn frame_data(session: &Session, role: ActingRole) -> FrameData {
    let bottom = bottom_bar::data(session);
    let job =
        bottom.fraction.map(|fraction| JobLine { title: bottom.text.clone(), fraction, detail: bottom.time.clone() });
    let idle = if bottom.time.is_empty() { bottom.text } else { format!("{} · {}", bottom.text, bottom.time) };
    let device = top_bar::data(session).chip();
    let no = |why: &str| Allowed::No(why.to_owned());
    FrameData {
        role,
        device,
        devices: no("a model goes into a project: open or begin one, or use kento generate"),
        job,
        idle,
        ..FrameData::default()
    }
}
