//! Recipe cards: everything that determines pixels, in a draft that may change and a locked form that may not.

mod adapters;
mod axis;
mod difference;
mod locked;
mod name;
mod proof;
mod recipe_card;
mod skeleton;

pub use adapters::{
    Adapters, ControlNetReference, EmbeddingReference, ImagePrompt, ImagePromptMode, LoraReference, PostStep, Upscaler,
};
pub use axis::{AxisKind, AxisRefusal, VariationAxis, VolumeRow};
pub use difference::{CardField, SlotDifference};
pub use locked::{HeroApproval, LockedRecipe};
pub use name::{CardName, CardNameError, CardRef, CardRefError};
pub use proof::{Comparison, Proof, TwoRenders};
pub use recipe_card::{CardRefusal, LibraryEntryRef, NegativePrompt, RecipeCard};
pub use skeleton::{PromptSkeleton, Slot, SlotMeasure};
