//! The window: draws panels, hands their commands to the [`session`], and never waits for anything.

mod commands;
pub mod session;

use eframe::egui::{self, CentralPanel, Color32, ColorImage, Frame, Margin, Panel, TextureHandle, TextureOptions};

pub use commands::Command;
use session::Session;

use crate::panels::{bottom_bar, picture, prompt, top_bar};
use crate::theme;

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
    eframe::run_native("Kento", options, Box::new(|creation| Ok(Box::new(KentoApp::new(&creation.egui_ctx))))).map_err(
        |error| format!("the window cannot be opened ({error}); the command line works without one: kento --help"),
    )
}

/// The state of the window.
pub struct KentoApp {
    session: Session,
    form: prompt::Form,
    shown: Option<ShownTexture>,
    commands: Vec<Command>,
    frames: u64,
}

/// A picture on the graphics card, with the number of the picture that it was made from.
struct ShownTexture {
    revision: u64,
    texture: TextureHandle,
}

impl KentoApp {
    /// A window that has opened no device yet; the engine starts after the first frame was shown.
    pub fn new(ctx: &egui::Context) -> Self {
        theme::apply(ctx);
        Self { session: Session::new(), form: prompt::Form::default(), shown: None, commands: Vec::new(), frames: 0 }
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
        self.session.generate_first(&self.form);
        self.upload_picture(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let palette = theme::palette(ui.style());
        let bar = |fill: Color32| Frame::new().fill(fill).inner_margin(Margin::symmetric(theme::MARGIN, 0));
        Panel::top("top bar")
            .exact_size(theme::TOP_BAR_HEIGHT)
            .resizable(false)
            .frame(bar(palette.header))
            .show(ui, |ui| top_bar::show(ui, &top_bar::data(&self.session)));
        Panel::bottom("bottom bar")
            .exact_size(theme::BOTTOM_BAR_HEIGHT)
            .resizable(false)
            .frame(bar(palette.header))
            .show(ui, |ui| bottom_bar::show(ui, &bottom_bar::data(&self.session)));
        Panel::left("prompt")
            .exact_size(theme::PROMPT_PANEL_WIDTH)
            .resizable(false)
            .frame(Frame::new().fill(palette.panel).inner_margin(Margin::same(theme::MARGIN)))
            .show(ui, |ui| {
                let data = prompt::data(&self.session, &self.form);
                prompt::show(ui, &data, &mut self.form, &mut self.commands);
            });
        CentralPanel::default()
            .frame(Frame::new().fill(palette.window).inner_margin(Margin::same(theme::MARGIN)))
            .show(ui, |ui| {
                let texture = self.shown.as_ref().map(|shown| &shown.texture);
                picture::show(ui, &picture::data(&self.session), texture, &mut self.commands);
            });
        if !self.commands.is_empty() || self.frames == 0 {
            ui.ctx().request_repaint();
        }
        self.frames += 1;
    }
}
