use eframe::egui::{Button, Rect, Response, RichText, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use kento_studio::card::{NegativePrompt, RecipeCard, Slot, SlotMeasure, TOKENS_PER_CHUNK};
use kento_studio::library::Style;

use super::draft::CardDraft;
use super::tokens;
use crate::desk::Libraries;
use crate::theme::{self, icons};
use crate::widgets::{IconButton, SlotField, show_slot};

/// Largest width and height of a menu with examples.
const MENU: [f32; 2] = [320.0, 300.0];
/// Most lines that a field grows to before it scrolls.
const MOST_LINES: usize = 6;

/// What the slots are drawn with.
pub struct SlotsView<'a> {
    /// Tokens by slot, where they are counted.
    pub measures: Option<&'a [SlotMeasure; 5]>,
    /// The card that this one was made from.
    pub parent: Option<&'a RecipeCard>,
    /// Examples, styles and negative prompts.
    pub libraries: &'a Libraries,
    /// Whether the card can be typed on.
    pub can_edit: bool,
}

/// Draws the five slots of the prompt, its length in chunks, and the negative prompt.
pub fn show_slots(ui: &mut Ui, draft: &mut CardDraft, view: &SlotsView<'_>) {
    for (i, slot) in Slot::ALL.into_iter().enumerate() {
        ui.push_id(("slot", i), |ui| {
            let measure = view.measures.map(|measures| &measures[i]);
            show_prompt_slot(ui, draft, slot, measure, view);
        });
    }
    chunks(ui, draft, view.measures);
    ui.push_id("negative", |ui| show_negative(ui, draft, view));
}

fn show_prompt_slot(
    ui: &mut Ui,
    draft: &mut CardDraft,
    slot: Slot,
    measure: Option<&SlotMeasure>,
    view: &SlotsView<'_>,
) {
    let skeleton = &mut draft.card.skeleton;
    let before = view.parent.map(|parent| parent.skeleton.slot(slot));
    let field = SlotField {
        label: slot.label().to_owned(),
        count: tokens::slot_words(skeleton, slot, measure),
        hint: if view.can_edit { slot.hint() } else { "empty" }.to_owned(),
        parent: before.filter(|before| *before != skeleton.slot(slot)).map(str::to_owned),
        is_locked: !view.can_edit,
        ..SlotField::default()
    };
    let weights = tokens::weights(skeleton.slot(slot));
    if view.can_edit {
        let mut text = skeleton.slot(slot).to_owned();
        let typed = beside(ui, |ui| growing_slot(ui, &field, &mut text), |ui| slot_menu(ui, slot, view.libraries));
        match typed {
            Some(SlotChoice::Example(example)) => {
                draft.apply("the example", Some(slot), |card| card.set_slot(slot, example));
            }
            Some(SlotChoice::Style(style)) => {
                // Refused only for a set that the library lacks, which its own test excludes.
                let mut card = draft.card.clone();
                if style.apply_to(&mut card, &view.libraries.negatives).is_ok() {
                    draft.apply(format!("the style {}", style.name), Some(slot), |draft| *draft = card);
                }
            }
            None if text != draft.card.skeleton.slot(slot) => draft.card.set_slot(slot, text),
            None => {}
        }
        show_undo(ui, draft, Some(slot));
    } else {
        growing_slot(ui, &field, &mut skeleton.slot(slot).to_owned());
    }
    if !weights.is_empty() {
        let palette = theme::palette(ui.style());
        ui.label(RichText::new(weights).font(theme::note_font()).color(palette.secondary));
    }
}

/// What takes back a choice from a library, below the slot where it was chosen.
fn show_undo(ui: &mut Ui, draft: &mut CardDraft, at: Option<Slot>) {
    let Some(applied) = draft.applied().filter(|applied| applied.at == at) else { return };
    let palette = theme::palette(ui.style());
    let undo = IconButton::new(icons::UNDO, format!("Undo {}", applied.what));
    let words = RichText::new(format!("{} was taken", applied.what)).font(theme::note_font());
    let undone = ui.horizontal_wrapped(|ui| {
        let undone = undo.show_sized(ui, theme::SMALL_CONTROL_HEIGHT);
        ui.label(words.color(palette.secondary));
        undone
    });
    if undone.inner {
        draft.undo();
    }
}

/// A field that is as high as what stands in it.
fn growing_slot(ui: &mut Ui, field: &SlotField, text: &mut String) -> Response {
    let room = (ui.available_width() - 2.0 * theme::GAP).max(40.0);
    let lines = ui.painter().layout(text.clone(), theme::body_font(), theme::CLEAR, room).rows.len();
    let field = SlotField { rows: lines.clamp(1, MOST_LINES), ..field.clone() };
    show_slot(ui, &field, text)
}

/// A field with a button at its right.
pub fn beside<R>(ui: &mut Ui, field: impl FnOnce(&mut Ui) -> Response, button: impl FnOnce(&mut Ui) -> R) -> R {
    let side = theme::CONTROL_HEIGHT;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        let (left, width) = (ui.cursor().left(), ui.available_width() - side - theme::GRID);
        let field = ui
            .vertical(|ui| {
                ui.set_width(width);
                field(ui)
            })
            .inner;
        let at = Rect::from_min_size(pos2(left + width + theme::GRID, field.rect.top()), vec2(side, side));
        ui.scope_builder(UiBuilder::new().max_rect(at), button).inner
    })
    .inner
}

/// A small button that opens a list.
pub fn list_button(ui: &mut Ui, icon: &str, name: &str, list: impl FnOnce(&mut Ui)) {
    ui.spacing_mut().button_padding = vec2(theme::GRID, theme::GRID);
    let palette = theme::palette(ui.style());
    let sign = RichText::new(icon).font(theme::icon_font()).color(palette.secondary);
    let button =
        Button::new(sign).frame_when_inactive(false).min_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
    let (response, _) = eframe::egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_max_width(MENU[0]);
        ScrollArea::vertical().max_height(MENU[1]).show(ui, |ui| {
            ui.set_width(MENU[0]);
            list(ui);
        });
    });
    response.on_hover_text(name).on_disabled_hover_text(name).accessible_name(name);
}

/// A heading in a list.
pub fn list_heading(ui: &mut Ui, text: &str) {
    let palette = theme::palette(ui.style());
    ui.label(RichText::new(text).font(theme::note_font()).color(palette.secondary));
}

/// A choice in the list of a button, which closes with it, and what it is for below it. Whether it was chosen.
pub fn list_choice(ui: &mut Ui, text: &str, note: &str) -> bool {
    let is_chosen = list_row(ui, text, note);
    if is_chosen {
        ui.close();
    }
    is_chosen
}

/// The same in a list that stays.
pub fn list_row(ui: &mut Ui, text: &str, note: &str) -> bool {
    let palette = theme::palette(ui.style());
    let mut job = eframe::egui::text::LayoutJob::default();
    let color = palette.text;
    job.append(text, 0.0, eframe::egui::TextFormat { font_id: theme::body_font(), color, ..Default::default() });
    if !note.is_empty() {
        let color = palette.secondary;
        let format = eframe::egui::TextFormat { font_id: theme::note_font(), color, ..Default::default() };
        job.append(&format!("\n{note}"), 0.0, format);
    }
    job.wrap.max_width = ui.available_width() - 2.0 * theme::GAP;
    let button = Button::new(job).frame_when_inactive(false).min_size(vec2(ui.available_width(), 0.0));
    ui.add(button).accessible_name(text).clicked()
}

/// What was chosen in a slot's list.
enum SlotChoice<'a> {
    Example(&'a str),
    Style(&'a Style),
}

fn slot_menu<'a>(ui: &mut Ui, slot: Slot, libraries: &'a Libraries) -> Option<SlotChoice<'a>> {
    let name = if slot == Slot::Style { "Styles and examples" } else { "Examples" };
    let mut chosen = None;
    list_button(ui, icons::QUEUE, &format!("{name} for {}", slot.label()), |ui| {
        if slot == Slot::Style {
            list_heading(ui, "Style library: slot, negative prompt and settings");
            for style in &libraries.styles.styles {
                if list_choice(ui, &style.name, &style.looks) {
                    chosen = Some(SlotChoice::Style(style));
                }
            }
            ui.separator();
        }
        list_heading(ui, "Examples");
        for example in libraries.examples.of(slot) {
            if list_choice(ui, example, "") {
                chosen = Some(SlotChoice::Example(example));
            }
        }
    });
    chosen
}

/// The prompt's length: one bar for every chunk of 75 tokens, filled slot by slot.
fn chunks(ui: &mut Ui, draft: &CardDraft, measures: Option<&[SlotMeasure; 5]>) {
    let palette = theme::palette(ui.style());
    let words = tokens::prompt_words(&draft.card.skeleton, measures);
    if let Some(measures) = measures {
        let total: usize = measures.iter().map(|measure| measure.tokens).sum();
        let count = total.div_ceil(TOKENS_PER_CHUNK).max(1);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::GRID), Sense::hover());
        let scale = rect.width() / (count * TOKENS_PER_CHUNK) as f32;
        ui.painter().rect_filled(rect, 1.0, palette.raised);
        let mut begin = rect.left();
        for (i, measure) in measures.iter().enumerate() {
            let end = begin + measure.tokens as f32 * scale;
            // Neighbours differ in brightness, so that each slot's share is seen.
            let fill = palette.secondary.gamma_multiply(if i % 2 == 0 { 0.9 } else { 0.55 });
            let part = Rect::from_min_max(pos2(begin, rect.top()), pos2(end, rect.bottom()));
            ui.painter().rect_filled(part, 0.0, fill);
            begin = end;
        }
        for mark in 1..count {
            let x = rect.left() + (mark * TOKENS_PER_CHUNK) as f32 * scale;
            ui.painter().vline(x, rect.expand(2.0).y_range(), eframe::egui::Stroke::new(1.5, palette.text));
        }
        response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::ProgressIndicator, true, &words));
        response.on_hover_text("The text encoder reads 75 tokens at once; a mark stands where the next chunk begins");
    }
    ui.label(RichText::new(words).font(theme::note_font()).color(palette.secondary));
}

fn show_negative(ui: &mut Ui, draft: &mut CardDraft, view: &SlotsView<'_>) {
    let negative = &draft.card.negative;
    let before = view.parent.map(|parent| parent.negative.text.as_str());
    let field = SlotField {
        label: "Negative".to_owned(),
        count: library_words(negative, view.libraries),
        hint: if view.can_edit { "what to keep out" } else { "empty" }.to_owned(),
        parent: before.filter(|before| *before != negative.text).map(str::to_owned),
        is_locked: !view.can_edit,
        ..SlotField::default()
    };
    let mut text = negative.text.clone();
    if !view.can_edit {
        growing_slot(ui, &field, &mut text);
        return;
    }
    let chosen = beside(ui, |ui| growing_slot(ui, &field, &mut text), |ui| negative_menu(ui, view.libraries));
    match chosen {
        Some((set, negative)) => {
            draft.apply(format!("the negative prompt {set}"), None, |card| card.set_negative(negative));
        }
        None if text != draft.card.negative.text => {
            draft.card.set_negative(typed_negative(&draft.card.negative, text, view.libraries));
        }
        None => {}
    }
    show_undo(ui, draft, None);
}

/// The sets of the negative-prompt library, each with what it suppresses.
fn negative_menu<'a>(ui: &mut Ui, libraries: &'a Libraries) -> Option<(&'a str, NegativePrompt)> {
    let mut chosen = None;
    list_button(ui, icons::QUEUE, "Negative prompts of the library", |ui| {
        list_heading(ui, "Negative-prompt library");
        for set in &libraries.negatives.sets {
            let suppresses: Vec<&str> = set.entries.iter().map(|entry| entry.suppresses.as_str()).collect();
            let note = format!("{} · against {}", set.purpose, suppresses.join(", "));
            if list_choice(ui, &set.name, &note) {
                chosen = libraries.negatives.prompt(&set.name).ok().map(|negative| (set.name.as_str(), negative));
            }
        }
    });
    chosen
}

/// The negative prompt after typing: entries of the library whose text is no longer in it are not named any more.
pub fn typed_negative(before: &NegativePrompt, text: String, libraries: &Libraries) -> NegativePrompt {
    let stands = |entry: &&kento_studio::card::LibraryEntryRef| {
        libraries.negatives.entry(entry).is_ok_and(|entry| text.contains(entry.text.trim()))
    };
    let from = before.from.iter().filter(stands).cloned().collect();
    NegativePrompt { text, from }
}

/// Which sets of the library the negative prompt comes from: `library: flat-vector v2`.
pub fn library_words(negative: &NegativePrompt, libraries: &Libraries) -> String {
    let mut sets: Vec<&str> = negative.from.iter().map(|entry| entry.library.as_str()).collect();
    sets.dedup();
    if sets.is_empty() {
        String::new()
    } else {
        format!("library: {} v{}", sets.join(", "), libraries.negatives.version)
    }
}
