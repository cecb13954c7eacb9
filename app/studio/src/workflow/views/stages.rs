use std::collections::BTreeSet;

use crate::workflow::permissions::Need;
use crate::workflow::{CardStatus, Image, JobStatus, Outcome, Stage, State};
use crate::{JobId, Sha256};

/// One stage of the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageView {
    /// Which.
    pub stage: Stage,
    /// Done, current, blocked or skipped.
    pub status: StageStatus,
    /// What is missing before the stage can begin or end, each with what to do. Empty when it is done.
    pub missing: Vec<String>,
}

/// How a stage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageStatus {
    /// Its exit criteria are met.
    Done,
    /// Its entry condition is met; there is work.
    Current,
    /// Its entry condition is not met, or a trigger paused it.
    Blocked,
    /// Knowingly skipped.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl State {
    /// The seven stages of the rail, in order.
    pub fn stages(&self) -> Vec<StageView> {
        Stage::ALL.into_iter().map(|stage| self.stage(stage)).collect()
    }

    /// One stage of the rail.
    pub fn stage(&self, stage: Stage) -> StageView {
        if let Some(skip) = self.skips().get(&stage) {
            let status = StageStatus::Skipped { reason: skip.reason.clone() };
            return StageView { stage, status, missing: Vec::new() };
        }
        let blocked = self.what_blocks(stage);
        if !blocked.is_empty() {
            return StageView { stage, status: StageStatus::Blocked, missing: blocked };
        }
        let missing = self.what_is_left(stage);
        let status = if missing.is_empty() { StageStatus::Done } else { StageStatus::Current };
        StageView { stage, status, missing }
    }

    /// The stage that is worked on: the first that is current, else the first that is blocked.
    pub fn current_stage(&self) -> Stage {
        let stages = self.stages();
        let find = |status: StageStatus| stages.iter().find(|view| view.status == status).map(|view| view.stage);
        find(StageStatus::Current).or_else(|| find(StageStatus::Blocked)).unwrap_or(Stage::Release)
    }

    fn what_blocks(&self, stage: Stage) -> Vec<String> {
        let needs: &[Need] = match stage {
            Stage::Brief => &[Need::Started],
            Stage::ConceptSprint => &[Need::BriefComplete],
            Stage::LockInPass => &[Need::BriefComplete, Need::DirectionOrSkip],
            Stage::VolumeRun => &[Need::BriefComplete, Need::LockedRecipe],
            Stage::FixAndFinish => &[Need::BriefComplete, Need::Keeper],
            Stage::ReviewGate => &[Need::BriefComplete, Need::Submitted],
            Stage::Release => &[Need::BriefComplete],
        };
        let mut blocks: Vec<String> =
            needs.iter().filter_map(|need| need.check(self).err()).map(|refusal| refusal.to_string()).collect();
        let anything_released = self.images().values().any(|image| image.released.is_some());
        if stage == Stage::Release && blocks.is_empty() && !anything_released {
            blocks.extend(Need::Cleared.check(self).err().map(|refusal| refusal.to_string()));
        }
        blocks
    }

    fn what_is_left(&self, stage: Stage) -> Vec<String> {
        let mut left = Vec::new();
        let mut ask = |open: bool, text: String| {
            if open {
                left.push(text);
            }
        };
        match stage {
            Stage::Brief => {
                return Need::BriefComplete.check(self).err().map(|one| one.to_string()).into_iter().collect();
            }
            Stage::ConceptSprint => {
                if self.direction().is_some() {
                    return left;
                }
                ask(self.sprint().is_none(), "no sprint yet: start one".to_owned());
                let ranked = self.moodboard().is_some_and(|board| board.ranked_by.is_some());
                ask(!ranked, "the moodboard is not ranked: the Director ranks 3 to 5 candidates".to_owned());
                ask(true, "no direction is approved: the Director approves one with a reason".to_owned());
            }
            Stage::LockInPass => {
                if self.usable_cards().next().is_some() {
                    return left;
                }
                match self.cards().values().next_back() {
                    None => ask(true, "no recipe card yet: save a draft".to_owned()),
                    Some(card) => {
                        let name = card.card.card_ref();
                        match card.status() {
                            CardStatus::Paused => ask(true, format!("{name} is paused: make a new revision")),
                            CardStatus::Unlocked => {
                                ask(true, format!("{name} stopped reproducing: prove or revise it"))
                            }
                            CardStatus::Draft | CardStatus::Locked => {
                                ask(card.hero.is_none(), format!("{name} has no Hero: render it"));
                                ask(card.proof.is_none(), format!("{name} is not proved: render the Hero again"));
                                let approved = card.approval.is_some();
                                ask(!approved, format!("the Hero of {name} is not approved: the Director approves it"));
                                ask(true, format!("{name} is not locked: lock it"));
                            }
                        }
                    }
                }
            }
            Stage::VolumeRun => {
                ask(self.runs().is_empty(), "no volume run yet: start one".to_owned());
                let waits = |job: &&JobId| self.job(**job).is_some_and(|job| job.status == JobStatus::Queued);
                let waiting: Vec<&JobId> = self.runs().iter().flat_map(|run| &run.jobs).filter(waits).collect();
                let held = self.held_jobs();
                let dropped = held.iter().filter(|(_, cause)| cause.is_lasting()).count();
                let (waiting, held) = (waiting.len() - held.len(), held.len() - dropped);
                ask(waiting > 0, format!("{waiting} images are not generated yet: wait for the engine"));
                ask(
                    held > 0,
                    format!("{held} images of a paused recipe are held: drop them or prove the recipe again"),
                );
                ask(dropped > 0, format!("{dropped} images of a revision that runs no more are held: drop them"));
                let count = self.cull_count(None);
                ask(count.undecided() > 0, format!("{} images are not culled: keep or reject them", count.undecided()));
                ask(!self.runs().is_empty() && count.kept == 0, "no keeper yet: keep at least one image".to_owned());
            }
            Stage::FixAndFinish => {
                let with_editor = self.images().values().filter(|image| image.hand_off.is_some()).count();
                ask(with_editor > 0, format!("{} with an editor: record their edits", are(with_editor, "image")));
                let parents: BTreeSet<Sha256> = self.images().values().filter_map(|image| image.parent).collect();
                let is_open = |image: &&&Image| is_unsubmitted(image) && !parents.contains(&image.sha256);
                let open = self.keepers().iter().filter(is_open).count();
                ask(open > 0, format!("{} not submitted: finish them and submit them for review", are(open, "keeper")));
            }
            Stage::ReviewGate => {
                let open = self.candidates().len();
                ask(open > 0, format!("{} at the gate: the Reviewer judges them", are(open, "candidate")));
            }
            Stage::Release => {
                let open = self.cleared().len();
                ask(open > 0, format!("{} cleared: release them", are(open, "image")));
            }
        }
        left
    }
}

/// A keeper that never came to the gate, or came back from it.
fn is_unsubmitted(image: &Image) -> bool {
    match image.review().map(|review| &review.outcome) {
        None | Some(Some(Outcome::SentBack { .. } | Outcome::Voided { .. } | Outcome::Superseded)) => true,
        Some(None | Some(Outcome::Cleared | Outcome::Vetoed { .. })) => false,
    }
}

/// "1 image is", "2 images are".
fn are(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what} is") } else { format!("{count} {what}s are") }
}
