//! Recipe cards: everything that determines pixels, in a draft that may change and a locked form that may not.

mod adapters;
mod any_card;
mod axis;
#[cfg(test)]
mod axis_tests;
mod difference;
#[cfg(test)]
mod difference_tests;
mod field;
mod field_text;
mod finished;
mod finished_made;
mod held_picture;
mod locked;
#[cfg(test)]
mod locked_tests;
mod mix_step;
mod name;
mod origin;
mod proof;
mod recipe_card;
#[cfg(test)]
mod recipe_card_tests;
#[cfg(test)]
mod ron_tests;
mod skeleton;

pub use crate::library::{from_ron, to_ron};
pub use adapters::{
    Adapters, ControlNetReference, EmbeddingReference, ImagePrompt, ImagePromptMode, LoraReference, PostStep, Upscaler,
};
pub use any_card::AnyCard;
pub use axis::{AxisKind, AxisRefusal, MOST_ROWS, VariationAxis, VolumeRow, rows};
pub use difference::{SlotDifference, UndeclaredChange, differences, undeclared};
pub use field::CardField;
pub use finished::{FinishedCard, FinishedRefusal, FinishedStep, HexBytes, MaskFile};
pub use finished_made::FinishedMade;
pub use held_picture::HeldPicture;
pub use locked::{HeroApproval, LockRefusal, LockedRecipe};
pub use mix_step::MixStep;
pub use name::{CardName, CardNameError, CardRef, CardRefError};
pub use origin::CardOrigin;
pub use proof::{Comparison, LEAST_SSIMULACRA2, Proof, ProofRefusal, TwoRenders, request_sha256};
pub use recipe_card::{CardRefusal, LibraryEntryRef, NegativePrompt, RecipeCard};
pub use skeleton::{PromptSkeleton, Slot, SlotMeasure, TOKENS_PER_CHUNK};
