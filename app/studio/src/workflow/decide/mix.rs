use super::finish;
use crate::workflow::{Action, Candidacy, EditedImage, Refusal, State};
use crate::{ImageReference, Sha256};

/// No engine works on it, so that it is no iteration of the budget.
pub(super) fn mix(
    state: &State,
    first: &Sha256,
    second: &Sha256,
    mask: &ImageReference,
    result: &EditedImage,
) -> Result<Vec<Action>, Refusal> {
    let (one, two) = (finish::candidate(state, first)?, finish::candidate(state, second)?);
    let refused = |why| Err(Refusal::NoMix(first.auto_v2(), second.auto_v2(), why));
    if first == second {
        return refused("are the same picture: choose another second one");
    }
    let Some(parent) = one.parent.filter(|parent| two.parent == Some(*parent)) else {
        return refused("are candidates of different images: choose two of one strip");
    };
    if (one.width, one.height) != (two.width, two.height) {
        return refused("have different sizes: choose two of one size");
    }
    finish::keeper(state, &parent)?;
    finish::check_not_with_editor(super::image(state, &parent)?)?;
    if (mask.width, mask.height) != (one.width, one.height) {
        return refused("have another size than the mask: paint a mask of their size");
    }
    if (result.width, result.height) != (one.width, one.height) {
        return refused("have another size than what was mixed of them: mix them again");
    }
    // What was discarded is put together again and waits again.
    if state.image(&result.sha256).is_some_and(|known| known.candidacy != Some(Candidacy::Discarded)) {
        return Err(Refusal::KnownImage(result.sha256.auto_v2()));
    }
    let (first, second, mask, result) = (*first, *second, mask.sha256, result.clone());
    Ok(vec![Action::CandidatesMixed { first, second, mask, result }])
}
