//! The handle that the window and the command line hold: starts the engine, queues jobs, streams their progress, cancels
//! them, and starts the engine again after it was lost.

mod child;
mod loss;
mod supervisor;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use kento_studio::{JobId, Refusal};

pub use loss::LossCause;

use crate::protocol::{DeviceRequest, EngineEvent, GenerateJob};

/// A running engine and the queue before it. Dropping it ends the engine.
///
/// Every accepted job ends with exactly one of [`EngineEvent::Finished`], [`EngineEvent::Failed`] and
/// [`EngineEvent::Cancelled`]. The handle never blocks: events that nobody reads are dropped (progress) or kept (the rest), and
/// no further job is begun while results wait to be read.
pub struct EngineClient {
    // Dropped first (see `drop`), which tells the supervisor to end.
    controls: Option<Sender<Control>>,
    events: Receiver<ClientEvent>,
    queued: Arc<AtomicUsize>,
    process_id: Arc<AtomicU32>,
    supervisor: Option<JoinHandle<()>>,
}

impl EngineClient {
    /// Starts the engine in the background and returns at once.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(launch: EngineLaunch) -> std::io::Result<Self> {
        Self::start_within(launch, supervisor::OPENING)
    }

    /// As [`Self::start`] for an engine that may take so long to open its device: a driver that hangs is given up after it.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start_within(launch: EngineLaunch, opening: Duration) -> std::io::Result<Self> {
        let (controls, incoming) = bounded(CONTROLS);
        let (outgoing, events) = bounded(EVENTS);
        let queued = Arc::new(AtomicUsize::new(0));
        let process_id = Arc::new(AtomicU32::new(0));
        let supervisor = {
            let (queued, process_id) = (Arc::clone(&queued), Arc::clone(&process_id));
            thread::Builder::new().name("engine-supervisor".to_owned()).spawn(move || {
                supervisor::Supervisor::new(launch, opening, incoming, outgoing, queued, process_id).run()
            })?
        };
        Ok(Self { controls: Some(controls), events, queued, process_id, supervisor: Some(supervisor) })
    }

    /// Puts a job at the end of the queue.
    ///
    /// # Errors
    /// [`SubmitError`] when the request is refused or the queue is full; the job is not queued then.
    pub fn submit(&self, job: GenerateJob) -> Result<(), SubmitError> {
        job.request.check()?;
        if self.queued.fetch_add(1, Ordering::Relaxed) >= MOST_QUEUED {
            self.queued.fetch_sub(1, Ordering::Relaxed);
            return Err(SubmitError::QueueFull { most: MOST_QUEUED });
        }
        self.control(Control::Submit(Box::new(job)))
    }

    /// Stops a job: removes it from the queue, or stops it between two steps. A job that has ended is left alone.
    ///
    /// # Errors
    /// [`SubmitError::Busy`] when the supervisor does not keep up.
    pub fn cancel(&self, job: JobId) -> Result<(), SubmitError> {
        self.control(Control::Cancel(job))
    }

    /// Frees the model that the engine holds.
    ///
    /// # Errors
    /// [`SubmitError::Busy`] when the supervisor does not keep up.
    pub fn unload(&self) -> Result<(), SubmitError> {
        self.control(Control::Unload)
    }

    /// Ends the engine by force, for a step that never ends. The running job fails, the queue goes on in a new process.
    ///
    /// # Errors
    /// [`SubmitError::Busy`] when the supervisor does not keep up.
    pub fn restart(&self) -> Result<(), SubmitError> {
        self.control(Control::Restart)
    }

    /// What happens, in order.
    pub fn events(&self) -> &Receiver<ClientEvent> {
        &self.events
    }

    /// Jobs that were accepted and have not ended.
    pub fn outstanding(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Process number of the engine, while one runs.
    pub fn process_id(&self) -> Option<u32> {
        Some(self.process_id.load(Ordering::Relaxed)).filter(|id| *id != 0)
    }

    fn control(&self, control: Control) -> Result<(), SubmitError> {
        let is_job = matches!(control, Control::Submit(_));
        let sent = self.controls.as_ref().is_some_and(|controls| controls.try_send(control).is_ok());
        if !sent && is_job {
            self.queued.fetch_sub(1, Ordering::Relaxed);
        }
        if sent { Ok(()) } else { Err(SubmitError::Busy) }
    }
}

impl Drop for EngineClient {
    fn drop(&mut self) {
        self.controls = None;
        if let Some(supervisor) = self.supervisor.take()
            && supervisor.join().is_err()
        {
            log::error!("the thread engine-supervisor panicked");
        }
    }
}

/// How the engine is started. The arguments must lead to [`crate::server::serve`].
#[derive(Debug, Clone)]
pub struct EngineLaunch {
    /// The executable; usually this one.
    pub program: PathBuf,
    /// Its arguments; usually `engine`.
    pub args: Vec<OsString>,
    /// The device to open.
    pub device: DeviceRequest,
}

/// What the client tells.
#[derive(Debug)]
pub enum ClientEvent {
    /// From the engine, or in its name: a job that was cancelled in the queue or lost with the engine.
    Engine(EngineEvent),
    /// The engine is gone. The job that it worked on fails with its own event; a new engine starts.
    Lost(LossCause),
    /// The engine could not be started or opens no device, in one sentence. Jobs that wait fail with it; the next job tries
    /// again.
    Unavailable(String),
}

/// Why a job was not queued.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The request is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many jobs wait.
    #[error("{most} jobs wait already: let some end or cancel them first")]
    QueueFull {
        /// Most jobs that may wait.
        most: usize,
    },
    /// Too many orders at once.
    #[error("the engine's queue is busy: try again in a moment")]
    Busy,
}

/// Most jobs that were accepted and have not ended.
const MOST_QUEUED: usize = 10_000;
/// Orders that wait for the supervisor, which looks at them within microseconds.
const CONTROLS: usize = 1024;
/// Events that wait to be read.
const EVENTS: usize = 256;

enum Control {
    Submit(Box<GenerateJob>),
    Cancel(JobId),
    Unload,
    Restart,
}
