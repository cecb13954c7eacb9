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
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: studio.rows(1, 1) });
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
