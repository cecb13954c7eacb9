use jiff::Timestamp;

use crate::Sha256;
use crate::workflow::{
    Actor, Approval, Clearance, Command, Image, Judgement, Outcome, Permission, Review, ReviewList, Role, Stakes,
    State, may_judge, would,
};

/// How one image stands at the review gate, as the checklist panel shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct GateStanding {
    /// Which list.
    pub list: ReviewList,
    /// How much hangs on it.
    pub stakes: Stakes,
    /// Items of the list.
    pub items: usize,
    /// Items with a verdict.
    pub judged: usize,
    /// Items that fail, by name.
    pub failed: Vec<String>,
    /// How many people cleared it, and how many must.
    pub clearances: (usize, usize),
    /// Whether the review runs, or how it ended.
    pub outcome: Option<Outcome>,
    /// Who may clear it and when: the footer of the checklist.
    pub footer: String,
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
        let review = self.image(image)?.review()?;
        let items = self.checklist(review.list.checklist()).map(|list| list.items.as_slice()).unwrap_or_default();
        let failed = |id: &str| review.verdict(id).is_some_and(|one| one.verdict.judgement == Judgement::Fail);
        Some(GateStanding {
            list: review.list,
            stakes: self.stakes(),
            items: items.len(),
            judged: items.iter().filter(|item| review.verdict(&item.id).is_some()).count(),
            failed: items.iter().filter(|item| failed(&item.id)).map(|item| item.id.clone()).collect(),
            clearances: (review.clearances.len(), self.stakes().reviewers()),
            outcome: review.outcome.clone(),
            footer: self.gate_footer(self.image(image)?, review, by, now),
            may_judge: may_judge(self, image, &by.person).into(),
            may_clear: would(self, &Command::ClearImage { image: *image }, by, now),
            may_send_back: would(self, &Command::SendBack { image: *image, note: String::new() }, by, now),
        })
    }

    fn gate_footer(&self, image: &Image, review: &Review, by: &Actor, now: Timestamp) -> String {
        let who = |clearances: &[Clearance]| {
            let names: Vec<&str> = clearances.iter().map(|clearance| clearance.by.as_str()).collect();
            names.join(" and ")
        };
        match &review.outcome {
            Some(Outcome::Cleared) if !self.is_cleared(&image.sha256) => {
                return "Cleared for lower stakes than the brief has now. Submit it again.".to_owned();
            }
            Some(Outcome::Cleared) if image.approval() == Some(Approval::SelfApproval) => {
                return format!("Cleared by its maker, {}, after a fresh-eyes pass.", who(&review.clearances));
            }
            Some(Outcome::Cleared) => return format!("Cleared by {}.", who(&review.clearances)),
            Some(Outcome::SentBack { failed, .. }) => return format!("Sent back: {}.", failed.join(", ")),
            Some(Outcome::Vetoed { reason }) => return format!("Vetoed: {reason}."),
            Some(Outcome::Voided { .. }) => return "The file changed, so the clearance is void.".to_owned(),
            None => {}
        }
        let needed = self.stakes().reviewers().saturating_sub(review.clearances.len());
        let people = if needed == 2 { "Two people who did not make it" } else { "Another person" };
        if !image.makers.contains(&by.person) {
            return match (by.role, review.clearances.as_slice()) {
                (Role::Reviewer, []) => format!("{} may clear it once every item passes.", by.person),
                (Role::Reviewer, one) if one.iter().any(|clearance| clearance.by == by.person) => {
                    "You cleared it. Another Reviewer must clear it too.".to_owned()
                }
                (Role::Reviewer, one) => format!("{} cleared it. You must clear it too.", who(one)),
                (Role::Director | Role::Operator, _) => "A Reviewer who did not make it may clear it.".to_owned(),
            };
        }
        let fresh = self.is_solo() && self.stakes() != Stakes::Regulated;
        if fresh && may_judge(self, &image.sha256, &by.person).is_ok() {
            return "You made this image and saw it with fresh eyes. A clearance is marked as self-approval."
                .to_owned();
        }
        match self.minutes_to_fresh_eyes(image, now) {
            _ if !fresh => format!("You made this image. {people} may clear it."),
            0 => "You made this image. Another person, or a fresh-eyes pass from now on, may clear it.".to_owned(),
            left => format!("You made this image. Another person, or a fresh-eyes pass in {left} min, may clear it."),
        }
    }

    /// Minutes until a fresh-eyes pass over an image may begin, rounded up; 0 when it may.
    pub fn minutes_to_fresh_eyes(&self, image: &Image, now: Timestamp) -> i64 {
        // In whole seconds; a clock that was set back only makes the pause longer.
        let pause = i64::from(self.settings().fresh_eyes_minutes) * 60;
        let left = pause - now.duration_since(image.made_at).as_secs();
        left.max(0).saturating_add(59) / 60
    }
}
