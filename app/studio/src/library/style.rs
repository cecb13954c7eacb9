use serde::{Deserialize, Serialize};

use super::refusal::{check_filled, check_name, check_names, check_version};
use super::{LibraryRefusal, NegativeLibrary, RonForm};
use crate::card::{Adapters, RecipeCard, Slot};
use crate::{SchedulerSetting, SchemaV1, limits};

/// Styles that projects share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleLibrary {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Version of the library itself, counted up with every change.
    pub version: u32,
    /// The styles in the order in which they are offered.
    pub styles: Vec<Style>,
}

/// A style: what stands in the style slot, what is kept out, and how it is rendered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Name, unique in the library: `[a-z0-9-]`.
    pub name: String,
    /// What it looks like, for people.
    pub looks: String,
    /// Text of the style slot.
    pub text: String,
    /// The set of the negative-prompt library that belongs to it.
    pub negative: Option<String>,
    /// Settings that it needs; the card keeps its own where there are none.
    pub settings: Option<StyleSettings>,
    /// What bends the model towards it. Empty in this version.
    pub adapters: Adapters,
}

/// Settings of a style. What is None stays as the card has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleSettings {
    /// The sampling method.
    pub scheduler: Option<SchedulerSetting>,
    /// Denoising steps.
    pub steps: Option<u32>,
    /// Guidance scale.
    pub guidance_scale: Option<f64>,
}

impl StyleLibrary {
    /// The style of a name.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`].
    pub fn style(&self, name: &str) -> Result<&Style, LibraryRefusal> {
        let found = self.styles.iter().find(|style| style.name == name);
        found.ok_or_else(|| LibraryRefusal::Unknown { what: "style", name: name.to_owned() })
    }

    /// Checks that every negative set that a style names exists.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`] with the first that does not.
    pub fn check_against(&self, negatives: &NegativeLibrary) -> Result<(), LibraryRefusal> {
        self.styles
            .iter()
            .filter_map(|style| style.negative.as_deref())
            .try_for_each(|set| negatives.set(set).map(drop))
    }
}

impl Style {
    /// Gives a card this style: style slot, negative prompt and settings.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`] when its negative set is not in the library.
    pub fn apply_to(&self, card: &mut RecipeCard, negatives: &NegativeLibrary) -> Result<(), LibraryRefusal> {
        if let Some(set) = &self.negative {
            card.set_negative(negatives.prompt(set)?);
        }
        card.style = Some(self.name.clone());
        card.set_slot(Slot::Style, self.text.clone());
        if let Some(StyleSettings { scheduler, steps, guidance_scale }) = &self.settings {
            let recipe = &mut card.recipe;
            recipe.scheduler = scheduler.clone().unwrap_or_else(|| recipe.scheduler.clone());
            recipe.steps = steps.unwrap_or(recipe.steps);
            recipe.guidance_scale = guidance_scale.unwrap_or(recipe.guidance_scale);
        }
        Ok(())
    }

    /// The style of a card, under the card's name: its style slot, its settings, and its negative set where it took a single one.
    /// `looks` says for people what it looks like.
    pub fn of_card(card: &RecipeCard, looks: String) -> Self {
        let mut sets: Vec<&str> = card.negative.from.iter().map(|entry| entry.library.as_str()).collect();
        sets.dedup();
        let negative = match sets.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        };
        let recipe = &card.recipe;
        Self {
            name: card.name.to_string(),
            looks,
            text: card.skeleton.style.trim().to_owned(),
            negative,
            settings: Some(StyleSettings {
                scheduler: Some(recipe.scheduler.clone()),
                steps: Some(recipe.steps),
                guidance_scale: Some(recipe.guidance_scale),
            }),
            adapters: Adapters::default(),
        }
    }

    fn check(&self) -> Result<(), LibraryRefusal> {
        check_filled("text", &self.name, &self.text)?;
        check_filled("look", &self.name, &self.looks)?;
        limits::check_prompt("prompt", &self.text)?;
        if let Some(set) = &self.negative {
            check_name("negative set", set)?;
        }
        if let Some(settings) = &self.settings {
            settings.steps.map_or(Ok(()), limits::check_steps)?;
            settings.guidance_scale.map_or(Ok(()), limits::check_guidance)?;
        }
        if self.adapters.is_empty() { Ok(()) } else { Err(LibraryRefusal::Adapters { style: self.name.clone() }) }
    }
}

impl RonForm for StyleLibrary {
    type Refusal = LibraryRefusal;

    const KIND: &'static str = "style library";

    fn check_form(&self) -> Result<(), LibraryRefusal> {
        check_version("style library", self.version)?;
        check_names("style", self.styles.iter().map(|style| style.name.as_str()))?;
        self.styles.iter().try_for_each(Style::check)
    }
}
