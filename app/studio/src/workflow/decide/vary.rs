use super::{finish, jobs, sprint, text};
use crate::workflow::{Action, IterationSubject, JobPurpose, MOST_CANDIDATES, Refusal, State};
use crate::{Recipe, SeedVariation, Sha256, Task};

/// One job for each variation, which waits as a candidate; without any, one image that stands at once.
pub(super) fn vary(
    state: &State,
    parent: &Sha256,
    recipe: &Recipe,
    task: &Task,
    (seed, variations): (u64, &[SeedVariation]),
) -> Result<Vec<Action>, Refusal> {
    let image = super::image(state, parent)?;
    sprint::check_no_polishing(state)?;
    finish::check_input(task, parent)?;
    let count = u32::try_from(variations.len()).unwrap_or(u32::MAX);
    let subject = IterationSubject::Image { root: image.root };
    if count == 0 {
        finish::check_budget(state, &subject)?;
        let purpose = JobPurpose::Variation { parent: *parent, strip: None };
        return Ok(vec![jobs::queue(state, recipe, task, seed, purpose)?]);
    }
    text::number("number of candidates", f64::from(count), 1.0, f64::from(MOST_CANDIDATES))?;
    let mut seeds: Vec<u64> = variations.iter().map(|variation| variation.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    if seeds.len() < variations.len() {
        return Err(Refusal::Selection(
            "two candidates turn towards the same seed and would be the same picture: use different seeds",
        ));
    }
    finish::check_budget_for(state, &subject, count)?;
    let purpose = JobPurpose::Variation { parent: *parent, strip: Some(state.next_strip()) };
    let noises: Vec<_> = variations.iter().map(|variation| (seed, Some(*variation))).collect();
    Ok(vec![jobs::queue_all(state, recipe, task, &noises, &purpose)?])
}
