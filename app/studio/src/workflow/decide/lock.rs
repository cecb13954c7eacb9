use jiff::Timestamp;

use super::{finish, sprint, text};
use crate::card::{CardOrigin, CardRef, ProofRefusal, RecipeCard, TwoRenders, request_sha256};
use crate::workflow::{
    Action, CardState, CardStatus, IterationSubject, Job, JobPurpose, JobStatus, PauseCause, QueuedJob, Refusal, State,
};
use crate::{EngineFingerprint, JobId, Sha256};

pub(super) fn save_draft(state: &State, card: &RecipeCard) -> Result<Vec<Action>, Refusal> {
    card.check()?;
    sprint::check_size(state, &card.recipe)?;
    let name = card.card_ref();
    if let Some(reason) = &card.reason {
        text::check("reason", reason)?;
    }
    if let Some(known) = state.card(&name).filter(|known| known.locked.is_some()) {
        return Err(Refusal::LockedCard(name, known.card.revision.saturating_add(1)));
    }
    let latest = state.latest_revision(&name).map_or(0, |latest| latest.revision);
    let next = latest.saturating_add(1);
    let drafted =
        latest > 0 && state.latest_revision(&name).is_some_and(|latest| state.card(latest).is_some_and(is_draft));
    // A draft is changed as it is; a revision follows only a card that was locked.
    let expected = if drafted { latest } else { next };
    if card.revision != expected {
        return Err(Refusal::RevisionOrder(name.name.to_string(), expected, card.revision));
    }
    Ok(vec![Action::DraftSaved { card: Box::new(card.clone()), begun: None }])
}

/// A card that begins: no other one has its name, so nothing of anybody is replaced.
pub(super) fn save_new(state: &State, card: &RecipeCard, begun: Option<&CardOrigin>) -> Result<Vec<Action>, Refusal> {
    if let Some(taken) = state.latest_revision(&card.card_ref()) {
        return Err(Refusal::NameTaken(taken.clone()));
    }
    save_draft(state, card)?;
    if let Some(origin) = begun {
        check_origin(card, origin)?;
    }
    Ok(vec![Action::DraftSaved { card: Box::new(card.clone()), begun: begun.cloned() }])
}

/// The records never say that a card began as one that it does not name as its parent.
fn check_origin(card: &RecipeCard, origin: &CardOrigin) -> Result<(), Refusal> {
    if card.parent.as_ref() != Some(origin.card()) {
        let text = format!("{} did not begin as {origin}: begin it from there, or from scratch", card.name);
        return Err(Refusal::Entry(text));
    }
    match origin {
        CardOrigin::Template { project, .. } => text::needed("project of the template", project).map(drop),
        CardOrigin::Shipped { .. } => Ok(()),
    }
}

fn is_draft(card: &CardState) -> bool {
    card.status() == CardStatus::Draft
}

pub(super) fn revise(state: &State, card: &CardRef, reason: &str) -> Result<Vec<Action>, Refusal> {
    let known = known(state, card)?;
    let Some(locked) = &known.locked else {
        return Err(Refusal::Entry(format!("{card} is a draft: change it and save it")));
    };
    let reason = text::reason("a new revision", reason)?;
    latest(state, card)?;
    let draft = locked.revise(reason);
    // The form alone: a card of another Kento is revised first and gets this build with the next save.
    draft.check_form()?;
    Ok(vec![Action::DraftSaved { card: Box::new(draft), begun: None }])
}

pub(super) fn render_hero(state: &State, card: &CardRef) -> Result<Vec<Action>, Refusal> {
    let known = known(state, card)?;
    if known.locked.is_some() {
        return Err(Refusal::LockedCard(card.clone(), card.revision.saturating_add(1)));
    }
    if let Some(job) = under_way(state, |job| renders_hero(job, card, &known.card)) {
        return Err(Refusal::UnderWay(job));
    }
    finish::check_budget(state, &IterationSubject::Hero { card: card.clone() })?;
    // The Director may have lowered the size since the card was saved.
    sprint::check_size(state, &known.card.recipe)?;
    let request = known.card.request(state.next_job());
    request.check()?;
    Ok(vec![Action::JobsQueued { jobs: vec![QueuedJob { request, purpose: JobPurpose::Hero { card: card.clone() } }] }])
}

pub(super) fn approve_hero(state: &State, card: &CardRef, hero: &Sha256) -> Result<Vec<Action>, Refusal> {
    let known = known(state, card)?;
    if known.locked.is_some() {
        return Err(Refusal::LockedCard(card.clone(), card.revision.saturating_add(1)));
    }
    match &known.hero {
        None => Err(Refusal::NoHero(card.clone())),
        Some(current) if current.image != *hero => Err(Refusal::OtherHero(card.clone(), current.image.auto_v2())),
        Some(_) if known.approval.as_ref().is_some_and(|approval| approval.hero == *hero) => {
            Err(Refusal::Entry(format!("the Hero of {card} is approved already: prove the card and lock it")))
        }
        Some(_) => Ok(vec![Action::HeroApproved { card: card.clone(), hero: *hero }]),
    }
}

pub(super) fn prove(state: &State, card: &CardRef) -> Result<Vec<Action>, Refusal> {
    let known = known(state, card)?;
    let Some(hero) = &known.hero else { return Err(Refusal::NoHero(card.clone())) };
    let is_proof = |job: &Job| matches!(&job.purpose, JobPurpose::Proof { card: of, .. } if of == card);
    if let Some(job) = under_way(state, is_proof) {
        return Err(Refusal::UnderWay(job));
    }
    let request = known.card.request(state.next_job());
    request.check()?;
    let purpose = JobPurpose::Proof { card: card.clone(), hero: hero.image };
    Ok(vec![Action::JobsQueued { jobs: vec![QueuedJob { request, purpose }] }])
}

/// Judges the second render of a Hero. A locked card that does not reproduce is unlocked, and its volume runs pause.
pub(super) fn report_proof(
    state: &State,
    id: JobId,
    again_pixels: &Sha256,
    again_fingerprint: &EngineFingerprint,
    ssimulacra2: Option<f64>,
    now: Timestamp,
) -> Result<Vec<Action>, Refusal> {
    let job = super::jobs::waiting(state, id)?;
    let JobPurpose::Proof { card, hero } = &job.purpose else { return Err(Refusal::WrongReport(id, "an image")) };
    let (known, image) = (known(state, card)?, super::image(state, hero)?);
    let hero_job = known.hero.as_ref().filter(|known| known.image == *hero).map(|known| known.job);
    let hero_job = hero_job.and_then(|job| state.job(job));
    let Some(hero_fingerprint) = hero_job.and_then(|job| job.fingerprint.as_ref()) else {
        return Err(Refusal::NoHero(card.clone()));
    };
    let renders = TwoRenders {
        request: request_sha256(&job.request),
        hero: *hero,
        hero_pixels: image.pixels_sha256,
        again_pixels: *again_pixels,
        ssimulacra2,
        hero_fingerprint: hero_fingerprint.clone(),
        again_fingerprint: again_fingerprint.clone(),
    };
    let refusal = match crate::card::Proof::judge(renders, now) {
        Ok(proof) => {
            return Ok(vec![Action::ProofPassed { job: id, card: card.clone(), proof: Box::new(proof) }]);
        }
        Err(refusal @ (ProofRefusal::NotIdentical | ProofRefusal::NotSimilar { .. })) => refusal,
        Err(refusal) => return Err(Refusal::Proof(refusal)),
    };
    let reason = refusal.to_string();
    let mut actions = vec![Action::ProofFailed {
        job: id,
        card: card.clone(),
        again_pixels: *again_pixels,
        again_fingerprint: Box::new(again_fingerprint.clone()),
        // A score that is no number is refused above only where it is looked at.
        ssimulacra2: ssimulacra2.filter(|score| score.is_finite()),
        reason: reason.clone(),
    }];
    if known.locked.is_some() && known.unlocked.is_none() {
        actions.push(Action::RecipeUnlocked { card: card.clone(), reason });
        if !known.pauses.contains(&PauseCause::NotReproduced) {
            actions.push(Action::RecipePaused { card: card.clone(), cause: PauseCause::NotReproduced });
        }
    }
    Ok(actions)
}

pub(super) fn lock(state: &State, card: &CardRef) -> Result<Vec<Action>, Refusal> {
    let known = known(state, card)?;
    if known.locked.is_some() && known.unlocked.is_none() {
        return Err(Refusal::LockedCard(card.clone(), card.revision.saturating_add(1)));
    }
    let Some(hero) = &known.hero else { return Err(Refusal::NoHero(card.clone())) };
    let Some(proof) = known.proof.as_ref().filter(|proof| proof.hero == hero.image) else {
        let name = card.clone();
        let tried = known.failed_proof.is_some();
        return Err(if tried { Refusal::NotReproduced(name) } else { Refusal::NotProved(name) });
    };
    let Some(approval) = &known.approval else { return Err(Refusal::NotApproved(card.clone())) };
    let recipe = known.card.clone().lock(proof.clone(), approval.clone())?;
    Ok(vec![Action::RecipeLocked { recipe: Box::new(recipe) }])
}

fn known<'a>(state: &'a State, card: &CardRef) -> Result<&'a CardState, Refusal> {
    state.card(card).ok_or_else(|| Refusal::UnknownCard(card.clone()))
}

fn latest(state: &State, card: &CardRef) -> Result<(), Refusal> {
    match state.latest_revision(card) {
        Some(latest) if latest.revision > card.revision => Err(Refusal::OldRevision(card.clone(), latest.revision)),
        _ => Ok(()),
    }
}

fn renders_hero(job: &Job, card: &CardRef, draft: &RecipeCard) -> bool {
    matches!(&job.purpose, JobPurpose::Hero { card: of } if of == card)
        && request_sha256(&job.request) == request_sha256(&draft.request(JobId(0)))
}

/// Refuses a Hero's job that renders no Hero any more: the card is locked, or says something else since.
pub(super) fn check_renders_hero(state: &State, card: &CardRef, id: JobId, job: &Job) -> Result<(), Refusal> {
    let known = known(state, card)?;
    if known.locked.is_some() {
        return Err(Refusal::LockedCard(card.clone(), card.revision.saturating_add(1)));
    }
    if !renders_hero(job, card, &known.card) {
        return Err(Refusal::OldHeroJob(id, card.clone()));
    }
    Ok(())
}

/// A job without a result that does the same already.
fn under_way(state: &State, same: impl Fn(&Job) -> bool) -> Option<JobId> {
    state.jobs().iter().find(|(_, job)| job.status == JobStatus::Queued && same(job)).map(|(id, _)| *id)
}
