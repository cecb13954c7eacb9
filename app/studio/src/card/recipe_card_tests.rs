use super::*;
use crate::card_examples::{axis, card, hash};
use crate::{JobId, NUMERICS_REVISION, Refusal};

#[track_caller]
fn refused(change: impl FnOnce(&mut RecipeCard)) -> String {
    let mut card = card();
    assert_eq!(card.check(), Ok(()));
    change(&mut card);
    card.check().unwrap_err().to_string()
}

#[test]
fn a_request_holds_what_the_card_says() {
    let card = card();
    let request = card.request(JobId(3));
    assert_eq!(request.recipe.prompt, "a (red sun:1.2), over blue mountains, risograph print");
    assert_eq!(request.recipe.negative_prompt, "blurry, watermark");
    assert_eq!((request.job, request.seed, request.check()), (JobId(3), 7, Ok(())));
}

#[test]
fn the_prompt_is_written_by_slot_only() {
    assert_eq!(
        refused(|card| card.recipe.prompt.push('!')),
        "the prompt is not the text of its slots: write the change into a slot, so that the prompt is \"a (red sun:1.2), over blue mountains, risograph print\""
    );
    assert!(
        refused(|card| card.skeleton.technical = "high detail".to_owned()).contains("risograph print, high detail")
    );
    assert_eq!(
        refused(|card| card.recipe.negative_prompt.clear()),
        "the recipe's negative prompt is not the card's negative prompt: write the same text in both, \"blurry, watermark\""
    );
}

#[test]
fn a_later_revision_gives_its_reason_and_its_parent() {
    assert!(refused(|card| card.revision = 0).starts_with("the card's revision is 0"));
    assert_eq!(refused(|card| card.revision = 2), "revision 2 of the card does not say why it exists: give a reason");
    let parent = |name: &str, revision| Some(CardRef { name: CardName::new(name).unwrap(), revision });
    for wrong in [None, parent("red-sun", 2), parent("red-sun", 0), parent("blue-sun", 1)] {
        let refusal = refused(|card| {
            card.revision = 2;
            card.reason = Some("warmer".to_owned());
            card.parent = wrong;
        });
        assert_eq!(
            refusal,
            "revision 2 must name an earlier revision of red-sun as its parent: revise the earlier card"
        );
    }
    assert!(refused(|card| (card.revision, card.reason) = (2, Some(" ".to_owned()))).contains("give a reason"));
    assert_eq!(
        refused(|card| card.parent = parent("red-sun", 1)),
        "the first revision of red-sun cannot have red-sun as its parent: remove the parent"
    );
}

#[test]
fn what_this_version_cannot_use_is_refused_by_name() {
    type Change = fn(&mut RecipeCard, String);
    let changes: [(&str, Change); 6] = [
        ("LoRAs", |card, name| card.adapters.loras.push(LoraReference { name, sha256: hash(1), weight: 1.0 })),
        ("embeddings", |card, word| card.adapters.embeddings.push(EmbeddingReference { word, sha256: hash(1) })),
        ("ControlNets", |card, name| {
            let (sha256, image) = (hash(1), hash(2));
            card.adapters.control_nets.push(ControlNetReference {
                name,
                sha256,
                image,
                weight: 1.0,
                begin: 0.0,
                end: 1.0,
            });
        }),
        ("reference images", |card, _| {
            let (image, adapter, mode) = (hash(1), hash(2), ImagePromptMode::Style);
            card.adapters.references.push(ImagePrompt { image, adapter, mode, weight: 1.0 });
        }),
        ("an upscaler", |card, name| card.upscaler = Some(Upscaler { name, sha256: hash(1), scale: 2 })),
        ("post-processing steps", |card, name| card.post.push(PostStep { name, settings: Vec::new() })),
    ];
    for (what, change) in changes {
        assert_eq!(
            refused(|card| change(card, "x".to_owned())),
            format!("this version of Kento cannot use {what} yet: remove {what} from the card")
        );
    }
}

#[test]
fn the_request_and_the_axes_are_checked_with_the_card() {
    assert_eq!(refused(|card| card.recipe.steps = 0), "steps must be between 1 and 1000 and is 0");
    assert!(
        refused(|card| card.axes.push(axis(AxisKind::Guidance, &["high"]))).starts_with("a guidance scale is a number")
    );
}

#[test]
fn a_card_of_another_numerics_revision_opens_but_does_not_render() {
    let mut card = card();
    card.recipe.tool.numerics += 1;
    assert_eq!(card.check_form(), Ok(()));
    assert!(matches!(card.check(), Err(CardRefusal::Request(Refusal::Numerics { here: NUMERICS_REVISION, .. }))));
    assert_eq!(from_ron::<RecipeCard>(&to_ron(&card).unwrap()).unwrap(), card);
}

#[test]
fn a_copy_keeps_everything_that_determines_pixels() {
    let mut original = card();
    original.revision = 4;
    original.axes.push(VariationAxis::seeds(3));
    let copy = original.copy_as(CardName::new("blue-moon").unwrap());
    assert_eq!(original.differences(&copy), []);
    assert_eq!((copy.revision, copy.parent.clone(), copy.brief.clone()), (1, Some(original.card_ref()), None));
    assert_eq!(copy.check(), Ok(()));
}
