use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use kento_engine::protocol::Pixels;
use kento_studio::card::{CardRef, LockedRecipe};
use kento_studio::library::{NegativeLibrary, RonRefusal, SkeletonExamples, Style, StyleLibrary, Template};
use kento_studio::project::ImageStore;
use kento_studio::workflow::{
    Actor, Command, CommandKind, Edit, LibraryAddition, Permission, Role, State, allowed, would,
};
use kento_studio::{EngineFingerprint, JobId, Sha256};

use crate::frame::PanelKind;
use crate::model::Model;
use crate::shipped;
use crate::widgets::thumbnails::PictureSource;
use crate::widgets::{ActionButton, Allowed};

/// Everything that a panel of an open project reads. Panels change nothing of it.
pub struct PanelInput<'a> {
    /// The project, as it was after the last saved decision.
    pub state: &'a State,
    /// Who acts.
    pub actor: &'a Actor,
    /// The time, for rules that hang on it.
    pub now: Timestamp,
    /// Where the pictures are.
    pub images: &'a ImageStore,
    /// The models that are known on this machine.
    pub models: &'a [Model],
    /// What the engine computes on, once its device is open.
    pub fingerprint: Option<&'a EngineFingerprint>,
    /// The jobs that run, with their live previews.
    pub running: &'a BTreeMap<JobId, Running>,
    /// Styles, negative prompts, examples.
    pub libraries: &'a Libraries,
    /// Jobs of an earlier run of the program that wait until somebody queues them again.
    pub interrupted: &'a BTreeSet<JobId>,
    /// Colours of a picture that somebody chose.
    pub offered: Option<&'a OfferedColours>,
    /// Why nothing can be changed, where the project is open for reading only.
    pub read_only: Option<&'a str>,
}

/// For tests that have no earlier run of the program.
#[cfg(test)]
pub const NOTHING_INTERRUPTED: &BTreeSet<JobId> = &BTreeSet::new();

impl PanelInput<'_> {
    /// Whether a whole command would be accepted now, with the rule that refuses it.
    pub fn would(&self, command: &Command) -> Allowed {
        self.unless_read_only(|| would(self.state, command, self.actor, self.now))
    }

    /// Whether commands of a kind may be given now, as far as role and stage decide it.
    pub fn may(&self, kind: CommandKind) -> Allowed {
        self.unless_read_only(|| allowed(self.state, kind, self.actor, self.now))
    }

    fn unless_read_only(&self, ask: impl FnOnce() -> Permission) -> Allowed {
        match (self.read_only, ask()) {
            (Some(reason), _) => Allowed::No(reason.to_owned()),
            (None, Permission::Yes) => Allowed::Yes,
            (None, Permission::No { reason }) => Allowed::No(reason),
        }
    }

    /// Who acts in another role is offered this one, with what it is needed for: "to plan the sprint".
    pub fn other_hat(&self, role: Role, purpose: &str) -> Option<(ActionButton, PanelAsk)> {
        let switch = Command::SwitchRole { to: role };
        let button = ActionButton::primary(format!("Act as {role}")).named(format!("Act as {role} {purpose}"));
        (self.actor.role != role).then(|| (button.allowed(self.would(&switch)), PanelAsk::decide(switch)))
    }

    /// For which deliverable of the brief a picture of this width and height is too small, in one sentence.
    pub fn too_small(&self, [width, height]: [u32; 2]) -> Option<String> {
        let (wanted, times) = self.state.brief()?.brief.too_small_for([width, height])?;
        let times = (times * 10.0).ceil() / 10.0;
        let (name, asked) = (&wanted.name, format!("{}×{}", wanted.width, wanted.height));
        Some(format!("{width}×{height} is small for \"{name}\", {asked}: it has to be enlarged {times} times."))
    }

    /// Where the pixels of an image are.
    pub fn source(&self, image: Sha256) -> PictureSource {
        PictureSource::File(self.images.path(image))
    }
}

/// A job that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// 0 to 1.
    pub fraction: f32,
    /// How far it is, in words.
    pub detail: String,
    /// The latest preview, under a name of its own, because every preview is another picture.
    pub preview: Option<(Sha256, Arc<Vec<u8>>, [u32; 2])>,
}

impl Running {
    /// The preview as a picture.
    pub fn picture(&self) -> Option<(Sha256, PictureSource)> {
        let (name, data, [width, height]) = self.preview.as_ref()?;
        Some((*name, PictureSource::Rgb { width: *width, height: *height, data: Arc::clone(data) }))
    }

    pub(super) fn name_preview(job: JobId, step: u32, pixels: Pixels) -> (Sha256, Arc<Vec<u8>>, [u32; 2]) {
        // Not a hash of anything: no file has this name, and no other preview.
        let mut name = [0xFF; 32];
        name[..8].copy_from_slice(&job.0.to_le_bytes());
        name[8..12].copy_from_slice(&step.to_le_bytes());
        (Sha256(name), Arc::new(pixels.data), [pixels.width, pixels.height])
    }
}

/// What is looked at. It is nobody's decision and is not recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// The image in the canvas and on the checklist.
    pub image: Option<Sha256>,
    /// The image that it is compared with.
    pub compared: Option<Sha256>,
    /// The card in the lock panel.
    pub card: Option<CardRef>,
}

/// The colours of a picture, to be taken into a palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedColours {
    /// The picture's file name.
    pub picture: String,
    /// sRGB, the one with the most pixels first.
    pub colours: Vec<[u8; 3]>,
}

/// What a panel asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum PanelAsk {
    /// Decide this, in the name of who acts.
    Decide(Box<Command>),
    /// Save files and decide the command that names them by their hashes.
    Store(Vec<Vec<u8>>, Box<Command>),
    /// Look at an image.
    Select(Sha256),
    /// Bring a panel into sight.
    Reveal(PanelKind),
    /// Let somebody choose a model file or folder.
    ChooseModel,
    /// Let somebody choose a picture whose colours the brief offers.
    ChoosePicture,
    /// Let somebody choose a file that supports verdicts.
    ChooseEvidence,
    /// Let somebody choose the file that an image became in another program, by what was done with it.
    ChooseEdited(Sha256, Edit),
    /// Let somebody choose the file of a checklist that the project adopts.
    ChooseChecklist,
    /// Let somebody save the checklist of this name as a file, to be changed and adopted.
    SaveChecklist(String),
    /// Let somebody choose the file of a template that every project is to be offered.
    ChooseTemplate,
    /// Keep a template of this project where every project of this person finds it.
    KeepTemplate(CardRef),
    /// Keep the style of a card of this project in the style library of every project of this person.
    KeepStyle(CardRef),
    /// Keep what this project put into the negative-prompt library where every project of this person finds it.
    KeepNegative(Box<LibraryAddition>),
    /// Let somebody save a template of this project as a file.
    SaveTemplate(CardRef),
}

impl PanelAsk {
    /// To decide a command.
    pub fn decide(command: Command) -> Self {
        Self::Decide(Box::new(command))
    }
}

/// The libraries that panels offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Libraries {
    /// Styles.
    pub styles: StyleLibrary,
    /// Negative prompts.
    pub negatives: NegativeLibrary,
    /// Examples for the slots of the prompt skeleton.
    pub examples: SkeletonExamples,
    /// The locked cards that ship with Kento.
    pub cards: Vec<LockedRecipe>,
    /// Templates that projects of this person left for others.
    pub templates: Vec<Template>,
    /// Negative prompts that they left for others; they are among [`negatives`](Self::negatives).
    pub kept_negatives: Vec<LibraryAddition>,
    /// Styles that they left for others; they are among [`styles`](Self::styles).
    pub kept_styles: Vec<Style>,
}

impl Libraries {
    /// The shipped ones, and the failures that the project's own review put into the negative-prompt library. What other projects
    /// left is not in them: that is read beside the window.
    ///
    /// # Errors
    /// As [`Libraries::shipped`].
    pub fn with_additions(additions: &[LibraryAddition]) -> Result<Self, RonRefusal> {
        Ok(Self { negatives: shipped::negatives_with(additions)?, ..Self::shipped()? })
    }

    /// Adds what other projects left to the style library, behind what ships. A style whose name is taken, or whose negative set is
    /// not there, is left out.
    pub fn add_styles(&mut self, styles: Vec<Style>) {
        for style in &styles {
            let is_taken = self.styles.style(&style.name).is_ok();
            let lacks_set = style.negative.as_ref().is_some_and(|set| self.negatives.set(set).is_err());
            if is_taken || lacks_set {
                log::warn!("the kept style {} cannot be offered", style.name);
            } else {
                self.styles.styles.push(style.clone());
            }
        }
        self.kept_styles = styles;
    }

    /// The shipped ones.
    ///
    /// # Errors
    /// Never in a program that passed its tests.
    pub fn shipped() -> Result<Self, RonRefusal> {
        Ok(Self {
            styles: shipped::styles()?,
            negatives: shipped::negatives()?,
            examples: shipped::skeleton_examples()?,
            cards: shipped::cards()?,
            templates: Vec::new(),
            kept_negatives: Vec::new(),
            kept_styles: Vec::new(),
        })
    }
}
