use eframe::egui::{
    Align2, Context, Label, Popup, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};
use kento_studio::Sha256;
use kento_studio::workflow::{CommandKind, State};

use super::data::ListKind;
use crate::desk::PanelInput;
use crate::panels::canvas;
use crate::theme::{self, icons};
use crate::widgets::thumbnails::{Thumbnail, Thumbnails};
use crate::widgets::{ActionButton, IconButton};

/// Memory that the small pictures of the choice may take, in MiB.
const THUMBNAIL_MIB: usize = 8;
/// Height of a line of the choice, and the side of its picture.
const LINE: f32 = 32.0;
/// Width and height of the choice.
const CHOICE: [f32; 2] = [260.0, 260.0];

/// What a file of the project is called where it supports a verdict.
pub fn evidence_name(state: &State, file: &Sha256) -> String {
    match (state.evidence().get(file), state.inputs().get(file)) {
        (Some(added), _) => format!("{} · file \"{}\"", file.auto_v2(), added.file.file_name),
        (None, Some(input)) => format!("{} · input \"{}\"", file.auto_v2(), input.file_name),
        (None, None) => format!("{} · {}", file.auto_v2(), canvas::step(state, file)),
    }
}

/// What can be attached: the files and the inputs, then every other image, the newest first, without what is attached already.
pub fn evidence_choices(state: &State, judged: &Sha256, attached: &[Sha256]) -> Vec<Sha256> {
    let mut images: Vec<_> = state.images().values().map(|image| (image.seq, image.sha256)).collect();
    images.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    let mut files: Vec<_> = state.evidence().values().map(|added| (added.seq, added.file.sha256)).collect();
    files.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    let inputs = state.inputs().keys().copied();
    let all = files.into_iter().map(|(_, file)| file).chain(inputs).chain(images.into_iter().map(|(_, image)| image));
    all.filter(|image| image != judged && !attached.contains(image)).collect()
}

/// The small pictures of the choice; none before somebody opens it.
#[derive(Default)]
pub(super) struct EvidencePictures(Option<Thumbnails>);

impl EvidencePictures {
    /// To be called once a frame while the choice is open.
    fn listen(&mut self, ctx: &Context) {
        if self.0.is_none() {
            // Without a thread for them the names are still there.
            self.0 = Thumbnails::new(ctx, THUMBNAIL_MIB).ok();
        }
        if let Some(thumbnails) = &mut self.0 {
            thumbnails.listen(ctx);
        }
    }
}

/// What was chosen to be attached.
enum Choice {
    OfProject(Sha256),
    OfComputer,
}

/// A file on its way to the draft that asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedFile {
    pub image: Sha256,
    pub kind: ListKind,
    pub item: String,
    /// Which, once it is read.
    pub file: Option<Sha256>,
}

/// What the choice is drawn with.
pub(super) struct Evidence<'a, 'b> {
    pub input: &'a PanelInput<'b>,
    /// The image that is judged.
    pub image: Sha256,
    pub pictures: &'a mut EvidencePictures,
}

impl Evidence<'_, '_> {
    /// Draws what is attached to a draft on an item, and the button that attaches more. Whether a file of this computer is wanted.
    pub(super) fn show(&mut self, ui: &mut Ui, item: &str, attached: &mut Vec<Sha256>) -> bool {
        let state = self.input.state;
        let mut removed = None;
        for image in attached.iter() {
            ui.horizontal(|ui| {
                let name = format!("Remove the evidence {} from {item}", image.auto_v2());
                if IconButton::new(icons::DELETE, name).show_sized(ui, theme::SMALL_CONTROL_HEIGHT) {
                    removed = Some(*image);
                }
                ui.add(Label::new(evidence_name(state, image)).truncate());
            });
        }
        attached.retain(|image| removed != Some(*image));
        let button = ActionButton::plain("Attach evidence…").named(format!("Attach evidence to {item}"));
        let button = button.explained("A document, an input or an image of the project supports the verdict");
        let response = button.respond(ui);
        let chosen = Popup::menu(&response).width(CHOICE[0]).show(|ui| self.choice(ui, item, attached));
        match chosen.and_then(|chosen| chosen.inner) {
            Some(Choice::OfProject(file)) => attached.push(file),
            Some(Choice::OfComputer) => return true,
            None => {}
        }
        false
    }

    /// Draws a piece of evidence of a recorded verdict. A press copies where its file lies.
    pub(super) fn attached(&self, ui: &mut Ui, file: &Sha256) {
        let (state, palette) = (self.input.state, theme::palette(ui.style()));
        let path = match state.evidence().get(file) {
            Some(added) => self.input.images.evidence().path(*file, &added.file.ending()),
            None => self.input.images.path(*file),
        };
        let text = RichText::new(evidence_name(state, file)).font(theme::note_font()).color(palette.secondary);
        let name = ui.add(Label::new(text.underline()).truncate().sense(Sense::click()));
        name.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("Copy where {} lies", evidence_name(state, file)))
        });
        if name.clicked() {
            ui.ctx().copy_text(path.display().to_string());
        }
        name.on_hover_text(format!("{}\nPress to copy the path", path.display()));
    }

    fn choice(&mut self, ui: &mut Ui, item: &str, attached: &[Sha256]) -> Option<Choice> {
        self.pictures.listen(ui.ctx());
        let choices = evidence_choices(self.input.state, &self.image, attached);
        let mut chosen = None;
        let another = ActionButton::quiet("A file of this computer…").icon(icons::FOLDER);
        let another = another.named(format!("A file of this computer… for {item}"));
        if another.allowed(self.input.may(CommandKind::AddEvidence)).show(ui) {
            chosen = Some(Choice::OfComputer);
            ui.close();
        }
        ScrollArea::vertical().max_height(CHOICE[1]).show_rows(ui, LINE, choices.len(), |ui, shown| {
            for image in &choices[shown] {
                if self.line(ui, *image) {
                    chosen = Some(Choice::OfProject(*image));
                    ui.close();
                }
            }
        });
        chosen
    }

    fn line(&mut self, ui: &mut Ui, image: Sha256) -> bool {
        let palette = theme::palette(ui.style());
        let name = evidence_name(self.input.state, &image);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Attach {name}")));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, theme::control_rounding(), theme::hovered(palette));
        }
        let square = Rect::from_min_size(rect.min, vec2(LINE, LINE)).shrink(2.0);
        let side_px = square.width() * ui.pixels_per_point();
        let source = self.input.source(image);
        let is_picture = !self.input.state.evidence().contains_key(&image);
        let pictures = self.pictures.0.as_mut().filter(|_| is_picture);
        let thumbnail = pictures.map(|pictures| pictures.get(image, side_px, &source));
        match thumbnail {
            Some(Thumbnail::Ready { texture, aspect }) => {
                let size = if aspect >= 1.0 { vec2(1.0, 1.0 / aspect) } else { vec2(aspect, 1.0) } * square.width();
                let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                let shown = Rect::from_center_size(square.center(), size);
                ui.painter().image(texture, shown, uv, theme::UNTINTED);
            }
            None if !is_picture => {
                let at = square.center();
                ui.painter().text(at, Align2::CENTER_CENTER, icons::NOTE, theme::title_font(), palette.secondary);
            }
            Some(Thumbnail::Waiting | Thumbnail::Broken(_)) | None => {
                ui.painter().rect_filled(square, theme::picture_rounding(), palette.field);
            }
        }
        let clip = ui.painter_at(rect);
        let at = pos2(square.right() + theme::GAP, rect.center().y);
        clip.text(at, Align2::LEFT_CENTER, &name, theme::note_font(), palette.text);
        let is_clicked = response.clicked();
        response.on_hover_text(name);
        is_clicked
    }
}

#[cfg(test)]
mod tests {
    use kento_studio::ImageReference;
    use kento_studio::workflow::Command;

    use super::*;
    use crate::panels::checklist::sample::{Sample, mara, sha};

    #[test]
    fn inputs_come_first_then_the_newest_images_and_nothing_twice() {
        let mut sample = Sample::sprinted();
        let image = ImageReference { sha256: sha(500), width: 64, height: 64 };
        let (file_name, licence) = ("licence.png".to_owned(), "own".to_owned());
        sample.ok(&mara(), Command::AddInput { image, file_name, licence });
        let choices = evidence_choices(&sample.state, &sha(15), &[sha(13)]);
        assert_eq!(choices[..3], [sha(500), sha(14), sha(12)]);
        assert_eq!(choices.len(), 14);
        let name = evidence_name(&sample.state, &sha(500));
        assert_eq!(name, format!("{} · input \"licence.png\"", sha(500).auto_v2()));
        assert_eq!(evidence_name(&sample.state, &sha(14)), format!("{} · sprint 1", sha(14).auto_v2()));
    }
}
