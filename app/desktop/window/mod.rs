//! The window: draws panels, hands their commands to the [`session`], and never waits for anything.

mod commands;
mod contents;
mod remembered;
pub mod session;

use std::path::PathBuf;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};

pub use commands::Command;
use contents::Contents;
use remembered::Remembered;
use session::Session;

use crate::frame::{FrameData, FrameEvent, JobLine, WindowFrame, WindowLayout};
use crate::panels::{bottom_bar, prompt, top_bar};
use crate::theme::{self, ActingRole};
use crate::widgets::command_palette::PaletteEntry;
use crate::widgets::toasts::ToastKind;
use crate::widgets::{Allowed, ShortcutGroup};

/// Opens the window and returns when it is closed.
///
/// # Errors
/// One sentence when the system gives no window.
pub fn open() -> Result<(), String> {
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
        Box::new(move |creation| Ok(Box::new(KentoApp::remembering(&creation.egui_ctx, layout_file())))),
    )
    .map_err(|error| format!("the window cannot be opened ({error}); the command line works without one: kento --help"))
}

/// Where the layout of the window is kept; none where the user has no folder for settings.
fn layout_file() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "kento").map(|dirs| dirs.config_dir().join("window.ron"))
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

    /// The same, with the layout that is kept in a file.
    pub fn remembering(ctx: &egui::Context, file: Option<PathBuf>) -> Self {
        theme::apply(ctx);
        let mut remembered = Remembered::new(file);
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
            frames: 0,
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
            self.session.start(ctx);
        }
        for command in self.commands.drain(..) {
            commands::apply(command, &mut self.session, &mut self.form);
        }
        self.session.listen();
        if let Some(why) = self.remembered.tick() {
            let now_secs = ctx.input(|input| input.time);
            self.frame.toasts.push(ToastKind::Failed, why, now_secs);
        }
        self.session.generate_first(&self.form);
        self.upload_picture(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let data = frame_data(&self.session, self.role);
        let texture = self.shown.as_ref().map(|shown| &shown.texture);
        let mut contents =
            Contents { session: &self.session, form: &mut self.form, texture, commands: &mut self.commands };
        let entries = Command::PALETTE.map(|(command, title, keys)| {
            let mut entry = PaletteEntry::new("Picture", title, keys);
            entry.allowed = command.allowed(&self.session);
            entry
        });
        let shortcuts = [ShortcutGroup::new("Pictures", &crate::widgets::image_view::SHORTCUTS)];
        for event in self.frame.show(ui, &data, &mut contents, &entries, &shortcuts) {
            match event {
                FrameEvent::RoleAsked(role) => self.role = role,
                FrameEvent::CommandTaken(place) => self.commands.push(Command::PALETTE[place].0.clone()),
                FrameEvent::CancelAsked(_) => self.commands.push(Command::Cancel),
                FrameEvent::LayoutChanged => self.remembered.change(ui.ctx(), self.frame.layout()),
                FrameEvent::RecentProjectAsked(_)
                | FrameEvent::OpenProjectAsked
                | FrameEvent::NewProjectAsked
                | FrameEvent::DevicesAsked
                | FrameEvent::EarlierAsked(_)
                | FrameEvent::LaterAsked(_) => {}
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
        projects: no("this window makes single pictures, without a project"),
        devices: no("the command line chooses them: kento generate --help"),
        job,
        idle,
        ..FrameData::default()
    }
}
