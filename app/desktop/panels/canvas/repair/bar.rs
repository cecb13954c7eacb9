use eframe::egui::{Align, DragValue, Label, Layout, Response, RichText, TextEdit, Ui, vec2};
use kento_finishing::PixelRect;
use kento_studio::workflow::{MOST_CANDIDATES, RepairAdvice};
use kento_studio::{Fill, Softness, limits};

use super::super::{Room, stay_together};
use super::act::RepairAct;
use super::box_menu::box_menu;
use super::data::{RepairForm, RepairPlan};
use super::extension::extension;
use super::model_menu::model_menu;
use crate::model::Model;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, IconButton, pick_list};

/// What the bar asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairAsk {
    /// Make the candidates.
    Make,
    /// Another seed.
    NewSeed,
}

/// What the bar goes by.
pub struct BarInput<'a> {
    /// What the form would do.
    pub plan: &'a Result<RepairPlan, String>,
    /// Whether it may.
    pub allowed: Allowed,
    /// How much room there is.
    pub room: Room,
    /// Width and height of the picture in pixels.
    pub size: [u32; 2],
    /// What the box has to hold.
    pub masked: PixelRect,
    /// The models that are known here.
    pub models: &'a [Model],
}

/// Draws what a repair is asked for with.
pub fn show_repair_bar(ui: &mut Ui, form: &mut RepairForm, input: &BarInput<'_>) -> Option<RepairAsk> {
    let palette = theme::palette(ui.style());
    let mut asked = None;
    let button = ActionButton::primary(form.act.button(form.count)).allowed(input.allowed.clone());
    ui.horizontal(|ui| {
        acts(ui, form);
        let width = (ui.available_width() - button.width(ui) - theme::GAP).max(120.0);
        if form.act.variation().is_some() {
            let text = "Prompt and settings of the recipe; the box and the mask do not count";
            let text = RichText::new(text).font(theme::note_font()).color(palette.secondary);
            let place = vec2(width, theme::CONTROL_HEIGHT);
            ui.allocate_ui_with_layout(place, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.add(Label::new(text).truncate());
            });
        } else {
            let field = TextEdit::multiline(&mut form.prompt).desired_rows(1).desired_width(width);
            let field = field
                .margin(vec2(theme::GAP, 5.0))
                .hint_text("what stands there when it is done")
                .char_limit(limits::MOST_PROMPT_CHARS);
            ui.add(field).accessible_name("Prompt of the repair");
        }
        if button.show(ui) {
            asked = Some(RepairAsk::Make);
        }
    });
    if form.act == RepairAct::Extend {
        input.room.row(ui, "how far it is extended", |ui| extension(ui, form, input.size));
    }
    input.room.row(ui, "how it is repaired", |ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
        theme::style_number_fields(ui.style_mut());
        settings(ui, form, input);
        if IconButton::new(icons::RANDOM, "Another seed").show_sized(ui, 24.0) {
            asked = Some(RepairAsk::NewSeed);
        }
        if let Ok(plan) = input.plan {
            ui.add_space(theme::GRID);
            let [width, height] = plan.generated;
            let text = match &plan.region {
                Some(region) => format!("{}×{} made at {width}×{height}", region.crop.width, region.crop.height),
                None => format!("the whole picture, {width}×{height}"),
            };
            let text = RichText::new(text).font(theme::small_mono_font()).color(palette.secondary);
            ui.add(Label::new(text).extend());
        }
    });
    if let Ok(plan) = input.plan
        && plan.advice == RepairAdvice::Regenerate
    {
        overrule(ui, form, plan.masked_share, input.room);
    }
    form.bound();
    asked
}

/// What is asked for, as a list.
fn acts(ui: &mut Ui, form: &mut RepairForm) {
    let list = pick_list("what is made of the picture").selected_text(form.act.name()).width(132.0).show_ui(ui, |ui| {
        for act in RepairAct::ALL {
            ui.selectable_value(&mut form.act, act, act.name()).on_hover_text(act.explanation());
        }
    });
    list.response.accessible_name("What is made of the picture").on_hover_text(form.act.explanation());
}

/// A number with what it is, which stay beside each other.
pub(super) fn field(ui: &mut Ui, text: &str, name: &str, value: DragValue<'_>) -> Response {
    let color = theme::palette(ui.style()).secondary;
    stay_together(ui, 44.0 + 7.0 * text.len() as f32);
    let row = ui.horizontal(|ui| {
        ui.label(RichText::new(text).font(theme::note_font()).color(color));
        ui.add(value).on_hover_text(name).accessible_name(name)
    });
    row.inner
}

/// A number of pixels that is chosen until somebody sets it: what is chosen stands there, as far as that is known before anything is
/// masked. A press on the sign beside a number that was set has it chosen again.
fn chosen_field(ui: &mut Ui, text: &str, name: &str, value: &mut Option<u32>, chosen: Option<u32>, most: u32) {
    let known = value.or(chosen);
    let mut number = known.unwrap_or(0);
    let drag = DragValue::new(&mut number).range(0..=most).speed(0.3);
    let drag = match known {
        Some(_) => drag.suffix(" px"),
        None => drag.custom_formatter(|_, _| "auto".to_owned()),
    };
    if field(ui, text, name, drag).changed() {
        *value = Some(number);
    }
    let again = format!("{text}: chosen by Kento again");
    if value.is_some() && IconButton::new(icons::UNDO, again).show_sized(ui, 24.0) {
        *value = None;
    }
}

fn settings(ui: &mut Ui, form: &mut RepairForm, input: &BarInput<'_>) {
    let has_region = form.act.has_region();
    if form.act.variation().is_none() {
        model_menu(ui, form, input.models);
    }
    if has_region {
        fills(ui, form);
        let strength = DragValue::new(&mut form.strength).range(0.05..=1.0).speed(0.005).fixed_decimals(2);
        field(ui, "Strength", "How far it may change: 0.3 keeps most, 1 makes all of it new", strength);
    } else if form.act == RepairAct::Refine {
        let strength = DragValue::new(&mut form.refining).range(0.05..=1.0).speed(0.005).fixed_decimals(2);
        field(ui, "Strength", "How far the picture may change: 0.3 keeps what it shows", strength);
    }
    let count = DragValue::new(&mut form.count).range(1..=MOST_CANDIDATES).speed(0.05);
    field(ui, "Candidates", "Pictures to choose from; each is an iteration", count);
    if has_region {
        if form.act == RepairAct::Region {
            box_menu(ui, form, input);
        }
        if form.crop.is_none() || form.act == RepairAct::Extend {
            let chosen = input.plan.as_ref().ok().and_then(|plan| plan.padding);
            chosen_field(ui, "Context", "Pixels around the mask that the model sees", &mut form.padding, chosen, 2048);
        }
        let region = input.plan.as_ref().ok().and_then(|plan| plan.region.as_ref());
        let (chosen, name) = (region.map(|region| region.blend), "Width of the band in which new turns into old");
        chosen_field(ui, "Blend", name, &mut form.blend, chosen, limits::MOST_BLEND);
        let mut is_soft = form.soft == Softness::Soft;
        let text = "Grey parts of the mask change less (soft inpainting)";
        if ui.checkbox(&mut is_soft, "Soft").on_hover_text(text).changed() {
            form.soft = if is_soft { Softness::Soft } else { Softness::Hard };
        }
    }
    ui.add_space(theme::GRID);
    stay_together(ui, 160.0);
    let seed = DragValue::new(&mut form.seed).speed(1.0);
    let name = match form.act.variation() {
        Some(_) => "Seed that the first candidate turns towards; the others follow",
        None => "Seed of the first candidate; the others follow",
    };
    field(ui, "Seed", name, seed);
}

/// The field for a reason is at least so wide, in points.
const LEAST_REASON: f32 = 180.0;

/// Why it is repaired all the same, where more than a third is masked.
fn overrule(ui: &mut Ui, form: &mut RepairForm, masked_share: f64, room: Room) {
    let color = theme::palette(ui.style()).fail;
    // Where the sentence leaves the field no room, that has the next line.
    ui.horizontal_wrapped(|ui| {
        let share = masked_share * 100.0;
        let text = match room {
            Room::Enough => format!("{share:.0} % is masked, more than a third: regenerate it, or say why not"),
            Room::Little => format!("{share:.0} %, more than a third:"),
        };
        ui.add(Label::new(RichText::new(text).font(theme::strong_note_font()).color(color)).extend());
        stay_together(ui, LEAST_REASON);
        let width = ui.available_size_before_wrap().x;
        let field = TextEdit::singleline(&mut form.overrule).margin(vec2(theme::GAP, 5.0)).desired_width(width);
        ui.add(field.hint_text("why it is repaired all the same")).accessible_name("Why it is repaired all the same");
    });
}

fn fills(ui: &mut Ui, form: &mut RepairForm) {
    let solid = match form.fill {
        Fill::Solid(colour) => colour,
        _ => [128; 3],
    };
    let fills = [Fill::Original, Fill::Blur, Fill::Neighbour, Fill::LatentNoise, Fill::Solid(solid)];
    let name = |fill: Fill| match fill {
        Fill::Original => "Start from what is there",
        Fill::Blur => "Start from its blurred colours",
        Fill::Neighbour => "Start from what surrounds it",
        Fill::LatentNoise => "Start from noise",
        Fill::Solid(_) => "Start from one colour",
    };
    let list = pick_list("masked content").selected_text(name(form.fill)).width(168.0).show_ui(ui, |ui| {
        for fill in fills {
            ui.selectable_value(&mut form.fill, fill, name(fill));
        }
    });
    list.response.accessible_name("What stands in the masked part before it is generated");
    if let Fill::Solid(colour) = &mut form.fill {
        ui.color_edit_button_srgb(colour).accessible_name("The colour to start from");
    }
}
