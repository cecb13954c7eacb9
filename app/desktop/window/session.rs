//! What the window knows and does: the engine, the model, the running job, the shown picture. Nothing here draws, and nothing
//! here waits: the engine, the model's hashes and files on disk each have a thread of their own.

mod device;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use device::DeviceChange;
use eframe::egui;
use kento_engine::client::{ClientEvent, EngineClient};
use kento_engine::protocol::{EngineEvent, GenerateJob, JobTimings, Pixels, PreviewRate};
use kento_studio::{EngineFingerprint, GenerationRequest, JobId, Recipe, SchemaV1, Task};

use crate::metadata::{self, ImageRecord};
use crate::model::{self, Model};
use crate::panels::prompt::Form;
use crate::whole_file::WholeFile;
use crate::window::WindowSetup;

/// The engine as the window sees it.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
pub enum EngineState {
    /// The process starts and opens its device.
    Starting,
    /// Jobs are accepted.
    Ready {
        /// What it computes on.
        fingerprint: EngineFingerprint,
        /// Why this device.
        why: String,
    },
    /// No engine can be had, for this reason.
    Unavailable(String),
}

/// The model as the window sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelState {
    /// It is being looked for and hashed.
    Opening,
    /// It is there.
    Found(Box<Model>),
    /// It is not, for this reason.
    Missing(String),
}

/// The job that is running.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningJob {
    /// What was asked for.
    pub request: GenerationRequest,
    /// How far it is.
    pub stage: Stage,
    /// When it was begun.
    pub began: Instant,
    /// When the user asked to stop it.
    pub cancelled_at: Option<Instant>,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Handed to the engine.
    Waiting,
    /// A component of the model is read.
    Loading {
        /// diffusers' name of the component.
        component: String,
    },
    /// The text is encoded; steps begin.
    Encoded,
    /// Steps are done.
    Step {
        /// So many.
        done: u32,
        /// Of so many.
        of: u32,
        /// Seconds since the engine began.
        elapsed_secs: f64,
    },
    /// The VAE decodes.
    Decoding,
}

/// A finished picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedPicture {
    /// Its pixels.
    pub pixels: Arc<Pixels>,
    /// How it was made.
    pub record: ImageRecord,
    /// Where the time went.
    pub timings: JobTimings,
    /// Where it was saved, if it was.
    pub saved: Option<PathBuf>,
}

/// Everything behind the panels.
pub struct Session {
    setup: WindowSetup,
    client: Option<EngineClient>,
    inbox: Receiver<Message>,
    outbox: Sender<Message>,
    ctx: Option<egui::Context>,
    /// The engine.
    pub engine: EngineState,
    /// The model.
    pub model: ModelState,
    /// The running job.
    pub job: Option<RunningJob>,
    /// Its latest preview.
    pub preview: Option<Arc<Pixels>>,
    /// The last finished picture.
    pub finished: Option<FinishedPicture>,
    /// Why the last job or command failed; cleared by the next one.
    pub failure: Option<String>,
    /// Notes of the last job.
    pub notices: Vec<String>,
    revision: u64,
    next_job: u64,
    first_is_due: bool,
    /// How often an engine was started.
    starts: u64,
    change: DeviceChange,
}

/// What the threads tell the window.
enum Message {
    /// From the engine that was started so many times before.
    Engine(u64, ClientEvent),
    Model(Result<Box<Model>, String>),
    Saved(JobId, Result<PathBuf, String>),
}

/// Messages that wait for the next frame. A hidden window draws none; then the engine's client keeps what matters.
const MESSAGES: usize = 256;
/// How long a cancelled step may take before the window offers to end the engine.
pub const CANCEL_PATIENCE: Duration = Duration::from_secs(3);

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A session in which nothing has been started.
    pub fn new() -> Self {
        Self::of(WindowSetup::default())
    }

    /// The same, with another engine or model than the usual.
    pub fn of(setup: WindowSetup) -> Self {
        let (outbox, inbox) = bounded(MESSAGES);
        Self {
            setup,
            client: None,
            inbox,
            outbox,
            ctx: None,
            engine: EngineState::Starting,
            model: ModelState::Opening,
            job: None,
            preview: None,
            finished: None,
            failure: None,
            notices: Vec::new(),
            revision: 0,
            next_job: 1,
            first_is_due: true,
            starts: 0,
            change: DeviceChange::default(),
        }
    }

    /// Starts the engine and looks for the model, both in the background. `ctx` is asked to draw when something happened.
    pub fn start(&mut self, ctx: &egui::Context) {
        self.ctx = Some(ctx.clone());
        self.open_model();
        self.start_engine();
    }

    /// Whether [`Session::start`] was called.
    pub fn was_started(&self) -> bool {
        self.ctx.is_some()
    }

    /// Ends the engine beside everything else: the step that it is at may take a moment.
    pub fn end_beside(self) {
        let Some(client) = self.client else { return };
        if let Err(error) = thread::Builder::new().name("ending".to_owned()).spawn(move || drop(client)) {
            log::warn!("the system gives no thread to end the engine on: {error}");
        }
    }

    /// Takes in what happened. To be called once a frame; never waits.
    pub fn listen(&mut self) {
        while let Ok(message) = self.inbox.try_recv() {
            match message {
                // An engine that was given up for another device says nothing more.
                Message::Engine(start, _) if start != self.starts => {}
                Message::Engine(_, ClientEvent::Engine(event)) => self.hear(event),
                // The job that ran fails with an event of its own.
                Message::Engine(_, ClientEvent::Lost(cause)) => {
                    log::warn!("{cause}");
                    self.engine = EngineState::Starting;
                }
                Message::Engine(_, ClientEvent::Unavailable(why)) => self.lose_device(why),
                Message::Model(Ok(model)) => self.model = ModelState::Found(model),
                Message::Model(Err(why)) => self.model = ModelState::Missing(why),
                Message::Saved(job, Ok(path)) => {
                    // Another picture may stand there by now.
                    if let Some(finished) = self.finished.as_mut().filter(|finished| finished.record.request.job == job)
                    {
                        finished.saved = Some(path);
                    }
                }
                Message::Saved(_, Err(why)) => self.failure = Some(why),
            }
        }
        self.change_device();
    }

    /// Takes in one event of the engine.
    pub fn hear(&mut self, event: EngineEvent) {
        if let EngineEvent::Ready { fingerprint, why } = event {
            self.engine = EngineState::Ready { fingerprint: *fingerprint, why };
            return;
        }
        // Events of a job that was given up are late and mean nothing any more.
        let Some(job) = self.job.as_mut().filter(|job| event.job() == Some(job.request.job)) else { return };
        match event {
            EngineEvent::Loading { component, .. } => job.stage = Stage::Loading { component },
            EngineEvent::Notice { text, .. } => self.notices.push(text),
            EngineEvent::Encoded { .. } => job.stage = Stage::Encoded,
            EngineEvent::Step { done, of, elapsed_secs, preview, .. } => {
                job.stage = Stage::Step { done, of, elapsed_secs };
                if let Some(preview) = preview {
                    self.preview = Some(Arc::new(preview));
                    self.revision += 1;
                }
            }
            EngineEvent::Decoding { .. } => job.stage = Stage::Decoding,
            EngineEvent::Finished { image, timings, .. } => self.finish(image, timings),
            EngineEvent::Failed { error, .. } => {
                self.failure = Some(error);
                self.end_job();
            }
            EngineEvent::Cancelled { .. } => self.end_job(),
            EngineEvent::Hello { .. } | EngineEvent::Ready { .. } | EngineEvent::Refused { .. } => {}
        }
    }

    fn finish(&mut self, image: Pixels, timings: JobTimings) {
        if let (Some(job), EngineState::Ready { fingerprint, .. }) = (&self.job, &self.engine) {
            let record = ImageRecord::new(job.request.clone(), fingerprint.clone());
            self.finished = Some(FinishedPicture { pixels: Arc::new(image), record, timings, saved: None });
        }
        self.end_job();
    }

    fn end_job(&mut self) {
        self.job = None;
        self.preview = None;
        self.revision += 1;
    }

    /// Why nothing can be generated now, in one sentence.
    ///
    /// # Errors
    /// That sentence.
    pub fn can_generate(&self) -> Result<(), String> {
        match (&self.engine, &self.model, &self.job) {
            (_, _, Some(_)) => Err("An image is being made".to_owned()),
            (EngineState::Starting, _, _) => Err("The device is being opened".to_owned()),
            (EngineState::Unavailable(why), _, _) => Err(why.clone()),
            (_, ModelState::Opening, _) => Err("The model is being opened".to_owned()),
            (_, ModelState::Missing(why), _) => Err(why.clone()),
            (EngineState::Ready { .. }, ModelState::Found(_), None) => Ok(()),
        }
    }

    /// The model, once there is one.
    pub fn model(&self) -> Option<&Model> {
        match &self.model {
            ModelState::Found(model) => Some(model),
            ModelState::Opening | ModelState::Missing(_) => None,
        }
    }

    /// Begins the first picture by itself, once, as soon as device and model are there.
    pub fn generate_first(&mut self, form: &Form) {
        if self.first_is_due && self.can_generate().is_ok() {
            self.generate(form);
        }
    }

    /// Begins what the form says.
    pub fn generate(&mut self, form: &Form) {
        self.first_is_due = false;
        self.failure = None;
        self.notices.clear();
        if let Err(why) = self.submit(form) {
            self.failure = Some(why);
        }
    }

    fn submit(&mut self, form: &Form) -> Result<(), String> {
        self.can_generate()?;
        let (EngineState::Ready { fingerprint, .. }, ModelState::Found(model), Some(client)) =
            (&self.engine, &self.model, &self.client)
        else {
            return Err("The device is being opened".to_owned());
        };
        let request = request(form, model, fingerprint, JobId(self.next_job))?;
        let job = GenerateJob {
            request: request.clone(),
            source: model.source.clone(),
            preview: PreviewRate::EverySteps(1),
            init_image: None,
            mask: None,
        };
        client.submit(job).map_err(|error| error.to_string())?;
        self.next_job += 1;
        self.job = Some(RunningJob { request, stage: Stage::Waiting, began: Instant::now(), cancelled_at: None });
        Ok(())
    }

    /// Asks the engine to stop the job between two steps.
    pub fn cancel(&mut self) {
        if let (Some(client), Some(job)) = (&self.client, &mut self.job)
            && client.cancel(job.request.job).is_ok()
        {
            job.cancelled_at.get_or_insert_with(Instant::now);
        }
    }

    /// Ends the engine by force; the job fails, and a new engine starts.
    pub fn force_stop(&mut self) {
        if let Some(client) = &self.client
            && let Err(error) = client.restart()
        {
            self.failure = Some(error.to_string());
        }
    }

    /// Looks for the model again and starts another engine where there is none.
    pub fn try_again(&mut self) {
        self.failure = None;
        if matches!(self.model, ModelState::Missing(_)) {
            self.open_model();
        }
        if matches!(self.engine, EngineState::Unavailable(_)) {
            self.client = None;
            self.start_engine();
        }
    }

    /// Saves the shown picture into the user's folder of pictures.
    pub fn save(&mut self) {
        let Some(finished) = &self.finished else { return };
        let (pixels, record) = (Arc::clone(&finished.pixels), finished.record.clone());
        self.in_background("window-save", move || Message::Saved(record.request.job, save(&pixels, &record)));
    }

    /// The picture to show, the preview of a running job before the last finished one, with a number that changes whenever
    /// the picture does.
    pub fn picture(&self) -> Option<(u64, &Pixels)> {
        let pixels = self.preview.as_ref().or(self.finished.as_ref().map(|finished| &finished.pixels))?;
        Some((self.revision, pixels))
    }

    fn open_model(&mut self) {
        self.model = ModelState::Opening;
        let model = self.setup.model.clone();
        self.in_background("window-model", move || {
            Message::Model(model::open(model, None).map(Box::new).map_err(|error| error.to_string()))
        });
    }

    fn start_engine(&mut self) {
        self.engine = EngineState::Starting;
        self.starts += 1;
        let start = self.starts;
        let client = self.setup.launch().and_then(EngineClient::start);
        let client = match client {
            Ok(client) => client,
            Err(error) => {
                self.engine = EngineState::Unavailable(format!("the engine cannot be started: {error}"));
                return;
            }
        };
        let events = client.events().clone();
        let (outbox, ctx) = (self.outbox.clone(), self.ctx.clone());
        let forward = move || {
            for event in events {
                if outbox.send(Message::Engine(start, event)).is_err() {
                    return;
                }
                if let Some(ctx) = &ctx {
                    ctx.request_repaint();
                }
            }
        };
        self.client = Some(client);
        if let Err(error) = thread::Builder::new().name("window-events".to_owned()).spawn(forward) {
            self.engine = EngineState::Unavailable(format!("the system gives no thread: {error}"));
        }
    }

    fn in_background(&mut self, name: &str, work: impl FnOnce() -> Message + Send + 'static) {
        let (outbox, ctx) = (self.outbox.clone(), self.ctx.clone());
        let run = move || {
            // Fails only when the window is gone.
            outbox.send(work()).ok();
            if let Some(ctx) = ctx {
                ctx.request_repaint();
            }
        };
        if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(run) {
            self.failure = Some(format!("the system gives no thread: {error}"));
        }
    }
}

/// The request that the form stands for.
fn request(
    form: &Form,
    model: &Model,
    fingerprint: &EngineFingerprint,
    job: JobId,
) -> Result<GenerationRequest, String> {
    let seed = form.seed.trim().parse().map_err(|_| format!("the seed must be a number and is {}", form.seed))?;
    let request = GenerationRequest {
        schema: SchemaV1,
        job,
        recipe: Recipe {
            prompt: form.prompt.clone(),
            negative_prompt: form.negative_prompt.clone(),
            guidance_scale: form.guidance_scale.unwrap_or(model.guidance_scale),
            width: form.width.unwrap_or(model.native_side),
            height: form.height.unwrap_or(model.native_side),
            ..model.recipe(fingerprint, form.steps)
        },
        task: Task::TextToImage,
        seed,
        variation: None,
    };
    request.check().map_err(|refusal| refusal.to_string())?;
    Ok(request)
}

fn save(pixels: &Pixels, record: &ImageRecord) -> Result<PathBuf, String> {
    let dirs = directories::UserDirs::new().ok_or("this user has no home folder to save into")?;
    let folder = dirs.picture_dir().unwrap_or(dirs.home_dir()).join("Kento");
    let bytes = metadata::encode(pixels, record).map_err(|error| error.to_string())?;
    let path = crate::whole_file::free_name(&folder, record.request.seed);
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(&folder)?;
        let mut file = WholeFile::beside(&path)?;
        file.write(&bytes)?;
        file.finish()
    };
    write().map_err(|error| format!("the picture cannot be saved: {error}: {}", path.display()))?;
    Ok(path)
}
