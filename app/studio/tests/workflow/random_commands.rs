//! Random commands about things that exist: mostly sound, sometimes not.

use kento_studio::card::{CardOrigin, CardRef};
use kento_studio::library::NegativeEntry;
use kento_studio::workflow::*;
use kento_studio::{JobId, Sha256, Task};

use crate::studio::*;

/// One random step: who, what, on which of the things that exist, and how.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub who: usize,
    /// Below 150: somebody who wears a fitting hat; below 220: anybody in the hat that is worn; above: in any hat.
    pub hat: u8,
    pub what: usize,
    pub which: usize,
    pub how: usize,
}

/// Who acts: mostly somebody who may.
pub fn who(state: &State, kind: CommandKind, step: &Step) -> Actor {
    let fits = |role: &Role| match table_row(kind).who {
        Who::Roles(roles) => roles.contains(role),
        Who::Anybody | Who::App => true,
    };
    let fitting: Vec<Actor> = state
        .people()
        .iter()
        .filter(|(_, role)| step.hat < 150 && fits(role))
        .map(|(person, role)| Actor { person: person.clone(), role: *role })
        .collect();
    if let Some(by) = fitting.get(step.who % fitting.len().max(1)) {
        return by.clone();
    }
    let person = person(["Jo", "Mara", "Ravi", "Ana"][step.who]);
    let any = Role::ALL[step.hat as usize % 3];
    let role = if step.hat < 220 { state.role_of(&person).unwrap_or(any) } else { any };
    Actor { person, role }
}

fn pick<T: Copy>(from: &[T], which: usize) -> Option<T> {
    from.get(which % from.len().max(1)).copied()
}

/// A command of a kind about things that exist, mostly sound, sometimes not.
pub fn command(studio: &Studio, kind: CommandKind, step: Step) -> Command {
    let Step { which, how, .. } = step;
    let state = &studio.state;
    let images: Vec<Sha256> = state.images().keys().copied().collect();
    let at_gate: Vec<Sha256> = state.candidates().iter().map(|image| image.sha256).collect();
    let any_image = pick(&images, which).unwrap_or(sha(1));
    let keepers: Vec<Sha256> = state.keepers().iter().map(|image| image.sha256).collect();
    let keeper = pick(&keepers, which).filter(|_| how > 0).unwrap_or(any_image);
    let cleared: Vec<Sha256> = state.cleared().iter().map(|image| image.sha256).collect();
    let open = |image: &&Sha256| state.image(image).is_some_and(Image::is_open_candidate);
    let candidate =
        pick(&images.iter().copied().filter(|image| open(&image)).collect::<Vec<_>>(), which).unwrap_or(any_image);
    let cleared = pick(&cleared, which).filter(|_| how > 2).unwrap_or(any_image);
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
            let (fresh_eyes_minutes, repeats_that_pause) = (how as u32 * 10, 1 + how as u32 % 3);
            let settings =
                ProjectSettings { short_list, fresh_eyes_minutes, repeats_that_pause, ..ProjectSettings::default() };
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
            let iteration_budget = Answer::Filled(1 + how as u32 % 3);
            let brief = Brief { stakes, mood, iteration_budget, ..brief() };
            Command::WriteBrief { brief: Box::new(brief), reason: (how > 2).then_some(reason) }
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
            recipe: Box::new(if how % 2 == 0 { card_of(1).recipe } else { recipe("boat") }),
            task: Task::TextToImage,
            seed: which as u64,
            variations: (0..how as u64 % 3).map(|seed| kento_studio::SeedVariation { seed, strength: 0.1 }).collect(),
        },
        CommandKind::SaveNewCard => {
            let mut new = card_of(1);
            new.seed = which as u64 % 3;
            if how % 2 == 0 {
                new.name = kento_studio::card::CardName::new("harbour-ink").unwrap();
            }
            let begun = (how % 3 == 0).then(|| CardOrigin::Shipped { card: "red-sun-r1".parse().unwrap() });
            if how % 5 != 0 {
                new.parent = begun.as_ref().map(|origin| origin.card().clone());
            }
            Command::SaveNewCard { card: Box::new(new), begun }
        }
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
            Command::StartVolumeRun { card, rows, seen: None }
        }
        CommandKind::Keep => Command::Keep { image: any_image },
        CommandKind::Reject => {
            Command::Reject { image: any_image, reason: RejectReason::ALL[how], note: String::new() }
        }
        CommandKind::WithdrawCull => Command::WithdrawCull { image: keeper },
        CommandKind::AcceptRepair => Command::AcceptRepair { image: candidate },
        CommandKind::DiscardRepairs => Command::DiscardRepairs { images: vec![candidate] },
        CommandKind::StartRepair => repair(keeper, how as f64 / 7.0, (how % 3 == 0).then_some("sky")),
        CommandKind::MixCandidates => {
            let waiting: Vec<&Image> =
                state.images().values().filter(|image| image.candidacy == Some(Candidacy::Waits)).collect();
            let two = waiting.iter().flat_map(|one| waiting.iter().map(move |other| (one, other)));
            let siblings: Vec<[Sha256; 2]> = two
                .filter(|(one, other)| one.sha256 != other.sha256 && one.parent == other.parent)
                .map(|(one, other)| [one.sha256, other.sha256])
                .collect();
            let two = siblings.get(which % siblings.len().max(1)).copied().unwrap_or([candidate, any_image]);
            mix(two, sha(6_000 + which as u64 % 40))
        }
        CommandKind::RecordEdit if how > 4 => human_edit(keeper, sha(5_000 + which as u64 % 40)),
        CommandKind::RecordEdit => edit(keeper, sha(5_000 + which as u64 % 40)),
        CommandKind::HandToEditor => {
            let editor = person(if how > 3 { "Ravi" } else { "Lena" });
            Command::HandToEditor { image: keeper, editor, reason }
        }
        CommandKind::TakeBackFromEditor => {
            let away = state.images().values().find(|image| image.hand_off.is_some());
            Command::TakeBackFromEditor { image: away.map_or(any_image, |image| image.sha256), reason }
        }
        CommandKind::AskForIterations | CommandKind::GrantIterations => {
            let root = state.image(&any_image).map_or(any_image, |image| image.root);
            let spent: Vec<_> = state
                .jobs()
                .values()
                .filter_map(|job| state.subject_of(job))
                .filter(|one| state.iteration_budget(one).is_some_and(|most| state.iterations_used(one) >= most))
                .collect();
            let subject = match spent.first() {
                Some(subject) => subject.clone(),
                None if how % 2 == 0 => IterationSubject::Image { root },
                None => IterationSubject::Hero { card },
            };
            match kind {
                CommandKind::AskForIterations => Command::AskForIterations { subject, reason },
                _ => Command::GrantIterations { subject, more: how as u32, reason, seen: None },
            }
        }
        // Mostly before the gate judges it; afterwards it voids the clearance.
        CommandKind::WriteAltText => {
            Command::WriteAltText { image: if how > 5 { cleared } else { keeper }, text: reason }
        }
        CommandKind::SubmitForReview => {
            let list = if how % 3 == 0 { ReviewList::Short } else { ReviewList::Full };
            Command::SubmitForReview { image: keeper, list }
        }
        CommandKind::BeginFreshEyes => Command::BeginFreshEyes { images: at_gate },
        CommandKind::ReportSeen => {
            let view = if how % 2 == 0 { FreshView::Mirrored } else { FreshView::FullZoom };
            let next = state.next_fresh_look().unwrap_or(gate_image);
            Command::ReportSeen { image: if how > 5 { gate_image } else { next }, view }
        }
        CommandKind::JudgeItem => {
            let evidence = if which % 5 == 0 { vec![sha(which as u64 % 50)] } else { Vec::new() };
            let verdict = match how {
                0..3 => fail(),
                3 => Verdict { judgement: Judgement::NotApplicable, note: String::new(), evidence, ..pass() },
                _ => Verdict { evidence, ..pass() },
            };
            Command::JudgeItem { image: gate_image, item: ITEMS[(which / 7) % 3].to_owned(), verdict }
        }
        CommandKind::ClearImage => Command::ClearImage { image: gate_image },
        CommandKind::SendBack => {
            let failed =
                state.candidates().into_iter().find(|image| image.review().is_some_and(|one| !one.failed().is_empty()));
            Command::SendBack { image: failed.map_or(gate_image, |image| image.sha256), note: reason }
        }
        CommandKind::VetoImage => Command::VetoImage { image: if how > 3 { gate_image } else { any_image }, reason },
        CommandKind::ReleaseImages => {
            let file_sha256 = if how == 3 { sha(1) } else { cleared };
            let request = ReleaseRequest { image: cleared, file_sha256, subject: reason, disclosure: None };
            Command::ReleaseImages { images: vec![request] }
        }
        CommandKind::AddInput => {
            Command::AddInput { image: reference(sha(9_000 + how as u64)), file_name: "a".to_owned(), licence: reason }
        }
        CommandKind::AddEvidence => {
            let file = EvidenceFile { sha256: sha(9_500 + how as u64), file_name: reason, bytes: how as u64 };
            Command::AddEvidence { file }
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
            let mut proof = proofs.filter_map(|(id, job)| match &job.purpose {
                JobPurpose::Proof { hero, .. } => Some((*id, *hero)),
                _ => None,
            });
            let (job, hero) = proof.next_back().unwrap_or((waiting, any_image));
            let pixels = state.image(&hero).map_or(hero, |image| image.pixels_sha256);
            Command::ReportProof {
                job,
                again_pixels: if how < 3 { sha(1) } else { pixels },
                again_fingerprint: Box::new(fingerprint(if how == 1 { "other" } else { "flex" })),
                ssimulacra2: [None, Some(95.0), Some(20.0), Some(f64::NAN)][which % 4],
            }
        }
        CommandKind::ReportChangedFile => Command::ReportChangedFile { image: cleared, found: sha(how as u64) },
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
            Command::CheckArtefacts { image: keeper, findings: vec![Finding { item: "hands".to_owned(), verdict }] }
        }
        CommandKind::NoteHandOffProblem => Command::NoteHandOffProblem { stage, what: reason.clone(), fix: reason },
    }
}

fn card_of(revision: u32) -> kento_studio::card::RecipeCard {
    card(revision)
}
