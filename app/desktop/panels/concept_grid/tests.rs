//! What the panel shows, as text, from states that commands have made.

mod full;
mod scene;
pub(in crate::panels) mod world;

use kento_studio::workflow::{Answer, Brief, Command, CullDecision, Judgement, RejectReason, ReviewList, Verdict};
use kento_studio::{JobId, Sha256, Task};
use world::{World, jo, mara, ravi, sha};

use super::data::*;
use crate::desk::Running;
use crate::widgets::Allowed;
use crate::widgets::contact_sheet::{Sheet, Tile};

/// A sheet as text: a line for each row, a tile by its first letters and signs.
fn sheet_text(sheet: &Sheet) -> String {
    let tile = |tile: &Tile| tile.spoken().replacen(&tile.name, "·", 1);
    let row = |row: &crate::widgets::contact_sheet::SheetRow| {
        let tiles: Vec<String> = row.tiles.iter().map(tile).collect();
        format!("{}: {}", row.label, tiles.join(" | "))
    };
    sheet.rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn reason(allowed: &Allowed) -> &str {
    allowed.reason().unwrap_or("yes")
}

#[test]
fn the_view_is_the_one_that_the_project_is_at_until_one_is_chosen() {
    let mut choice = ViewChoice::default();
    let mut world = World::briefed();
    assert_eq!(choice.view(View::sensible(&world.input())), View::Sprint);
    choice.choose(View::Review, View::Sprint);
    assert_eq!(choice.view(View::sensible(&world.input())), View::Review);
    let mut world_that_ran = World::ran();
    assert_eq!(choice.view(View::sensible(&world_that_ran.input())), View::Run);
    world_that_ran.actor = ravi();
    assert_eq!(choice.view(View::sensible(&world_that_ran.input())), View::Review);
    world.actor = ravi();
    assert_eq!(context(&world.input(), View::Review, None, None), "nothing at the gate");
}

#[test]
fn a_first_plan_begins_with_what_the_brief_names() {
    let mut world = World::briefed();
    let known = world.state.brief().unwrap().brief.clone();
    let must_haves = Answer::Filled("Boats or the lighthouse, by the sea.".to_owned());
    let reason = Some("the client named what is to be seen".to_owned());
    world.act(&jo(), Command::WriteBrief { brief: Box::new(Brief { must_haves, ..known }), reason });
    let input = world.input();
    let form = PlanForm::first(&input);
    let columns: Vec<String> = form.columns.iter().map(|one| format!("{} {}", one.subject, one.context)).collect();
    assert_eq!(
        columns,
        [
            "a white boat by the sea",
            "a red lighthouse over blue mountains",
            "a white boat over rolling hills",
            "a red lighthouse over green hills",
            "a white boat in the desert",
            "a red lighthouse at night under stars",
        ]
    );
}

#[test]
fn a_first_plan_can_be_started_and_says_what_it_costs() {
    let mut world = World::briefed();
    {
        let input = world.input();
        let form = PlanForm::first(&input);
        let data = PlanData::of(&input, &form);
        assert_eq!(data.summary, "4 × 6 = 24 pictures · not measured yet");
        assert_eq!((reason(&data.start), data.needs_reason), ("yes", false));
        let chosen: Vec<&str> =
            data.styles.iter().filter(|style| style.is_chosen).map(|style| style.label.as_str()).collect();
        assert_eq!(chosen, ["Flat vector", "Risograph", "Watercolour", "Woodcut"]);
    }
    let Some(Command::StartConceptSprint { plan }) = ({
        let input = world.input();
        PlanData::of(&input, &PlanForm::first(&input)).command
    }) else {
        panic!("no plan");
    };
    assert_eq!(plan.count(), 24);
    let cell = &plan.styles[1].cells[2];
    assert_eq!(
        (cell.skeleton.text().as_str(), cell.seed),
        ("a brown mountain, over green hills, risograph print", 1002)
    );
    assert!(!plan.styles[1].negative.text.is_empty());
    world.act(&mara(), Command::StartConceptSprint { plan });
    world.render_all();
    let input = world.input();
    let data = PlanData::of(&input, &PlanForm::first(&input));
    assert_eq!(data.summary, "4 × 6 = 24 pictures · about 36 s");
    assert_eq!(data.estimate_note, "1.5 s an image on this device");
}

#[test]
fn a_plan_says_what_is_missing() {
    let mut world = World::briefed();
    let start = |world: &World, change: &dyn Fn(&mut PlanForm)| {
        let input = world.input();
        let mut form = PlanForm::first(&input);
        change(&mut form);
        let data = PlanData::of(&input, &form);
        (reason(&data.start).to_owned(), data.needs_reason)
    };
    assert_eq!(
        start(&world, &|form| form.first_seed = "lucky".to_owned()).0,
        "the first seed is a whole number and not \"lucky\": correct it"
    );
    assert_eq!(
        start(&world, &|form| form.columns[1] = PlanColumn::default()).0,
        "variation 2 is empty: write a subject or remove it"
    );
    let small = |form: &mut PlanForm| form.columns.truncate(2);
    assert_eq!(
        start(&world, &small),
        (
            "a full sprint has 15 to 30 variations and this one 8: change the number, or compress the sprint with \
             a reason"
                .to_owned(),
            true
        )
    );
    let with_reason = |form: &mut PlanForm| {
        form.columns.truncate(2);
        form.reason = "a small job".to_owned();
    };
    assert_eq!(start(&world, &with_reason), ("yes".to_owned(), true));
    world.fingerprint = None;
    assert_eq!(start(&world, &|_| ()).0, "the device is not open yet: wait until it is");
    world.models.clear();
    assert_eq!(start(&world, &|_| ()).0, "no model is open: choose a model");
    let world = World::started();
    assert!(start(&world, &|_| ()).0.contains("brief"), "{}", start(&world, &|_| ()).0);
}

#[test]
fn five_styles_are_the_most() {
    let world = World::briefed();
    let input = world.input();
    let mut form = PlanForm::first(&input);
    form.toggle("blueprint");
    let data = PlanData::of(&input, &form);
    assert_eq!(data.styles_note, "5 chosen, 3 to 5");
    assert!(data.styles[4].is_chosen && data.styles[4].allowed.is_yes());
    assert_eq!(reason(&data.styles[5].allowed), "a sprint has at most 5 styles: take one out first");
    form.toggle("risograph");
    assert!(PlanData::of(&input, &form).styles[5].allowed.is_yes());
}

#[test]
fn a_running_sprint_shows_previews_failures_and_what_is_left() {
    let mut world = World::sprinting();
    world.render(JobId(1));
    world.fail(2, "out of memory");
    let running = Running { fraction: 0.5, detail: "step 10 of 20".to_owned(), preview: None };
    world.running.insert(JobId(3), running);
    let input = world.input();
    let data = SprintData::of(&input, None, &[]).unwrap();
    assert_eq!(data.summary, "4 styles × 6 · 1 of 24 · about 32 s left");
    let first_row = sheet_text(&data.pictures.sheet).lines().next().unwrap().to_owned();
    assert_eq!(
        first_row,
        "Flat vector: · | ·, failed: out of memory | ·, 50 % made | ·, queued | ·, queued | ·, queued"
    );
    assert_eq!(data.columns[0], "a red sun, over blue mountains");
    let troubles = Troubles::of(&input, &data.jobs, &[]);
    assert_eq!(troubles.failed_text, "1 picture was not made: out of memory");
    assert_eq!(troubles.retry(), Command::RequeueJobs { jobs: vec![JobId(2)] });
    assert!(input.would(&troubles.retry()).is_yes());
}

#[test]
fn interrupted_pictures_are_queued_again_or_dropped() {
    let mut world = World::briefed();
    let sprint = {
        let input = world.input();
        PlanData::of(&input, &PlanForm::first(&input)).command.unwrap()
    };
    world.act(&mara(), sprint);
    world.render(JobId(1));
    let jobs: Vec<JobId> = (2..=24).map(JobId).collect();
    let troubles = Troubles::of(&world.input(), &jobs, &jobs);
    assert_eq!(troubles.interrupted_text, "23 pictures were interrupted when Kento ended. Nothing else is lost.");
    world.act(&mara(), Command::RequeueJobs { jobs: vec![JobId(2)] });
    world.act(&mara(), troubles_of(&world, &jobs[1..3]).drop_them());
    let troubles = troubles_of(&world, &jobs);
    assert_eq!(troubles.failed, [], "what was dropped was decided so");
}

fn troubles_of(world: &World, jobs: &[JobId]) -> Troubles {
    Troubles::of(&world.input(), jobs, jobs)
}

#[test]
fn a_moodboard_is_proposed_ranked_and_approved() {
    let mut world = World::sprinted();
    let mut draft = BoardDraft::default();
    let board = BoardData::of(&world.input(), &draft, &[]);
    let (label, _, allowed) = board.save.unwrap();
    assert_eq!(
        (label.as_str(), reason(&allowed)),
        ("Propose", "select 3 to 5 pictures of the grid first: Ctrl+click, or Shift and an arrow")
    );
    let (label, command, allowed) = BoardData::of(&world.input(), &draft, &[sha(1), sha(2), sha(3)]).save.unwrap();
    assert_eq!((label.as_str(), reason(&allowed)), ("Propose 3", "yes"));
    world.act(&mara(), command);

    world.actor = jo();
    let board = BoardData::of(&world.input(), &draft, &[]);
    assert_eq!(board.note, "proposed; the Director ranks it");
    assert_eq!(sheet_text(&board.pictures.sheet), ": · | · | ·");
    draft.rank(&world.state, sha(3), Some(1));
    draft.rank(&world.state, sha(9), Some(2));
    draft.shift(&world.state, 3, 0);
    assert_eq!(draft.order().unwrap(), [sha(2), sha(3), sha(9), sha(1)]);
    draft.undo();
    assert_eq!(draft.order().unwrap(), [sha(3), sha(9), sha(1), sha(2)]);
    draft.rank(&world.state, sha(1), None);
    let grid = SprintData::of(&world.input(), None, draft.order().unwrap()).unwrap();
    assert!(sheet_text(&grid.pictures.sheet).starts_with("Flat vector: · | ·, rank 3 | ·, rank 1 | ·"));
    let board = BoardData::of(&world.input(), &draft, &[]);
    assert_eq!(board.note, "not saved yet");
    let (label, command, allowed) = board.save.unwrap();
    assert_eq!((label.as_str(), reason(&allowed)), ("Rank these 3", "yes"));
    world.act(&jo(), command);
    draft.settle(&world.state);
    assert_eq!((draft.order(), draft.can_undo()), (None, false));

    let board = BoardData::of(&world.input(), &draft, &[]);
    assert_eq!(board.note, "ranked by Jo");
    let said = |reason: &str| world.input().would(&board.approve(1, reason).unwrap());
    assert_eq!(reason(&said("")), "approving a direction needs a reason: write why");
    assert!(said("the calmest").is_yes());
    world.act(&jo(), board.approve(1, "the calmest").unwrap());
    let direction = BoardData::of(&world.input(), &draft, &[]).direction.unwrap();
    assert_eq!((direction.who.as_str(), direction.reason.as_str()), ("approved by Jo", "the calmest"));
    assert_eq!(direction.image, sha(9));
}

#[test]
fn nobody_ranks_a_moodboard_who_may_not() {
    let mut world = World::sprinted();
    world.actor = ravi();
    let board = BoardData::of(&world.input(), &BoardDraft::default(), &[sha(1)]);
    assert_eq!((board.save, board.may_approve, board.pictures.sheet.can_be_sorted), (None, false, false));
}

#[test]
fn a_run_is_a_table_of_what_differs_and_a_cull() {
    let mut world = World::ran();
    {
        let data = RunData::of(&world.input(), None).unwrap();
        assert_eq!(context(&world.input(), View::Run, None, None), "Run 1 · harbour-flat-r1 · 0 of 20 culled");
        assert_eq!(data.progress, "20 of 20 made");
        assert_eq!(data.keep_line, "This run: 20 to decide; expect to keep 1 in 4 or fewer");
        assert_eq!(data.rows[0].text(), "as the card");
        assert_eq!(data.rows[11].text(), "Subject a blue boat, Seed 8");
        assert_eq!(data.next_undecided(None), Some(0));
    }
    let image = |world: &World, row: usize| RunData::of(&world.input(), None).unwrap().pictures.image(row).unwrap();
    let mut cull = CullMode::default();
    for row in 0..10 {
        let one = image(&world, row);
        cull.send(&world.state, one, CullDecision::Keep);
        world.act(&mara(), Command::Keep { image: one });
        cull.follow(&world.state, &mara());
    }
    assert_eq!(
        RunData::of(&world.input(), None).unwrap().keep_line,
        "This run: 10 of 10 decided kept, 100 %; at most 25 % is expected, so cull harder; 10 to decide"
    );
    cull.reject(image(&world, 10));
    let mut rejecting = cull.rejecting.clone().unwrap();
    assert_eq!(rejecting.command(RejectReason::Other), None);
    rejecting.note = " two masts ".to_owned();
    for row in 10..20 {
        rejecting.image = image(&world, row);
        world.act(&mara(), rejecting.command(RejectReason::Other).unwrap());
    }
    let data = RunData::of(&world.input(), None).unwrap();
    assert_eq!(data.drift.as_deref(), Some("the run drifts: 0 % kept in its later half against 100 % before"));
    assert_eq!(
        data.keep_line,
        "This run: 10 of 20 decided kept, 50 %; at most 25 % is expected, so cull harder; all are decided"
    );
    assert_eq!((data.rows[9].status.as_str(), data.rows[10].status.as_str()), ("kept", "rejected: other, two masts"));
    assert_eq!(data.next_undecided(Some(3)), None);
    let (last, command) = cull.undo(&world.state).unwrap();
    assert_eq!((last, &command), (image(&world, 9), &Command::WithdrawCull { image: last }));
    world.act(&mara(), command);
    assert_eq!(RunData::of(&world.input(), None).unwrap().next_undecided(Some(12)), Some(9));
}

#[test]
fn undo_brings_back_what_stood_before_and_leaves_alone_what_others_decided() {
    let mut world = World::ran();
    let image = sha(27);
    let mut cull = CullMode::default();
    cull.follow(&world.state, &mara());
    cull.is_on = true;
    cull.send(&world.state, image, CullDecision::Keep);
    cull.follow(&world.state, &mara());
    assert!(!cull.can_undo(&world.state), "it was sent and not saved");
    world.act(&mara(), Command::Keep { image });
    cull.follow(&world.state, &mara());
    assert!(cull.can_undo(&world.state));
    let (reason, note) = (RejectReason::Artefact, "a seam".to_owned());
    cull.send(&world.state, image, CullDecision::Reject { reason, note: note.clone() });
    world.act(&mara(), Command::Reject { image, reason, note });
    cull.follow(&world.state, &mara());
    assert!(cull.is_on);
    for before in [Command::Keep { image }, Command::WithdrawCull { image }] {
        let (_, command) = cull.undo(&world.state).unwrap();
        assert_eq!(command, before);
        world.act(&mara(), command);
        cull.follow(&world.state, &mara());
    }
    assert_eq!(cull.undo(&world.state), None);

    cull.send(&world.state, image, CullDecision::Keep);
    world.act(&mara(), Command::Keep { image });
    cull.follow(&world.state, &mara());
    world.act(&mara(), Command::Reject { image, reason, note: String::new() });
    assert_eq!((cull.can_undo(&world.state), cull.undo(&world.state)), (false, None));
    cull.reject(image);
    cull.follow(&world.state, &jo());
    assert_eq!((cull.is_on, cull.rejecting), (false, None));
}

#[test]
fn what_a_repeated_issue_holds_back_can_be_dropped() {
    let mut world = World::locked();
    world.start_run();
    for job in 27..30 {
        world.render(JobId(job));
        let image = sha(job);
        world.act(&mara(), Command::Keep { image });
        world.act(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
        let (judgement, note) = (Judgement::Fail, "six fingers".to_owned());
        let verdict = Verdict { judgement, note, evidence: Vec::new(), pins: Vec::new() };
        world.act(&ravi(), Command::JudgeItem { image, item: "hands".to_owned(), verdict });
        world.act(&ravi(), Command::SendBack { image, note: "mend them".to_owned() });
    }
    let pause = RunData::of(&world.input(), None).unwrap().pause.unwrap();
    assert_eq!(
        pause.text,
        "harbour-flat-r1 is paused because \"hands\" failed 3 times: fix it in a new revision of the recipe. 17 \
         pictures of this run will not be made: drop them"
    );
    world.act(&mara(), pause.drop.unwrap());
    let data = RunData::of(&world.input(), None).unwrap();
    assert_eq!(
        (data.pause, data.rows[3].status.as_str()),
        (None, "cancelled: dropped because \"hands\" failed 3 times")
    );
    let tile = data.pictures.sheet.tile(3).unwrap();
    assert_eq!(tile.spoken(), "4: Seed 10, cancelled: dropped because \"hands\" failed 3 times");
}

#[test]
fn a_run_that_is_not_made_yet_says_how_long_it_takes() {
    let mut world = World::locked();
    world.start_run();
    world.render(JobId(27));
    let data = RunData::of(&world.input(), None).unwrap();
    assert_eq!(data.jobs.first(), Some(&JobId(27)));
    let text = data.progress;
    assert!(text.starts_with("1 of 20 made · about ") && text.ends_with(" left"), "{text}");
    assert_eq!(data.rows[1].status, "waits");
    assert_eq!(data.pause, None);
}

#[test]
fn candidates_stand_in_the_order_of_their_submission() {
    let mut world = World::ran();
    for job in [30, 28] {
        world.act(&mara(), Command::Keep { image: sha(job) });
        world.act(&mara(), Command::SubmitForReview { image: sha(job), list: ReviewList::Full });
    }
    world.actor = ravi();
    let data = ReviewData::of(&world.input());
    assert_eq!(data.summary, "2 candidates");
    let images: Vec<_> = data.pictures.cells.iter().filter_map(|cell| cell.image).collect();
    assert_eq!(images, [sha(30), sha(28)]);
    assert_eq!(
        data.pictures.cells[0].name,
        format!("harbour-flat-r1 · {}, 0 of 2 judged, made by Mara", sha(30).auto_v2())
    );
}

/// An image with a variation of it that stands for itself.
fn varied(of: u64) -> (World, Sha256) {
    let mut world = World::ran();
    let recipe = Box::new(world.state.job(JobId(of)).unwrap().request.recipe.clone());
    let (parent, task) = (sha(of), Task::TextToImage);
    world.act(&mara(), Command::VaryImage { parent, recipe, task, seed: 4_711, variations: Vec::new() });
    world.render_all();
    (world, sha(47))
}

#[test]
fn a_variation_stands_behind_its_run_and_is_culled_with_it_but_counts_as_none_of_its_rows() {
    let (mut world, variation) = varied(28);
    let run = RunData::of(&world.input(), None).unwrap();
    assert_eq!((run.rows.len(), run.made, run.jobs.len(), run.count.generated), (21, 20, 20, 20));
    assert_eq!((run.rows[20].text().as_str(), run.rows[20].status.as_str()), ("variation of 2", "to decide"));
    assert_eq!((run.progress.as_str(), run.pictures.culled(20)), ("20 of 20 made", Some(variation)));
    for job in 27..47 {
        world.act(&mara(), Command::Keep { image: sha(job) });
    }
    assert_eq!(RunData::of(&world.input(), None).unwrap().next_undecided(None), Some(20));
    world.act(&mara(), Command::Keep { image: variation });
    let run = RunData::of(&world.input(), None).unwrap();
    assert_eq!((run.rows[20].status.as_str(), run.count.kept, run.next_undecided(None)), ("kept", 20, None));
}

#[test]
fn a_variation_of_a_sprint_image_has_a_row_of_its_own_below_the_styles() {
    let (world, variation) = varied(2);
    let sprint = SprintData::of(&world.input(), None, &[]).unwrap();
    let row = sprint.pictures.sheet.rows.last().unwrap();
    assert_eq!((row.label.as_str(), row.tiles.len(), sprint.jobs.len()), ("Variations", 1, 24));
    assert_eq!(sprint.pictures.place(variation), Some(24));
    let parent = &sprint.pictures.cells[sprint.pictures.place(sha(2)).unwrap()];
    assert_eq!(row.tiles[0].name, format!("Variation 1 of {}", parent.name));
}

#[test]
fn a_note_on_a_rejection_would_be_lost() {
    let mut cull = CullMode::default();
    cull.reject(sha(27));
    assert!(!cull.has_note(), "nothing is typed yet");
    cull.rejecting.as_mut().unwrap().note = "two masts".to_owned();
    assert!(cull.has_note());
    cull.toggle_full();
    assert!(!cull.has_note());
}
