use kento_studio::card::{RecipeCard, Slot};

/// What a style, an example or a set of negative prompts did to a card, so that it can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// What it was: `the style ink`.
    pub what: String,
    /// The slot it was chosen at; none for the negative prompt.
    pub at: Option<Slot>,
    before: RecipeCard,
    after: RecipeCard,
}

impl Applied {
    /// What became of a card; none where nothing changed.
    pub fn new(what: String, at: Option<Slot>, before: RecipeCard, after: RecipeCard) -> Option<Self> {
        (before != after).then_some(Self { what, at, before, after })
    }

    /// Whether the texts that it changed are still as it left them: taking it back then erases nothing that was typed.
    pub fn stands(&self, card: &RecipeCard) -> bool {
        let slots = self.changed_slots().all(|slot| card.skeleton.slot(slot) == self.after.skeleton.slot(slot));
        slots && (self.before.negative == self.after.negative || card.negative == self.after.negative)
    }

    /// Takes it back: the texts that it changed, and the settings that it changed and nobody else since.
    pub fn undo(&self, card: &mut RecipeCard) {
        let (before, after) = (&self.before, &self.after);
        for slot in self.changed_slots() {
            card.set_slot(slot, before.skeleton.slot(slot));
        }
        if before.negative != after.negative {
            card.set_negative(before.negative.clone());
        }
        take_back(&mut card.style, &before.style, &after.style);
        take_back(&mut card.recipe.scheduler, &before.recipe.scheduler, &after.recipe.scheduler);
        take_back(&mut card.recipe.steps, &before.recipe.steps, &after.recipe.steps);
        take_back(&mut card.recipe.guidance_scale, &before.recipe.guidance_scale, &after.recipe.guidance_scale);
    }

    fn changed_slots(&self) -> impl Iterator<Item = Slot> {
        let (before, after) = (&self.before.skeleton, &self.after.skeleton);
        Slot::ALL.into_iter().filter(|slot| before.slot(*slot) != after.slot(*slot))
    }
}

fn take_back<T: Clone + PartialEq>(now: &mut T, before: &T, after: &T) {
    if now == after {
        now.clone_from(before);
    }
}
