//! The window: draws panels, hands their commands to the [`session`], and never waits for anything.

mod commands;
mod contents;
mod projects;
mod remembered;
pub mod session;
mod settings;

use std::path::PathBuf;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};

pub use commands::Command;
use contents::Contents;
use kento_engine::protocol::DeviceRequest;
use projects::{Projects, Wanted};
use remembered::Remembered;
use session::Session;

use crate::build_info;
use crate::desk::{Desk, Notice, Opening};
use crate::frame::{FrameData, FrameEvent, JobLine, PanelKind, WindowFrame, WindowLayout};
use crate::panels::{bottom_bar, prompt, top_bar};
use crate::studio::Move;
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
            let mut app = KentoApp::remembering(&creation.egui_ctx, settings_folder());
            app.first_project = project;
            Ok(Box::new(app))
        }),
    )
    .map_err(|error| format!("the window cannot be opened ({error}); the command line works without one: kento --help"))
}

/// Where layout, recent projects and the person's name are kept; none where the user has no folder for settings.
fn settings_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "kento").map(|dirs| dirs.config_dir().to_owned())
}

/// The state of the window.
pub struct KentoApp {
    session: Session,
    form: prompt::Form,
    shown: Option<ShownTexture>,
    commands: Vec<Command>,
    frame: WindowFrame,
    role: ActingRole,
    remembered: Remembered,
    projects: Projects,
    /// Named when the program was started.
    first_project: Option<PathBuf>,
    opening: Option<Opening>,
    desk: Option<Desk>,
    /// Whether the brief is to be brought into sight once the panels stand for the role that acts.
    reveals_brief: bool,
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
        Self::remembering(ctx, None)
    }

    /// The same, with what is kept in a folder for settings.
    pub fn remembering(ctx: &egui::Context, folder: Option<PathBuf>) -> Self {
        theme::apply(ctx);
        let mut remembered = Remembered::new(folder.as_ref().map(|folder| folder.join("window.ron")));
        let (layout, mistake) = match remembered.read() {
            Ok(layout) => (layout.unwrap_or_default(), None),
            Err(mistake) => (WindowLayout::default(), Some(mistake)),
        };
        let role = ActingRole::Operator;
        let mut frame = WindowFrame::new(layout, role);
        if let Some(mistake) = mistake {
            frame.toasts.push(ToastKind::Failed, mistake, 0.0);
        }
        Self {
            session: Session::new(),
            form: prompt::Form::default(),
            shown: None,
            commands: Vec::new(),
            frame,
            role,
            remembered,
            projects: Projects::remembered(folder.as_deref()),
            first_project: None,
            opening: None,
            desk: None,
            reveals_brief: false,
            frames: 0,
        }
    }

    /// Opens a project, or begins one.
    fn take_up(&mut self, ctx: &egui::Context, wanted: Result<Wanted, String>) {
        let opened = wanted.and_then(|Wanted { folder, person, start }| {
            let launch = build_info::engine_launch(DeviceRequest::default()).map_err(|error| error.to_string())?;
            Opening::begin(ctx, launch, &folder, person, start)
        });
        match opened {
            Ok(opening) => self.opening = Some(opening),
            Err(why) => self.tell(ctx, ToastKind::Failed, why),
        }
    }

    fn remember(&mut self, ctx: &egui::Context) {
        let problems = self.remembered.tick().into_iter().chain(self.projects.take_problems());
        for why in problems.collect::<Vec<_>>() {
            self.tell(ctx, ToastKind::Failed, why);
        }
    }

    fn tell(&mut self, ctx: &egui::Context, kind: ToastKind, text: String) {
        let now_secs = ctx.input(|input| input.time);
        self.frame.toasts.push(kind, text, now_secs);
    }

    /// Takes in what the project's thread did since the last frame.
    fn listen_to_project(&mut self, ctx: &egui::Context) {
        let (wanted, model) = self.projects.listen();
        if let Some(wanted) = wanted {
            self.take_up(ctx, wanted);
        }
        match self.opening.take().map(Opening::finished) {
            None => {}
            Some(Err(opening)) => self.opening = Some(opening),
            Some(Ok(Err(why))) => {
                self.projects.begin_again();
                self.tell(ctx, ToastKind::Failed, why);
            }
            Some(Ok(Ok(desk))) => {
                let name = desk.state().project().map(|project| project.name.clone()).unwrap_or_default();
                self.projects.remember(desk.folder(), &name);
                // The engine of the picture without a project ends; the project has its own.
                self.session = Session::new();
                self.reveals_brief = !desk.state().brief_is_complete();
                self.desk = Some(desk);
            }
        }
        let Some(desk) = &mut self.desk else { return };
        let mut notices = desk.tick(ctx);
        notices.extend(model.and_then(|path| desk.open_model(&path)));
        for notice in notices {
            match notice {
                Notice::Toast(kind, text) => self.tell(ctx, kind, text),
                Notice::Reveal(panel) => self.frame.reveal(panel),
                Notice::ChooseModel => self.projects.choose_model(ctx),
            }
        }
    }

    /// The window with an open project.
    fn show_project(&mut self, ui: &mut egui::Ui) {
        let Some(desk) = &mut self.desk else { return };
        let (mut data, mut contents) = desk.parts();
        data.recent = self.projects.recent_names();
        let events = self.frame.show(ui, &data, &mut contents, &[], &project_shortcuts());
        if std::mem::take(&mut self.reveals_brief) {
            self.frame.reveal(PanelKind::LockPanel);
            ui.ctx().request_repaint();
        }
        for event in events {
            let notice = match event {
                FrameEvent::RoleAsked(role) => desk.take_role(role),
                FrameEvent::CancelAsked(job) => desk.cancel(job),
                FrameEvent::LayoutChanged => {
                    self.remembered.change(ui.ctx(), self.frame.layout());
                    None
                }
                FrameEvent::OpenProjectAsked => {
                    self.projects.choose_project(ui.ctx());
                    None
                }
                FrameEvent::NewProjectAsked => {
                    self.projects.begin_new();
                    None
                }
                FrameEvent::RecentProjectAsked(place) => {
                    let wanted = self.projects.recent(place);
                    return self.take_up(ui.ctx(), wanted);
                }
                FrameEvent::DevicesAsked => {
                    self.projects.choose_model(ui.ctx());
                    None
                }
                FrameEvent::EarlierAsked(job) => desk.move_job(job, Move::Earlier),
                FrameEvent::LaterAsked(job) => desk.move_job(job, Move::Later),
                FrameEvent::CommandTaken(_) => None,
            };
            if let Some(Notice::Toast(kind, text)) = notice {
                let now_secs = ui.input(|input| input.time);
                self.frame.toasts.push(kind, text, now_secs);
            }
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
                    self.take_up(ctx, wanted);
                }
                None => self.session.start(ctx),
            }
        }
        self.listen_to_project(ctx);
        if self.desk.is_some() || self.opening.is_some() {
            self.commands.clear();
            self.remember(ctx);
            return;
        }
        for command in std::mem::take(&mut self.commands) {
            match command {
                Command::NewProject => self.projects.begin_new(),
                Command::OpenProject => self.projects.choose_project(ctx),
                command => commands::apply(command, &mut self.session, &mut self.form),
            }
        }
        self.session.listen();
        self.remember(ctx);
        self.session.generate_first(&self.form);
        self.upload_picture(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        if let Some(wanted) = self.projects.show(ui) {
            self.take_up(ui.ctx(), wanted);
        }
        if self.desk.is_some() {
            self.show_project(ui);
            self.frames += 1;
            return;
        }
        let mut data = frame_data(&self.session, self.role);
        data.recent = self.projects.recent_names();
        let texture = self.shown.as_ref().map(|shown| &shown.texture);
        let mut contents =
            Contents { session: &self.session, form: &mut self.form, texture, commands: &mut self.commands };
        let entries = Command::PALETTE.map(|(command, title, keys)| {
            let mut entry = PaletteEntry::new("Picture", title, keys);
            entry.allowed = command.allowed(&self.session);
            entry
        });
        let shortcuts = project_shortcuts();
        for event in self.frame.show(ui, &data, &mut contents, &entries, &shortcuts) {
            match event {
                FrameEvent::RoleAsked(role) => self.role = role,
                FrameEvent::CommandTaken(place) => self.commands.push(Command::PALETTE[place].0.clone()),
                FrameEvent::CancelAsked(_) => self.commands.push(Command::Cancel),
                FrameEvent::LayoutChanged => self.remembered.change(ui.ctx(), self.frame.layout()),
                FrameEvent::OpenProjectAsked => self.projects.choose_project(ui.ctx()),
                FrameEvent::NewProjectAsked => self.projects.begin_new(),
                FrameEvent::RecentProjectAsked(place) => {
                    let wanted = self.projects.recent(place);
                    self.take_up(ui.ctx(), wanted);
                }
                FrameEvent::DevicesAsked | FrameEvent::EarlierAsked(_) | FrameEvent::LaterAsked(_) => {}
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

fn project_shortcuts() -> [ShortcutGroup; 1] {
    [ShortcutGroup::new("Pictures", &crate::widgets::image_view::SHORTCUTS)]
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
        devices: no("the command line chooses them: kento generate --help"),
        job,
        idle,
        ..FrameData::default()
    }
}
