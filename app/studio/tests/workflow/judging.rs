//! Whose verdict counts at the gate, on what evidence, and with which eyes.

use kento_studio::workflow::*;

use crate::gate::{at_gate_with, judge, solo, submit};
use crate::studio::*;

#[test]
fn a_standing_fail_of_anybody_stops_regulated_work_and_sends_it_back() {
    let (mut studio, image) = at_gate_with(Stakes::Regulated);
    let ana = actor("Ana", Role::Reviewer);
    studio.ok(&ana, Command::SwitchRole { to: Role::Reviewer });
    studio.ok(&ravi(), judge(image, "edges", fail()));
    studio.judge_all(&ana, image);
    let said = studio.refused(&ana, Command::ClearImage { image });
    assert_eq!(said, "\"edges is right\" failed: send the image back", "a later pass of another hides no fail");
    assert_eq!(studio.state.gate(&image, &ana, studio.now).unwrap().failed, ["edges"]);
    let records = studio.ok(&ana, Command::SendBack { image, note: String::new() });
    assert!(matches!(&records[0].action, Action::ImageSentBack { failed, .. } if failed == &["edges"]));
}

#[test]
fn a_fail_is_taken_back_by_who_gave_it() {
    let (mut studio, image) = at_gate_with(Stakes::Regulated);
    studio.ok(&ravi(), judge(image, "edges", fail()));
    studio.judge_all(&ravi(), image);
    studio.ok(&ravi(), Command::ClearImage { image });
}

#[test]
fn where_one_person_clears_the_latest_verdict_counts() {
    let (mut studio, image) = at_gate_with(Stakes::Client);
    let ana = actor("Ana", Role::Reviewer);
    studio.ok(&ana, Command::SwitchRole { to: Role::Reviewer });
    studio.ok(&ravi(), judge(image, "edges", fail()));
    studio.judge_all(&ana, image);
    assert!(would(&studio.state, &Command::ClearImage { image }, &ana, studio.now).is_yes());
    let back = Command::SendBack { image, note: String::new() };
    assert!(would(&studio.state, &back, &ana, studio.now).is_yes(), "what anybody fails may be sent back");
}

/// A solo maker goes through the fresh-eyes pass and ticks everything; somebody who then clears without looking has judged nothing.
#[test]
fn what_the_maker_ticked_is_nobody_elses_clearance() {
    let (mut studio, images) = solo(Stakes::Client);
    let (jo, image) = (actor("Jo", Role::Reviewer), images[0]);
    studio.later(20);
    studio.ok(&jo, Command::BeginFreshEyes { images: vec![image] });
    for view in [FreshView::Mirrored, FreshView::FullZoom] {
        studio.ok(&jo, Command::ReportSeen { image, view });
    }
    studio.ok(&jo, alt(image));
    studio.judge_all(&jo, image);
    assert!(would(&studio.state, &Command::ClearImage { image }, &jo, studio.now).is_yes(), "as a self-approval");
    studio.ok(&ravi(), Command::SwitchRole { to: Role::Reviewer });
    let said = studio.refused(&ravi(), Command::ClearImage { image });
    assert!(said.starts_with("3 of the items are not judged yet"), "{said}");
    assert_eq!(studio.state.gate(&image, &ravi(), studio.now).unwrap().judged, 0);
    studio.judge_all(&ravi(), image);
    let records = studio.ok(&ravi(), Command::ClearImage { image });
    assert!(matches!(&records[0].action, Action::ImageCleared { approval: Approval::Independent, .. }));
}

/// The Operator owns prompts, seeds and settings. Whoever wrote the card made what was rendered from it, whoever pressed the button.
///
/// A team of two can still clear: the one who only reviews saved no card and queued no job. Where both worked on one picture neither
/// is independent, and as the project is not solo either, a third person is asked; the refusal says so.
#[test]
fn who_wrote_the_recipe_made_its_images_too() {
    let mut studio = Studio::heroed();
    let lena = actor("Lena", Role::Operator);
    studio.ok(&lena, Command::SwitchRole { to: Role::Operator });
    let mut studio = studio.lock(1);
    let rows = studio.rows(1, 2);
    studio.ok(&lena, Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
    studio.render_all();
    let images = studio.run_images(1);
    let makers = |studio: &Studio, image: &kento_studio::Sha256| {
        let makers = &studio.state.image(image).unwrap().makers;
        makers.iter().map(|maker| maker.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(makers(&studio, &images[0]), ["Lena", "Mara"]);
    studio.ok(&lena, Command::Keep { image: images[0] });
    studio.ok(&lena, submit(images[0], ReviewList::Full));
    studio.ok(&mara(), Command::SwitchRole { to: Role::Reviewer });
    let said = studio.refused(&actor("Mara", Role::Reviewer), judge(images[0], "edges", pass()));
    assert_eq!(said, "Mara made this image and its maker does not judge it: ask another person");
    studio.clear(&ravi(), images[0]);
    assert_eq!(makers(&studio, &sha(16)), ["Mara"], "the Hero was rendered before Lena came");
    assert_eq!(makers(&studio, &sha(1)), ["Mara"], "a sprint has no card");
}

#[test]
fn who_saved_a_card_before_somebody_else_changed_it_is_an_author_of_it_too() {
    let mut studio = Studio::directed();
    let lena = actor("Lena", Role::Operator);
    studio.ok(&lena, Command::SwitchRole { to: Role::Operator });
    studio.ok(&lena, Command::SaveDraftCard { card: Box::new(card(1)) });
    let mut changed = card(1);
    changed.seed = 8;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(changed) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    studio.render_all();
    assert!(studio.state.image(&sha(16)).unwrap().makers.contains(&lena.person));
}

#[test]
fn who_queued_a_job_again_made_its_image_too() {
    let mut studio = Studio::briefed();
    studio.ok(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    let job = kento_studio::JobId(1);
    studio.ok(&mara(), Command::ReportFailure { job, cause: "out of memory".to_owned() });
    let lena = actor("Lena", Role::Operator);
    studio.ok(&lena, Command::SwitchRole { to: Role::Operator });
    studio.ok(&lena, Command::RequeueJobs { jobs: vec![job] });
    studio.render_all();
    let makers = |n| studio.state.image(&sha(n)).unwrap().makers.len();
    assert_eq!((makers(1), makers(2)), (2, 1));
}

/// The third trigger counts what failed, and what a later verdict overruled did not.
#[test]
fn trigger_3_counts_no_fail_that_was_overruled() {
    let (mut studio, image) = Studio::submitted();
    let ana = actor("Ana", Role::Reviewer);
    studio.ok(&ana, Command::SwitchRole { to: Role::Reviewer });
    studio.ok(&ravi(), judge(image, "edges", fail()));
    studio.ok(&ana, judge(image, "edges", pass()));
    studio.ok(&ana, judge(image, "hands", fail()));
    let records = studio.ok(&ana, Command::SendBack { image, note: String::new() });
    assert!(matches!(&records[0].action, Action::ImageSentBack { failed, .. } if failed == &["hands"]));
    let failures = |studio: &Studio| studio.state.card(&card_ref(1)).unwrap().failures.clone();
    assert_eq!(failures(&studio), [("hands".to_owned(), 1)].into());
    // A veto is for its reason: it counts only what fails.
    let other = studio.run_images(1)[1];
    studio.ok(&mara(), submit(other, ReviewList::Full));
    studio.ok(&ravi(), judge(other, "edges", fail()));
    studio.ok(&ana, judge(other, "edges", pass()));
    studio.ok(&ana, Command::VetoImage { image: other, reason: "a real person".to_owned() });
    assert_eq!(failures(&studio), [("hands".to_owned(), 1)].into());
    // Who sends an image back for nothing but an overruled fail takes the fail up again.
    studio.ok(&mara(), submit(image, ReviewList::Full));
    studio.ok(&ravi(), judge(image, "edges", fail()));
    studio.ok(&ana, judge(image, "edges", pass()));
    studio.ok(&ana, Command::SendBack { image, note: String::new() });
    assert_eq!(failures(&studio)["edges"], 1);
}

/// A later version of a list is for what is submitted from then on.
#[test]
fn a_review_is_held_by_the_checklist_that_it_was_submitted_with() {
    let (mut studio, image) = Studio::submitted();
    let adopt = |version, name: &str, ids: &[&str]| {
        let checklist = kento_studio::library::Checklist { version, ..checklist(name, ids) };
        Command::AdoptChecklist { checklist }
    };
    studio.ok(&ravi(), judge(image, "hands", pass()));
    studio.ok(&ravi(), adopt(2, "review-full", &["hands", "mood"]));
    let said = studio.refused(&ravi(), Command::ClearImage { image });
    assert!(said.starts_with("2 of the items are not judged yet"), "a shorter list clears nothing sooner: {said}");
    let said = studio.refused(&ravi(), judge(image, "mood", pass()));
    assert!(said.starts_with("the list review-full has no item \"mood\""), "{said}");
    assert_eq!(studio.state.gate(&image, &ravi(), studio.now).unwrap().items, 3);
    studio.judge_all(&ravi(), image);
    studio.ok(&ravi(), Command::ClearImage { image });
    let other = studio.run_images(1)[1];
    studio.ok(&mara(), submit(other, ReviewList::Full));
    assert_eq!(studio.state.gate(&other, &ravi(), studio.now).unwrap().items, 2);
    studio.ok(&ravi(), judge(other, "mood", pass()));
}

#[test]
fn an_image_is_checked_for_artefacts_by_the_list_that_its_check_began_with() {
    let (mut studio, image, other) = Studio::kept();
    let adopt = |version, ids: &[&str]| {
        let checklist = kento_studio::library::Checklist { version, ..checklist(ARTEFACT_GATE, ids) };
        Command::AdoptChecklist { checklist }
    };
    let check = |image, item: &str| {
        let findings = vec![Finding { item: item.to_owned(), verdict: pass() }];
        Command::CheckArtefacts { image, findings }
    };
    studio.ok(&jo(), adopt(1, &["hands", "seams"]));
    studio.ok(&mara(), check(image, "hands"));
    studio.ok(&jo(), adopt(2, &["hands"]));
    let said = studio.refused(&mara(), submit(image, ReviewList::Full));
    assert!(said.ends_with("is not complete: check \"seams is right\""), "{said}");
    studio.ok(&mara(), check(image, "seams"));
    studio.ok(&mara(), submit(image, ReviewList::Full));
    studio.ok(&mara(), check(other, "hands"));
    studio.ok(&mara(), submit(other, ReviewList::Full));
}

#[test]
fn evidence_is_a_file_of_the_project() {
    let (mut studio, image) = Studio::submitted();
    let with = |file| Verdict { evidence: vec![file], ..pass() };
    let said = studio.refused(&ravi(), judge(image, "licence", with(sha(700))));
    let name = sha(700).auto_v2();
    assert_eq!(said, format!("there is no file {name} in the project to be evidence: add it first"));
    let release = Command::AddInput {
        image: reference(sha(700)),
        file_name: "model-release.png".to_owned(),
        licence: "signed".to_owned(),
    };
    studio.ok(&mara(), release);
    studio.ok(&ravi(), judge(image, "licence", with(sha(700))));
    studio.ok(&ravi(), judge(image, "edges", with(image)));
}

#[test]
fn whoever_judges_adds_the_file_that_supports_it() {
    let (mut studio, image) = Studio::submitted();
    let add = |file_name: &str, bytes| {
        let file = EvidenceFile { sha256: sha(800), file_name: file_name.to_owned(), bytes };
        Command::AddEvidence { file }
    };
    assert_eq!(studio.refused(&ravi(), add(" ", 10)), "the file name is empty: write it");
    let size = "release.pdf is empty or larger than 64 MB: choose a file that can be kept";
    assert_eq!(studio.refused(&ravi(), add("release.pdf", 0)), size);
    assert_eq!(studio.refused(&ravi(), add("release.pdf", (64 << 20) + 1)), size);
    studio.ok(&ravi(), add("release.pdf", 64 << 20));
    let known = "release.pdf is in the project already: attach it from the list";
    assert_eq!(studio.refused(&jo(), add("release.pdf", 10)), known);
    let verdict = Verdict { evidence: vec![sha(800)], ..pass() };
    studio.ok(&ravi(), judge(image, "licence", verdict));
    let added = &studio.state.evidence()[&sha(800)];
    assert_eq!((added.by.as_str(), added.file.ending().as_str()), ("Ravi", "pdf"));
    assert!(studio.state.log().iter().any(|line| line.text.contains("added release.pdf as evidence")));
}

#[test]
fn the_ending_of_a_copy_is_plain_whatever_the_file_was_called() {
    let ending = |name: &str| EvidenceFile { sha256: sha(1), file_name: name.to_owned(), bytes: 1 }.ending();
    let names = ["a.PDF", "letter", "x.tar.gz", "odd.p/df", "..", "a.averylongending", "brief.é"];
    assert_eq!(names.map(ending), ["pdf", "bin", "gz", "bin", "bin", "bin", "bin"]);
}

#[test]
fn where_evidence_is_asked_for_not_applicable_says_why() {
    let (mut studio, image) = Studio::submitted();
    let not = |note: &str| Verdict { judgement: Judgement::NotApplicable, note: note.to_owned(), ..pass() };
    let said = studio.refused(&ravi(), judge(image, "licence", not(" ")));
    assert_eq!(said, "\"licence is right\" asks for evidence: write in the note why it does not apply");
    studio.ok(&ravi(), judge(image, "licence", not("made from text alone")));
    studio.ok(&ravi(), judge(image, "hands", not("")));
}

#[test]
fn an_image_that_is_made_again_leaves_the_fresh_eyes_pass() {
    let (mut studio, images) = solo(Stakes::Client);
    let (reviewer, operator) = (actor("Jo", Role::Reviewer), actor("Jo", Role::Operator));
    studio.later(20);
    studio.ok(&reviewer, Command::BeginFreshEyes { images: images[..2].to_vec() });
    let order = studio.state.fresh_looks();
    assert_eq!((order.len(), studio.state.next_fresh_look()), (2, Some(order[0])));
    studio.ok(&reviewer, Command::SwitchRole { to: Role::Operator });
    studio.ok(&operator, Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    let job = studio.state.interrupted_jobs()[0];
    let again = GeneratedImage { sha256: order[0], ..generated(job.0) };
    studio.ok(&operator, Command::ReportImage { job, image: Box::new(again) });
    studio.ok(&operator, Command::SwitchRole { to: Role::Reviewer });
    assert_eq!((studio.state.fresh_looks(), studio.state.next_fresh_look()), (vec![order[1]], Some(order[1])));
    let seen = |image, view| Command::ReportSeen { image, view };
    let said = studio.refused(&reviewer, seen(order[0], FreshView::Mirrored));
    assert!(said.ends_with("is next: look at that one"), "{said}");
    for view in [FreshView::Mirrored, FreshView::FullZoom] {
        studio.ok(&reviewer, seen(order[1], view));
    }
    let rule = "you made this image: begin a fresh-eyes pass with it before the first tick";
    assert_eq!(studio.refused(&reviewer, seen(order[0], FreshView::Mirrored)), rule);
    assert_eq!(studio.refused(&reviewer, judge(order[0], "edges", pass())), rule);
}

#[test]
fn the_pause_is_counted_in_one_place() {
    let (mut studio, images) = solo(Stakes::Client);
    let left = |studio: &Studio| {
        let image = studio.state.image(&images[0]).unwrap();
        (studio.state.seconds_to_fresh_eyes(image, studio.now), studio.state.minutes_to_fresh_eyes(image, studio.now))
    };
    assert_eq!(left(&studio), (1200, 20));
    studio.now += jiff::SignedDuration::from_secs(1139);
    assert_eq!(left(&studio), (61, 2));
    studio.later(5);
    assert_eq!(left(&studio), (0, 0));
    assert!(studio.refused(&mara(), submit(images[0], ReviewList::Full)).starts_with("Mara has no role"));
}
