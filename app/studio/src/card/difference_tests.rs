use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::card_examples::{any_card, card, hash, model, other_fingerprint};
use crate::{Dtype, ImageReference, JobId, NoiseSource, Task};

type Take = fn(&mut RecipeCard, &RecipeCard);
type Change = fn(&mut RecipeCard);

/// Every field of a card, with a change of it.
const CHANGES: [(CardField, Change); 29] = [
    (CardField::Subject, |card| card.set_slot(Slot::Subject, "a moon")),
    (CardField::Context, |card| card.set_slot(Slot::Context, "")),
    (CardField::Composition, |card| card.set_slot(Slot::Composition, "left third")),
    (CardField::Style, |card| card.set_slot(Slot::Style, "neon sign")),
    (CardField::Technical, |card| card.set_slot(Slot::Technical, "high detail")),
    (CardField::Negative, |card| card.set_negative(NegativePrompt::default())),
    (CardField::Seed, |card| card.seed += 1),
    (CardField::Noise, |card| card.recipe.noise = NoiseSource::Philox),
    (CardField::Scheduler, |card| card.recipe.scheduler.name = "euler".to_owned()),
    (CardField::Sigmas, |card| card.recipe.scheduler.sigmas = Some("karras".to_owned())),
    (CardField::Steps, |card| card.recipe.steps += 1),
    (CardField::Guidance, |card| card.recipe.guidance_scale += 0.5),
    (CardField::GuidanceRescale, |card| card.recipe.guidance_rescale = 0.7),
    (CardField::ClipSkip, |card| card.recipe.clip_skip = 2),
    (CardField::Width, |card| card.recipe.width += 8),
    (CardField::Height, |card| card.recipe.height += 8),
    (CardField::Model, |card| card.recipe.model = model(9)),
    (CardField::Vae, |card| card.recipe.vae = Some(model(9))),
    (CardField::Dtype, |card| card.recipe.dtype = Dtype::F16),
    (CardField::Task, |card| {
        let image = ImageReference { sha256: hash(5), width: 128, height: 128 };
        card.task = Task::ImageToImage { image, strength: 0.5 };
    }),
    (CardField::Loras, |card| {
        card.adapters.loras.push(LoraReference { name: "ink".to_owned(), sha256: hash(1), weight: 0.8 });
    }),
    (CardField::Embeddings, |card| {
        card.adapters.embeddings.push(EmbeddingReference { word: "ink".to_owned(), sha256: hash(1) });
    }),
    (CardField::ControlNets, |card| {
        let (name, sha256, image) = ("canny".to_owned(), hash(1), hash(2));
        let net = ControlNetReference { name, sha256, image, weight: 1.0, begin: 0.0, end: 1.0 };
        card.adapters.control_nets.push(net);
    }),
    (CardField::References, |card| {
        let (image, adapter, mode) = (hash(1), hash(2), ImagePromptMode::Style);
        card.adapters.references.push(ImagePrompt { image, adapter, mode, weight: 1.0 });
    }),
    (CardField::Upscaler, |card| card.upscaler = Some(Upscaler { name: "x".to_owned(), sha256: hash(1), scale: 2 })),
    (CardField::Post, |card| card.post.push(PostStep { name: "sharpen".to_owned(), settings: Vec::new() })),
    (CardField::Tool, |card| card.recipe.tool.commit = "fedcba9".to_owned()),
    (CardField::Device, |card| card.recipe.device = Some(other_fingerprint().device)),
    (CardField::Axes, |card| card.axes.push(VariationAxis::seeds(2))),
];

#[test]
fn a_difference_reads_as_one_line() {
    let mut later = card();
    later.recipe.model = model(9);
    later.recipe.scheduler.sigmas = Some("karras".to_owned());
    later.set_slot(Slot::Technical, "high detail");
    later.seed = 8;
    let lines: Vec<String> = card().differences(&later).iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "Technical: high detail is new",
            "Seed: 7 became 8",
            "Sigma schedule: the model's own became karras",
            "Model: starter (1 file, 5961f3df8a, MIT) became starter (1 file, 0d2ca2a8c2, MIT)",
        ]
    );
}

#[test]
fn a_prompt_that_was_changed_behind_the_slots_shows_as_a_whole() {
    let mut later = card();
    later.recipe.prompt.push('!');
    assert_eq!(card().differences(&later).iter().map(|found| found.field).collect::<Vec<_>>(), [CardField::Prompt]);
}

proptest! {
    #[test]
    fn every_changed_field_shows_and_no_other(
        chosen in prop::collection::btree_set(0..CHANGES.len(), 0..CHANGES.len()),
    ) {
        let mut later = card();
        for index in &chosen {
            CHANGES[*index].1(&mut later);
        }
        let found = card().differences(&later);
        let expected: BTreeSet<CardField> = chosen.iter().map(|index| CHANGES[*index].0).collect();
        prop_assert_eq!(found.iter().map(|difference| difference.field).collect::<BTreeSet<_>>(), expected);
        for difference in &found {
            prop_assert_ne!(&difference.before, &difference.after);
        }
        let back: Vec<SlotDifference> = later
            .differences(&card())
            .into_iter()
            .map(|SlotDifference { field, before, after }| SlotDifference { field, before: after, after: before })
            .collect();
        prop_assert_eq!(back, found);
    }

    #[test]
    fn cards_without_difference_ask_for_the_same(
        one in any_card(),
        other in any_card(),
        from_one in prop::collection::vec(any::<bool>(), 12),
    ) {
        // Most of two independent cards differs, so that the second takes over part of the first.
        let mut mixed = other.clone();
        let take: [Take; 12] = [
            |to, from| to.skeleton = from.skeleton.clone(),
            |to, from| to.recipe.prompt.clone_from(&from.recipe.prompt),
            |to, from| to.set_negative(from.negative.clone()),
            |to, from| to.recipe.steps = from.recipe.steps,
            |to, from| to.recipe.guidance_scale = from.recipe.guidance_scale,
            |to, from| to.recipe.guidance_rescale = from.recipe.guidance_rescale,
            |to, from| to.recipe.clip_skip = from.recipe.clip_skip,
            |to, from| to.seed = from.seed,
            |to, from| to.task = from.task.clone(),
            |to, from| (to.recipe.width, to.recipe.height) = (from.recipe.width, from.recipe.height),
            |to, from| {
                (to.recipe.vae, to.recipe.device) = (from.recipe.vae.clone(), from.recipe.device.clone());
                (to.recipe.dtype, to.recipe.noise) = (from.recipe.dtype, from.recipe.noise);
            },
            |to, from| {
                to.recipe.scheduler = from.recipe.scheduler.clone();
                to.axes = from.axes.clone();
            },
        ];
        for (take, yes) in take.iter().zip(&from_one) {
            if *yes {
                take(&mut mixed, &one);
            }
        }
        let same = one.differences(&mixed).is_empty();
        let ask_the_same = one.request(JobId(0)) == mixed.request(JobId(0))
            && (&one.skeleton, &one.axes) == (&mixed.skeleton, &mixed.axes);
        prop_assert_eq!(same, ask_the_same);
        prop_assert!(one.differences(&one.copy_as(CardName::new("copy").unwrap())).is_empty());
    }
}
