use std::fs;
use std::path::Path;
use std::sync::Arc;

use kento_engine::client::{ClientEvent, EngineLaunch};
use kento_engine::protocol::{DeviceRequest, EngineEvent, JobTimings, LocalSource, Pixels};
use kento_studio::card::{CardRef, RecipeCard, Slot, VariationAxis};
use kento_studio::library::Checklist;
use kento_studio::project::{DiskFs, Fs};
use kento_studio::workflow::{Command, GeneratedImage, JobStatus, ProjectSettings, Role, Stage};
use kento_studio::{Dtype, EngineFingerprint, JobId};

use super::workbench::Side;
use super::{Happened, ModelShelf, Request, StudioProject, StudioThread, Update, Woken, Workbench};
use crate::model::Model;
use crate::panels::lock_panel::{brief, fingerprint, first_card, sha};
use crate::shipped;

fn bench(place: &Path) -> (Workbench, CardRef) {
    bench_on(Arc::new(DiskFs), place)
}

/// A project whose draft card has a Hero, on a bench whose engine never starts.
pub(super) fn bench_on(fs: Arc<dyn Fs>, place: &Path) -> (Workbench, CardRef) {
    let checklists: Vec<Checklist> = shipped::checklists().unwrap();
    let start = Command::StartProject {
        name: "Harbour Days".to_owned(),
        settings: ProjectSettings::default(),
        checklists,
        document_owner: "Mara".parse().unwrap(),
        next_review: "2027-05-01".parse().unwrap(),
    };
    let folder = place.join("harbour.kento");
    let mut project = StudioProject::create_on(fs, &folder, "Mara".parse().unwrap(), start).unwrap();
    let mut brief = brief();
    brief.iteration_budget = kento_studio::workflow::Answer::Filled(20);
    let (reason, mut card) = ("the look is given".to_owned(), first_card());
    card.axes = vec![VariationAxis::seeds(5)];
    let recipe = card.recipe.clone();
    let name = card.card_ref();
    for command in [
        Command::WriteBrief { brief: Box::new(brief), reason: None },
        Command::CompleteBrief,
        Command::SkipStage { stage: Stage::ConceptSprint, reason },
        Command::SwitchRole { to: Role::Operator },
        Command::SaveNewCard { card: Box::new(card), begun: None },
    ] {
        project.decide(&command).unwrap();
    }
    render_hero(&mut project, &name, 1);
    let launch = EngineLaunch { program: "/nowhere/kento".into(), args: Vec::new(), device: DeviceRequest::default() };
    let mut shelf = ModelShelf::default();
    shelf.put(Model {
        source: LocalSource { model: "/models/starter".into(), vae: None },
        reference: recipe.model,
        vae: recipe.vae,
        family: "Stable Diffusion 1.x".to_owned(),
        native_side: recipe.width,
        scheduler: None,
        guidance_scale: 5.0,
        problems: Vec::new(),
    });
    (Workbench::new(project, shelf, launch).unwrap(), name)
}

/// The same with a locked card and a volume run of five rows, of which the engine has three.
fn at_work(place: &Path) -> (Workbench, CardRef, Vec<JobId>) {
    let (mut bench, card) = bench(place);
    judge_proof(&mut bench, &card, sha(100_001));
    for command in [
        Command::SwitchRole { to: Role::Director },
        Command::ApproveHero { card: card.clone(), hero: sha(1) },
        Command::SwitchRole { to: Role::Operator },
        Command::LockRecipe { card: card.clone() },
    ] {
        bench.decide(&command).unwrap();
    }
    let rows = bench.project().state().card(&card).unwrap().locked.as_ref().unwrap().rows().unwrap();
    let rows = rows.into_iter().map(|row| row.request).collect();
    bench.decide(&Command::StartVolumeRun { card: card.clone(), rows, seen: None }).unwrap();
    let jobs = bench.queue();
    assert_eq!(jobs.len(), 5);
    assert!(bench.give_work().is_empty());
    assert!(bench.submitted.iter().eq(&jobs[..3]), "{:?}", bench.submitted);
    let ready = EngineEvent::Ready { fingerprint: Box::new(fingerprint()), why: "it is the only one".to_owned() };
    bench.hear(Side::Queue, ClientEvent::Engine(ready));
    (bench, card, jobs)
}

/// A proof of the card as it is, whose second render came to these pixels.
fn judge_proof(bench: &mut Workbench, card: &CardRef, again_pixels: kento_studio::Sha256) {
    bench.decide(&Command::ProveCard { card: card.clone() }).unwrap();
    let job = JobId(bench.project().state().next_job().0 - 1);
    let again_fingerprint = Box::new(fingerprint());
    let report = Command::ReportProof { job, again_pixels, again_fingerprint, ssimulacra2: None };
    bench.decide(&report).unwrap();
}

fn finish(bench: &mut Workbench, job: JobId) -> Vec<Happened> {
    let image = Pixels { width: 8, height: 8, channels: 3, data: vec![job.0 as u8; 8 * 8 * 3] };
    let timings = JobTimings { total_secs: 1.5, ..JobTimings::default() };
    bench.hear(Side::Queue, ClientEvent::Engine(EngineEvent::Finished { job, image, timings }))
}

fn cancelled(bench: &mut Workbench, job: JobId) -> Vec<Happened> {
    bench.hear(Side::Queue, ClientEvent::Engine(EngineEvent::Cancelled { job }))
}

fn status(bench: &Workbench, job: JobId) -> &JobStatus {
    &bench.project().state().job(job).unwrap().status
}

fn render_hero(project: &mut StudioProject, card: &CardRef, image: u64) {
    project.decide(&Command::RenderHero { card: card.clone() }).unwrap();
    let job = JobId(project.state().next_job().0 - 1);
    let pixels_sha256 = sha(100_000 + image);
    let image = GeneratedImage { sha256: sha(image), pixels_sha256, fingerprint: fingerprint(), elapsed_secs: 1.5 };
    project.decide(&Command::ReportImage { job, image: Box::new(image) }).unwrap();
}

pub(super) fn changed(bench: &Workbench, card: &CardRef) -> RecipeCard {
    let mut changed = bench.project().state().card(card).unwrap().card.clone();
    changed.set_slot(Slot::Subject, "a blue ferry");
    changed
}

pub(super) fn asked_for_a_proof(bench: &mut Workbench, card: &CardRef) -> JobId {
    bench.decide(&Command::ProveCard { card: card.clone() }).unwrap();
    let job = JobId(bench.project().state().next_job().0 - 1);
    assert_eq!(bench.queue(), [job]);
    job
}

#[test]
fn a_proof_ends_with_its_cause_when_the_draft_changes_before_it_is_done() {
    let place = tempfile::tempdir().unwrap();
    let (mut bench, card) = bench(place.path());
    let proof = asked_for_a_proof(&mut bench, &card);
    let draft = Box::new(changed(&bench, &card));
    bench.decide(&Command::SaveDraftCard { card: draft }).unwrap();
    assert!(bench.give_work().is_empty(), "nothing else went wrong");
    let state = bench.project().state();
    let JobStatus::Failed { cause } = &state.job(proof).unwrap().status else { panic!("the proof still waits") };
    assert_eq!(cause, "the card was changed before its proof was done: render its Hero and prove it again");
    assert!(bench.queue().is_empty() && state.card(&card).unwrap().proof.is_none());
    // The next proof is that of the card as it is now.
    render_hero(bench.project_mut(), &card, 2);
    asked_for_a_proof(&mut bench, &card);
}

#[test]
fn a_proof_of_a_hero_that_was_rendered_again_ends_too() {
    let place = tempfile::tempdir().unwrap();
    let (mut bench, card) = bench(place.path());
    let proof = asked_for_a_proof(&mut bench, &card);
    let draft = Box::new(changed(&bench, &card));
    bench.decide(&Command::SaveDraftCard { card: draft }).unwrap();
    render_hero(bench.project_mut(), &card, 2);
    bench.give_work();
    let status = &bench.project().state().job(proof).unwrap().status;
    assert!(matches!(status, JobStatus::Failed { .. }), "{status:?}");
}

fn named(device: &str) -> DeviceRequest {
    DeviceRequest { device: device.to_owned(), ..DeviceRequest::default() }
}

/// Waits until the engine says that it cannot be had.
fn until_there_is_none(bench: &mut Workbench) {
    loop {
        let Woken::Engine(happened) = bench.wait(&crossbeam_channel::never::<()>()) else { panic!("nobody asks") };
        if happened.iter().any(|one| matches!(one, Happened::NoEngine(_))) {
            return;
        }
    }
}

#[test]
fn another_device_is_opened_once_the_engine_has_nothing_to_do() {
    let place = tempfile::tempdir().unwrap();
    let (mut bench, card) = bench(place.path());
    until_there_is_none(&mut bench);
    bench.use_device(named("Voodoo 5"));
    assert_eq!(bench.device(), &named("Voodoo 5"));
    assert!(!bench.waits_for_device(), "the change itself waits for nothing");
    assert!(bench.give_work().is_empty());
    // Another engine was started, which is asked for that device.
    assert!(bench.waits_for_device(), "a job that is given now would fail where the device is gone");
    until_there_is_none(&mut bench);
    asked_for_a_proof(&mut bench, &card);
    bench.use_device(DeviceRequest::default());
    bench.give_work();
    assert!(!bench.waits_for_device(), "the automatic choice always finds one");
}

#[test]
fn a_chosen_device_that_is_gone_gives_way_to_the_automatic_choice() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("harbour.kento");
    let (bench, _) = bench(place.path());
    bench.close().unwrap();
    let launch = EngineLaunch { program: "/nowhere/kento".into(), args: Vec::new(), device: named("Voodoo 5") };
    let thread = StudioThread::start(launch, || {}).unwrap();
    thread.ask(Request::Open { folder, person: "Mara".parse().unwrap() }).unwrap();
    let (mut gone, mut none) = (0, 0);
    for _ in 0..2_000 {
        for update in thread.updates() {
            match update {
                Update::DeviceGone(told) => {
                    assert!(told.ends_with("the device is chosen automatically now"), "{told}");
                    gone += 1;
                }
                Update::NoEngine(_) => none += 1,
                Update::NotOpened(why) => panic!("{why}"),
                _ => {}
            }
        }
        if none > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!((gone, none), (1, 1), "the second engine, on the automatic choice, cannot be had either");
}

#[test]
fn a_drive_that_takes_records_and_no_pictures_costs_no_row_of_the_run() {
    let place = tempfile::tempdir().unwrap();
    let (mut bench, _, jobs) = at_work(place.path());
    // Where the pictures go stands a file: none can be stored, and a record still can.
    let images = place.path().join("harbour.kento/images");
    let away = place.path().join("away");
    fs::create_dir_all(&images).unwrap();
    fs::rename(&images, &away).unwrap();
    fs::write(&images, "no room").unwrap();
    let seq = bench.project().state().seq();

    let told = finish(&mut bench, jobs[0]);
    assert!(matches!(told[..], [Happened::PutBack(job), Happened::NotSaved(_)] if job == jobs[0]), "{told:?}");
    assert_eq!(*status(&bench, jobs[0]), JobStatus::Queued, "it is the drive that failed, and not the job");
    assert_eq!(bench.project().state().seq(), seq);
    assert!(bench.held().is_some_and(|why| why.contains("images")), "{:?}", bench.held());
    assert!(bench.give_work().is_empty());
    assert!(bench.withdrawn.iter().eq(&jobs[1..3]), "the next pictures would be lost too: {:?}", bench.withdrawn);
    for job in &jobs[1..3] {
        let told = cancelled(&mut bench, *job);
        assert!(matches!(told[..], [Happened::PutBack(back)] if back == *job), "{told:?}");
    }
    assert!(bench.give_work().is_empty() && bench.submitted.is_empty(), "the queue waits");
    assert_eq!((bench.queue(), bench.project().state().seq()), (jobs.clone(), seq), "nothing was lost or recorded");

    bench.try_again();
    assert!(bench.give_work().is_empty() && bench.submitted.iter().eq(&jobs[..3]), "{:?}", bench.submitted);
    finish(&mut bench, jobs[0]);
    assert!(bench.held().is_some(), "the drive is as full as before");
    // A decision that was saved is a reason to try, and now there is room.
    fs::remove_file(&images).unwrap();
    fs::rename(&away, &images).unwrap();
    bench.decide(&Command::SwitchRole { to: Role::Reviewer }).unwrap();
    assert!(bench.held().is_none() && bench.give_work().is_empty());
    assert!(bench.submitted.contains(&jobs[0]));
    let told = finish(&mut bench, jobs[0]);
    assert!(matches!(told[..], [Happened::ImageSaved { .. }]), "{told:?}");
    assert!(matches!(status(&bench, jobs[0]), JobStatus::Done { .. }));
}

#[test]
fn a_pause_takes_back_what_the_engine_has_and_cancels_nothing() {
    let place = tempfile::tempdir().unwrap();
    let (mut bench, card, jobs) = at_work(place.path());
    judge_proof(&mut bench, &card, sha(12_345));
    assert!(bench.queue().is_empty(), "the recipe stopped reproducing, and its run is paused");
    assert!(bench.give_work().is_empty());
    assert!(bench.withdrawn.iter().eq(&jobs[..3]), "{:?}", bench.withdrawn);
    for job in &jobs[..3] {
        let told = cancelled(&mut bench, *job);
        assert!(matches!(told[..], [Happened::PutBack(back)] if back == *job), "{told:?}");
        assert_eq!(*status(&bench, *job), JobStatus::Queued, "it waits for a decision, and is not cancelled");
    }
    assert!(bench.give_work().is_empty() && bench.submitted.is_empty() && bench.withdrawn.is_empty());
    // Proved and locked again, the run goes on where it was.
    judge_proof(&mut bench, &card, sha(100_001));
    bench.decide(&Command::LockRecipe { card }).unwrap();
    assert!(bench.give_work().is_empty());
    assert!(bench.submitted.iter().eq(&jobs[..3]), "{:?}", bench.submitted);
}

#[test]
fn jobs_in_another_number_format_wait_for_their_device_and_that_is_told_once() {
    let place = tempfile::tempdir().unwrap();
    let (mut bench, card) = bench(place.path());
    bench.decide(&Command::RenderHero { card }).unwrap();
    let open = |bench: &mut Workbench, dtype| {
        let fingerprint = Box::new(EngineFingerprint { dtype, ..fingerprint() });
        let ready = EngineEvent::Ready { fingerprint, why: "it was chosen".to_owned() };
        bench.hear(Side::Queue, ClientEvent::Engine(ready));
    };
    open(&mut bench, Dtype::F16);
    let told = bench.give_work();
    let [Happened::Problem(why)] = &told[..] else { panic!("{told:?}") };
    assert!(why.starts_with("jobs in f32 wait, because the device computes in f16: "), "{why}");
    assert!(bench.give_work().is_empty() && bench.submitted.is_empty(), "told once, and given to nobody");
    assert_eq!(bench.queue().len(), 1, "it waits and has not failed");
    open(&mut bench, Dtype::F32);
    assert!(bench.give_work().is_empty());
    assert_eq!(bench.submitted.len(), 1);
}
