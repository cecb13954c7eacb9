use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::Timestamp;
use kento_engine::client::EngineLaunch;
use kento_engine::protocol::{DeviceRequest, EngineEvent, PreviewRate};
use kento_studio::project::{Access, ImageStore};
use kento_studio::workflow::{Actor, Command, State, would};
use kento_studio::{EngineFingerprint, JobId, PersonName, Sha256};

use super::workbench::interrupted;
use super::{Happened, ModelShelf, Move, Opened, StudioError, StudioProject, Woken, Workbench, can_be_gone};
use crate::model::{self, Model};

/// A project at work on a thread of its own: the window sends what people ask for and reads what became of it. Neither ever
/// waits for the other, until this is dropped: then the thread writes the checkpoint, frees the folder and ends.
pub struct StudioThread {
    inbox: Sender<Inbox>,
    updates: Receiver<Update>,
    worker: Option<JoinHandle<()>>,
}

/// What the window asks for.
pub enum Request {
    /// Begin a project in a new folder; `start` is its [`Command::StartProject`].
    Create {
        /// The folder to make.
        folder: PathBuf,
        /// Who begins it.
        person: PersonName,
        /// The first command.
        start: Box<Command>,
    },
    /// Open a project.
    Open {
        /// Its folder.
        folder: PathBuf,
        /// Who acts in it.
        person: PersonName,
    },
    /// Decide a command. The number comes back with the answer.
    Decide(u64, Box<Command>),
    /// Save pictures and then decide the command that names them; where a rule refuses the command nothing is saved.
    Store(u64, Vec<Vec<u8>>, Box<Command>),
    /// Let another person act.
    ActAs(PersonName),
    /// Move a waiting job in the queue.
    MoveJob(JobId, Move),
    /// Let the queue go on after a result could not be saved.
    TryAgain,
    /// Put a model on the shelf: `starter` or a path. Its files are hashed beside everything else.
    OpenModel(PathBuf),
    /// Compute on another device once the running job has ended.
    UseDevice(DeviceRequest),
}

/// What the thread reads.
enum Inbox {
    Request(Request),
    /// A model was opened, or why not.
    Model(Result<Box<Model>, String>),
    End,
}

/// What became of it.
pub enum Update {
    /// A project is open.
    Opened(Box<OpenedProject>),
    /// The state after a saved decision, and who acts.
    State(Arc<State>, Actor),
    /// The waiting jobs in their new order.
    Queue(Vec<JobId>),
    /// A decision is saved.
    Saved(u64),
    /// A decision was refused, in one sentence; nothing has changed.
    Refused(u64, String),
    /// A decision could not be saved, in one sentence; nothing has changed.
    NotSaved(Option<u64>, String),
    /// Nothing is rendered, because what was rendered last could not be saved for this reason; or it goes on.
    Held(Option<String>),
    /// A job waits again as if it had never begun.
    PutBack(JobId),
    /// A model is on the shelf.
    Model(Box<Model>),
    /// The device is open.
    Engine(Box<EngineFingerprint>),
    /// An engine starts on another device, which is not open yet.
    EngineStarts,
    /// The chosen device is gone, and the automatic choice stands for it, in one sentence.
    DeviceGone(String),
    /// No engine can be had, for this reason.
    NoEngine(String),
    /// A running job says how far it is.
    Progress(EngineEvent),
    /// An image was saved.
    ImageSaved(JobId, Sha256),
    /// No project could be opened, in one sentence.
    NotOpened(String),
    /// Something else went wrong, in one sentence.
    Problem(String),
}

/// A project that was just opened, as the window needs it.
pub struct OpenedProject {
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it can be changed.
    pub access: Access,
    /// Where its images are; reading them is any thread's business.
    pub images: ImageStore,
    /// What opening it repaired, in one sentence.
    pub repaired: Option<String>,
    /// The state.
    pub state: Arc<State>,
    /// Who acts.
    pub actor: Actor,
    /// Jobs that wait until somebody queues them again, with the attempt that was interrupted.
    pub interrupted: BTreeMap<JobId, u32>,
}

/// Requests that may wait; a person cannot ask faster.
const REQUESTS: usize = 1024;

impl StudioThread {
    /// Starts the thread. `wake` is called whenever there is an update to read.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(launch: EngineLaunch, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        // Unbounded: `ask` keeps the count, progress is dropped by the engine's client when nobody reads, the rest is rare.
        let (inbox, incoming) = unbounded();
        let (outgoing, updates) = unbounded();
        let worker = Worker {
            launch,
            inbox: inbox.clone(),
            incoming,
            outgoing,
            wake: Box::new(wake),
            shelf: ModelShelf::default(),
            bench: None,
            held: None,
        };
        let worker = thread::Builder::new().name("studio".to_owned()).spawn(move || worker.run())?;
        Ok(Self { inbox, updates, worker: Some(worker) })
    }

    /// Asks for something.
    ///
    /// # Errors
    /// One sentence when the thread does not keep up or has ended.
    pub fn ask(&self, request: Request) -> Result<(), String> {
        if self.inbox.len() >= REQUESTS {
            return Err("Kento is busy saving: try again in a moment".to_owned());
        }
        let ended = || "the project's thread has ended: open the project again".to_owned();
        self.inbox.send(Inbox::Request(request)).map_err(|_| ended())
    }

    /// What happened since the last call.
    pub fn updates(&self) -> impl Iterator<Item = Update> + '_ {
        self.updates.try_iter()
    }
}

impl Drop for StudioThread {
    fn drop(&mut self) {
        // Fails only when the thread has ended already.
        self.inbox.send(Inbox::End).ok();
        if self.worker.take().is_some_and(|worker| worker.join().is_err()) {
            log::error!("the thread studio panicked");
        }
    }
}

struct Worker {
    launch: EngineLaunch,
    /// For the threads that open models.
    inbox: Sender<Inbox>,
    incoming: Receiver<Inbox>,
    outgoing: Sender<Update>,
    wake: Box<dyn Fn() + Send>,
    shelf: ModelShelf,
    bench: Option<Workbench>,
    /// Why the queue is held, as it was told last.
    held: Option<String>,
}

impl Worker {
    fn run(mut self) {
        loop {
            self.give_work();
            let woken = match &mut self.bench {
                Some(bench) => {
                    let (seq, had_device) = (bench.project().state().seq(), bench.fingerprint().is_some());
                    let woken = bench.wait(&self.incoming);
                    self.tell_of_changes(seq, had_device);
                    woken
                }
                None => self.incoming.recv().map_or(Woken::NobodyAsks, Woken::Request),
            };
            match woken {
                Woken::Request(Inbox::Request(request)) => self.serve(request),
                Woken::Request(Inbox::Model(opened)) => self.put_on_shelf(opened),
                Woken::Engine(happened) => self.tell_all(happened),
                Woken::Request(Inbox::End) | Woken::NobodyAsks => return self.close(),
            }
        }
    }

    /// Gives the engine the jobs that wait.
    fn give_work(&mut self) {
        let Some(bench) = &mut self.bench else { return };
        if bench.waits_for_device() {
            return;
        }
        let (seq, had_device) = (bench.project().state().seq(), bench.fingerprint().is_some());
        let happened = bench.give_work();
        let starts = had_device && bench.fingerprint().is_none();
        let held = bench.held().map(str::to_owned);
        self.tell_of_changes(seq, true);
        if starts {
            self.tell(Update::EngineStarts);
        }
        self.tell_all(happened);
        if self.held != held {
            self.held.clone_from(&held);
            self.tell(Update::Held(held));
        }
    }

    /// Tells the state when it is another than at a record, and the device when it was just opened.
    fn tell_of_changes(&mut self, seq: u64, had_device: bool) {
        let Some(bench) = &mut self.bench else { return };
        let mut updates: Vec<Update> = bench.project_mut().take_problems().into_iter().map(Update::Problem).collect();
        if let (false, Some(fingerprint)) = (had_device, bench.fingerprint()) {
            updates.push(Update::Engine(Box::new(fingerprint.clone())));
        }
        if bench.project().state().seq() != seq {
            updates.push(Update::State(Arc::clone(bench.project().state()), bench.project().actor().clone()));
        }
        for update in updates {
            self.tell(update);
        }
    }

    fn tell_all(&mut self, happened: Vec<Happened>) {
        for happened in happened {
            match happened {
                Happened::Engine(event) => self.tell(Update::Progress(event)),
                Happened::ImageSaved { job, image } => self.tell(Update::ImageSaved(job, image)),
                // The state says how it was judged.
                Happened::Proved(_) => {}
                Happened::PutBack(job) => self.tell(Update::PutBack(job)),
                Happened::NotSaved(why) => self.tell(Update::NotSaved(None, why)),
                Happened::NoEngine(why) => self.lose_device(why),
                Happened::Problem(problem) => self.tell(Update::Problem(problem)),
            }
        }
    }

    /// A chosen device that is gone gives way to the automatic choice; without any device there is no engine.
    fn lose_device(&mut self, why: String) {
        match &mut self.bench {
            Some(bench) if bench.is_leaving() => log::warn!("the device that is left: {why}"),
            Some(bench) if can_be_gone(bench.device()) => {
                bench.use_device(DeviceRequest::default());
                self.launch.device = DeviceRequest::default();
                self.tell(Update::DeviceGone(format!("{why}; the device is chosen automatically now")));
            }
            _ => self.tell(Update::NoEngine(why)),
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::Create { folder, person, start } => {
                // The folder around it may be a default that nobody has made yet; what is wrong with it, creating says.
                if let Some(Err(error)) = folder.parent().map(std::fs::create_dir_all) {
                    log::warn!("the folder for projects cannot be made: {error}");
                }
                let created = StudioProject::create(&folder, person, *start);
                self.take_up(created.map(|project| Opened { project, torn: None }));
            }
            Request::Open { folder, person } => self.take_up(StudioProject::open(&folder, person)),
            Request::Decide(ticket, command) => self.decide(ticket, &command),
            Request::Store(ticket, files, command) => self.store(ticket, &files, &command),
            Request::ActAs(person) => {
                if let Some(bench) = &mut self.bench {
                    bench.project_mut().act_as(person);
                    let update = Update::State(Arc::clone(bench.project().state()), bench.project().actor().clone());
                    self.tell(update);
                }
            }
            Request::MoveJob(job, to) => {
                if let Some(bench) = &mut self.bench {
                    bench.move_job(job, to);
                    let update = Update::Queue(bench.queue());
                    self.tell(update);
                }
            }
            Request::UseDevice(device) => {
                if let Some(bench) = &mut self.bench {
                    bench.use_device(device.clone());
                }
                self.launch.device = device;
            }
            Request::TryAgain => {
                if let Some(bench) = &mut self.bench {
                    bench.try_again();
                }
            }
            Request::OpenModel(path) => {
                let inbox = self.inbox.clone();
                let open = move || {
                    let opened = model::open(&path, None).map(Box::new).map_err(|error| error.to_string());
                    // Fails only when the window is gone.
                    inbox.send(Inbox::Model(opened)).ok();
                };
                if let Err(error) = thread::Builder::new().name("model".to_owned()).spawn(open) {
                    self.tell(Update::Problem(format!("the system gives no thread to open the model: {error}")));
                }
            }
        }
    }

    fn put_on_shelf(&mut self, opened: Result<Box<Model>, String>) {
        match opened {
            Ok(model) => {
                if model.scheduler.is_none() {
                    let (name, first) = (&model.reference.name, model.first_scheduler().a1111_name());
                    let text =
                        format!("the scheduler that {name} names is none that Kento has: recipes begin with {first}");
                    self.tell(Update::Problem(text));
                }
                self.shelf.put((*model).clone());
                if let Some(bench) = &mut self.bench {
                    bench.shelf_mut().put((*model).clone());
                }
                self.tell(Update::Model(model));
            }
            Err(why) => self.tell(Update::Problem(why)),
        }
    }

    /// The files first: a record never names one that is not there.
    fn store(&mut self, ticket: u64, files: &[Vec<u8>], command: &Command) {
        let stored = self.bench.as_ref().map(Workbench::project).and_then(|project| {
            let would = would(project.state(), command, project.actor(), Timestamp::now());
            would.is_yes().then(|| files.iter().try_for_each(|bytes| project.put_file_of(command, bytes)))
        });
        match stored {
            Some(Err(error)) => self.tell(Update::NotSaved(Some(ticket), error.to_string())),
            // Without a project, or against a rule, deciding says what is wrong.
            Some(Ok(())) | None => self.decide(ticket, command),
        }
    }

    fn decide(&mut self, ticket: u64, command: &Command) {
        let Some(bench) = &mut self.bench else {
            return self.tell(Update::Refused(ticket, "no project is open: open or create one".to_owned()));
        };
        let seq = bench.project().state().seq();
        let decided = bench.decide(command);
        self.tell_of_changes(seq, true);
        self.tell(match decided {
            Ok(_) => Update::Saved(ticket),
            Err(StudioError::Refused(refusal)) => Update::Refused(ticket, refusal.to_string()),
            Err(error) => Update::NotSaved(Some(ticket), error.to_string()),
        });
    }

    /// Puts an opened project on the bench in the place of the one before.
    fn take_up(&mut self, opened: Result<Opened, StudioError>) {
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return self.tell(Update::NotOpened(error.to_string())),
        };
        // Frees the folder and the device of the project before.
        self.close();
        let project = &opened.project;
        let interrupted = interrupted(project.state());
        let update = OpenedProject {
            interrupted,
            folder: project.project().folder().to_owned(),
            access: project.access(),
            images: project.project().images().clone(),
            repaired: opened.torn.map(|torn| torn.to_string()),
            state: Arc::clone(project.state()),
            actor: project.actor().clone(),
        };
        match Workbench::new(opened.project, self.shelf.clone(), self.launch.clone()) {
            Ok(mut bench) => {
                bench.show_previews(PreviewRate::EverySteps(1));
                self.bench = Some(bench);
                self.tell(Update::Opened(Box::new(update)));
            }
            Err(error) => self.tell(Update::NotOpened(error.to_string())),
        }
    }

    fn close(&mut self) {
        if let Some(Err(error)) = self.bench.take().map(Workbench::close) {
            // Every decision is on the drive; only the checkpoint, which is read to open faster, is not.
            log::warn!("{error}");
        }
    }

    fn tell(&self, update: Update) {
        // Fails only when the window is gone; then the thread is told to end.
        self.outgoing.send(update).ok();
        (self.wake)();
    }
}
