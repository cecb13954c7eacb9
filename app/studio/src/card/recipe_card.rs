use std::fmt;

use serde::{Deserialize, Serialize};

use super::axis::read_axes;
use super::{Adapters, AxisRefusal, CardName, CardRef, PostStep, PromptSkeleton, Slot, Upscaler, VariationAxis};
use crate::library::RonForm;
use crate::{GenerationRequest, JobId, NUMERICS_REVISION, Recipe, Refusal, SchemaV1, SeedVariation, Task};

/// A recipe card that may still be changed: everything that determines pixels, by prompt skeleton slot, and which parts
/// of it a volume run may vary. It becomes a [`LockedRecipe`](super::LockedRecipe) by being proved reproducible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeCard {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Name of the card.
    pub name: CardName,
    /// Which revision; the first is 1.
    pub revision: u32,
    /// The card that this one was made from.
    pub parent: Option<CardRef>,
    /// Why this revision exists. Required from revision 2 on.
    pub reason: Option<String>,
    /// Name of the brief that it serves.
    pub brief: Option<String>,
    /// Name of the style in the style library that it began with.
    pub style: Option<String>,
    /// The prompt, slot by slot.
    pub skeleton: PromptSkeleton,
    /// The negative prompt and where it came from.
    pub negative: NegativePrompt,
    /// Model, scheduler, steps, guidance, size.
    pub recipe: Recipe,
    /// Seed of the noise.
    pub seed: u64,
    /// Turns the first noise towards that of another seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation: Option<SeedVariation>,
    /// What is generated from what.
    pub task: Task,
    /// What bends the model. Empty in this version.
    pub adapters: Adapters,
    /// What enlarges the image. None in this version.
    pub upscaler: Option<Upscaler>,
    /// Post-processing in order. Empty in this version.
    pub post: Vec<PostStep>,
    /// What a volume run may vary.
    pub axes: Vec<VariationAxis>,
}

impl RecipeCard {
    /// Name and revision.
    pub fn card_ref(&self) -> CardRef {
        CardRef { name: self.name.clone(), revision: self.revision }
    }

    /// Checks that the card can be rendered: its form, and that this program computes with the card's numerics
    /// revision.
    ///
    /// # Errors
    /// The first [`CardRefusal`].
    pub fn check(&self) -> Result<(), CardRefusal> {
        self.check_form()?;
        Ok(self.request(JobId(0)).check()?)
    }

    /// Every rule of [`check`](Self::check) but the numerics revision of this program, so that a card of an older Kento
    /// can be opened, compared and revised.
    ///
    /// # Errors
    /// The first [`CardRefusal`].
    pub fn check_form(&self) -> Result<(), CardRefusal> {
        self.check_revision()?;
        let expected = self.skeleton.text();
        if self.recipe.prompt != expected {
            return Err(CardRefusal::Prompt { expected });
        }
        if self.recipe.negative_prompt != self.negative.text {
            return Err(CardRefusal::Negative { expected: self.negative.text.clone() });
        }
        self.check_what_cannot_be_used_yet()?;
        let mut request = self.request(JobId(0));
        request.recipe.tool.numerics = NUMERICS_REVISION;
        request.check()?;
        read_axes(self)?;
        Ok(())
    }

    fn check_revision(&self) -> Result<(), CardRefusal> {
        let Self { revision, name, .. } = self;
        if *revision == 0 {
            return Err(CardRefusal::RevisionZero);
        }
        if *revision == 1 {
            // A copy names the card that it was copied from, which is never the card itself.
            return match &self.parent {
                Some(parent) if parent.name == *name => Err(CardRefusal::OwnParent { name: name.clone() }),
                _ => Ok(()),
            };
        }
        if self.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(CardRefusal::ReasonMissing { revision: *revision });
        }
        match &self.parent {
            Some(parent) if parent.name == *name && (1..*revision).contains(&parent.revision) => Ok(()),
            _ => Err(CardRefusal::Parent { name: name.clone(), revision: *revision }),
        }
    }

    fn check_what_cannot_be_used_yet(&self) -> Result<(), CardRefusal> {
        let Adapters { loras, embeddings, control_nets, references } = &self.adapters;
        let not_yet = [
            (!loras.is_empty(), "LoRAs"),
            (!embeddings.is_empty(), "embeddings"),
            (!control_nets.is_empty(), "ControlNets"),
            (!references.is_empty(), "reference images"),
            (self.upscaler.is_some(), "an upscaler"),
            (!self.post.is_empty(), "post-processing steps"),
        ];
        match not_yet.into_iter().find(|(present, _)| *present) {
            Some((_, what)) => Err(CardRefusal::NotYet { what }),
            None => Ok(()),
        }
    }

    /// Sets one slot of the skeleton, and with it the prompt.
    pub fn set_slot(&mut self, slot: Slot, text: impl Into<String>) {
        *self.skeleton.slot_mut(slot) = text.into();
        self.recipe.prompt = self.skeleton.text();
    }

    /// Sets the negative prompt, on the card and in its recipe.
    pub fn set_negative(&mut self, negative: NegativePrompt) {
        self.recipe.negative_prompt.clone_from(&negative.text);
        self.negative = negative;
    }

    /// A new card with everything that determines pixels, at revision 1, with this card as its parent.
    pub fn copy_as(&self, name: CardName) -> Self {
        Self { name, revision: 1, parent: Some(self.card_ref()), reason: None, brief: None, ..self.clone() }
    }

    /// What the engine is asked for.
    pub fn request(&self, job: JobId) -> GenerationRequest {
        GenerationRequest {
            schema: SchemaV1,
            job,
            recipe: self.recipe.clone(),
            task: self.task.clone(),
            seed: self.seed,
            variation: self.variation,
        }
    }
}

impl RonForm for RecipeCard {
    type Refusal = CardRefusal;

    const KIND: &'static str = "recipe card";

    fn check_form(&self) -> Result<(), CardRefusal> {
        self.check_form()
    }
}

/// The exact negative prompt, and the library entries that it was put together from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativePrompt {
    /// The exact text.
    pub text: String,
    /// The entries of the negative-prompt library in it.
    pub from: Vec<LibraryEntryRef>,
}

/// An entry of a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryEntryRef {
    /// Name of the set in the library.
    pub library: String,
    /// Name of the entry in the set.
    pub entry: String,
}

impl fmt::Display for LibraryEntryRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.library, self.entry)
    }
}

/// Why a card cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CardRefusal {
    /// A revision number of 0.
    #[error("the card's revision is 0 and the first revision is 1: write 1")]
    RevisionZero,
    /// A later revision that does not say why it exists.
    #[error("revision {revision} of the card does not say why it exists: give a reason")]
    ReasonMissing {
        /// The revision.
        revision: u32,
    },
    /// A later revision that does not follow an earlier one of the same name.
    #[error("revision {revision} must name an earlier revision of {name} as its parent: revise the earlier card")]
    Parent {
        /// Name of the card.
        name: CardName,
        /// The revision.
        revision: u32,
    },
    /// A first revision that names itself as its parent.
    #[error("the first revision of {name} cannot have {name} as its parent: remove the parent")]
    OwnParent {
        /// Name of the card.
        name: CardName,
    },
    /// The prompt was changed behind the skeleton's back.
    #[error(
        "the prompt is not the text of its slots: write the change into a slot, so that the prompt is \"{expected}\""
    )]
    Prompt {
        /// What the slots say.
        expected: String,
    },
    /// The negative prompt in the recipe is another one than the card's.
    #[error(
        "the recipe's negative prompt is not the card's negative prompt: write the same text in both, \"{expected}\""
    )]
    Negative {
        /// What the card says.
        expected: String,
    },
    /// Something that a later version of Kento can use.
    #[error("this version of Kento cannot use {what} yet: remove {what} from the card")]
    NotYet {
        /// For example `LoRAs`.
        what: &'static str,
    },
    /// The request itself.
    #[error(transparent)]
    Request(#[from] Refusal),
    /// A variation axis.
    #[error(transparent)]
    Axis(#[from] AxisRefusal),
}
