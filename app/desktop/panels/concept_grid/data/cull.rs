use kento_studio::Sha256;
use kento_studio::workflow::{Command, RejectReason};

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
}

impl Rejecting {
    /// The command of a reason; none where "other" still waits for its note.
    pub fn command(&mut self, reason: RejectReason) -> Option<Command> {
        if reason == RejectReason::Other && self.note.trim().is_empty() {
            self.is_other = true;
            return None;
        }
        Some(Command::Reject { image: self.image, reason, note: self.note.trim().to_owned() })
    }
}

/// Culling one image after the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CullMode {
    /// Whether single keys cull.
    pub is_on: bool,
    /// What is being rejected.
    pub rejecting: Option<Rejecting>,
    /// What was decided here, last one last.
    decided: Vec<Sha256>,
}

impl CullMode {
    /// Begins to reject an image.
    pub fn reject(&mut self, image: Sha256) {
        self.rejecting = Some(Rejecting { image, note: String::new(), is_other: false });
    }

    /// Remembers that an image was decided.
    pub fn note(&mut self, image: Sha256) {
        self.rejecting = None;
        self.decided.retain(|one| *one != image);
        self.decided.push(image);
    }

    /// The image that was decided last here, to take its decision back.
    pub fn undo(&mut self) -> Option<Sha256> {
        self.decided.pop()
    }

    /// Whether something can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.decided.is_empty()
    }
}

impl RunData {
    /// The next place after this one whose image waits for a decision, from the beginning again at the end.
    pub fn next_undecided(&self, after: Option<usize>) -> Option<usize> {
        let count = self.rows.len();
        let first = after.map_or(0, |place| place + 1);
        (first..first + count).map(|place| place % count).find(|place| Some(*place) != after && self.waits(*place))
    }

    /// Whether the image at a place waits for a decision.
    pub fn waits(&self, place: usize) -> bool {
        self.pictures.image(place).is_some() && self.rows.get(place).is_some_and(|row| !row.is_decided)
    }
}
