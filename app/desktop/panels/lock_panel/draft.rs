use kento_studio::card::{AxisKind, CardName, RecipeCard, Slot, VariationAxis};

use super::applied::Applied;

/// A card while it is typed: texts that may not be read yet stand beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct CardDraft {
    /// Slots, negative prompt and every setting that is chosen and not typed.
    pub card: RecipeCard,
    /// Its name; only a new card can be named.
    pub name: String,
    /// Its seed.
    pub seed: String,
    /// Its axes.
    pub axes: Vec<AxisDraft>,
    /// What was taken from a library last and can be taken back.
    applied: Option<Applied>,
}

impl CardDraft {
    /// A card, to be typed on.
    pub fn of(card: &RecipeCard) -> Self {
        Self {
            name: card.name.to_string(),
            seed: card.seed.to_string(),
            axes: card.axes.iter().map(AxisDraft::of).collect(),
            card: card.clone(),
            applied: None,
        }
    }

    /// What was typed, as a card.
    ///
    /// # Errors
    /// One sentence about the first text that cannot be read.
    pub fn card(&self) -> Result<RecipeCard, String> {
        let name = CardName::new(self.name.trim()).map_err(|error| error.to_string())?;
        let mut card = RecipeCard { name, seed: self.read_seed()?, ..self.card.clone() };
        card.axes = self.axes.iter().map(AxisDraft::axis).collect();
        card.recipe.prompt = card.skeleton.text();
        card.recipe.negative_prompt.clone_from(&card.negative.text);
        Ok(card)
    }

    /// Takes something from a library. `at` is the slot it was chosen at, none for the negative prompt.
    pub fn apply(&mut self, what: impl Into<String>, at: Option<Slot>, change: impl FnOnce(&mut RecipeCard)) {
        let before = self.card.clone();
        change(&mut self.card);
        self.applied = Applied::new(what.into(), at, before, self.card.clone());
    }

    /// What can be taken back: what was taken from a library last, as long as nobody typed on it.
    pub fn applied(&self) -> Option<&Applied> {
        self.applied.as_ref().filter(|applied| applied.stands(&self.card))
    }

    /// Takes that back.
    pub fn undo(&mut self) {
        if let Some(applied) = self.applied.take() {
            applied.undo(&mut self.card);
        }
    }

    /// The seed that was typed.
    ///
    /// # Errors
    /// One sentence when it is no seed.
    pub fn read_seed(&self) -> Result<u64, String> {
        let wrong = |_| format!("a seed is a whole number from 0 to {}: correct it", u64::MAX);
        self.seed.trim().parse().map_err(wrong)
    }

    /// Kinds of axes that it has no axis of yet.
    pub fn free_axes(&self) -> impl Iterator<Item = AxisKind> {
        AxisKind::ALL.into_iter().filter(|kind| self.axes.iter().all(|axis| axis.kind != *kind))
    }

    /// Adds an axis that begins with the card's own value.
    pub fn add_axis(&mut self, kind: AxisKind) {
        let lines = match (kind, kind.slot()) {
            (_, Some(slot)) => self.card.skeleton.slot(slot).trim().to_owned(),
            (AxisKind::Guidance, None) => self.card.recipe.guidance_scale.to_string(),
            _ => String::new(),
        };
        let count = (kind == AxisKind::SeedOffset).then_some(4);
        self.axes.push(AxisDraft { kind, lines, count, as_is: None });
    }
}

/// One axis while it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisDraft {
    /// What varies.
    pub kind: AxisKind,
    /// The values, one a line.
    pub lines: String,
    /// How many seeds, where they are counted up from the card's own.
    pub count: Option<u32>,
    /// Values that lines cannot hold, as long as the lines are not touched.
    as_is: Option<VariationAxis>,
}

impl AxisDraft {
    fn of(axis: &VariationAxis) -> Self {
        let count = u32::try_from(axis.values.len())
            .ok()
            .filter(|count| axis.kind == AxisKind::SeedOffset && *axis == VariationAxis::seeds(*count));
        let mut draft = Self { kind: axis.kind, lines: axis.values.join("\n"), count, as_is: None };
        if draft.axis() != *axis {
            draft.as_is = Some(axis.clone());
        }
        draft
    }

    /// What was typed, as an axis.
    pub fn axis(&self) -> VariationAxis {
        match (&self.as_is, self.count) {
            (Some(axis), _) if axis.values.join("\n") == self.lines => axis.clone(),
            (_, Some(count)) => VariationAxis::seeds(count),
            _ => {
                let lines = self.lines.lines().map(str::trim).filter(|line| !line.is_empty());
                VariationAxis { kind: self.kind, values: lines.map(str::to_owned).collect() }
            }
        }
    }
}
