use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, never, select};
use kento_studio::JobId;

use super::child::EngineProcess;
use super::{ClientEvent, Control, EngineLaunch, LossCause};
use crate::frame::FrameError;
use crate::protocol::{EngineCommand, EngineEvent, GenerateJob, PROTOCOL_VERSION};

/// The thread behind [`super::EngineClient`]: owns the queue and the process.
pub(super) struct Supervisor {
    launch: EngineLaunch,
    /// How long a process may take to open its device.
    opening: Duration,
    controls: Receiver<Control>,
    events: Sender<ClientEvent>,
    outstanding: Arc<AtomicUsize>,
    process_id: Arc<AtomicU32>,
    queue: VecDeque<Box<GenerateJob>>,
    /// Events that may not be dropped and found no room.
    backlog: VecDeque<ClientEvent>,
    engine: Engine,
    /// Losses in a row without a job to blame.
    idle_losses: u32,
}

enum Engine {
    /// Not running; a new one may start at this time.
    Absent { not_before: Instant },
    /// Not running, and not started again before the next job is submitted.
    Unavailable,
    /// Started; said nothing yet.
    Greeting { process: EngineProcess, deadline: Instant },
    /// Said hello and opens its device.
    Opening { process: EngineProcess, deadline: Instant },
    /// Waits for a job.
    Idle { process: EngineProcess },
    /// Works on a job.
    Busy { process: EngineProcess, job: JobId },
}

/// How long a started process may take to say hello: it only has to be read from the disk.
const GREETING: Duration = Duration::from_secs(20);
/// How long it may take to open its device: a driver that starts cold takes seconds, one that takes longer hangs.
pub(super) const OPENING: Duration = Duration::from_secs(120);
/// Losses in a row without a job before the engine counts as unavailable.
const MOST_IDLE_LOSSES: u32 = 3;
/// Pause before another start after a loss without a job.
const PAUSE: Duration = Duration::from_millis(200);
/// How often waiting events are offered again.
const BACKLOG_TICK: Duration = Duration::from_millis(10);

impl Supervisor {
    pub(super) fn new(
        launch: EngineLaunch,
        opening: Duration,
        controls: Receiver<Control>,
        events: Sender<ClientEvent>,
        outstanding: Arc<AtomicUsize>,
        process_id: Arc<AtomicU32>,
    ) -> Self {
        Self {
            launch,
            opening,
            controls,
            events,
            outstanding,
            process_id,
            queue: VecDeque::new(),
            backlog: VecDeque::new(),
            engine: Engine::Absent { not_before: Instant::now() },
            idle_losses: 0,
        }
    }

    /// Runs until the client is dropped.
    pub(super) fn run(mut self) {
        let silence = never();
        loop {
            self.offer_backlog();
            self.advance();
            let controls = self.controls.clone();
            let said = self.engine.process().map_or_else(|| silence.clone(), |process| process.said.clone());
            select! {
                recv(controls) -> control => match control {
                    Ok(control) => self.obey(control),
                    Err(_) => break,
                },
                recv(said) -> event => match event {
                    Ok(Ok(event)) => self.hear(event),
                    Ok(Err(error)) => self.lose(&error),
                    Err(_) => self.lose(&FrameError::Closed),
                },
                default(self.patience()) => {}
            }
        }
        if let Some(process) = self.take_process() {
            process.close();
        }
    }

    /// How long to wait for something to happen.
    fn patience(&self) -> Duration {
        let until = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
        if !self.backlog.is_empty() {
            return BACKLOG_TICK;
        }
        match &self.engine {
            Engine::Absent { not_before } => until(*not_before),
            Engine::Greeting { deadline, .. } | Engine::Opening { deadline, .. } => until(*deadline),
            _ => Duration::from_secs(3600),
        }
    }

    /// Does what time and room allow: start the engine, give up a silent one, hand out the next job.
    fn advance(&mut self) {
        match &self.engine {
            Engine::Absent { not_before } if Instant::now() >= *not_before => self.start(),
            Engine::Greeting { deadline, .. } if Instant::now() >= *deadline => {
                self.lose_because(&format!("it said nothing for {} seconds", GREETING.as_secs()));
            }
            Engine::Opening { deadline, .. } if Instant::now() >= *deadline => {
                self.lose_because(&format!("it opened no device for {:?}", self.opening));
            }
            // Results that nobody reads stop the queue before they fill the memory.
            Engine::Idle { .. } if self.backlog.is_empty() => self.hand_out_next_job(),
            _ => {}
        }
    }

    fn start(&mut self) {
        let process = match EngineProcess::start(&self.launch) {
            Ok(process) => process,
            Err(error) => {
                let program = self.launch.program.display();
                return self.give_up(format!("the engine cannot be started: {error}: {program}"));
            }
        };
        self.process_id.store(process.id(), Ordering::Relaxed);
        process.send(EngineCommand::Hello { protocol: PROTOCOL_VERSION, device: self.launch.device.clone() });
        self.engine = Engine::Greeting { process, deadline: Instant::now() + GREETING };
    }

    fn hand_out_next_job(&mut self) {
        let Some(generate) = self.queue.pop_front() else { return };
        let Some(process) = self.take_process() else { return };
        let job = generate.request.job;
        let sent = process.send(EngineCommand::Generate(generate));
        self.engine = Engine::Busy { process, job };
        if !sent {
            self.lose_because("it does not read its commands");
        }
    }

    fn obey(&mut self, control: Control) {
        match control {
            Control::Submit(job) => {
                self.queue.push_back(job);
                if matches!(self.engine, Engine::Unavailable) {
                    // One try for this job, not three: the cause was seen already.
                    self.idle_losses = MOST_IDLE_LOSSES - 1;
                    self.engine = Engine::Absent { not_before: Instant::now() };
                }
            }
            Control::Cancel(job) => {
                if let Some(index) = self.queue.iter().position(|queued| queued.request.job == job) {
                    self.queue.remove(index);
                    self.end_job(EngineEvent::Cancelled { job });
                } else if let Engine::Busy { process, job: running } = &self.engine
                    && *running == job
                    && !process.send(EngineCommand::Cancel { job })
                {
                    self.lose_because("it does not read its commands");
                }
            }
            Control::Unload => {
                if let Engine::Idle { process } | Engine::Busy { process, .. } = &self.engine {
                    process.send(EngineCommand::Unload);
                }
            }
            Control::Restart => {
                if self.engine.process().is_some() {
                    self.lose_because("it was ended on request");
                }
            }
        }
    }

    fn hear(&mut self, event: EngineEvent) {
        let stage = std::mem::replace(&mut self.engine, Engine::Unavailable);
        match (stage, event) {
            (Engine::Greeting { process, .. }, EngineEvent::Hello { protocol: PROTOCOL_VERSION, .. }) => {
                self.engine = Engine::Opening { process, deadline: Instant::now() + self.opening };
            }
            (Engine::Greeting { mut process, .. }, EngineEvent::Hello { protocol, version }) => {
                process.kill();
                self.process_id.store(0, Ordering::Relaxed);
                self.give_up(format!(
                    "the engine is Kento {version} with protocol {protocol} and this program speaks protocol \
                     {PROTOCOL_VERSION}: quit and start Kento again"
                ));
            }
            (Engine::Opening { process, .. }, event @ EngineEvent::Ready { .. }) => {
                self.engine = Engine::Idle { process };
                self.tell(ClientEvent::Engine(event));
            }
            (Engine::Greeting { process, .. } | Engine::Opening { process, .. }, EngineEvent::Refused { error }) => {
                process.close();
                self.process_id.store(0, Ordering::Relaxed);
                self.give_up(error);
            }
            (Engine::Busy { process, job }, event) if event.job() == Some(job) => {
                if event.ends_job() {
                    self.idle_losses = 0;
                    self.engine = Engine::Idle { process };
                    self.end_job(event);
                } else {
                    self.engine = Engine::Busy { process, job };
                    self.tell(ClientEvent::Engine(event));
                }
            }
            (stage, event) => {
                self.engine = stage;
                self.lose_because(&format!("it sent an event that does not belong here: {}", event.name()));
            }
        }
    }

    /// The pipe ended or carried nonsense.
    fn lose(&mut self, error: &FrameError) {
        match error {
            FrameError::Closed | FrameError::Cut | FrameError::Io(_) => self.lose_with(LossCause::exited),
            _ => self.lose_because(&error.to_string()),
        }
    }

    fn lose_because(&mut self, what: &str) {
        if let Engine::Greeting { process, .. }
        | Engine::Opening { process, .. }
        | Engine::Idle { process }
        | Engine::Busy { process, .. } = &mut self.engine
        {
            process.kill();
        }
        self.lose_with(|_, last_lines| LossCause::told(what, last_lines));
    }

    fn lose_with(&mut self, cause: impl FnOnce(Option<std::process::ExitStatus>, Vec<String>) -> LossCause) {
        let job = match &self.engine {
            Engine::Busy { job, .. } => Some(*job),
            _ => None,
        };
        let Some(process) = self.take_process() else { return };
        let (status, last_lines) = process.bury();
        let cause = cause(status, last_lines);
        self.process_id.store(0, Ordering::Relaxed);
        let sentence = cause.to_string();
        self.tell(ClientEvent::Lost(cause));
        if let Some(job) = job {
            self.idle_losses = 0;
            self.engine = Engine::Absent { not_before: Instant::now() };
            return self.end_job(EngineEvent::Failed { job, error: sentence });
        }
        self.idle_losses += 1;
        if self.idle_losses >= MOST_IDLE_LOSSES {
            self.give_up(sentence);
        } else {
            self.engine = Engine::Absent { not_before: Instant::now() + PAUSE };
        }
    }

    fn give_up(&mut self, why: String) {
        self.engine = Engine::Unavailable;
        self.tell(ClientEvent::Unavailable(why.clone()));
        for job in std::mem::take(&mut self.queue) {
            self.end_job(EngineEvent::Failed { job: job.request.job, error: why.clone() });
        }
    }

    fn take_process(&mut self) -> Option<EngineProcess> {
        match std::mem::replace(&mut self.engine, Engine::Unavailable) {
            Engine::Greeting { process, .. }
            | Engine::Opening { process, .. }
            | Engine::Idle { process }
            | Engine::Busy { process, .. } => Some(process),
            absent @ (Engine::Absent { .. } | Engine::Unavailable) => {
                self.engine = absent;
                None
            }
        }
    }

    fn end_job(&mut self, event: EngineEvent) {
        self.outstanding.fetch_sub(1, Ordering::Relaxed);
        self.tell(ClientEvent::Engine(event));
    }

    /// Progress is dropped when there is no room; everything else waits.
    fn tell(&mut self, event: ClientEvent) {
        let may_drop = matches!(
            &event,
            ClientEvent::Engine(
                EngineEvent::Step { .. }
                    | EngineEvent::Loading { .. }
                    | EngineEvent::Encoded { .. }
                    | EngineEvent::Decoding { .. }
            )
        );
        if !self.backlog.is_empty() {
            if !may_drop {
                self.backlog.push_back(event);
            }
            return;
        }
        match self.events.try_send(event) {
            Err(TrySendError::Full(event)) if !may_drop => self.backlog.push_back(event),
            // Dropped progress, or a client that is going away.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }

    fn offer_backlog(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            if let Err(TrySendError::Full(event)) = self.events.try_send(event) {
                return self.backlog.push_front(event);
            }
        }
    }
}

impl Engine {
    fn process(&self) -> Option<&EngineProcess> {
        match self {
            Self::Absent { .. } | Self::Unavailable => None,
            Self::Greeting { process, .. }
            | Self::Opening { process, .. }
            | Self::Idle { process }
            | Self::Busy { process, .. } => Some(process),
        }
    }
}
