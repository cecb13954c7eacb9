//! The tour: four steps on a copy of the sample project. It says what the panels are for and blocks nothing; whoever clicks on
//! goes on.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use eframe::egui::{Context, Rect, Ui, Vec2};

use crate::desk::Sight;
use crate::frame::{PanelKind, Region, WindowFrame};
use crate::sample::{self, SampleCopy};
use crate::theme::ActingRole;
use crate::widgets::{TourCard, TourEvent, show_outline, show_tour_card};

/// What the tour speaks of in one step.
struct Step {
    title: &'static str,
    text: &'static str,
    panel: PanelKind,
    /// What is outlined beside the panel.
    also: Option<Region>,
    /// What is to be seen in the panel.
    sight: Option<Sight>,
}

const STEPS: [Step; 4] = [
    Step {
        title: "Everything starts with one sentence",
        text: "The Director writes a brief, and its first field says in one sentence what is wanted. Every other field is filled \
            or marked “not needed, because …”. The rail at the top shows the seven stages; press one to see what it asks for.",
        panel: PanelKind::LockPanel,
        also: Some(Region::Stages),
        sight: Some(Sight::Brief),
    },
    Step {
        title: "Breadth first, then one direction",
        text: "A concept sprint makes 15 to 30 cheap pictures in three to five styles. The best of them stand on the moodboard; the \
            Director ranks it and approves one direction, with a reason.",
        panel: PanelKind::ConceptGrid,
        also: None,
        sight: Some(Sight::Moodboard),
    },
    Step {
        title: "A recipe locks when it is proved",
        text: "The card holds everything that decides the pixels. It locks only after Kento has rendered the Hero again from the card \
            alone and the pictures matched. A change makes a new revision, with a reason.",
        panel: PanelKind::LockPanel,
        also: None,
        sight: Some(Sight::Recipe),
    },
    Step {
        title: "Somebody else clears it",
        text: "At the review gate a Reviewer who did not make the picture goes through this list; who works alone looks again with \
            fresh eyes. F6, F7 and F8 change the role, and every change leaves a record.",
        panel: PanelKind::Checklist,
        also: Some(Region::Roles),
        sight: None,
    },
];

/// See the module.
#[derive(Default)]
pub(super) struct Tour {
    /// The copy of the sample that is being made.
    copying: Option<Receiver<Result<SampleCopy, String>>>,
    /// The sample's folder, while it is being opened.
    awaited: Option<PathBuf>,
    running: Option<Running>,
}

/// The tour while it runs.
struct Running {
    /// Of the project that it runs on.
    folder: PathBuf,
    step: usize,
    /// Whether the step has begun and its panel was not seen yet.
    arrives: bool,
    /// Whether the card has yet to take the keyboard.
    takes_focus: bool,
    /// For whom and on how large a window the panels stood: with another role or size they stand anew.
    stood_for: Option<(ActingRole, Vec2)>,
    /// Where the panel was seen last.
    about: Option<Rect>,
}

impl Running {
    fn new(folder: PathBuf) -> Self {
        Self { folder, step: 0, arrives: true, takes_focus: true, stood_for: None, about: None }
    }

    fn go_to(&mut self, step: usize) {
        *self = Self { step, stood_for: self.stood_for, ..Self::new(std::mem::take(&mut self.folder)) };
    }
}

impl Tour {
    /// Makes the copy of the sample on a thread.
    ///
    /// # Errors
    /// One sentence when the system gives no thread.
    pub fn begin(&mut self, ctx: &Context, documents: PathBuf) -> Result<(), String> {
        if self.copying.is_some() || self.awaited.is_some() {
            return Ok(());
        }
        let (sender, receiver) = bounded(1);
        let wake = ctx.clone();
        let copy = move || {
            // Fails only when the window is gone.
            sender.send(sample::copy_into(&documents).map_err(|error| error.to_string())).ok();
            wake.request_repaint();
        };
        let spawned = thread::Builder::new().name("sample".to_owned()).spawn(copy);
        spawned.map_err(|error| format!("the system gives no thread to copy the sample project: {error}"))?;
        self.copying = Some(receiver);
        Ok(())
    }

    /// The copy, once it is there.
    pub fn copied(&mut self) -> Option<Result<SampleCopy, String>> {
        let copied = match self.copying.as_ref()?.try_recv() {
            Ok(copied) => copied,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err("the sample project could not be copied: try again".to_owned()),
        };
        self.copying = None;
        Some(copied)
    }

    /// Begins as soon as the project in this folder is open.
    pub fn wait_for(&mut self, folder: PathBuf) {
        self.awaited = Some(folder);
    }

    /// The project that was to be opened is not.
    pub fn give_up(&mut self) {
        self.awaited = None;
    }

    /// Says that a project has been opened, or stands open already: the tour begins on the one that it waits for and ends with any
    /// other. Whether it begins.
    pub fn project_is_open(&mut self, folder: &Path) -> bool {
        let awaited = self.awaited.take().filter(|awaited| awaited == folder);
        self.running = awaited.map(Running::new);
        self.running.is_some()
    }

    /// Brings what the step speaks of into sight. To be called before the frame is drawn; what stands in the panel is the desk's.
    pub fn prepare(&mut self, ctx: &Context, frame: &mut WindowFrame, role: ActingRole) -> Option<Sight> {
        let running = self.running.as_mut()?;
        let stands_for = Some((role, ctx.content_rect().size()));
        if running.stood_for != stands_for {
            running.stood_for = stands_for;
            running.arrives = true;
        }
        if !running.arrives {
            return None;
        }
        let step = &STEPS[running.step];
        frame.reveal(step.panel);
        step.sight
    }

    /// Draws the step over the frame that was drawn.
    pub fn show(&mut self, ui: &mut Ui, frame: &WindowFrame) {
        let Some(running) = &mut self.running else { return };
        let step = &STEPS[running.step];
        match frame.place_of(Region::Panel(step.panel)) {
            Some(place) => {
                running.about = Some(place);
                running.arrives = false;
                show_outline(ui, place);
                if let Some(also) = step.also.and_then(|region| frame.place_of(region)) {
                    show_outline(ui, also.expand(3.0));
                }
            }
            // The panels were put up anew in this frame; the next one brings the right one to the front.
            None if running.arrives => ui.ctx().request_repaint(),
            // Somebody looks at another tab: the card stays.
            None => {}
        }
        let Some(about) = running.about else { return };
        let card = TourCard { step: running.step + 1, of: STEPS.len(), title: step.title, text: step.text };
        let takes_focus = std::mem::take(&mut running.takes_focus);
        let event = show_tour_card(ui, &card, about, takes_focus);
        match event {
            None => return,
            Some(TourEvent::Next) if running.step + 1 < STEPS.len() => running.go_to(running.step + 1),
            Some(TourEvent::Back) => running.go_to(running.step.saturating_sub(1)),
            Some(TourEvent::Next | TourEvent::End) => self.running = None,
        }
        ui.ctx().request_repaint();
    }
}
