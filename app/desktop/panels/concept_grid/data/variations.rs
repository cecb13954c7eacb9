use std::collections::BTreeSet;

use kento_studio::Sha256;
use kento_studio::workflow::{CullDecision, Image, JobPurpose, Origin, State, TileStatus};

/// Whether an image is a variation of another one, or put together of one: an image of its own, which a cull decides on.
pub fn is_variation(state: &State, image: &Image) -> bool {
    image.origins.iter().any(|origin| match origin {
        Origin::Generated { job } => {
            state.job(*job).is_some_and(|job| matches!(job.purpose, JobPurpose::Variation { .. }))
        }
        // A candidate is older than its mix, so that this ends.
        Origin::Mixed { first, second, .. } => [first, second]
            .into_iter()
            .any(|one| state.image(one).is_some_and(|one| one.seq < image.seq && is_variation(state, one))),
        Origin::Edited { .. } => false,
    })
}

/// The variations of these images that stand for themselves, oldest first: none that still waits in a strip or was discarded.
pub(super) fn variations<'a>(state: &'a State, of: &BTreeSet<Sha256>) -> Vec<&'a Image> {
    let stands = |image: &&Image| {
        of.contains(&image.root)
            && !of.contains(&image.sha256)
            && !image.is_open_candidate()
            && is_variation(state, image)
    };
    let mut found: Vec<&Image> = state.images().values().filter(stands).collect();
    found.sort_by_key(|image| image.seq);
    found
}

/// What the tile of an image that is there shows.
pub(super) fn status_of(image: &Image) -> TileStatus {
    match image.culled.as_ref().map(|culled| &culled.decision) {
        None => TileStatus::Done,
        Some(CullDecision::Keep) => TileStatus::Kept,
        Some(CullDecision::Reject { reason, note }) => TileStatus::Rejected { reason: *reason, note: note.clone() },
    }
}
