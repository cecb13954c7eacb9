//! Variations as candidates, and two candidates put together.

use kento_studio::card::{FinishedMade, FinishedRefusal};
use kento_studio::workflow::*;
use kento_studio::{ImageReference, SeedVariation, Sha256, Task};
use sha2::Digest as _;

use crate::studio::*;

fn vary(parent: Sha256, towards: &[u64]) -> Command {
    let variations = towards.iter().map(|seed| SeedVariation { seed: *seed, strength: SUBTLE_VARIATION }).collect();
    let (recipe, task) = (Box::new(card(1).recipe), Task::TextToImage);
    Command::VaryImage { parent, recipe, task, seed: 4_711, variations }
}

/// The images that the last jobs made.
fn last_images(studio: &Studio, count: u64) -> Vec<Sha256> {
    let next = studio.state.next_job().0;
    (next - count..next).map(sha).collect()
}

#[test]
fn variations_of_a_strip_wait_and_an_accepted_one_is_another_image() {
    let (mut studio, image, _) = Studio::kept();
    let records = studio.ok(&mara(), vary(image, &[7, 8, 9]));
    let Action::JobsQueued { jobs } = &records[0].action else { panic!("{records:?}") };
    let noises: Vec<_> = jobs.iter().map(|job| (job.request.seed, job.request.variation.unwrap())).collect();
    assert_eq!(
        noises.iter().map(|(seed, turn)| (*seed, turn.seed)).collect::<Vec<_>>(),
        [(4_711, 7), (4_711, 8), (4_711, 9)]
    );
    assert!(noises.iter().all(|(_, turn)| turn.strength == SUBTLE_VARIATION && SUBTLE_VARIATION < STRONG_VARIATION));
    assert!(jobs.iter().all(|job| job.purpose.strip() == Some(1)));
    assert_eq!(studio.state.next_strip(), 2, "a repair's strip is another one");
    studio.render_all();
    let all = last_images(&studio, 3);
    for candidate in &all {
        let known = studio.state.image(candidate).unwrap();
        assert_eq!((known.candidacy, known.parent), (Some(Candidacy::Waits), Some(image)));
    }
    assert!(studio.refused(&mara(), Command::Keep { image: all[0] }).ends_with("accept it on the canvas first"));
    studio.ok(&mara(), Command::AcceptRepair { image: all[0] });
    assert!(!studio.state.is_keeper(&all[0]), "a variation is another image and inherits nothing");
    studio.ok(&mara(), Command::Keep { image: all[0] });
    assert!(studio.state.is_keeper(&all[0]));
    studio.ok(&mara(), Command::DiscardRepairs { images: vec![all[1]] });
    let card = studio.state.finished_card(&all[0], |_| Err(FinishedRefusal::Empty)).unwrap();
    assert_eq!(card.steps.len(), 1, "what came before a variation does not determine its pixels");
    assert_eq!(card.steps[0].request.variation.map(|turn| turn.seed), Some(7));
}

#[test]
fn variations_are_as_many_as_the_strip_and_the_budget_have_room_for() {
    let (studio, image, _) = Studio::kept();
    let said = studio.refused(&mara(), vary(image, &[7, 7]));
    assert!(said.starts_with("two candidates turn towards the same seed"), "{said}");
    let said = studio.refused(&mara(), vary(image, &[1, 2, 3, 4, 5]));
    assert!(said.starts_with("5 iterations are asked for and 4 of "), "{said}");
    let many: Vec<u64> = (0..17).collect();
    assert!(
        studio
            .refused(&mara(), vary(image, &many))
            .starts_with("the number of candidates must be a number from 1 to 16")
    );
}

#[test]
fn a_variation_from_before_there_were_strips_of_them_stands_at_once() {
    let text = "{\"for\":\"variation\",\"parent\":\"PARENT\"}".replace("PARENT", &sha(1).to_string());
    let purpose: JobPurpose = serde_json::from_str(&text).unwrap();
    assert_eq!(purpose, JobPurpose::Variation { parent: sha(1), strip: None });
    assert_eq!(serde_json::to_string(&purpose).unwrap(), text, "and its record stays as it was");
}

/// A keeper, three candidates of a repair of it, and a mask as a file.
fn strip() -> (Studio, Sha256, Vec<Sha256>, Vec<u8>) {
    let (mut studio, image, _) = Studio::kept();
    let png = b"a mask".to_vec();
    let mask = Sha256(sha2::Sha256::digest(&png).into());
    let task = Task::Inpaint { image: reference(image), mask: reference(mask), strength: 0.8, region: None };
    let (recipe, seeds) = (Box::new(recipe("a red boat")), vec![5, 6, 7]);
    studio.ok(&mara(), Command::StartRepair { parent: image, recipe, task, seeds, masked_share: 0.1, overrule: None });
    studio.render_all();
    let all = last_images(&studio, 3);
    (studio, image, all, png)
}

fn mix_with(mask: Sha256, [first, second]: [Sha256; 2], result: Sha256) -> Command {
    let result = EditedImage { sha256: result, pixels_sha256: sha(9), width: 256, height: 256 };
    Command::MixCandidates { first, second, mask: reference(mask), result }
}

/// Records with a mix in them.
pub fn mixed() -> Vec<Record> {
    let (mut studio, _, all, _) = strip();
    studio.ok(&mara(), mix([all[0], all[1]], sha(600)));
    studio.records
}

#[test]
fn a_mix_of_two_candidates_is_one_more_and_its_card_has_all_that_it_is_made_of() {
    let (mut studio, image, all, png) = strip();
    let mask = Sha256(sha2::Sha256::digest(&png).into());
    studio.ok(&mara(), Command::DiscardRepairs { images: vec![all[1]] });
    let before = studio.state.iterations_used(&IterationSubject::Image { root: image });
    let records = studio.ok(&mara(), mix_with(mask, [all[0], all[1]], sha(600)));
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].by, person("Mara"), "the record says who, and both parents and the mask");
    let Action::CandidatesMixed { first, second, mask: by, .. } = &records[0].action else { panic!("{records:?}") };
    assert_eq!((*first, *second, *by), (all[0], all[1], mask));
    assert_eq!(studio.state.iterations_used(&IterationSubject::Image { root: image }), before, "no engine worked");
    let known = studio.state.image(&sha(600)).unwrap();
    assert_eq!((known.candidacy, known.parent, known.root), (Some(Candidacy::Waits), Some(image), image));
    assert_eq!(studio.state.mixed_of(&sha(600)), Some(([all[0], all[1]], mask)));
    assert!(studio.state.family(&image).iter().any(|one| one.sha256 == sha(600)));
    // A mix of a mix.
    studio.ok(&mara(), mix_with(mask, [sha(600), all[2]], sha(601)));
    studio.ok(&mara(), Command::AcceptRepair { image: sha(601) });
    assert!(studio.state.is_keeper(&sha(601)));
    let asked = std::cell::Cell::new(0);
    let file = |_: &Sha256| {
        asked.set(asked.get() + 1);
        Ok::<_, FinishedRefusal>(png.clone())
    };
    let card = studio.state.finished_card(&sha(601), file).unwrap();
    let made: Vec<(Sha256, bool)> =
        card.in_order().map(|made| (made.sha256(), matches!(made, FinishedMade::Mix(_)))).collect();
    let [a, b, c] = all[..] else { panic!() };
    assert_eq!(made, [(image, false), (a, false), (b, false), (c, false), (sha(600), true), (sha(601), true)]);
    assert_eq!((asked.get(), card.masks.len()), (1, 1), "the one mask of all of them is there once");
    assert_eq!(card.card, Some(card_ref(1)));
    // Another repair goes on from it.
    studio.ok(&mara(), repair(sha(601), 0.1, None));
}

#[test]
fn a_mix_of_variations_is_another_image_too() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), vary(image, &[7, 8]));
    studio.render_all();
    let all = last_images(&studio, 2);
    studio.ok(&mara(), mix([all[0], all[1]], sha(600)));
    studio.ok(&mara(), Command::AcceptRepair { image: sha(600) });
    assert!(!studio.state.is_keeper(&sha(600)), "nobody culled it");
    assert!(studio.state.finished_versions().is_empty());
    studio.ok(&mara(), Command::Keep { image: sha(600) });
    assert!(studio.state.is_keeper(&sha(600)));
}

#[test]
fn what_was_accepted_last_stands_for_the_picture_and_nothing_that_was_rejected() {
    let (mut studio, image, all, _) = strip();
    studio.ok(&mara(), Command::AcceptRepair { image: all[2] });
    assert_eq!(studio.state.finished_versions().get(&image), Some(&all[2]));
    studio.ok(&mara(), Command::AcceptRepair { image: all[0] });
    assert_eq!(studio.state.finished_versions().get(&image), Some(&all[0]), "although it was made before");
    let veto = Command::Reject { image: all[0], reason: RejectReason::Anatomy, note: String::new() };
    studio.ok(&mara(), veto);
    assert_eq!(studio.state.finished_versions().get(&image), Some(&all[2]));
}

#[test]
fn a_mix_that_was_discarded_is_put_together_again() {
    let (mut studio, _, all, _) = strip();
    studio.ok(&mara(), mix([all[0], all[1]], sha(600)));
    let said = studio.refused(&mara(), mix([all[0], all[1]], sha(600)));
    assert!(said.contains("is in the project already"), "{said}");
    studio.ok(&mara(), Command::DiscardRepairs { images: vec![sha(600)] });
    studio.ok(&mara(), mix([all[0], all[1]], sha(600)));
    assert_eq!(studio.state.image(&sha(600)).unwrap().candidacy, Some(Candidacy::Waits));
}

#[test]
fn only_two_candidates_of_one_image_and_one_size_are_mixed() {
    let (mut studio, image, all, _) = strip();
    assert!(studio.state.finished_versions().is_empty(), "a candidate that waits stands for nothing");
    let said = studio.refused(&mara(), mix([all[0], all[0]], sha(600)));
    assert!(said.ends_with("are the same picture: choose another second one"), "{said}");
    let said = studio.refused(&mara(), mix([all[0], image], sha(600)));
    assert!(said.ends_with("is no candidate: choose one of a strip"), "{said}");
    let said = studio.refused(&mara(), mix([all[0], all[1]], all[2]));
    assert!(said.contains("is in the project already"), "{said}");
    assert!(studio.refused(&jo(), mix([all[0], all[1]], sha(600))).starts_with("mixing candidates needs an Operator"));
    let Command::MixCandidates { first, second, mask, result } = mix([all[0], all[1]], sha(600)) else { panic!() };
    let small = ImageReference { width: 8, ..mask.clone() };
    let said = studio.refused(&mara(), Command::MixCandidates { first, second, mask: small, result: result.clone() });
    assert!(said.ends_with("have another size than the mask: paint a mask of their size"), "{said}");
    let cut = EditedImage { width: 255, ..result };
    let said = studio.refused(&mara(), Command::MixCandidates { first, second, mask, result: cut });
    assert!(said.ends_with("have another size than what was mixed of them: mix them again"), "{said}");
    studio.ok(&mara(), Command::AcceptRepair { image: all[0] });
    assert_eq!(studio.state.finished_versions().get(&image), Some(&all[0]));
    let subject = IterationSubject::Image { root: image };
    studio.ok(&jo(), Command::GrantIterations { subject, more: 1, reason: "more".to_owned(), seen: None });
    studio.ok(&mara(), repair(all[0], 0.1, None));
    studio.render_all();
    let of_other = last_images(&studio, 1)[0];
    let said = studio.refused(&mara(), mix([all[1], of_other], sha(600)));
    assert!(said.ends_with("are candidates of different images: choose two of one strip"), "{said}");
    studio.ok(&mara(), Command::AcceptRepair { image: of_other });
    let versions = studio.state.finished_versions();
    assert_eq!((versions.get(&image), versions.get(&all[0])), (Some(&of_other), Some(&of_other)), "the last stands");
}
