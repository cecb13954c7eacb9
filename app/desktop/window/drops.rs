use std::path::{Path, PathBuf};

use eframe::egui::{self, Align2, Area, Context, Frame, Id, Label, LayerId, Order, RichText, Stroke, StrokeKind, Ui};
use kento_studio::workflow::CommandKind;

use super::KentoApp;
use super::input_form::{InputAnswer, InputForm};
use crate::desk::Notice;
use crate::frame::PanelKind;
use crate::theme;
use crate::widgets::toasts::ToastKind;

/// What something that is dropped onto the window is, by its name: looking into it is for the threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dropped {
    Project,
    Model,
    Picture,
    Unknown,
}

fn kind(path: &Path) -> Dropped {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("kento") => Dropped::Project,
        // A folder of diffusers has no extension, or a version for one: sd-v1.5.
        Some("safetensors") | None => Dropped::Model,
        Some("png" | "jpg" | "jpeg" | "webp" | "tif" | "tiff" | "bmp") => Dropped::Picture,
        Some(other) if other.chars().all(|letter| letter.is_ascii_digit()) => Dropped::Model,
        Some(_) => Dropped::Unknown,
    }
}

impl KentoApp {
    /// Takes in what was dropped onto the window.
    pub(super) fn take_drops(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        for path in dropped {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            match (kind(&path), &mut self.desk) {
                (Dropped::Project, _) => {
                    let wanted = self.projects.open(path);
                    self.take_up(ctx, Ok(wanted));
                }
                (Dropped::Model, Some(desk)) => {
                    let notice = desk.open_model(&path);
                    self.tell(ctx, ToastKind::Done, format!("{name} is being opened and hashed"));
                    notice.into_iter().for_each(|notice| self.act_on(ctx, notice));
                }
                // Before there is a brief a picture can only be one thing: where its colours come from.
                (Dropped::Picture, Some(desk)) if desk.state().brief().is_none() => self.take_colours(ctx, path),
                (Dropped::Picture, Some(_)) => self.input_forms.push(InputForm::new(path)),
                (Dropped::Model | Dropped::Picture, None) => {
                    let why = format!("{name} needs a project that it goes into: open or begin one first");
                    self.tell(ctx, ToastKind::Refused, why);
                }
                (Dropped::Unknown, _) => {
                    let what = "a .kento folder, a model (.safetensors or a diffusers folder) or a picture";
                    self.tell(ctx, ToastKind::Refused, format!("{name} cannot be used here: drop {what}"));
                }
            }
        }
    }

    /// Reads a picture for the brief's palette.
    pub(super) fn take_colours(&mut self, ctx: &Context, path: PathBuf) {
        let refused = self.desk.as_mut().and_then(|desk| desk.take_colours_of(path));
        self.act_on(ctx, refused.unwrap_or(Notice::Reveal(PanelKind::LockPanel)));
    }

    /// Asks what the first of the pictures is for that somebody brought, and does it.
    pub(super) fn ask_what_pictures_are_for(&mut self, ui: &mut Ui) {
        let (Some(form), Some(desk)) = (self.input_forms.first_mut(), &mut self.desk) else {
            return self.input_forms.clear();
        };
        let may = [CommandKind::AddInput, CommandKind::WriteBrief].map(|kind| desk.may(kind));
        let Some(answer) = form.show(ui, &may) else { return };
        let path = self.input_forms.remove(0).path;
        match answer {
            InputAnswer::Nothing => {}
            InputAnswer::Colours => self.take_colours(ui.ctx(), path),
            InputAnswer::Input(licence) => {
                let notice = desk.take_input(path, licence);
                notice.into_iter().for_each(|notice| self.act_on(ui.ctx(), notice));
            }
        }
    }
}

/// What happens to what is held over the window, once it is dropped.
fn foretold(path: Option<&Path>, has_project: bool) -> String {
    let Some(path) = path else {
        let told =
            "A project opens, a model goes on the shelf, a picture becomes an input or gives the brief its colours.";
        return told.to_owned();
    };
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    match (kind(path), has_project) {
        (Dropped::Project, _) => format!("{name} is opened."),
        (Dropped::Model, true) => format!("{name} goes on the shelf of models."),
        (Dropped::Picture, true) => format!("{name} becomes an input, or gives its colours to the brief."),
        (Dropped::Model | Dropped::Picture, false) => {
            format!("{name} needs a project that it goes into: open or begin one first.")
        }
        (Dropped::Unknown, _) => format!("{name} cannot be used here."),
    }
}

/// Says what comes of a drop while something is held over the window.
pub(super) fn show_hint(ui: &mut Ui, has_project: bool) {
    let held = ui.input(|input| input.raw.hovered_files.first().map(|file| file.path.clone()));
    let Some(held) = held else { return };
    let colors = theme::palette(ui.style());
    let window = ui.ctx().content_rect();
    let edge = Stroke::new(2.0, colors.accent);
    let over = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("drop edge")));
    over.rect_stroke(window.shrink(1.0), 0.0, edge, StrokeKind::Inside);
    Area::new(Id::unique("drop hint")).order(Order::Tooltip).anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO).show(
        ui.ctx(),
        |ui| {
            Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP).show(ui, |ui| {
                ui.set_max_width(theme::POPOVER_WIDTH);
                ui.label(RichText::new("Drop it here").font(theme::title_font()));
                let words = RichText::new(foretold(held.as_deref(), has_project)).color(colors.secondary);
                ui.add(Label::new(words).wrap());
            });
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_known_by_its_name() {
        for (path, is) in [
            ("/a/harbour.kento", Dropped::Project),
            ("/a/Photon.SAFETENSORS", Dropped::Model),
            ("/a/stable-diffusion-v1-5", Dropped::Model),
            ("/a/sd-v1.5", Dropped::Model),
            ("/a/mood.JPG", Dropped::Picture),
            ("/a/card.ron", Dropped::Unknown),
        ] {
            assert_eq!(kind(Path::new(path)), is, "{path}");
        }
    }

    #[test]
    fn what_is_held_over_the_window_is_told_what_becomes_of_it() {
        let told = |path: &str, has_project| foretold(Some(Path::new(path)), has_project);
        assert_eq!(told("/a/harbour.kento", false), "harbour.kento is opened.");
        assert_eq!(told("/a/mood.jpg", true), "mood.jpg becomes an input, or gives its colours to the brief.");
        assert!(told("/a/mood.jpg", false).contains("needs a project"));
        assert_eq!(told("/a/notes.docx", true), "notes.docx cannot be used here.");
        assert!(foretold(None, true).contains("A project opens"));
    }
}
