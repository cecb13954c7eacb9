use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::refusal::check_filled;
use super::{LibraryRefusal, RonForm};
use crate::card::{CardName, LockedRecipe, RecipeCard};
use crate::{PersonName, SchemaV1};

/// A locked recipe that a project review promoted because of its keep rate, for the next project to begin with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Version of this form.
    pub schema: SchemaV1,
    /// The recipe as it was locked.
    pub recipe: LockedRecipe,
    /// The project that it comes from.
    pub project: String,
    /// Images that its volume runs generated.
    pub generated: u32,
    /// Images of these that were kept.
    pub kept: u32,
    /// Who promoted it.
    pub promoted_by: PersonName,
    /// When.
    #[serde(with = "crate::as_text")]
    pub promoted_at: Timestamp,
}

impl Template {
    /// Share of the generated images that were kept, 0 to 1.
    pub fn keep_rate(&self) -> f64 {
        f64::from(self.kept) / f64::from(self.generated)
    }

    /// A draft of a new card that begins as this recipe is: revision 1, with the template's card as its parent.
    pub fn copy(&self, name: CardName) -> RecipeCard {
        self.recipe.card().copy_as(name)
    }
}

impl RonForm for Template {
    type Refusal = LibraryRefusal;

    const KIND: &'static str = "template";

    const LINES_DEEP: usize = 6;

    fn check_form(&self) -> Result<(), LibraryRefusal> {
        check_filled("project", &self.recipe.card_ref().to_string(), &self.project)?;
        let Self { kept, generated, .. } = *self;
        if (1..=generated).contains(&kept) { Ok(()) } else { Err(LibraryRefusal::KeepRate { kept, generated }) }
    }
}
