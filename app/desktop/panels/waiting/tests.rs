use kento_studio::workflow::{Command, IterationSubject, Judgement, Pin, ReviewList, Verdict};
use kento_studio::{JobId, Sha256, Task};

use super::{Target, Waiting, waiting};
use crate::frame::PanelKind;
use crate::panels::concept_grid::world::{self, World};
use crate::panels::lock_panel::{self, TestProject, first_card};

fn told(all: &[Waiting]) -> Vec<String> {
    all.iter().map(|one| format!("{} · {}", one.what, one.detail)).collect()
}

#[test]
fn the_director_is_told_of_iterations_that_are_asked_for_and_of_heroes() {
    let mut project = TestProject::without_sprint();
    let (jo, mara) = (lock_panel::jo(), lock_panel::mara());
    let card = first_card();
    let name = card.card_ref();
    project.act(&mara, Command::SaveNewCard { card: Box::new(card), begun: None });
    for _ in 0..4 {
        project.act(&mara, Command::RenderHero { card: name.clone() });
        project.render_all();
    }
    let subject = IterationSubject::Hero { card: name.clone() };
    let reason = "the sail is too dark".to_owned();
    project.act(&mara, Command::AskForIterations { subject: subject.clone(), reason });
    assert_eq!(waiting(&project.input()), [], "nothing of it waits for the Operator");

    project.actor = jo.clone();
    let all = waiting(&project.input());
    let asked = format!("Grant iterations for the Hero of {name} · Mara asks for more: the sail is too dark");
    assert_eq!(told(&all), [asked, format!("Approve the Hero of {name} · Mara saved the card")]);
    let hero = project.state.card(&name).unwrap().hero.unwrap().image;
    assert!(all.iter().all(|one| one.target == Target::Card(name.clone(), Some(hero))));

    project
        .act(&jo, Command::GrantIterations { subject, more: 2, reason: "close to the brief".to_owned(), seen: None });
    project.act(&jo, Command::ApproveHero { card: name, hero });
    assert_eq!(waiting(&project.input()), []);
}

#[test]
fn a_moodboard_waits_for_the_director_until_a_direction_is_approved() {
    let mut world = World::sprinted();
    world.act(&world::mara(), Command::ProposeMoodboard { candidates: [1, 2, 3].map(world::sha).to_vec() });
    assert_eq!(waiting(&world.input()), []);
    world.actor = world::jo();
    let all = waiting(&world.input());
    assert_eq!(told(&all), ["Rank the moodboard and approve a direction · 3 candidates"]);
    assert_eq!(all[0].target, Target::Moodboard);
    world.act(&world::jo(), Command::RankMoodboard { candidates: [1, 2, 3].map(world::sha).to_vec() });
    assert_eq!(told(&waiting(&world.input())), ["Approve a direction · 3 candidates"]);
    let reason = "the calmest".to_owned();
    world.act(&world::jo(), Command::ApproveDirection { image: world::sha(1), reason });
    assert_eq!(waiting(&world.input()), []);
}

#[test]
fn an_image_waits_for_the_reviewer_then_for_its_release_and_sent_back_for_the_operator() {
    let mut world = World::ran();
    let (mara, ravi) = (world::mara(), world::ravi());
    let (good, bad) = (world::sha(27), world::sha(28));
    for image in [good, bad] {
        world.act(&mara, Command::Keep { image });
        world.act(&mara, Command::WriteAltText { image, text: "A red boat.".to_owned() });
        world.act(&mara, Command::SubmitForReview { image, list: ReviewList::Full });
    }
    assert_eq!(waiting(&world.input()), [], "its maker does not judge it");
    world.actor = ravi.clone();
    let all = waiting(&world.input());
    let review = |image: Sha256| format!("Review {} · made by Mara", image.auto_v2());
    assert_eq!(told(&all), [review(good), review(bad)]);
    assert_eq!(all[0].target, Target::Image(good, PanelKind::Checklist));

    let judged = |judgement, note: &str| {
        let pins = (judgement == Judgement::Fail).then_some(Pin { x: 0.5, y: 0.5 });
        Verdict { judgement, note: note.to_owned(), evidence: Vec::new(), pins: pins.into_iter().collect() }
    };
    for item in ["hands", "edges"] {
        let verdict = judged(Judgement::Pass, "");
        world.act(&ravi, Command::JudgeItem { image: good, item: item.to_owned(), verdict });
    }
    world.act(&ravi, Command::ClearImage { image: good });
    let verdict = judged(Judgement::Fail, "a halo");
    world.act(&ravi, Command::JudgeItem { image: bad, item: "edges".to_owned(), verdict });
    world.act(&ravi, Command::SendBack { image: bad, note: "mend the edges".to_owned() });
    let release = format!("Release {} · cleared by Ravi", good.auto_v2());
    let of_reviewer = told(&waiting(&world.input()));
    world.actor = world::jo();
    assert_eq!((of_reviewer, told(&waiting(&world.input()))), (vec![release.clone()], vec![release]));
    world.actor = mara.clone();
    let all = waiting(&world.input());
    assert_eq!(told(&all), [format!("Repair {} · sent back: mend the edges", bad.auto_v2())]);
    assert_eq!(all[0].target, Target::Image(bad, PanelKind::Canvas));

    let (editor, reason) = (world::person("Ravi"), "the logo is the client's".to_owned());
    world.act(&mara, Command::HandToEditor { image: bad, editor, reason });
    let with = format!("Take in the edited {} · with Ravi: the logo is the client's", bad.auto_v2());
    assert_eq!(told(&waiting(&world.input())), [with]);
}

#[test]
fn an_accepted_variation_waits_until_it_is_kept_or_rejected() {
    let mut world = World::ran();
    let recipe = Box::new(world.state.job(JobId(27)).unwrap().request.recipe.clone());
    let parent = world::sha(27);
    let vary = Command::VaryImage { parent, recipe, task: Task::TextToImage, seed: 4_711, variations: Vec::new() };
    world.act(&world::mara(), vary);
    world.render_all();
    let made = world::sha(47);
    let all = waiting(&world.input());
    let told_of = format!("Keep or reject the variation {} · it was accepted", made.auto_v2());
    assert_eq!(told(&all), [told_of]);
    world.act(&world::mara(), Command::Keep { image: made });
    assert_eq!(waiting(&world.input()), []);
}
