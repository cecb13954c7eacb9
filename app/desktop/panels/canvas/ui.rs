use eframe::egui::{Context, Frame, Key, Margin, Modifiers, Panel, RichText, Ui};
use kento_finishing::region::Edges;
use kento_studio::Sha256;
use kento_studio::workflow::{Candidacy, CommandKind, FreshView, State};

use super::Room;
use super::composing::Composing;
use super::data::{CanvasData, canvas_data, context, fresh_view};
use super::fresh_look::FreshLook;
use super::lineage::{Discarded, lineage_height, lineage_nodes, show_lineage};
use super::pins::PinTalk;
use super::repair::candidates;
use super::repairing::{Repairing, region_of};
use super::shelf::{PictureKey, PictureShelf};
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::theme::{self, icons};
use crate::widgets::Allowed;
use crate::widgets::image_view::{self, Compare, ImageView};
use crate::widgets::pixel_box::PixelBox;
use crate::widgets::thumbnails::Thumbnails;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct CanvasPanel {
    pub(super) view: ImageView,
    pub(super) pins: PinTalk,
    pub(super) look_at: Option<[f32; 2]>,
    pub(super) shelf: PictureShelf,
    pub(super) mirrored: bool,
    /// Pixels of the screen to one of the picture, in percent, as it was drawn last.
    pub(super) percent: Option<f32>,
    /// The image that was drawn last with its size: another size is fitted anew.
    pub(super) drawn: Option<(Sha256, [f32; 2])>,
    pub(super) look: Option<FreshLook>,
    /// What was reported as seen, and the record after which: once is enough until something new is known.
    pub(super) reported: Option<(Sha256, FreshView, u64)>,
    /// The image whose changed file was reported, and the record after which: once is enough until something new is known.
    pub(super) changed: Option<(Sha256, u64)>,
    /// The preview that was drawn last, until the next one is there.
    pub(super) preview: Option<PictureKey>,
    pub(super) picked: Option<[u8; 3]>,
    pub(super) repairing: Repairing,
    pub(super) lineage: Option<Discarded>,
    pub(super) composing: Composing,
    /// The region that a repair would make, in pixels of the image.
    pub(super) region: Option<[f32; 4]>,
    /// What can be dragged of it.
    pub(super) frame: Option<PixelBox>,
    /// How high the caption was drawn last, in points.
    pub(super) caption_height: f32,
    /// The frame of an extended picture as it was brought into sight last.
    pub(super) framed: Option<Edges>,
    /// The frame of the window in which the picture was drawn last.
    pub(super) drawn_in: Option<u64>,
}

impl CanvasPanel {
    /// The note beside the title.
    pub fn context(&self, input: &PanelInput<'_>, selection: &Selection) -> String {
        let candidate = self.drawn.map(|(image, _)| image).filter(|_| self.repairing.shows_candidate());
        match &candidate.or(selection.image) {
            Some(image) => {
                let (mirrored, degrees) = (self.is_mirrored(), self.view.camera.degrees);
                context(input.state, image, self.percent.filter(|_| self.is_drawn(image)), mirrored, degrees)
            }
            None => input.running.values().next().map(|running| running.detail.clone()).unwrap_or_default(),
        }
    }

    /// Whether words are typed for a repair that nobody asked for with them.
    pub fn has_unsaved(&self, state: &State) -> bool {
        self.repairing.has_unsaved(state)
    }

    /// Whether the file of an image was found to be another one when it was read last.
    pub fn is_changed(&self, image: Sha256) -> bool {
        let broken = [false, true].into_iter().find_map(|mirrored| self.shelf.broken(PictureKey { image, mirrored }));
        broken.is_some_and(|broken| broken.found.is_some())
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
        self.shelf.listen();
        self.repairing.listen(ui.ctx(), input, asks);
        self.repairing.settle_beside(ui.ctx(), input, selection.image);
        let seen = self.seen(input, selection);
        let Some(data) = canvas_data(input.state, &seen) else {
            self.look = None;
            self.drawn = None;
            return self.nothing_selected(ui, input, asks);
        };
        self.follow_pass(ui, input, &data);
        // Masks are the Operator's, and a pass shows the picture alone.
        if self.repairing.is_on() && (self.look.is_some() || !input.may(CommandKind::StartRepair).is_yes()) {
            self.repairing.leave();
        }
        let palette = theme::palette(ui.style());
        if let Some(look) = &self.look {
            let text = format!("{}  {}", icons::PROOF, look.advice(self.counts()));
            let frame = Frame::new().fill(palette.accent_wash).inner_margin(Margin::symmetric(theme::MARGIN, 6));
            Panel::top("fresh eyes").resizable(false).show_separator_line(false).frame(frame).show(ui, |ui| {
                ui.label(RichText::new(text).font(theme::body_font()).color(palette.text));
            });
        }
        self.guides_note(ui);
        let room = Room::of(ui);
        self.view_keys(ui);
        // Lowest, so that nothing above moves what accepts and discards away from under the pointer.
        self.repair_panels(ui, input, selection, (data.compared.is_some(), room), thumbnails, asks);
        self.lineage_panel(ui, input, &data, selection, thumbnails);
        if room == Room::Enough || !self.repairing.is_on() {
            let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 6));
            let shown = Panel::bottom("canvas caption").resizable(false).frame(frame).show(ui, |ui| {
                self.caption(ui, &data, selection);
                ui.min_rect().height()
            });
            // A panel takes the height of its content one frame later, and nothing else asks for that frame.
            if (shown.inner - std::mem::replace(&mut self.caption_height, shown.inner)).abs() > 0.5 {
                ui.ctx().request_repaint();
            }
        }
        self.picture(ui, input, &data, thumbnails, asks);
    }

    /// Keeps what is being drawn where the picture was not drawn in this frame: another panel, another role's panels or the cull stand
    /// in its place, so nothing follows the pointer any more. What was done to guides is saved. To be called after every frame, whether
    /// the panel was shown or not.
    pub fn settle_out_of_sight(&mut self, ctx: &Context, input: &PanelInput<'_>) {
        if self.drawn_in != Some(ctx.cumulative_frame_nr()) {
            self.view.stop_drawing();
            self.repairing.settle_beside(ctx, input, None);
        }
        // A project that another window has is only looked at: guides are worked on in memory.
        if input.read_only.is_none() {
            self.composing.keep(ctx, &input.images.masks_folder());
        }
    }

    /// What is looked at: the selected image, or a candidate in its place.
    pub(super) fn seen(&mut self, input: &PanelInput<'_>, selection: &Selection) -> Selection {
        match self.repairing.staged(input, selection.image) {
            None => selection.clone(),
            staged => Selection { image: staged, compared: selection.image, ..selection.clone() },
        }
    }

    /// The family of the image, at a press.
    fn lineage_panel(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        data: &CanvasData,
        selection: &mut Selection,
        thumbnails: &mut Thumbnails,
    ) {
        let Some(discarded) = self.lineage else { return };
        let palette = theme::palette(ui.style());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 8));
        let nodes = lineage_nodes(input.state, &data.image, discarded);
        let height = lineage_height(&nodes);
        Panel::bottom("canvas lineage").resizable(true).default_size(height).frame(frame).show(ui, |ui| {
            let family = input.state.family(&data.image);
            if family.iter().any(|one| one.candidacy == Some(Candidacy::Discarded)) {
                let mut shows = discarded == Discarded::Shown;
                if ui.checkbox(&mut shows, "Discarded candidates too").changed() {
                    self.lineage = Some(if shows { Discarded::Shown } else { Discarded::Hidden });
                }
            }
            let source = |image| input.source(image);
            if let Some(image) = show_lineage(ui, &nodes, data.image, source, thumbnails) {
                selection.image = Some(image);
                selection.compared = None;
            }
        });
    }

    /// Tools above the picture; candidates and what is asked for below it.
    fn repair_panels(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        selection: &Selection,
        (has_second, room): (bool, Room),
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) {
        let image = selection.image.and_then(|image| input.state.image(&image)).filter(|_| self.look.is_none());
        let Some(image) = image else { return };
        let writes = ui.ctx().text_edit_focused();
        // From wherever the picture was chosen, unless somebody is writing; the other keys are the canvas's own.
        let asks_for_it = !writes && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::M));
        if asks_for_it && input.may(CommandKind::StartRepair).is_yes() {
            self.repairing.toggle();
            self.view.take_keyboard();
        }
        let has_keys = image_view::has_focus(ui.ctx()) && !writes;
        let palette = theme::palette(ui.style());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 6));
        let candidates = candidates(input.state, &image.sha256);
        let region_before = self.region.take();
        self.frame = None;
        if !self.repairing.is_on() && candidates.is_empty() {
            return;
        }
        if self.repairing.is_on() {
            self.repairing.prepare(ui.ctx(), input, image);
            if has_keys {
                self.repairing.keys(ui, input, image, asks);
            }
            // A candidate is judged without the tools where there is no room for both.
            let judges = self.repairing.judges_candidate() && room == Room::Little;
            let before = || Allowed::No("the image has no parent: choose a second one and press C".to_owned());
            let has_second = if has_second { Allowed::Yes } else { before() };
            if !judges {
                Panel::top("mask bar").resizable(false).frame(frame).show(ui, |ui| {
                    for act in self.repairing.mask_bar(ui, image, has_second, room) {
                        self.repairing.act(ui.ctx(), input, image, act);
                    }
                });
            }
            if let Some(plan) = self.repairing.plan(input, image).filter(|_| !judges) {
                self.region = region_of(&plan);
                self.frame = self.repairing.pixel_box(image, &plan);
                Panel::bottom("repair bar").resizable(false).frame(frame).show(ui, |ui| {
                    self.repairing.repair_bar(ui, input, image, &plan, room, asks);
                });
            }
        }
        if self.region != region_before {
            // The bar may have another height now.
            ui.ctx().request_repaint();
        }
        if !candidates.is_empty() {
            Panel::bottom("candidates").resizable(false).frame(frame).show(ui, |ui| {
                if self.repairing.strip(ui, input, image.sha256, &candidates, thumbnails, asks) {
                    // The keys that judge a candidate follow the press that chose it.
                    self.view.take_keyboard();
                }
            });
        }
    }

    pub(super) fn is_mirrored(&self) -> bool {
        match &self.look {
            Some(look) => look.view == FreshView::Mirrored,
            None => self.mirrored && !self.repairing.is_on(),
        }
    }

    fn is_drawn(&self, image: &Sha256) -> bool {
        self.drawn.is_some_and(|(drawn, _)| drawn == *image)
    }

    /// Whether what is drawn now is what the pass asks for.
    pub(super) fn counts(&self) -> bool {
        let is_whole_zoom = self.percent.is_some_and(|percent| percent >= 99.9);
        self.look.as_ref().is_some_and(|look| look.view == FreshView::Mirrored || is_whole_zoom)
    }

    /// In a fresh-eyes pass the panel shows the next image as the pass asks for it.
    fn follow_pass(&mut self, ui: &Ui, input: &PanelInput<'_>, data: &CanvasData) {
        let Some(view) = fresh_view(input.state, input.actor, &data.image) else {
            self.look = None;
            return;
        };
        if self.look.as_ref().is_some_and(|look| look.image == data.image && look.view == view) {
            return;
        }
        self.look = Some(FreshLook::new(data.image, view));
        self.reported = None;
        self.view.compare = Compare::Single;
        match view {
            FreshView::Mirrored => self.view.camera.fit(),
            FreshView::FullZoom => self.view.camera.one_to_one(ui.pixels_per_point()),
        }
        // The arrows show the rest of it, unless somebody is writing.
        if !ui.ctx().text_edit_focused() {
            self.view.take_keyboard();
        }
    }
}
