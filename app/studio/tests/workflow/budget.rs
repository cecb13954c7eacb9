use kento_studio::workflow::*;

use crate::studio::*;

fn vary(parent: kento_studio::Sha256, seed: u64) -> Command {
    Command::VaryImage {
        parent,
        recipe: Box::new(recipe("boat")),
        task: kento_studio::Task::TextToImage,
        seed,
        variations: Vec::new(),
    }
}

#[test]
fn at_the_budget_the_app_asks_the_director_and_never_silently_goes_on() {
    let (mut studio, image, _) = Studio::kept();
    let subject = IterationSubject::Image { root: image };
    let ask = |reason: &str| Command::AskForIterations { subject: subject.clone(), reason: reason.to_owned() };
    let early = studio.refused(&mara(), ask("hands"));
    assert_eq!(early, format!("the iteration budget of {} is not used up: go on", image.auto_v2()));
    for n in 0..4 {
        assert_eq!(studio.state.iterations_used(&subject), n);
        studio.ok(&mara(), if n % 2 == 0 { repair(image, 0.1, None) } else { vary(image, u64::from(n)) });
    }
    let spent = format!("the iteration budget of 4 for {} is used up: ask the Director for more", image.auto_v2());
    assert_eq!(studio.refused(&mara(), repair(image, 0.1, None)), spent);
    assert_eq!(studio.refused(&mara(), vary(image, 9)), spent);
    assert_eq!(studio.refused(&mara(), ask("")), "asking for more iterations needs a reason: write why");
    studio.ok(&mara(), ask("the hands are nearly right"));
    assert_eq!(studio.refused(&mara(), ask("again")), "the Director is asked already: wait for the answer");
    assert_eq!(studio.state.iteration_asks().len(), 1);
    let grant = |more| Command::GrantIterations {
        subject: subject.clone(),
        more,
        reason: "one last time".to_owned(),
        seen: None,
    };
    assert!(studio.refused(&mara(), grant(1)).starts_with("granting iterations needs a Director"));
    assert!(studio.refused(&jo(), grant(0)).starts_with("the number of iterations must be a number from 1 to 1000"));
    studio.ok(&jo(), grant(1));
    assert_eq!(studio.state.iteration_asks(), [], "the answer closes the question");
    studio.ok(&mara(), repair(image, 0.1, None));
    assert!(studio.refused(&mara(), repair(image, 0.1, None)).contains("budget of 5"));
}

#[test]
fn a_lineage_shares_one_budget() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), repair(image, 0.1, None));
    studio.render_all();
    let child = sha(studio.state.next_job().0 - 1);
    studio.ok(&mara(), Command::AcceptRepair { image: child });
    for _ in 0..3 {
        studio.ok(&mara(), repair(child, 0.1, None));
    }
    assert!(studio.refused(&mara(), repair(child, 0.1, None)).contains("is used up"));
    let subject = IterationSubject::Image { root: child };
    let said = studio.refused(&jo(), Command::GrantIterations { subject, more: 1, reason: "x".to_owned(), seen: None });
    assert_eq!(said, format!("iterations count for the first image: name {}", image.auto_v2()));
}

#[test]
fn the_heroes_of_one_revision_share_a_budget() {
    let mut studio = Studio::directed();
    for seed in 0..4 {
        let mut draft = card(1);
        draft.seed = seed;
        studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(draft) });
        studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
        studio.render_all();
    }
    let said = studio.refused(&mara(), Command::RenderHero { card: card_ref(1) });
    assert_eq!(said, "the iteration budget of 4 for the Hero of harbour-flat-r1 is used up: ask the Director for more");
    // A proof is a measurement and no iteration.
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
}

#[test]
fn what_failed_or_was_cancelled_is_not_spent_and_queueing_it_again_is() {
    let (mut studio, image, _) = Studio::kept();
    for _ in 0..4 {
        studio.ok(&mara(), repair(image, 0.1, None));
    }
    let job = studio.state.interrupted_jobs()[0];
    studio.ok(&mara(), Command::CancelJobs { jobs: vec![job], cause: "wrong mask".to_owned() });
    studio.ok(&mara(), repair(image, 0.1, None));
    let said = studio.refused(&mara(), Command::RequeueJobs { jobs: vec![job] });
    assert!(said.contains("is used up"), "{said}");
}

#[test]
fn a_brief_without_a_budget_sets_no_limit() {
    let iteration_budget = Answer::NotNeeded { because: "an experiment".to_owned() };
    let studio = Studio::briefed_with(Brief { iteration_budget, ..brief() });
    let subject = IterationSubject::Hero { card: card_ref(1) };
    assert_eq!(studio.state.iteration_budget(&subject), None);
    let said = studio.refused(&mara(), Command::AskForIterations { subject, reason: "x".to_owned() });
    assert_eq!(said, "the brief sets no iteration budget: go on");
}

#[test]
fn with_less_left_than_a_strip_more_can_be_asked_for() {
    let (mut studio, image, _) = Studio::kept();
    let subject = IterationSubject::Image { root: image };
    studio.ok(&mara(), repair(image, 0.1, None));
    studio.ok(&mara(), Command::AskForIterations { subject, reason: "a strip needs four".to_owned() });
    assert_eq!(studio.state.iteration_asks().len(), 1);
    studio.ok(&mara(), repair(image, 0.1, None));
}

#[test]
fn a_grant_that_is_pressed_twice_is_given_once() {
    let (mut studio, image, _) = Studio::kept();
    let subject = IterationSubject::Image { root: image };
    let seen = Some(studio.state.seq());
    let grant = |seen| Command::GrantIterations { subject: subject.clone(), more: 2, reason: "hands".to_owned(), seen };
    studio.ok(&jo(), grant(seen));
    let said = studio.refused(&jo(), grant(seen));
    let end = "were granted a moment ago: look at what is left before you grant more";
    assert!(said.ends_with(end), "{said}");
    assert_eq!(studio.state.iteration_budget(&subject), Some(6));
    studio.ok(&jo(), grant(Some(studio.state.seq())));
    assert_eq!(studio.state.iteration_budget(&subject), Some(8), "one who has seen the first grant means another");
    let other = IterationSubject::Hero { card: card_ref(1) };
    studio.ok(&jo(), Command::GrantIterations { subject: other, more: 1, reason: "sky".to_owned(), seen });
}

/// What a refusal says to do can be done.
#[test]
fn a_refusal_says_ask_the_director_only_where_the_director_can_be_asked() {
    let (mut studio, image, _) = Studio::kept();
    let subject = IterationSubject::Image { root: image };
    let ask = Command::AskForIterations { subject, reason: "a wide strip".to_owned() };
    let strip = |seeds: std::ops::Range<u64>| {
        let Command::StartRepair { parent, recipe, task, masked_share, overrule, .. } = repair(image, 0.1, None) else {
            panic!()
        };
        Command::StartRepair { parent, recipe, task, seeds: seeds.collect(), masked_share, overrule }
    };
    let said = studio.refused(&mara(), strip(0..6));
    assert!(said.ends_with("make at most 4; the Director is asked for more once fewer than 4 are left"), "{said}");
    assert!(studio.refused(&mara(), ask.clone()).ends_with("is not used up: go on"));
    studio.ok(&mara(), repair(image, 0.1, None));
    let said = studio.refused(&mara(), strip(0..6));
    assert!(said.ends_with("make at most 3, or ask the Director for more"), "{said}");
    studio.ok(&mara(), ask);
}
