use crate::card::SlotDifference;
use crate::workflow::{CullDecision, JobStatus, RejectReason, State};
use crate::{JobId, Sha256};

/// One row of the concept grid: a style, or one line of a volume run.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// Name of the style.
    pub label: String,
    /// The variations.
    pub cells: Vec<GridCell>,
}

/// One tile.
#[derive(Debug, Clone, PartialEq)]
pub struct GridCell {
    /// What is varied.
    pub label: String,
    /// The job.
    pub job: JobId,
    /// The image, once there is one.
    pub image: Option<Sha256>,
    /// What the tile shows.
    pub status: TileStatus,
    /// Place on the moodboard, from 1; only once it is ranked.
    pub rank: Option<usize>,
}

/// What a tile shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TileStatus {
    /// Waiting for the engine, or interrupted.
    Queued,
    /// Waiting because the volume run is paused.
    Held,
    /// The image without a decision.
    Done,
    /// A keeper.
    Kept,
    /// A reject with its reason.
    Rejected {
        /// Why.
        reason: RejectReason,
        /// More in words.
        note: String,
    },
    /// The engine could not.
    Failed {
        /// Why.
        cause: String,
    },
    /// Cancelled or dropped.
    Cancelled {
        /// Why.
        cause: String,
    },
}

impl State {
    /// The grid of a concept sprint: styles as rows, variations as columns.
    pub fn grid(&self, sprint: u32) -> Vec<GridRow> {
        let Some(sprint) = self.sprints().iter().find(|one| one.number == sprint) else { return Vec::new() };
        let rows = sprint.plan.styles.iter().zip(&sprint.jobs);
        rows.map(|(style, jobs)| GridRow {
            label: style.name.clone(),
            cells: style.cells.iter().zip(jobs).map(|(cell, job)| self.grid_cell(cell.label.clone(), *job)).collect(),
        })
        .collect()
    }

    /// The tiles of a volume run with what differs from the card in each.
    pub fn run_table(&self, run: u32) -> Vec<(Vec<SlotDifference>, GridCell)> {
        let Some(run) = self.runs().iter().find(|one| one.number == run) else { return Vec::new() };
        let label = |changes: &[SlotDifference]| {
            let texts: Vec<String> = changes.iter().map(|one| format!("{} {}", one.field, one.after)).collect();
            if texts.is_empty() { "as the card".to_owned() } else { texts.join(", ") }
        };
        let rows = run.rows.iter().zip(&run.jobs);
        rows.map(|(changes, job)| (changes.clone(), self.grid_cell(label(changes), *job))).collect()
    }

    /// What the tile of a job shows.
    pub fn tile(&self, job: JobId) -> TileStatus {
        match self.job(job).map(|job| &job.status) {
            None | Some(JobStatus::Queued) if self.held_because(job).is_some() => TileStatus::Held,
            None | Some(JobStatus::Queued) => TileStatus::Queued,
            Some(JobStatus::Proved) => TileStatus::Done,
            Some(JobStatus::Failed { cause }) => TileStatus::Failed { cause: cause.clone() },
            Some(JobStatus::Cancelled { cause }) => TileStatus::Cancelled { cause: cause.clone() },
            Some(JobStatus::Done { image }) => {
                match self.image(image).and_then(|image| image.culled.as_ref()).map(|culled| &culled.decision) {
                    None => TileStatus::Done,
                    Some(CullDecision::Keep) => TileStatus::Kept,
                    Some(CullDecision::Reject { reason, note }) => {
                        TileStatus::Rejected { reason: *reason, note: note.clone() }
                    }
                }
            }
        }
    }

    /// Place of an image on the ranked moodboard, from 1.
    pub fn rank(&self, image: &Sha256) -> Option<usize> {
        let board = self.moodboard().filter(|board| board.ranked_by.is_some())?;
        board.candidates.iter().position(|one| one == image).map(|place| place + 1)
    }

    fn grid_cell(&self, label: String, job: JobId) -> GridCell {
        let image = self.images_of_jobs(&[job]).next();
        GridCell { label, job, image, status: self.tile(job), rank: image.and_then(|image| self.rank(&image)) }
    }
}
