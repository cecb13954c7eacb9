//! Any sequence of commands by anybody leaves the invariants whole. They are written down in [`check_record`] and
//! [`check_state`].

use std::collections::BTreeMap;

use kento_studio::card::{CardRef, LockedRecipe, undeclared};
use kento_studio::workflow::*;
use kento_studio::library::NegativeEntry;
use kento_studio::{JobId, Sha256, Task};
use proptest::prelude::*;

use crate::replay::replayed;
use crate::studio::*;

/// One random step: who, what, on which of the things that exist, and how.
#[derive(Debug, Clone, Copy)]
struct Step {
    who: usize,
    /// Below 200: in the hat that is worn; above: in any hat.
    hat: u8,
    what: usize,
    which: usize,
    how: usize,
}

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
    for image in [sha(1), sha(2)] {
        studio.ok(&worn(Role::Operator), Command::Keep { image });
        studio.ok(&worn(Role::Operator), Command::SubmitForReview { image, list: ReviewList::Full });
    }
    studio.ok(&worn(Role::Operator), Command::SwitchRole { to: Role::Reviewer });
    studio.later(30);
    studio
}

fn pick<T: Copy>(from: &[T], which: usize) -> Option<T> {
    from.get(which % from.len().max(1)).copied()
}

/// A command of a kind about things that exist, mostly sound, sometimes not.
fn command(studio: &Studio, kind: CommandKind, step: Step) -> Command {
    let Step { which, how, .. } = step;
    let state = &studio.state;
    let images: Vec<Sha256> = state.images().keys().copied().collect();
    let at_gate: Vec<Sha256> = state.candidates().iter().map(|image| image.sha256).collect();
    let any_image = pick(&images, which).unwrap_or(sha(1));
    let gate_image = pick(&at_gate, which).unwrap_or(any_image);
    let jobs: Vec<JobId> = state.jobs().keys().copied().collect();
    let waiting = pick(&state.interrupted_jobs(), which).unwrap_or(JobId(1));
    let any_job = pick(&jobs, which).unwrap_or(JobId(1));
    let cards: Vec<CardRef> = state.cards().keys().cloned().collect();
    let card = cards.get(which % cards.len().max(1)).cloned().unwrap_or(card_ref(1));
    let reason = if how == 7 { " ".to_owned() } else { format!("because {how}") };
    let stage = Stage::ALL[which % Stage::ALL.len()];
    match kind {
        CommandKind::StartProject => start_command(),
        CommandKind::SwitchRole => Command::SwitchRole { to: Role::ALL[which % 3] },
        CommandKind::ChangeSettings => {
            let short_list = ShortListRule { least_reviewed: 1 + how as u32, most_rework: 0.5 };
            let fresh_eyes_minutes = how as u32 * 10;
            let settings = ProjectSettings { short_list, fresh_eyes_minutes, ..ProjectSettings::default() };
            Command::ChangeSettings { settings, reason }
        }
        CommandKind::AdoptChecklist => {
            let name = if how == 1 { ARTEFACT_GATE } else { "review-full" };
            let list = checklist(name, &ITEMS[..1 + which % 3]);
            Command::AdoptChecklist { checklist: kento_studio::library::Checklist { version: how as u32, ..list } }
        }
        CommandKind::ReviewDocument => {
            Command::ReviewDocument { owner: person("Jo"), next_review: "2027-02-03".parse().unwrap() }
        }
        CommandKind::WriteBrief => {
            let stakes = Some(Stakes::ALL[which % 3]);
            let mood = if how == 0 { Answer::Open } else { brief().mood };
            Command::WriteBrief { brief: Box::new(Brief { stakes, mood, ..brief() }), reason: (how > 2).then_some(reason) }
        }
        CommandKind::CompleteBrief => Command::CompleteBrief,
        CommandKind::SkipStage => Command::SkipStage { stage, reason },
        CommandKind::ResumeStage => Command::ResumeStage { stage },
        CommandKind::StartConceptSprint => Command::StartConceptSprint { plan: Box::new(plan(2 + how % 4, 5)) },
        CommandKind::ProposeMoodboard | CommandKind::RankMoodboard => {
            let candidates = (0..2 + how % 4).filter_map(|n| images.get((which % 50) + n).copied()).collect();
            match kind {
                CommandKind::RankMoodboard => Command::RankMoodboard { candidates },
                _ => Command::ProposeMoodboard { candidates },
            }
        }
        CommandKind::ApproveDirection => Command::ApproveDirection { image: any_image, reason },
        CommandKind::WithdrawDirection => Command::WithdrawDirection { reason },
        CommandKind::VaryImage => Command::VaryImage {
            parent: any_image,
            recipe: Box::new(recipe("boat")),
            task: Task::TextToImage,
            seed: which as u64,
        },
        CommandKind::SaveDraftCard => {
            let mut draft = state.card(&card).map_or_else(|| card_of(1), |known| known.card.clone());
            draft.seed = which as u64 % 3;
            Command::SaveDraftCard { card: Box::new(draft) }
        }
        CommandKind::ReviseRecipe => Command::ReviseRecipe { card, reason },
        CommandKind::RenderHero => Command::RenderHero { card },
        CommandKind::ApproveHero => {
            let hero = state.card(&card).and_then(|known| known.hero).map_or(any_image, |hero| hero.image);
            Command::ApproveHero { card, hero }
        }
        CommandKind::ProveCard => Command::ProveCard { card },
        CommandKind::LockRecipe => Command::LockRecipe { card },
        CommandKind::StartVolumeRun => {
            let locked = state.card(&card).and_then(|known| known.locked.as_ref());
            let mut rows: Vec<_> = locked
                .and_then(|locked| locked.rows().ok())
                .map(|rows| rows.into_iter().take(1 + how % 3).map(|row| row.request).collect())
                .unwrap_or_else(|| vec![card_of(1).request(JobId(1))]);
            if how == 6 {
                rows[0].recipe.steps += 1;
            }
            Command::StartVolumeRun { card, rows }
        }
        CommandKind::Keep => Command::Keep { image: any_image },
        CommandKind::Reject => {
            Command::Reject { image: any_image, reason: RejectReason::ALL[how], note: String::new() }
        }
        CommandKind::WithdrawCull => Command::WithdrawCull { image: any_image },
        CommandKind::StartRepair => repair(any_image, how as f64 / 7.0, (how % 3 == 0).then_some("sky")),
        CommandKind::RecordEdit => edit(any_image, sha(5_000 + which as u64 % 40)),
        CommandKind::HandToEditor => Command::HandToEditor { image: any_image, editor: person("Lena"), reason },
        CommandKind::AskForIterations | CommandKind::GrantIterations => {
            let root = state.image(&any_image).map_or(any_image, |image| image.root);
            let subject =
                if how % 2 == 0 { IterationSubject::Image { root } } else { IterationSubject::Hero { card } };
            match kind {
                CommandKind::AskForIterations => Command::AskForIterations { subject, reason },
                _ => Command::GrantIterations { subject, more: how as u32, reason },
            }
        }
        CommandKind::WriteAltText => Command::WriteAltText { image: any_image, text: reason },
        CommandKind::SubmitForReview => {
            let list = if how % 3 == 0 { ReviewList::Short } else { ReviewList::Full };
            Command::SubmitForReview { image: any_image, list }
        }
        CommandKind::BeginFreshEyes => Command::BeginFreshEyes { images: at_gate },
        CommandKind::ReportSeen => {
            let view = if how % 2 == 0 { FreshView::Mirrored } else { FreshView::FullZoom };
            let next = state.fresh_eyes().and_then(FreshEyes::next).unwrap_or(gate_image);
            Command::ReportSeen { image: if how > 5 { gate_image } else { next }, view }
        }
        CommandKind::JudgeItem => {
            let verdict = if how == 0 { fail() } else { pass() };
            Command::JudgeItem { image: gate_image, item: ITEMS[(which / 7) % 3].to_owned(), verdict }
        }
        CommandKind::ClearImage => Command::ClearImage { image: gate_image },
        CommandKind::SendBack => Command::SendBack { image: gate_image, note: reason },
        CommandKind::VetoImage => Command::VetoImage { image: if how > 3 { gate_image } else { any_image }, reason },
        CommandKind::ReleaseImages => {
            let cleared: Vec<Sha256> = state.cleared().iter().map(|image| image.sha256).collect();
            let image = pick(&cleared, which).unwrap_or(any_image);
            let file_sha256 = if how == 0 { sha(1) } else { image };
            let request = ReleaseRequest { image, file_sha256, subject: reason, disclosure: None };
            Command::ReleaseImages { images: vec![request] }
        }
        CommandKind::AddInput => {
            Command::AddInput { image: reference(sha(9_000 + how as u64)), file_name: "a".to_owned(), licence: reason }
        }
        CommandKind::RequeueJobs => Command::RequeueJobs { jobs: vec![any_job] },
        CommandKind::CancelJobs => Command::CancelJobs { jobs: vec![waiting], cause: reason },
        // Few different files, so that two jobs often give the same one.
        CommandKind::ReportImage => {
            let n = if how == 0 { which as u64 % 30 } else { waiting.0 };
            Command::ReportImage { job: waiting, image: Box::new(generated(n)) }
        }
        CommandKind::ReportFailure => Command::ReportFailure { job: waiting, cause: reason },
        CommandKind::ReportProof => {
            let proofs = state.jobs().iter().filter(|(_, job)| job.status == JobStatus::Queued);
            let proof = proofs.filter_map(|(id, job)| match &job.purpose {
                JobPurpose::Proof { hero, .. } => Some((*id, *hero)),
                _ => None,
            });
            let (job, hero) = proof.last().unwrap_or((waiting, any_image));
            let pixels = state.image(&hero).map_or(hero, |image| image.pixels_sha256);
            Command::ReportProof {
                job,
                again_pixels: if how < 3 { sha(1) } else { pixels },
                again_fingerprint: Box::new(fingerprint(if how == 1 { "other" } else { "flex" })),
                ssimulacra2: [None, Some(95.0), Some(20.0), Some(f64::NAN)][which % 4],
            }
        }
        CommandKind::ReportChangedFile => Command::ReportChangedFile { image: any_image, found: sha(how as u64) },
        CommandKind::ReviewProject => {
            Command::ReviewProject { findings: reason, next_review: "2027-02-03".parse().unwrap() }
        }
        CommandKind::PromoteTemplate => Command::PromoteTemplate { card, reason },
        CommandKind::AddNegativeEntry => {
            let (name, evidence) = ("stray-text".to_owned(), vec![any_image]);
            let entry = NegativeEntry { name, text: reason.clone(), suppresses: reason, evidence };
            Command::AddNegativeEntry { set: "flat".to_owned(), entry }
        }
        CommandKind::CheckArtefacts => {
            let verdict = if how == 0 { fail() } else { pass() };
            Command::CheckArtefacts { image: any_image, findings: vec![Finding { item: "hands".to_owned(), verdict }] }
        }
        CommandKind::NoteHandOffProblem => Command::NoteHandOffProblem { stage, what: reason.clone(), fix: reason },
    }
}

fn card_of(revision: u32) -> kento_studio::card::RecipeCard {
    card(revision)
}

/// What must hold for one record, given the state before it.
fn check_record(before: &State, record: &Record) {
    let by = &record.by;
    let roles = |allowed: &[Role]| assert!(allowed.contains(&record.role), "{record:?}");
    match &record.action {
        Action::DirectionApproved { .. } | Action::HeroApproved { .. } | Action::BriefCompleted {} => roles(&[Role::Director]),
        Action::SprintStarted { .. } | Action::DraftSaved { .. } | Action::Culled { .. } | Action::RecipeLocked { .. } => {
            roles(&[Role::Operator]);
            assert!(matches!(record.action, Action::Culled { .. }) || before.brief_is_complete());
        }
        Action::StageSkipped { stage, reason } => assert!(stage.can_be_skipped() && !reason.trim().is_empty()),
        // No volume job without a locked card that runs, and only along its declared axes.
        Action::JobsQueued { jobs } => {
            roles(&[Role::Operator]);
            for QueuedJob { request, purpose } in jobs {
                assert!(before.job(request.job).is_none(), "a job number is used twice");
                assert!(request.check().is_ok());
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
            assert_eq!(*approval == Approval::SelfApproval, known.makers.contains(by));
            if *approval == Approval::SelfApproval {
                assert!(before.is_solo() && before.stakes() != Stakes::Regulated);
                let pass = before.fresh_eyes().unwrap();
                assert!(pass.by == *by && pass.is_seen(image) && pass.seq > known.made_seq);
            }
        }
        Action::ItemJudged { image, .. } => {
            roles(&[Role::Reviewer]);
            assert!(before.is_solo() || !before.image(image).unwrap().makers.contains(by));
        }
        Action::ImageReleased { image, name, .. } => {
            roles(&[Role::Director, Role::Reviewer]);
            assert!(before.is_cleared(image) && name.is_ascii());
            let taken = before.images().values().filter_map(|image| image.released.as_ref());
            assert!(taken.into_iter().all(|released| released.name != *name), "two files of one name");
        }
        _ => {}
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

fn run(stage: usize, steps: &[Step]) -> (Studio, usize) {
    let mut studio = beginning(stage);
    let mut locked = BTreeMap::new();
    let mut accepted = 0;
    for step in steps {
        let person = person(["Jo", "Mara", "Ravi", "Ana"][step.who]);
        let any = Role::ALL[step.hat as usize % 3];
        let role = if step.hat < 200 { studio.state.role_of(&person).unwrap_or(any) } else { any };
        let by = Actor { person, role };
        let kind = CommandKind::ALL[step.what % CommandKind::ALL.len()];
        let command = command(&studio, kind, *step);
        assert_eq!(command.kind(), kind);
        studio.later((step.which % 13) as i64);
        let before = studio.state.clone();
        let allowed = allowed(&before, kind, &by, studio.now);
        match studio.try_act(&by, command) {
            Ok(records) => {
                assert!(allowed.is_yes(), "the table and decide disagree about {kind:?}");
                let mut state = before;
                for record in &records {
                    check_record(&state, record);
                    state.fold(state.seq() + 1, record);
                }
                accepted += records.len();
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
    (studio, accepted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_the_invariants_and_replays(
        stage in 0..8_usize,
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let (studio, _) = run(stage, &steps);
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

/// Every action by its name on disk.
const ACTIONS: [&str; 50] = [
    "project-started",
    "role-taken",
    "settings-changed",
    "checklist-adopted",
    "document-reviewed",
    "brief-written",
    "brief-completed",
    "stage-skipped",
    "stage-resumed",
    "sprint-started",
    "jobs-queued",
    "jobs-requeued",
    "image-generated",
    "job-failed",
    "job-cancelled",
    "moodboard-proposed",
    "moodboard-ranked",
    "direction-approved",
    "direction-withdrawn",
    "draft-saved",
    "hero-approved",
    "proof-passed",
    "proof-failed",
    "recipe-locked",
    "recipe-unlocked",
    "recipe-paused",
    "volume-run-started",
    "culled",
    "cull-withdrawn",
    "repair-overruled",
    "edit-recorded",
    "artefacts-checked",
    "handed-to-editor",
    "iterations-asked",
    "iterations-granted",
    "alt-text-written",
    "review-submitted",
    "fresh-eyes-began",
    "fresh-eyes-saw",
    "item-judged",
    "image-cleared",
    "image-sent-back",
    "image-vetoed",
    "clearance-voided",
    "image-released",
    "input-added",
    "project-reviewed",
    "template-promoted",
    "negative-entry-added",
    "hand-off-problem-noted",
];

#[test]
fn the_random_commands_reach_every_action() {
    use std::collections::BTreeSet;
    let mut seen = BTreeSet::new();
    let mut random = 1_u64;
    let mut next = move || {
        // A fixed linear congruential sequence (Knuth's MMIX), so that this test always does the same.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    for round in 0..64 {
        let steps: Vec<Step> = (0..120)
            .map(|_| Step { who: next() % 4, hat: next() as u8, what: next() % 1_000, which: next(), how: next() % 8 })
            .collect();
        let (studio, _) = run(round % 8, &steps);
        for record in &studio.records {
            let json = serde_json::to_value(&record.action).unwrap();
            seen.insert(json["action"].as_str().unwrap().to_owned());
        }
    }
    let rare = ["template-promoted", "recipe-paused"];
    let missing: Vec<&str> = ACTIONS.into_iter().filter(|one| !seen.contains(*one) && !rare.contains(one)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}
