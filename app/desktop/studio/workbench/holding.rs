use std::io::ErrorKind;

use kento_studio::JobId;
use kento_studio::project::{ImageError, ProjectError};
use kento_studio::workflow::Job;

use super::{Happened, Workbench};

impl Workbench {
    /// Takes back from the engine what may not run any more: everything where nothing can be saved, and the rows of a card that was
    /// paused. No record is made of it: these jobs wait as before.
    pub(super) fn withdraw_held(&mut self) {
        let state = self.project.state();
        let is_held = |job: &JobId| self.held.is_some() || state.held_because(*job).is_some();
        let held: Vec<JobId> = self.submitted.difference(&self.withdrawn).copied().filter(is_held).collect();
        for job in held {
            match self.engine.cancel(job) {
                Ok(()) => {
                    self.withdrawn.insert(job);
                }
                Err(error) => log::warn!("job {job} is not taken back from the engine yet: {error}"),
            }
        }
    }

    /// Whether the open device computes in the number format that a job asks for. One that it does not waits for another device,
    /// because it would only fail on this one.
    pub(super) fn has_number_format(&mut self, job: &Job, happened: &mut Vec<Happened>) -> bool {
        let wanted = job.request.recipe.dtype;
        let Some(open) = self.fingerprint.as_ref().map(|open| open.dtype).filter(|open| *open != wanted) else {
            return true;
        };
        if !self.told_of_format {
            self.told_of_format = true;
            let why = format!(
                "jobs in {wanted} wait, because the device computes in {open}: choose the device that they were begun on, or cancel them"
            );
            happened.push(Happened::Problem(why));
        }
        false
    }

    /// Leaves a job waiting whose result cannot be saved, and the whole queue with it.
    pub(super) fn hold(&mut self, job: JobId, problem: &ProjectError) -> Vec<Happened> {
        self.held = Some(problem.to_string());
        let why = format!("{problem}; the queue waits until a decision can be saved again");
        vec![Happened::PutBack(job), Happened::NotSaved(why)]
    }
}

/// Whether the drive refuses this one image for its size and takes every other.
pub(super) fn is_too_large(problem: &ProjectError) -> bool {
    matches!(problem, ProjectError::Image(ImageError::Disk(disk)) if disk.kind() == ErrorKind::FileTooLarge)
}
