//! The iterations of a Hero or an image: the Operator asks for more, the Director answers. Shown by the lock panel and the checklist.

use std::collections::BTreeMap;

use eframe::egui::{DragValue, RichText, Ui};
use kento_studio::workflow::{Command, CommandKind, IterationAsk, IterationSubject};

use crate::desk::{PanelAsk, PanelInput};
use crate::theme;
use crate::widgets::{ActionButton, SlotField, show_slot};

/// Most iterations that are granted at once.
const MOST_GRANTED: u32 = 100;

/// What is typed when iterations are used up, of a Hero or of an image with everything made from it, on both sides.
#[derive(Default)]
pub struct BudgetForm {
    /// Why the Operator needs more.
    asks: BTreeMap<IterationSubject, String>,
    /// What the Director answers.
    grants: BTreeMap<IterationSubject, Grant>,
}

/// An answer while it is typed.
struct Grant {
    reason: String,
    more: u32,
    is_sent: bool,
}

impl Default for Grant {
    fn default() -> Self {
        Self { reason: String::new(), more: 2, is_sent: false }
    }
}

impl BudgetForm {
    /// Whether a question or an answer is typed that was not sent.
    pub fn has_words(&self) -> bool {
        let is_open = |grant: &Grant| !grant.is_sent && !grant.reason.trim().is_empty();
        self.asks.values().any(|reason| !reason.trim().is_empty()) || self.grants.values().any(is_open)
    }

    /// Forgets what the state shows as saved, and nothing else: a refused decision leaves its words where they are.
    fn follow(&mut self, subject: &IterationSubject, asked: Option<&IterationAsk>) {
        if let Some(asked) = asked
            && self.asks.get(subject).is_some_and(|reason| reason.trim() == asked.reason)
        {
            self.asks.remove(subject);
        }
        if asked.is_none() && self.grants.get(subject).is_some_and(|grant| grant.is_sent) {
            self.grants.remove(subject);
        }
    }
}

/// Draws what there is to do about iterations: the Operator asks for more, the Director grants them. Nothing where neither is due.
pub fn show_budget(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    subject: IterationSubject,
    form: &mut BudgetForm,
    asks: &mut Vec<PanelAsk>,
) {
    let asked = input.state.iteration_asks().iter().find(|ask| ask.subject == subject);
    form.follow(&subject, asked);
    let palette = theme::palette(ui.style());
    if let Some(asked) = asked {
        let words = format!("{} asks for more iterations: {}", asked.by, asked.reason);
        ui.label(RichText::new(words).color(palette.text));
        if input.may(CommandKind::GrantIterations).is_yes() {
            let typed = form.grants.entry(subject.clone()).or_default();
            grant(ui, input, subject, typed, asks);
        }
        return;
    }
    let trial = Command::AskForIterations { subject: subject.clone(), reason: "asked".to_owned() };
    if !input.would(&trial).is_yes() {
        return;
    }
    let slot = SlotField {
        label: format!("{} Why are more needed?", left(input, &subject)),
        hint: "the sail is still too dark".to_owned(),
        ..SlotField::default()
    };
    let reason = form.asks.entry(subject.clone()).or_default();
    show_slot(ui, &slot, reason);
    let command = Command::AskForIterations { subject, reason: reason.clone() };
    if ActionButton::plain("Ask the Director").allowed(input.would(&command)).show(ui) {
        asks.push(PanelAsk::decide(command));
    }
}

/// How many iterations are left, in a sentence.
fn left(input: &PanelInput<'_>, subject: &IterationSubject) -> String {
    let budget = input.state.iteration_budget(subject).unwrap_or_default();
    match budget.saturating_sub(input.state.iterations_used(subject)) {
        0 => format!("All {budget} iterations are used up."),
        left => format!("{left} of {budget} iterations are left."),
    }
}

fn grant(ui: &mut Ui, input: &PanelInput<'_>, subject: IterationSubject, typed: &mut Grant, asks: &mut Vec<PanelAsk>) {
    let slot = SlotField {
        label: "Why more, or what instead?".to_owned(),
        hint: "close to the brief".to_owned(),
        ..SlotField::default()
    };
    show_slot(ui, &slot, &mut typed.reason);
    ui.horizontal(|ui| {
        theme::style_number_fields(ui.style_mut());
        let value = DragValue::new(&mut typed.more).range(1..=MOST_GRANTED).speed(0.1);
        ui.add_sized([56.0, theme::CONTROL_HEIGHT], value).accessible_name("How many more iterations");
        let (reason, seen) = (typed.reason.clone(), Some(input.state.seq()));
        let command = Command::GrantIterations { subject, more: typed.more, reason, seen };
        if ActionButton::plain("Grant").allowed(input.would(&command)).show(ui) {
            asks.push(PanelAsk::decide(command));
            typed.is_sent = true;
        }
    });
}

#[cfg(test)]
mod tests {
    use kento_studio::card::CardRef;

    use super::*;

    #[test]
    fn words_stay_with_their_card_and_side_until_the_state_shows_them() {
        let card = |name: &str| IterationSubject::Hero { card: CardRef { name: name.parse().unwrap(), revision: 1 } };
        let (one, other) = (card("one"), card("other"));
        let asked = |reason: &str| IterationAsk {
            subject: card("one"),
            reason: reason.to_owned(),
            by: "Mara".parse().unwrap(),
            seq: 9,
        };
        let mut form = BudgetForm::default();
        form.asks.insert(one.clone(), " ".to_owned());
        assert!(!form.has_words());
        form.asks.insert(one.clone(), " too dark ".to_owned());
        assert!(form.has_words());
        form.asks.insert(other.clone(), "too dark".to_owned());
        form.follow(&one, None);
        form.follow(&one, Some(&asked("another reason")));
        assert_eq!(form.asks.len(), 2);
        form.follow(&one, Some(&asked("too dark")));
        assert_eq!(form.asks.keys().collect::<Vec<_>>(), [&other]);
        form.asks.clear();
        form.grants.insert(one.clone(), Grant { reason: "close".to_owned(), ..Grant::default() });
        assert!(form.has_words());
        form.follow(&one, None);
        assert_eq!(form.grants.len(), 1, "nothing was sent");
        form.grants.insert(one.clone(), Grant { reason: "close".to_owned(), is_sent: true, ..Grant::default() });
        assert!(!form.has_words(), "it is on its way");
        form.follow(&one, Some(&asked("too dark")));
        assert_eq!(form.grants.len(), 1, "not decided yet, or refused");
        form.follow(&one, None);
        assert!(form.grants.is_empty());
    }
}
