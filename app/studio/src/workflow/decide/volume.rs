use super::{sprint, text};
use crate::card::{CardRef, differences};
use crate::limits::MOST_COUNT;
use crate::workflow::{
    Action, CardState, CullDecision, Image, JobPurpose, PauseCause, QueuedJob, Refusal, RejectReason, State, VolumeRun,
};
use crate::{GenerationRequest, JobId, Sha256};

pub(super) fn start(
    state: &State,
    card: &CardRef,
    rows: &[GenerationRequest],
    seen: Option<u64>,
) -> Result<Vec<Action>, Refusal> {
    let known = state.card(card).ok_or_else(|| Refusal::UnknownCard(card.clone()))?;
    standing(card, known)?;
    let is_unseen = |run: &&VolumeRun| run.card == *card && seen.is_some_and(|seen| run.seq > seen);
    if let Some(run) = state.runs().iter().find(is_unseen) {
        return Err(Refusal::StartedAlready(card.clone(), run.number));
    }
    let Some(locked) = &known.locked else { return Err(Refusal::NotLocked(card.clone())) };
    if rows.is_empty() || rows.len() > MOST_COUNT as usize {
        return Err(Refusal::Rows(rows.len(), MOST_COUNT));
    }
    let run = u32::try_from(state.runs().len() + 1).unwrap_or(u32::MAX);
    let JobId(first) = state.next_job();
    let (mut jobs, mut changes) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (row, request) in (0_u32..).zip(rows) {
        locked.check_row(request).map_err(|change| Refusal::Undeclared(row as usize + 1, change))?;
        sprint::check_size(state, &request.recipe)?;
        let request = GenerationRequest { job: JobId(first.saturating_add(u64::from(row))), ..request.clone() };
        request.check()?;
        changes.push(differences(locked, &request));
        jobs.push(QueuedJob { request, purpose: JobPurpose::Volume { card: card.clone(), run, row } });
    }
    Ok(vec![Action::VolumeRunStarted { run, card: card.clone(), rows: changes }, Action::JobsQueued { jobs }])
}

/// Refuses a card that may not run: not locked, unlocked again, or paused.
pub(in crate::workflow) fn standing(card: &CardRef, known: &CardState) -> Result<(), Refusal> {
    if known.locked.is_none() {
        return Err(Refusal::NotLocked(card.clone()));
    }
    if known.unlocked.is_some() {
        return Err(Refusal::Unlocked(card.clone()));
    }
    match known.pauses.first() {
        None => Ok(()),
        Some(PauseCause::NotReproduced) => Err(Refusal::Unlocked(card.clone())),
        Some(PauseCause::RepeatedIssue { item, times }) => Err(Refusal::Paused(card.clone(), item.clone(), *times)),
    }
}

pub(super) fn keep(state: &State, image: &Sha256) -> Result<Vec<Action>, Refusal> {
    cull(state, image, CullDecision::Keep)
}

pub(super) fn reject(state: &State, image: &Sha256, reason: RejectReason, note: &str) -> Result<Vec<Action>, Refusal> {
    text::check("note", note)?;
    let note = note.trim().to_owned();
    if reason == RejectReason::Other && note.is_empty() {
        return Err(Refusal::OtherNeedsNote);
    }
    cull(state, image, CullDecision::Reject { reason, note })
}

fn cull(state: &State, sha256: &Sha256, cull: CullDecision) -> Result<Vec<Action>, Refusal> {
    if super::image(state, sha256)?.is_open_candidate() {
        return Err(Refusal::NotAccepted(sha256.auto_v2()));
    }
    // What lost its keep in an older project while it was at the gate or beyond is kept again, or it could not go on.
    let mends = cull == CullDecision::Keep && !state.is_keeper(sha256);
    if !mends {
        check_not_past(state, sha256)?;
    }
    let supersedes = super::image(state, sha256)?.culled.as_ref().map(|culled| culled.seq);
    Ok(vec![Action::Culled { image: *sha256, cull, supersedes }])
}

pub(super) fn withdraw_cull(state: &State, sha256: &Sha256) -> Result<Vec<Action>, Refusal> {
    check_not_past(state, sha256)?;
    match &super::image(state, sha256)?.culled {
        Some(culled) => Ok(vec![Action::CullWithdrawn { image: *sha256, supersedes: culled.seq }]),
        None => Err(Refusal::NotCulled(sha256.auto_v2())),
    }
}

/// A cull is superseded until the image, or one that was finished from it, is at the gate, cleared or released: the tile
/// that is culled stands for its finished image too.
fn check_not_past(state: &State, sha256: &Sha256) -> Result<(), Refusal> {
    let image = super::image(state, sha256)?;
    let short = || sha256.auto_v2();
    if let Some(past) = past(state, image) {
        return Err(Refusal::PastCull(short(), past));
    }
    let finished = state.finished_of(sha256);
    let found = finished.into_iter().find_map(|one| Some((one.sha256.auto_v2(), past(state, one)?)));
    found.map_or(Ok(()), |(one, past)| Err(Refusal::PastCullFinished(short(), one, past)))
}

/// How far past the cull an image is; none before the gate.
fn past(state: &State, image: &Image) -> Option<&'static str> {
    if image.released.is_some() {
        Some("released")
    } else if image.open_review().is_some() {
        Some("at the gate")
    } else {
        state.is_cleared(&image.sha256).then_some("cleared")
    }
}
