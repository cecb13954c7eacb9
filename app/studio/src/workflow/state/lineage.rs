use std::collections::{BTreeMap, BTreeSet};

use super::{Image, Origin, State};
use crate::card::{FinishedCard, FinishedRefusal, FinishedStep, HexBytes, MaskFile, MixStep};
use crate::workflow::Job;
use crate::{SchemaV1, Sha256};

impl State {
    /// An image with its parents, youngest first.
    pub fn lineage(&self, image: &Sha256) -> Vec<Sha256> {
        let mut lineage = Vec::new();
        let mut next = self.images.get(image);
        while let Some(image) = next {
            lineage.push(image.sha256);
            next = image.parent.and_then(|parent| self.images.get(&parent));
        }
        lineage
    }

    /// How an image was made, step by step, for the card that makes it again; `mask` gives the PNG file of a mask.
    ///
    /// # Errors
    /// [`FinishedRefusal`] where a step was made by hand or from something that the card cannot hold; and what `mask` says.
    pub fn finished_card<E: From<FinishedRefusal>>(
        &self,
        image: &Sha256,
        mask: impl Fn(&Sha256) -> Result<Vec<u8>, E>,
    ) -> Result<FinishedCard, E> {
        let mut card = FinishedCard {
            schema: SchemaV1,
            card: None,
            steps: Vec::new(),
            mixes: Vec::new(),
            masks: Vec::new(),
            pictures: Vec::new(),
        };
        let add_mask = |card: &mut FinishedCard, sha256: Sha256| -> Result<(), E> {
            if card.mask(&sha256).is_none() {
                card.masks.push(MaskFile { sha256, png: HexBytes(mask(&sha256)?) });
            }
            Ok(())
        };
        for known in self.made_from(image)? {
            if let Some(Origin::Mixed { first, second, mask, .. }) = known.origins.first() {
                add_mask(&mut card, *mask)?;
                let after = u32::try_from(card.steps.len()).unwrap_or(u32::MAX);
                let (sha256, pixels_sha256) = (known.sha256, known.pixels_sha256);
                let (first, second, mask) = (*first, *second, *mask);
                card.mixes.push(MixStep { after, first, second, mask, sha256, pixels_sha256 });
                continue;
            }
            let unknown = || FinishedRefusal::Unknown(known.sha256.auto_v2());
            let (_, job) = self.jobs_of_image(&known.sha256).next().ok_or_else(unknown)?;
            let fingerprint = job.fingerprint.as_ref().ok_or_else(unknown)?;
            let step = FinishedStep::new(&job.request, known.sha256, known.pixels_sha256, fingerprint);
            if let Some(mask) = step.mask() {
                add_mask(&mut card, mask)?;
            }
            card.steps.push(step);
        }
        card.card = self.images.get(image).and_then(|known| self.recipe_of(known)).cloned();
        card.check()?;
        Ok(card)
    }

    /// Every image whose pixels went into this one, and itself, in the order in which they were made. A variation from noise alone
    /// begins anew: what came before it does not determine its pixels.
    fn made_from(&self, image: &Sha256) -> Result<Vec<&Image>, FinishedRefusal> {
        let mut open: Vec<Sha256> = self.images.get(image).map(|known| known.sha256).into_iter().collect();
        let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
        while let Some(sha256) = open.pop() {
            if !seen.insert(sha256) {
                continue;
            }
            // What is no image of the project came from outside.
            let known = self.images.get(&sha256).ok_or(FinishedRefusal::FromOutside)?;
            match known.origins.first() {
                Some(Origin::Edited { edit, .. }) => {
                    return Err(FinishedRefusal::ByHand(sha256.auto_v2(), edit.kind.to_string()));
                }
                Some(Origin::Mixed { first, second, .. }) => open.extend([*first, *second]),
                Some(Origin::Generated { .. }) | None => {
                    let job = self.jobs_of_image(&sha256).next();
                    let (_, job) = job.ok_or_else(|| FinishedRefusal::Unknown(sha256.auto_v2()))?;
                    open.extend(job.request.task.image().map(|image| image.sha256));
                }
            }
            // An image is recorded after everything that it was made from.
            found.insert((known.seq, sha256), known);
        }
        Ok(found.into_values().collect())
    }

    /// The number of the next strip of candidates.
    pub fn next_strip(&self) -> u32 {
        let strip = |job: &Job| job.purpose.strip();
        self.jobs.values().filter_map(strip).max().map_or(1, |strip| strip.saturating_add(1))
    }

    /// Everything that was made from the same first image, that one first, in the order in which it was made.
    pub fn family(&self, image: &Sha256) -> Vec<&Image> {
        let Some(root) = self.images.get(image).map(|image| image.root) else { return Vec::new() };
        let mut family: Vec<&Image> = self.images.values().filter(|image| image.root == root).collect();
        family.sort_by_key(|image| image.seq);
        family
    }
}
