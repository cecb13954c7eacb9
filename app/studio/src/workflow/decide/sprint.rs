use std::collections::BTreeSet;

use super::text;
use crate::workflow::{
    Action, JobPurpose, MOODBOARD_CANDIDATES, QueuedJob, Refusal, SPRINT_STYLES, SPRINT_VARIATIONS, SprintPlan,
    SprintScope, Stage, State,
};
use crate::{JobId, Recipe, Sha256};

pub(super) fn start(state: &State, plan: &SprintPlan) -> Result<Vec<Action>, Refusal> {
    check_breadth(plan)?;
    let settings = state.settings();
    if plan.base.steps > settings.draft_most_steps {
        return Err(Refusal::DraftSteps(plan.base.steps, settings.draft_most_steps));
    }
    check_size(state, &plan.base)?;
    let sprint = u32::try_from(state.sprints().len() + 1).unwrap_or(u32::MAX);
    let JobId(first) = state.next_job();
    let mut jobs = Vec::with_capacity(plan.count());
    for (row, style) in (0_u32..).zip(&plan.styles) {
        for (column, cell) in (0_u32..).zip(&style.cells) {
            text::needed("label of a variation", &cell.label)?;
            let request = plan.request(style, cell, JobId(first.saturating_add(jobs.len() as u64)));
            request.check()?;
            jobs.push(QueuedJob { request, purpose: JobPurpose::Sprint { sprint, row, column } });
        }
    }
    Ok(vec![Action::SprintStarted { sprint, plan: Box::new(plan.clone()) }, Action::JobsQueued { jobs }])
}

fn check_breadth(plan: &SprintPlan) -> Result<(), Refusal> {
    let (variations, styles) = (plan.count(), plan.styles.len());
    match &plan.scope {
        SprintScope::Full if !SPRINT_STYLES.contains(&styles) => return Err(Refusal::Styles(styles)),
        SprintScope::Full if !SPRINT_VARIATIONS.contains(&variations) => return Err(Refusal::Variations(variations)),
        SprintScope::Full => {}
        SprintScope::Compressed { reason } => {
            text::reason("a compressed sprint", reason)?;
            let fits = (1..=*SPRINT_VARIATIONS.end()).contains(&variations) && styles <= *SPRINT_STYLES.end();
            if !fits {
                return Err(Refusal::Compressed(variations, styles));
            }
        }
    }
    if plan.styles.iter().any(|style| style.cells.is_empty()) {
        return Err(Refusal::Entry("a style of the sprint has no variations: add some or remove the row".to_owned()));
    }
    // Distinct by name, and by what the model is told about style.
    let (mut names, mut looks) = (BTreeSet::new(), BTreeSet::new());
    for style in &plan.styles {
        let name = text::needed("name of a style", &style.name)?;
        let look: Vec<&str> = style.cells.iter().map(|cell| cell.skeleton.style.trim()).collect();
        if !names.insert(name.to_lowercase()) || !looks.insert((look, style.negative.text.trim())) {
            return Err(Refusal::SameStyle(name));
        }
    }
    Ok(())
}

/// Keepers are upscaled separately, never generated oversized.
pub(super) fn check_size(state: &State, recipe: &Recipe) -> Result<(), Refusal> {
    let most = state.settings().most_generated_pixels;
    let Recipe { width, height, .. } = *recipe;
    if u64::from(width) * u64::from(height) > most {
        return Err(Refusal::Oversized(width, height, most));
    }
    Ok(())
}

pub(super) fn propose(state: &State, candidates: &[Sha256]) -> Result<Vec<Action>, Refusal> {
    check_candidates(state, candidates)?;
    let supersedes = state.moodboard().map(|board| board.seq);
    Ok(vec![Action::MoodboardProposed { candidates: candidates.to_vec(), supersedes }])
}

pub(super) fn rank(state: &State, candidates: &[Sha256]) -> Result<Vec<Action>, Refusal> {
    check_candidates(state, candidates)?;
    let supersedes = state.moodboard().map(|board| board.seq);
    Ok(vec![Action::MoodboardRanked { candidates: candidates.to_vec(), supersedes }])
}

fn check_candidates(state: &State, candidates: &[Sha256]) -> Result<(), Refusal> {
    let compressed = state.sprint().is_some_and(|one| matches!(one.plan.scope, SprintScope::Compressed { .. }));
    let (least, most) = (if compressed { 1 } else { *MOODBOARD_CANDIDATES.start() }, *MOODBOARD_CANDIDATES.end());
    if !(least..=most).contains(&candidates.len()) {
        return Err(Refusal::Candidates(candidates.len(), least, most));
    }
    let mut seen = BTreeSet::new();
    for candidate in candidates {
        super::image(state, candidate)?;
        if !state.is_sprint_image(candidate) {
            return Err(Refusal::NotFromSprint(candidate.auto_v2()));
        }
        if !seen.insert(candidate) {
            return Err(Refusal::SameCandidate(candidate.auto_v2()));
        }
    }
    Ok(())
}

pub(super) fn approve(state: &State, image: &Sha256, reason: &str) -> Result<Vec<Action>, Refusal> {
    super::image(state, image)?;
    let on_board = |board: &crate::workflow::Moodboard| board.ranked_by.is_some() && board.candidates.contains(image);
    if !state.moodboard().is_some_and(on_board) {
        return Err(Refusal::NotOnMoodboard(image.auto_v2()));
    }
    let reason = text::reason("approving a direction", reason)?;
    let supersedes = state.direction().map(|direction| direction.seq);
    Ok(vec![Action::DirectionApproved { image: *image, reason, supersedes }])
}

pub(super) fn withdraw(state: &State, reason: &str) -> Result<Vec<Action>, Refusal> {
    let Some(direction) = state.direction() else {
        return Err(Refusal::Entry("no direction is approved: nothing is to be withdrawn".to_owned()));
    };
    let reason = text::reason("withdrawing a direction", reason)?;
    Ok(vec![Action::DirectionWithdrawn { reason, supersedes: direction.seq }])
}

/// A sprint is for breadth: before a direction is approved nobody polishes one image, unless the sprint is skipped.
pub(super) fn check_no_polishing(state: &State) -> Result<(), Refusal> {
    if state.direction().is_some() || state.is_skipped(Stage::ConceptSprint) { Ok(()) } else { Err(Refusal::Polishing) }
}
