use kento_studio::Sha256;
use kento_studio::workflow::*;

use crate::studio::*;

pub fn judge(image: Sha256, item: &str, verdict: Verdict) -> Command {
    Command::JudgeItem { image, item: item.to_owned(), verdict }
}

pub fn submit(image: Sha256, list: ReviewList) -> Command {
    Command::SubmitForReview { image, list }
}

/// A keeper at the gate, with other stakes.
pub fn at_gate_with(stakes: Stakes) -> (Studio, Sha256) {
    let mut studio = Studio::briefed_with(Brief { stakes: Some(stakes), ..brief() });
    studio.ok(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    studio.render_all();
    studio.skip_to_gate(&jo());
    studio.ok(&mara(), Command::Keep { image: sha(1) });
    studio.ok(&mara(), alt(sha(1)));
    studio.ok(&mara(), submit(sha(1), ReviewList::Full));
    (studio, sha(1))
}

#[test]
fn only_a_keeper_is_submitted() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    let said = studio.refused(&mara(), submit(images[0], ReviewList::Full));
    assert_eq!(said, format!("{} is not a keeper: keep it first", images[0].auto_v2()));
    studio.ok(&mara(), Command::Keep { image: images[0] });
    studio.ok(&mara(), submit(images[0], ReviewList::Full));
    let said = studio.refused(&mara(), submit(images[0], ReviewList::Full));
    assert!(said.ends_with("is at the gate already: judge it"), "{said}");
    assert!(studio.refused(&mara(), submit(sha(999), ReviewList::Full)).starts_with("there is no image"));
}

#[test]
fn an_approved_hero_may_ship_too() {
    let mut studio = Studio::locked();
    studio.ok(&jo(), Command::SkipStage { stage: Stage::VolumeRun, reason: "one picture".to_owned() });
    studio.ok(&mara(), submit(sha(16), ReviewList::Full));
    studio.clear(&ravi(), sha(16));
    assert!(studio.state.is_cleared(&sha(16)));
}

#[test]
fn every_item_is_judged_before_an_image_is_cleared() {
    let (mut studio, image) = Studio::submitted();
    let clear = Command::ClearImage { image };
    let said = studio.refused(&ravi(), clear.clone());
    let all = "\"hands is right\", \"edges is right\", \"licence is right\"";
    assert_eq!(said, format!("3 of the items are not judged yet: judge {all}"));
    studio.ok(&ravi(), judge(image, "hands", pass()));
    let not = Verdict { judgement: Judgement::NotApplicable, note: String::new(), ..pass() };
    studio.ok(&ravi(), judge(image, "edges", not));
    assert!(studio.refused(&ravi(), clear.clone()).starts_with("1 of the items"));
    studio.ok(&ravi(), judge(image, "licence", pass()));
    let records = studio.ok(&ravi(), clear);
    let approval = Approval::Independent;
    assert_eq!(records[0].action, Action::ImageCleared { image, approval, completes: ClearanceStep::Last });
    assert!(studio.state.is_cleared(&image));
    let said = studio.refused(&mara(), submit(image, ReviewList::Full));
    assert!(said.ends_with("is cleared already: release it"), "{said}");
    assert_eq!(
        studio.refused(&ravi(), judge(image, "hands", pass())),
        "no image is at the gate: submit a keeper for review"
    );
}

#[test]
fn a_failed_item_sends_the_image_back_and_nothing_else_does() {
    let (mut studio, image) = Studio::submitted();
    let back = Command::SendBack { image, note: "mend it".to_owned() };
    let said = studio.refused(&ravi(), back.clone());
    assert_eq!(said, "no item failed: send an image back with the failed items, or veto it with a reason");
    studio.judge_all(&ravi(), image);
    studio.ok(&ravi(), judge(image, "edges", fail()));
    assert_eq!(
        studio.refused(&ravi(), Command::ClearImage { image }),
        "\"edges is right\" failed: send the image back"
    );
    let records = studio.ok(&ravi(), back);
    let Action::ImageSentBack { failed, note, .. } = &records[0].action else { panic!() };
    assert_eq!((failed.as_slice(), note.as_str()), (&["edges".to_owned()][..], "mend it"));
    // The mended image is another one; the old one may come again in a second round, with fresh verdicts.
    studio.ok(&mara(), edit(image, sha(500)));
    studio.ok(&mara(), submit(sha(500), ReviewList::Full));
    studio.ok(&mara(), submit(image, ReviewList::Full));
    let review = studio.state.image(&image).unwrap().review().unwrap();
    assert_eq!((review.round, review.verdicts.len()), (2, 0));
}

#[test]
fn a_later_verdict_supersedes_an_earlier_one() {
    let (mut studio, image) = Studio::submitted();
    studio.judge_all(&ravi(), image);
    studio.ok(&ravi(), judge(image, "edges", fail()));
    studio.ok(&ravi(), judge(image, "edges", pass()));
    studio.ok(&ravi(), Command::ClearImage { image });
}

#[test]
fn the_checklist_is_literal() {
    let (studio, image) = Studio::submitted();
    let said = studio.refused(&ravi(), judge(image, "vibe", pass()));
    assert_eq!(said, "the list review-full has no item \"vibe\": judge one of its items");
    let silent = Verdict { note: " ".to_owned(), ..fail() };
    let said = studio.refused(&ravi(), judge(image, "edges", silent));
    assert_eq!(said, "a fail needs a note: write what is wrong and pin the place");
    let bare = Verdict { note: String::new(), ..pass() };
    let said = studio.refused(&ravi(), judge(image, "licence", bare.clone()));
    assert_eq!(
        said,
        "\"licence is right\" passes only with evidence: attach a file, or write the measured figure as a note"
    );
    let evidence = Verdict { evidence: vec![sha(1)], ..bare };
    assert!(would(&studio.state, &judge(image, "licence", evidence), &ravi(), studio.now).is_yes());
    for (x, y) in [(1.1, 0.5), (0.5, -0.1), (f64::NAN, 0.5)] {
        let outside = Verdict { pins: vec![Pin { x, y }], ..fail() };
        let said = studio.refused(&ravi(), judge(image, "edges", outside));
        assert!(said.starts_with("a pin lies inside the image, x and y from 0 to 1"), "{said}");
    }
    let many = Verdict { pins: vec![Pin { x: 0.5, y: 0.5 }; 51], ..fail() };
    assert!(studio.refused(&ravi(), judge(image, "edges", many)).starts_with("a verdict has at most 50 pins"));
}

#[test]
fn a_verdict_records_reviewer_time_and_the_hash_it_was_judged_on() {
    let (mut studio, image) = Studio::submitted();
    studio.later(3);
    let records = studio.ok(&ravi(), judge(image, "edges", fail()));
    let Action::ItemJudged { image: judged_on, verdict, .. } = &records[0].action else { panic!() };
    assert_eq!((*judged_on, verdict.pins[0]), (image, Pin { x: 0.25, y: 0.75 }));
    assert_eq!((records[0].by.as_str(), records[0].role, records[0].at), ("Ravi", Role::Reviewer, studio.now));
}

#[test]
fn the_maker_does_not_judge() {
    let (mut studio, image) = Studio::submitted();
    studio.ok(&mara(), Command::SwitchRole { to: Role::Reviewer });
    let mara = actor("Mara", Role::Reviewer);
    let rule = "Mara made this image and its maker does not judge it: ask another person";
    assert_eq!(studio.refused(&mara, judge(image, "edges", pass())), rule);
    assert_eq!(studio.refused(&mara, Command::ClearImage { image }), rule);
    assert_eq!(studio.refused(&mara, Command::SendBack { image, note: String::new() }), rule);
    let gate = studio.state.gate(&image, &mara, studio.now).unwrap();
    assert_eq!(gate.may_clear.reason(), Some(rule));
    assert!(
        studio
            .refused(&mara, Command::BeginFreshEyes { images: vec![image] })
            .starts_with("a fresh-eyes pass is for solo")
    );
}

#[test]
fn who_made_a_parent_made_the_image_too() {
    let (mut studio, image, _) = Studio::kept();
    let lena = actor("Lena", Role::Operator);
    studio.ok(&lena, Command::SwitchRole { to: Role::Operator });
    studio.ok(&lena, edit(image, sha(500)));
    studio.ok(&lena, submit(sha(500), ReviewList::Full));
    for name in ["Mara", "Lena"] {
        studio.ok(&actor(name, Role::Operator), Command::SwitchRole { to: Role::Reviewer });
        let said = studio.refused(&actor(name, Role::Reviewer), judge(sha(500), "edges", pass()));
        assert!(said.contains("its maker does not judge it"), "{said}");
    }
}

#[test]
fn a_veto_is_final() {
    let (mut studio, image) = Studio::submitted();
    let veto = |reason: &str| Command::VetoImage { image, reason: reason.to_owned() };
    assert_eq!(studio.refused(&ravi(), veto(" ")), "a veto needs a reason: write why");
    let other = studio.run_images(1)[1];
    let elsewhere = Command::VetoImage { image: other, reason: "x".to_owned() };
    assert!(studio.refused(&ravi(), elsewhere).ends_with("is not at the gate: submit it for review"));
    studio.ok(&ravi(), veto("it looks like a real person"));
    let never = format!("{} was vetoed and never ships: make another image", image.auto_v2());
    assert_eq!(studio.refused(&mara(), submit(image, ReviewList::Full)), never);
    assert_eq!(studio.refused(&ravi(), veto("again")), never);
    assert_eq!(studio.refused(&mara(), repair(image, 0.1, None)), never);
    let (mut studio, image) = Studio::cleared();
    studio.ok(&ravi(), Command::VetoImage { image, reason: "a logo after all".to_owned() });
    assert!(!studio.state.is_cleared(&image), "a veto reaches what is cleared and not released");
}

#[test]
fn one_changed_pixel_voids_a_clearance() {
    let (mut studio, image) = Studio::cleared();
    let changed = Command::ReportChangedFile { image, found: sha(501) };
    let same = Command::ReportChangedFile { image, found: image };
    assert!(studio.refused(&mara(), same).ends_with("nothing changed"));
    studio.ok(&mara(), edit(image, sha(500)));
    assert!(studio.state.is_cleared(&image) && !studio.state.is_cleared(&sha(500)), "an edit is another image");
    studio.ok(&mara(), changed.clone());
    assert!(!studio.state.is_cleared(&image));
    assert!(studio.refused(&mara(), changed).contains("is not cleared"));
    studio.ok(&mara(), submit(image, ReviewList::Full));
}

#[test]
fn internal_work_uses_the_short_list_only_with_a_good_track_record() {
    let (mut studio, image) = at_gate_with(Stakes::Internal);
    studio.clear(&ravi(), image);
    studio.ok(&mara(), Command::Keep { image: sha(2) });
    let said = studio.refused(&mara(), submit(sha(2), ReviewList::Short));
    assert_eq!(
        said,
        "the short list needs internal stakes and a good track record, and here 1 of the 20 reviews that it opens \
         after are done: use the full list"
    );
    let short_list = ShortListRule { least_reviewed: 2, most_rework: 0.5 };
    let settings = ProjectSettings { short_list, ..ProjectSettings::default() };
    studio.ok(&jo(), Command::ChangeSettings { settings, reason: "a small team".to_owned() });
    studio.fail_edges(sha(3));
    assert!(studio.state.track_record().is_good(), "1 of 2 is at most half");
    studio.ok(&mara(), submit(sha(2), ReviewList::Short));
    studio.ok(&mara(), alt(sha(2)));
    studio.ok(&ravi(), judge(sha(2), "edges", pass()));
    studio.ok(&ravi(), Command::ClearImage { image: sha(2) });
    assert!(studio.state.is_cleared(&sha(2)));
    studio.fail_edges(sha(4));
    studio.fail_edges(sha(5));
    assert!(!studio.state.track_record().is_good());
    let raised = Brief { stakes: Some(Stakes::Client), ..brief() };
    let reason = Some("it goes public".to_owned());
    studio.ok(&jo(), Command::WriteBrief { brief: Box::new(raised), reason });
    assert!(!studio.state.is_cleared(&sha(2)), "the short list is not enough for higher stakes");
    assert!(studio.state.is_cleared(&image), "the full list is");
    let said = studio.refused(&mara(), submit(sha(2), ReviewList::Short));
    assert!(said.contains("and here the stakes are client"), "{said}");
}

#[test]
fn stakes_that_rise_during_a_review_need_the_full_list() {
    let (mut studio, image) = at_gate_with(Stakes::Internal);
    studio.clear(&ravi(), image);
    let short_list = ShortListRule { least_reviewed: 1, most_rework: 0.0 };
    let settings = ProjectSettings { short_list, ..ProjectSettings::default() };
    studio.ok(&jo(), Command::ChangeSettings { settings, reason: "x".to_owned() });
    studio.ok(&mara(), Command::Keep { image: sha(2) });
    studio.ok(&mara(), submit(sha(2), ReviewList::Short));
    studio.ok(&ravi(), judge(sha(2), "edges", pass()));
    let raised = Brief { stakes: Some(Stakes::Client), ..brief() };
    studio.ok(&jo(), Command::WriteBrief { brief: Box::new(raised), reason: Some("public".to_owned()) });
    let said = studio.refused(&ravi(), Command::ClearImage { image: sha(2) });
    assert_eq!(
        said,
        "the stakes are client and the image was reviewed on the short list: submit it again for the full list"
    );
    assert!(studio.refused(&mara(), submit(sha(2), ReviewList::Short)).ends_with("is at the gate already: judge it"));
    studio.ok(&mara(), submit(sha(2), ReviewList::Full));
    let reviews = &studio.state.image(&sha(2)).unwrap().reviews;
    assert_eq!((reviews[0].outcome.clone(), reviews[1].round), (Some(Outcome::Superseded), 2));
    assert!(reviews[1].verdicts.is_empty(), "the longer list is judged from its first item");
    let before = studio.state.track_record().reviewed;
    assert!(studio.refused(&mara(), submit(sha(2), ReviewList::Full)).ends_with("is at the gate already: judge it"));
    studio.clear(&ravi(), sha(2));
    assert!(studio.state.is_cleared(&sha(2)));
    assert_eq!((before, studio.state.track_record().reviewed), (1, 1), "the rule looks at the latest one");
    let rework = studio.state.series(Metric::Rework, None);
    assert_eq!(rework.points.len(), 2, "the superseded round is no rework");
}

#[test]
fn regulated_work_needs_all_items_and_two_people() {
    let (mut studio, image) = at_gate_with(Stakes::Regulated);
    let said = studio.refused(&mara(), submit(sha(2), ReviewList::Short));
    assert!(said.contains("not a keeper") || said.contains("the stakes are regulated"), "{said}");
    studio.judge_all(&ravi(), image);
    let records = studio.ok(&ravi(), Command::ClearImage { image });
    assert!(matches!(records[0].action, Action::ImageCleared { completes: ClearanceStep::First, .. }));
    assert!(!studio.state.is_cleared(&image), "one person is not enough");
    let said = studio.refused(&ravi(), Command::ClearImage { image });
    assert_eq!(said, "Ravi cleared it already and regulated work needs two people: ask another Reviewer");
    let ana = actor("Ana", Role::Reviewer);
    studio.ok(&ana, Command::SwitchRole { to: Role::Reviewer });
    let said = studio.refused(&ana, Command::ClearImage { image });
    assert!(said.starts_with("3 of the items are not judged yet"), "each of the two judges every item: {said}");
    assert_eq!(studio.state.gate(&image, &ana, studio.now).unwrap().clearances, (1, 2));
    studio.clear(&ana, image);
    assert!(studio.state.is_cleared(&image));
}

#[test]
fn work_that_is_no_longer_regulated_needs_one_person() {
    let (mut studio, image) = at_gate_with(Stakes::Regulated);
    studio.clear(&ravi(), image);
    let with = |stakes| {
        let brief = Box::new(Brief { stakes: Some(stakes), ..brief() });
        Command::WriteBrief { brief, reason: Some("who will see it is known now".to_owned()) }
    };
    studio.ok(&jo(), with(Stakes::Client));
    assert!(!studio.state.is_cleared(&image), "nobody cleared it for these stakes yet");
    let records = studio.ok(&ravi(), Command::ClearImage { image });
    assert!(matches!(records[0].action, Action::ImageCleared { completes: ClearanceStep::Last, .. }));
    assert!(studio.state.is_cleared(&image));
    studio.ok(&jo(), with(Stakes::Regulated));
    assert!(!studio.state.is_cleared(&image), "twice the same person is one person");
}

/// Jo alone, with every hat, and one keeper at the gate.
pub fn solo(stakes: Stakes) -> (Studio, Vec<Sha256>) {
    let mut studio = Studio::empty();
    let wear = |studio: &mut Studio, role| {
        let worn = studio.state.role_of(&person("Jo")).unwrap();
        studio.ok(&actor("Jo", worn), Command::SwitchRole { to: role });
    };
    let (director, operator) = (actor("Jo", Role::Director), actor("Jo", Role::Operator));
    studio.ok(&director, start_command());
    let brief = Brief { stakes: Some(stakes), ..brief() };
    studio.ok(&director, Command::WriteBrief { brief: Box::new(brief), reason: None });
    studio.ok(&director, Command::CompleteBrief);
    studio.skip_to_gate(&director);
    wear(&mut studio, Role::Operator);
    studio.ok(&operator, Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    studio.render_all();
    let images = vec![sha(1), sha(2), sha(3)];
    for image in &images {
        studio.ok(&operator, Command::Keep { image: *image });
        studio.ok(&operator, submit(*image, ReviewList::Full));
    }
    wear(&mut studio, Role::Reviewer);
    (studio, images)
}

#[test]
fn a_solo_project_asks_for_a_fresh_eyes_pass_before_the_first_tick() {
    let (mut studio, images) = solo(Stakes::Client);
    let jo = actor("Jo", Role::Reviewer);
    let tick = |image| judge(image, "edges", pass());
    let rule = "you made this image: begin a fresh-eyes pass with it before the first tick";
    assert_eq!(studio.refused(&jo, tick(images[0])), rule);
    let begin = Command::BeginFreshEyes { images: images.clone() };
    let said = studio.refused(&jo, begin.clone());
    let early = "the fresh-eyes pass needs a pause of 20 minutes since the last edit: come back in";
    assert_eq!(said, format!("{early} 20 minutes"));
    studio.later(8);
    assert_eq!(studio.refused(&jo, begin.clone()), format!("{early} 12 minutes"));
    studio.later(12);
    studio.ok(&jo, begin);
    let order = studio.state.fresh_eyes().unwrap().order.clone();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(sorted, images, "the same images");
    assert_ne!(order, images, "in another order");
    let said = studio.refused(&jo, tick(order[0]));
    assert!(
        said.ends_with("was not yet seen mirrored and at 100 % zoom in this pass: look at it both ways first"),
        "{said}"
    );
    let seen = |image, view| Command::ReportSeen { image, view };
    let said = studio.refused(&jo, seen(order[1], FreshView::Mirrored));
    assert!(said.starts_with("the pass shows the images in shuffled order and"), "{said}");
    studio.ok(&jo, seen(order[0], FreshView::Mirrored));
    assert!(studio.refused(&jo, seen(order[0], FreshView::Mirrored)).contains("was shown that way"));
    assert!(studio.refused(&jo, tick(order[0])).contains("was not yet seen"));
    studio.ok(&jo, seen(order[0], FreshView::FullZoom));
    studio.clear(&jo, order[0]);
    assert!(studio.refused(&jo, tick(order[1])).contains("was not yet seen"));
    let records = &studio.records;
    assert!(matches!(
        records.last().unwrap().action,
        Action::ImageCleared { approval: Approval::SelfApproval, completes: ClearanceStep::Last, .. }
    ));
    assert!(studio.state.log().last().unwrap().text.ends_with("(self-approval)"));
}

#[test]
fn a_self_approval_is_marked_in_the_release_too() {
    let (mut studio, images) = solo(Stakes::Client);
    let jo = actor("Jo", Role::Reviewer);
    studio.later(20);
    studio.ok(&jo, Command::BeginFreshEyes { images: vec![images[0]] });
    for view in [FreshView::Mirrored, FreshView::FullZoom] {
        studio.ok(&jo, Command::ReportSeen { image: images[0], view });
    }
    studio.ok(&jo, alt(images[0]));
    studio.clear(&jo, images[0]);
    let (image, subject) = (images[0], "boat".to_owned());
    let request = ReleaseRequest { image, file_sha256: image, subject, disclosure: None };
    let records = studio.ok(&jo, Command::ReleaseImages { images: vec![request] });
    assert!(matches!(&records[0].action, Action::ImageReleased { approval: Approval::SelfApproval, .. }));
}

#[test]
fn the_pause_is_counted_from_the_last_edit_and_the_pass_ends_with_the_next() {
    let (mut studio, images) = solo(Stakes::Client);
    let jo = actor("Jo", Role::Reviewer);
    studio.later(19);
    assert!(
        studio.refused(&jo, Command::BeginFreshEyes { images: images.clone() }).ends_with("come back in 1 minutes")
    );
    let said = studio.refused(&jo, Command::BeginFreshEyes { images: vec![] });
    assert_eq!(said, "no image is chosen: choose those at the gate");
    let twice = Command::BeginFreshEyes { images: vec![images[0], images[0]] };
    assert_eq!(studio.refused(&jo, twice), "an image is chosen twice: choose each once");
    studio.later(1);
    studio.ok(&jo, Command::BeginFreshEyes { images: vec![images[0]] });
    let said = studio.refused(&jo, Command::ReportSeen { image: images[1], view: FreshView::Mirrored });
    assert!(said.ends_with("is not in this fresh-eyes pass: begin a pass with it"), "{said}");
    // The clock is set back: the pause gets longer, nothing breaks.
    studio.later(-600);
    assert!(studio.refused(&jo, Command::BeginFreshEyes { images }).contains("come back in 600 minutes"));
}

#[test]
fn a_second_person_ends_the_solo_project() {
    let (mut studio, images) = solo(Stakes::Client);
    studio.later(30);
    studio.ok(&ravi(), Command::SwitchRole { to: Role::Reviewer });
    let jo = actor("Jo", Role::Reviewer);
    let begin = Command::BeginFreshEyes { images: images.clone() };
    assert!(would(&studio.state, &begin, &jo, studio.now).is_yes(), "a hat alone is no work: the name may be mistyped");
    studio.ok(&ravi(), judge(images[0], "edges", pass()));
    let said = studio.refused(&jo, begin);
    assert_eq!(said, "a fresh-eyes pass is for solo projects and 2 people work in this one: let another person review");
    assert!(studio.refused(&jo, judge(images[0], "edges", pass())).contains("its maker does not judge it"));
    studio.clear(&ravi(), images[0]);
}

#[test]
fn regulated_work_is_never_self_approved() {
    let (mut studio, images) = solo(Stakes::Regulated);
    studio.later(30);
    let said = studio.refused(&actor("Jo", Role::Reviewer), judge(images[0], "edges", pass()));
    assert_eq!(said, "you made this image and regulated work needs two people who did not: ask them to review it");
}

#[test]
fn the_pause_is_a_setting() {
    let (mut studio, images) = solo(Stakes::Client);
    let (reviewer, director) = (actor("Jo", Role::Reviewer), actor("Jo", Role::Director));
    studio.ok(&reviewer, Command::SwitchRole { to: Role::Director });
    let settings = ProjectSettings { fresh_eyes_minutes: 0, ..ProjectSettings::default() };
    studio.ok(&director, Command::ChangeSettings { settings, reason: "a demo".to_owned() });
    studio.ok(&director, Command::SwitchRole { to: Role::Reviewer });
    studio.ok(&reviewer, Command::BeginFreshEyes { images });
}
