use std::collections::BTreeMap;

use super::State;
use crate::workflow::metrics::{Event, EventKind};
use crate::workflow::{Action, Clearance, ClearanceStep, Judged, Outcome, Record, Review};

impl State {
    pub(super) fn fold_review(&mut self, seq: u64, record: &Record) {
        let (by, at) = (record.by.clone(), record.at);
        let sha256 = match &record.action {
            Action::ReviewSubmitted { image, .. }
            | Action::ItemJudged { image, .. }
            | Action::ImageCleared { image, .. }
            | Action::ImageSentBack { image, .. }
            | Action::ImageVetoed { image, .. }
            | Action::ClearanceVoided { image, .. }
            | Action::VerdictsDropped { image, .. } => *image,
            _ => return,
        };
        let Some(image) = self.images.get_mut(&sha256) else { return };
        if let Action::ReviewSubmitted { round, list, checklist_version, .. } = &record.action {
            if let Some(open) = image.reviews.last_mut().filter(|review| review.outcome.is_none()) {
                open.outcome = Some(Outcome::Superseded);
            }
            image.reviews.push(Review {
                round: *round,
                list: *list,
                checklist_version: *checklist_version,
                by,
                seq,
                verdicts: BTreeMap::new(),
                clearances: Vec::new(),
                outcome: None,
            });
            return;
        }
        let Some(review) = image.reviews.last_mut() else { return };
        match &record.action {
            Action::ItemJudged { item, verdict, .. } => {
                let judged = Judged { verdict: verdict.clone(), at, seq };
                review.verdicts.entry(item.clone()).or_default().insert(by, judged);
                return;
            }
            Action::VerdictsDropped { item, .. } => {
                review.verdicts.remove(item);
                return;
            }
            Action::ImageCleared { approval, completes, .. } => {
                review.clearances.push(Clearance { sha256, by, at, seq, approval: *approval });
                if *completes == ClearanceStep::First {
                    return;
                }
                review.outcome = Some(Outcome::Cleared);
            }
            Action::ImageSentBack { failed, note, .. } => {
                review.outcome = Some(Outcome::SentBack { failed: failed.clone(), note: note.clone() });
            }
            Action::ImageVetoed { reason, .. } => review.outcome = Some(Outcome::Vetoed { reason: reason.clone() }),
            Action::ClearanceVoided { found, .. } => review.outcome = Some(Outcome::Voided { found: *found }),
            _ => return,
        }
        let round = review.round;
        // The third trigger counts what failed, whether the image was sent back for it or vetoed.
        if let Action::ImageSentBack { failed, .. } | Action::ImageVetoed { failed, .. } = &record.action
            && let Some(card) = image.card.as_ref().and_then(|card| self.cards.get_mut(card))
        {
            for item in failed {
                let times = card.failures.entry(item.clone()).or_default();
                *times = times.saturating_add(1);
            }
        }
        let kind = match &record.action {
            Action::ImageCleared { .. } => EventKind::Cleared { image: sha256, round },
            Action::ImageSentBack { .. } => EventKind::SentBack { image: sha256, round },
            Action::ImageVetoed { .. } => EventKind::Vetoed { image: sha256, round },
            _ => EventKind::Voided { image: sha256 },
        };
        self.events.push(Event { seq, at, card: image.card.clone(), kind });
    }
}
