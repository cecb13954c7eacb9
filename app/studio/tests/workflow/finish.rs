use kento_studio::card::FinishedRefusal;
use kento_studio::workflow::*;
use kento_studio::{JobId, Recipe, Sha256, Task};

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
    assert!(!studio.state.is_keeper(&repaired), "nothing replaces the image until it is accepted");
    studio.ok(&mara(), Command::AcceptRepair { image: repaired });
    assert!(studio.state.is_keeper(&repaired), "a repaired keeper is a keeper until it is culled itself");
    studio.ok(&mara(), Command::Reject { image: repaired, reason: RejectReason::Artefact, note: String::new() });
    assert!(!studio.state.is_keeper(&repaired) && studio.state.is_keeper(&image));
}

/// A keeper and the four candidates of a repair of it.
fn strip() -> (Studio, Sha256, Vec<Sha256>) {
    let (mut studio, image, _) = Studio::kept();
    let Command::StartRepair { parent, recipe, task, masked_share, overrule, .. } = repair(image, 0.1, None) else {
        panic!()
    };
    studio.ok(&mara(), Command::StartRepair { parent, recipe, task, seeds: (5..9).collect(), masked_share, overrule });
    studio.render_all();
    let next = studio.state.next_job().0;
    (studio, image, (next - 4..next).map(sha).collect())
}

#[test]
fn candidates_wait_until_one_is_accepted_and_a_discarded_one_can_be_taken_up_again() {
    let (mut studio, image, all) = strip();
    for candidate in &all {
        let known = studio.state.image(candidate).unwrap();
        assert_eq!((known.candidacy, known.parent, known.root), (Some(Candidacy::Waits), Some(image), image));
        let name = candidate.auto_v2();
        let wait = format!("{name} is a candidate: accept it on the canvas first");
        assert_eq!(studio.refused(&mara(), Command::Keep { image: *candidate }), wait);
        assert_eq!(studio.refused(&mara(), repair(*candidate, 0.1, None)), wait);
        assert!(!studio.state.is_keeper(candidate));
    }
    let said = studio.refused(&jo(), Command::AcceptRepair { image: all[1] });
    assert!(said.starts_with("accepting a repair needs an Operator"), "{said}");
    studio.ok(&mara(), Command::AcceptRepair { image: all[1] });
    studio.ok(&mara(), Command::DiscardRepairs { images: vec![all[0], all[2]] });
    let standing: Vec<_> = all.iter().map(|one| studio.state.image(one).unwrap().candidacy.unwrap()).collect();
    assert_eq!(standing, [Candidacy::Discarded, Candidacy::Accepted, Candidacy::Discarded, Candidacy::Waits]);
    let keepers: Vec<bool> = all.iter().map(|one| studio.state.is_keeper(one)).collect();
    assert_eq!(keepers, [false, true, false, false]);
    assert!(studio.state.is_keeper(&image), "the image before stays");
    let said = studio.refused(&mara(), Command::AcceptRepair { image: all[1] });
    assert!(said.ends_with("is accepted already: go on with it"), "{said}");
    let said = studio.refused(&mara(), Command::DiscardRepairs { images: vec![all[1]] });
    assert!(said.ends_with("reject it in the cull instead"), "{said}");
    studio.ok(&mara(), Command::AcceptRepair { image: all[0] });
    assert!(studio.state.is_keeper(&all[0]));
    // What is made again waits again where nobody wanted it, and stays accepted where somebody did.
    for (place, candidacy) in [(0, Candidacy::Accepted), (2, Candidacy::Waits)] {
        let subject = IterationSubject::Image { root: image };
        studio.ok(&jo(), Command::GrantIterations { subject, more: 1, reason: "once more".to_owned(), seen: None });
        studio.ok(&mara(), repair(image, 0.1, None));
        let job = JobId(studio.state.next_job().0 - 1);
        let made = GeneratedImage { sha256: all[place], ..generated(job.0) };
        studio.ok(&mara(), Command::ReportImage { job, image: Box::new(made) });
        assert_eq!(studio.state.image(&all[place]).unwrap().candidacy, Some(candidacy));
    }
    let family: Vec<Sha256> = studio.state.family(&all[3]).iter().map(|image| image.sha256).collect();
    assert_eq!(family, [vec![image], all].concat());
}

#[test]
fn a_finished_image_has_a_card_with_every_step_and_mask_unless_a_hand_made_one() {
    let (mut studio, image, all) = strip();
    studio.ok(&mara(), Command::AcceptRepair { image: all[1] });
    let png = b"a mask".to_vec();
    let asked = std::cell::RefCell::new(Vec::new());
    let mask = |sha256: &Sha256| {
        asked.borrow_mut().push(*sha256);
        Ok::<_, FinishedRefusal>(png.clone())
    };
    let said = studio.state.finished_card(&all[1], mask).unwrap_err();
    assert!(said.to_string().contains("is not in the card as its hash says"), "another file than was masked: {said}");
    assert_eq!(asked.take().len(), 1);
    let none = |_: &Sha256| -> Result<Vec<u8>, FinishedRefusal> { panic!("nothing was masked") };
    let card = studio.state.finished_card(&image, none).unwrap();
    assert_eq!((card.steps.len(), card.pixels_sha256()), (1, Some(studio.state.image(&image).unwrap().pixels_sha256)));
    assert_eq!(card.card, Some(card_ref(1)));
    studio.ok(&mara(), edit(image, sha(500)));
    let said = studio.state.finished_card(&sha(500), none).unwrap_err().to_string();
    assert!(said.contains("was made by hand (colour correction)"), "{said}");
    let said = studio.state.finished_card(&sha(999), none).unwrap_err().to_string();
    assert!(said.starts_with("the card has no steps"), "{said}");
}

#[test]
fn a_strip_has_1_to_16_candidates_with_different_seeds_and_each_counts_as_an_iteration() {
    let (mut studio, image, _) = Studio::kept();
    let with = |seeds: Vec<u64>| {
        let Command::StartRepair { parent, recipe, task, masked_share, overrule, .. } = repair(image, 0.1, None) else {
            panic!()
        };
        Command::StartRepair { parent, recipe, task, seeds, masked_share, overrule }
    };
    for wrong in [Vec::new(), (0..17).collect()] {
        let said = studio.refused(&mara(), with(wrong));
        assert!(said.starts_with("the number of candidates must be a number from 1 to 16"), "{said}");
    }
    assert!(studio.refused(&mara(), with(vec![4, 4])).starts_with("two candidates have the same seed"));
    let subject = IterationSubject::Image { root: image };
    let left = studio.state.iteration_budget(&subject).unwrap() - studio.state.iterations_used(&subject);
    let said = studio.refused(&mara(), with((0..u64::from(left) + 1).collect()));
    let wanted = left + 1;
    let end = format!("are left: make at most {left}; the Director is asked for more once fewer than 4 are left");
    assert!(
        said.starts_with(&format!("{wanted} iterations are asked for and {left} of ")) && said.ends_with(&end),
        "{said}"
    );
    let records = studio.ok(&mara(), with((0..u64::from(left)).collect()));
    let Action::JobsQueued { jobs } = &records[0].action else { panic!() };
    assert_eq!(jobs.len(), left as usize);
    let strips = jobs.iter().all(|job| matches!(job.purpose, JobPurpose::Repair { strip: Some(1), .. }));
    assert!(strips && studio.state.next_strip() == 2);
    let numbers: Vec<u64> = jobs.iter().map(|job| job.request.job.0).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

#[test]
fn a_repair_of_a_project_from_before_there_were_strips_stands_at_once() {
    let purpose =
        "{\"for\":\"repair\",\"parent\":\"PARENT\",\"masked_share\":0.1}".replace("PARENT", &sha(1).to_string());
    let purpose: JobPurpose = serde_json::from_str(&purpose).unwrap();
    assert_eq!(purpose, JobPurpose::Repair { parent: sha(1), masked_share: 0.1, strip: None });
    assert!(!serde_json::to_string(&purpose).unwrap().contains("strip"), "and its record stays as it was");
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
        seeds: vec![1],
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
    let away = "is with the editor Lena: record the edit when it comes back, or take the image back";
    assert!(studio.refused(&mara(), hand("again")).ends_with(away));
    let said = studio.refused(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    assert!(said.ends_with(away), "{said}");
    assert!(!studio.state.people().contains_key(&person("Lena")), "an editor outside takes no role");
    studio.ok(&mara(), human_edit(image, sha(500)));
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
        format!("the artefact check of {name} is not complete: check \"hands is right\", \"seams is right\"")
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
        format!("{name} has artefacts (\"hands is right\"): repair it, and submit the repaired image")
    );
    studio.ok(&mara(), edit(image, sha(500)));
    assert!(studio.refused(&mara(), submit(sha(500))).contains("is not complete"), "another image, another check");
    studio.ok(&mara(), check(sha(500), &["hands", "seams"], pass()));
    studio.ok(&mara(), submit(sha(500)));
    // A skipped Fix-and-finish leaves the checks to the review gate.
    studio.ok(&jo(), Command::SkipStage { stage: Stage::FixAndFinish, reason: "clean".to_owned() });
    studio.ok(&mara(), submit(other));
}

fn vary(parent: kento_studio::Sha256, recipe: Recipe, task: Task) -> Command {
    Command::VaryImage { parent, recipe: Box::new(recipe), task, seed: 4_711, variations: Vec::new() }
}

#[test]
fn a_variation_is_another_image_and_inherits_no_keep() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), vary(image, card(1).recipe, Task::TextToImage));
    studio.render_all();
    let varied = sha(studio.state.next_job().0 - 1);
    assert_eq!(studio.state.image(&varied).unwrap().parent, Some(image));
    assert!(!studio.state.is_keeper(&varied));
    assert!(studio.refused(&mara(), repair(varied, 0.1, None)).ends_with("is not a keeper: keep it first"));
    let said = studio.refused(&mara(), Command::SubmitForReview { image: varied, list: ReviewList::Full });
    assert!(said.ends_with("is not a keeper: keep it first"), "{said}");
    // What is finished from a variation that is kept is kept with it.
    studio.ok(&mara(), Command::Keep { image: varied });
    studio.ok(&mara(), edit(varied, sha(500)));
    assert!(studio.state.is_keeper(&sha(500)));
}

#[test]
fn a_variation_is_of_the_recipe_only_within_its_axes_seed_and_strength() {
    let (studio, image, _) = Studio::kept();
    let card_of = |recipe: Recipe, task: Task| {
        let mut studio = Studio { state: studio.state.clone(), records: studio.records.clone(), now: studio.now };
        studio.ok(&mara(), vary(image, recipe, task));
        studio.render_all();
        studio.state.image(&sha(studio.state.next_job().0 - 1)).unwrap().card.clone()
    };
    let own = card(1).recipe;
    let declared = Recipe { prompt: "a blue boat, flat vector".to_owned(), ..own.clone() };
    let gentle = Task::ImageToImage { image: reference(image), strength: 0.4 };
    for (recipe, task) in [
        (own.clone(), Task::TextToImage),
        (own.clone(), gentle.clone()),
        (own.clone(), inpaint(image)),
        (declared, gentle.clone()),
    ] {
        assert_eq!(card_of(recipe, task), Some(card_ref(1)));
    }
    let mut remastered = own.clone();
    remastered.model.name = "other".to_owned();
    for recipe in [
        Recipe { prompt: "a green boat, flat vector".to_owned(), ..own.clone() },
        Recipe { guidance_scale: 7.0, ..own.clone() },
        Recipe { steps: 13, ..own },
        remastered,
    ] {
        assert_eq!(card_of(recipe, gentle.clone()), None, "what is not of the recipe ships under none");
    }
}

#[test]
fn a_human_editor_made_the_edited_image_too() {
    let (mut studio, image, _) = Studio::kept();
    let hand = Command::HandToEditor { image, editor: person("Ravi"), reason: "the logo".to_owned() };
    studio.ok(&mara(), hand);
    studio.ok(&mara(), human_edit(image, sha(500)));
    studio.ok(&mara(), edit(sha(500), sha(501)));
    for edited in [sha(500), sha(501)] {
        studio.ok(&mara(), Command::SubmitForReview { image: edited, list: ReviewList::Full });
        let tick = Command::JudgeItem { image: edited, item: "edges".to_owned(), verdict: pass() };
        let said = studio.refused(&ravi(), tick);
        assert_eq!(said, "Ravi made this image and its maker does not judge it: ask another person");
    }
    assert!(
        !studio.state.image(&image).unwrap().makers.contains(&person("Ravi")),
        "the image before the edit is not his"
    );
}

#[test]
fn what_is_with_an_editor_is_not_repaired_meanwhile() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), Command::HandToEditor { image, editor: person("Lena"), reason: "the logo".to_owned() });
    let said = studio.refused(&mara(), repair(image, 0.1, None));
    assert!(said.ends_with("record the edit when it comes back, or take the image back"), "{said}");
    studio.ok(&mara(), human_edit(image, sha(500)));
    studio.ok(&mara(), repair(image, 0.1, None));
}

#[test]
fn only_the_editors_own_edit_ends_a_hand_off() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), Command::HandToEditor { image, editor: person("Lena"), reason: "the logo".to_owned() });
    let said = studio.refused(&mara(), edit(image, sha(500)));
    let rule = "is with the editor Lena: record what comes back as a human edit, or take the image back first";
    assert!(said.ends_with(rule), "{said}");
    studio.ok(&mara(), human_edit(image, sha(500)));
    assert_eq!(studio.state.image(&image).unwrap().hand_off, None);
    assert!(studio.state.image(&sha(500)).unwrap().makers.contains(&person("Lena")));
    studio.ok(&mara(), edit(image, sha(501)));
}

#[test]
fn a_hand_off_can_be_taken_back_with_a_reason() {
    let (mut studio, image, other) = Studio::kept();
    let back = |image, reason: &str| Command::TakeBackFromEditor { image, reason: reason.to_owned() };
    assert!(studio.refused(&mara(), back(image, "x")).ends_with("is with no editor: go on with it"));
    studio.ok(&mara(), Command::HandToEditor { image, editor: person("Lena"), reason: "the logo".to_owned() });
    let said = studio.refused(&mara(), back(image, " "));
    assert_eq!(said, "taking an image back from its editor needs a reason: write why");
    assert!(
        studio.refused(&ravi(), back(image, "x")).starts_with("taking an image back from an editor needs an Operator")
    );
    assert!(studio.refused(&mara(), back(other, "x")).ends_with("is with no editor: go on with it"));
    studio.ok(&mara(), back(image, "Lena has no time"));
    assert_eq!(studio.state.image(&image).unwrap().hand_off, None);
    assert!(studio.state.log().last().unwrap().text.ends_with("back from its editor: Lena has no time"));
    // Nobody else edited it, so nobody else made what comes of it.
    studio.ok(&mara(), edit(image, sha(500)));
    assert!(!studio.state.image(&sha(500)).unwrap().makers.contains(&person("Lena")));
    studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
}

#[test]
fn what_is_at_the_gate_cleared_or_released_goes_to_no_editor() {
    let hand = |image| Command::HandToEditor { image, editor: person("Lena"), reason: "the logo".to_owned() };
    let (mut studio, image) = Studio::submitted();
    assert!(studio.refused(&mara(), hand(image)).ends_with("is at the gate already: judge it"));
    studio.clear(&ravi(), image);
    assert!(studio.refused(&mara(), hand(image)).ends_with("is cleared already: release it"));
    let request = ReleaseRequest { image, file_sha256: image, subject: "boat".to_owned(), disclosure: None };
    studio.ok(&jo(), Command::ReleaseImages { images: vec![request] });
    assert!(studio.refused(&mara(), hand(image)).ends_with("its record stands"));
}
