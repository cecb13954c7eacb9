use eframe::egui::{Align2, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use kento_studio::workflow::{Candidacy, Command, Image, Job, JobPurpose, JobStatus, State};
use kento_studio::{JobId, Sha256};

use crate::desk::PanelInput;
use crate::theme::{self, icons};
use crate::widgets::thumbnails::{Thumbnail, Thumbnails};
use crate::widgets::{ActionButton, Allowed};

/// One candidate of the latest strip of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The job that makes it; none where it was put together of two others.
    pub job: Option<JobId>,
    /// The picture, once it is made.
    pub image: Option<Sha256>,
    /// Why there will be none.
    pub failed: Option<String>,
}

/// What the strip asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StripAsk {
    /// Show a candidate in the place of the picture, or the picture itself again.
    Show(Option<Sha256>),
    /// Look at two put together: the second shows where it is masked.
    Mix([Sha256; 2]),
    /// Make of them what is looked at.
    MakeMix,
    /// Look at the first alone again.
    LeaveMix,
    /// Take this one.
    Accept(Sha256),
    /// These are not wanted.
    Discard(Vec<Sha256>),
    /// Make one again that failed.
    Retry(JobId),
}

/// How the candidates are looked at.
#[derive(Debug, Clone)]
pub struct StripSight {
    /// The one that stands in the place of the picture.
    pub shown: Option<Sha256>,
    /// Whether it can be put together with another one.
    pub can_mix: Allowed,
    /// The one that it is being put together with, and whether that can be made.
    pub mixed: Option<(Sha256, Allowed)>,
}

/// The candidates of an image that wait for a decision: those of its latest strip and of earlier ones that nobody decided.
pub fn candidates(state: &State, image: &Sha256) -> Vec<Candidate> {
    let strip = |purpose: &JobPurpose| purpose.strip().filter(|_| purpose.parent() == Some(*image));
    let latest = state.jobs().values().filter_map(|job| strip(&job.purpose)).max();
    let waits = |made: &Sha256| state.image(made).is_some_and(|made| made.candidacy == Some(Candidacy::Waits));
    let of_job = |(id, job): (&JobId, &Job)| {
        let strip = strip(&job.purpose)?;
        let candidate = |image, failed| Some(Candidate { job: Some(*id), image, failed });
        match &job.status {
            JobStatus::Queued => candidate(None, None),
            JobStatus::Done { image } if waits(image) => candidate(Some(*image), None),
            JobStatus::Failed { cause } if Some(strip) == latest => candidate(None, Some(cause.clone())),
            _ => None,
        }
    };
    let mut mixed: Vec<&Image> = state
        .images()
        .values()
        .filter(|made| made.parent == Some(*image) && waits(&made.sha256) && state.mixed_of(&made.sha256).is_some())
        .collect();
    mixed.sort_by_key(|made| made.seq);
    let of_two = mixed.into_iter().map(|made| Candidate { job: None, image: Some(made.sha256), failed: None });
    state.jobs().iter().filter_map(of_job).chain(of_two).collect()
}

/// Side of a candidate's picture in points.
const SIDE: f32 = 72.0;
/// Room for the buttons beside them, in points.
const BUTTONS: f32 = 204.0;

/// Draws the strip, with the candidate that is shown in the accent.
pub fn show_strip(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    candidates: &[Candidate],
    sight: StripSight,
    thumbnails: &mut Thumbnails,
) -> Option<StripAsk> {
    let StripSight { shown, can_mix, mixed } = sight;
    let mut asked = None;
    let made: Vec<Sha256> = candidates.iter().filter_map(|one| one.image).collect();
    ui.horizontal(|ui| {
        let room = (ui.available_width() - BUTTONS - theme::GAP).max(SIDE);
        ScrollArea::horizontal().id_salt("candidates").max_width(room).show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = theme::GRID;
            for (number, candidate) in (1..).zip(candidates) {
                if tile(ui, input, candidate, number, shown, thumbnails) {
                    asked = match (candidate.image, candidate.job) {
                        (Some(image), _) => Some(StripAsk::Show((shown != Some(image)).then_some(image))),
                        (None, job) => job.filter(|_| candidate.failed.is_some()).map(StripAsk::Retry),
                    };
                }
            }
        });
        ui.vertical(|ui| {
            ui.set_width(BUTTONS);
            ui.spacing_mut().item_spacing.y = theme::GRID;
            if let Some((second, may)) = mixed {
                asked = mix_buttons(ui, candidates, second, may).or(asked.take());
                return;
            }
            let chosen = shown.filter(|shown| made.contains(shown));
            let choose = || Allowed::No("press a candidate to look at it first".to_owned());
            let may = chosen.map_or_else(choose, |image| input.would(&Command::AcceptRepair { image }));
            let button = ActionButton::primary("Accept").keys("Enter").allowed(may);
            let mut second = None;
            ui.horizontal(|ui| {
                if button.show(ui) {
                    asked = chosen.map(StripAsk::Accept);
                }
                second = mix_menu(ui, candidates, chosen, can_mix);
            });
            if let (Some(first), Some(second)) = (chosen, second) {
                asked = Some(StripAsk::Mix([first, second]));
            }
            let discard = |images| input.would(&Command::DiscardRepairs { images });
            let may = chosen.map_or_else(choose, |image| discard(vec![image]));
            let none = || Allowed::No("none is made yet".to_owned());
            let all = if made.is_empty() { none() } else { discard(made.clone()) };
            ui.horizontal(|ui| {
                if ActionButton::plain("Discard").keys("Delete").allowed(may).show(ui) {
                    asked = chosen.map(|image| StripAsk::Discard(vec![image]));
                }
                if ActionButton::quiet("Discard all").allowed(all).show(ui) {
                    asked = Some(StripAsk::Discard(made.clone()));
                }
            });
        });
    });
    asked
}

/// What stands beside the candidates while two are being put together.
fn mix_buttons(ui: &mut Ui, candidates: &[Candidate], second: Sha256, may: Allowed) -> Option<StripAsk> {
    let number = candidates.iter().position(|one| one.image == Some(second)).map_or(0, |place| place + 1);
    let color = theme::palette(ui.style()).text;
    ui.label(RichText::new(format!("Paint where candidate {number} shows")).font(theme::note_font()).color(color));
    let mut asked = None;
    ui.horizontal(|ui| {
        if ActionButton::primary("Make it").named("Make the mix").keys("Enter").allowed(may).show(ui) {
            asked = Some(StripAsk::MakeMix);
        }
        if ActionButton::quiet("Leave it").named("Leave the mix").keys("Esc").show(ui) {
            asked = Some(StripAsk::LeaveMix);
        }
    });
    asked
}

/// Which candidate shows where it is masked, while the one that is shown shows elsewhere.
fn mix_menu(ui: &mut Ui, candidates: &[Candidate], chosen: Option<Sha256>, can_mix: Allowed) -> Option<Sha256> {
    let others: Vec<(usize, Sha256)> = (1..)
        .zip(candidates)
        .filter_map(|(number, one)| Some((number, one.image.filter(|image| Some(*image) != chosen)?)))
        .collect();
    let allowed = match (chosen, others.is_empty()) {
        (None, _) => Allowed::No("press a candidate to look at it first".to_owned()),
        (Some(_), true) => Allowed::No("there is no second candidate: make one".to_owned()),
        (Some(_), false) => can_mix,
    };
    let text = format!("Mix {}", icons::DOWN);
    if !allowed.is_yes() {
        ActionButton::plain(text).named("Mix").allowed(allowed).show(ui);
        return None;
    }
    let mut second = None;
    let menu = ui.menu_button(text, |ui| {
        ui.set_min_width(180.0);
        ui.label("Where it is masked, show");
        for (number, image) in others {
            if ui.button(format!("candidate {number} instead")).clicked() {
                second = Some(image);
                ui.close();
            }
        }
    });
    menu.response.accessible_name("Mix").on_hover_text("Put it together with another one by the mask");
    second
}

fn tile(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    candidate: &Candidate,
    number: usize,
    shown: Option<Sha256>,
    thumbnails: &mut Thumbnails,
) -> bool {
    let palette = theme::palette(ui.style());
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
    let is_shown = candidate.image.is_some() && candidate.image == shown;
    let running = candidate.job.and_then(|job| input.running.get(&job));
    let again = Command::RequeueJobs { jobs: candidate.job.into_iter().collect() };
    let (title, allowed) = match (&candidate.failed, candidate.image, running) {
        (Some(cause), ..) => (format!("Candidate {number} failed, make it again: {cause}"), input.would(&again)),
        (None, Some(_), _) => (format!("Candidate {number}"), Allowed::Yes),
        (None, None, running) => {
            let waits = "it waits for the engine".to_owned();
            let why = running.map_or(waits, |running| format!("it is being made, {}", running.detail));
            (format!("Candidate {number}"), Allowed::No(why))
        }
    };
    let name = allowed.spoken(&title);
    response.widget_info(|| WidgetInfo::selected(Role::Button, allowed.is_yes(), is_shown, &name));
    let fill = if candidate.failed.is_some() { palette.fail_wash } else { palette.raised };
    ui.painter().rect_filled(rect, theme::picture_rounding(), fill);
    let picture = match candidate.image {
        Some(image) => Some((image, input.source(image))),
        None => running.and_then(|running| running.picture()),
    };
    if let Some((key, source)) = picture
        && let Thumbnail::Ready { texture, aspect } = thumbnails.get(key, SIDE * ui.pixels_per_point(), &source)
    {
        let shape = if aspect >= 1.0 { vec2(1.0, 1.0 / aspect) } else { vec2(aspect, 1.0) } * SIDE;
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture, Rect::from_center_size(rect.center(), shape), uv, theme::UNTINTED);
    }
    let sign = |text: &str, color| {
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, theme::icon_font(), color);
    };
    match (&candidate.failed, running) {
        (Some(_), _) => {
            let line = |y: f32, text: &str, font, color| {
                ui.painter().text(rect.center_top() + vec2(0.0, y), Align2::CENTER_CENTER, text, font, color);
            };
            line(18.0, icons::WARNING, theme::icon_font(), palette.fail);
            line(37.0, "failed", theme::strong_note_font(), palette.fail_text);
            line(54.0, &format!("{}  again", icons::RETRY), theme::note_font(), palette.text);
        }
        (None, Some(running)) => {
            let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 3.0), rect.right_bottom());
            let done = Rect::from_min_size(bar.min, vec2(bar.width() * running.fraction.clamp(0.0, 1.0), 3.0));
            ui.painter().rect_filled(done, 1.0, palette.accent);
        }
        (None, None) if candidate.image.is_none() => sign(icons::WAITS, palette.hint),
        (None, None) => {}
    }
    let edge = match (is_shown, response.has_focus() || response.hovered()) {
        (true, _) => Stroke::new(2.0, palette.accent),
        (false, true) => Stroke::new(1.0, palette.text),
        (false, false) => Stroke::new(1.0, palette.line),
    };
    ui.painter().rect_stroke(rect, theme::picture_rounding(), edge, StrokeKind::Inside);
    response.on_hover_text(name).clicked() && allowed.is_yes()
}
