use std::fmt;

use serde::{Deserialize, Serialize};

use super::axis::{AxisValue, read_axes};
use super::field_text;
use super::{CardField, CardRef, LockedRecipe, PromptSkeleton, RecipeCard, Slot};
use crate::{GenerationRequest, JobId, Recipe, Task};

/// One field that two cards do not share, with both values as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotDifference {
    /// Which field.
    pub field: CardField,
    /// The earlier value as text; empty when there was none.
    pub before: String,
    /// The later value as text; empty when there is none.
    pub after: String,
}

impl RecipeCard {
    /// What a later card has otherwise, slot by slot, in the order of [`CardField`]. When it is empty, both cards ask
    /// for the same pixels and allow the same volume runs.
    pub fn differences(&self, later: &Self) -> Vec<SlotDifference> {
        let mut found = Differences::default();
        for slot in Slot::ALL {
            found.text(slot.into(), self.skeleton.slot(slot), later.skeleton.slot(slot));
        }
        let slots_agree = found.0.is_empty();
        found.request(&self.request(JobId(0)), &later.request(JobId(0)), slots_agree);
        let (before, after) = (&self.adapters, &later.adapters);
        found.value(CardField::Loras, &before.loras, &after.loras, |loras| field_text::loras(loras));
        found.value(CardField::Embeddings, &before.embeddings, &after.embeddings, |list| field_text::embeddings(list));
        found.value(CardField::ControlNets, &before.control_nets, &after.control_nets, |list| {
            field_text::control_nets(list)
        });
        found.value(CardField::References, &before.references, &after.references, |list| field_text::references(list));
        found.value(CardField::Upscaler, &self.upscaler, &later.upscaler, field_text::upscaler);
        found.value(CardField::Post, &self.post, &later.post, |post| field_text::post(post));
        found.value(CardField::Axes, &self.axes, &later.axes, |axes| field_text::axes(axes));
        found.sorted()
    }

    /// Whether a request varies an image of the card and asks for nothing else: beyond what the axes declare it has
    /// only another seed, or starts from the image, at any strength.
    pub fn varies(&self, request: &GenerationRequest) -> bool {
        undeclared_of_card(self, request).iter().all(|difference| match difference.field {
            CardField::Seed => true,
            CardField::Task => request.task != Task::TextToImage,
            _ => false,
        })
    }
}

/// What a request has otherwise than the locked card, slot by slot. A prompt that the declared axes can make is told by
/// slot; any other one is one difference, [`CardField::Prompt`].
pub fn differences(locked: &LockedRecipe, request: &GenerationRequest) -> Vec<SlotDifference> {
    of_card(locked.card(), request)
}

fn of_card(card: &RecipeCard, request: &GenerationRequest) -> Vec<SlotDifference> {
    let mut found = Differences::default();
    let skeleton = skeleton_of(card, &request.recipe.prompt);
    if let Some(skeleton) = &skeleton {
        for slot in Slot::ALL {
            found.text(slot.into(), card.skeleton.slot(slot).trim(), skeleton.slot(slot));
        }
    }
    found.request(&card.request(request.job), request, skeleton.is_none());
    found.sorted()
}

/// The [`differences`] that no axis of the locked card declares. The device is never among them, because it binds
/// nobody.
pub fn undeclared(locked: &LockedRecipe, request: &GenerationRequest) -> Vec<SlotDifference> {
    undeclared_of_card(locked.card(), request)
}

fn undeclared_of_card(card: &RecipeCard, request: &GenerationRequest) -> Vec<SlotDifference> {
    let values: Vec<AxisValue<'_>> = read_axes(card).unwrap_or_default().into_iter().flatten().collect();
    let is_declared = |difference: &SlotDifference| {
        match difference.field {
            CardField::Device => true,
            // They come from the axes and nowhere else.
            CardField::Subject
            | CardField::Context
            | CardField::Composition
            | CardField::Style
            | CardField::Technical => true,
            // An axis declares whole seeds and no turn of the noise.
            CardField::Seed if request.variation != card.variation => false,
            CardField::Seed => values.iter().any(|value| match value {
                AxisValue::SeedOffset(offset) => card.seed.checked_add(*offset) == Some(request.seed),
                _ => false,
            }),
            CardField::Guidance => values.contains(&AxisValue::Guidance(request.recipe.guidance_scale)),
            _ => false,
        }
    };
    of_card(card, request).into_iter().filter(|difference| !is_declared(difference)).collect()
}

impl LockedRecipe {
    /// Refuses a request that differs from the locked card in anything but a declared axis.
    ///
    /// # Errors
    /// [`UndeclaredChange`] with every difference that no axis declares.
    pub fn check_row(&self, request: &GenerationRequest) -> Result<(), UndeclaredChange> {
        let differences = undeclared(self, request);
        if differences.is_empty() { Ok(()) } else { Err(UndeclaredChange { card: self.card_ref(), differences }) }
    }
}

/// A row of a volume run that changes what no axis declares.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the row changes what no axis of {card} declares ({}): declare it in a new revision of the card, or leave it as it is",
    listed(differences)
)]
pub struct UndeclaredChange {
    /// The locked card.
    pub card: CardRef,
    /// What differs.
    pub differences: Vec<SlotDifference>,
}

fn listed(differences: &[SlotDifference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl fmt::Display for SlotDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, before, after } = self;
        match (before.is_empty(), after.is_empty()) {
            (true, _) => write!(formatter, "{field}: {after} is new"),
            (_, true) => write!(formatter, "{field}: {before} is gone"),
            _ => write!(formatter, "{field}: {before} became {after}"),
        }
    }
}

/// The skeleton with this prompt that the card's slots and their declared values make, if there is one.
fn skeleton_of(card: &RecipeCard, prompt: &str) -> Option<PromptSkeleton> {
    let axes = read_axes(card).unwrap_or_default();
    let values: Vec<&AxisValue<'_>> = axes.iter().flatten().collect();
    let choices = Slot::ALL.map(|slot| {
        let declared = values.iter().filter_map(|value| match value {
            AxisValue::Slot(of, text) if *of == slot => Some(*text),
            _ => None,
        });
        [card.skeleton.slot(slot).trim()].into_iter().chain(declared).collect()
    });
    let texts = fill(&choices, prompt, false)?;
    let mut skeleton = PromptSkeleton::default();
    for (slot, text) in Slot::ALL.into_iter().zip(texts.into_iter().rev()) {
        text.clone_into(skeleton.slot_mut(slot));
    }
    Some(skeleton)
}

/// The choices, last slot first, that write `rest`; `begun` says whether a slot before it is filled.
fn fill<'a>(choices: &[Vec<&'a str>], rest: &str, begun: bool) -> Option<Vec<&'a str>> {
    let Some((slot, later)) = choices.split_first() else {
        return rest.is_empty().then(Vec::new);
    };
    slot.iter().find_map(|choice| {
        let rest = match (choice.is_empty(), begun) {
            (true, _) => Some(rest),
            (false, true) => rest.strip_prefix(PromptSkeleton::SEPARATOR)?.strip_prefix(choice),
            (false, false) => rest.strip_prefix(choice),
        };
        let mut texts = fill(later, rest?, begun || !choice.is_empty())?;
        texts.push(choice);
        Some(texts)
    })
}

/// Differences as they are found.
#[derive(Default)]
struct Differences(Vec<SlotDifference>);

impl Differences {
    fn value<T: PartialEq + ?Sized>(&mut self, field: CardField, before: &T, after: &T, text: impl Fn(&T) -> String) {
        if before != after {
            self.0.push(SlotDifference { field, before: text(before), after: text(after) });
        }
    }

    fn text(&mut self, field: CardField, before: &str, after: &str) {
        self.value(field, before, after, str::to_owned);
    }

    fn number<T: PartialEq + fmt::Display>(&mut self, field: CardField, before: T, after: T) {
        self.value(field, &before, &after, T::to_string);
    }

    /// Everything of two requests but the job, which influences no pixel. Every field is named here, so that a new one
    /// cannot be forgotten.
    fn request(&mut self, before: &GenerationRequest, after: &GenerationRequest, with_prompt: bool) {
        let GenerationRequest { schema: _, job: _, recipe, task, seed, variation } = before;
        let Recipe {
            schema: _,
            tool,
            model,
            vae,
            prompt,
            negative_prompt,
            clip_skip,
            noise,
            scheduler,
            steps,
            guidance_scale,
            guidance_rescale,
            width,
            height,
            dtype,
            device,
        } = recipe;
        let later = &after.recipe;
        if with_prompt {
            self.text(CardField::Prompt, prompt, &later.prompt);
        }
        self.text(CardField::Negative, negative_prompt, &later.negative_prompt);
        let seeds = [(*seed, *variation), (after.seed, after.variation)];
        self.value(CardField::Seed, &seeds[0], &seeds[1], |(seed, variation)| {
            field_text::seed(*seed, variation.as_ref())
        });
        self.value(CardField::Noise, noise, &later.noise, |noise| noise.name().to_owned());
        self.text(CardField::Scheduler, &scheduler.name, &later.scheduler.name);
        self.value(CardField::Sigmas, &scheduler.sigmas, &later.scheduler.sigmas, |sigmas| {
            sigmas.as_deref().unwrap_or("the model's own").to_owned()
        });
        self.number(CardField::Steps, *steps, later.steps);
        self.number(CardField::Guidance, *guidance_scale, later.guidance_scale);
        self.number(CardField::GuidanceRescale, *guidance_rescale, later.guidance_rescale);
        self.number(CardField::ClipSkip, *clip_skip, later.clip_skip);
        self.number(CardField::Width, *width, later.width);
        self.number(CardField::Height, *height, later.height);
        self.value(CardField::Model, model, &later.model, field_text::model);
        self.value(CardField::Vae, vae, &later.vae, |vae| vae.as_ref().map(field_text::model).unwrap_or_default());
        self.number(CardField::Dtype, *dtype, later.dtype);
        self.value(CardField::Task, task, &after.task, field_text::task);
        self.value(CardField::Tool, tool, &later.tool, field_text::tool);
        self.value(CardField::Device, device, &later.device, |device| {
            device.as_ref().map(field_text::device).unwrap_or_default()
        });
    }

    fn sorted(mut self) -> Vec<SlotDifference> {
        self.0.sort_by_key(|difference| difference.field);
        self.0
    }
}
