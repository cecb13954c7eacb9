use std::path::Path;

use super::{LockedRecipe, RecipeCard};
use crate::library::{MOST_BYTES, RonFileRefusal, RonRefusal, from_ron, read_text};

/// A card from a file of which nobody knows yet whether it is a draft or locked.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyCard {
    /// It may still be changed, and proves nothing.
    Draft(Box<RecipeCard>),
    /// It was proved and approved.
    Locked(Box<LockedRecipe>),
}

impl AnyCard {
    /// Reads a card of either kind.
    ///
    /// # Errors
    /// [`RonRefusal`], in the words of the kind that the text is.
    pub fn from_ron(text: &str) -> Result<Self, RonRefusal> {
        let as_locked = match from_ron(text) {
            Ok(locked) => return Ok(Self::Locked(Box::new(locked))),
            Err(refusal) => refusal,
        };
        let as_draft = match from_ron(text) {
            Ok(draft) => return Ok(Self::Draft(Box::new(draft))),
            Err(refusal) => refusal,
        };
        // The wrong kind stops at its first field, and the right one further on.
        Err(if line(&as_locked) > line(&as_draft) { as_locked } else { as_draft })
    }

    /// Reads a card of either kind from a file.
    ///
    /// # Errors
    /// [`RonFileRefusal`], which names the file.
    pub fn read(path: &Path) -> Result<Self, RonFileRefusal> {
        let with_path = |refusal| RonFileRefusal { refusal, path: path.to_owned() };
        Self::from_ron(&read_text("recipe card", MOST_BYTES, path).map_err(with_path)?).map_err(with_path)
    }

    /// What determines pixels.
    pub fn card(&self) -> &RecipeCard {
        match self {
            Self::Draft(draft) => draft,
            Self::Locked(locked) => locked.card(),
        }
    }
}

/// How far the text was understood.
fn line(refusal: &RonRefusal) -> usize {
    match refusal {
        RonRefusal::TooDeep { line, .. }
        | RonRefusal::UnknownField { line, .. }
        | RonRefusal::MissingField { line, .. }
        | RonRefusal::Form { line, .. } => *line,
        _ => usize::MAX,
    }
}
