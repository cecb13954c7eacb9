use std::collections::BTreeMap;

use eframe::egui::{Context, Rect, Ui, pos2, vec2};
use kento_studio::{JobId, Sha256};

use super::{PanelAsk, PanelInput, Running, Selection};
use crate::frame::{PanelContents, PanelKind};
use crate::panels::acts::{Act, Unsaved, acts};
use crate::panels::brief::BriefPanel;
use crate::panels::canvas::CanvasPanel;
use crate::panels::checklist::ChecklistPanel;
use crate::panels::concept_grid::ConceptGridPanel;
use crate::panels::lock_panel::LockPanel;
use crate::panels::project_drawer::ProjectDrawer;
use crate::theme;
use crate::widgets::Allowed;
use crate::widgets::thumbnails::{PictureSource, Thumbnail, Thumbnails};

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
    pub(super) previews: &'a mut QueuePreviews,
}

/// The last preview of every running job that the queue has drawn, until the next one is ready.
#[derive(Default)]
pub(super) struct QueuePreviews(BTreeMap<JobId, (Sha256, PictureSource)>);

impl QueuePreviews {
    /// Draws the latest preview of a job that is ready. Whether there is one.
    fn show(
        &mut self,
        ui: &Ui,
        rect: Rect,
        job: JobId,
        running: &BTreeMap<JobId, Running>,
        thumbnails: &mut Thumbnails,
    ) -> bool {
        self.0.retain(|job, _| running.contains_key(job));
        let latest = running.get(&job).and_then(Running::picture);
        let before = self.0.get(&job).cloned();
        let side_px = rect.height() * ui.pixels_per_point();
        for shown in latest.into_iter().chain(before) {
            let Thumbnail::Ready { texture, aspect } = thumbnails.get(shown.0, side_px, &shown.1) else { continue };
            let size = if aspect >= 1.0 { vec2(1.0, 1.0 / aspect) } else { vec2(aspect, 1.0) } * rect.height();
            let place = Rect::from_center_size(rect.center(), size);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, place, uv, theme::UNTINTED);
            let name = shown.0;
            if let Some((before, _)) = self.0.insert(job, shown).filter(|(before, _)| *before != name) {
                thumbnails.forget(before);
            }
            return true;
        }
        false
    }
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

    /// Gives the window to the cull of a volume run, or back to the panels as they were. Why not, where that cannot be.
    pub fn toggle_cull(&mut self) -> Allowed {
        self.panels.grid.toggle_cull(&self.input)
    }

    /// Whether who acts may cull a volume run now.
    pub fn may_cull(&self) -> Allowed {
        self.panels.grid.may_cull(&self.input)
    }

    /// Keeps what is being drawn on a canvas that is out of sight. To be called after the panels were drawn.
    pub fn settle(&mut self, ctx: &Context) {
        self.panels.canvas.settle_out_of_sight(ctx, &self.input);
    }

    /// Every governed act, as the command palette offers it.
    pub fn acts(&self) -> Vec<Act> {
        let image = self.selection.image;
        let unsaved = Unsaved {
            brief: self.panels.brief.has_unsaved(self.input.state),
            card: self.panels.lock.has_unsaved(),
            alt_text: image.is_some_and(|image| self.panels.checklist.has_alt_text(image)),
            changed_file: image.is_some_and(|image| self.panels.canvas.is_changed(image)),
        };
        acts(&self.input, self.selection, unsaved)
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
        let Self { input, panels, selection, thumbnails, asks, .. } = self;
        match panel {
            PanelKind::ConceptGrid => panels.grid.show(ui, input, selection, thumbnails, asks),
            PanelKind::LockPanel if panels.brief.is_open(input) => panels.brief.show(ui, input, asks),
            PanelKind::LockPanel => panels.lock.show(ui, input, selection, thumbnails, asks),
            PanelKind::Canvas => panels.canvas.show(ui, input, selection, thumbnails, asks),
            PanelKind::Checklist => panels.checklist.show(ui, input, selection, &mut panels.canvas, asks),
        }
    }

    fn show_preview(&mut self, ui: &Ui, rect: Rect, job: u64) -> bool {
        self.previews.show(ui, rect, JobId(job), self.input.running, self.thumbnails)
    }

    fn claims_all(&mut self) -> Option<PanelKind> {
        self.panels.grid.claims_all(&self.input).then_some(PanelKind::ConceptGrid)
    }

    fn give_room_back(&mut self) {
        self.panels.grid.give_room_back();
    }

    fn show_project(&mut self, ui: &mut Ui) {
        self.panels.project.show(ui, &self.input, self.asks);
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::Vec2;
    use egui_kittest::Harness;
    use kento_engine::protocol::Pixels;

    use super::*;

    #[derive(Default)]
    struct Queue {
        previews: QueuePreviews,
        running: BTreeMap<JobId, Running>,
        thumbnails: Option<Thumbnails>,
        shown: Option<bool>,
    }

    fn running(step: u32) -> Running {
        let pixels = Pixels { width: 8, height: 8, channels: 3, data: vec![90; 8 * 8 * 3] };
        let preview = Some(Running::name_preview(JobId(7), step, pixels));
        Running { fraction: 0.5, detail: String::new(), preview }
    }

    #[test]
    fn a_row_of_the_queue_shows_the_last_preview_that_is_ready() {
        let mut harness = Harness::builder().with_size(Vec2::new(200.0, 100.0)).build_ui_state(
            |ui, queue: &mut Queue| {
                let context = ui.ctx().clone();
                let thumbnails = queue.thumbnails.get_or_insert_with(|| Thumbnails::new(&context, 8).unwrap());
                thumbnails.listen(&context);
                let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(24.0, 24.0));
                queue.shown = Some(queue.previews.show(ui, rect, JobId(7), &queue.running, thumbnails));
            },
            Queue::default(),
        );
        assert_eq!(harness.state().shown, Some(false), "the job has no preview yet");
        for step in [1, 2] {
            harness.state_mut().running.insert(JobId(7), running(step));
            harness.step();
            // The first is still made small; while the second one is, the first stays.
            assert_eq!(harness.state().shown, Some(step == 2));
            let name = running(step).picture().unwrap().0;
            let is_shown = |queue: &Queue| queue.previews.0.get(&JobId(7)).is_some_and(|(shown, _)| *shown == name);
            for _ in 0..400 {
                if is_shown(harness.state()) {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(5));
                harness.step();
            }
            assert!(is_shown(harness.state()), "preview {step} is not drawn");
            assert_eq!(harness.state().shown, Some(true));
        }
        harness.state_mut().running.clear();
        harness.step();
        assert_eq!(harness.state().shown, Some(false), "the job has ended");
        assert!(harness.state().previews.0.is_empty());
    }
}
