use eframe::egui::{
    Align, Align2, Context, FontId, Id, Label, Layout, Popup, PopupCloseBehavior, Rect, Response, RichText, Role,
    Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::data::{Criterion, FrameEvent, Stage, StageState};
use crate::theme::{self, Palette, icons};
use crate::widgets::{ActionButton, SlotField, sentence, show_slot};

/// How many words the rail has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    All,
    AroundCurrent,
    CurrentOnly,
    None,
}

const SIGN: f32 = 14.0;
const PAD: f32 = 8.0;
const BETWEEN: f32 = 2.0;

/// Draws the stages beside each other. A press opens what the stage is about; `opens` is the one that is opened without it. Where they stand; none where there are none.
pub(super) fn show(ui: &mut Ui, stages: &[Stage], opens: Option<usize>, events: &mut Vec<FrameEvent>) -> Option<Rect> {
    let mut place: Option<Rect> = None;
    if stages.is_empty() {
        return place;
    }
    let free = ui.available_width();
    let needs = |words| {
        let widths = (0..stages.len()).map(|i| width(ui, &stages[i], has_words(stages, i, words)) + BETWEEN);
        widths.sum::<f32>()
    };
    let words = [Words::All, Words::AroundCurrent, Words::CurrentOnly];
    let words = words.into_iter().find(|words| needs(*words) <= free).unwrap_or(Words::None);
    ui.add_space(((free - needs(words)) / 2.0).clamp(0.0, 4.0 * theme::WIDE_GAP));
    ui.spacing_mut().item_spacing.x = BETWEEN;
    for (i, stage) in stages.iter().enumerate() {
        let response = show_stage(ui, stage, has_words(stages, i, words));
        place = Some(place.map_or(response.rect, |place| place.union(response.rect)));
        if opens == Some(i) {
            Popup::open_id(ui.ctx(), Popup::default_response_id(&response));
        }
        Popup::from_toggle_button_response(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name(format!("About {}", stage.name))
            .gap(6.0)
            .show(|ui| super::top_bar::popover().show(ui, |ui| about(ui, i, stage, events)));
    }
    place
}

fn has_words(stages: &[Stage], place: usize, words: Words) -> bool {
    let is_current = |place: usize| stages.get(place).is_some_and(|stage| stage.state == StageState::Current);
    match words {
        Words::All => true,
        Words::AroundCurrent => is_current(place) || is_current(place + 1) || place > 0 && is_current(place - 1),
        Words::CurrentOnly => is_current(place),
        Words::None => false,
    }
}

fn font(stage: &Stage) -> FontId {
    if stage.state == StageState::Current { theme::strong_font() } else { theme::body_font() }
}

fn width(ui: &Ui, stage: &Stage, has_words: bool) -> f32 {
    let text = if has_words {
        let galley = ui.painter().layout_no_wrap(stage.name.clone(), font(stage), theme::CLEAR);
        galley.size().x + 6.0
    } else {
        0.0
    };
    (SIGN + text + 2.0 * PAD).ceil()
}

fn show_stage(ui: &mut Ui, stage: &Stage, has_words: bool) -> Response {
    let colors = theme::palette(ui.style());
    let size = vec2(width(ui, stage, has_words), theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, stage.spoken()));
    let is_current = stage.state == StageState::Current;
    let fill = if is_current {
        colors.accent_wash
    } else if response.hovered() {
        colors.raised
    } else {
        theme::CLEAR
    };
    ui.painter().rect_filled(rect, theme::control_rounding(), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            theme::control_rounding(),
            theme::ring(theme::palette(ui.style())),
            StrokeKind::Inside,
        );
    }
    let sign_at = pos2(rect.left() + PAD + SIGN / 2.0, rect.center().y);
    sign(ui, sign_at, stage.state, colors);
    if has_words {
        let color = match stage.state {
            StageState::Current => colors.text,
            StageState::Done => colors.text,
            StageState::Open => colors.secondary,
            StageState::Blocked | StageState::Skipped => colors.hint,
        };
        let text = ui.painter().layout_no_wrap(stage.name.clone(), font(stage), color);
        let at = pos2(rect.left() + PAD + SIGN + 6.0, rect.center().y - text.size().y / 2.0);
        ui.painter().galley(at, text, color);
    }
    response.on_hover_text(format!("{}\nPress to see what it asks for", stage.spoken()))
}

/// A filled disc with a tick, a ring, a ring with a stroke: states differ in shape, not only in colour.
fn sign(ui: &Ui, at: eframe::egui::Pos2, state: StageState, colors: &Palette) {
    const RADIUS: f32 = 6.5;
    let icon = |icon: &str, size: f32, color| {
        ui.painter().text(at, Align2::CENTER_CENTER, icon, FontId::proportional(size), color);
    };
    match state {
        StageState::Done => {
            ui.painter().circle_filled(at, RADIUS, colors.raised.lerp_to_gamma(colors.text, 0.25));
            icon(icons::PASS, 9.5, colors.text);
        }
        StageState::Current => {
            ui.painter().circle_stroke(at, RADIUS - 0.75, Stroke::new(1.5, colors.accent));
            ui.painter().circle_filled(at, RADIUS - 3.0, colors.accent);
        }
        StageState::Open => {
            ui.painter().circle_stroke(at, RADIUS - 0.5, Stroke::new(1.0, colors.hint));
        }
        StageState::Blocked => icon(icons::BLOCKED, 15.0, colors.hint),
        StageState::Skipped => icon(icons::SKIPPED, 14.0, colors.hint),
    }
}

fn about(ui: &mut Ui, place: usize, stage: &Stage, events: &mut Vec<FrameEvent>) {
    let colors = theme::palette(ui.style());
    ui.set_width(theme::POPOVER_WIDTH);
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{}  {}", place + 1, stage.name)).font(theme::title_font()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(stage.state.word()).font(theme::note_font()).color(colors.secondary));
        });
    });
    let title = |ui: &mut Ui, text: &str| {
        ui.add_space(theme::GRID);
        ui.label(RichText::new(text).font(theme::note_font()).color(colors.secondary));
    };
    title(ui, "Begins when");
    criterion(ui, &stage.entry);
    title(ui, "What is done");
    ui.add(Label::new(sentence(&stage.action)).wrap());
    title(ui, "Done when");
    for exit in &stage.exit {
        criterion(ui, exit);
    }
    if !stage.missing.is_empty() {
        let text = if stage.state == StageState::Skipped { "Skipped because" } else { "Missing now" };
        title(ui, text);
        for missing in &stage.missing {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(RichText::new(icons::RIGHT).color(colors.accent));
                ui.add(Label::new(sentence(missing)).wrap());
            });
        }
    }
    skipping(ui, place, stage, events);
}

/// Where the reason to skip a stage stands while it is typed.
fn reason_id(place: usize) -> Id {
    Id::unique(("why it is skipped", place))
}

/// Whether a reason to skip one of the first `stages` is typed and not sent.
pub fn has_skip_reason(ctx: &Context, stages: usize) -> bool {
    let typed = |place| ctx.data(|data| data.get_temp::<String>(reason_id(place)));
    (0..stages).filter_map(typed).any(|reason| !reason.trim().is_empty())
}

/// Forgets what was typed to skip stages of another project.
pub fn forget_skip_reasons(ctx: &Context, stages: usize) {
    (0..stages).for_each(|place| ctx.data_mut(|data| data.remove::<String>(reason_id(place))));
}

/// Skipping a stage knowingly, or taking it up after all.
fn skipping(ui: &mut Ui, place: usize, stage: &Stage, events: &mut Vec<FrameEvent>) {
    let Some(allowed) = &stage.skipping else { return };
    ui.add_space(theme::GAP);
    if stage.state == StageState::Skipped {
        if ActionButton::plain("Take it up after all").allowed(allowed.clone()).show(ui) {
            events.push(FrameEvent::ResumeAsked(place));
        }
        return;
    }
    let memory = reason_id(place);
    let mut reason: String = ui.data(|data| data.get_temp(memory)).unwrap_or_default();
    let slot = SlotField {
        label: "Skip it, because".to_owned(),
        hint: "a small job needs no batch".to_owned(),
        ..SlotField::default()
    };
    show_slot(ui, &slot, &mut reason);
    let allowed = allowed.clone().but(reason.trim().is_empty(), "write why: the reason is recorded");
    if ActionButton::plain(format!("Skip {}", stage.name)).allowed(allowed).show(ui) {
        events.push(FrameEvent::SkipAsked(place, std::mem::take(&mut reason)));
    }
    ui.data_mut(|data| data.insert_temp(memory, reason));
}

fn criterion(ui: &mut Ui, criterion: &Criterion) {
    let colors = theme::palette(ui.style());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (icon, color, word) =
            if criterion.is_met { (icons::DONE, colors.pass, "met") } else { (icons::OPEN, colors.hint, "not met") };
        let (rect, response) = ui.allocate_exact_size(vec2(15.0, 17.0), Sense::hover());
        let rect = Rect::from_center_size(rect.center(), rect.size());
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, theme::icon_font(), color);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
        ui.add(Label::new(sentence(&criterion.text)).wrap());
    });
}
