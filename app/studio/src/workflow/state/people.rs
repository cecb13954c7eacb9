use std::collections::BTreeSet;

use super::State;
use crate::PersonName;
use crate::workflow::{Action, Record};

impl State {
    /// Whether one person alone has worked in the project so far. Nobody declares this; it follows from the records.
    pub fn is_solo(&self) -> bool {
        self.workers.len() == 1
    }

    /// Everybody who did something in the project. A name that only put on a hat is none of them: it may have been mistyped.
    pub fn workers(&self) -> &BTreeSet<PersonName> {
        &self.workers
    }

    pub(super) fn fold_worker(&mut self, record: &Record) {
        if is_work(&record.action) {
            self.workers.insert(record.by.clone());
        }
    }
}

/// Whether an action is somebody's own: neither a change of hats nor what the app reports, or concludes, under whatever hat is worn.
fn is_work(action: &Action) -> bool {
    !matches!(
        action,
        Action::RoleTaken { .. }
            | Action::ImageGenerated { .. }
            | Action::JobFailed { .. }
            | Action::ProofPassed { .. }
            | Action::ProofFailed { .. }
            | Action::RecipeUnlocked { .. }
            | Action::RecipePaused { .. }
            | Action::ClearanceVoided { .. }
            | Action::VerdictsDropped { .. }
    )
}
