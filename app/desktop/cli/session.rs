use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded, select};
use kento_engine::client::{ClientEvent, EngineClient};
use kento_engine::protocol::{DeviceRequest, EngineEvent, GenerateJob, JobTimings};
use kento_studio::{EngineFingerprint, JobId};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use super::CliError;
use crate::build_info;
use crate::model::{self, Model};

/// A command's engine: started in the background, stopped cleanly by Ctrl-C.
pub struct Session {
    client: EngineClient,
    interrupts: Receiver<()>,
}

/// What a job ended with.
pub enum JobEnd {
    Finished(EngineEvent),
    /// It failed; the next one may do so too.
    Failed(String),
    /// It was lost with the engine, which starts again.
    Lost(String),
}

/// How often the flag that the signal sets is looked at.
const INTERRUPT_POLL: Duration = Duration::from_millis(20);

/// A channel that gets a message at Ctrl-C. The second Ctrl-C ends the process at once: files appear whole or not at all, so
/// nothing is left behind but a temporary file.
fn interrupts() -> io::Result<Receiver<()>> {
    let pressed = Arc::new(AtomicBool::new(false));
    flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&pressed))?;
    flag::register(SIGINT, Arc::clone(&pressed))?;
    let (interrupt, interrupts) = bounded(1);
    thread::Builder::new().name("interrupts".to_owned()).spawn(move || {
        while !pressed.load(Ordering::Relaxed) {
            thread::sleep(INTERRUPT_POLL);
        }
        // Nobody listens any more once the command has ended.
        interrupt.send(()).ok();
        // The channel stays open: a closed one would look like one interrupt after another to whoever waits for the job to end.
        loop {
            thread::park();
        }
    })?;
    Ok(interrupts)
}

impl Session {
    /// Starts the engine and returns at once, so that the command can prepare its job meanwhile.
    ///
    /// # Errors
    /// [`CliError::Failed`] when the system gives no thread or no signal handler.
    pub fn start(device: DeviceRequest) -> Result<Self, CliError> {
        let interrupts = interrupts().map_err(CliError::failed)?;
        let launch = build_info::engine_launch(device).map_err(CliError::failed)?;
        let client = EngineClient::start(launch).map_err(CliError::failed)?;
        Ok(Self { client, interrupts })
    }

    /// Begins work on a thread of its own, so that Ctrl-C never waits for it: hashing a model of some gigabytes takes seconds.
    /// [`Session::wait_for`] gives what it ends with; work that nobody waits for any more ends with the process.
    ///
    /// # Errors
    /// [`CliError::Failed`] when the system gives no thread.
    pub fn begin<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Receiver<T>, CliError> {
        let (end, ended) = bounded(1);
        let run = move || {
            // Nobody listens any more once the command has ended.
            end.send(work()).ok();
        };
        thread::Builder::new().name(name.to_owned()).spawn(run).map_err(CliError::failed)?;
        Ok(ended)
    }

    /// Waits for work that was begun.
    ///
    /// # Errors
    /// [`CliError::Stopped`] on Ctrl-C, [`CliError::Failed`] when the work panicked.
    pub fn wait_for<T>(&self, work: &Receiver<T>) -> Result<T, CliError> {
        select! {
            recv(self.interrupts) -> _ => Err(CliError::Stopped),
            recv(work) -> end => end.map_err(|_| CliError::Failed("a thread of Kento ended early: try again".to_owned())),
        }
    }

    /// Opens and hashes a model, and a VAE in the place of its own, while the engine opens its device.
    ///
    /// # Errors
    /// [`CliError::Failed`] when it cannot be used, [`CliError::Stopped`] on Ctrl-C.
    pub fn open_model(&self, name_or_path: &str, vae: Option<&Path>) -> Result<Model, CliError> {
        let (name_or_path, vae) = (name_or_path.to_owned(), vae.map(Path::to_owned));
        let open = move || model::open(name_or_path, vae.as_deref()).map_err(CliError::failed);
        self.wait_for(&self.begin("model", open)?)?
    }

    /// Waits until the device is open.
    ///
    /// # Errors
    /// [`CliError::Failed`] with the reason when no device can be opened, [`CliError::Stopped`] on Ctrl-C.
    pub fn wait_until_ready(&self) -> Result<(EngineFingerprint, String), CliError> {
        loop {
            match self.next()? {
                ClientEvent::Engine(EngineEvent::Ready { fingerprint, why }) => return Ok((*fingerprint, why)),
                ClientEvent::Unavailable(why) => return Err(CliError::Failed(why)),
                ClientEvent::Lost(_) | ClientEvent::Engine(_) => {}
            }
        }
    }

    /// Runs one job to its end and shows its events to `watch`. On Ctrl-C the job is cancelled between two steps.
    ///
    /// # Errors
    /// [`CliError::Stopped`] on Ctrl-C, [`CliError::Usage`] when the request is refused.
    pub fn run(&self, job: GenerateJob, mut watch: impl FnMut(&EngineEvent)) -> Result<JobEnd, CliError> {
        let id = job.request.job;
        self.client.submit(job).map_err(CliError::usage)?;
        let mut lost = false;
        loop {
            let event = match self.next() {
                Err(error) => {
                    self.cancel_and_wait(id);
                    return Err(error);
                }
                Ok(ClientEvent::Engine(event)) => event,
                Ok(ClientEvent::Lost(_)) => {
                    lost = true;
                    continue;
                }
                // The job's own end follows.
                Ok(ClientEvent::Unavailable(_)) => continue,
            };
            watch(&event);
            match event {
                EngineEvent::Finished { job, .. } if job == id => return Ok(JobEnd::Finished(event)),
                EngineEvent::Failed { job, error } if job == id && lost => return Ok(JobEnd::Lost(error)),
                EngineEvent::Failed { job, error } if job == id => return Ok(JobEnd::Failed(error)),
                EngineEvent::Cancelled { job } if job == id => return Err(CliError::Stopped),
                _ => {}
            }
        }
    }

    /// Runs one job, and gives its timings; for commands to which an image that is missing is the end.
    ///
    /// # Errors
    /// As [`Session::run`], and [`CliError::Failed`] when the job fails or is lost.
    pub fn finish(&self, job: GenerateJob, watch: impl FnMut(&EngineEvent)) -> Result<JobTimings, CliError> {
        match self.run(job, watch)? {
            JobEnd::Finished(EngineEvent::Finished { timings, .. }) => Ok(timings),
            JobEnd::Finished(_) => {
                Err(CliError::Failed("the engine ended a job without an image: try again".to_owned()))
            }
            JobEnd::Failed(error) | JobEnd::Lost(error) => Err(CliError::Failed(error)),
        }
    }

    /// Process number of the engine.
    pub fn engine_process(&self) -> Option<u32> {
        self.client.process_id()
    }

    fn next(&self) -> Result<ClientEvent, CliError> {
        select! {
            recv(self.interrupts) -> _ => Err(CliError::Stopped),
            recv(self.client.events()) -> event => event.map_err(|_| CliError::Failed("the engine's supervisor ended".to_owned())),
        }
    }

    /// A step may take a minute on a slow machine, so a second Ctrl-C ends the waiting.
    fn cancel_and_wait(&self, id: JobId) {
        if self.client.cancel(id).is_err() {
            return;
        }
        while let Ok(event) = self.next() {
            if let ClientEvent::Engine(event) = event
                && event.ends_job()
                && event.job() == Some(id)
            {
                return;
            }
        }
    }
}
