use std::collections::BTreeSet;

use kento_studio::workflow::{Command, GridCell, JobStatus, TileStatus};
use kento_studio::{JobId, Sha256};

use super::counted;
use crate::desk::{PanelInput, Running};
use crate::widgets::contact_sheet::{Sheet, Tile, TileState};

/// What stands behind one tile of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What it is called.
    pub name: String,
    /// The job that makes it; none for what was made by hand.
    pub job: Option<JobId>,
    /// The image that is shown, once there is one: what was made, or what stands for it since it was repaired.
    pub image: Option<Sha256>,
    /// The image that was made, which a cull decides on.
    pub culled: Option<Sha256>,
}

/// A sheet with what stands behind its tiles, in the same order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pictures {
    /// What is drawn.
    pub sheet: Sheet,
    /// What is meant.
    pub cells: Vec<Cell>,
}

impl Pictures {
    /// The image at a place.
    pub fn image(&self, place: usize) -> Option<Sha256> {
        self.cells.get(place)?.image
    }

    /// The image at a place that a cull decides on.
    pub fn culled(&self, place: usize) -> Option<Sha256> {
        self.cells.get(place)?.culled
    }

    /// The place of an image.
    pub fn place(&self, image: Sha256) -> Option<usize> {
        self.cells.iter().position(|cell| [cell.image, cell.culled].contains(&Some(image)))
    }

    /// The images at these places, without doubles, in their order.
    pub fn images(&self, places: &BTreeSet<usize>) -> Vec<Sha256> {
        let mut seen = BTreeSet::new();
        places.iter().filter_map(|place| self.image(*place)).filter(|image| seen.insert(*image)).collect()
    }

    /// How many tiles have their image.
    pub fn made(&self) -> usize {
        self.cells.iter().filter(|cell| cell.image.is_some()).count()
    }
}

/// The tile of a job, with its live preview while it runs.
pub(super) fn tile(input: &PanelInput<'_>, name: String, cell: &GridCell, rank: Option<usize>) -> Tile {
    let running = input.running.get(&cell.job);
    let made = cell.image.map(|image| (image, input.source(image)));
    Tile {
        name,
        picture: made.or_else(|| running.and_then(Running::picture)),
        state: tile_state(&cell.status, running),
        rank: rank.and_then(|rank| u8::try_from(rank).ok()),
        is_kept: cell.status == TileStatus::Kept,
    }
}

/// The tile of an image that is there, whoever made it.
pub(super) fn tile_of_image(input: &PanelInput<'_>, name: String, image: Sha256, status: &TileStatus) -> Tile {
    let picture = Some((image, input.source(image)));
    Tile { name, picture, state: tile_state(status, None), rank: None, is_kept: *status == TileStatus::Kept }
}

fn tile_state(status: &TileStatus, running: Option<&Running>) -> TileState {
    match (status, running) {
        (TileStatus::Queued, Some(running)) => TileState::Running { fraction: running.fraction },
        (TileStatus::Queued | TileStatus::Held, _) => TileState::Queued,
        (TileStatus::Done | TileStatus::Kept, _) => TileState::Done,
        (TileStatus::Rejected { reason, note }, _) if note.is_empty() => {
            TileState::Rejected { reason: reason.to_string() }
        }
        (TileStatus::Rejected { reason, note }, _) => TileState::Rejected { reason: format!("{reason}: {note}") },
        (TileStatus::Failed { cause }, _) => TileState::Failed { cause: cause.clone() },
        (TileStatus::Cancelled { cause }, _) => TileState::Cancelled { cause: cause.clone() },
    }
}

/// How long the jobs without a result will take; none where that was never measured.
pub(super) fn seconds_left(input: &PanelInput<'_>, jobs: &[JobId]) -> Option<f64> {
    let waiting = jobs.iter().filter_map(|id| Some((id, input.state.job(*id)?)));
    let runs = |id: JobId| input.state.held_because(id).is_none();
    let waiting: Vec<_> = waiting.filter(|(id, job)| job.status == JobStatus::Queued && runs(**id)).collect();
    let (_, first) = waiting.first()?;
    let each = input.state.seconds_per_image(&first.request.recipe)?;
    let done = |id: &JobId| input.running.get(id).map_or(0.0, |running| f64::from(running.fraction));
    Some(waiting.iter().map(|(id, _)| each * (1.0 - done(id)).max(0.0)).sum())
}

/// What went wrong with some jobs, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Troubles {
    /// Jobs that failed. What was cancelled was decided so and is tried again only at its own tile.
    pub failed: Vec<JobId>,
    /// In words.
    pub failed_text: String,
    /// Jobs that were cut off when the program ended.
    pub interrupted: Vec<JobId>,
    /// In words.
    pub interrupted_text: String,
}

impl Troubles {
    /// The troubles of these jobs.
    pub fn of(input: &PanelInput<'_>, jobs: &[JobId], interrupted: &[JobId]) -> Self {
        let mut cause = None;
        let mut ended = |id: &&JobId| match input.state.job(**id).map(|job| &job.status) {
            Some(JobStatus::Failed { cause: why }) => {
                cause.get_or_insert_with(|| why.clone());
                true
            }
            _ => false,
        };
        let failed: Vec<JobId> = jobs.iter().filter(|id| ended(id)).copied().collect();
        let cut_off: BTreeSet<JobId> = interrupted.iter().copied().collect();
        let interrupted: Vec<JobId> = jobs.iter().filter(|id| cut_off.contains(id)).copied().collect();
        let failed_text = match cause {
            Some(cause) => format!("{} not made: {cause}", counted(failed.len(), "picture was", "pictures were")),
            None => String::new(),
        };
        let pictures = counted(interrupted.len(), "picture was", "pictures were");
        let interrupted_text = format!("{pictures} interrupted when Kento ended. Nothing else is lost.");
        Self { failed, failed_text, interrupted, interrupted_text }
    }

    /// To try the failed ones again.
    pub fn retry(&self) -> Command {
        Command::RequeueJobs { jobs: self.failed.clone() }
    }

    /// To queue the interrupted ones again.
    pub fn resume(&self) -> Command {
        Command::RequeueJobs { jobs: self.interrupted.clone() }
    }

    /// To drop the interrupted ones.
    pub fn drop_them(&self) -> Command {
        let cause = "dropped after an interruption".to_owned();
        Command::CancelJobs { jobs: self.interrupted.clone(), cause }
    }
}
