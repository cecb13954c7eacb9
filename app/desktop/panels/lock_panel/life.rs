use eframe::egui::{CollapsingHeader, Image, RichText, Sense, Ui, WidgetInfo, vec2};
use jiff::tz::TimeZone;
use kento_studio::Sha256;
use kento_studio::card::CardRef;
use kento_studio::workflow::CardState;

use super::data::{HeroData, hero, history, proof_box, revisions, run_lines};
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::PanelKind;
use crate::theme::{self, icons};
use crate::widgets::thumbnails::{PictureSource, Thumbnail, Thumbnails};
use crate::widgets::{ProofPictures, hash_label, relative_time_label, show_proof};

/// Side of the Hero while it is not proved.
const HERO_SIDE: f32 = 180.0;

/// Draws the Hero, the proof, the runs and the history of a saved card.
pub fn show_life(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    known: &CardState,
    selection: &mut Selection,
    thumbnails: &mut Thumbnails,
    asks: &mut Vec<PanelAsk>,
) {
    let card = known.card.card_ref();
    show_hero(ui, input, &card, known, selection, thumbnails, asks);
    show_runs(ui, input, &card);
    show_history(ui, input, &card, known, selection);
}

fn show_hero(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    card: &CardRef,
    known: &CardState,
    selection: &mut Selection,
    thumbnails: &mut Thumbnails,
    asks: &mut Vec<PanelAsk>,
) {
    let palette = theme::palette(ui.style());
    let data = hero(input, card, known);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Hero").font(theme::strong_font()));
        ui.label(RichText::new(&data.words).font(theme::note_font()).color(palette.secondary));
        if let Some(budget) = &data.budget {
            ui.label(RichText::new(budget).font(theme::note_font()).color(palette.hint));
        }
    });
    show_job(ui, input, &data, thumbnails);
    if let Some(reason) = &data.failed {
        let words = format!("{} Not reproduced: {reason}", icons::FAIL);
        ui.label(RichText::new(words).color(palette.fail_text));
    }
    let Some(image) = data.image else { return };
    if let Some(proof) = &known.proof {
        let first = texture(thumbnails, image, HERO_SIDE, &input.source(image));
        let boxed = proof_box(proof);
        // Identical pixels are one picture; the second render of another device is compared and not kept.
        let is_same = proof.hero_pixels == proof.again_pixels;
        show_proof(ui, &boxed, ProofPictures { first, again: first.filter(|_| is_same), difference: None });
    } else {
        picture(ui, input, image, thumbnails);
    }
    ui.horizontal_wrapped(|ui| {
        hash_label(ui, "sha256 of the Hero's file", &image.to_string());
        if ui.link("Show in the canvas").clicked() {
            selection.image = Some(image);
            asks.push(PanelAsk::Reveal(PanelKind::Canvas));
        }
    });
}

fn texture(
    thumbnails: &mut Thumbnails,
    image: Sha256,
    side: f32,
    source: &PictureSource,
) -> Option<eframe::egui::TextureId> {
    match thumbnails.get(image, side, source) {
        Thumbnail::Ready { texture, .. } => Some(texture),
        Thumbnail::Waiting | Thumbnail::Broken(_) => None,
    }
}

fn picture(ui: &mut Ui, input: &PanelInput<'_>, image: Sha256, thumbnails: &mut Thumbnails) {
    let palette = theme::palette(ui.style());
    match thumbnails.get(image, HERO_SIDE, &input.source(image)) {
        Thumbnail::Ready { texture, aspect } => {
            let size = vec2(HERO_SIDE * aspect.min(1.0), HERO_SIDE / aspect.max(1.0));
            ui.add(Image::new((texture, size)).corner_radius(theme::picture_rounding()).alt_text("The Hero"));
        }
        Thumbnail::Waiting => {
            let (rect, response) = ui.allocate_exact_size(vec2(HERO_SIDE, HERO_SIDE), Sense::hover());
            ui.painter().rect_filled(rect, theme::picture_rounding(), palette.raised);
            response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Image, true, "The Hero is being read"));
        }
        Thumbnail::Broken(why) => {
            let words = format!("{} The Hero cannot be shown: {why}", icons::WARNING);
            ui.label(RichText::new(words).color(palette.fail_text));
        }
    }
}

/// The job that renders the Hero now, with its preview.
fn show_job(ui: &mut Ui, input: &PanelInput<'_>, data: &HeroData, thumbnails: &mut Thumbnails) {
    let Some(job) = data.job else { return };
    let palette = theme::palette(ui.style());
    let what = if data.is_proof { "Second render in a fresh process" } else { "Hero" };
    let running = input.running.get(&job);
    let words =
        running.map_or_else(|| format!("{what}: waits for the engine"), |one| format!("{what}: {}", one.detail));
    ui.label(RichText::new(words).font(theme::note_font()).color(palette.secondary));
    let Some(running) = running else { return };
    let size = vec2(ui.available_width(), theme::PROGRESS_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, 2.0, palette.raised);
    let mut done = rect;
    done.set_width(rect.width() * running.fraction.clamp(0.0, 1.0));
    ui.painter().rect_filled(done, 2.0, palette.accent);
    let percent = format!("{what} {:.0} %", running.fraction * 100.0);
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::ProgressIndicator, true, &percent));
    if let Some((name, source)) = running.picture()
        && let Some(texture) = texture(thumbnails, name, HERO_SIDE, &source)
    {
        let side = vec2(HERO_SIDE * 0.5, HERO_SIDE * 0.5);
        ui.add(Image::new((texture, side)).corner_radius(theme::picture_rounding()).alt_text("Preview"));
    }
}

fn show_runs(ui: &mut Ui, input: &PanelInput<'_>, card: &CardRef) {
    let palette = theme::palette(ui.style());
    for run in run_lines(input.state, card) {
        ui.label(RichText::new(&run.words).font(theme::note_font()).color(palette.secondary));
        if let Some(drift) = &run.drift {
            let words = format!("{} {drift}", icons::WARNING);
            ui.label(RichText::new(words).font(theme::note_font()).color(palette.fail_text));
        }
    }
}

fn show_history(ui: &mut Ui, input: &PanelInput<'_>, card: &CardRef, known: &CardState, selection: &mut Selection) {
    let palette = theme::palette(ui.style());
    let zone = TimeZone::system();
    CollapsingHeader::new("Revisions and history").id_salt("history").show(ui, |ui| {
        for (revision, line) in revisions(input.state, &card.name) {
            if ui.selectable_label(revision == *card, line).clicked() {
                selection.card = Some(revision);
            }
        }
        ui.add_space(theme::GRID);
        for (at, line) in history(known) {
            ui.horizontal_wrapped(|ui| {
                relative_time_label(ui, at, input.now, &zone);
                ui.label(RichText::new(line).font(theme::note_font()).color(palette.secondary));
            });
        }
    });
}
