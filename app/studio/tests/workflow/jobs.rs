use kento_studio::JobId;
use kento_studio::workflow::*;

use crate::studio::*;

fn report(job: u64) -> Command {
    Command::ReportImage { job: JobId(job), image: Box::new(generated(job)) }
}

/// A sprint of 15 queued jobs, 1 to 15, none of them rendered.
fn queued() -> Studio {
    let mut studio = Studio::briefed();
    studio.ok(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    studio
}

#[test]
fn a_crash_between_intent_and_result_leaves_interrupted_jobs() {
    let mut studio = queued();
    studio.ok(&mara(), report(1));
    let mut loaded = State::default();
    for (seq, record) in (1..).zip(&studio.records) {
        loaded.fold(seq, record);
    }
    assert_eq!(loaded.interrupted_jobs(), (2..=15).map(JobId).collect::<Vec<_>>());
    studio.ok(&mara(), Command::RequeueJobs { jobs: vec![JobId(2)] });
    assert_eq!(studio.state.job(JobId(2)).unwrap().attempts, 2);
    let drop = Command::CancelJobs { jobs: vec![JobId(3), JobId(4)], cause: "not needed any more".to_owned() };
    assert_eq!(studio.ok(&mara(), drop).len(), 2);
    assert_eq!(studio.state.interrupted_jobs().len(), 12);
}

#[test]
fn a_result_is_recorded_with_request_hashes_engine_and_time() {
    let mut studio = queued();
    let records = studio.ok(&mara(), report(5));
    let Action::ImageGenerated { job, request, sha256, fingerprint: by, elapsed_secs, .. } = &records[0].action else {
        panic!()
    };
    assert_eq!((*job, *sha256, *elapsed_secs), (JobId(5), sha(5), 1.5));
    assert_eq!(**request, studio.state.job(JobId(5)).unwrap().request);
    assert_eq!(**by, fingerprint("flex"));
}

#[test]
fn a_job_has_one_result() {
    let mut studio = queued();
    studio.ok(&mara(), report(1));
    let end = ": nothing more can be reported or cancelled";
    assert_eq!(studio.refused(&mara(), report(1)), format!("job 1 is done{end}"));
    studio.ok(&mara(), Command::ReportFailure { job: JobId(2), cause: "out of memory".to_owned() });
    assert_eq!(studio.refused(&mara(), report(2)), format!("job 2 is failed{end}"));
    studio.ok(&mara(), Command::CancelJobs { jobs: vec![JobId(3)], cause: "x".to_owned() });
    assert_eq!(studio.refused(&mara(), report(3)), format!("job 3 is cancelled{end}"));
    assert_eq!(studio.refused(&mara(), report(99)), "there is no job 99: choose one of the queue");
    let said = studio.refused(&mara(), Command::RequeueJobs { jobs: vec![JobId(1)] });
    assert_eq!(said, "job 1 is done: only interrupted, failed or cancelled jobs are queued again");
    let (again_pixels, again_fingerprint) = (sha(1), Box::new(fingerprint("flex")));
    let proof = Command::ReportProof { job: JobId(4), again_pixels, again_fingerprint, ssimulacra2: None };
    assert_eq!(studio.refused(&mara(), proof), "job 4 is an image: report it as that");
    studio.ok(&mara(), Command::RequeueJobs { jobs: vec![JobId(2), JobId(3)] });
    studio.ok(&mara(), report(2));
}

fn failed(studio: &mut Studio) -> JobId {
    let job = JobId(studio.state.next_job().0 - 1);
    studio.ok(&mara(), Command::ReportFailure { job, cause: "out of memory".to_owned() });
    job
}

fn again(job: JobId) -> Command {
    Command::RequeueJobs { jobs: vec![job] }
}

#[test]
fn a_sprint_job_is_queued_again_only_before_a_direction_is_approved() {
    let mut studio = queued();
    let job = failed(&mut studio);
    assert!(would(&studio.state, &again(job), &mara(), studio.now).is_yes());
    studio.render_all();
    let studio = studio.direct();
    let said = studio.refused(&mara(), again(job));
    assert_eq!(said, "a direction is approved already: withdraw it before another concept sprint");
}

#[test]
fn a_variation_is_queued_again_only_past_the_sprint() {
    let mut studio = Studio::directed();
    let (recipe, task) = (Box::new(recipe("boat")), kento_studio::Task::TextToImage);
    studio.ok(&mara(), Command::VaryImage { parent: sha(1), recipe, task, seed: 3, variations: Vec::new() });
    let job = failed(&mut studio);
    assert!(would(&studio.state, &again(job), &mara(), studio.now).is_yes());
    studio.ok(&jo(), Command::WithdrawDirection { reason: "not calm".to_owned() });
    let said = studio.refused(&mara(), again(job));
    assert_eq!(said, "a sprint is for breadth, not for polishing one image: approve a direction first");
}

#[test]
fn a_hero_is_queued_again_only_for_the_draft_as_it_stands() {
    let mut studio = Studio::directed();
    let draft = card(1);
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(draft.clone()) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    let job = failed(&mut studio);
    let mut other = draft.clone();
    other.seed = 11;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(other) });
    assert_eq!(
        studio.refused(&mara(), again(job)),
        "job 16 renders harbour-flat-r1 as it was before it changed: drop the job and render the Hero anew"
    );
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(draft) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    studio.render_all();
    let studio = studio.lock(1);
    assert_eq!(studio.refused(&mara(), again(job)), "there is no draft card: save one first");
}

#[test]
fn a_proof_is_queued_again_only_for_the_hero_that_stands() {
    let mut studio = Studio::heroed();
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
    let job = failed(&mut studio);
    assert!(would(&studio.state, &again(job), &mara(), studio.now).is_yes());
    let mut other = card(1);
    other.seed = 11;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(other) });
    assert_eq!(studio.refused(&mara(), again(job)), "harbour-flat-r1 has no Hero as it stands now: render the Hero");
}

#[test]
fn a_row_is_queued_again_only_while_its_stage_is_open() {
    let mut studio = Studio::locked();
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: studio.rows(1, 2), seen: None });
    let job = failed(&mut studio);
    studio.ok(&jo(), Command::SkipStage { stage: Stage::VolumeRun, reason: "one picture".to_owned() });
    assert_eq!(studio.refused(&mara(), again(job)), "Volume run is skipped: resume the stage first");
    studio.ok(&jo(), Command::ResumeStage { stage: Stage::VolumeRun });
    studio.ok(&mara(), again(job));
}

#[test]
fn a_repair_is_queued_again_only_of_a_keeper_that_no_editor_has() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), repair(image, 0.1, None));
    let job = failed(&mut studio);
    studio.ok(&mara(), Command::HandToEditor { image, editor: person("Lena"), reason: "the logo".to_owned() });
    assert!(studio.refused(&mara(), again(job)).contains("is with the editor Lena"));
    studio.ok(&mara(), Command::TakeBackFromEditor { image, reason: "no time".to_owned() });
    assert!(would(&studio.state, &again(job), &mara(), studio.now).is_yes());
    studio.ok(&mara(), Command::Reject { image, reason: RejectReason::Artefact, note: String::new() });
    assert!(studio.refused(&mara(), again(job)).ends_with("is not a keeper: keep it first"));
}

#[test]
fn failures_and_cancels_have_a_cause() {
    let studio = queued();
    let said = studio.refused(&mara(), Command::ReportFailure { job: JobId(1), cause: " ".to_owned() });
    assert_eq!(said, "the cause of the failure is empty: write it");
    let said = studio.refused(&mara(), Command::CancelJobs { jobs: vec![JobId(1)], cause: String::new() });
    assert_eq!(said, "cancelling jobs needs a reason: write why");
    let said = studio.refused(&mara(), Command::CancelJobs { jobs: vec![], cause: "x".to_owned() });
    assert_eq!(said, "no job is chosen: choose one");
    let said = studio.refused(&mara(), Command::RequeueJobs { jobs: vec![JobId(1), JobId(1)] });
    assert_eq!(said, "a job is chosen twice: choose each once");
    let endless = GeneratedImage { elapsed_secs: f64::INFINITY, ..generated(1) };
    let said = studio.refused(&mara(), Command::ReportImage { job: JobId(1), image: Box::new(endless) });
    assert!(said.starts_with("the elapsed time in seconds must be a number"), "{said}");
}

#[test]
fn the_app_reports_whatever_hat_is_worn() {
    let mut studio = queued();
    studio.ok(&jo(), report(1));
    studio.ok(&ravi(), Command::ReportFailure { job: JobId(2), cause: "device lost".to_owned() });
    let makers = &studio.state.image(&sha(1)).unwrap().makers;
    assert_eq!(makers.iter().map(PersonName::as_str).collect::<Vec<_>>(), ["Mara"], "who asked for it is its maker");
}

#[test]
fn two_jobs_may_give_the_same_file() {
    let mut studio = Studio::ran();
    let first = studio.run_images(1)[0];
    studio.ok(&mara(), Command::Keep { image: first });
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: studio.rows(1, 1), seen: None });
    let job = studio.state.interrupted_jobs()[0];
    let same = GeneratedImage { sha256: first, ..generated(job.0) };
    studio.ok(&mara(), Command::ReportImage { job, image: Box::new(same) });
    let image = studio.state.image(&first).unwrap();
    assert_eq!((image.origins.len(), image.is_kept()), (2, true));
    assert_eq!(studio.run_images(2), [first]);
}

#[test]
fn an_input_image_has_a_licence() {
    let mut studio = Studio::started();
    let add = |licence: &str| Command::AddInput {
        image: reference(sha(700)),
        file_name: "harbour.jpg".to_owned(),
        licence: licence.to_owned(),
    };
    assert_eq!(studio.refused(&mara(), add("")), "the licence of the input image is empty: write it");
    studio.ok(&mara(), add("own photograph"));
    assert!(studio.refused(&mara(), add("again")).contains("is in the project already"));
    assert_eq!(studio.state.inputs()[&sha(700)].licence, "own photograph");
}

#[test]
fn the_cost_is_estimated_from_measured_seconds() {
    let mut studio = queued();
    let base = recipe("");
    assert_eq!(studio.state.seconds_per_image(&base), None);
    for (job, elapsed_secs) in [(1, 9.0), (2, 1.2), (3, 1.0)] {
        let image = GeneratedImage { elapsed_secs, ..generated(job) };
        studio.ok(&mara(), Command::ReportImage { job: JobId(job), image: Box::new(image) });
    }
    let close = |secs: Option<f64>, to: f64| (secs.unwrap() - to).abs() < 1e-9;
    assert!(
        close(studio.state.seconds_per_image(&base), 1.2),
        "the middle one, so that the first slow one does not count"
    );
    let twice = kento_studio::Recipe { steps: 24, ..base.clone() };
    assert!(close(studio.state.seconds_per_image(&twice), 2.4));
    let larger = kento_studio::Recipe { width: 512, ..base };
    assert_eq!(studio.state.seconds_per_image(&larger), None);
}
