use std::collections::BTreeSet;

use super::text;
use crate::Sha256;
use crate::workflow::{ALT_TEXT_ITEM, Action, Approval, AssetName, Refusal, ReleaseRequest, State};

pub(super) fn write_alt_text(state: &State, sha256: &Sha256, written: &str) -> Result<Vec<Action>, Refusal> {
    let image = super::image(state, sha256)?;
    if let Some(released) = &image.released {
        return Err(Refusal::Released(sha256.auto_v2(), released.name.clone()));
    }
    let text = text::needed("alt text", written)?;
    // It is judged at the gate with the image: another text is another thing, as another pixel is.
    let changes = text != image.alt_text;
    let is_judged = image.open_review().is_some_and(|review| review.verdicts.contains_key(ALT_TEXT_ITEM));
    let mut actions = vec![Action::AltTextWritten { image: *sha256, text }];
    if changes && image.has_clearance() {
        actions.push(Action::ClearanceVoided { image: *sha256, found: *sha256 });
    } else if changes && is_judged {
        actions.push(Action::VerdictsDropped { image: *sha256, item: ALT_TEXT_ITEM.to_owned() });
    }
    Ok(actions)
}

pub(super) fn release(state: &State, images: &[ReleaseRequest]) -> Result<Vec<Action>, Refusal> {
    if images.is_empty() {
        return Err(Refusal::Selection("no image is chosen: choose a cleared one"));
    }
    if images.iter().map(|one| one.image).collect::<BTreeSet<_>>().len() < images.len() {
        return Err(Refusal::Selection("an image is chosen twice: choose each once"));
    }
    let mut taken = state.release_names.clone();
    let mut actions = Vec::with_capacity(images.len());
    for request in images {
        let action = release_one(state, request, &taken)?;
        if let Action::ImageReleased { name, .. } = &action {
            taken.insert(name.to_lowercase());
        }
        actions.push(action);
    }
    Ok(actions)
}

fn release_one(state: &State, request: &ReleaseRequest, taken: &BTreeSet<String>) -> Result<Action, Refusal> {
    let ReleaseRequest { image: sha256, file_sha256, subject, disclosure } = request;
    let image = super::image(state, sha256)?;
    let short = sha256.auto_v2();
    if image.is_vetoed() {
        return Err(Refusal::Vetoed(short));
    }
    if let Some(released) = &image.released {
        return Err(Refusal::Released(short, released.name.clone()));
    }
    if !state.is_cleared(sha256) {
        return Err(Refusal::NotCleared(short));
    }
    if !state.is_keeper(sha256) {
        return Err(Refusal::NotKept(short));
    }
    if file_sha256 != sha256 {
        return Err(Refusal::ChangedFile(short, file_sha256.auto_v2()));
    }
    if image.alt_text.is_empty() {
        return Err(Refusal::AltText(short));
    }
    let subject = text::needed("subject", subject)?;
    let disclosure = disclosure.as_deref().map(|written| text::needed("disclosure", written)).transpose()?;
    let brief = state.brief().map_or("no-brief", |brief| brief.brief.name.as_str());
    let recipe = state.recipe_of(image);
    let asset = AssetName {
        brief,
        card: recipe,
        subject: &subject,
        seed: seed(state, sha256),
        // Other formats come with the export; what the project stores is PNG.
        extension: "png",
    };
    let name = asset.free(taken).ok_or_else(|| Refusal::Subject(subject.chars().take(60).collect()))?;
    Ok(Action::ImageReleased {
        image: *sha256,
        name,
        card: recipe.cloned(),
        alt_text: image.alt_text.clone(),
        disclosure,
        approval: image.approval().unwrap_or(Approval::Independent),
    })
}

/// The seed of the nearest image of the lineage that the engine made.
fn seed(state: &State, image: &Sha256) -> u64 {
    let lineage = state.lineage(image);
    let mut seeds = lineage.iter().filter_map(|one| state.jobs_of_image(one).next().map(|(_, job)| job.request.seed));
    seeds.next().unwrap_or_default()
}

/// One changed pixel voids a clearance.
pub(super) fn report_changed_file(state: &State, image: &Sha256, found: &Sha256) -> Result<Vec<Action>, Refusal> {
    let known = super::image(state, image)?;
    if image == found {
        return Err(Refusal::UnchangedFile(image.auto_v2()));
    }
    if known.has_clearance() {
        Ok(vec![Action::ClearanceVoided { image: *image, found: *found }])
    } else {
        Err(Refusal::NotCleared(image.auto_v2()))
    }
}
