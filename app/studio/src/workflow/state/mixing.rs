use super::{Candidacy, Origin, State};
use crate::Sha256;
use crate::workflow::{EditedImage, Record};

impl State {
    /// What was mixed of two candidates waits beside them: its parent is theirs.
    pub(super) fn fold_mix(
        &mut self,
        seq: u64,
        record: &Record,
        [first, second]: [Sha256; 2],
        mask: Sha256,
        result: &EditedImage,
    ) {
        let known = [first, second].map(|candidate| self.images.get(&candidate));
        let [Some(one), Some(two)] = known else { return };
        let (parent, card) = (one.parent, one.card.clone());
        let mut makers = one.makers.clone();
        makers.extend(two.makers.iter().cloned());
        let origin = Origin::Mixed { first, second, mask, by: record.by.clone() };
        self.add_image(seq, record, result.clone(), origin, parent, card);
        if let Some(image) = self.images.get_mut(&result.sha256) {
            image.makers.append(&mut makers);
        }
        self.decide_candidate(result.sha256, Candidacy::Waits);
    }

    /// The two candidates that an image was mixed of, and the hash of the mask.
    pub fn mixed_of(&self, image: &Sha256) -> Option<([Sha256; 2], Sha256)> {
        self.images.get(image)?.origins.iter().find_map(|origin| match origin {
            Origin::Mixed { first, second, mask, .. } => Some(([*first, *second], *mask)),
            Origin::Generated { .. } | Origin::Edited { .. } => None,
        })
    }
}
