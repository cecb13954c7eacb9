use kento_studio::Sha256;
use kento_studio::workflow::{Actor, Command, CullDecision, RejectReason, State};

use super::RunData;

/// The keys of the reasons, in the order of [`RejectReason::ALL`].
pub const REASON_KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "C", "O"];

/// A rejection whose reason is being chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejecting {
    /// The image.
    pub image: Sha256,
    /// More in words.
    pub note: String,
    /// Whether "other" was chosen, which needs the note.
    pub is_other: bool,
    /// Whether the note shall have the keyboard with the next frame; once, so that the keyboard can leave it again.
    pub wants_note: bool,
    /// Why it was not sent, where a rule refuses it as it is written.
    pub refusal: Option<String>,
}

impl Rejecting {
    /// The command of a reason; none where "other" still waits for its note.
    pub fn command(&mut self, reason: RejectReason) -> Option<Command> {
        if reason == RejectReason::Other && self.note.trim().is_empty() {
            self.is_other = true;
            self.wants_note = true;
            return None;
        }
        Some(Command::Reject { image: self.image, reason, note: self.note.trim().to_owned() })
    }
}

/// A decision that was made here, and what stood before it.
#[derive(Debug, Clone, PartialEq)]
struct Decided {
    image: Sha256,
    decision: CullDecision,
    before: Option<CullDecision>,
}

/// Culling one image after the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CullMode {
    /// Whether single keys cull, beside the other panels.
    pub is_on: bool,
    /// Whether the picture has the window to itself and single keys cull.
    pub is_full: bool,
    /// Whether the full window was asked for and not drawn yet.
    pub is_new: bool,
    /// What is being rejected.
    pub rejecting: Option<Rejecting>,
    /// What was sent with the record after which, and the project does not show yet.
    sent: Vec<(u64, Decided)>,
    /// What was decided here, last one last.
    decided: Vec<Decided>,
    /// Who acted in the last frame.
    actor: Option<Actor>,
}

impl CullMode {
    /// Takes in what the project shows now: what was sent and stands is decided. Another person or role ends the cull.
    pub fn follow(&mut self, state: &State, actor: &Actor) {
        if self.actor.as_ref() != Some(actor) && self.actor.replace(actor.clone()).is_some() {
            self.is_on = false;
            self.is_full = false;
            self.rejecting = None;
        }
        let stands = |(seq, sent): &(u64, Decided)| {
            let culled = state.image(&sent.image).and_then(|image| image.culled.as_ref());
            culled.is_some_and(|culled| culled.seq > *seq && culled.decision == sent.decision)
        };
        // Decisions are saved in their order: what was sent before one that stands was refused.
        while let Some(place) = self.sent.iter().position(stands) {
            self.decided.extend(self.sent.drain(..=place).next_back().map(|(_, decided)| decided));
        }
    }

    /// Whether keys cull at all, so that the next picture comes after each decision.
    pub fn is_culling(&self) -> bool {
        self.is_on || self.is_full
    }

    /// Gives the window to the picture, or back to the panels as they were.
    pub fn toggle_full(&mut self) {
        self.is_full = !self.is_full;
        self.is_new = self.is_full;
        self.rejecting = None;
    }

    /// The next place whose image waits for a decision. What was decided here and is not saved yet is passed over.
    pub fn next(&self, run: &RunData, after: Option<usize>) -> Option<usize> {
        let is_sent = |place: &usize| {
            let image = run.pictures.culled(*place);
            self.sent.iter().any(|(_, sent)| Some(sent.image) == image)
        };
        run.undecided(after).find(|place| !is_sent(place)).or_else(|| run.next_undecided(after))
    }

    /// Begins to reject an image.
    pub fn reject(&mut self, image: Sha256) {
        let (note, is_other) = (String::new(), false);
        self.rejecting = Some(Rejecting { image, note, is_other, wants_note: false, refusal: None });
    }

    /// Whether a note on what is being rejected is typed.
    pub fn has_note(&self) -> bool {
        self.rejecting.as_ref().is_some_and(|rejecting| !rejecting.note.trim().is_empty())
    }

    /// Remembers that a decision was sent. It can be taken back once the project shows it.
    pub fn send(&mut self, state: &State, image: Sha256, decision: CullDecision) {
        self.rejecting = None;
        let on_its_way = self.sent.iter().rfind(|(_, sent)| sent.image == image);
        let before = match on_its_way {
            Some((_, sent)) => Some(sent.decision.clone()),
            None => standing(state, &image).cloned(),
        };
        self.sent.push((state.seq(), Decided { image, decision, before }));
    }

    /// The command that takes the last decision of here back, with its image. What somebody changed since is left
    /// alone.
    pub fn undo(&mut self, state: &State) -> Option<(Sha256, Command)> {
        self.decided.retain(|one| standing(state, &one.image).is_some());
        let place = self.decided.iter().rposition(|one| standing(state, &one.image) == Some(&one.decision))?;
        let last = self.decided.remove(place);
        let image = last.image;
        let command = match last.before {
            None => Command::WithdrawCull { image },
            Some(CullDecision::Keep) => Command::Keep { image },
            Some(CullDecision::Reject { reason, note }) => Command::Reject { image, reason, note },
        };
        Some((image, command))
    }

    /// Whether something can be taken back.
    pub fn can_undo(&self, state: &State) -> bool {
        self.decided.iter().any(|one| standing(state, &one.image) == Some(&one.decision))
    }
}

/// What stands of an image.
fn standing<'a>(state: &'a State, image: &Sha256) -> Option<&'a CullDecision> {
    state.image(image)?.culled.as_ref().map(|culled| &culled.decision)
}

impl RunData {
    /// The next place after this one whose image waits for a decision, from the beginning again at the end.
    pub fn next_undecided(&self, after: Option<usize>) -> Option<usize> {
        self.undecided(after).next()
    }

    /// The places after this one whose images wait for a decision, from the beginning again at the end.
    pub fn undecided(&self, after: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let count = self.rows.len();
        let first = after.map_or(0, |place| place + 1);
        let places = (first..first + count).map(move |place| place % count);
        places.filter(move |place| Some(*place) != after && self.waits(*place))
    }

    /// Whether the image at a place waits for a decision.
    pub fn waits(&self, place: usize) -> bool {
        self.pictures.image(place).is_some() && self.rows.get(place).is_some_and(|row| !row.is_decided)
    }
}
