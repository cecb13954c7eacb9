use super::{jobs, text};
use crate::workflow::refusal::subject_name;
use crate::workflow::{
    Action, Candidacy, Edit, EditKind, EditedImage, Image, IterationSubject, JobPurpose, MOST_CANDIDATES, Refusal,
    RepairAdvice, State, repair_advice,
};
use crate::{PersonName, Recipe, Sha256, Task};

/// What a repair asks for.
pub(super) struct Repair<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) task: &'a Task,
    pub(super) seeds: &'a [u64],
    pub(super) masked_share: f64,
}

/// Candidates of a usual strip: with fewer iterations left, more may be asked for.
const USUAL_STRIP: u32 = 4;

pub(super) fn repair(
    state: &State,
    parent: &Sha256,
    repair: &Repair<'_>,
    overrule: Option<&str>,
) -> Result<Vec<Action>, Refusal> {
    let root = keeper(state, parent)?;
    check_not_with_editor(super::image(state, parent)?)?;
    let Repair { recipe, task, seeds, masked_share } = *repair;
    let count = u32::try_from(seeds.len()).unwrap_or(u32::MAX);
    text::number("number of candidates", f64::from(count), 1.0, f64::from(MOST_CANDIDATES))?;
    let mut different = seeds.to_vec();
    different.sort_unstable();
    different.dedup();
    if different.len() < seeds.len() {
        return Err(Refusal::Selection(
            "two candidates have the same seed and would be the same picture: use different seeds",
        ));
    }
    text::number("masked share", masked_share, 0.0, 1.0)?;
    check_input(task, parent)?;
    let mut actions = Vec::new();
    match task {
        Task::TextToImage => return Err(Refusal::RepairFromNothing),
        // The whole image is touched, gently: the masked third is a rule for inpainting.
        Task::ImageToImage { strength, .. } => {
            let most = state.settings().most_repair_strength;
            if *strength > most {
                return Err(Refusal::StrengthTooHigh(*strength, most));
            }
            if overrule.is_some() {
                return Err(Refusal::NothingToOverrule);
            }
        }
        Task::Inpaint { .. } => match (repair_advice(masked_share), overrule) {
            (RepairAdvice::Regenerate, None) => return Err(Refusal::Regenerate(masked_share * 100.0)),
            (RepairAdvice::Regenerate, Some(reason)) => {
                let reason = text::reason("overruling \"regenerate\"", reason)?;
                actions.push(Action::RepairOverruled { image: *parent, masked_share, reason });
            }
            (RepairAdvice::Repair, None) => {}
            (RepairAdvice::Repair, Some(_)) => return Err(Refusal::NothingToOverrule),
        },
    }
    check_budget_for(state, &IterationSubject::Image { root }, count)?;
    let purpose = JobPurpose::Repair { parent: *parent, masked_share, strip: Some(state.next_strip()) };
    let noises: Vec<_> = seeds.iter().map(|seed| (*seed, None)).collect();
    actions.push(jobs::queue_all(state, recipe, task, &noises, &purpose)?);
    Ok(actions)
}

/// Nothing replaces an image until somebody accepts it.
pub(super) fn accept(state: &State, sha256: &Sha256) -> Result<Vec<Action>, Refusal> {
    let image = candidate(state, sha256)?;
    if image.candidacy == Some(Candidacy::Accepted) {
        return Err(Refusal::Candidate(sha256.auto_v2(), "accepted already: go on with it"));
    }
    // A variation is another image and needs no keeper before it.
    if state.jobs_of_image(sha256).all(|(_, job)| !matches!(job.purpose, JobPurpose::Variation { .. })) {
        let parent =
            image.parent.ok_or_else(|| Refusal::Candidate(sha256.auto_v2(), "no repair: choose a candidate"))?;
        keeper(state, &parent)?;
    }
    Ok(vec![Action::RepairAccepted { image: *sha256 }])
}

pub(super) fn discard(state: &State, images: &[Sha256]) -> Result<Vec<Action>, Refusal> {
    if images.is_empty() {
        return Err(Refusal::Selection("no candidate is chosen: choose one"));
    }
    for sha256 in images {
        if candidate(state, sha256)?.candidacy != Some(Candidacy::Waits) {
            return Err(Refusal::Candidate(
                sha256.auto_v2(),
                "accepted or discarded already: reject it in the cull instead",
            ));
        }
    }
    let mut different = images.to_vec();
    different.sort_unstable();
    different.dedup();
    if different.len() < images.len() {
        return Err(Refusal::Selection("a candidate is chosen twice: choose each once"));
    }
    Ok(vec![Action::RepairsDiscarded { images: images.to_vec() }])
}

pub(super) fn candidate<'a>(state: &'a State, sha256: &Sha256) -> Result<&'a Image, Refusal> {
    let image = super::image(state, sha256)?;
    match image.candidacy {
        Some(_) => Ok(image),
        None => Err(Refusal::Candidate(sha256.auto_v2(), "no candidate: choose one of a strip")),
    }
}

pub(super) fn record_edit(
    state: &State,
    parent: &Sha256,
    result: &EditedImage,
    edit: &Edit,
) -> Result<Vec<Action>, Refusal> {
    keeper(state, parent)?;
    // What comes back from an editor is the editor's; anything else would end the hand-off behind the editor's back.
    let hand_off = super::image(state, parent)?.hand_off.as_ref();
    if let Some(hand_off) = hand_off.filter(|_| edit.kind != EditKind::HumanEdit) {
        return Err(Refusal::EditWhileAway(parent.auto_v2(), hand_off.editor.clone()));
    }
    let note = text::needed("note of the edit", &edit.note)?;
    if result.sha256 == *parent || state.image(&result.sha256).is_some() {
        return Err(Refusal::KnownImage(result.sha256.auto_v2()));
    }
    if result.width == 0 || result.height == 0 {
        return Err(Refusal::Entry("the edited image has no pixels: export it again".to_owned()));
    }
    for input in &edit.inputs {
        if state.image(input).is_none() && !state.inputs().contains_key(input) {
            return Err(Refusal::UnknownImage(input.auto_v2()));
        }
    }
    let edit = Edit { note, ..edit.clone() };
    Ok(vec![Action::EditRecorded { parent: *parent, result: result.clone(), edit }])
}

pub(super) fn hand_to_editor(
    state: &State,
    image: &Sha256,
    editor: &PersonName,
    reason: &str,
) -> Result<Vec<Action>, Refusal> {
    keeper(state, image)?;
    let known = super::image(state, image)?;
    check_not_with_editor(known)?;
    if known.open_review().is_some() {
        return Err(Refusal::InReview(image.auto_v2()));
    }
    if let Some(released) = &known.released {
        return Err(Refusal::Released(image.auto_v2(), released.name.clone()));
    }
    if state.is_cleared(image) {
        return Err(Refusal::ClearedAlready(image.auto_v2()));
    }
    let reason = text::reason("a hand-off to a human editor", reason)?;
    Ok(vec![Action::HandedToEditor { image: *image, editor: editor.clone(), reason }])
}

pub(super) fn take_back_from_editor(state: &State, image: &Sha256, reason: &str) -> Result<Vec<Action>, Refusal> {
    if super::image(state, image)?.hand_off.is_none() {
        return Err(Refusal::NotWithEditor(image.auto_v2()));
    }
    let reason = text::reason("taking an image back from its editor", reason)?;
    Ok(vec![Action::TakenBackFromEditor { image: *image, reason }])
}

pub(super) fn ask(state: &State, subject: &IterationSubject, reason: &str) -> Result<Vec<Action>, Refusal> {
    check_subject(state, subject)?;
    if check_budget_for(state, subject, usual(subject)).is_ok() {
        let name = subject_name(subject);
        return Err(Refusal::BudgetOpen(format!("the iteration budget of {name} is not used up: go on")));
    }
    if state.iteration_asks().iter().any(|ask| ask.subject == *subject) {
        return Err(Refusal::BudgetOpen("the Director is asked already: wait for the answer".to_owned()));
    }
    let reason = text::reason("asking for more iterations", reason)?;
    Ok(vec![Action::IterationsAsked { subject: subject.clone(), reason }])
}

pub(super) fn grant(
    state: &State,
    subject: &IterationSubject,
    (more, seen): (u32, Option<u64>),
    reason: &str,
) -> Result<Vec<Action>, Refusal> {
    check_subject(state, subject)?;
    let granted = state.granted_at.get(subject).copied().unwrap_or_default();
    if seen.is_some_and(|seen| granted > seen) {
        return Err(Refusal::GrantedAlready(subject_name(subject)));
    }
    text::number("number of iterations", f64::from(more), 1.0, 1000.0)?;
    let reason = text::reason("granting iterations", reason)?;
    Ok(vec![Action::IterationsGranted { subject: subject.clone(), more, reason }])
}

fn check_subject(state: &State, subject: &IterationSubject) -> Result<(), Refusal> {
    match subject {
        IterationSubject::Hero { card } => {
            state.card(card).map(|_| ()).ok_or_else(|| Refusal::UnknownCard(card.clone()))
        }
        IterationSubject::Image { root } => match super::image(state, root)?.root {
            first if first == *root => Ok(()),
            first => {
                Err(Refusal::BudgetOpen(format!("iterations count for the first image: name {}", first.auto_v2())))
            }
        },
    }
}

/// With fewer iterations left than these the Director may be asked for more.
fn usual(subject: &IterationSubject) -> u32 {
    match subject {
        IterationSubject::Hero { .. } => 1,
        IterationSubject::Image { .. } => USUAL_STRIP,
    }
}

/// At the budget the app asks the Director for more, and never silently goes on.
pub(super) fn check_budget(state: &State, subject: &IterationSubject) -> Result<(), Refusal> {
    check_budget_for(state, subject, 1)
}

/// The same for several iterations at once.
pub(super) fn check_budget_for(state: &State, subject: &IterationSubject, more: u32) -> Result<(), Refusal> {
    match state.iteration_budget(subject) {
        Some(budget) => match budget.saturating_sub(state.iterations_used(subject)) {
            0 => Err(Refusal::Budget(subject_name(subject), budget)),
            // The Director is asked only where a usual strip has no room any more: see [`ask`].
            left if left < more && left >= usual(subject) => {
                Err(Refusal::BudgetFewer(subject_name(subject), left, more, usual(subject)))
            }
            left if left < more => Err(Refusal::BudgetLeft(subject_name(subject), left, more)),
            _ => Ok(()),
        },
        None => Ok(()),
    }
}

/// What is with an editor comes back before anything else is done with it.
pub(super) fn check_not_with_editor(image: &Image) -> Result<(), Refusal> {
    match &image.hand_off {
        Some(hand_off) => Err(Refusal::WithEditor(image.sha256.auto_v2(), hand_off.editor.clone())),
        None => Ok(()),
    }
}

/// The first image of a keeper's lineage. What is vetoed is not touched any more.
pub(super) fn keeper(state: &State, image: &Sha256) -> Result<Sha256, Refusal> {
    let known = super::image(state, image)?;
    if known.is_vetoed() {
        return Err(Refusal::Vetoed(image.auto_v2()));
    }
    if known.is_open_candidate() {
        return Err(Refusal::NotAccepted(image.auto_v2()));
    }
    if !state.is_keeper(image) {
        return Err(Refusal::NotKept(image.auto_v2()));
    }
    Ok(known.root)
}

pub(super) fn check_input(task: &Task, parent: &Sha256) -> Result<(), Refusal> {
    match task {
        Task::TextToImage => Ok(()),
        Task::ImageToImage { image, .. } | Task::Inpaint { image, .. } if image.sha256 == *parent => Ok(()),
        Task::ImageToImage { .. } | Task::Inpaint { .. } => Err(Refusal::OtherInput(parent.auto_v2())),
    }
}
