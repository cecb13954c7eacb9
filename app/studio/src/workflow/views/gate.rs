use jiff::Timestamp;

use crate::Sha256;
use crate::workflow::{Actor, Command, Outcome, Permission, ReviewList, Stakes, State, may_judge, would};

/// How one image stands at the review gate, as the checklist panel shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct GateStanding {
    /// Which list.
    pub list: ReviewList,
    /// How much hangs on it.
    pub stakes: Stakes,
    /// Items of the list.
    pub items: usize,
    /// Items with a verdict that counts for this person.
    pub judged: usize,
    /// Items that fail, by name.
    pub failed: Vec<String>,
    /// How many people cleared it, and how many must.
    pub clearances: (usize, usize),
    /// Whether the review runs, or how it ended.
    pub outcome: Option<Outcome>,
    /// Whether this person may tick; if not, who may and when.
    pub may_judge: Permission,
    /// Whether this person may clear it now.
    pub may_clear: Permission,
    /// Whether this person may send it back now.
    pub may_send_back: Permission,
}

impl State {
    /// How an image stands at the gate for one person; none before it was submitted.
    pub fn gate(&self, image: &Sha256, by: &Actor, now: Timestamp) -> Option<GateStanding> {
        let known = self.image(image)?;
        let review = known.review()?;
        let items = self.checklist_of(review).map(|list| list.items.as_slice()).unwrap_or_default();
        let (stakes, me) = (self.stakes(), &by.person);
        Some(GateStanding {
            list: review.list,
            stakes,
            items: items.len(),
            judged: items.iter().filter(|item| known.counting_verdict(&item.id, me).is_some()).count(),
            failed: items.iter().filter(|one| known.fails(&one.id, stakes, me)).map(|one| one.id.clone()).collect(),
            clearances: (review.clearances.len(), stakes.reviewers()),
            outcome: review.outcome.clone(),
            may_judge: may_judge(self, image, &by.person).into(),
            may_clear: would(self, &Command::ClearImage { image: *image }, by, now),
            may_send_back: would(self, &Command::SendBack { image: *image, note: String::new() }, by, now),
        })
    }
}
