mod device;
#[cfg(test)]
mod full_drive_tests;
mod holding;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crossbeam_channel::{Receiver, RecvError, never, select};
use kento_engine::client::{ClientEvent, EngineClient, EngineLaunch};
use kento_engine::protocol::{DeviceRequest, EngineEvent, GenerateJob, Pixels, PreviewRate};
use kento_studio::project::Head;
use kento_studio::workflow::{Command, GeneratedImage, Job, JobPurpose, JobStatus, State};
use kento_studio::{EngineFingerprint, GenerationRequest, JobId, SchemaV1, Sha256, Task};

use super::{Happened, ModelShelf, Move, SecondRender, StudioError, StudioProject, Woken, pixels_sha256, similarity};
use crate::input_image::{self, InputImage, InputImageError};
use crate::metadata::{self, ImageRecord};
use crate::region::RegionWork;

pub use device::can_be_gone;

/// Jobs that the engine is given ahead of the running one: the next begins without a pause, the rest can still be reordered.
const JOBS_AHEAD: usize = 2;

/// A project with an engine at work in it: what is decided is rendered, and what is rendered is saved and recorded.
pub struct Workbench {
    project: StudioProject,
    shelf: ModelShelf,
    launch: EngineLaunch,
    /// The device that the next engine opens, once this one has nothing to do.
    next_device: Option<DeviceRequest>,
    engine: EngineClient,
    fingerprint: Option<EngineFingerprint>,
    /// Jobs that the engine has and has not ended.
    pub(super) submitted: BTreeSet<JobId>,
    /// Those of them that the engine was told to drop, without a record: they wait as before.
    pub(super) withdrawn: BTreeSet<JobId>,
    proof: Option<ProofRun>,
    /// Whether the engine's supervisor is gone; nothing more comes from it.
    engine_has_ended: bool,
    preview: PreviewRate,
    /// The waiting jobs as somebody put them in order; jobs that came later follow by number.
    order: Vec<JobId>,
    /// Jobs that an earlier run of the program left without a result, with the attempt that was interrupted.
    interrupted: BTreeMap<JobId, u32>,
    /// Why the last result could not be saved: nothing more is rendered until something can, because its result would be lost
    /// too.
    held: Option<String>,
    /// Whether it was told that jobs wait for another number format than the device's.
    told_of_format: bool,
}

/// A proof under way, in an engine of its own that ends with it.
struct ProofRun {
    job: JobId,
    engine: EngineClient,
    fingerprint: Option<EngineFingerprint>,
}

/// Which engine an event came from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Queue,
    Proof,
}

impl Workbench {
    /// Starts an engine for the project. Jobs that were interrupted wait until somebody queues them again.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(project: StudioProject, shelf: ModelShelf, launch: EngineLaunch) -> Result<Self, StudioError> {
        let engine = start(&launch)?;
        let interrupted = interrupted(project.state());
        Ok(Self {
            project,
            shelf,
            launch,
            next_device: None,
            engine,
            fingerprint: None,
            submitted: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            proof: None,
            engine_has_ended: false,
            preview: PreviewRate::Off,
            order: Vec::new(),
            interrupted,
            held: None,
            told_of_format: false,
        })
    }

    /// How often running jobs show what they have.
    pub fn show_previews(&mut self, rate: PreviewRate) {
        self.preview = rate;
    }

    /// The project.
    pub fn project(&self) -> &StudioProject {
        &self.project
    }

    /// The project, for another person to act in.
    pub fn project_mut(&mut self) -> &mut StudioProject {
        &mut self.project
    }

    /// The models that are known here.
    pub fn shelf_mut(&mut self) -> &mut ModelShelf {
        &mut self.shelf
    }

    /// What the engine computes on, once its device is open.
    pub fn fingerprint(&self) -> Option<&EngineFingerprint> {
        self.fingerprint.as_ref()
    }

    /// Decides a command, saves it, and gives the engine what follows from it.
    ///
    /// # Errors
    /// As [`StudioProject::decide`]; then nothing has changed.
    pub fn decide(&mut self, command: &Command) -> Result<Head, StudioError> {
        let head = self.project.decide(command)?;
        self.held = None;
        if let Command::CancelJobs { jobs, .. } = command {
            for job in jobs {
                if self.submitted.contains(job) && self.engine.cancel(*job).is_err() {
                    log::warn!("the engine does not take the cancelling of job {job}; its image will not be kept");
                }
                self.proof.take_if(|proof| proof.job == *job);
            }
        }
        Ok(head)
    }

    /// Why nothing is rendered although jobs wait: what was rendered last could not be saved.
    pub fn held(&self) -> Option<&str> {
        self.held.as_deref()
    }

    /// Lets the queue go on after a result could not be saved. A saved decision does the same.
    pub fn try_again(&mut self) {
        self.held = None;
    }

    /// Waits for the engine's device.
    ///
    /// # Errors
    /// Why there is none.
    pub fn wait_until_ready(&mut self) -> Result<EngineFingerprint, StudioError> {
        loop {
            if let Some(fingerprint) = &self.fingerprint {
                return Ok(fingerprint.clone());
            }
            match self.engine.events().recv() {
                Ok(ClientEvent::Unavailable(why)) => return Err(StudioError::Engine(why)),
                Ok(event) => drop(self.hear(Side::Queue, event)),
                Err(_) => return Err(StudioError::Engine("the engine ended: start Kento again".to_owned())),
            }
        }
    }

    /// Lets the engine work until nothing is left to do, and shows `watch` what happens.
    ///
    /// # Errors
    /// When a result cannot be saved.
    pub fn work_until_idle(&mut self, mut watch: impl FnMut(&Happened)) -> Result<(), StudioError> {
        loop {
            for happened in self.give_work() {
                watch(&happened);
            }
            if self.submitted.is_empty() && self.proof.is_none() {
                return Ok(());
            }
            let Woken::Engine(all) = self.wait(&never::<()>()) else { continue };
            for happened in all {
                watch(&happened);
                if let Happened::Problem(problem) | Happened::NotSaved(problem) | Happened::NoEngine(problem) = happened
                {
                    return Err(StudioError::Engine(problem));
                }
            }
        }
    }

    /// Waits until an engine does something, which is taken in, or until something is asked for.
    pub fn wait<T>(&mut self, requests: &Receiver<T>) -> Woken<T> {
        let engine = if self.engine_has_ended { never() } else { self.engine.events().clone() };
        let proof = self.proof.as_ref().map_or_else(never, |proof| proof.engine.events().clone());
        select! {
            recv(requests) -> request => request.map_or(Woken::NobodyAsks, Woken::Request),
            recv(engine) -> event => Woken::Engine(self.heard(Side::Queue, event)),
            recv(proof) -> event => Woken::Engine(self.heard(Side::Proof, event)),
        }
    }

    fn heard(&mut self, from: Side, event: Result<ClientEvent, RecvError>) -> Vec<Happened> {
        if let Ok(event) = event {
            return self.hear(from, event);
        }
        let cause = "the engine ended: open the project again".to_owned();
        match (from, self.proof.take_if(|_| from == Side::Proof)) {
            (Side::Proof, Some(proof)) => self.fail(proof.job, cause),
            _ => {
                self.engine_has_ended = true;
                vec![Happened::NoEngine(cause)]
            }
        }
    }

    /// Writes the checkpoint, ends the engine and frees the folder.
    ///
    /// # Errors
    /// As [`StudioProject::close`].
    pub fn close(self) -> Result<(), StudioError> {
        self.project.close()
    }

    /// Jobs without a result, in the order in which they are rendered.
    pub fn queue(&self) -> Vec<JobId> {
        let mut jobs = self.project.state().runnable_jobs();
        let places: HashMap<JobId, usize> = self.order.iter().enumerate().map(|(place, job)| (*job, place)).collect();
        jobs.sort_by_key(|job| places.get(job).copied().unwrap_or(usize::MAX));
        jobs
    }

    /// Moves a waiting job by one place. A job that the engine has already stays where it is. The order is nobody's decision
    /// and no record: it changes no pixel.
    pub fn move_job(&mut self, job: JobId, to: Move) {
        let mut jobs = self.queue();
        let begun = jobs.iter().take_while(|one| self.submitted.contains(one)).count();
        let Some(place) = jobs.iter().position(|one| *one == job).filter(|place| *place >= begun) else { return };
        match to {
            Move::Earlier if place > begun => jobs.swap(place, place - 1),
            Move::Later if place + 1 < jobs.len() => jobs.swap(place, place + 1),
            Move::Earlier | Move::Later => {}
        }
        self.order = jobs;
    }

    /// Gives the engine the jobs that wait, in their order.
    pub fn give_work(&mut self) -> Vec<Happened> {
        self.withdraw_held();
        if self.held.is_some() {
            return Vec::new();
        }
        let mut happened = self.end_stale_proofs();
        if !self.is_on_its_device(&mut happened) {
            return happened;
        }
        for id in self.queue() {
            if self.submitted.contains(&id) || self.proof.as_ref().is_some_and(|proof| proof.job == id) {
                continue;
            }
            let Some(job) = self.project.state().job(id).cloned() else { continue };
            if self.held.is_some() {
                break;
            }
            if self.interrupted.get(&id) == Some(&job.attempts) || !self.has_number_format(&job, &mut happened) {
                continue;
            }
            let is_proof = matches!(job.purpose, JobPurpose::Proof { .. });
            if is_proof && (self.proof.is_some() || !self.submitted.is_empty()) {
                // A proof runs alone: two models at once may not fit into the memory of the device.
                break;
            }
            if !is_proof && (self.proof.is_some() || self.submitted.len() > JOBS_AHEAD) {
                break;
            }
            if let Err(cause) = self.submit(&job) {
                happened.extend(self.fail(id, cause));
            }
        }
        happened
    }

    /// A proof whose card has another Hero by now, or none, proves nothing any more: it ends at once and never stays in the queue.
    fn end_stale_proofs(&mut self) -> Vec<Happened> {
        let state = self.project.state();
        let is_stale = |id: &JobId| {
            let Some(Job { purpose: JobPurpose::Proof { card, hero }, attempts, .. }) = state.job(*id) else {
                return false;
            };
            let is_standing = state.card(card).and_then(|card| card.hero).is_some_and(|now| now.image == *hero);
            // What was interrupted waits for somebody, and is looked at once it is queued again.
            !is_standing && self.interrupted.get(id) != Some(attempts)
        };
        let stale: Vec<JobId> = self.queue().into_iter().filter(is_stale).collect();
        let mut happened = Vec::new();
        for job in stale {
            self.proof.take_if(|proof| proof.job == job);
            let cause = "the card was changed before its proof was done: render its Hero and prove it again".to_owned();
            happened.extend(self.fail(job, cause));
        }
        happened
    }

    fn submit(&mut self, job: &Job) -> Result<(), String> {
        let request = job.request.clone();
        let source = self.shelf.source(&request.recipe)?;
        let (init_image, mask) = match &request.task {
            Task::TextToImage => (None, None),
            Task::ImageToImage { image, .. } => (Some(self.input(image.sha256, input_image::read_rgb)?), None),
            Task::Inpaint { .. } if request.task.region().is_some() => {
                self.region(&request)?.map(|region| region.for_engine()).transpose()?.unzip()
            }
            Task::Inpaint { image, mask, .. } => (
                Some(self.input(image.sha256, input_image::read_rgb)?),
                Some(self.input(mask.sha256, input_image::read_mask)?),
            ),
        };
        let id = request.job;
        if matches!(job.purpose, JobPurpose::Proof { .. }) {
            self.engine.unload().map_err(|error| error.to_string())?;
            let engine = start(&self.launch).map_err(|error| error.to_string())?;
            let work = GenerateJob { request, source, preview: PreviewRate::Off, init_image, mask };
            engine.submit(work).map_err(|error| error.to_string())?;
            self.proof = Some(ProofRun { job: id, engine, fingerprint: None });
            return Ok(());
        }
        let work = GenerateJob { request, source, preview: self.preview, init_image, mask };
        self.engine.submit(work).map_err(|error| error.to_string())?;
        self.submitted.insert(id);
        Ok(())
    }

    /// The region that a request asks for, with the pictures from the project's store.
    fn region(&self, request: &GenerationRequest) -> Result<Option<RegionWork>, String> {
        let Task::Inpaint { image, mask, region: Some(_), .. } = &request.task else { return Ok(None) };
        let image = self.input(image.sha256, input_image::read_rgb)?;
        RegionWork::new(request, image, self.input(mask.sha256, input_image::read_mask)?)
    }

    /// The picture that a request asked for: what the engine made, put back where only a region was made. The pictures are read
    /// again from the store, because the queue may be long and they may be large.
    fn whole(&self, request: &GenerationRequest, made: &Pixels) -> Result<Option<Pixels>, StudioError> {
        let region = self.region(request).map_err(StudioError::Engine)?;
        region.map(|region| region.put_back(made)).transpose().map_err(StudioError::Engine)
    }

    /// A picture from the project's store.
    fn input(&self, sha256: Sha256, read: fn(&Path) -> Result<InputImage, InputImageError>) -> Result<Pixels, String> {
        let image = read(&self.project.project().images().path(sha256)).map_err(|error| error.to_string())?;
        if image.reference.sha256 == sha256 {
            Ok(image.pixels)
        } else {
            Err(format!("the file of image {} was changed: restore it from a backup", sha256.auto_v2()))
        }
    }

    pub(super) fn hear(&mut self, from: Side, event: ClientEvent) -> Vec<Happened> {
        match event {
            ClientEvent::Lost(cause) => {
                log::warn!("{cause}");
                if from == Side::Queue {
                    self.fingerprint = None;
                }
                Vec::new()
            }
            ClientEvent::Unavailable(why) => match (from, self.proof.take_if(|_| from == Side::Proof)) {
                (Side::Proof, Some(proof)) => self.fail(proof.job, why),
                _ => vec![Happened::NoEngine(why)],
            },
            ClientEvent::Engine(EngineEvent::Ready { fingerprint, .. }) => {
                match (from, &mut self.proof) {
                    (Side::Proof, Some(proof)) => proof.fingerprint = Some(*fingerprint),
                    _ => (self.fingerprint, self.told_of_format) = (Some(*fingerprint), false),
                }
                Vec::new()
            }
            ClientEvent::Engine(EngineEvent::Finished { job, image, timings }) => {
                let finished = match from {
                    Side::Queue => self.keep_image(job, &image, timings.total_secs),
                    Side::Proof => self.judge_proof(job, &image),
                };
                self.ended(job);
                match finished {
                    Ok(happened) => happened,
                    // The drive does not take the image. That is not the job's fault, and the next one's would be lost too.
                    Err(StudioError::Project(problem)) if !holding::is_too_large(&problem) => self.hold(job, &problem),
                    Err(problem) => {
                        let mut happened = self.fail(job, problem.to_string());
                        happened.push(Happened::trouble(&problem));
                        happened
                    }
                }
            }
            ClientEvent::Engine(EngineEvent::Failed { job, error }) => {
                self.ended(job);
                self.fail(job, error)
            }
            ClientEvent::Engine(EngineEvent::Cancelled { job }) => {
                self.ended(job);
                self.waiting(job).map(|_| Happened::PutBack(job)).into_iter().collect()
            }
            ClientEvent::Engine(event) => vec![Happened::Engine(event)],
        }
    }

    fn ended(&mut self, job: JobId) {
        self.submitted.remove(&job);
        self.withdrawn.remove(&job);
        self.proof.take_if(|proof| proof.job == job);
    }

    /// A job that still waits for its result; one that was cancelled meanwhile is not kept.
    fn waiting(&self, job: JobId) -> Option<Job> {
        self.project.state().job(job).filter(|job| job.status == JobStatus::Queued).cloned()
    }

    /// Saves the image first and records it then: a record never names an image that is not there.
    fn keep_image(&mut self, id: JobId, image: &Pixels, elapsed_secs: f64) -> Result<Vec<Happened>, StudioError> {
        let (Some(job), Some(fingerprint)) = (self.waiting(id), self.fingerprint.clone()) else {
            return Ok(Vec::new());
        };
        let whole = self.whole(&job.request, image)?;
        let image = whole.as_ref().unwrap_or(image);
        // The number of the job is this project's own: without it the same request gives the same file everywhere.
        let request = GenerationRequest { job: JobId(0), ..job.request };
        let record = ImageRecord::new(request, fingerprint.clone());
        let sha256 = self.project.put_image(&metadata::encode(image, &record)?)?;
        let image = GeneratedImage { sha256, pixels_sha256: pixels_sha256(image), fingerprint, elapsed_secs };
        self.project.decide(&Command::ReportImage { job: id, image: Box::new(image) })?;
        Ok(vec![Happened::ImageSaved { job: id, image: sha256 }])
    }

    fn judge_proof(&mut self, id: JobId, again: &Pixels) -> Result<Vec<Happened>, StudioError> {
        let Some(Job { purpose: JobPurpose::Proof { hero, .. }, request, .. }) = self.waiting(id) else {
            return Ok(Vec::new());
        };
        let whole = self.whole(&request, again)?;
        let again = whole.as_ref().unwrap_or(again);
        let fingerprint = self.proof.as_ref().and_then(|proof| proof.fingerprint.clone());
        let again_fingerprint =
            fingerprint.ok_or_else(|| StudioError::Engine("the engine did not say what it computes on".to_owned()))?;
        let again_pixels = pixels_sha256(again);
        let hero_pixels = self.project.state().image(&hero).map(|hero| hero.pixels_sha256);
        let mut ssimulacra2 = None;
        if let Some(hero_pixels) = hero_pixels.filter(|hero_pixels| *hero_pixels != again_pixels) {
            let hero = self.input(hero, input_image::read_rgb).map_err(StudioError::Engine)?;
            ssimulacra2 = similarity(&hero, again).map_err(|problem| log::warn!("{problem}")).ok();
            let again_fingerprint = again_fingerprint.clone();
            let second = SecondRender { schema: SchemaV1, hero_pixels, again_pixels, again_fingerprint, ssimulacra2 };
            let cache = self.project.project().cache().map_err(|error| error.to_string());
            // Only to be looked at: the proof is judged whether or not its pictures can be kept.
            if let Err(problem) = cache.and_then(|cache| second.keep(&cache, id, &hero, again)) {
                log::warn!("the second render of job {id} is not kept: {problem}");
            }
        }
        let again_fingerprint = Box::new(again_fingerprint);
        self.project.decide(&Command::ReportProof { job: id, again_pixels, again_fingerprint, ssimulacra2 })?;
        Ok(vec![Happened::Proved(id)])
    }

    /// Records that a job failed.
    fn fail(&mut self, job: JobId, cause: String) -> Vec<Happened> {
        match self.project.decide(&Command::ReportFailure { job, cause }) {
            Ok(_) => Vec::new(),
            Err(StudioError::Project(problem)) => self.hold(job, &problem),
            Err(problem) => vec![Happened::trouble(&problem)],
        }
    }
}

/// Jobs without a result, with the attempt that they are at.
pub(super) fn interrupted(state: &State) -> BTreeMap<JobId, u32> {
    let attempts = |id: JobId| state.job(id).map(|job| (id, job.attempts));
    state.interrupted_jobs().into_iter().filter_map(attempts).collect()
}

fn start(launch: &EngineLaunch) -> Result<EngineClient, StudioError> {
    EngineClient::start(launch.clone())
        .map_err(|error| StudioError::Engine(format!("the engine cannot be started: {error}")))
}
