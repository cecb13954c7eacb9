//! What the canvas shows around a picture and in the place of one.

use eframe::egui::{Align2, Rect, RichText, Sense, Ui, vec2};

use super::data::CanvasData;
use super::shelf::{PictureKey, Pixels};
use super::ui::CanvasPanel;
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::PanelKind;
use crate::theme::{self, icons};
use crate::widgets::image_view::{PictureTexture, Plane};
use crate::widgets::{ActionButton, EmptyState, hash_label, show_empty_state};

impl CanvasPanel {
    /// Nothing is selected: the running job's preview, or what to do next.
    pub(super) fn nothing_selected(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        self.percent = None;
        let running = input.running.values().find(|running| running.preview.is_some());
        if let Some(((name, data, size), running)) = running.and_then(|one| Some((one.preview.as_ref()?, one))) {
            let key = PictureKey { image: *name, mirrored: self.mirrored };
            let pixels = || Pixels::Rgb { size: *size, data: data.clone() };
            self.shelf.ask(ui.ctx(), key, pixels);
            for shown in [Some(key), self.preview].into_iter().flatten() {
                if let Some(mut picture) = self.shelf.take(shown) {
                    live(ui, &mut picture, &running.detail, running.fraction);
                    self.shelf.put_back(shown, picture);
                    self.preview = Some(shown);
                    return;
                }
            }
        }
        let state = match input.running.values().next() {
            Some(running) => EmptyState {
                icon: icons::WAITS,
                title: "An image is being rendered".to_owned(),
                advice: format!("{}. The first preview is shown here.", running.detail),
                buttons: Vec::new(),
            },
            None if input.state.images().is_empty() => EmptyState {
                icon: icons::PICTURES,
                title: "No picture yet".to_owned(),
                advice: "The first ones come from the concept sprint; the one that is selected is shown here, large."
                    .to_owned(),
                buttons: Vec::new(),
            },
            None => EmptyState {
                icon: icons::PICTURES,
                title: "No image is selected".to_owned(),
                advice: "Select a tile of the concept grid: it is shown here, large.".to_owned(),
                buttons: vec![ActionButton::plain("Show the concept grid")],
            },
        };
        if show_empty_state(ui, &state).is_some() {
            asks.push(PanelAsk::Reveal(PanelKind::ConceptGrid));
        }
    }

    /// Hash, size, origin, standing, lineage.
    pub(super) fn caption(&mut self, ui: &mut Ui, data: &CanvasData, selection: &mut Selection) {
        let palette = theme::palette(ui.style());
        let note = |text: &str| RichText::new(text).font(theme::note_font()).color(palette.secondary);
        ui.spacing_mut().item_spacing = vec2(theme::GAP, 2.0);
        ui.spacing_mut().interact_size.y = theme::GROUP_GAP;
        ui.horizontal_wrapped(|ui| {
            hash_label(ui, "SHA-256 of the file", &data.image.to_string());
            if let Some([width, height]) = data.size {
                ui.label(
                    RichText::new(format!("{width}×{height}")).font(theme::small_mono_font()).color(palette.secondary),
                );
            }
            ui.label(RichText::new(&data.standing).font(theme::strong_note_font()).color(palette.text));
            if let Some(srgb) = self.picked {
                let (rect, _) = ui.allocate_exact_size(vec2(12.0, 10.0), Sense::hover());
                ui.painter().rect_filled(rect, 1.0, theme::shown(srgb));
                let [red, green, blue] = srgb;
                ui.label(note(&format!("#{red:02x}{green:02x}{blue:02x} copied")));
            }
        });
        ui.label(note(&data.origin));
        if data.lineage.is_empty() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(note("made from"));
            for (image, how) in &data.lineage {
                let link = ui.link(note(&format!("{} {how}", image.auto_v2())));
                let link = link.on_hover_text("Select this image");
                if link.clicked() {
                    selection.image = Some(*image);
                }
                ui.label(note("→"));
            }
            ui.label(note("this image"));
        });
    }
}

/// A live preview, as large as it fits, with how far it is.
fn live(ui: &mut Ui, picture: &mut PictureTexture, detail: &str, fraction: f32) {
    let palette = theme::palette(ui.style());
    let area = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(area, Sense::hover());
    response.widget_info(|| {
        eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Image, true, format!("Live preview, {detail}"))
    });
    ui.painter().rect_filled(area, 0.0, palette.window);
    let [width, height] = picture.size();
    let room = area.shrink2(vec2(theme::WIDE_GAP, theme::WIDE_GAP * 2.0));
    let scale = (room.width() / width).min(room.height() / height).max(0.01);
    let rect = Align2::CENTER_CENTER.align_size_within_rect(vec2(width, height) * scale, room);
    picture.paint(&ui.painter_at(area), &Plane::filling(rect, picture.size()), scale * ui.pixels_per_point());
    let below = rect.left_bottom() + vec2(0.0, theme::GAP);
    let bar = Rect::from_min_size(below, vec2(rect.width(), theme::PROGRESS_HEIGHT));
    ui.painter().rect_filled(bar, 2.0, palette.raised);
    let done = Rect::from_min_size(below, vec2(bar.width() * fraction.clamp(0.0, 1.0), bar.height()));
    ui.painter().rect_filled(done, 2.0, palette.accent);
    let at = bar.left_bottom() + vec2(0.0, theme::GAP);
    ui.painter().text(at, Align2::LEFT_TOP, detail, theme::note_font(), palette.secondary);
}
