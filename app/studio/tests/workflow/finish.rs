use kento_studio::Task;
use kento_studio::workflow::*;

use crate::studio::*;

#[test]
fn more_than_a_third_masked_is_regenerated_unless_overruled_with_a_reason() {
    let (mut studio, image, _) = Studio::kept();
    assert_eq!(repair_advice(1.0 / 3.0), RepairAdvice::Repair);
    assert_eq!(repair_advice(0.34), RepairAdvice::Regenerate);
    let said = studio.refused(&mara(), repair(image, 0.41, None));
    assert_eq!(said, "41 % of the image is masked, more than a third: regenerate it, or overrule with a reason");
    let said = studio.refused(&mara(), repair(image, 0.41, Some(" ")));
    assert_eq!(said, "overruling \"regenerate\" needs a reason: write why");
    let said = studio.refused(&mara(), repair(image, 0.2, Some("because")));
    assert_eq!(said, "at most a third of the image is masked, so repairing it needs no overrule: repair it");
    let records = studio.ok(&mara(), repair(image, 0.41, Some("only the sky is masked")));
    let reason = "only the sky is masked".to_owned();
    assert_eq!(records[0].action, Action::RepairOverruled { image, masked_share: 0.41, reason });
    assert!(matches!(records[1].action, Action::JobsQueued { .. }));
}

#[test]
fn a_contained_defect_is_repaired_and_keeps_its_lineage_and_card() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), repair(image, 0.09, None));
    studio.render_all();
    let repaired = sha(studio.state.next_job().0 - 1);
    let known = studio.state.image(&repaired).unwrap();
    assert_eq!((known.parent, known.root, known.card.clone()), (Some(image), image, Some(card_ref(1))));
    assert!(studio.state.is_keeper(&repaired), "a repaired keeper is a keeper until it is culled itself");
    studio.ok(&mara(), Command::Reject { image: repaired, reason: RejectReason::Artefact, note: String::new() });
    assert!(!studio.state.is_keeper(&repaired) && studio.state.is_keeper(&image));
}

#[test]
fn only_a_keeper_is_repaired_or_edited() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    let said = studio.refused(&mara(), repair(images[0], 0.1, None));
    assert_eq!(said, format!("{} is not a keeper: keep it first", images[0].auto_v2()));
    studio.ok(&mara(), Command::Keep { image: images[1] });
    assert!(studio.refused(&mara(), repair(images[0], 0.1, None)).ends_with("is not a keeper: keep it first"));
    assert!(studio.refused(&mara(), edit(images[0], sha(500))).ends_with("is not a keeper: keep it first"));
}

#[test]
fn a_repair_starts_from_its_parent_at_low_strength() {
    let (studio, image, other) = Studio::kept();
    let with = |task| Command::StartRepair {
        parent: image,
        recipe: Box::new(recipe("boat")),
        task,
        seed: 1,
        masked_share: 1.0,
        overrule: None,
    };
    assert_eq!(
        studio.refused(&mara(), with(Task::TextToImage)),
        "a repair starts from the image: choose inpaint or image-to-image"
    );
    let strong = with(Task::ImageToImage { image: reference(image), strength: 0.8 });
    assert_eq!(
        studio.refused(&mara(), strong),
        "strength 0.8 redraws the image: repair with at most 0.5, or make a variation"
    );
    let elsewhere = with(Task::ImageToImage { image: reference(other), strength: 0.3 });
    assert!(studio.refused(&mara(), elsewhere).starts_with("the task starts from another image than"));
    let gentle = with(Task::ImageToImage { image: reference(image), strength: 0.3 });
    assert!(would(&studio.state, &gentle, &mara(), studio.now).is_yes());
    for share in [f64::NAN, -0.1, 1.1] {
        let said = studio.refused(&mara(), repair(image, share, None));
        assert!(said.starts_with("the masked share must be a number from 0 to 1"), "{said}");
    }
}

#[test]
fn every_edit_is_recorded_and_makes_a_new_image() {
    let (mut studio, image, other) = Studio::kept();
    studio.ok(&mara(), edit(image, sha(500)));
    let edited = studio.state.image(&sha(500)).unwrap();
    assert!(matches!(&edited.origins[0], Origin::Edited { parent, edit, .. }
        if *parent == image && edit.kind == EditKind::ColourCorrection));
    for known in [image, other] {
        let said = studio.refused(&mara(), edit(image, known));
        assert!(said.ends_with("is in the project already: an edit makes a new image"), "{said}");
    }
    let Command::RecordEdit { result, edit, .. } = edit(image, sha(501)) else { panic!() };
    let silent = Edit { note: " ".to_owned(), ..edit.clone() };
    let said = studio.refused(&mara(), Command::RecordEdit { parent: image, result: result.clone(), edit: silent });
    assert_eq!(said, "the note of the edit is empty: write it");
    let unknown = Edit { inputs: vec![sha(999)], ..edit };
    let said = studio.refused(&mara(), Command::RecordEdit { parent: image, result, edit: unknown });
    assert!(said.starts_with("there is no image"), "{said}");
}

#[test]
fn what_is_legal_sensitive_or_brand_critical_is_handed_to_a_human_editor() {
    let (mut studio, image, _) = Studio::kept();
    let hand = |reason: &str| Command::HandToEditor { image, editor: person("Lena"), reason: reason.to_owned() };
    assert_eq!(studio.refused(&mara(), hand("")), "a hand-off to a human editor needs a reason: write why");
    studio.ok(&mara(), hand("the client's logo"));
    assert!(
        studio.refused(&mara(), hand("again")).ends_with("is with the editor Lena: record the edit when it comes back")
    );
    let said = studio.refused(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    assert!(said.ends_with("is with the editor Lena: record the edit when it comes back"), "{said}");
    assert!(!studio.state.people().contains_key(&person("Lena")), "an editor outside takes no role");
    studio.ok(&mara(), edit(image, sha(500)));
    assert_eq!(studio.state.image(&image).unwrap().hand_off, None);
    studio.ok(&mara(), Command::SubmitForReview { image: sha(500), list: ReviewList::Full });
}

#[test]
fn a_skipped_fix_and_finish_is_resumed_before_it_is_used() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&jo(), Command::SkipStage { stage: Stage::FixAndFinish, reason: "clean images".to_owned() });
    assert_eq!(studio.refused(&mara(), repair(image, 0.1, None)), "Fix-and-finish is skipped: resume the stage first");
}

#[test]
fn a_keeper_passes_the_artefact_gate_before_it_is_submitted() {
    let (mut studio, image, other) = Studio::kept();
    studio.ok(&jo(), Command::AdoptChecklist { checklist: checklist(ARTEFACT_GATE, &["hands", "seams"]) });
    let check = |image, items: &[&str], verdict: Verdict| {
        let finding = |item: &&str| Finding { item: (*item).to_owned(), verdict: verdict.clone() };
        Command::CheckArtefacts { image, findings: items.iter().map(finding).collect() }
    };
    let submit = |image| Command::SubmitForReview { image, list: ReviewList::Full };
    let name = image.auto_v2();
    assert_eq!(
        studio.refused(&mara(), submit(image)),
        format!("the artefact check of {name} is not complete: check hands, seams")
    );
    assert_eq!(
        studio.refused(&mara(), check(image, &[], pass())),
        "no item of the artefact gate is checked: judge at least one"
    );
    let said = studio.refused(&mara(), check(image, &["vibe"], pass()));
    assert_eq!(said, "the list artefact-gate has no item \"vibe\": judge one of its items");
    assert!(
        studio.refused(&jo(), check(image, &["hands"], pass())).starts_with("checking for artefacts needs an Operator")
    );
    studio.ok(&mara(), check(image, &["hands"], fail()));
    assert_eq!(
        studio.refused(&mara(), submit(image)),
        format!("{name} has artefacts (hands): repair it, and submit the repaired image")
    );
    studio.ok(&mara(), edit(image, sha(500)));
    assert!(studio.refused(&mara(), submit(sha(500))).contains("is not complete"), "another image, another check");
    studio.ok(&mara(), check(sha(500), &["hands", "seams"], pass()));
    studio.ok(&mara(), submit(sha(500)));
    // A skipped Fix-and-finish leaves the checks to the review gate.
    studio.ok(&jo(), Command::SkipStage { stage: Stage::FixAndFinish, reason: "clean".to_owned() });
    studio.ok(&mara(), submit(other));
}
