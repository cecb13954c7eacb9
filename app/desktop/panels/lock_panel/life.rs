use eframe::egui::{CollapsingHeader, Image, RichText, Sense, Ui, WidgetInfo, vec2};
use jiff::tz::TimeZone;
use kento_studio::card::CardRef;
use kento_studio::workflow::CardState;
use kento_studio::{JobId, Sha256};

use super::data::{HeroData, difference_name, failed_box, hero, history, proof_box, revisions, run_lines};
use super::second::SecondLook;
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::PanelKind;
use crate::studio::second_pictures;
use crate::theme::{self, icons};
use crate::widgets::thumbnails::{PictureSource, Thumbnail, Thumbnails};
use crate::widgets::{ActionButton, ProofPictures, hash_label, relative_time_label, sentence, show_proof};

/// Side of the Hero while it is not proved.
const HERO_SIDE: f32 = 180.0;

/// What the life of a card is drawn with.
pub struct LifeView<'a, 'b> {
    /// What panels read.
    pub input: &'a PanelInput<'b>,
    /// Jobs of the project that wait since Kento was closed.
    pub interrupted: &'a [JobId],
    /// What is looked at.
    pub selection: &'a mut Selection,
    /// Small pictures.
    pub thumbnails: &'a mut Thumbnails,
    /// What failed proofs left.
    pub second: &'a mut SecondLook,
    /// What is asked for.
    pub asks: &'a mut Vec<PanelAsk>,
}

/// Draws the Hero, the proof, the runs and the history of a saved card.
pub fn show_life(ui: &mut Ui, known: &CardState, view: &mut LifeView<'_, '_>) {
    let card = known.card.card_ref();
    show_hero(ui, &card, known, view);
    show_runs(ui, view.input, &card);
    show_history(ui, view.input, &card, known, view.selection);
}

fn show_hero(ui: &mut Ui, card: &CardRef, known: &CardState, view: &mut LifeView<'_, '_>) {
    let palette = theme::palette(ui.style());
    let data = hero(view.input, card, known, view.interrupted);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Hero").font(theme::strong_font()));
        ui.label(RichText::new(&data.words).font(theme::note_font()).color(palette.secondary));
        if let Some(budget) = &data.budget {
            ui.label(RichText::new(budget).font(theme::note_font()).color(palette.hint));
        }
    });
    show_job(ui, view.input, &data, view.thumbnails);
    for trouble in &data.troubles {
        ui.label(RichText::new(format!("{} {}", icons::WARNING, trouble.words)).color(palette.fail_text));
        let retry = trouble.retry();
        if ActionButton::plain(trouble.again).icon(icons::RETRY).allowed(view.input.would(&retry)).show(ui) {
            view.asks.push(PanelAsk::decide(retry));
        }
    }
    let is_compared = data.image.is_some_and(|image| show_comparison(ui, image, &data, known, view));
    match &data.failed {
        // The box has said what happened; what is left is what to do.
        Some(reason) if is_compared => {
            let advice = reason.rsplit_once(": ").map_or(reason.as_str(), |(_, advice)| advice);
            ui.label(RichText::new(sentence(advice)).color(palette.text));
        }
        Some(reason) => {
            let words = format!("{} Not reproduced: {reason}", icons::FAIL);
            ui.label(RichText::new(words).color(palette.fail_text));
        }
        None => {}
    }
    let Some(image) = data.image else { return };
    if !is_compared {
        picture(ui, view.input, image, view.thumbnails);
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("file").font(theme::note_font()).color(palette.secondary));
        hash_label(ui, "sha256 of the Hero's file", &image.to_string());
        if ui.link("Show in the canvas").clicked() {
            view.selection.image = Some(image);
            view.asks.push(PanelAsk::Reveal(PanelKind::Canvas));
        }
    });
}

/// The latest proof with both renders and where they differ. Whether there is one to show.
fn show_comparison(
    ui: &mut Ui,
    image: Sha256,
    data: &HeroData,
    known: &CardState,
    view: &mut LifeView<'_, '_>,
) -> bool {
    let (input, thumbnails) = (view.input, &mut *view.thumbnails);
    let second = match data.failed_job {
        Some(job) => view.second.of_job(ui.ctx(), input.images, thumbnails, job),
        None => None,
    };
    let (boxed, [hero_pixels, again_pixels]) = match (&known.proof, second) {
        (Some(proof), _) => (proof_box(proof), [proof.hero_pixels, proof.again_pixels]),
        (None, Some(second)) => match failed_box(input.state, known, second) {
            Some(boxed) => (boxed, [second.hero_pixels, second.again_pixels]),
            None => return false,
        },
        (None, None) => return false,
    };
    let first = texture(thumbnails, image, ProofPictures::LARGEST, &input.source(image));
    if hero_pixels == again_pixels {
        // Identical pixels are one picture, and nothing differs.
        show_proof(ui, &boxed, ProofPictures { first, again: first, difference: None });
        return true;
    }
    let Some(files) = second_pictures(input.images, hero_pixels, again_pixels) else { return false };
    let (again_file, difference_file) = (PictureSource::File(files.again), PictureSource::File(files.difference));
    let name = difference_name(hero_pixels, again_pixels);
    // Named by their pixels, which no file is named by.
    let again = texture(thumbnails, again_pixels, ProofPictures::LARGEST, &again_file);
    let difference = texture(thumbnails, name, ProofPictures::LARGEST, &difference_file);
    show_proof(ui, &boxed, ProofPictures { first, again, difference });
    if matches!(thumbnails.get(again_pixels, ProofPictures::LARGEST, &again_file), Thumbnail::Broken(_)) {
        let palette = theme::palette(ui.style());
        let words = "The second render is no longer in the project's cache: prove again to see it.";
        ui.label(RichText::new(words).font(theme::note_font()).color(palette.secondary));
    }
    true
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
