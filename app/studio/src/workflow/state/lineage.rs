use super::{Image, Origin, State};
use crate::card::{FinishedCard, FinishedRefusal, FinishedStep, HexBytes, MaskFile};
use crate::workflow::{Job, JobPurpose};
use crate::{SchemaV1, Sha256, Task};

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
        let mut lineage = self.lineage(image);
        lineage.reverse();
        let mut card = FinishedCard { schema: SchemaV1, card: None, steps: Vec::new(), masks: Vec::new() };
        for sha256 in &lineage {
            let unknown = || FinishedRefusal::Unknown(sha256.auto_v2());
            let known = self.images.get(sha256).ok_or_else(unknown)?;
            if let Some(Origin::Edited { edit, .. }) = known.origins.first() {
                return Err(FinishedRefusal::ByHand(sha256.auto_v2(), edit.kind.to_string()).into());
            }
            let (_, job) = self.jobs_of_image(sha256).next().ok_or_else(unknown)?;
            // A variation from noise alone begins anew: what came before it does not determine its pixels.
            if job.request.task == Task::TextToImage {
                card.steps.clear();
                card.masks.clear();
            }
            let fingerprint = job.fingerprint.as_ref().ok_or_else(unknown)?;
            let step = FinishedStep::new(&job.request, *sha256, known.pixels_sha256, fingerprint);
            if let Some(sha256) = step.mask().filter(|sha256| card.mask(sha256).is_none()) {
                card.masks.push(MaskFile { sha256, png: HexBytes(mask(&sha256)?) });
            }
            card.steps.push(step);
        }
        card.card = self.images.get(image).and_then(|known| self.recipe_of(known)).cloned();
        card.check()?;
        Ok(card)
    }

    /// The number of the next strip of candidates.
    pub fn next_strip(&self) -> u32 {
        let strip = |job: &Job| match job.purpose {
            JobPurpose::Repair { strip, .. } => strip,
            _ => None,
        };
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
