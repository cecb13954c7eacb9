use std::path::Path;
use std::sync::Arc;

use kento_engine::client::EngineLaunch;
use kento_engine::protocol::DeviceRequest;
use kento_studio::JobId;
use kento_studio::card::{CardRef, RecipeCard, Slot};
use kento_studio::library::Checklist;
use kento_studio::project::{DiskFs, Fs};
use kento_studio::workflow::{Command, GeneratedImage, JobStatus, ProjectSettings, Role, Stage};

use super::{Happened, ModelShelf, Request, StudioProject, StudioThread, Update, Woken, Workbench};
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
    let (reason, card) = ("the look is given".to_owned(), first_card());
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
    (Workbench::new(project, ModelShelf::default(), launch).unwrap(), name)
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
