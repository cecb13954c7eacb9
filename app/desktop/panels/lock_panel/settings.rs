use eframe::egui::{DragValue, Label, RichText, Ui};
use kento_diffusion::schedulers::{SchedulerKind, SigmaSchedule};
use kento_studio::card::{RecipeCard, SlotDifference};
use kento_studio::{Recipe, limits};

use super::draft::CardDraft;
use super::slots::beside;
use crate::desk::{PanelAsk, PanelInput};
use crate::seed;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, IconButton, SlotField, field_label, hash_label, pick_list, show_slot};

/// What stands where a card names no sigma schedule.
const OWN_SIGMAS: &str = "the model's own";

/// Draws seed, scheduler, steps, guidance, size and model.
pub fn show_settings(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    draft: &mut CardDraft,
    parent: Option<&RecipeCard>,
    can_edit: bool,
    asks: &mut Vec<PanelAsk>,
) {
    show_seed(ui, draft, parent, can_edit);
    if can_edit {
        choices(ui, input, draft, asks);
    } else {
        facts(ui, input, &draft.card.recipe);
    }
    build(ui, input, draft, can_edit);
}

/// Everything but the seed, to be chosen.
fn choices(ui: &mut Ui, input: &PanelInput<'_>, draft: &mut CardDraft, asks: &mut Vec<PanelAsk>) {
    ui.scope(|ui| {
        ui.columns(2, |columns| {
            scheduler(&mut columns[0], &mut draft.card);
            sigmas(&mut columns[1], &mut draft.card);
        });
        theme::style_number_fields(ui.style_mut());
        let recipe = &mut draft.card.recipe;
        ui.columns(4, |columns| {
            let steps = DragValue::new(&mut recipe.steps).range(1..=limits::MOST_STEPS).speed(0.2);
            number(&mut columns[0], "Steps", steps);
            let guidance = DragValue::new(&mut recipe.guidance_scale);
            let guidance = guidance.range(0.0..=limits::MOST_GUIDANCE).speed(0.05).max_decimals(2);
            number(&mut columns[1], "Guidance", guidance);
            number(&mut columns[2], "Width", side(&mut recipe.width));
            number(&mut columns[3], "Height", side(&mut recipe.height));
        });
        too_small(ui, input, [recipe.width, recipe.height]);
        model(ui, input, draft, asks);
    });
}

/// The same, to be read.
fn facts(ui: &mut Ui, input: &PanelInput<'_>, recipe: &Recipe) {
    let kind = SchedulerKind::parse(&recipe.scheduler.name).ok().map(|(kind, _)| kind);
    let scheduler = kind.map_or_else(|| recipe.scheduler.name.clone(), |kind| kind.a1111_name().to_owned());
    let sigmas = recipe.scheduler.sigmas.as_deref();
    let sigmas = sigmas.map(|name| SigmaSchedule::parse(name).map_or(name, |sigmas| sigmas.a1111_name()));
    ui.columns(2, |columns| {
        fact(&mut columns[0], "Scheduler", &scheduler);
        fact(&mut columns[1], "Sigmas", sigmas.unwrap_or(OWN_SIGMAS));
    });
    ui.columns(3, |columns| {
        fact(&mut columns[0], "Steps", &recipe.steps.to_string());
        fact(&mut columns[1], "Guidance", &recipe.guidance_scale.to_string());
        fact(&mut columns[2], "Size", &format!("{}×{}", recipe.width, recipe.height));
    });
    too_small(ui, input, [recipe.width, recipe.height]);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = theme::GRID;
        field_label(ui, "Model", missing_words(input, recipe));
        ui.label(&recipe.model.name);
        model_hash(ui, recipe);
    });
}

/// Says it where a picture of this size does not cover what the brief asks for.
fn too_small(ui: &mut Ui, input: &PanelInput<'_>, size: [u32; 2]) {
    let Some(text) = input.too_small(size) else { return };
    let color = theme::palette(ui.style()).secondary;
    ui.add(Label::new(RichText::new(text).font(theme::note_font()).color(color)).wrap());
}

fn fact(ui: &mut Ui, name: &str, value: &str) {
    ui.spacing_mut().item_spacing.y = theme::GRID;
    field_label(ui, name, "");
    ui.add(Label::new(value).wrap());
}

fn missing_words(input: &PanelInput<'_>, recipe: &Recipe) -> &'static str {
    let is_here = input.models.iter().any(|model| model.reference.files == recipe.model.files);
    if is_here { "" } else { "not on this machine" }
}

/// A licence as SPDX writes it; models name theirs in small letters.
fn licence_name(licence: &str) -> String {
    let word = |word: &str| match word {
        "mit" => "MIT".to_owned(),
        "apache-2.0" => "Apache-2.0".to_owned(),
        "or" => "OR".to_owned(),
        other => other.to_owned(),
    };
    licence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn model_hash(ui: &mut Ui, recipe: &Recipe) {
    let palette = theme::palette(ui.style());
    let Some(file) = recipe.model.principal_file() else { return };
    ui.horizontal_wrapped(|ui| {
        hash_label(ui, &format!("sha256 of {}", file.path), &file.sha256.to_string());
        if let Some(licence) = &recipe.model.licence {
            ui.label(RichText::new(licence_name(licence)).font(theme::note_font()).color(palette.hint));
        }
    });
}

/// What differs from the card that this one was made from, but for the slots, which say it themselves.
pub fn show_differences(ui: &mut Ui, parent: &str, differences: &[SlotDifference]) {
    use kento_studio::card::CardField as F;
    let in_slots = [F::Subject, F::Context, F::Composition, F::Style, F::Technical, F::Negative, F::Prompt];
    let rest: Vec<&SlotDifference> = differences.iter().filter(|one| !in_slots.contains(&one.field)).collect();
    let palette = theme::palette(ui.style());
    let title = match differences.len() {
        0 => format!("As {parent} so far"),
        1 => format!("Differs from {parent} in 1 slot"),
        count => format!("Differs from {parent} in {count} slots"),
    };
    ui.label(RichText::new(title).font(theme::note_font()).color(palette.secondary));
    for difference in rest {
        ui.label(RichText::new(format!("{} {difference}", icons::UNDO)).font(theme::note_font()).color(palette.text));
    }
}

fn show_seed(ui: &mut Ui, draft: &mut CardDraft, parent: Option<&RecipeCard>, can_edit: bool) {
    let seed = draft.read_seed();
    let before = parent.filter(|parent| seed.as_ref().ok() != Some(&parent.seed));
    let field = SlotField {
        label: "Seed".to_owned(),
        parent: before.map(|parent| parent.seed.to_string()),
        mistake: seed.err(),
        is_mono: true,
        is_locked: !can_edit,
        ..SlotField::default()
    };
    if !can_edit {
        show_slot(ui, &field, &mut draft.seed);
        return;
    }
    let text = &mut draft.seed;
    let dice = IconButton::new(icons::RANDOM, "Roll another seed");
    if beside(ui, |ui| show_slot(ui, &field, text), |ui| dice.show(ui)) {
        draft.seed = seed::random().to_string();
    }
}

fn scheduler(ui: &mut Ui, card: &mut RecipeCard) {
    field_label(ui, "Scheduler", "");
    let setting = &mut card.recipe.scheduler;
    let known = SchedulerKind::parse(&setting.name).ok().map(|(kind, _)| kind);
    let shown = known.map_or_else(|| setting.name.clone(), |kind| kind.a1111_name().to_owned());
    pick_list("scheduler")
        .selected_text(shown)
        .width(ui.available_width())
        .truncate()
        .height(360.0)
        .show_ui(ui, |ui| {
            for kind in SchedulerKind::ALL {
                if ui.selectable_label(known == Some(kind), kind.a1111_name()).clicked() {
                    setting.name = kind.name().to_owned();
                    if !kind.follows_sigmas() {
                        setting.sigmas = None;
                    }
                }
            }
        })
        .response
        .accessible_name("Scheduler");
}

fn sigmas(ui: &mut Ui, card: &mut RecipeCard) {
    field_label(ui, "Sigmas", "");
    let setting = &mut card.recipe.scheduler;
    let follows = SchedulerKind::parse(&setting.name).is_ok_and(|(kind, _)| kind.follows_sigmas());
    let known = setting.sigmas.as_deref().and_then(|name| SigmaSchedule::parse(name).ok());
    let shown = known.map_or(OWN_SIGMAS, SigmaSchedule::a1111_name);
    let width = ui.available_width();
    let why = "this scheduler does not walk along sigmas";
    let allowed = if follows { Allowed::Yes } else { Allowed::No(why.to_owned()) };
    ui.add_enabled_ui(follows, |ui| {
        pick_list("sigmas")
            .selected_text(shown)
            .width(width)
            .truncate()
            .show_ui(ui, |ui| {
                if ui.selectable_label(known.is_none(), OWN_SIGMAS).clicked() {
                    setting.sigmas = None;
                }
                for sigmas in SigmaSchedule::ALL {
                    if ui.selectable_label(known == Some(sigmas), sigmas.a1111_name()).clicked() {
                        setting.sigmas = Some(sigmas.name().to_owned());
                    }
                }
            })
            .response
            .on_disabled_hover_text(why)
            .accessible_name(allowed.spoken("Sigma schedule"));
    });
}

fn number(ui: &mut Ui, name: &str, value: DragValue<'_>) {
    // A narrow column has no room for a gap behind its name.
    ui.spacing_mut().item_spacing.x = 0.0;
    let label = field_label(ui, name, "");
    ui.add_sized([ui.available_width(), theme::CONTROL_HEIGHT], value).labelled_by(label.id);
}

fn side(value: &mut u32) -> DragValue<'_> {
    // Typed sizes stay as they are typed: the rule names the two nearest ones.
    DragValue::new(value).range(limits::LEAST_SIDE..=limits::MOST_SIDE).speed(1.0)
}

fn model(ui: &mut Ui, input: &PanelInput<'_>, draft: &mut CardDraft, asks: &mut Vec<PanelAsk>) {
    let recipe = &mut draft.card.recipe;
    field_label(ui, "Model", missing_words(input, recipe));
    pick_list("model")
        .selected_text(&recipe.model.name)
        .width(ui.available_width())
        .truncate()
        .show_ui(ui, |ui| {
            for model in input.models {
                let is_chosen = model.reference == recipe.model && model.vae == recipe.vae;
                let label = format!("{} · {}", model.reference.name, model.family);
                if ui.selectable_label(is_chosen, label).clicked() {
                    (recipe.model, recipe.vae) = (model.reference.clone(), model.vae.clone());
                }
            }
            if ui.selectable_label(false, "Another model …").clicked() {
                asks.push(PanelAsk::ChooseModel);
            }
        })
        .response
        .accessible_name("Model");
    model_hash(ui, recipe);
}

/// Says when the card asks for another build or number format than the engine has, and offers to take the engine's.
fn build(ui: &mut Ui, input: &PanelInput<'_>, draft: &mut CardDraft, can_edit: bool) {
    let Some(engine) = input.fingerprint else { return };
    let recipe = &mut draft.card.recipe;
    if recipe.tool.numerics == engine.tool.numerics && recipe.dtype == engine.dtype {
        return;
    }
    let palette = theme::palette(ui.style());
    let words = format!(
        "The card asks for numerics {} in {}; the engine has numerics {} in {}.",
        recipe.tool.numerics, recipe.dtype, engine.tool.numerics, engine.dtype
    );
    let words = RichText::new(format!("{} {words}", icons::WARNING)).font(theme::note_font());
    ui.label(words.color(palette.fail_text));
    let take = ActionButton::plain("Take the engine's").explained("Writes this build and number format into the card");
    if can_edit && take.show(ui) {
        recipe.tool = engine.tool.clone();
        recipe.dtype = engine.dtype;
        recipe.device = Some(engine.device.clone());
    }
}
