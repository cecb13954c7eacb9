use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AxisRefusal, CardRef, CardRefusal, HeldPicture, Proof, ProofRefusal, RecipeCard, VolumeRow, request_sha256, rows,
};
use crate::library::RonForm;
use crate::{Dtype, GenerationRequest, JobId, PersonName, SchemaV1, Sha256};

/// A card that was proved and approved. It cannot be changed: [`revise`](Self::revise) makes the draft of the next
/// revision. From disk it passes the same checks as [`RecipeCard::lock`], only that a card of an older numerics
/// revision still opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LockedForm", into = "LockedForm")]
pub struct LockedRecipe {
    card: RecipeCard,
    proof: Proof,
    approval: HeroApproval,
    hero: Option<HeldPicture>,
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

    /// What the Hero looks like, where the card holds it.
    pub fn hero(&self) -> Option<&HeldPicture> {
        self.hero.as_ref()
    }

    /// The same card with the Hero's look in it, as it is written to a file of its own.
    ///
    /// # Errors
    /// [`LockRefusal::OtherPicture`] for the look of another image.
    pub fn with_hero(self, hero: HeldPicture) -> Result<Self, LockRefusal> {
        check_picture(&self.proof, &hero)?;
        Ok(Self { hero: Some(hero), ..self })
    }

    /// Name and revision.
    pub fn card_ref(&self) -> CardRef {
        self.card.card_ref()
    }

    /// What the engine is asked for.
    pub fn request(&self, job: JobId) -> GenerationRequest {
        self.card.request(job)
    }

    /// The rows of a volume run.
    ///
    /// # Errors
    /// As [`rows`], which refuses a card of another numerics revision.
    pub fn rows(&self) -> Result<Vec<VolumeRow>, AxisRefusal> {
        rows(&self.card)
    }

    /// The draft of the next revision. The caller that renders with another build of Kento sets `recipe.tool` to its
    /// own.
    pub fn revise(&self, reason: impl Into<String>) -> RecipeCard {
        RecipeCard {
            revision: self.card.revision.saturating_add(1),
            parent: Some(self.card_ref()),
            reason: Some(reason.into()),
            ..self.card.clone()
        }
    }
}

impl RecipeCard {
    /// Locks the card, when it is proved reproducible and the Director approved the Hero.
    ///
    /// # Errors
    /// [`LockRefusal`]: the card cannot be rendered, the proof does not prove it, or another image was approved.
    pub fn lock(self, proof: Proof, approval: HeroApproval) -> Result<LockedRecipe, LockRefusal> {
        self.check()?;
        seal(self, proof, approval)
    }
}

fn seal(card: RecipeCard, proof: Proof, approval: HeroApproval) -> Result<LockedRecipe, LockRefusal> {
    card.check_form()?;
    proof.check()?;
    let of_card = request_sha256(&card.request(JobId(0)));
    if proof.request != of_card {
        return Err(LockRefusal::OtherRequest { card: card.card_ref() });
    }
    for fingerprint in [&proof.hero_fingerprint, &proof.again_fingerprint] {
        let (numerics, dtype) = (fingerprint.tool.numerics, fingerprint.dtype);
        if numerics != card.recipe.tool.numerics {
            return Err(LockRefusal::Numerics { card: card.recipe.tool.numerics, proof: numerics });
        }
        if dtype != card.recipe.dtype {
            return Err(LockRefusal::Dtype { card: card.recipe.dtype, proof: dtype });
        }
    }
    if approval.hero != proof.hero {
        return Err(LockRefusal::OtherHero { approved: approval.hero, proved: proof.hero });
    }
    Ok(LockedRecipe { card, proof, approval, hero: None })
}

fn check_picture(proof: &Proof, hero: &HeldPicture) -> Result<(), LockRefusal> {
    if hero.of == proof.hero { Ok(()) } else { Err(LockRefusal::OtherPicture { held: hero.of, proved: proof.hero }) }
}

impl RonForm for LockedRecipe {
    type Refusal = LockRefusal;

    const KIND: &'static str = "locked recipe card";

    const LINES_DEEP: usize = 5;

    /// Nothing is left to check: no locked recipe exists that did not pass.
    fn check_form(&self) -> Result<(), LockRefusal> {
        Ok(())
    }
}

/// Why a card cannot be locked, or a locked card on disk cannot be believed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LockRefusal {
    /// The card itself.
    #[error(transparent)]
    Card(#[from] CardRefusal),
    /// The two renders.
    #[error(transparent)]
    Proof(#[from] ProofRefusal),
    /// The proof belongs to something else.
    #[error(
        "the proof is not of {card} as it is now: a locked card is never edited, so revise it and prove the new revision"
    )]
    OtherRequest {
        /// The card.
        card: CardRef,
    },
    /// The proof was rendered with another numerics revision than the card asks for.
    #[error(
        "the card asks for numerics revision {card} and was proved with {proof}: prove it with the Kento that it asks for"
    )]
    Numerics {
        /// Revision on the card.
        card: u32,
        /// Revision of a render.
        proof: u32,
    },
    /// The proof was rendered in another number format than the card asks for.
    #[error("the card asks for {card} and was proved in {proof}: prove it in {card}")]
    Dtype {
        /// Format on the card.
        card: Dtype,
        /// Format of a render.
        proof: Dtype,
    },
    /// The picture in the card is of another image.
    #[error("the card holds the picture of {held} and its Hero is {proved}: take the card from the project again")]
    OtherPicture {
        /// Whose picture it is.
        held: Sha256,
        /// What was proved.
        proved: Sha256,
    },
    /// The Director approved another image.
    #[error("the Director approved another image than the Hero that was proved: approve {proved}, or prove {approved}")]
    OtherHero {
        /// What was approved.
        approved: Sha256,
        /// What was proved.
        proved: Sha256,
    },
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
    /// Last, because it is long. Cards from before this version have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hero: Option<HeldPicture>,
}

impl TryFrom<LockedForm> for LockedRecipe {
    type Error = LockRefusal;

    fn try_from(form: LockedForm) -> Result<Self, Self::Error> {
        let LockedForm { schema: SchemaV1, card, proof, approval, hero } = form;
        let locked = seal(card, proof, approval)?;
        match hero {
            Some(hero) => locked.with_hero(hero),
            None => Ok(locked),
        }
    }
}

impl From<LockedRecipe> for LockedForm {
    fn from(locked: LockedRecipe) -> Self {
        let LockedRecipe { card, proof, approval, hero } = locked;
        Self { schema: SchemaV1, card, proof, approval, hero }
    }
}
