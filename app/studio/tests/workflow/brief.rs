use kento_studio::workflow::*;

use crate::studio::*;

fn write(brief: Brief) -> Command {
    Command::WriteBrief { brief: Box::new(brief), reason: None }
}

#[test]
fn trigger_1_without_a_one_sentence_intent_the_sprint_cannot_start() {
    let mut studio = Studio::started();
    let intent = "A calm harbour. It should also be lively.".to_owned();
    studio.ok(&jo(), write(Brief { intent, ..brief() }));
    let said = studio.refused(&jo(), Command::CompleteBrief);
    assert_eq!(said, "the intent has 2 sentences: say it in one; the sprint waits for the brief");
    let said = studio.refused(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    assert_eq!(said, "the intent has 2 sentences: say it in one; the sprint waits for the brief");
}

#[test]
fn a_brief_is_complete_when_each_field_is_filled_or_not_needed_with_a_reason() {
    let mut studio = Studio::started();
    let open = Brief { mood: Answer::Open, licensing: Answer::NotNeeded { because: " ".to_owned() }, ..brief() };
    assert_eq!(open.completeness(), (10, 12));
    studio.ok(&jo(), write(open));
    let said = studio.refused(&jo(), Command::CompleteBrief);
    assert_eq!(said, "the brief is not complete: fill in or mark as not needed: mood, licensing context");
    let mood = Answer::NotNeeded { because: "a technical drawing".to_owned() };
    studio.ok(&jo(), write(Brief { mood, ..brief() }));
    assert!(!studio.state.brief_is_complete(), "the Director declares it");
    let sprint = Command::StartConceptSprint { plan: Box::new(plan(3, 5)) };
    assert!(studio.refused(&mara(), sprint.clone()).contains("not declared complete"));
    studio.ok(&jo(), Command::CompleteBrief);
    assert!(studio.state.brief_is_complete());
    studio.ok(&mara(), sprint);
    assert!(studio.refused(&jo(), Command::CompleteBrief).contains("complete already"));
}

#[test]
fn every_field_of_the_brief_counts() {
    let empty = Brief::open("x");
    assert_eq!(empty.missing(), BriefField::ALL);
    assert_eq!(empty.completeness(), (0, 12));
    assert_eq!(brief().missing(), []);
    let zero = Brief { iteration_budget: Answer::Filled(0), palette: Answer::Filled(vec![]), ..brief() };
    assert_eq!(zero.missing(), [BriefField::Palette, BriefField::IterationBudget]);
    let can = BriefField::ALL.into_iter().filter(|field| !field.can_be_left_out());
    assert_eq!(can.collect::<Vec<_>>(), [BriefField::Intent, BriefField::Stakes]);
}

#[test]
fn the_brief_belongs_to_the_director() {
    let studio = Studio::started();
    assert!(studio.refused(&mara(), write(brief())).starts_with("writing the brief needs a Director"));
    assert_eq!(studio.refused(&jo(), Command::CompleteBrief), "there is no brief yet: write it");
    let said = studio.refused(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    assert_eq!(said, "there is no brief yet: write it");
}

#[test]
fn a_complete_brief_is_revised_only_with_a_reason() {
    let mut studio = Studio::briefed();
    let said = studio.refused(&jo(), write(brief()));
    assert_eq!(said, "revising a complete brief needs a reason: write why");
    let reason = Some("the client wants evening light".to_owned());
    let open = Brief { mood: Answer::Open, ..brief() };
    studio.ok(&jo(), Command::WriteBrief { brief: Box::new(open), reason });
    assert!(!studio.state.brief_is_complete(), "an open field sends everything back to the brief");
    assert_eq!(studio.state.brief().unwrap().revision, 2);
    let said = studio.refused(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    assert_eq!(said, "the brief is not complete: fill in or mark as not needed: mood");
}

#[test]
fn texts_that_no_record_can_hold_are_refused() {
    let studio = Studio::started();
    let said = studio.refused(&jo(), write(Brief { mood: Answer::Filled("calm\0".to_owned()), ..brief() }));
    assert_eq!(said, "the mood contains a control character: remove it");
    let said = studio.refused(&jo(), write(Brief { mood: Answer::Filled("x".repeat(4_001)), ..brief() }));
    assert_eq!(said, "the mood has 4001 characters and at most 4000 are accepted: shorten it");
    let said = studio.refused(&jo(), write(Brief { name: "Spring Harbour".to_owned(), ..brief() }));
    assert_eq!(said, "a brief's name has 1 to 40 of the characters a-z, 0-9 and -: rename it");
}

#[test]
fn intake_and_review_gate_can_never_be_skipped() {
    let studio = Studio::started();
    for (stage, name) in [(Stage::Brief, "Brief"), (Stage::ReviewGate, "Review gate")] {
        let said = studio.refused(&jo(), Command::SkipStage { stage, reason: "small job".to_owned() });
        assert_eq!(said, format!("{name} can never be skipped: a small job may be just a sprint and the gate"));
    }
}

#[test]
fn a_stage_is_skipped_only_knowingly_and_the_skip_is_recorded_with_its_reason() {
    let mut studio = Studio::briefed();
    let skip = |reason: &str| Command::SkipStage { stage: Stage::ConceptSprint, reason: reason.to_owned() };
    assert_eq!(studio.refused(&jo(), skip("  ")), "skipping a stage needs a reason: write why");
    assert!(studio.refused(&mara(), skip("no time")).starts_with("skipping a stage needs a Director"));
    studio.ok(&jo(), skip("the client chose the look"));
    assert_eq!(studio.state.skips()[&Stage::ConceptSprint].reason, "the client chose the look");
    let said = studio.refused(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    assert_eq!(said, "Concept sprint is skipped: resume the stage first");
    assert_eq!(studio.refused(&jo(), skip("again")), "Concept sprint is skipped: resume the stage first");
    // The lock-in pass may begin without a direction now.
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
    studio.ok(&jo(), Command::ResumeStage { stage: Stage::ConceptSprint });
    let said = studio.refused(&jo(), Command::ResumeStage { stage: Stage::ConceptSprint });
    assert_eq!(said, "Concept sprint is not skipped: go on with it");
}

#[test]
fn a_small_job_may_be_just_sprint_and_gate() {
    let mut studio = Studio::briefed();
    for stage in [Stage::LockInPass, Stage::VolumeRun, Stage::FixAndFinish] {
        studio.ok(&jo(), Command::SkipStage { stage, reason: "one sketch".to_owned() });
    }
    let scope = SprintScope::Compressed { reason: "one sketch".to_owned() };
    studio.ok(&mara(), Command::StartConceptSprint { plan: Box::new(SprintPlan { scope, ..plan(1, 4) }) });
    studio.render_all();
    studio.ok(&mara(), Command::Keep { image: sha(1) });
    studio.ok(&mara(), Command::SubmitForReview { image: sha(1), list: ReviewList::Full });
    studio.clear(&ravi(), sha(1));
    assert!(studio.state.is_cleared(&sha(1)));
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
    assert_eq!(said, "Lock-in pass is skipped: resume the stage first");
}
