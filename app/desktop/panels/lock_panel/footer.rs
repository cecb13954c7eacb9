use std::collections::BTreeMap;

use eframe::egui::{RichText, Ui};
use kento_studio::card::CardRef;
use kento_studio::workflow::{CardState, Command, State};

use super::data::{LeftOut, Step, StepButton, command, run_command, run_label, volume};
use crate::desk::{PanelAsk, PanelInput};
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, SlotField, show_button_row, show_slot};

/// What stands below the card.
#[derive(Default)]
pub struct Footer {
    /// The cards that are being revised, with the reasons as they are typed.
    revising: BTreeMap<CardRef, String>,
    /// Why the last step could not be taken, and with which card.
    mistake: Option<(CardRef, String)>,
    /// Whether nothing could be done with the card in the last frame: then nothing stands below it.
    is_empty: bool,
}

/// The revision that follows.
pub fn next_revision(card: &CardRef) -> CardRef {
    CardRef { revision: card.revision.saturating_add(1), ..card.clone() }
}

impl Footer {
    /// Whether a reason to revise is typed.
    pub fn has_words(&self) -> bool {
        self.revising.values().any(|reason| !reason.trim().is_empty())
    }

    /// Forgets the reasons of revisions that are saved; a refused one keeps its reason.
    pub fn follow(&mut self, state: &State) {
        self.revising.retain(|card, _| state.card(&next_revision(card)).is_none());
    }

    /// How high it is, in points.
    pub fn height(&self, card: Option<&CardRef>) -> f32 {
        if self.is_empty {
            return 0.0;
        }
        let reason = if self.reason_of(card).is_some() { 54.0 } else { 0.0 };
        let mistake = if self.mistake_of(card).is_some() { 36.0 } else { 0.0 };
        theme::CONTROL_HEIGHT + f32::from(theme::MARGIN) + reason + mistake
    }

    /// Takes in whether there is anything to be done. A change is seen in the next frame, which is asked for.
    pub fn settle(&mut self, ui: &Ui, steps: &[StepButton]) {
        let is_empty = steps.is_empty() && self.revising.is_empty();
        if std::mem::replace(&mut self.is_empty, is_empty) != is_empty {
            ui.ctx().request_repaint();
        }
    }

    /// Draws the buttons. What was asked for; [`Step::Save`] is left to the caller, who has the draft.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        known: Option<&CardState>,
        steps: &[StepButton],
        left_out: &LeftOut,
        asks: &mut Vec<PanelAsk>,
    ) -> Option<Step> {
        ui.add_space(f32::from(theme::MARGIN));
        let card = known.map(|known| known.card.card_ref());
        if let Some(mistake) = self.mistake_of(card.as_ref()) {
            let palette = theme::palette(ui.style());
            let words = RichText::new(format!("{} {mistake}", icons::FAIL)).font(theme::note_font());
            ui.label(words.color(palette.fail_text));
        }
        if let Some((card, reason)) = card.and_then(|card| self.revising.remove_entry(&card)) {
            return self.show_reason(ui, input, card, reason, asks);
        }
        let buttons: Vec<ActionButton> =
            steps.iter().enumerate().map(|(i, step)| button(input, known, step, left_out, i == 0)).collect();
        let pressed = show_button_row(ui, &buttons).and_then(|place| steps.get(place))?.step;
        self.mistake = None;
        self.take(pressed, (input.state, known), left_out, asks);
        Some(pressed)
    }

    fn take(
        &mut self,
        step: Step,
        (state, known): (&State, Option<&CardState>),
        left_out: &LeftOut,
        asks: &mut Vec<PanelAsk>,
    ) {
        let Some(known) = known else { return };
        let card = known.card.card_ref();
        match (step, &known.locked) {
            (Step::Revise, _) => {
                self.revising.insert(card, String::new());
            }
            (Step::Run, Some(locked)) => match run_command(state, &card, locked, left_out) {
                Ok(command) => asks.push(PanelAsk::decide(command)),
                Err(mistake) => self.mistake = Some((card, mistake)),
            },
            (step, _) => asks.extend(command(step, known).map(PanelAsk::decide)),
        }
    }

    fn reason_of(&self, card: Option<&CardRef>) -> Option<&String> {
        self.revising.get(card?)
    }

    fn mistake_of(&self, card: Option<&CardRef>) -> Option<&String> {
        let (of, mistake) = self.mistake.as_ref()?;
        (Some(of) == card).then_some(mistake)
    }

    /// The reason of a revision. [`Step::Revise`] once it is asked for.
    fn show_reason(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        card: CardRef,
        mut reason: String,
        asks: &mut Vec<PanelAsk>,
    ) -> Option<Step> {
        let slot = SlotField {
            label: format!("Why revision {} of {}?", card.revision.saturating_add(1), card.name),
            hint: "the sail is too dark in print".to_owned(),
            ..SlotField::default()
        };
        show_slot(ui, &slot, &mut reason);
        let revise = Command::ReviseRecipe { card: card.clone(), reason: reason.trim().to_owned() };
        let buttons = [
            ActionButton::primary("Make the revision").allowed(input.would(&revise)),
            ActionButton::plain("Leave it as it is"),
        ];
        let pressed = show_button_row(ui, &buttons);
        if pressed != Some(1) {
            // Until the state shows the revision the reason stays.
            self.revising.insert(card, reason);
        }
        if pressed == Some(0) {
            asks.push(PanelAsk::decide(revise));
            return Some(Step::Revise);
        }
        None
    }
}

fn button(
    input: &PanelInput<'_>,
    known: Option<&CardState>,
    step: &StepButton,
    left_out: &LeftOut,
    is_first: bool,
) -> ActionButton {
    let rows = known.filter(|_| step.step == Step::Run).map(|known| volume(input.state, &known.card, left_out));
    let label = rows.map_or_else(|| step.label.to_owned(), |rows| run_label(&rows));
    let button = if is_first { ActionButton::primary(label) } else { ActionButton::plain(label) };
    button.allowed(step.allowed.clone()).explained(step.explanation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::lock_panel::first_card;

    #[test]
    fn a_reason_to_revise_would_be_lost() {
        let mut footer = Footer::default();
        footer.revising.insert(first_card().card_ref(), " ".to_owned());
        assert!(!footer.has_words(), "the field alone is a click");
        footer.revising.insert(first_card().card_ref(), "too dark in print".to_owned());
        assert!(footer.has_words());
    }
}
