use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::Context;
use jiff::Timestamp;
use kento_engine::protocol::EngineEvent;
use kento_studio::library::{Checklist, Style, Template};
use kento_studio::project::{Access, ImageStore};
use kento_studio::workflow::{
    Actor, Command, CommandKind, Edit, JobPurpose, JobStatus, LibraryAddition, Role, Stage, State,
};
use kento_studio::{EngineFingerprint, JobId, PersonName, Sha256};

use super::contents::{DeskPanels, QueuePreviews};
use super::frame_data::{Computed, frame_data, role};
use super::new_file::FileRead;
use super::{DeskContents, Libraries, OfferedColours, PanelAsk, PanelInput, Running, Selection};
use crate::cli::duration;
use crate::frame::{Drawer, FrameData, PanelKind, Saved, forget_skip_reasons, has_skip_reason};
use crate::model::Model;
use crate::panels::waiting::Waiting;
use crate::studio::{Move, OpenedProject, Request, StudioThread, Update};
use crate::theme::ActingRole;
use crate::widgets::Allowed;
use crate::widgets::thumbnails::Thumbnails;
use crate::widgets::toasts::ToastKind;

/// Memory that small pictures may take on the graphics card, in MiB.
const THUMBNAIL_MIB: usize = 192;

/// An open project in the window.
pub struct Desk {
    pub(super) thread: StudioThread,
    folder: PathBuf,
    pub(super) images: ImageStore,
    /// Why nothing can be changed, where that is so.
    read_only: Option<String>,
    state: Arc<State>,
    actor: Actor,
    models: Vec<Model>,
    fingerprint: Option<EngineFingerprint>,
    /// Why there is no engine, where none can be had.
    no_engine: Option<String>,
    running: BTreeMap<JobId, Running>,
    /// Jobs of an earlier run of the program, with the attempt that was interrupted, and those of them that still wait.
    was_interrupted: BTreeMap<JobId, u32>,
    interrupted: BTreeSet<JobId>,
    pub(super) libraries: Libraries,
    pub(super) panels: DeskPanels,
    computed: Computed,
    /// The waiting jobs as they were put in order.
    order: Vec<JobId>,
    pub(super) selection: Selection,
    thumbnails: Thumbnails,
    asks: Vec<PanelAsk>,
    next_ticket: u64,
    /// Decisions that are on their way to the drive.
    unsaved: usize,
    /// Why the last decision could not be saved; nothing else stands here.
    failure: Option<String>,
    /// Why nothing is rendered although jobs wait: what was rendered last could not be saved.
    held: Option<String>,
    /// The colours of the last picture that somebody chose, and where they come from.
    pub(super) offered: Option<OfferedColours>,
    pub(super) files: (Sender<FileRead>, Receiver<FileRead>),
    previews: QueuePreviews,
    pub(super) context: Context,
    /// What the window has not been told yet.
    pub(super) notices: Vec<Notice>,
}

/// Something that the window tells in a message or does itself.
pub enum Notice {
    /// A message.
    Toast(ToastKind, String),
    /// Bring a panel into sight.
    Reveal(PanelKind),
    /// Let somebody choose a model.
    ChooseModel,
    /// Let somebody choose a picture whose colours are wanted.
    ChoosePicture,
    /// Let somebody choose a picture that becomes an input of the project.
    ChooseInput,
    /// Let somebody choose a file that supports verdicts.
    ChooseEvidence,
    /// Let somebody choose the file that an image became in another program.
    ChooseEdited(Sha256, Edit),
    /// Open a drawer.
    Open(Drawer),
    /// Open what a stage of the rail asks for, by its place.
    OpenStage(usize),
    /// Let somebody choose the file of a checklist that is to be adopted.
    ChooseChecklist,
    /// Let somebody save a checklist as a file.
    SaveChecklist(Box<Checklist>),
    /// The chosen device is gone, and another one is used.
    DeviceGone(String),
    /// Let somebody choose the file of a template.
    ChooseTemplate,
    /// Keep a template for every project.
    KeepTemplate(Box<Template>),
    /// Keep a style for every project.
    KeepStyle(Box<Style>),
    /// Keep an entry of the negative-prompt library for every project.
    KeepNegative(Box<LibraryAddition>),
    /// Let somebody save a template as a file.
    SaveTemplate(Box<Template>),
}

impl Desk {
    pub(super) fn new(
        context: &Context,
        thread: StudioThread,
        model: PathBuf,
        opened: OpenedProject,
    ) -> Result<Self, String> {
        let OpenedProject { folder, access, images, repaired, state, actor, interrupted: was_interrupted } = opened;
        let selection = Selection { image: first_to_look_at(&state), ..Selection::default() };
        let libraries = Libraries::with_additions(state.library_additions()).map_err(|refusal| refusal.to_string())?;
        thread.ask(Request::OpenModel(model))?;
        forget_skip_reasons(context, Stage::ALL.len());
        Ok(Self {
            thread,
            folder,
            images,
            read_only: match access {
                Access::Write => None,
                Access::ReadOnly(reason) => Some(reason.to_string()),
            },
            state,
            actor,
            models: Vec::new(),
            fingerprint: None,
            no_engine: None,
            running: BTreeMap::new(),
            interrupted: was_interrupted.keys().copied().collect(),
            was_interrupted,
            libraries,
            panels: DeskPanels::default(),
            computed: Computed::default(),
            order: Vec::new(),
            selection,
            thumbnails: Thumbnails::new(context, THUMBNAIL_MIB)?,
            asks: Vec::new(),
            next_ticket: 1,
            unsaved: 0,
            failure: None,
            held: None,
            offered: None,
            files: bounded(4),
            previews: QueuePreviews::default(),
            context: context.clone(),
            notices: repaired.map(|what| Notice::Toast(ToastKind::Done, what)).into_iter().collect(),
        })
    }

    /// The project's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The project, as it was after the last saved decision.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What was typed and would be lost with the project's window, in words.
    pub fn unsaved(&self) -> Vec<&'static str> {
        let brief = self.panels.brief.has_unsaved(&self.state).then_some("the brief's changes");
        let board = self.panels.grid.has_unsaved().then_some("the moodboard's order");
        let plan = self.panels.grid.has_unsaved_plan().then_some("the plan of a sprint");
        let project = self.panels.project.has_unsaved(&self.state).then_some("what is written about the project");
        let cards = self.panels.lock.has_unsaved().then_some("a recipe card's changes");
        let checks = self.panels.checklist.has_unsaved().then_some("what is written on the checklist");
        let repair = self.panels.canvas.has_unsaved(&self.state).then_some("what is asked of a repair");
        let has_skip = has_skip_reason(&self.context, Stage::ALL.len());
        let has_reason = has_skip || self.panels.lock.has_reason() || self.panels.grid.has_note();
        let reasons = has_reason.then_some("a reason that is typed");
        [brief, plan, board, cards, checks, repair, project, reasons].into_iter().flatten().collect()
    }

    /// What waits for who acts, as the frame showed it last.
    pub(super) fn waiting(&self) -> &[Waiting] {
        &self.computed.waiting
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Takes in what happened and sends what the panels asked for. To be called once a frame; never waits.
    pub fn tick(&mut self, context: &Context) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut self.notices);
        self.thumbnails.listen(context);
        for ask in std::mem::take(&mut self.asks) {
            match ask {
                PanelAsk::Decide(command) => notices.extend(self.decide(*command)),
                PanelAsk::Store(files, command) => {
                    notices.extend(self.send(|ticket| Request::Store(ticket, files, command)));
                }
                PanelAsk::Select(image) => self.selection.image = Some(image),
                PanelAsk::Reveal(panel) => notices.push(Notice::Reveal(panel)),
                PanelAsk::ChooseModel => notices.push(Notice::ChooseModel),
                PanelAsk::ChoosePicture => notices.push(Notice::ChoosePicture),
                PanelAsk::ChooseEvidence => notices.push(Notice::ChooseEvidence),
                PanelAsk::ChooseEdited(image, edit) => notices.push(Notice::ChooseEdited(image, edit)),
                PanelAsk::ChooseChecklist => notices.push(Notice::ChooseChecklist),
                PanelAsk::SaveChecklist(name) => {
                    let list = self.state.checklist(&name).cloned();
                    notices.extend(list.map(|list| Notice::SaveChecklist(Box::new(list))));
                }
                PanelAsk::ChooseTemplate => notices.push(Notice::ChooseTemplate),
                PanelAsk::KeepTemplate(card) => notices.push(self.template(&card, Notice::KeepTemplate)),
                PanelAsk::KeepNegative(addition) => notices.push(Notice::KeepNegative(addition)),
                PanelAsk::KeepStyle(card) => notices.extend(self.style(&card)),
                PanelAsk::SaveTemplate(card) => notices.push(self.template(&card, Notice::SaveTemplate)),
            }
        }
        while let Ok(read) = self.files.1.try_recv() {
            notices.extend(self.take_read(read));
        }
        let updates: Vec<Update> = self.thread.updates().collect();
        for update in updates {
            notices.extend(self.hear(update));
        }
        notices
    }

    /// Sends a command to be decided and saved.
    pub fn decide(&mut self, command: Command) -> Option<Notice> {
        self.send(|ticket| Request::Decide(ticket, Box::new(command)))
    }

    pub(super) fn send(&mut self, request: impl FnOnce(u64) -> Request) -> Option<Notice> {
        let ticket = self.next_ticket;
        match self.thread.ask(request(ticket)) {
            Ok(()) => {
                self.next_ticket += 1;
                self.unsaved += 1;
                None
            }
            Err(why) => Some(Notice::Toast(ToastKind::Failed, why)),
        }
    }

    /// Puts another hat on the person who acts.
    pub fn take_role(&mut self, acting: ActingRole) -> Option<Notice> {
        let to = role(acting);
        if self.actor.role == to && self.state.role_of(&self.actor.person) == Some(to) {
            return None;
        }
        self.decide(Command::SwitchRole { to })
    }

    /// Lets another person act. Somebody new to the project begins as Director, and that is recorded.
    pub fn act_as(&mut self, person: PersonName) -> Option<Notice> {
        let is_new = self.state.role_of(&person).is_none();
        match self.thread.ask(Request::ActAs(person)) {
            Ok(()) if is_new => self.decide(Command::SwitchRole { to: Role::Director }),
            Ok(()) => None,
            Err(why) => Some(Notice::Toast(ToastKind::Failed, why)),
        }
    }

    /// Opens a model and puts it on the shelf.
    pub fn open_model(&mut self, path: &Path) -> Option<Notice> {
        self.thread.ask(Request::OpenModel(path.to_owned())).err().map(|why| Notice::Toast(ToastKind::Failed, why))
    }

    /// Whether who acts may give commands of a kind now.
    pub fn may(&mut self, kind: CommandKind) -> Allowed {
        self.parts().1.input.may(kind)
    }

    /// Stops a job.
    pub fn cancel(&mut self, job: u64) -> Option<Notice> {
        let cause = format!("cancelled by {}", self.actor.person);
        self.decide(Command::CancelJobs { jobs: vec![JobId(job)], cause })
    }

    /// Queues interrupted jobs again.
    pub fn requeue(&mut self, jobs: &[u64]) -> Option<Notice> {
        self.decide(Command::RequeueJobs { jobs: jobs.iter().copied().map(JobId).collect() })
    }

    /// Skips a stage, or takes it up after all where there is no reason.
    pub fn skip(&mut self, place: usize, reason: Option<String>) -> Option<Notice> {
        let stage = *Stage::ALL.get(place)?;
        self.decide(match reason {
            Some(reason) => Command::SkipStage { stage, reason },
            None => Command::ResumeStage { stage },
        })
    }

    /// Closes the project beside everything else: its last writing may take a moment.
    pub fn close_beside(self) {
        let project = self.thread;
        let close = move || drop(project);
        if let Err(error) = thread::Builder::new().name("closing".to_owned()).spawn(close) {
            log::warn!("the system gives no thread to close the project on: {error}");
        }
    }

    /// Moves a waiting job in the queue.
    pub fn move_job(&mut self, job: u64, to: Move) -> Option<Notice> {
        self.thread.ask(Request::MoveJob(JobId(job), to)).err().map(|why| Notice::Toast(ToastKind::Failed, why))
    }

    /// Lets the queue go on after a result could not be saved.
    pub fn try_again(&mut self) -> Option<Notice> {
        self.thread.ask(Request::TryAgain).err().map(|why| Notice::Toast(ToastKind::Failed, why))
    }

    fn hear(&mut self, update: Update) -> Option<Notice> {
        match update {
            Update::State(state, actor) => {
                self.running.retain(|id, _| is_queued(&state, *id));
                self.was_interrupted.retain(|id, attempt| {
                    state.job(*id).is_some_and(|job| job.status == JobStatus::Queued && job.attempts == *attempt)
                });
                self.interrupted = self.was_interrupted.keys().copied().collect();
                if state.library_additions().len() != self.state.library_additions().len() {
                    self.renew_libraries(state.library_additions());
                }
                self.state = state;
                self.actor = actor;
                None
            }
            Update::Queue(order) => {
                self.order = order;
                None
            }
            Update::Saved(_) => {
                self.unsaved = self.unsaved.saturating_sub(1);
                self.failure = None;
                None
            }
            Update::Refused(_, why) => {
                self.unsaved = self.unsaved.saturating_sub(1);
                Some(Notice::Toast(ToastKind::Refused, why))
            }
            Update::Model(model) => {
                self.models.retain(|one| one.reference.files != model.reference.files);
                self.models.push(*model);
                None
            }
            Update::Engine(fingerprint) => {
                self.fingerprint = Some(*fingerprint);
                self.no_engine = None;
                None
            }
            Update::EngineStarts => {
                (self.fingerprint, self.no_engine) = (None, None);
                None
            }
            Update::DeviceGone(why) => Some(Notice::DeviceGone(why)),
            Update::NoEngine(why) => {
                self.no_engine = Some(why.clone());
                Some(Notice::Toast(ToastKind::Failed, why))
            }
            Update::Progress(event) => {
                self.progress(event);
                None
            }
            Update::Held(why) => {
                self.held = why;
                None
            }
            Update::PutBack(job) => {
                self.running.remove(&job);
                None
            }
            Update::ImageSaved(job, image) => {
                self.running.remove(&job);
                self.failure = None;
                // A Hero was asked for by itself, and the Director approves what the canvas shows.
                if self.state.job(job).is_some_and(|job| matches!(job.purpose, JobPurpose::Hero { .. })) {
                    self.selection.image = Some(image);
                }
                self.selection.image.get_or_insert(image);
                None
            }
            Update::NotSaved(ticket, why) => {
                if ticket.is_some() {
                    self.unsaved = self.unsaved.saturating_sub(1);
                }
                self.failure = Some(why.clone());
                Some(Notice::Toast(ToastKind::Failed, why))
            }
            Update::Problem(problem) | Update::NotOpened(problem) => Some(Notice::Toast(ToastKind::Failed, problem)),
            Update::Opened(_) => None,
        }
    }

    fn progress(&mut self, event: EngineEvent) {
        // What comes late of a job that was cancelled says nothing any more.
        let Some(job) = event.job().filter(|job| is_queued(&self.state, *job)) else { return };
        let running =
            self.running.entry(job).or_insert_with(|| Running { fraction: 0.0, detail: String::new(), preview: None });
        match event {
            EngineEvent::Loading { component, .. } => running.detail = format!("loading the {component}"),
            EngineEvent::Encoded { .. } => running.detail = "the prompt is read".to_owned(),
            EngineEvent::Step { done, of, elapsed_secs, preview, .. } => {
                let left = elapsed_secs / f64::from(done.max(1)) * f64::from(of.saturating_sub(done));
                running.fraction = done as f32 / of.max(1) as f32;
                running.detail = format!("step {done} of {of} · {} left", duration(left));
                if let Some(preview) = preview {
                    running.preview = Some(Running::name_preview(job, done, preview));
                }
            }
            EngineEvent::Decoding { .. } => running.detail = "the picture is decoded".to_owned(),
            _ => {}
        }
    }

    /// What the frame shows, and the panels.
    pub fn parts(&mut self) -> (FrameData, DeskContents<'_>) {
        let saved = match (&self.read_only, &self.failure, self.unsaved) {
            (Some(reason), _, _) => Saved::ReadOnly { reason: reason.clone() },
            (_, Some(failure), _) => Saved::Failed(failure.clone()),
            (_, None, 0) => Saved::Yes { record: self.state.seq() },
            (_, None, _) => Saved::Writing,
        };
        let input = PanelInput {
            state: &self.state,
            actor: &self.actor,
            now: Timestamp::now(),
            images: &self.images,
            models: &self.models,
            fingerprint: self.fingerprint.as_ref(),
            running: &self.running,
            libraries: &self.libraries,
            interrupted: &self.interrupted,
            offered: self.offered.as_ref(),
            read_only: self.read_only.as_deref(),
        };
        let no_engine = self.no_engine.as_deref();
        let data = frame_data(&input, saved, no_engine, &self.order, &mut self.computed);
        let data = FrameData { held: self.held.clone(), ..data };
        let contents = DeskContents {
            input,
            panels: &mut self.panels,
            selection: &mut self.selection,
            thumbnails: &mut self.thumbnails,
            asks: &mut self.asks,
            previews: &mut self.previews,
        };
        (data, contents)
    }
}

fn is_queued(state: &State, job: JobId) -> bool {
    state.job(job).is_some_and(|job| job.status == JobStatus::Queued)
}

/// What somebody who opens the project wants to see first: what waits at the gate, what is cleared, the last keeper, the last
/// image.
fn first_to_look_at(state: &State) -> Option<Sha256> {
    let waiting = state.candidates().into_iter().chain(state.cleared()).next();
    let keeper = || state.keepers().pop();
    let latest = || state.images().values().max_by_key(|image| image.seq);
    waiting.or_else(keeper).or_else(latest).map(|image| image.sha256)
}
