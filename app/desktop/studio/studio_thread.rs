use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, unbounded};
use kento_engine::client::EngineLaunch;
use kento_engine::protocol::{EngineEvent, PreviewRate};
use kento_studio::project::{Access, ImageStore};
use kento_studio::workflow::{Actor, Command, State};
use kento_studio::{EngineFingerprint, JobId, PersonName, Sha256};

use super::{Happened, ModelShelf, Move, Opened, StudioError, StudioProject, Workbench};
use crate::model::{self, Model};

/// A project at work on a thread of its own: the window sends what people ask for and reads what became of it. Neither ever
/// waits for the other.
pub struct StudioThread {
    requests: Sender<Request>,
    updates: Receiver<Update>,
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
    /// Let another person act.
    ActAs(PersonName),
    /// Move a waiting job in the queue.
    MoveJob(JobId, Move),
    /// Put a model on the shelf: `starter` or a path.
    OpenModel(String),
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
    /// A decision was refused or could not be saved, in one sentence; nothing has changed.
    Refused(u64, String),
    /// A model is on the shelf.
    Model(Box<Model>),
    /// The device is open.
    Engine(Box<EngineFingerprint>),
    /// A running job says how far it is.
    Progress(EngineEvent),
    /// An image was saved.
    ImageSaved(JobId, Sha256),
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
}

/// Requests that may wait; a person cannot ask faster.
const REQUESTS: usize = 1024;
/// How long the thread sleeps when nothing happens. Requests wait at most this long.
const REST: Duration = Duration::from_millis(15);

impl StudioThread {
    /// Starts the thread. `wake` is called whenever there is an update to read.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(launch: EngineLaunch, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (requests, incoming) = bounded(REQUESTS);
        // Unbounded: progress is dropped by the engine's client when the window sleeps, and everything else is rare.
        let (outgoing, updates) = unbounded();
        let worker =
            Worker { launch, incoming, outgoing, wake: Box::new(wake), shelf: ModelShelf::default(), bench: None };
        thread::Builder::new().name("studio".to_owned()).spawn(move || worker.run())?;
        Ok(Self { requests, updates })
    }

    /// Asks for something.
    ///
    /// # Errors
    /// One sentence when the thread does not keep up or has ended.
    pub fn ask(&self, request: Request) -> Result<(), String> {
        self.requests.try_send(request).map_err(|_| "Kento is busy saving: try again in a moment".to_owned())
    }

    /// What happened since the last call.
    pub fn updates(&self) -> impl Iterator<Item = Update> + '_ {
        self.updates.try_iter()
    }
}

struct Worker {
    launch: EngineLaunch,
    incoming: Receiver<Request>,
    outgoing: Sender<Update>,
    wake: Box<dyn Fn() + Send>,
    shelf: ModelShelf,
    bench: Option<Workbench>,
}

impl Worker {
    fn run(mut self) {
        loop {
            match self.incoming.try_recv() {
                Ok(request) => self.serve(request),
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) if self.bench.is_none() => match self.incoming.recv() {
                    Ok(request) => self.serve(request),
                    Err(_) => return,
                },
                Err(TryRecvError::Empty) => {}
            }
            self.work();
        }
    }

    /// Gives the engine its work and takes in what it did.
    fn work(&mut self) {
        let Some(bench) = &mut self.bench else { return };
        let (seq, had_device) = (bench.project().state().seq(), bench.fingerprint().is_some());
        let mut happened = bench.give_work();
        happened.extend(bench.listen(REST));
        let mut updates: Vec<Update> = happened
            .into_iter()
            .filter_map(|happened| match happened {
                Happened::Engine(event) => Some(Update::Progress(event)),
                Happened::ImageSaved { job, image } => Some(Update::ImageSaved(job, image)),
                Happened::Proved(_) => None,
                Happened::Problem(problem) => Some(Update::Problem(problem)),
            })
            .collect();
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
            Request::OpenModel(name) => match model::open(&name, None) {
                Ok(model) => {
                    self.shelf.put(model.clone());
                    if let Some(bench) = &mut self.bench {
                        bench.shelf_mut().put(model.clone());
                    }
                    self.tell(Update::Model(Box::new(model)));
                }
                Err(error) => self.tell(Update::Problem(error.to_string())),
            },
        }
    }

    fn decide(&mut self, ticket: u64, command: &Command) {
        let Some(bench) = &mut self.bench else {
            return self.tell(Update::Refused(ticket, "no project is open: open or create one".to_owned()));
        };
        match bench.decide(command) {
            Ok(_) => {
                let (state, actor) = (Arc::clone(bench.project().state()), bench.project().actor().clone());
                self.tell(Update::State(state, actor));
                self.tell(Update::Saved(ticket));
            }
            Err(error) => self.tell(Update::Refused(ticket, error.to_string())),
        }
    }

    /// Puts an opened project on the bench in the place of the one before.
    fn take_up(&mut self, opened: Result<Opened, StudioError>) {
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return self.tell(Update::Problem(error.to_string())),
        };
        // Frees the folder and the device of the project before.
        self.bench = None;
        let project = &opened.project;
        let update = OpenedProject {
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
            Err(error) => self.tell(Update::Problem(error.to_string())),
        }
    }

    fn tell(&self, update: Update) {
        // Fails only when the window is gone; then the thread ends at its next look for requests.
        self.outgoing.send(update).ok();
        (self.wake)();
    }
}
