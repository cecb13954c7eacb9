use eframe::egui::{DragValue, Label, RichText, Ui};
use kento_studio::workflow::{Command, CommandKind, ProjectSettings};

use crate::desk::{PanelAsk, PanelInput};
use crate::theme;
use crate::widgets::{ActionButton, Allowed, SlotField, show_slot};

/// The figures of the rules while somebody changes them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RulesForm {
    settings: ProjectSettings,
    /// The figures that were in force when the form was begun.
    base: ProjectSettings,
    reason: String,
}

impl RulesForm {
    fn of(settings: &ProjectSettings) -> Self {
        Self { settings: settings.clone(), base: settings.clone(), reason: String::new() }
    }

    /// Whether it has other figures than those in force.
    pub(super) fn differs_from(&self, in_force: &ProjectSettings) -> bool {
        self.settings != *in_force && self.settings != self.base
    }
}

/// Draws the figures, as fields for who may change them.
pub(super) fn show(ui: &mut Ui, input: &PanelInput<'_>, form: &mut Option<RulesForm>, asks: &mut Vec<PanelAsk>) {
    let in_force = input.state.settings();
    // Figures that somebody else changed replace the form's, unless something was typed.
    let is_stale = form.as_ref().is_some_and(|form| form.base != *in_force && form.settings == form.base);
    let was_saved = form.as_ref().is_some_and(|form| form.settings == *in_force && form.base != *in_force);
    if is_stale || was_saved {
        *form = None;
    }
    let form = form.get_or_insert_with(|| RulesForm::of(in_force));
    let may = input.may(CommandKind::ChangeSettings);
    ui.add_enabled_ui(may.is_yes(), |ui| fields(ui, &may, &mut form.settings));
    let is_changed = form.settings != *in_force;
    if is_changed {
        let slot =
            SlotField { label: "Why".to_owned(), hint: "what this job needs".to_owned(), ..SlotField::default() };
        show_slot(ui, &slot, &mut form.reason);
    }
    let command = Command::ChangeSettings { settings: form.settings.clone(), reason: form.reason.clone() };
    let allowed = if is_changed { input.would(&command) } else { may.but(true, "nothing is changed") };
    ui.horizontal(|ui| {
        if ActionButton::plain("Change the rules").allowed(allowed).show(ui) {
            asks.push(PanelAsk::decide(command));
        }
        if is_changed && ActionButton::plain("Take back").show(ui) {
            *form = RulesForm::of(in_force);
        }
    });
}

fn fields(ui: &mut Ui, may: &Allowed, settings: &mut ProjectSettings) {
    theme::style_number_fields(ui.style_mut());
    let row = |ui: &mut Ui, name: &str, value: DragValue<'_>| {
        ui.horizontal(|ui| {
            let field = ui.add_sized([84.0, theme::CONTROL_HEIGHT], value);
            let label = ui.add(Label::new(RichText::new(name).font(theme::note_font())).truncate());
            match may.reason() {
                Some(reason) => field.accessible_name(may.spoken(name)).on_disabled_hover_text(reason),
                None => field.labelled_by(label.id),
            };
        });
    };
    row(ui, "minutes before a fresh-eyes pass", DragValue::new(&mut settings.fresh_eyes_minutes));
    row(ui, "repeats of one issue pause a recipe", DragValue::new(&mut settings.repeats_that_pause).range(1..=100));
    row(ui, "most steps of a concept sprint", DragValue::new(&mut settings.draft_most_steps).range(1..=1000));
    let strength = DragValue::new(&mut settings.most_repair_strength).range(0.05..=1.0).speed(0.01).fixed_decimals(2);
    row(ui, "largest strength where a whole image is refined", strength);
    let pixels = DragValue::new(&mut settings.most_generated_pixels).range(64 * 64..=u64::MAX).speed(4096.0);
    row(ui, "pixels of the largest generated image", pixels);
    let reviewed = DragValue::new(&mut settings.short_list.least_reviewed).range(1..=u32::MAX);
    row(ui, "reviews before the short list counts", reviewed);
    let rework = DragValue::new(&mut settings.short_list.most_rework).range(0.0..=1.0).speed(0.01).fixed_decimals(2);
    row(ui, "most rework for the short list", rework);
}
