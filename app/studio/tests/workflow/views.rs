use kento_studio::JobId;
use kento_studio::workflow::*;

use crate::studio::*;

fn rail(studio: &Studio) -> String {
    let word = |view: &StageView| match &view.status {
        StageStatus::Done => "done",
        StageStatus::Current => "current",
        StageStatus::Blocked => "blocked",
        StageStatus::Skipped { .. } => "skipped",
    };
    studio.state.stages().iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_rail_shows_every_stage_done_current_blocked_or_skipped() {
    assert_eq!(rail(&Studio::empty()), "blocked blocked blocked blocked blocked blocked blocked");
    assert_eq!(rail(&Studio::started()), "current blocked blocked blocked blocked blocked blocked");
    assert_eq!(rail(&Studio::briefed()), "done current blocked blocked blocked blocked blocked");
    assert_eq!(rail(&Studio::sprinted()), "done current blocked blocked blocked blocked blocked");
    assert_eq!(rail(&Studio::directed()), "done done current blocked blocked blocked blocked");
    assert_eq!(rail(&Studio::locked()), "done done done current current blocked blocked");
    assert_eq!(rail(&Studio::submitted().0), "done done done current current current blocked");
    assert_eq!(rail(&Studio::cleared().0), "done done done current current done current");
    let mut studio = Studio::briefed();
    studio.ok(&jo(), Command::SkipStage { stage: Stage::ConceptSprint, reason: "given".to_owned() });
    assert_eq!(rail(&studio), "done skipped current blocked blocked blocked blocked");
    assert_eq!(studio.state.current_stage(), Stage::LockInPass);
}

#[test]
fn a_stage_says_what_is_missing() {
    let studio = Studio::briefed();
    let sprint = studio.state.stage(Stage::ConceptSprint);
    assert_eq!(sprint.missing[0], "no sprint yet: start one");
    let missing = Studio::heroed().state.stage(Stage::LockInPass).missing;
    assert_eq!(
        missing,
        [
            "harbour-flat-r1 is not proved: render the Hero again",
            "the Hero of harbour-flat-r1 is not approved: the Director approves it",
            "harbour-flat-r1 is not locked: lock it",
        ]
    );
    let ran = Studio::ran().state.stage(Stage::VolumeRun).missing;
    assert_eq!(ran, ["8 images are not culled: keep or reject them", "no keeper yet: keep at least one image"]);
    for stage in Stage::ALL {
        for text in [stage.entry_condition(), stage.action(), stage.exit_criteria(), stage.owner()] {
            assert!(!text.is_empty());
        }
    }
}

#[test]
fn a_paused_volume_run_blocks_its_stage_with_the_trigger() {
    let mut studio = Studio::ran();
    for image in &studio.run_images(1)[..3] {
        studio.fail_edges(*image);
    }
    let view = studio.state.stage(Stage::VolumeRun);
    assert_eq!(view.status, StageStatus::Blocked);
    assert_eq!(
        view.missing,
        ["harbour-flat-r1 is paused because \"edges\" failed 3 times: fix it in the recipe, with a new revision"]
    );
}

#[test]
fn the_grid_has_styles_as_rows_and_variations_as_columns() {
    let mut studio = Studio::briefed();
    studio.ok(&mara(), Command::StartConceptSprint { plan: Box::new(plan(4, 6)) });
    studio.ok(&mara(), Command::ReportImage { job: JobId(8), image: Box::new(generated(8)) });
    studio.ok(&mara(), Command::ReportFailure { job: JobId(9), cause: "out of memory".to_owned() });
    studio.ok(&mara(), Command::CancelJobs { jobs: vec![JobId(10)], cause: "enough".to_owned() });
    studio.ok(&mara(), Command::Reject { image: sha(8), reason: RejectReason::OffBrief, note: String::new() });
    let grid = studio.state.grid(1);
    assert_eq!((grid.len(), grid[1].cells.len(), grid[1].label.as_str()), (4, 6, "Style 1"));
    let cells = &grid[1].cells;
    assert_eq!((cells[1].label.as_str(), cells[1].image), ("boat 1", Some(sha(8))));
    assert_eq!(cells[1].status, TileStatus::Rejected { reason: RejectReason::OffBrief, note: String::new() });
    assert_eq!(cells[2].status, TileStatus::Failed { cause: "out of memory".to_owned() });
    assert_eq!(cells[3].status, TileStatus::Cancelled { cause: "enough".to_owned() });
    assert_eq!(cells[4].status, TileStatus::Queued);
    assert_eq!(studio.state.grid(2), []);
}

#[test]
fn tiles_of_a_paused_run_are_held() {
    let mut studio = Studio::locked();
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: studio.rows(1, 2), seen: None });
    studio.prove(1, false);
    studio.prove(1, true);
    studio.ok(&mara(), Command::LockRecipe { card: card_ref(1) });
    assert!(studio.state.run_table(1).iter().all(|(_, cell)| cell.status == TileStatus::Queued));
    studio.prove(1, false);
    assert!(studio.state.run_table(1).iter().all(|(_, cell)| cell.status == TileStatus::Held));
}

#[test]
fn the_gate_says_who_may_do_what_and_when() {
    let (mut studio, image) = Studio::submitted();
    studio.ok(&ravi(), Command::JudgeItem { image, item: "edges".to_owned(), verdict: fail() });
    let gate = studio.state.gate(&image, &ravi(), studio.now).unwrap();
    assert_eq!((gate.items, gate.judged, gate.failed.as_slice()), (3, 1, &["edges".to_owned()][..]));
    assert_eq!((gate.may_judge, gate.may_send_back), (Permission::Yes, Permission::Yes));
    assert_eq!(gate.may_clear.reason(), Some("\"edges is right\" failed: send the image back"));
    assert_eq!(gate.clearances, (0, 1));
    assert_eq!(studio.state.gate(&sha(1), &ravi(), studio.now), None);
}

#[test]
fn the_log_tells_the_project_in_plain_words() {
    let (studio, _) = Studio::cleared();
    let log: Vec<&str> = studio.state.log().iter().map(|line| line.text.as_str()).collect();
    assert_eq!(log.len(), studio.records.len());
    for told in [
        "began the project Harbour Days",
        "joined as Director",
        "wrote the brief",
        "completed the brief",
        "began sprint 1: 15 variations in 3 styles",
        "queued 15 jobs",
        "rendered the Hero of harbour-flat-r1 again: it reproduces",
        "locked harbour-flat-r1",
        "began volume run 1 of harbour-flat-r1: 8 rows",
    ] {
        assert!(log.contains(&told), "{told} is not in {log:#?}");
    }
}
