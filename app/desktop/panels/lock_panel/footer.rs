use eframe::egui::{RichText, Ui};
use kento_studio::card::{CardRef, RecipeCard};
use kento_studio::workflow::{CardState, Command};

use super::data::{Step, StepButton, command, run_command, volume};
use crate::desk::{PanelAsk, PanelInput};
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, SlotField, show_button_row, show_slot};

/// What stands below the card.
#[derive(Default)]
pub struct Footer {
    /// The card that is being revised, and the reason as it is typed.
    revising: Option<(CardRef, String)>,
    /// Why the last step could not be taken.
    mistake: Option<String>,
}

impl Footer {
    /// How high it is, in points.
    pub fn height(&self, card: Option<&CardRef>) -> f32 {
        let reason = if self.reason_of(card).is_some() { 54.0 } else { 0.0 };
        let mistake = if self.mistake.is_some() { 36.0 } else { 0.0 };
        theme::CONTROL_HEIGHT + theme::GAP + reason + mistake
    }

    /// Draws the buttons. What was asked for; [`Step::Save`] is left to the caller, who has the draft.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        known: Option<&CardState>,
        steps: &[StepButton],
        asks: &mut Vec<PanelAsk>,
    ) -> Option<Step> {
        ui.add_space(theme::GAP);
        if let Some(mistake) = &self.mistake {
            let palette = theme::palette(ui.style());
            let words = RichText::new(format!("{} {mistake}", icons::FAIL)).font(theme::note_font());
            ui.label(words.color(palette.fail_text));
        }
        let card = known.map(|known| known.card.card_ref());
        if self.reason_of(card.as_ref()).is_some() {
            return self.show_reason(ui, input, asks);
        }
        let buttons: Vec<ActionButton> =
            steps.iter().enumerate().map(|(i, step)| button(input, known, step, i == 0)).collect();
        let pressed = show_button_row(ui, &buttons).and_then(|place| steps.get(place))?.step;
        self.mistake = None;
        self.take(pressed, known, asks);
        Some(pressed)
    }

    fn take(&mut self, step: Step, known: Option<&CardState>, asks: &mut Vec<PanelAsk>) {
        let Some(known) = known else { return };
        let card = known.card.card_ref();
        match (step, &known.locked) {
            (Step::Revise, _) => self.revising = Some((card, String::new())),
            (Step::Run, Some(locked)) => match run_command(&card, locked) {
                Ok(command) => asks.push(PanelAsk::decide(command)),
                Err(mistake) => self.mistake = Some(mistake),
            },
            (step, _) => asks.extend(command(step, known).map(PanelAsk::decide)),
        }
    }

    fn reason_of(&self, card: Option<&CardRef>) -> Option<&str> {
        let (revised, reason) = self.revising.as_ref()?;
        (Some(revised) == card).then_some(reason)
    }

    /// The reason of a revision. [`Step::Revise`] once it is asked for.
    fn show_reason(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) -> Option<Step> {
        let (card, reason) = self.revising.as_mut()?;
        let slot = SlotField {
            label: format!("Why revision {} of {}?", card.revision.saturating_add(1), card.name),
            hint: "the sail is too dark in print".to_owned(),
            ..SlotField::default()
        };
        show_slot(ui, &slot, reason);
        let revise = Command::ReviseRecipe { card: card.clone(), reason: reason.trim().to_owned() };
        let buttons = [
            ActionButton::primary("Make the revision").allowed(input.would(&revise)),
            ActionButton::plain("Leave it as it is"),
        ];
        let pressed = show_button_row(ui, &buttons)?;
        self.revising = None;
        if pressed == 0 {
            asks.push(PanelAsk::decide(revise));
            return Some(Step::Revise);
        }
        None
    }
}

fn button(input: &PanelInput<'_>, known: Option<&CardState>, step: &StepButton, is_first: bool) -> ActionButton {
    let rows = known.filter(|_| step.step == Step::Run).map(|known| run_label(input, &known.card));
    let label = rows.unwrap_or_else(|| step.label.to_owned());
    let button = if is_first { ActionButton::primary(label) } else { ActionButton::plain(label) };
    button.allowed(step.allowed.clone()).explained(step.explanation)
}

fn run_label(input: &PanelInput<'_>, card: &RecipeCard) -> String {
    let rows = volume(input.state, card).rows;
    let plural = if rows == 1 { "" } else { "s" };
    format!("Start volume run · {rows} image{plural}")
}
