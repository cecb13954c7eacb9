use eframe::egui::Ui;

use super::{PanelAsk, PanelInput, Selection};
use crate::frame::{PanelContents, PanelKind};
use crate::panels::brief::BriefPanel;
use crate::panels::canvas::CanvasPanel;
use crate::panels::checklist::ChecklistPanel;
use crate::panels::concept_grid::ConceptGridPanel;
use crate::panels::lock_panel::LockPanel;
use crate::panels::project_drawer::ProjectDrawer;
use crate::widgets::thumbnails::Thumbnails;

/// What the panels of an open project remember between frames: scrolling, unsaved text, choices.
#[derive(Default)]
pub(super) struct DeskPanels {
    pub grid: ConceptGridPanel,
    pub brief: BriefPanel,
    pub lock: LockPanel,
    pub canvas: CanvasPanel,
    pub checklist: ChecklistPanel,
    pub project: ProjectDrawer,
}

/// The four panels of an open project, for one frame.
pub struct DeskContents<'a> {
    pub(super) input: PanelInput<'a>,
    pub(super) panels: &'a mut DeskPanels,
    pub(super) selection: &'a mut Selection,
    pub(super) thumbnails: &'a mut Thumbnails,
    pub(super) asks: &'a mut Vec<PanelAsk>,
}

/// Something that shares its panel with other things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The brief, in the lock panel's place.
    Brief,
    /// The recipe in the lock panel.
    Recipe,
    /// The concept sprint with its moodboard, in the concept grid.
    Moodboard,
}

impl DeskContents<'_> {
    /// Brings something to the front of its panel.
    pub fn bring_up(&mut self, sight: Sight) {
        match sight {
            Sight::Brief => self.panels.brief.choose(true),
            Sight::Recipe => self.panels.brief.choose(false),
            Sight::Moodboard => self.panels.grid.show_sprint(&self.input),
        }
    }

    /// The brief stands in the lock panel's place until it is complete, and whenever somebody opens it.
    fn shows_brief(&self) -> bool {
        self.panels.brief.is_open(&self.input)
    }
}

impl PanelContents for DeskContents<'_> {
    fn context(&self, panel: PanelKind) -> String {
        match panel {
            PanelKind::ConceptGrid => self.panels.grid.context(&self.input),
            PanelKind::LockPanel if self.shows_brief() => self.panels.brief.context(&self.input),
            PanelKind::LockPanel => self.panels.lock.context(&self.input, self.selection),
            PanelKind::Canvas => self.panels.canvas.context(&self.input, self.selection),
            PanelKind::Checklist => self.panels.checklist.context(&self.input, self.selection),
        }
    }

    fn actions(&mut self, ui: &mut Ui, panel: PanelKind) {
        match panel {
            PanelKind::ConceptGrid => self.panels.grid.actions(ui, &self.input),
            PanelKind::LockPanel => self.panels.brief.switch(ui, &self.input),
            PanelKind::Canvas => self.panels.canvas.actions(ui, &self.input, self.selection),
            PanelKind::Checklist => {}
        }
    }

    fn show(&mut self, ui: &mut Ui, panel: PanelKind) {
        let Self { input, panels, selection, thumbnails, asks } = self;
        match panel {
            PanelKind::ConceptGrid => panels.grid.show(ui, input, selection, thumbnails, asks),
            PanelKind::LockPanel if panels.brief.is_open(input) => panels.brief.show(ui, input, asks),
            PanelKind::LockPanel => panels.lock.show(ui, input, selection, thumbnails, asks),
            PanelKind::Canvas => panels.canvas.show(ui, input, selection, thumbnails, asks),
            PanelKind::Checklist => panels.checklist.show(ui, input, selection, &mut panels.canvas, asks),
        }
    }

    fn show_project(&mut self, ui: &mut Ui) {
        self.panels.project.show(ui, &self.input, self.asks);
    }
}
