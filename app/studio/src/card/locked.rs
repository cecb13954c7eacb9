use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CardRef, Proof, RecipeCard};
use crate::{GenerationRequest, JobId, PersonName, SchemaV1, Sha256};

/// A card that was proved and approved. It cannot be changed: [`revise`](Self::revise) makes the draft of the next revision.
#[derive(Debug, Clone, PartialEq)]
pub struct LockedRecipe {
    card: RecipeCard,
    proof: Proof,
    approval: HeroApproval,
}

impl LockedRecipe {
    /// The card as it was locked.
    pub fn card(&self) -> &RecipeCard {
        &self.card
    }

    /// That it reproduces its Hero.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Who approved the Hero.
    pub fn approval(&self) -> &HeroApproval {
        &self.approval
    }

    /// Name and revision.
    pub fn card_ref(&self) -> CardRef {
        self.card.card_ref()
    }

    /// What the engine is asked for.
    pub fn request(&self, job: JobId) -> GenerationRequest {
        self.card.request(job)
    }
}

/// The Director's approval of one Hero image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeroApproval {
    /// The image that was approved, which must be the proof's Hero.
    pub hero: Sha256,
    /// Who approved it.
    pub by: PersonName,
    /// When.
    #[serde(with = "crate::as_text")]
    pub at: Timestamp,
}

/// The form on disk.
#[derive(Serialize, Deserialize)]
#[serde(rename = "LockedRecipe", deny_unknown_fields)]
struct LockedForm {
    schema: SchemaV1,
    card: RecipeCard,
    proof: Proof,
    approval: HeroApproval,
}
