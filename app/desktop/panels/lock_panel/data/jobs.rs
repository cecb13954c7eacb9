use kento_studio::card::{CardRef, request_sha256};
use kento_studio::workflow::{CardState, Command, Job, JobPurpose, JobStatus};
use kento_studio::{JobId, Sha256};

use crate::desk::PanelInput;

/// Jobs of a card that gave nothing: they failed, or wait since Kento was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTrouble {
    /// Which.
    pub jobs: Vec<JobId>,
    /// What is missing and why.
    pub words: String,
    /// What the button says that queues them again.
    pub again: &'static str,
}

impl JobTrouble {
    /// To queue them again.
    pub fn retry(&self) -> Command {
        Command::RequeueJobs { jobs: self.jobs.clone() }
    }
}

/// What is rendered for a card beside its volume runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hero,
    Proof,
    Variation,
}

impl Kind {
    fn of(input: &PanelInput<'_>, card: &CardRef, job: &Job) -> Option<Self> {
        let is_of_card =
            |image: &Sha256| input.state.image(image).is_some_and(|image| image.card.as_ref() == Some(card));
        match &job.purpose {
            JobPurpose::Hero { card: of } if of == card => Some(Self::Hero),
            JobPurpose::Proof { card: of, .. } if of == card => Some(Self::Proof),
            JobPurpose::Variation { parent, .. } if is_of_card(parent) => Some(Self::Variation),
            _ => None,
        }
    }

    /// Whether the result would still be of use.
    fn is_wanted(self, known: &CardState, job: &Job) -> bool {
        let same = || request_sha256(&known.card.request(JobId(0))) == request_sha256(&job.request);
        match (self, &job.purpose) {
            (Self::Hero, _) => known.locked.is_none() && same(),
            (Self::Proof, JobPurpose::Proof { hero, .. }) => {
                known.hero.is_some_and(|known| known.image == *hero) && same()
            }
            (Self::Proof | Self::Variation, _) => true,
        }
    }
}

/// What of a card failed, or was interrupted and not taken up since. `interrupted` are all such jobs of the project.
pub fn job_troubles(
    input: &PanelInput<'_>,
    card: &CardRef,
    known: &CardState,
    interrupted: &[JobId],
) -> Vec<JobTrouble> {
    let of_kind = |kind: Kind| {
        let jobs = input.state.jobs().iter().rev();
        jobs.filter(move |(_, job)| Kind::of(input, card, job) == Some(kind)).map(|(id, job)| (*id, job))
    };
    // A later Hero or proof stands for all before it; every variation stands for itself.
    let mut troubles = Vec::new();
    for (kind, again) in [(Kind::Hero, "Queue the Hero again"), (Kind::Proof, "Queue the proof again")] {
        let Some((id, job)) = of_kind(kind).next().filter(|(_, job)| kind.is_wanted(known, job)) else { continue };
        let what = if kind == Kind::Hero { "The Hero" } else { "The second render" };
        let words = match &job.status {
            JobStatus::Failed { cause } => format!("{what} was not made: {cause}"),
            JobStatus::Queued if interrupted.contains(&id) => format!("{what} was interrupted when Kento ended."),
            _ => continue,
        };
        troubles.push(JobTrouble { jobs: vec![id], words, again });
    }
    let (mut failed, mut cut_off, mut why) = (Vec::new(), Vec::new(), None);
    for (id, job) in of_kind(Kind::Variation) {
        match &job.status {
            JobStatus::Failed { cause } => {
                failed.push(id);
                why.get_or_insert(cause);
            }
            JobStatus::Queued if interrupted.contains(&id) => cut_off.push(id),
            _ => {}
        }
    }
    if let Some(why) = why {
        let words = format!("{} not made: {why}", variations(failed.len()));
        troubles.push(JobTrouble { jobs: failed, words, again: "Queue the failed variations again" });
    }
    if !cut_off.is_empty() {
        let words = format!("{} interrupted when Kento ended.", variations(cut_off.len()));
        troubles.push(JobTrouble { jobs: cut_off, words, again: "Queue the interrupted variations again" });
    }
    troubles
}

fn variations(count: usize) -> String {
    if count == 1 { "1 variation was".to_owned() } else { format!("{count} variations were") }
}
