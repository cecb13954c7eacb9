//! The cull with the whole window: what its keys do, where they do nothing, and what is left when everything is decided.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use kento_studio::JobId;
use kento_studio::workflow::{
    Command, CullDecision, Edit, EditKind, EditedImage, Judgement, Metric, RejectReason, ReviewList, TileStatus,
    Verdict,
};

use super::scene::{cull_beside, decided, image, keep, key, press, scene, settle};
use super::world::{World, jo, mara, ravi, sha};
use crate::panels::concept_grid::data::{CullMode, FullCull, RunData};
use crate::raster::Raster;
use crate::theme::ThemeChoice;

const WIDE: [f32; 2] = [1280.0, 700.0];

type Window = egui_kittest::Harness<'static, super::scene::Scene>;

fn wide(world: World) -> Window {
    scene(world, WIDE, ThemeChoice::Dark, &Raster::default())
}

fn first_job(harness: &Window) -> u64 {
    harness.state().world.state.runs()[0].jobs[0].0
}

fn reject(image: kento_studio::Sha256, reason: RejectReason, note: &str) -> Command {
    Command::Reject { image, reason, note: note.to_owned() }
}

fn progress(harness: &Window) -> String {
    let cull = FullCull::of(&RunData::of(&harness.state().world.input(), None).unwrap(), 0);
    assert!(harness.query_by_label(&cull.progress).is_some(), "{} is not shown", cull.progress);
    cull.progress
}

#[test]
fn one_key_decides_each_picture_and_the_next_one_comes() {
    let mut harness = wide(World::ran());
    let first = first_job(&harness);
    press(&mut harness, "Cull");
    assert!(harness.state_mut().panel_claims_all());
    assert!(harness.query_by_label("Table").is_none(), "the grid is still there");
    assert_eq!(progress(&harness), "0 of 20 decided · – of them kept (expected 1 in 4)");
    key(&mut harness, Key::K);
    assert_eq!(progress(&harness), "1 of 20 decided · 100 % of them kept (expected 1 in 4)");
    key(&mut harness, Key::Num2);
    key(&mut harness, Key::X);
    key(&mut harness, Key::Num1);
    key(&mut harness, Key::O);
    assert!(harness.get_by_label("Note on the rejection").is_focused(), "other needs its note");
    harness.get_by_label("Note on the rejection").type_text("two masts");
    settle(&mut harness);
    key(&mut harness, Key::Enter);
    assert_eq!(progress(&harness), "4 of 20 decided · 25 % of them kept (expected 1 in 4)");
    let images: Vec<_> = (0..5).map(|row| image(&harness, first + row)).collect();
    assert_eq!(harness.state().selection.image, Some(images[4]));
    let expected = [
        Command::Keep { image: images[0] },
        reject(images[1], RejectReason::Artefact, ""),
        reject(images[2], RejectReason::Anatomy, ""),
        reject(images[3], RejectReason::Other, "two masts"),
    ];
    assert_eq!(decided(&harness), expected);
    key(&mut harness, Key::Z);
    assert_eq!(decided(&harness).last(), Some(&Command::WithdrawCull { image: images[3] }));
    assert_eq!(harness.state().selection.image, Some(images[3]));
    for (arrow, place) in [(Key::ArrowLeft, 2), (Key::ArrowLeft, 1), (Key::ArrowRight, 2)] {
        key(&mut harness, arrow);
        assert_eq!(harness.state().selection.image, Some(images[place]));
    }
    // Another decision of a picture goes on to the next that waits, not to the neighbour.
    key(&mut harness, Key::K);
    assert_eq!(harness.state().selection.image, Some(images[3]));
}

#[test]
fn escape_leaves_the_grid_as_it_was() {
    let mut harness = wide(World::ran());
    for is_on in [false, true] {
        if is_on {
            cull_beside(&mut harness);
            harness.state_mut().toggle_cull();
            settle(&mut harness);
        } else {
            press(&mut harness, "Cull");
        }
        assert!(harness.query_by_label("Leave the cull, back to all panels").is_some());
        key(&mut harness, Key::Escape);
        assert!(!harness.state_mut().panel_claims_all());
        assert_eq!(harness.query_by_label("End the cull").is_some(), is_on, "the cull beside the panels changed");
    }
    assert_eq!(decided(&harness), []);
}

#[test]
fn another_hat_gives_the_window_back_and_who_may_not_cull_never_gets_it() {
    let mut harness = wide(World::ran());
    press(&mut harness, "Cull");
    harness.state_mut().world.actor = jo();
    assert!(!harness.state_mut().panel_claims_all());
    settle(&mut harness);
    assert!(!harness.state_mut().toggle_cull().is_yes(), "a Director does not cull");
    harness.state_mut().world.actor = mara();
    settle(&mut harness);
    assert!(harness.query_by_label("Cull").is_some());
    assert!(!wide(World::locked()).state_mut().toggle_cull().is_yes(), "there is no run yet");
}

#[test]
fn whatever_had_the_keyboard_before_gives_it_up_at_once() {
    let mut harness = wide(World::ran());
    harness.get_by_label("Table").focus();
    settle(&mut harness);
    harness.state_mut().toggle_cull();
    harness.key_press(Key::K);
    harness.step();
    settle(&mut harness);
    assert_eq!(decided(&harness).len(), 1, "the first key after the one that opens it was lost");
}

#[test]
fn a_note_that_is_written_culls_nothing() {
    let mut harness = wide(World::ran());
    press(&mut harness, "Cull");
    key(&mut harness, Key::X);
    harness.get_by_label("Note on the rejection").focus();
    settle(&mut harness);
    for letter in [Key::K, Key::Num3, Key::ArrowRight, Key::U] {
        key(&mut harness, letter);
    }
    assert_eq!(decided(&harness), []);
    assert!(harness.query_by_label("Note on the rejection").is_some());
}

#[test]
fn when_all_is_decided_a_summary_says_what_it_came_to() {
    let raster = Raster::default();
    let mut harness = scene(World::drawn_run(), WIDE, ThemeChoice::Dark, &raster);
    let first = first_job(&harness);
    press(&mut harness, "Cull");
    keep(&harness, &raster, "cull-full");
    for place in 0..20 {
        key(&mut harness, if place % 4 == 0 { Key::K } else { [Key::Num1, Key::Num1, Key::Num3][place % 3] });
    }
    keep(&harness, &raster, "cull-full-summary");
    assert!(harness.query_by_label("All 20 pictures are decided").is_some());
    assert!(harness.query_by_label("5 of 20 kept, 25 %").is_some());
    assert!(harness.query_by_label("anatomy: 10 rejected").is_some());
    let before = decided(&harness).len();
    key(&mut harness, Key::K);
    key(&mut harness, Key::Num2);
    assert_eq!(decided(&harness).len(), before, "a picture that nobody sees was decided");
    press(&mut harness, "Look through them again");
    assert!(harness.query_by_label("All 20 pictures are decided").is_none());
    assert_eq!(harness.state().selection.image, Some(image(&harness, first)));
    key(&mut harness, Key::Num4);
    assert_eq!(harness.state().world.state.runs()[0].jobs.len(), 20);
    let status = harness.state().world.state.tile(JobId(first));
    assert!(matches!(status, TileStatus::Rejected { reason: RejectReason::OffBrief, .. }), "{status:?}");
    assert!(harness.query_by_label("4 of 20 kept, 20 %").is_some());
    press(&mut harness, "Undo the last");
    assert_eq!(harness.state().world.state.tile(JobId(first)), TileStatus::Kept);
    press(&mut harness, "Leave the cull, back to all panels");
    assert!(harness.query_by_label("Table").is_some());
}

#[test]
fn a_run_that_is_still_made_goes_on_with_the_next_picture() {
    let mut world = World::locked();
    world.start_run();
    world.render(JobId(27));
    let mut harness = wide(world);
    press(&mut harness, "Cull");
    key(&mut harness, Key::K);
    assert!(harness.query_by_label("All 1 that are made are decided").is_some());
    harness.state_mut().world.render(JobId(29));
    settle(&mut harness);
    assert!(harness.query_by_label("All 1 that are made are decided").is_none());
    assert_eq!(harness.state().selection.image, Some(image(&harness, 29)));
    key(&mut harness, Key::ArrowLeft);
    assert!(harness.query_by_label("This picture is not made yet").is_some());
    assert!(harness.query_by_label("Keep, not possible: the picture is not made yet").is_some());
    assert_eq!(progress(&harness), "1 of 20 decided · 100 % of them kept (expected 1 in 4)");
}

#[test]
fn the_numbers_of_a_run_are_its_own() {
    let mut world = World::ran();
    let text = |value: f64| format!("{value:.2}");
    let bars = |world: &World, metric| crate::desk::bars(&world.state, metric, text);
    let labels = |bars: &[crate::frame::NumberBar]| -> Vec<String> {
        bars.iter().map(|bar| format!("{} {}", bar.label, bar.text)).collect()
    };
    assert_eq!(bars(&world, Metric::KeepRate).map(|bars| bars.len()), [0, 0, 0], "nothing is decided yet");
    let images: Vec<_> = world.state.images_of_jobs(&world.state.runs()[0].jobs.clone()).collect();
    for (place, image) in images.iter().enumerate() {
        let reject = reject(*image, RejectReason::Colour, "");
        world.act(&mara(), if place < 4 { Command::Keep { image: *image } } else { reject });
    }
    world.start_run();
    world.render_all();
    let [weeks, runs, recipes] = bars(&world, Metric::KeepRate);
    // The second run is not culled yet, and counts where both are one.
    assert_eq!(labels(&runs), ["Run 1 0.20"]);
    assert_eq!((weeks.len(), labels(&weeks)[0].as_str()), (1, "16 Nov 0.10"));
    assert_eq!(labels(&recipes), ["harbour-flat-r1 0.10"]);
    assert_eq!(bars(&world, Metric::Rework).map(|bars| bars.len()), [0, 0, 0]);
    let image = images[0];
    world.act(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    let (judgement, note) = (Judgement::Fail, "the sail is torn".to_owned());
    let verdict = Verdict { judgement, note, evidence: Vec::new(), pins: Vec::new() };
    world.act(&ravi(), Command::JudgeItem { image, item: "hands".to_owned(), verdict });
    world.act(&ravi(), Command::SendBack { image, note: "mend the sail".to_owned() });
    assert_eq!(labels(&bars(&world, Metric::Rework)[1]), ["Run 1 1.00"]);
    // What was made of the run's images in Fix-and-finish is of the run too.
    let mended = sha(900);
    let result = EditedImage { sha256: mended, pixels_sha256: mended, width: 256, height: 256 };
    let edit = Edit { kind: EditKind::ColourCorrection, note: "the sail".to_owned(), inputs: Vec::new() };
    world.act(&mara(), Command::RecordEdit { parent: image, result, edit });
    world.act(&mara(), Command::WriteAltText { image: mended, text: "A boat.".to_owned() });
    world.act(&mara(), Command::SubmitForReview { image: mended, list: ReviewList::Full });
    let items = world.state.checklist("review-full").unwrap().items.clone();
    for item in items {
        let (judgement, note) = (Judgement::Pass, "seen".to_owned());
        let verdict = Verdict { judgement, note, evidence: Vec::new(), pins: Vec::new() };
        world.act(&ravi(), Command::JudgeItem { image: mended, item: item.id, verdict });
    }
    world.act(&ravi(), Command::ClearImage { image: mended });
    assert_eq!(labels(&bars(&world, Metric::Rework)[1]), ["Run 1 0.50"]);
    assert_eq!(labels(&bars(&world, Metric::IterationsPerFinal)[1]), ["Run 1 20.00"]);
}

#[test]
fn what_was_decided_a_moment_ago_does_not_come_again() {
    let mut world = World::ran();
    let mut cull = CullMode::default();
    cull.toggle_full();
    let images: Vec<_> = world.state.images_of_jobs(&world.state.runs()[0].jobs.clone()).collect();
    for image in &images[..19] {
        world.act(&mara(), Command::Keep { image: *image });
    }
    world.act(&mara(), Command::WithdrawCull { image: images[0] });
    let run = RunData::of(&world.input(), None).unwrap();
    cull.send(&world.state, images[19], CullDecision::Keep);
    assert_eq!((run.next_undecided(Some(18)), cull.next(&run, Some(18))), (Some(19), Some(0)));
}
