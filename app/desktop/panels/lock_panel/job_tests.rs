//! What the panel says of jobs that gave nothing and of proofs that failed.

use kento_studio::workflow::{Command, Hero};
use kento_studio::{JobId, SchemaV1, Task};

use super::data::{failed_box, hero};
use super::test_project::{TestProject, fingerprint, jo, mara, sha};
use super::tests::{buttons, drafted, locked};
use crate::studio::{DIFFERENCE_GAIN, SecondRender};
use crate::widgets::{ProofPictures, ProofVerdict};
use kento_studio::card::{CardRef, Slot};

/// What stands above the Hero: where it is, and what failed.
fn told(project: &TestProject, card: &CardRef, interrupted: &[JobId]) -> String {
    let data = hero(&project.input(), card, project.state.card(card).unwrap(), interrupted);
    let troubles = data.troubles.iter().map(|trouble| format!("{} [{}]", trouble.words, trouble.again));
    std::iter::once(data.words.clone()).chain(troubles).collect::<Vec<_>>().join("\n")
}

fn last_job(project: &TestProject) -> JobId {
    JobId(project.state.next_job().0 - 1)
}

fn fail(project: &mut TestProject, cause: &str) -> JobId {
    let job = last_job(project);
    project.act(&mara(), Command::ReportFailure { job, cause: cause.to_owned() });
    job
}

fn retries(project: &TestProject, card: &CardRef) -> Vec<Command> {
    let data = hero(&project.input(), card, project.state.card(card).unwrap(), &[]);
    data.troubles.iter().map(|trouble| trouble.retry()).collect()
}

#[test]
fn a_hero_that_failed_says_why_and_is_queued_again() {
    let (mut project, card) = drafted();
    assert_eq!(told(&project, &card, &[]), "no Hero yet: render it");
    project.act(&mara(), Command::RenderHero { card: card.clone() });
    assert_eq!(told(&project, &card, &[]), "the Hero is being rendered");
    let job = last_job(&project);
    let cut_off = "no Hero yet\nThe Hero was interrupted when Kento ended. [Queue the Hero again]";
    assert_eq!(told(&project, &card, &[job]), cut_off);
    fail(&mut project, "out of memory");
    let failed = "no Hero yet\nThe Hero was not made: out of memory [Queue the Hero again]";
    assert_eq!(told(&project, &card, &[]), failed);
    assert_eq!(retries(&project, &card), [Command::RequeueJobs { jobs: vec![job] }]);
    // Another picture is asked for now: the old job is of no use.
    let mut other = project.state.card(&card).unwrap().card.clone();
    let before = other.clone();
    other.set_slot(Slot::Subject, "a ferry");
    project.act(&mara(), Command::SaveDraftCard { card: Box::new(other) });
    assert_eq!(told(&project, &card, &[]), "no Hero yet: render it");
    project.act(&mara(), Command::SaveDraftCard { card: Box::new(before) });
    project.act(&mara(), Command::RequeueJobs { jobs: vec![job] });
    assert_eq!(told(&project, &card, &[]), "the Hero is being rendered");
    project.render_all();
    assert_eq!(told(&project, &card, &[]), "not approved: the Director approves it");
}

#[test]
fn a_proof_and_variations_that_failed_say_why_and_are_queued_again() {
    let (mut project, card) = drafted();
    project.act(&mara(), Command::RenderHero { card: card.clone() });
    project.render_all();
    project.act(&mara(), Command::ProveCard { card: card.clone() });
    let proof = fail(&mut project, "the engine ended");
    let image = project.state.card(&card).unwrap().hero.unwrap().image;
    let recipe = Box::new(project.state.card(&card).unwrap().card.recipe.clone());
    let mut varied = Vec::new();
    for seed in [1, 2] {
        let (recipe, task) = (recipe.clone(), Task::TextToImage);
        project.act(&mara(), Command::VaryImage { parent: image, recipe, task, seed, variations: Vec::new() });
        varied.push(fail(&mut project, "out of memory"));
    }
    assert_eq!(
        told(&project, &card, &[]),
        "not approved: the Director approves it\n\
         The second render was not made: the engine ended [Queue the proof again]\n\
         2 variations were not made: out of memory [Queue the failed variations again]"
    );
    varied.reverse();
    let jobs = [vec![proof], varied];
    assert_eq!(retries(&project, &card), jobs.map(|jobs| Command::RequeueJobs { jobs }));
    // A later proof stands for the one that failed.
    project.prove(&card, true);
    assert!(!told(&project, &card, &[]).contains("second render"));
}

#[test]
fn after_a_failed_proof_the_hero_is_rendered_again_and_another_hero_is_approved_anew() {
    let (mut project, card) = drafted();
    project.act(&mara(), Command::RenderHero { card: card.clone() });
    project.render_all();
    project.prove(&card, false);
    let told = buttons(&project, &card, None);
    assert!(told.starts_with("Render Hero again\nProve\nApprove Hero ("), "{told}");
    let mut newer = project.state.card(&card).unwrap().clone();
    newer.hero = newer.hero.map(|hero| Hero { job: JobId(last_job(&project).0 + 1), ..hero });
    let typed = Ok(newer.card.clone());
    let edited = super::data::Edited { card: &typed, is_changed: false, left_out: &super::data::LeftOut::new() };
    let told = super::tests::told(&super::data::steps(&project.input(), Some(&newer), edited));
    assert!(told.starts_with("Prove\nRender Hero again\n"), "{told}");
    let image = project.state.card(&card).unwrap().hero.unwrap().image;
    project.act(&jo(), Command::ApproveHero { card: card.clone(), hero: image });
    let told = buttons(&project, &card, None);
    assert!(told.starts_with("Render Hero again\nProve\nLock ("), "{told}");
    let mut known = project.state.card(&card).unwrap().clone();
    known.hero = Some(Hero { image: sha(77), job: known.hero.unwrap().job });
    assert!(!super::data::is_approved(&known));
    let typed = Ok(known.card.clone());
    let edited = super::data::Edited { card: &typed, is_changed: false, left_out: &super::data::LeftOut::new() };
    let told = super::tests::told(&super::data::steps(&project.input(), Some(&known), edited));
    assert!(told.contains("\nApprove Hero ("), "{told}");
}

#[test]
fn a_failed_proof_shows_both_renders_with_its_verdict() {
    let (mut project, card) = locked();
    project.prove(&card, false);
    let known = project.state.card(&card).unwrap();
    let data = hero(&project.input(), &card, known, &[]);
    assert_eq!(data.failed_job, Some(last_job(&project)));
    let image = known.hero.unwrap().image;
    let mut second = SecondRender {
        schema: SchemaV1,
        hero_pixels: project.state.image(&image).unwrap().pixels_sha256,
        again_pixels: sha(12_345),
        again_fingerprint: fingerprint(),
        ssimulacra2: Some(97.3),
    };
    let boxed = failed_box(&project.state, known, &second).unwrap();
    assert_eq!(boxed.verdict, ProofVerdict::Unequal { ssimulacra2: Some(97.3) });
    assert_eq!((boxed.pixels[1].clone(), boxed.made_on.len()), (sha(12_345).to_string(), 1));
    second.again_fingerprint.device.name = "RTX 4060".to_owned();
    second.ssimulacra2 = Some(71.5);
    let boxed = failed_box(&project.state, known, &second).unwrap();
    assert_eq!(boxed.verdict, ProofVerdict::Differs { ssimulacra2: 71.5, at_least: 90.0 });
    assert_eq!(boxed.made_on[1], "second: flex · RTX 4060 · f32 · numerics 2");
    second.hero_pixels = sha(5);
    assert_eq!(failed_box(&project.state, known, &second), None);
    assert_eq!(ProofPictures::DIFFERENCE_GAIN, DIFFERENCE_GAIN);
}
