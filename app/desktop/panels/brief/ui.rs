use eframe::egui::{RichText, ScrollArea, Ui, UiBuilder};
use kento_studio::workflow::{Brief, Command, State, slug};

use super::data::{self, BriefData};
use super::fields::show_fields;
use super::form::BriefForm;
use super::palette::{ColourEntry, PaletteField};
use super::reading::show_page;
use crate::desk::{OfferedColours, PanelAsk, PanelInput};
use crate::frame::{foot_line, padded};
use crate::theme::{self, icons};
use crate::widgets::{
    ActionButton, Allowed, Segment, SegmentLook, SlotField, segmented, show_button_row, show_completeness, show_slot,
};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct BriefPanel {
    /// What the switch in the header says; none as long as nobody used it.
    choice: Option<bool>,
    typed: Option<TypedBrief>,
    colour: Option<ColourEntry>,
    reason: String,
    /// The colours that were offered in the last frame.
    seen_offer: Option<OfferedColours>,
}

/// The form, and what it was made from.
struct TypedBrief {
    form: BriefForm,
    base: Brief,
    /// Revision of the state that `base` is; 0 before the first.
    revision: u32,
    /// What was sent to be saved last.
    sent: Option<Brief>,
    /// Somebody else saved another brief while this one was typed.
    is_overtaken: bool,
}

impl BriefPanel {
    /// Whether the brief is shown instead of the recipe.
    pub fn is_open(&self, input: &PanelInput<'_>) -> bool {
        match self.choice {
            Some(choice) if recipe_is_there(input) => choice,
            _ => !input.state.brief_is_complete(),
        }
    }

    /// Shows the brief or, where there is one, the recipe.
    pub fn choose(&mut self, shows_brief: bool) {
        self.choice = Some(shows_brief);
    }

    /// The switch between brief and recipe in the header.
    pub fn switch(&mut self, ui: &mut Ui, input: &PanelInput<'_>) {
        let mut recipe = Segment { name: "Show the recipe".to_owned(), ..Segment::new("Recipe") };
        if !recipe_is_there(input) {
            recipe.allowed = Allowed::No("there is no recipe before the brief is complete".to_owned());
        }
        let brief = Segment { name: "Show the brief".to_owned(), ..Segment::new("Brief") };
        let chosen = usize::from(!self.is_open(input));
        if let Some(pressed) = segmented(ui, SegmentLook::Plain, &[brief, recipe], chosen) {
            self.choose(pressed == 0);
        }
    }

    /// The note beside the title.
    pub fn context(&self, input: &PanelInput<'_>) -> String {
        data::context(input)
    }

    /// Draws the panel.
    pub fn show(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        self.follow(input);
        padded(ui, |ui| self.draw(ui, input, asks));
    }

    /// Whether something was typed that is not saved.
    pub fn has_unsaved(&self, state: &State) -> bool {
        // The panel is not drawn once the brief is complete, and hears of what was saved only when it is.
        let saved = state.brief().map(|known| &known.brief);
        self.typed.as_ref().is_some_and(|typed| {
            let brief = typed.form.brief();
            brief != typed.base && saved != Some(&brief)
        })
    }

    /// Takes in what was saved, and never what would erase something typed.
    fn follow(&mut self, input: &PanelInput<'_>) {
        let known = input.state.brief();
        let revision = known.map_or(0, |known| known.revision);
        if self.typed.as_ref().is_some_and(|typed| typed.revision == revision) {
            return;
        }
        let base = known.map_or_else(|| first_brief(input), |known| known.brief.clone());
        match &mut self.typed {
            Some(typed) if typed.form.brief() != typed.base => {
                typed.is_overtaken = typed.sent.as_ref() != Some(&base) && typed.form.brief() != base;
                (typed.base, typed.revision) = (base, revision);
            }
            typed => {
                let form = BriefForm::of(&base);
                *typed = Some(TypedBrief { form, base, revision, sent: None, is_overtaken: false });
            }
        }
        if self.typed.as_ref().is_some_and(|typed| !typed.is_overtaken) {
            self.reason.clear();
        }
    }

    fn draw(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        let is_new = input.offered != self.seen_offer.as_ref();
        if is_new {
            self.seen_offer = input.offered.cloned();
        }
        let Self { typed: Some(typed), colour, reason, .. } = self else { return };
        let brief = typed.form.brief();
        let data = data::data(input, &brief, &typed.base, reason);
        let area = ui.available_rect_before_wrap();
        let with_reason = data.writing.is_yes() && data.needs_reason;
        let reason_height = if with_reason { 54.0 } else { 0.0 };
        let footer = theme::CONTROL_HEIGHT + f32::from(theme::MARGIN) + reason_height;
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - footer);
        ui.scope_builder(UiBuilder::new().max_rect(above), |ui| {
            show_completeness(ui, &data.meter);
            ui.add_space(theme::GRID);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if data.writing.is_yes() {
                    overtaken(ui, typed);
                    let mut palette = PaletteField { entry: colour, offered: input.offered, is_new, asks };
                    show_fields(ui, &mut typed.form, &brief, &data.intent, &mut palette);
                    let note = RichText::new(&data.standing).font(theme::note_font());
                    ui.label(note.color(theme::palette(ui.style()).hint));
                } else {
                    let known = input.state.brief().map_or(&typed.base, |known| &known.brief);
                    show_page(ui, known, &data.standing);
                }
            });
        });
        foot_line(ui, below);
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            ui.add_space(f32::from(theme::MARGIN));
            if with_reason {
                let slot = SlotField {
                    label: "Why is the complete brief changed?".to_owned(),
                    hint: "the client asks for a square".to_owned(),
                    ..SlotField::default()
                };
                show_slot(ui, &slot, reason);
            }
            buttons(ui, &data, typed, &brief, reason, asks);
        });
    }
}

fn recipe_is_there(input: &PanelInput<'_>) -> bool {
    input.state.brief_is_complete() || !input.state.cards().is_empty()
}

fn first_brief(input: &PanelInput<'_>) -> Brief {
    let name = input.state.project().map(|project| slug(&project.name)).filter(|name| !name.is_empty());
    Brief::open(name.as_deref().unwrap_or("brief"))
}

/// Says that somebody else saved the brief meanwhile, and offers to take that one.
fn overtaken(ui: &mut Ui, typed: &mut TypedBrief) {
    if !typed.is_overtaken {
        return;
    }
    let palette = theme::palette(ui.style());
    let words = "The brief was saved with other words while you typed. Save replaces it by yours.";
    ui.label(RichText::new(format!("{} {words}", icons::WARNING)).color(palette.fail_text));
    if ActionButton::plain("Take the saved one").icon(icons::UNDO).show(ui) {
        typed.form = BriefForm::of(&typed.base);
        typed.is_overtaken = false;
    }
    ui.add_space(theme::GAP);
}

fn buttons(
    ui: &mut Ui,
    data: &BriefData,
    typed: &mut TypedBrief,
    brief: &Brief,
    reason: &str,
    asks: &mut Vec<PanelAsk>,
) {
    let save = |primary: bool| {
        let button =
            if primary { ActionButton::primary("Save the brief") } else { ActionButton::plain("Save the brief") };
        button.allowed(data.save.clone()).explained("Writes it into the record log; open fields may stay open")
    };
    let complete = |primary: bool| {
        let label = "Complete the brief";
        let button = if primary { ActionButton::primary(label) } else { ActionButton::plain(label) };
        button.allowed(data.complete.clone()).explained("Declares every field settled; the concept sprint may begin")
    };
    if data.is_complete {
        // Nothing is left to do but to revise it.
        show_button_row(ui, &[save(false)]);
        return;
    }
    // The places stay; only what is next is marked. A button that moves under the pointer is pressed by mistake.
    let completes = data.complete.is_yes();
    match show_button_row(ui, &[save(!completes), complete(completes)]) {
        Some(0) => {
            typed.sent = Some(brief.clone());
            typed.is_overtaken = false;
            asks.push(PanelAsk::decide(data::write_command(brief, data.needs_reason, reason)));
        }
        Some(_) => {
            if data.is_changed {
                typed.sent = Some(brief.clone());
                typed.is_overtaken = false;
                asks.push(PanelAsk::decide(data::write_command(brief, data.needs_reason, reason)));
            }
            asks.push(PanelAsk::decide(Command::CompleteBrief));
        }
        None => {}
    }
}
