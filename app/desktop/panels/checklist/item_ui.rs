use eframe::egui::{
    Align, Align2, CornerRadius, FontId, Label, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kento_studio::workflow::{Judgement, Pin};

use super::data::{ItemData, word};
use super::draft::Draft;
use super::evidence::Evidence;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, IconButton, relative};

/// What the user did to an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ItemEvent {
    /// Pressed an answer.
    Answered(Judgement),
    /// Wants to place a pin, or puts the tool back.
    PinWanted,
    /// Takes the last pin of the draft away.
    PinRemoved,
    /// Wants to see a pin.
    LookAt(Pin),
    /// Wants the figure measured.
    MeasureWanted,
    /// Wants a file of this computer attached.
    FileWanted,
    /// Saves the draft.
    Saved,
    /// Throws the draft away.
    Discarded,
}

/// What an item's row is drawn with.
pub(super) struct Row<'a, 'b> {
    pub item: &'a ItemData,
    pub draft: Option<&'a mut Draft>,
    /// Whether it can be judged.
    pub may_judge: &'a Allowed,
    /// Whether the draft can be saved as it is.
    pub may_save: Allowed,
    /// Its pins with their numbers.
    pub pins: Vec<(u32, Pin)>,
    /// Whether the canvas waits for its pin.
    pub waits_for_pin: bool,
    /// Whether its figure can be measured now; None where nothing measures it.
    pub measures: Option<Allowed>,
    /// What can be attached to the draft.
    pub evidence: Evidence<'a, 'b>,
    pub now: Timestamp,
}

/// Draws an item: three answers, the text, what was found, and the draft where one is written.
pub(super) fn show(ui: &mut Ui, mut row: Row<'_, '_>) -> Option<ItemEvent> {
    let palette = theme::palette(ui.style());
    let mut event = None;
    ui.horizontal_top(|ui| {
        let shown = row.draft.as_ref().map(|draft| draft.judgement);
        let shown = shown.or(row.item.verdict.as_ref().map(|verdict| verdict.judgement));
        event = answers(ui, row.item, shown, row.may_judge);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let color = if shown == Some(Judgement::NotApplicable) { palette.secondary } else { palette.text };
            let text = ui.add(Label::new(RichText::new(&row.item.text).color(color)).wrap());
            text.on_hover_text(&row.item.hint);
            event = event.take().or(found(ui, &row));
            if let Some(draft) = row.draft.take() {
                event = event.take().or(edit(ui, &mut row, draft));
            }
        });
    });
    event
}

/// The note with who and when, the pins, what others say.
fn found(ui: &mut Ui, row: &Row<'_, '_>) -> Option<ItemEvent> {
    let palette = theme::palette(ui.style());
    let note = |text: String| RichText::new(text).font(theme::note_font()).color(palette.secondary);
    let mut event = None;
    let said = row.item.verdict.as_ref().filter(|_| row.draft.is_none());
    let text = said.map(|verdict| {
        let evidence = match verdict.evidence.len() {
            0 => String::new(),
            1 => "1 piece of evidence:".to_owned(),
            count => format!("{count} pieces of evidence:"),
        };
        let parts = [verdict.note.clone(), evidence];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    });
    let text = text.unwrap_or_default();
    if !(row.pins.is_empty() && text.is_empty()) {
        // A line begins as high as a control; a note is lower.
        let usual = std::mem::replace(&mut ui.spacing_mut().interact_size.y, theme::GROUP_GAP);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::GRID;
            for (number, pin) in &row.pins {
                if pin_button(ui, *number, &row.item.text) {
                    event = Some(ItemEvent::LookAt(*pin));
                }
            }
            if let (Some(verdict), false) = (said, text.is_empty()) {
                let when = relative(verdict.at, row.now, &TimeZone::system());
                let by = verdict
                    .by
                    .as_ref()
                    .map_or("checked".to_owned(), |by| format!("{} by {by}", word(verdict.judgement)));
                ui.label(note(text)).on_hover_text(format!("{by}, {when}"));
                verdict.evidence.iter().for_each(|file| row.evidence.attached(ui, file));
            }
        });
        ui.spacing_mut().interact_size.y = usual;
    }
    if row.item.needs_evidence && row.item.verdict.is_none() && row.draft.is_none() {
        ui.add(Label::new(note("a pass needs a measured figure in its note, or evidence".to_owned())).wrap());
    }
    if let Some(other) = &row.item.other {
        ui.add(Label::new(note(other.clone())).wrap());
    }
    if let Some(repeats) = &row.item.repeats {
        let text = RichText::new(format!("{}  {repeats}", icons::WARNING)).font(theme::note_font());
        ui.add(Label::new(text.color(palette.text)).wrap());
    }
    event
}

fn pin_button(ui: &mut Ui, number: u32, of: &str) -> bool {
    let palette = theme::palette(ui.style());
    let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::click());
    let name = format!("Show pin {number} of {of}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let edge = if response.hovered() || response.has_focus() { palette.accent } else { palette.secondary };
    ui.painter().circle(rect.center(), 8.0, theme::CLEAR, Stroke::new(1.2, edge));
    let font = FontId { size: 10.0, ..theme::strong_note_font() };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, number, font, palette.text);
    let pressed = response.clicked();
    response.on_hover_text(name);
    pressed
}

/// The draft: its note, its pins, save and discard.
fn edit(ui: &mut Ui, row: &mut Row<'_, '_>, draft: &mut Draft) -> Option<ItemEvent> {
    let mut event = None;
    let hint = match draft.judgement {
        Judgement::Fail => "what is wrong, and where",
        Judgement::Pass if row.item.needs_evidence => "the measured figure, or the document that supports it",
        Judgement::Pass => "a note, if you like",
        Judgement::NotApplicable if row.item.needs_evidence => "why it does not apply",
        Judgement::NotApplicable => "why it does not apply, if you like",
    };
    let field = TextEdit::multiline(&mut draft.note)
        .font(theme::note_font())
        .hint_text(hint)
        .desired_rows(2)
        .margin(vec2(theme::GRID + 2.0, theme::GRID))
        .desired_width(f32::INFINITY);
    let text = &row.item.text;
    ui.add(field).accessible_name(format!("Note on {text}"));
    if let Some(allowed) = row.measures.take() {
        let measure = ActionButton::plain("Measure it").named(format!("Measure: {text}")).icon(icons::PICK);
        let measure = measure.explained("Writes how much of the picture stands in the brief's colours");
        if measure.allowed(allowed).show(ui) {
            event = Some(ItemEvent::MeasureWanted);
        }
    }
    let takes_evidence = row.item.needs_evidence || !draft.evidence.is_empty();
    if takes_evidence && row.evidence.show(ui, text, &mut draft.evidence) {
        event = Some(ItemEvent::FileWanted);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        let does = if row.waits_for_pin { "Put the pin back" } else { "Place a pin on the image" };
        let name = format!("{does}: {text}");
        if IconButton::new(icons::PIN, name).on(row.waits_for_pin).show(ui) {
            event = Some(ItemEvent::PinWanted);
        }
        if !draft.pins.is_empty() && IconButton::new(icons::DELETE, format!("Remove the last pin: {text}")).show(ui) {
            event = Some(ItemEvent::PinRemoved);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let save = ActionButton::plain("Save").named(format!("Save: {text}")).allowed(row.may_save.clone());
            if save.explained(format!("Records \"{}\" with what is written here", word(draft.judgement))).show(ui) {
                event = Some(ItemEvent::Saved);
            }
            if IconButton::new(icons::FAIL, format!("Discard what is written here: {text}")).show(ui) {
                event = Some(ItemEvent::Discarded);
            }
        });
    });
    if row.waits_for_pin {
        let palette = theme::palette(ui.style());
        ui.label(RichText::new("click the place on the image").font(theme::note_font()).color(palette.accent));
    }
    event
}

/// Tick, cross and dash. A press on the answer that stands opens its note.
fn answers(ui: &mut Ui, item: &ItemData, shown: Option<Judgement>, may: &Allowed) -> Option<ItemEvent> {
    const SIDE: f32 = 18.0;
    let palette = theme::palette(ui.style());
    let enabled = may.is_yes();
    let (area, _) = ui.allocate_exact_size(vec2(3.0 * SIDE, SIDE), Sense::hover());
    // Its middle and that of the text beside it stand at one height.
    let area = area.translate(vec2(0.0, -2.0));
    let fill = palette.raised.lerp_to_gamma(palette.panel, 0.35);
    ui.painter().rect(area, theme::picture_rounding(), fill, theme::line(palette), StrokeKind::Outside);
    let cells = [
        (Judgement::Pass, icons::PASS, "Pass", palette.pass_mark),
        (Judgement::Fail, icons::FAIL, "Fail", palette.fail_mark),
        (Judgement::NotApplicable, icons::NOT_APPLICABLE, "Not applicable", theme::pressed(palette)),
    ];
    let mut given = None;
    for (i, (judgement, icon, word, fill)) in cells.into_iter().enumerate() {
        let at = pos2(area.left() + SIDE * i as f32, area.top());
        let rect = Rect::from_min_size(at, vec2(SIDE, SIDE));
        let is_shown = shown == Some(judgement);
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.unique_id().with((&item.id, i)), sense);
        let name = may.spoken(&format!("{word}: {}", item.text));
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, is_shown, &name));
        let end = |is_end: bool| if is_end { theme::picture_rounding().nw } else { 0 };
        let rounding = CornerRadius { nw: end(i == 0), sw: end(i == 0), ne: end(i == 2), se: end(i == 2) };
        if is_shown {
            ui.painter().rect_filled(rect, rounding, fill);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect, rounding, theme::ring(theme::palette(ui.style())), StrokeKind::Inside);
        }
        let color = match (is_shown, judgement) {
            (true, Judgement::NotApplicable) => palette.text,
            (true, _) => palette.on_mark,
            (false, _) if response.hovered() && enabled => palette.text,
            (false, _) => palette.hint,
        };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, theme::body_font(), color);
        if enabled && response.clicked() {
            given = Some(ItemEvent::Answered(judgement));
        }
        response.on_hover_text(may.reason().unwrap_or(word));
    }
    given
}
