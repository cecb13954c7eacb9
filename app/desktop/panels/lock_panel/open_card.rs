use kento_studio::card::{CardOrigin, RecipeCard};

use super::draft::CardDraft;

/// A card while it is typed, and what it was made from.
pub struct OpenCard {
    /// As it is typed.
    pub draft: CardDraft,
    /// As it was saved last; none for a new card.
    pub base: Option<RecipeCard>,
    /// The template or shipped card that a new card begins as.
    pub begun: Option<CardOrigin>,
    /// What was sent to be saved last.
    pub sent: Option<RecipeCard>,
    /// Somebody else saved another draft while this one was typed.
    pub is_overtaken: bool,
}

impl OpenCard {
    /// A card, to be typed on.
    pub fn of(card: &RecipeCard, base: Option<&RecipeCard>) -> Self {
        Self { draft: CardDraft::of(card), base: base.cloned(), begun: None, sent: None, is_overtaken: false }
    }

    /// Whether it differs from the saved one.
    pub fn is_changed(&self) -> bool {
        self.draft.card().ok() != self.base
    }

    /// Takes in what was saved, and never what would erase something typed.
    pub fn follow(&mut self, saved: &RecipeCard) {
        if self.base.as_ref() == Some(saved) {
            return;
        }
        if self.is_changed() {
            self.is_overtaken = self.sent.as_ref() != Some(saved) && self.draft.card().ok().as_ref() != Some(saved);
        } else {
            self.draft = CardDraft::of(saved);
        }
        self.base = Some(saved.clone());
    }
}
