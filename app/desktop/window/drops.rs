use std::path::{Path, PathBuf};

use eframe::egui::{self, Align2, Area, Context, Frame, Id, Order, Ui};

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
        let notice = self.desk.as_mut().and_then(|desk| desk.take_colours_of(path));
        self.act_on(ctx, Notice::Reveal(PanelKind::LockPanel));
        notice.into_iter().for_each(|notice| self.act_on(ctx, notice));
    }

    /// Asks what the first of the pictures is for that somebody brought, and does it.
    pub(super) fn ask_what_pictures_are_for(&mut self, ui: &mut Ui) {
        let (Some(form), Some(desk)) = (self.input_forms.first_mut(), &mut self.desk) else {
            return self.input_forms.clear();
        };
        let may = desk.may_add_input();
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

/// Says what can be dropped while something is held over the window.
pub(super) fn show_hint(ui: &mut Ui) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    Area::new(Id::unique("drop hint")).order(Order::Tooltip).anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO).show(
        ui.ctx(),
        |ui| {
            Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP).show(ui, |ui| {
                ui.heading("Drop it here");
                ui.label("A project opens, a model goes on the shelf, a picture becomes an input or gives its colours to the brief.");
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
}
