//! Any sequence of commands by anybody leaves the invariants whole. They are written down in [`check_record`] and
//! [`check_state`].

use std::collections::{BTreeMap, BTreeSet};

use kento_studio::card::{CardRef, LockedRecipe, undeclared};
use kento_studio::workflow::*;
use proptest::prelude::*;

use crate::random_commands::{Step, command, who};
use crate::replay::{ACTIONS, action_name, replayed};
use crate::studio::*;

fn step() -> impl Strategy<Value = Step> {
    (0..4_usize, any::<u8>(), 0..1_000_usize, any::<usize>(), 0..8_usize)
        .prop_map(|(who, hat, what, which, how)| Step { who, hat, what, which, how })
}

/// Where a run begins, so that random commands reach the late stages too.
fn beginning(stage: usize) -> Studio {
    match stage {
        0 => Studio::empty(),
        1 => Studio::briefed(),
        2 => Studio::sprinted(),
        3 => Studio::heroed(),
        4 => Studio::ran(),
        5 => Studio::submitted().0,
        6 => Studio::cleared().0,
        _ => solo_at_gate(),
    }
}

/// Jo alone, with images at the gate after the pause of the fresh-eyes pass.
fn solo_at_gate() -> Studio {
    let mut studio = Studio::empty();
    let worn = |role| actor("Jo", role);
    studio.ok(&worn(Role::Director), start_command());
    studio.ok(&worn(Role::Director), Command::WriteBrief { brief: Box::new(brief()), reason: None });
    studio.ok(&worn(Role::Director), Command::CompleteBrief);
    studio.ok(&worn(Role::Director), Command::SwitchRole { to: Role::Operator });
    studio.ok(&worn(Role::Operator), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    studio.render_all();
    studio.ok(&worn(Role::Operator), Command::SwitchRole { to: Role::Director });
    studio.skip_to_gate(&worn(Role::Director));
    studio.ok(&worn(Role::Director), Command::SwitchRole { to: Role::Operator });
    for image in [sha(1), sha(2)] {
        studio.ok(&worn(Role::Operator), Command::Keep { image });
        studio.ok(&worn(Role::Operator), Command::SubmitForReview { image, list: ReviewList::Full });
    }
    studio.ok(&worn(Role::Operator), Command::SwitchRole { to: Role::Reviewer });
    studio.later(30);
    studio
}

/// What must hold for one record, given the state before it.
fn check_record(before: &State, record: &Record) {
    let by = &record.by;
    let roles = |allowed: &[Role]| assert!(allowed.contains(&record.role), "{record:?}");
    match &record.action {
        Action::DirectionApproved { .. } | Action::HeroApproved { .. } | Action::BriefCompleted {} => {
            roles(&[Role::Director])
        }
        Action::SprintStarted { .. }
        | Action::DraftSaved { .. }
        | Action::Culled { .. }
        | Action::RecipeLocked { .. } => {
            roles(&[Role::Operator]);
            assert!(matches!(record.action, Action::Culled { .. }) || before.brief_is_complete());
            if let Action::RecipeLocked { recipe } = &record.action {
                let hero = before.card(&recipe.card_ref()).unwrap().hero.unwrap().image;
                assert_eq!((recipe.proof().hero, recipe.approval().hero), (hero, hero));
            }
        }
        Action::StageSkipped { stage, reason } => assert!(stage.can_be_skipped() && !reason.trim().is_empty()),
        // No volume job without a locked card that runs, and only along its declared axes.
        Action::JobsQueued { jobs } => {
            roles(&[Role::Operator]);
            for QueuedJob { request, purpose } in jobs {
                assert!(before.job(request.job).is_none(), "a job number is used twice");
                assert!(request.check().is_ok());
                if let JobPurpose::Repair { parent, .. } = purpose {
                    assert_eq!(before.image(parent).unwrap().hand_off, None, "an editor has it");
                }
                if let JobPurpose::Volume { card, .. } = purpose {
                    let known = before.card(card).unwrap();
                    assert_eq!(known.status(), CardStatus::Locked);
                    assert_eq!(undeclared(known.locked.as_ref().unwrap(), request), []);
                }
            }
        }
        // No clearance by the maker unless solo with fresh eyes, and never of regulated work.
        Action::ImageCleared { image, approval, .. } => {
            roles(&[Role::Reviewer]);
            let known = before.image(image).unwrap();
            assert!(known.open_review().is_some() && !known.is_vetoed());
            assert!(before.is_keeper(image) && !known.alt_text.is_empty());
            assert_eq!(*approval == Approval::SelfApproval, known.makers.contains(by));
            let review = known.open_review().unwrap();
            let is_judged = |item: &str| {
                let mut people = review.verdicts.get(item).into_iter().flat_map(BTreeMap::keys);
                people.any(|person| known.makers.contains(by) || !known.makers.contains(person))
            };
            let items = &before.checklist_of(review).unwrap().items;
            assert!(items.iter().all(|item| is_judged(&item.id)), "what a maker ticked clears for nobody else");
            if *approval == Approval::SelfApproval {
                assert!(before.is_solo() && before.stakes() != Stakes::Regulated);
                let pass = before.fresh_eyes().unwrap();
                assert!(pass.by == *by && pass.is_seen(image) && pass.seq > known.made_seq);
            }
        }
        Action::ItemJudged { image, verdict, .. } => {
            roles(&[Role::Reviewer]);
            assert!(before.is_solo() || !before.image(image).unwrap().makers.contains(by));
            let is_known = |file| before.image(file).is_some() || before.inputs().contains_key(file);
            assert!(verdict.evidence.iter().all(is_known));
        }
        // What no locked recipe made comes to the gate only past two skips.
        Action::ReviewSubmitted { image, .. } => {
            let known = before.image(image).unwrap();
            let is_skipped = [Stage::LockInPass, Stage::VolumeRun].map(|stage| before.is_skipped(stage));
            assert!(before.recipe_of(known).is_some() || is_skipped == [true, true], "a stage is left out unknowingly");
        }
        Action::MoodboardProposed { .. } | Action::MoodboardRanked { .. } => assert_eq!(before.direction(), None),
        Action::ImageReleased { image, name, .. } => {
            roles(&[Role::Director, Role::Reviewer]);
            assert!(before.is_cleared(image) && name.is_ascii());
            let taken = before.images().values().filter_map(|image| image.released.as_ref());
            assert!(taken.into_iter().all(|released| released.name != *name), "two files of one name");
        }
        _ => {}
    }
}

/// No clearance outlives the alt text that it was given for.
fn check_alt_texts(before: &State, after: &State, records: &[Record]) {
    for record in records {
        if let Action::AltTextWritten { image, text } = &record.action {
            let (was, is) = (before.image(image).unwrap(), after.image(image).unwrap());
            assert!(was.alt_text == *text || !is.has_clearance());
        }
    }
}

/// What must hold in every state.
fn check_state(studio: &Studio, locked: &mut BTreeMap<CardRef, LockedRecipe>) {
    let state = &studio.state;
    assert_eq!(state.seq(), studio.records.len() as u64, "every record has the next sequence number");
    assert_eq!(state.log().len(), studio.records.len());
    for image in state.images().values() {
        // A clearance holds for exactly this file, given by enough different people.
        if state.is_cleared(&image.sha256) {
            let clearances = &image.review().unwrap().clearances;
            assert!(!image.is_vetoed() && clearances.len() >= state.stakes().reviewers());
            assert!(clearances.iter().all(|one| one.sha256 == image.sha256));
        }
        // A lineage ends at its root and has no circle.
        assert_eq!(state.lineage(&image.sha256).last(), Some(&image.root));
        assert!(!image.makers.is_empty() && !image.origins.is_empty());
    }
    for (name, card) in state.cards() {
        // A locked card is never edited.
        if let Some(now) = &card.locked {
            assert_eq!(*now.card(), card.card);
            let first = locked.entry(name.clone()).or_insert_with(|| now.clone());
            assert_eq!(first.card(), now.card());
        }
        // The Hero of a card is a render of the card.
        if let Some(hero) = card.hero {
            let job = state.job(hero.job).unwrap();
            let wanted = card.card.request(hero.job);
            assert_eq!(kento_studio::card::request_sha256(&job.request), kento_studio::card::request_sha256(&wanted));
        }
    }
    // Nothing of a paused or unlocked card is worked on.
    for job in state.runnable_jobs() {
        if let JobPurpose::Volume { card, .. } = &state.job(job).unwrap().purpose {
            assert_eq!(state.card(card).unwrap().status(), CardStatus::Locked);
        }
    }
    // The views are total.
    assert_eq!(state.stages().len(), 7);
    for metric in Metric::ALL {
        let points = state.series(metric, None).points;
        assert!(points.windows(2).all(|pair| pair[0].seq < pair[1].seq), "{metric:?}");
        assert!(points.iter().all(|point| point.value.is_finite() && point.value >= 0.0));
    }
}

fn run(stage: usize, steps: &[Step]) -> Studio {
    let mut studio = beginning(stage);
    let mut locked = BTreeMap::new();
    for step in steps {
        let kind = CommandKind::ALL[step.what % CommandKind::ALL.len()];
        let by = who(&studio.state, kind, step);
        let command = command(&studio, kind, *step);
        assert_eq!(command.kind(), kind);
        studio.later((step.which % 13) as i64);
        let before = studio.state.clone();
        let allowed = allowed(&before, kind, &by, studio.now);
        match studio.try_act(&by, command) {
            Ok(records) => {
                assert!(allowed.is_yes(), "the table and decide disagree about {kind:?}");
                check_alt_texts(&before, &studio.state, &records);
                let mut state = before;
                for record in &records {
                    check_record(&state, record);
                    state.fold(state.seq() + 1, record);
                }
            }
            Err(refusal) => {
                let said = refusal.to_string();
                assert!(said.len() > 10 && !said.contains('\n'), "{said}");
                if let Permission::No { reason } = allowed {
                    assert_eq!(reason, said, "the window says another reason than decide");
                }
                assert_eq!(studio.state, before, "a refusal changes nothing");
            }
        }
        check_state(&studio, &mut locked);
    }
    studio
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_the_invariants_and_replays(
        stage in 0..8_usize,
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let studio = run(stage, &steps);
        prop_assert_eq!(replayed(&studio.records), studio.state);
    }

    #[test]
    fn a_log_in_any_order_and_with_holes_is_folded_without_a_panic(
        stage in 0..8_usize,
        order in proptest::collection::vec(any::<usize>(), 0..120),
    ) {
        let studio = beginning(stage);
        let mut state = State::default();
        for (seq, which) in (1..).zip(&order) {
            if let Some(record) = studio.records.get(which % studio.records.len().max(1)) {
                state.fold(seq, record);
            }
        }
        prop_assert_eq!(state.stages().len(), 7);
        prop_assert!(state.candidates().len() <= state.images().len());
        for kind in CommandKind::ALL {
            let command = command(&studio, *kind, Step { who: 0, hat: 0, what: 0, which: 3, how: 3 });
            for role in Role::ALL {
                let permission = would(&state, &command, &actor("Jo", role), studio.now);
                prop_assert!(permission.is_yes() || permission.reason().is_some());
            }
        }
    }

    #[test]
    fn any_text_is_one_sentence_or_says_why_not(text in "\\PC*") {
        if let Err(problem) = check_one_sentence(&text) {
            prop_assert!(problem.to_string().contains("intent"));
        }
    }
}

/// The logs of fixed random runs: always the same.
pub fn fixed_runs() -> impl Iterator<Item = Vec<Record>> {
    let mut random = 1_u64;
    // A linear congruential sequence (Knuth's MMIX).
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    (0..96).map(move |round| {
        let steps: Vec<Step> = (0..120)
            .map(|_| Step { who: next() % 4, hat: next() as u8, what: next() % 1_000, which: next(), how: next() % 8 })
            .collect();
        run(round % 8, &steps).records
    })
}

#[test]
fn the_random_commands_reach_every_action() {
    let seen: BTreeSet<String> = fixed_runs().flatten().map(|record| action_name(&record)).collect();
    let rare = ["template-promoted", "candidates-mixed"];
    let missing: Vec<&str> = ACTIONS.into_iter().filter(|one| !seen.contains(*one) && !rare.contains(one)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}
