use kento_studio::workflow::{Command, CommandKind, ReviewList, Stage};

use super::{Act, How, Place, Unsaved, acts};
use crate::desk::Selection;
use crate::frame::{PanelKind, StageState};
use crate::panels::concept_grid::world::{World, jo, mara, ravi, sha};
use crate::widgets::Allowed;

fn list(world: &World, selection: &Selection) -> Vec<Act> {
    acts(&world.input(), selection, Unsaved::default())
}

fn possible(world: &World, selection: &Selection) -> Vec<String> {
    list(world, selection).into_iter().filter(|act| act.allowed.is_yes()).map(|act| act.title).collect()
}

fn the(acts: &[Act], kind: CommandKind) -> &Act {
    acts.iter().find(|act| act.kind == kind).unwrap()
}

#[test]
fn what_is_possible_follows_the_stage_and_the_hat() {
    let nothing = Selection::default();
    let mut world = World::started();
    world.actor = jo();
    let said = possible(&world, &nothing);
    assert!(said.contains(&"Write the brief…".to_owned()), "{said:?}");
    assert!(!said.contains(&"Complete the brief".to_owned()), "there is no brief yet: {said:?}");

    let mut world = World::briefed();
    assert_eq!(possible(&world, &nothing)[0], "Queue the sprint…", "what the stage asks for stands first");
    world.actor = jo();
    let said = possible(&world, &nothing);
    assert!(said.contains(&"Skip Concept sprint…".to_owned()), "{said:?}");
    let all = list(&world, &nothing);
    let sprint = the(&all, CommandKind::StartConceptSprint);
    assert!(sprint.allowed.reason().unwrap().starts_with("starting a concept sprint needs an Operator"));
    assert_eq!(the(&all, CommandKind::SkipStage).how, How::Show(Place::Stage(1)));

    let mut world = World::sprinted();
    let candidates = [1, 2, 3].map(sha).to_vec();
    world.act(&mara(), Command::ProposeMoodboard { candidates: candidates.clone() });
    world.act(&jo(), Command::RankMoodboard { candidates });
    world.actor = jo();
    assert!(possible(&world, &nothing).contains(&"Approve the direction…".to_owned()));
}

#[test]
fn what_needs_no_more_words_is_done_at_once() {
    let mut world = World::ran();
    let image = sha(27);
    let selection = Selection { image: Some(image), ..Selection::default() };
    let all = list(&world, &selection);
    let keep = the(&all, CommandKind::Keep);
    assert_eq!(keep.title, format!("Keep the image {}", image.auto_v2()));
    assert_eq!((keep.allowed.is_yes(), &keep.how), (true, &How::Decide(Box::new(Command::Keep { image }))));
    // The very rule of the image, and not only that of its stage.
    let submit = the(&all, CommandKind::SubmitForReview);
    assert!(!submit.allowed.is_yes(), "an image that is no keeper was submitted");
    assert_eq!(the(&all, CommandKind::StartVolumeRun).how, How::Show(Place::Recipe));
    let card = world.state.cards().keys().next().unwrap().clone();
    assert_eq!(the(&all, CommandKind::ProveCard).title, format!("Prove the recipe of {card}"));

    world.act(&mara(), Command::Keep { image });
    world.act(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    world.actor = ravi();
    let all = list(&world, &selection);
    let clear = the(&all, CommandKind::ClearImage);
    assert_eq!(clear.how, How::Decide(Box::new(Command::ClearImage { image })));
    assert!(clear.allowed.reason().is_some(), "an image with open items was cleared");
    assert!(the(&all, CommandKind::SendBack).title.ends_with('…'));
}

#[test]
fn what_is_typed_is_not_passed_over() {
    let mut world = World::briefed();
    world.actor = jo();
    let unsaved = Unsaved { brief: true, card: true, ..Unsaved::default() };
    let all = acts(&world.input(), &Selection::default(), unsaved);
    assert_eq!(the(&all, CommandKind::CompleteBrief).how, How::Show(Place::Brief));
    let world = World::locked();
    let all = acts(&world.input(), &Selection::default(), unsaved);
    assert_eq!(the(&all, CommandKind::ProveCard).how, How::Show(Place::Recipe));
}

#[test]
fn nothing_is_submitted_or_cleared_past_an_alt_text_that_is_typed_or_a_file_that_changed() {
    let mut world = World::ran();
    let image = sha(27);
    world.act(&mara(), Command::Keep { image });
    let selection = Selection { image: Some(image), ..Selection::default() };
    let gate = How::Show(Place::Panel(PanelKind::Checklist));
    let hindered =
        [Unsaved { alt_text: true, ..Unsaved::default() }, Unsaved { changed_file: true, ..Unsaved::default() }];
    let how = |world: &World, kind, unsaved| the(&acts(&world.input(), &selection, unsaved), kind).how.clone();
    let submit = Command::SubmitForReview { image, list: ReviewList::Full };
    let decides = How::Decide(Box::new(submit.clone()));
    assert_eq!(how(&world, CommandKind::SubmitForReview, Unsaved::default()), decides);
    for unsaved in hindered {
        assert_eq!(how(&world, CommandKind::SubmitForReview, unsaved), gate);
    }
    world.act(&mara(), submit);
    world.actor = ravi();
    for unsaved in hindered {
        assert_eq!(how(&world, CommandKind::ClearImage, unsaved), gate);
    }
}

#[test]
fn a_skipped_stage_is_taken_up_after_all() {
    let mut world = World::briefed();
    world.actor = jo();
    let nothing = Selection::default();
    let resume = |world: &World| the(&list(world, &nothing), CommandKind::ResumeStage).clone();
    assert_eq!(resume(&world).allowed.reason(), Some("no stage is skipped"));
    let reason = "a small job".to_owned();
    world.act(&jo(), Command::SkipStage { stage: Stage::ConceptSprint, reason });
    let taken_up = resume(&world);
    assert_eq!(taken_up.title, "Take up Concept sprint after all");
    let command = Command::ResumeStage { stage: Stage::ConceptSprint };
    assert_eq!((taken_up.allowed.is_yes(), taken_up.how), (true, How::Decide(Box::new(command))));
}

#[test]
fn every_stage_that_can_be_left_out_is_offered_also_when_it_is_done() {
    let mut world = World::locked();
    let nothing = Selection::default();
    let skips = |world: &World| -> Vec<(String, How)> {
        let all = list(world, &nothing).into_iter().filter(|act| act.kind == CommandKind::SkipStage);
        all.filter(|act| act.allowed.is_yes()).map(|act| (act.title, act.how)).collect()
    };
    assert_eq!(skips(&world), [], "that is the Director's");
    world.actor = jo();
    let titles = ["Concept sprint", "Lock-in pass", "Volume run", "Fix-and-finish", "Release"];
    let expected = titles.iter().zip([1, 2, 3, 4, 6]);
    let expected: Vec<_> =
        expected.map(|(stage, place)| (format!("Skip {stage}…"), How::Show(Place::Stage(place)))).collect();
    assert_eq!(skips(&world), expected);
    let rail = crate::desk::stages(&world.input());
    assert_eq!([rail[1].state, rail[2].state], [StageState::Done; 2]);
    let can_be: Vec<bool> = rail.iter().map(|stage| stage.skipping == Some(Allowed::Yes)).collect();
    assert_eq!(can_be, [false, true, true, true, true, false, true]);
    let reason = "one picture came from elsewhere".to_owned();
    world.act(&jo(), Command::SkipStage { stage: Stage::LockInPass, reason });
    assert_eq!(skips(&world).len(), 4);
}

#[test]
fn nobody_acts_where_the_project_is_open_for_reading() {
    let world = World::ran();
    let mut input = world.input();
    input.read_only = Some("another window has it");
    let all = acts(&input, &Selection::default(), Unsaved::default());
    assert!(all.len() > 30);
    for act in all {
        assert!(act.allowed.reason().is_some(), "{} is possible", act.title);
    }
}
