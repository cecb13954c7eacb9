mod board;
mod cull;
mod full;
mod parts;
mod plan;
mod previews;
mod review;
mod run;
mod sprint;

use eframe::egui::{Frame, Margin, Ui};
use kento_studio::JobId;
use kento_studio::workflow::{CommandKind, Role};

use super::data::{self, CullMode, View, ViewChoice};
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::padded;
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::SheetState;
use crate::widgets::thumbnails::Thumbnails;
use crate::widgets::{Allowed, IconButton, Segment, SegmentLook, segmented};

/// A panel lower than this has no place for more than a strip of candidates.
const LOW: f32 = 168.0;

/// The keys of the cull, for the list of shortcuts.
pub const CULL_SHORTCUTS: [(&str, &str); 7] = [
    (cull::FULL_KEY, "Cull a volume run with the whole window, and back"),
    ("K", "Keep"),
    ("1–9 0 C O", "Reject for a reason, with the whole window"),
    ("X", "Reject, with a reason and a note"),
    ("U  Z", "Take the last decision back"),
    ("← →", "Another picture"),
    ("Esc", "End the cull"),
];

/// What the panel remembers between frames.
#[derive(Default)]
pub struct ConceptGridPanel {
    view: ViewChoice,
    cull: CullMode,
    sprint: sprint::SprintUi,
    run: run::RunUi,
    review: review::ReviewUi,
}

/// What every view reads and says.
struct Desk<'a, 'b> {
    input: &'a PanelInput<'b>,
    selection: &'a mut Selection,
    thumbnails: &'a mut Thumbnails,
    asks: &'a mut Vec<PanelAsk>,
    cull: &'a mut CullMode,
}

impl ConceptGridPanel {
    /// The note beside the title.
    pub fn context(&self, input: &PanelInput<'_>) -> String {
        let view = self.view.view(View::sensible(input));
        data::context(input, view, self.sprint.shown(input), self.run.chosen)
    }

    /// Buttons of the header.
    pub fn actions(&mut self, ui: &mut Ui, input: &PanelInput<'_>) {
        let sheet: &mut SheetState = match self.view.view(View::sensible(input)) {
            View::Sprint => &mut self.sprint.sheet,
            View::Run => &mut self.run.sheet,
            View::Review => &mut self.review.sheet,
        };
        for (icon, name, keys, factor) in
            [(icons::LARGER, "Larger tiles", "+", 1.25), (icons::SMALLER, "Smaller tiles", "−", 0.8)]
        {
            if IconButton::new(icon, name).keys(keys).show_sized(ui, theme::WIDE_GAP) {
                sheet.zoom(factor);
            }
        }
    }

    /// Shows the concept sprint with its moodboard.
    pub fn show_sprint(&mut self, input: &PanelInput<'_>) {
        self.view.choose(View::Sprint, View::sensible(input));
    }

    /// Whether an order of the moodboard, or why a direction is approved, is there and not saved.
    pub fn has_unsaved(&self) -> bool {
        self.sprint.has_unsaved()
    }

    /// Whether the plan of a sprint was typed on and not started.
    pub fn has_unsaved_plan(&self) -> bool {
        self.sprint.has_unsaved_plan()
    }

    /// Whether a note on a rejection is typed.
    pub fn has_note(&self) -> bool {
        self.cull.has_note()
    }

    /// Whether the cull has the window to itself.
    pub fn claims_all(&mut self, input: &PanelInput<'_>) -> bool {
        self.cull.follow(input.state, input.actor);
        self.cull.is_full
    }

    /// Whether who acts may cull a run now.
    pub fn may_cull(&self, input: &PanelInput<'_>) -> Allowed {
        match input.state.runs().is_empty() {
            true => Allowed::No("there is no volume run yet".to_owned()),
            false => input.may(CommandKind::Keep),
        }
    }

    /// Gives the window to the cull, or back to the panels as they were. Why not, where that cannot be.
    pub fn toggle_cull(&mut self, input: &PanelInput<'_>) -> Allowed {
        let may = self.may_cull(input);
        if self.cull.is_full || may.is_yes() {
            self.cull.toggle_full();
            return Allowed::Yes;
        }
        may
    }

    /// Gives the window back to the panels.
    pub fn give_room_back(&mut self) {
        if self.cull.is_full {
            self.cull.toggle_full();
        }
    }

    /// Draws the panel.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        selection: &mut Selection,
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) {
        let interrupted: Vec<JobId> = input.interrupted.iter().copied().collect();
        self.cull.follow(input.state, input.actor);
        let sensible = View::sensible(input);
        let mut desk = Desk { input, selection, thumbnails, asks, cull: &mut self.cull };
        if desk.cull.is_full {
            return self.run.show_full(ui, &mut desk);
        }
        if input.actor.role == Role::Reviewer && ui.available_height() < LOW {
            let frame = Frame::new().inner_margin(Margin::symmetric(theme::MARGIN, 2));
            frame.show(ui, |ui| self.review.strip(ui, &mut desk));
            return;
        }
        padded(ui, |ui| {
            let segments = View::ALL.map(|view| Segment {
                explanation: Some(view.explanation().to_owned()),
                name: view.explanation().to_owned(),
                ..Segment::new(view.label())
            });
            let view = self.view.view(sensible);
            let chosen = View::ALL.iter().position(|one| *one == view).unwrap_or_default();
            if let Some(place) = segmented(ui, SegmentLook::Plain, &segments, chosen) {
                self.view.choose(View::ALL[place], sensible);
            }
            ui.add_space(theme::GRID);
            match self.view.view(sensible) {
                View::Sprint => self.sprint.show(ui, &mut desk, &interrupted),
                View::Run => self.run.show(ui, &mut desk, &interrupted),
                View::Review => self.review.show(ui, &mut desk),
            }
        });
    }
}
