use eframe::egui::{Frame, Label, Margin, Response, RichText, TextEdit, Ui, vec2};
use kento_studio::Sha256;
use kento_studio::workflow::{Command, CullDecision};

use super::Desk;
use crate::desk::PanelAsk;
use crate::frame::PanelKind;
use crate::panels::concept_grid::data::{Pictures, Troubles};
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::{SheetEvent, SheetState};
use crate::widgets::{ActionButton, ButtonLook, show_button_row};

/// Small secondary text that wraps.
pub(super) fn note(ui: &mut Ui, text: &str) -> Response {
    let palette = theme::palette(ui.style());
    ui.add(Label::new(RichText::new(text).font(theme::note_font()).color(palette.secondary)).wrap())
}

/// One line of text that is elided, and told whole by the pointer.
pub(super) fn line(ui: &mut Ui, text: &str) -> Response {
    let palette = theme::palette(ui.style());
    ui.add(Label::new(RichText::new(text).font(theme::note_font()).color(palette.secondary)).truncate())
}

/// Something that went wrong or waits, with what can be done about it. The button that was pressed, by its place.
pub(super) fn notice(ui: &mut Ui, text: &str, has_failed: bool, buttons: &[ActionButton]) -> Option<usize> {
    let palette = theme::palette(ui.style());
    let (fill, color) =
        if has_failed { (palette.fail_wash, palette.fail_text) } else { (palette.header, palette.text) };
    let frame = Frame::new()
        .fill(fill)
        .stroke(theme::line(palette))
        .corner_radius(theme::group_rounding())
        .inner_margin(Margin::same(theme::GAP as i8));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.add(Label::new(RichText::new(format!("{}  {text}", icons::WARNING)).color(color)).wrap());
        if buttons.is_empty() { None } else { show_button_row(ui, buttons) }
    });
    shown.inner
}

/// A line of text to be typed, under an accessible name.
pub(super) fn field(ui: &mut Ui, name: &str, hint: &str, text: &mut String, width: f32) -> Response {
    let palette = theme::palette(ui.style());
    let edit = TextEdit::singleline(text)
        .hint_text(RichText::new(hint).color(palette.hint))
        .margin(vec2(theme::GAP, 5.0))
        .desired_width(width);
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke = theme::line(palette);
        ui.add(edit).accessible_name(name)
    })
    .inner
}

/// Failed and interrupted jobs, with what can be done about them.
pub(super) fn troubles(ui: &mut Ui, desk: &mut Desk<'_, '_>, troubles: &Troubles) {
    if !troubles.interrupted.is_empty() {
        let (resume, drop_them) = (troubles.resume(), troubles.drop_them());
        let buttons = [
            ActionButton::plain("Queue them again").icon(icons::RETRY).allowed(desk.input.would(&resume)),
            ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Drop them") }
                .allowed(desk.input.would(&drop_them)),
        ];
        match notice(ui, &troubles.interrupted_text, false, &buttons) {
            Some(0) => desk.asks.push(PanelAsk::decide(resume)),
            Some(_) => desk.asks.push(PanelAsk::decide(drop_them)),
            None => {}
        }
    }
    if !troubles.failed.is_empty() {
        let retry = troubles.retry();
        let label = match troubles.failed.len() {
            1 => "Try it again".to_owned(),
            many => format!("Try all {many} again"),
        };
        let button = ActionButton::plain(label).icon(icons::RETRY).allowed(desk.input.would(&retry));
        if notice(ui, &troubles.failed_text, true, &[button]).is_some() {
            desk.asks.push(PanelAsk::decide(retry));
        }
    }
}

impl Desk<'_, '_> {
    pub(super) fn decide(&mut self, command: Command) {
        self.asks.push(PanelAsk::decide(command));
    }

    /// Keeps an image. Whether that is allowed; a refusal is told by the window.
    pub(super) fn keep(&mut self, image: Sha256) -> bool {
        let command = Command::Keep { image };
        let is_allowed = self.input.would(&command).is_yes();
        if is_allowed {
            self.cull.send(self.input.state, image, CullDecision::Keep);
        }
        self.decide(command);
        is_allowed
    }

    /// Puts an image into the canvas and brings the canvas into sight.
    pub(super) fn open(&mut self, image: Sha256) {
        self.selection.image = Some(image);
        self.asks.push(PanelAsk::Reveal(PanelKind::Canvas));
    }

    /// Takes in what was done on a sheet. What is left over is a rank, for the image.
    pub(super) fn take(
        &mut self,
        event: &SheetEvent,
        pictures: &Pictures,
        sheet: &SheetState,
    ) -> Option<(Sha256, Option<u8>)> {
        match *event {
            SheetEvent::Selected => {
                if let Some(image) = pictures.image(sheet.cursor) {
                    self.selection.image = Some(image);
                }
            }
            SheetEvent::Opened(place) => {
                if let Some(image) = pictures.image(place) {
                    self.open(image);
                }
            }
            SheetEvent::Ranked(place, rank) => return pictures.image(place).map(|image| (image, rank)),
            SheetEvent::Kept(place) => {
                if let Some(image) = pictures.culled(place) {
                    self.keep(image);
                }
            }
            SheetEvent::Rejected(place) => {
                if let Some(image) = pictures.culled(place) {
                    self.cull.reject(image);
                }
            }
            SheetEvent::Compared(one, other) => {
                if let (Some(one), Some(other)) = (pictures.image(one), pictures.image(other)) {
                    self.selection.compared = Some(one);
                    self.open(other);
                }
            }
            SheetEvent::Retried(place) => {
                if let Some(job) = pictures.cells.get(place).and_then(|cell| cell.job) {
                    self.decide(Command::RequeueJobs { jobs: vec![job] });
                }
            }
            SheetEvent::Moved { .. } => {}
        }
        None
    }
}
