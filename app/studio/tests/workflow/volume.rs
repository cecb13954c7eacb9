use kento_studio::workflow::*;

use crate::studio::*;

fn reject(image: kento_studio::Sha256, reason: RejectReason, note: &str) -> Command {
    Command::Reject { image, reason, note: note.to_owned() }
}

#[test]
fn a_volume_run_without_a_locked_recipe_is_refused_not_warned_about() {
    let studio = Studio::heroed();
    let rows = vec![card(1).request(kento_studio::JobId(1))];
    let said = studio.refused(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: rows.clone(), seen: None });
    assert_eq!(said, "the recipe harbour-flat-r1 is not locked: prove it and lock it before a volume run");
    let none = Studio::directed();
    let said = none.refused(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
    assert_eq!(said, "no recipe is locked: prove and lock one before a volume run");
}

#[test]
fn a_skipped_lock_in_pass_does_not_open_the_volume_run() {
    let mut studio = Studio::directed();
    studio.ok(&jo(), Command::SkipStage { stage: Stage::LockInPass, reason: "no time".to_owned() });
    let rows = vec![card(1).request(kento_studio::JobId(1))];
    let said = studio.refused(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
    assert_eq!(said, "no recipe is locked: prove and lock one before a volume run");
}

#[test]
fn a_row_changes_only_declared_variation_axes() {
    let studio = Studio::locked();
    let start = |rows| Command::StartVolumeRun { card: card_ref(1), rows, seen: None };
    let good = studio.rows(1, 8);
    assert!(would(&studio.state, &start(good.clone()), &mara(), studio.now).is_yes());
    for change in 0..4 {
        let mut rows = good.clone();
        match change {
            0 => rows[1].recipe.steps = 30,
            1 => rows[1].recipe.prompt = "a green boat, flat vector".to_owned(),
            2 => rows[1].seed = 4_711,
            _ => rows[1].recipe.width = 512,
        }
        let said = studio.refused(&mara(), start(rows));
        assert!(said.starts_with("row 2: the row changes what no axis of harbour-flat-r1 declares"), "{said}");
    }
    assert_eq!(
        studio.refused(&mara(), start(Vec::new())),
        "a volume run has 1 to 10000 rows and this one 0: choose rows"
    );
}

#[test]
fn a_run_keeps_its_card_and_what_differs_row_by_row() {
    let studio = Studio::ran();
    let run = &studio.state.runs()[0];
    assert_eq!((run.card.clone(), run.jobs.len(), run.rows.len()), (card_ref(1), 8, 8));
    assert_eq!(run.rows[0], [], "the first row is the card itself");
    let job = studio.state.job(run.jobs[5]).unwrap();
    assert_eq!(job.purpose, JobPurpose::Volume { card: card_ref(1), run: 1, row: 5 });
    let table = studio.state.run_table(1);
    assert_eq!(table[5].1.label, "Subject a blue boat, Seed 8");
}

#[test]
fn keepers_are_upscaled_separately_never_generated_oversized() {
    let studio = Studio::directed();
    let mut large = card(1);
    (large.recipe.width, large.recipe.height) = (2048, 1024);
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(large) });
    assert!(said.ends_with("generate smaller and upscale the keeper separately"), "{said}");
}

#[test]
fn the_cull_records_keepers_and_reasons_for_rejects() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    studio.ok(&mara(), Command::Keep { image: images[0] });
    studio.ok(&mara(), reject(images[1], RejectReason::Anatomy, ""));
    let said = studio.refused(&mara(), reject(images[2], RejectReason::Other, " "));
    assert_eq!(said, "the reason \"other\" needs a note: write what is wrong");
    studio.ok(&mara(), reject(images[2], RejectReason::Other, "the flag is upside down"));
    assert!(studio.refused(&jo(), Command::Keep { image: images[3] }).contains("keeping an image needs an Operator"));
    assert!(studio.refused(&mara(), Command::Keep { image: sha(900) }).starts_with("there is no image"));
    let count = studio.state.run_cull_count(1);
    assert_eq!((count.generated, count.kept, count.rejected, count.undecided()), (8, 1, 2, 5));
    assert_eq!(count.keep_rate(), Some(0.125));
}

#[test]
fn a_cull_is_undone_only_by_a_record_that_supersedes_it() {
    let mut studio = Studio::ran();
    let image = studio.run_images(1)[0];
    assert!(
        studio.refused(&mara(), Command::WithdrawCull { image }).ends_with("has no cull decision: keep or reject it")
    );
    studio.ok(&mara(), Command::Keep { image });
    let kept = studio.state.seq();
    let records = studio.ok(&mara(), reject(image, RejectReason::OffStyle, ""));
    let Action::Culled { supersedes, .. } = records[0].action else { panic!() };
    assert_eq!(supersedes, Some(kept));
    let rejected = studio.state.seq();
    let records = studio.ok(&mara(), Command::WithdrawCull { image });
    assert_eq!(records[0].action, Action::CullWithdrawn { image, supersedes: rejected });
    assert_eq!(studio.state.image(&image).unwrap().culled, None);
    assert_eq!(studio.records.len() as u64, studio.state.seq(), "nothing is taken out of the log");
}

#[test]
fn a_cull_stands_once_the_image_is_at_the_gate_or_beyond() {
    let (studio, image) = Studio::submitted();
    let said = studio.refused(&mara(), Command::WithdrawCull { image });
    assert!(said.ends_with("is at the gate: its cull decision stands"), "{said}");
    let (studio, image) = Studio::cleared();
    let said = studio.refused(&mara(), reject(image, RejectReason::OffBrief, ""));
    assert!(said.ends_with("is cleared: its cull decision stands"), "{said}");
}

#[test]
fn the_cull_stands_once_what_was_finished_from_the_image_is_at_the_gate_or_beyond() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), edit(image, sha(500)));
    studio.ok(&mara(), edit(sha(500), sha(501)));
    let culls = [reject(image, RejectReason::OffBrief, ""), Command::WithdrawCull { image }, Command::Keep { image }];
    let refused = |studio: &Studio, past: &str| {
        let (first, last) = (image.auto_v2(), sha(501).auto_v2());
        let rule =
            format!("{last}, which was finished from {first}, is {past}: the cull decision of {first} stands with it");
        for cull in &culls {
            assert_eq!(studio.refused(&mara(), cull.clone()), rule);
        }
    };
    assert!(culls.iter().all(|cull| would(&studio.state, cull, &mara(), studio.now).is_yes()));
    studio.ok(&mara(), alt(sha(501)));
    studio.ok(&mara(), Command::SubmitForReview { image: sha(501), list: ReviewList::Full });
    refused(&studio, "at the gate");
    studio.clear(&ravi(), sha(501));
    refused(&studio, "cleared");
    let (subject, disclosure) = ("boat".to_owned(), None);
    let request = ReleaseRequest { image: sha(501), file_sha256: sha(501), subject, disclosure };
    studio.ok(&jo(), Command::ReleaseImages { images: vec![request] });
    refused(&studio, "released");
}

#[test]
fn what_was_sent_back_frees_the_cull_of_what_it_was_finished_from() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), edit(image, sha(500)));
    studio.fail_edges(sha(500));
    studio.ok(&mara(), reject(image, RejectReason::OffBrief, ""));
    assert!(studio.state.is_keeper(&sha(500)), "it was kept itself");
}

/// Records of before that rule: the repaired image is at the gate, what it was finished from is rejected.
#[test]
fn what_lost_its_keep_is_neither_cleared_nor_released_until_it_is_kept_again() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), edit(image, sha(500)));
    studio.ok(&mara(), alt(sha(500)));
    let cull = CullDecision::Reject { reason: RejectReason::OffBrief, note: String::new() };
    let by_mara = |action| Record {
        schema: kento_studio::SchemaV1,
        role: Role::Operator,
        by: person("Mara"),
        at: START.parse().unwrap(),
        action,
    };
    let rejected = by_mara(Action::Culled { image, cull, supersedes: None });
    let fold = |studio: &mut Studio, record: &Record| {
        studio.state.fold(studio.records.len() as u64 + 1, record);
        studio.records.push(record.clone());
    };
    studio.ok(&mara(), Command::SubmitForReview { image: sha(500), list: ReviewList::Full });
    fold(&mut studio, &rejected);
    studio.judge_all(&ravi(), sha(500));
    let rule = format!("{} is not a keeper: keep it first", sha(500).auto_v2());
    assert_eq!(studio.refused(&ravi(), Command::ClearImage { image: sha(500) }), rule);
    studio.ok(&mara(), Command::Keep { image });
    studio.ok(&ravi(), Command::ClearImage { image: sha(500) });
    fold(&mut studio, &rejected);
    let (subject, disclosure) = ("boat".to_owned(), None);
    let request = ReleaseRequest { image: sha(500), file_sha256: sha(500), subject, disclosure };
    let release = Command::ReleaseImages { images: vec![request] };
    assert_eq!(studio.refused(&jo(), release.clone()), rule);
    studio.ok(&mara(), Command::Keep { image: sha(500) });
    studio.ok(&jo(), release);
}

#[test]
fn trigger_3_the_same_issue_three_times_in_one_recipe_pauses_its_run_until_a_new_revision() {
    let mut studio = Studio::ran();
    let rows = studio.rows(1, 2);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: rows.clone(), seen: None });
    let images = studio.run_images(1);
    for image in &images[..2] {
        studio.fail_edges(*image);
    }
    assert_eq!(studio.state.runnable_jobs().len(), 2, "twice is no trigger");
    studio.fail_edges(images[2]);
    let card = studio.state.card(&card_ref(1)).unwrap();
    assert_eq!(card.status(), CardStatus::Paused);
    assert_eq!(card.pauses, [PauseCause::RepeatedIssue { item: "edges".to_owned(), times: 3 }]);
    assert_eq!(studio.state.runnable_jobs(), [], "the volume run stands still");
    let start = Command::StartVolumeRun { card: card_ref(1), rows, seen: None };
    let said = studio.refused(&mara(), start.clone());
    assert_eq!(
        said,
        "harbour-flat-r1 is paused because \"edges\" failed 3 times: fix it in the recipe, with a new revision"
    );
    // A fourth fail pauses nothing twice, and another proof does not help.
    studio.fail_edges(images[3]);
    assert_eq!(studio.state.card(&card_ref(1)).unwrap().pauses.len(), 1);
    studio.prove(1, true);
    assert!(studio.refused(&mara(), start).contains("with a new revision"));
    // The new revision runs.
    studio.ok(&mara(), Command::ReviseRecipe { card: card_ref(1), reason: "edges".to_owned() });
    let mut draft = studio.state.card(&card_ref(2)).unwrap().card.clone();
    draft.seed = 11;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(draft) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(2) });
    studio.render_all();
    studio = studio.lock(2);
    let rows = studio.rows(2, 2);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(2), rows, seen: None });
    assert_eq!(studio.state.runnable_jobs().len(), 2);
}

#[test]
fn trigger_3_counts_what_a_veto_was_over_too() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    studio.fail_edges(images[0]);
    let veto = |studio: &mut Studio, image| {
        studio.ok(&mara(), Command::Keep { image });
        studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
        studio.ok(&ravi(), Command::JudgeItem { image, item: "edges".to_owned(), verdict: fail() });
        studio.ok(&ravi(), Command::VetoImage { image, reason: "it bleeds".to_owned() })
    };
    assert_eq!(veto(&mut studio, images[1]).len(), 1, "twice is no trigger");
    assert_eq!(studio.state.card(&card_ref(1)).unwrap().failures["edges"], 2);
    let records = veto(&mut studio, images[2]);
    let (reason, failed) = ("it bleeds".to_owned(), vec!["edges".to_owned()]);
    assert_eq!(records[0].action, Action::ImageVetoed { image: images[2], reason, failed });
    let cause = PauseCause::RepeatedIssue { item: "edges".to_owned(), times: 3 };
    assert_eq!(records[1].action, Action::RecipePaused { card: card_ref(1), cause });
    assert_eq!(studio.state.card(&card_ref(1)).unwrap().status(), CardStatus::Paused);
}

#[test]
fn a_veto_of_a_cleared_image_or_of_an_older_record_counts_no_item() {
    let (mut studio, image) = Studio::submitted();
    studio.ok(&ravi(), Command::JudgeItem { image, item: "edges".to_owned(), verdict: fail() });
    let older = format!(r#"{{"action":"image-vetoed","image":"{image}","reason":"a logo"}}"#);
    let action: Action = serde_json::from_str(&older).unwrap();
    assert_eq!(serde_json::to_string(&action).unwrap(), older, "and it is written as it was");
    let mut state = studio.state.clone();
    state.fold(state.seq() + 1, &Record { action, ..studio.records.last().unwrap().clone() });
    assert!(state.image(&image).unwrap().is_vetoed() && state.card(&card_ref(1)).unwrap().failures.is_empty());
    studio.clear(&ravi(), image);
    let records = studio.ok(&ravi(), Command::VetoImage { image, reason: "a logo".to_owned() });
    assert!(matches!(&records[0].action, Action::ImageVetoed { failed, .. } if failed.is_empty()));
}

#[test]
fn other_issues_and_other_recipes_do_not_add_up() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    studio.fail_edges(images[0]);
    studio.fail_edges(images[1]);
    studio.ok(&mara(), Command::Keep { image: images[2] });
    studio.ok(&mara(), Command::SubmitForReview { image: images[2], list: ReviewList::Full });
    studio.ok(&ravi(), Command::JudgeItem { image: images[2], item: "hands".to_owned(), verdict: fail() });
    studio.ok(&ravi(), Command::SendBack { image: images[2], note: String::new() });
    assert_eq!(studio.state.card(&card_ref(1)).unwrap().status(), CardStatus::Locked);
}

#[test]
fn the_number_of_repeats_is_a_setting_of_the_director() {
    let mut studio = Studio::ran();
    let settings = ProjectSettings { repeats_that_pause: 1, ..ProjectSettings::default() };
    let change = |reason: &str| Command::ChangeSettings { settings: settings.clone(), reason: reason.to_owned() };
    assert_eq!(studio.refused(&jo(), change("")), "changing the settings needs a reason: write why");
    assert!(studio.refused(&mara(), change("x")).starts_with("changing the settings needs a Director"));
    studio.ok(&jo(), change("a strict client"));
    let image = studio.run_images(1)[0];
    studio.fail_edges(image);
    assert_eq!(studio.state.card(&card_ref(1)).unwrap().status(), CardStatus::Paused);
}

#[test]
fn a_run_that_drifts_is_warned_about() {
    let mut studio = Studio::locked();
    studio.run_rows(8);
    studio.run_rows(8);
    let rows = studio.rows(1, 8);
    let mut twice = rows.clone();
    twice.extend(rows);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: twice, seen: None });
    studio.render_all();
    let images = studio.run_images(3);
    assert_eq!(images.len(), 16);
    for (n, image) in images.iter().enumerate() {
        let cull = if n < 4 { Command::Keep { image: *image } } else { reject(*image, RejectReason::OffStyle, "") };
        assert_eq!(studio.state.drift(3), None);
        studio.ok(&mara(), cull);
    }
    let drift = studio.state.drift(3);
    assert_eq!(drift.as_deref(), Some("the run drifts: 0 % kept in its later half against 50 % before"));
}

#[test]
fn held_jobs_are_listed_with_why_and_can_be_dropped() {
    let mut studio = Studio::ran();
    let rows = studio.rows(1, 2);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
    assert_eq!(studio.state.held_jobs(), []);
    studio.prove(1, false);
    let causes = |studio: &Studio| studio.state.held_jobs().into_iter().map(|(_, why)| why.clone()).collect::<Vec<_>>();
    assert_eq!(causes(&studio), [PauseCause::NotReproduced, PauseCause::NotReproduced]);
    assert!(!PauseCause::NotReproduced.is_lasting(), "another proof lets them run");
    for image in &studio.run_images(1)[..3] {
        studio.fail_edges(*image);
    }
    let repeated = PauseCause::RepeatedIssue { item: "edges".to_owned(), times: 3 };
    assert_eq!(causes(&studio), [repeated.clone(), repeated.clone()], "the cause that never ends is told");
    assert!(repeated.is_lasting());
    studio.prove(1, true);
    studio.ok(&mara(), Command::LockRecipe { card: card_ref(1) });
    studio.ok(&mara(), Command::ReviseRecipe { card: card_ref(1), reason: "edges".to_owned() });
    let mut draft = studio.state.card(&card_ref(2)).unwrap().card.clone();
    draft.seed = 11;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(draft) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(2) });
    studio.render_all();
    studio = studio.lock(2);
    let missing = studio.state.stage(Stage::VolumeRun).missing;
    assert_eq!(missing[0], "2 images of a revision that runs no more are held: drop them");
    let jobs: Vec<_> = studio.state.held_jobs().into_iter().map(|(job, _)| job).collect();
    assert_eq!(jobs, studio.state.interrupted_jobs());
    let said = studio.refused(&mara(), Command::RequeueJobs { jobs: jobs.clone() });
    assert!(said.contains("with a new revision"), "{said}");
    studio.ok(&mara(), Command::CancelJobs { jobs, cause: "the next revision makes them".to_owned() });
    assert_eq!((studio.state.held_jobs(), studio.state.interrupted_jobs()), (vec![], vec![]));
}

/// The card was saved before the Director lowered the size.
#[test]
fn nothing_is_generated_oversized_after_the_director_lowered_the_size() {
    let lower = |studio: &mut Studio| {
        let settings = ProjectSettings { most_generated_pixels: 128 * 128, ..ProjectSettings::default() };
        studio.ok(&jo(), Command::ChangeSettings { settings, reason: "a small device".to_owned() });
    };
    let rule =
        "256x256 has more than the 16384 pixels that are generated: generate smaller and upscale the keeper separately";
    let mut drafted = Studio::directed();
    drafted.ok(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
    lower(&mut drafted);
    assert_eq!(drafted.refused(&mara(), Command::RenderHero { card: card_ref(1) }), rule);
    let mut studio = Studio::locked();
    let rows = studio.rows(1, 2);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: rows.clone(), seen: None });
    let jobs = studio.state.interrupted_jobs();
    lower(&mut studio);
    assert_eq!(studio.refused(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None }), rule);
    assert_eq!(studio.refused(&mara(), Command::RequeueJobs { jobs }), rule);
    // A proof measures what is there already.
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
    let proof = studio.state.next_job().0 - 1;
    studio.ok(&mara(), Command::RequeueJobs { jobs: vec![kento_studio::JobId(proof)] });
}

#[test]
fn a_run_that_is_started_twice_runs_once() {
    let mut studio = Studio::locked();
    let rows = studio.rows(1, 2);
    let start = |seen| Command::StartVolumeRun { card: card_ref(1), rows: rows.clone(), seen };
    let seen = Some(studio.state.seq());
    studio.ok(&mara(), start(seen));
    let said = studio.refused(&mara(), start(seen));
    assert_eq!(said, "volume run 1 of harbour-flat-r1 was started a moment ago: look at it before another one");
    assert_eq!(studio.state.runs().len(), 1);
    studio.ok(&mara(), start(Some(studio.state.seq())));
    assert_eq!(studio.state.runs().len(), 2, "one who has seen the first run means another");
}
