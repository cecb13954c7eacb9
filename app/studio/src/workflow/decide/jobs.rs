use std::collections::{BTreeMap, BTreeSet};

use super::{finish, lock, sprint, text};
use crate::workflow::{
    Action, Actor, GeneratedImage, IterationSubject, Job, JobPurpose, JobStatus, QueuedJob, Refusal, State, permissions,
};
use crate::{ImageReference, JobId, Recipe, SchemaV1, SeedVariation, Sha256, Task};

/// A job that waits for its result.
pub(super) fn waiting(state: &State, id: JobId) -> Result<&Job, Refusal> {
    let job = state.job(id).ok_or(Refusal::UnknownJob(id))?;
    match &job.status {
        JobStatus::Queued => Ok(job),
        ended => Err(Refusal::JobEnded(id, ended.word())),
    }
}

pub(super) fn report_image(state: &State, id: JobId, image: &GeneratedImage) -> Result<Vec<Action>, Refusal> {
    let job = waiting(state, id)?;
    if matches!(job.purpose, JobPurpose::Proof { .. }) {
        return Err(Refusal::WrongReport(id, "a proof"));
    }
    // A day for one image is beyond anything that a device takes.
    text::number("elapsed time in seconds", image.elapsed_secs, 0.0, 86_400.0)?;
    Ok(vec![Action::ImageGenerated {
        job: id,
        request: Box::new(job.request.clone()),
        sha256: image.sha256,
        pixels_sha256: image.pixels_sha256,
        fingerprint: Box::new(image.fingerprint.clone()),
        elapsed_secs: image.elapsed_secs,
    }])
}

pub(super) fn report_failure(state: &State, id: JobId, cause: &str) -> Result<Vec<Action>, Refusal> {
    waiting(state, id)?;
    Ok(vec![Action::JobFailed { job: id, cause: text::needed("cause of the failure", cause)? }])
}

pub(super) fn requeue(state: &State, jobs: &[JobId], by: &Actor) -> Result<Vec<Action>, Refusal> {
    check_selection(jobs)?;
    let mut again = BTreeMap::<IterationSubject, u32>::new();
    for id in jobs {
        let job = state.job(*id).ok_or(Refusal::UnknownJob(*id))?;
        match &job.status {
            JobStatus::Queued | JobStatus::Failed { .. } | JobStatus::Cancelled { .. } => {}
            ended => return Err(Refusal::NoRetry(*id, ended.word())),
        }
        check_begins(state, *id, job, by)?;
        if let Some(subject) = state.subject_of(job).filter(|_| !job.status.is_spent()) {
            *again.entry(subject).or_default() += 1;
        }
        job.request.check()?;
    }
    for (subject, again) in &again {
        finish::check_budget_for(state, subject, *again)?;
    }
    Ok(vec![Action::JobsRequeued { jobs: jobs.to_vec() }])
}

/// Refuses a job that could not begin now: what it was queued for may be over, skipped or with an editor since.
fn check_begins(state: &State, id: JobId, job: &Job, by: &Actor) -> Result<(), Refusal> {
    permissions::check(state, job.purpose.begun_with(), by)?;
    match &job.purpose {
        // A measurement of what is there already, whatever its size.
        JobPurpose::Proof { card, hero } => {
            let current = state.card(card).and_then(|known| known.hero).map(|known| known.image);
            return if current == Some(*hero) { Ok(()) } else { Err(Refusal::NoHero(card.clone())) };
        }
        JobPurpose::Hero { card } => lock::check_renders_hero(state, card, id, job)?,
        JobPurpose::Volume { card, .. } => {
            let known = state.card(card).ok_or_else(|| Refusal::UnknownCard(card.clone()))?;
            super::standing(card, known)?;
        }
        JobPurpose::Repair { parent, .. } => {
            finish::keeper(state, parent)?;
            finish::check_not_with_editor(super::image(state, parent)?)?;
        }
        JobPurpose::Variation { .. } => sprint::check_no_polishing(state)?,
        JobPurpose::Sprint { .. } => {}
    }
    sprint::check_size(state, &job.request.recipe)
}

pub(super) fn cancel(state: &State, jobs: &[JobId], cause: &str) -> Result<Vec<Action>, Refusal> {
    check_selection(jobs)?;
    let cause = text::reason("cancelling jobs", cause)?;
    let cancel = |id: &JobId| waiting(state, *id).map(|_| Action::JobCancelled { job: *id, cause: cause.clone() });
    jobs.iter().map(cancel).collect()
}

fn check_selection(jobs: &[JobId]) -> Result<(), Refusal> {
    if jobs.is_empty() {
        return Err(Refusal::Selection("no job is chosen: choose one"));
    }
    if jobs.iter().collect::<BTreeSet<_>>().len() < jobs.len() {
        return Err(Refusal::Selection("a job is chosen twice: choose each once"));
    }
    Ok(())
}

/// One job with its number, checked for everything that needs no model and no device.
pub(super) fn queue(
    state: &State,
    recipe: &Recipe,
    task: &Task,
    seed: u64,
    purpose: JobPurpose,
) -> Result<Action, Refusal> {
    queue_all(state, recipe, task, &[(seed, None)], &purpose)
}

/// The same once for each seed, with what turns its noise.
pub(super) fn queue_all(
    state: &State,
    recipe: &Recipe,
    task: &Task,
    noises: &[(u64, Option<SeedVariation>)],
    purpose: &JobPurpose,
) -> Result<Action, Refusal> {
    sprint::check_size(state, recipe)?;
    let mut jobs = Vec::with_capacity(noises.len());
    for ((seed, variation), job) in noises.iter().zip(state.next_job().0..) {
        let request = crate::GenerationRequest {
            schema: SchemaV1,
            job: JobId(job),
            recipe: recipe.clone(),
            task: task.clone(),
            seed: *seed,
            variation: *variation,
        };
        request.check()?;
        jobs.push(QueuedJob { request, purpose: purpose.clone() });
    }
    Ok(Action::JobsQueued { jobs })
}

pub(super) fn add_input(
    state: &State,
    image: &ImageReference,
    file_name: &str,
    licence: &str,
) -> Result<Vec<Action>, Refusal> {
    if state.inputs().contains_key(&image.sha256) {
        return Err(Refusal::KnownImage(short(&image.sha256)));
    }
    let file_name = text::needed("file name", file_name)?;
    let licence = text::needed("licence of the input image", licence)?;
    Ok(vec![Action::InputAdded { image: image.clone(), file_name, licence }])
}

fn short(image: &Sha256) -> String {
    image.auto_v2()
}
