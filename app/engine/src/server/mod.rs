//! The engine process: reads commands from stdin, computes on one named thread, writes events to stdout.
//!
//! Three threads: `engine-reader` (so that a cancel works within one step and the end of the parent is noticed at once),
//! `engine-inference` (builds, runs and drops models; cubecl keys GPU streams by thread) and `engine-writer` (so that a client
//! that does not read never stops a step). Stdout carries the protocol and nothing else; logs go to stderr.

mod diffusion;
mod progress;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use kento_studio::{DeviceFingerprint, Dtype, EngineFingerprint, JobId, ToolVersion};

pub use diffusion::{DiffusionPipelines, class_name, device_choice, dtype_choice, shader_name};
pub use progress::JobProgress;

use crate::frame::{self, FrameError};
use crate::protocol::{DeviceRequest, EngineCommand, EngineEvent, GenerateJob, JobTimings, PROTOCOL_VERSION, Pixels};

/// What the server loop drives. [`DiffusionPipelines`] is the one of the program; the protocol's tests bring a deterministic
/// one of their own, so that they need neither models nor seconds.
pub trait Pipelines: Sized {
    /// Opens the device. Called once, on the inference thread, as is everything else.
    ///
    /// # Errors
    /// One sentence that says why no device could be opened.
    fn open(request: &DeviceRequest) -> Result<Opened<Self>, String>;

    /// Runs one job: load the model unless it is loaded, generate, report through `progress`.
    ///
    /// # Errors
    /// [`JobError`]; after [`JobError::DeviceLost`] the engine ends, because burn cannot open the device a second time.
    fn generate(&mut self, job: &GenerateJob, progress: &mut JobProgress) -> Result<JobOutput, JobError>;

    /// Frees the loaded model.
    fn unload(&mut self);
}

/// An open device.
pub struct Opened<P> {
    /// What runs on it.
    pub pipelines: P,
    /// The device, as far as it determines pixels.
    pub fingerprint: DeviceFingerprint,
    /// The number format of the models.
    pub dtype: Dtype,
    /// One sentence that says why this device was chosen.
    pub why: String,
}

/// What a job gives.
pub struct JobOutput {
    /// RGB pixels.
    pub image: Pixels,
    /// Where the time went.
    pub timings: JobTimings,
}

/// Why a job gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobError {
    /// It was stopped on request.
    Cancelled,
    /// It failed, in one sentence; the next job may succeed.
    Failed(String),
    /// The device is gone, in one sentence; only a new process can open it again.
    DeviceLost(String),
}

/// Exit status of the engine process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EngineExit {
    /// The client closed stdin, as it does when it ends.
    ClientGone = 0,
    /// The device could not be opened, or the client speaks another protocol; the reason was sent.
    Refused = 3,
    /// Stdin carried something that is not a command.
    BrokenPipe = 4,
    /// The device was lost.
    DeviceLost = 5,
    /// The inference thread panicked; the message is on stderr.
    Panicked = 101,
}

/// Runs the engine until the client is gone. `tool` is the build of the program.
///
/// Ends the process itself when `input` is closed, even in the middle of a step: nobody is left to wait for the result.
pub fn serve<P: Pipelines>(
    mut input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    tool: ToolVersion,
) -> EngineExit {
    // One line per panic: the client shows the last lines of stderr as the cause.
    std::panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        eprintln!("panic in thread {}: {}", thread.name().unwrap_or("unnamed"), panic.to_string().replace('\n', " "));
    }));

    let (events, outgoing) = bounded(OUTGOING_EVENTS);
    let Ok(writer) = spawn("engine-writer", move || write_events(output, &outgoing)) else {
        return EngineExit::Refused;
    };
    let finish = |exit: EngineExit| {
        // The writer is gone already when the client is; then there is nothing to wait for.
        if events.send(Outgoing::Close).is_ok() && writer.join().is_err() {
            return EngineExit::Panicked;
        }
        exit
    };

    let hello = EngineEvent::Hello { protocol: PROTOCOL_VERSION, version: tool.version.clone() };
    if events.send(Outgoing::Event(hello)).is_err() {
        return EngineExit::ClientGone;
    }
    let device = match shake_hands(&mut input) {
        Ok(device) => device,
        Err(Handshake::Gone) => return EngineExit::ClientGone,
        Err(Handshake::Broken(error)) => {
            eprintln!("the first command cannot be used: {error}");
            return EngineExit::BrokenPipe;
        }
        Err(Handshake::OtherProtocol(theirs)) => {
            let error = format!(
                "the program speaks protocol {theirs} and its engine protocol {PROTOCOL_VERSION}: quit and start Kento again"
            );
            // A failing send means that the client left, and then nobody needs the reason.
            events.send(Outgoing::Event(EngineEvent::Refused { error })).ok();
            return finish(EngineExit::Refused);
        }
    };

    let outstanding = Outstanding::default();
    let (work, incoming) = bounded(1);
    let inference = {
        let (events, outstanding) = (events.clone(), outstanding.clone());
        spawn("engine-inference", move || infer::<P>(&device, tool, &incoming, &events, &outstanding))
    };
    let reader = {
        let events = events.clone();
        spawn("engine-reader", move || read_commands(input, &work, &events, &outstanding))
    };
    match (inference, reader) {
        (Ok(inference), Ok(_)) => finish(inference.join().unwrap_or(EngineExit::Panicked)),
        _ => EngineExit::Refused,
    }
}

/// Events that wait for the writer. Steps are dropped beyond it; everything else waits.
const OUTGOING_EVENTS: usize = 64;

pub(crate) enum Outgoing {
    Event(EngineEvent),
    Close,
}

enum Work {
    Generate(Box<GenerateJob>, Arc<AtomicBool>),
    Unload,
}

/// The jobs that were accepted and have not ended, with their cancel flags.
#[derive(Clone, Default)]
struct Outstanding(Arc<Mutex<BTreeMap<JobId, Arc<AtomicBool>>>>);

impl Outstanding {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<AtomicBool>>> {
        // The map is valid after every single operation, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Handshake {
    Gone,
    Broken(String),
    OtherProtocol(u32),
}

fn shake_hands(input: &mut impl Read) -> Result<DeviceRequest, Handshake> {
    match frame::read(input) {
        Ok(EngineCommand::Hello { protocol: PROTOCOL_VERSION, device }) => Ok(device),
        Ok(EngineCommand::Hello { protocol, .. }) => Err(Handshake::OtherProtocol(protocol)),
        Ok(_) => Err(Handshake::Broken("it is not a hello".to_owned())),
        Err(FrameError::Closed) => Err(Handshake::Gone),
        Err(error) => Err(Handshake::Broken(error.to_string())),
    }
}

fn write_events(mut output: impl Write, outgoing: &Receiver<Outgoing>) {
    for event in outgoing {
        let Outgoing::Event(event) = event else { return };
        if let Err(error) = frame::write(&mut output, &event) {
            if !matches!(&error, FrameError::Io(_)) {
                eprintln!("an event cannot be sent: {error}");
            }
            // A pipe that failed never works again; without it every result is lost.
            std::process::exit(EngineExit::ClientGone as i32);
        }
    }
}

fn read_commands(mut input: impl Read, work: &Sender<Work>, events: &Sender<Outgoing>, outstanding: &Outstanding) {
    loop {
        match frame::read(&mut input) {
            Ok(EngineCommand::Generate(job)) => accept(job, work, events, outstanding),
            Ok(EngineCommand::Cancel { job }) => {
                if let Some(flag) = outstanding.lock().get(&job) {
                    flag.store(true, Ordering::Relaxed);
                }
            }
            // A full channel means that a job waits, which loads its own model anyway.
            Ok(EngineCommand::Unload) => drop(work.try_send(Work::Unload)),
            Ok(EngineCommand::Hello { .. }) => {
                eprintln!("a second hello arrived");
                std::process::exit(EngineExit::BrokenPipe as i32);
            }
            Err(FrameError::Closed) => std::process::exit(EngineExit::ClientGone as i32),
            Err(error) => {
                eprintln!("a command cannot be read: {error}");
                std::process::exit(EngineExit::BrokenPipe as i32);
            }
        }
    }
}

fn accept(job: Box<GenerateJob>, work: &Sender<Work>, events: &Sender<Outgoing>, outstanding: &Outstanding) {
    let id = job.request.job;
    let refuse = |error: String| {
        // Only fails when the writer is gone, and then the process is about to end.
        events.send(Outgoing::Event(EngineEvent::Failed { job: id, error })).ok();
    };
    if let Err(refusal) = job.request.check() {
        return refuse(refusal.to_string());
    }
    let flag = Arc::new(AtomicBool::new(false));
    if outstanding.lock().insert(id, Arc::clone(&flag)).is_some() {
        return refuse(format!("the job {id} is running already: give every job its own number"));
    }
    match work.try_send(Work::Generate(job, flag)) {
        Ok(()) => {}
        Err(TrySendError::Full(_)) => {
            outstanding.lock().remove(&id);
            refuse("the engine is busy: send the next job when this one has ended".to_owned());
        }
        // The inference thread has ended, and `serve` is about to end the process with the cause.
        Err(TrySendError::Disconnected(_)) => {}
    }
}

fn infer<P: Pipelines>(
    device: &DeviceRequest,
    tool: ToolVersion,
    incoming: &Receiver<Work>,
    events: &Sender<Outgoing>,
    outstanding: &Outstanding,
) -> EngineExit {
    // Sends fail only when the writer is gone, and it ends the process itself.
    let send = |event| drop(events.send(Outgoing::Event(event)));
    let Opened { mut pipelines, fingerprint, dtype, why } = match P::open(device) {
        Ok(opened) => opened,
        Err(error) => {
            send(EngineEvent::Refused { error });
            return EngineExit::Refused;
        }
    };
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let fingerprint = EngineFingerprint { tool, platform, device: fingerprint, dtype };
    send(EngineEvent::Ready { fingerprint: Box::new(fingerprint), why });

    for work in incoming {
        let Work::Generate(generate, cancel) = work else {
            pipelines.unload();
            continue;
        };
        let job = generate.request.job;
        let mut progress = JobProgress::new(job, events.clone(), cancel);
        let asked = generate.request.recipe.dtype;
        let result = if progress.cancelled() {
            Err(JobError::Cancelled)
        } else if asked != dtype {
            Err(JobError::Failed(format!(
                "the recipe is for {asked} and this engine computes in {dtype}: open the device with {asked}"
            )))
        } else {
            pipelines.generate(&generate, &mut progress)
        };
        // Before the event: the client may send the next job as soon as it has seen the end of this one.
        outstanding.lock().remove(&job);
        match result {
            Ok(JobOutput { image, timings }) => send(EngineEvent::Finished { job, image, timings }),
            Err(JobError::Cancelled) => send(EngineEvent::Cancelled { job }),
            Err(JobError::Failed(error)) => send(EngineEvent::Failed { job, error }),
            Err(JobError::DeviceLost(error)) => {
                // Not told as a failed job: the client would hand the next one to a process that is about to end.
                eprintln!("{error}");
                return EngineExit::DeviceLost;
            }
        }
    }
    EngineExit::ClientGone
}

fn spawn<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<thread::JoinHandle<T>> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .inspect_err(|error| eprintln!("the thread {name} cannot be started: {error}"))
}
