use eframe::egui::{Frame, Key, Margin, Modifiers, Panel, RichText, Ui};
use kento_finishing::PixelRect;
use kento_finishing::region::Edges;
use kento_studio::Sha256;
use kento_studio::workflow::{Candidacy, Command, CommandKind, FreshView};

use super::Room;
use super::data::{CanvasData, canvas_data, context, fresh_view};
use super::fresh_look::FreshLook;
use super::lineage::{Discarded, lineage_nodes, show_lineage};
use super::pins::{PinTalk, PlacedPin};
use super::repair::candidates;
use super::repairing::{Repairing, region_of};
use super::shelf::{PictureKey, PictureShelf, Pixels};
use super::stand_in::{show_broken, show_stand_in};
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::PanelKind;
use crate::theme::{self, icons};
use crate::widgets::image_view::{
    self, Camera, Compare, ImageView, PictureNames, PictureTexture, Pictures, Pin, ViewEvent, ViewTool, Zoom,
};
use crate::widgets::pixel_box::PixelBox;
use crate::widgets::thumbnails::Thumbnails;
use crate::widgets::{Allowed, IconButton};

/// Left and right change places.
const MIRROR: &str = "↔";
/// Side of a button in a panel's header.
const HEADER_BUTTON: f32 = 24.0;

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
    drawn: Option<(Sha256, [f32; 2])>,
    look: Option<FreshLook>,
    /// What was reported as seen, and the record after which: once is enough until something new is known.
    reported: Option<(Sha256, FreshView, u64)>,
    /// Images whose changed file was reported.
    changed: Vec<Sha256>,
    /// The preview that was drawn last, until the next one is there.
    pub(super) preview: Option<PictureKey>,
    pub(super) picked: Option<[u8; 3]>,
    pub(super) repairing: Repairing,
    lineage: Option<Discarded>,
    /// The region that a repair would make, in pixels of the image.
    region: Option<[f32; 4]>,
    /// What can be dragged of it.
    pub(super) frame: Option<PixelBox>,
    /// The frame of an extended picture as it was brought into sight last.
    pub(super) framed: Option<Edges>,
}

impl CanvasPanel {
    /// The note beside the title.
    pub fn context(&self, input: &PanelInput<'_>, selection: &Selection) -> String {
        match &selection.image {
            Some(image) => {
                let mirrored = self.is_mirrored();
                context(input.state, image, self.percent.filter(|_| self.is_drawn(image)), mirrored)
            }
            None => input.running.values().next().map(|running| running.detail.clone()).unwrap_or_default(),
        }
    }

    /// Buttons of the header.
    pub fn actions(&mut self, ui: &mut Ui, input: &PanelInput<'_>, selection: &Selection) {
        let Some(data) = canvas_data(input.state, selection) else { return };
        let in_pass = self.look.is_some();
        let during_pass = || Allowed::No("the fresh-eyes pass says how the image is seen".to_owned());
        let repair = if in_pass { during_pass() } else { input.may(CommandKind::StartRepair) };
        let button = IconButton::new(icons::BRUSH, "Mask and repair").keys("M").on(self.repairing.is_on());
        if button.allowed(repair).show_sized(ui, HEADER_BUTTON) {
            self.repairing.toggle();
            self.view.take_keyboard();
        }
        let lineage = IconButton::new(icons::LINEAGE, "How it came to be").on(self.lineage.is_some());
        if lineage.show_sized(ui, HEADER_BUTTON) {
            self.lineage = if self.lineage.is_some() { None } else { Some(Discarded::Hidden) };
        }
        let compare = match (&data.compared, in_pass) {
            (_, true) => during_pass(),
            (Some(_), false) => Allowed::Yes,
            (None, false) => Allowed::No("the image has no parent: choose a second one and press C".to_owned()),
        };
        let flickers = matches!(self.view.compare, Compare::Flicker { .. });
        let before = IconButton::new(icons::FLICKER, "Before and after, in turn").on(flickers);
        // The brush has the key while masks are worked on.
        let before = before.keys(if self.repairing.is_on() { "\\, held" } else { "B" });
        if before.allowed(compare).show_sized(ui, HEADER_BUTTON) {
            self.view.compare = if flickers { Compare::Single } else { Compare::Flicker { shows_second: true } };
        }
        let mirror = IconButton::new(MIRROR, "Mirror: a crooked face or horizon shows at once").on(self.is_mirrored());
        let allowed = if in_pass { during_pass() } else { Allowed::Yes };
        if mirror.allowed(allowed).show_sized(ui, HEADER_BUTTON) {
            self.mirrored = !self.mirrored;
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
        self.shelf.listen();
        self.repairing.listen(ui.ctx(), input, asks);
        let seen = self.seen(input, selection);
        let Some(data) = canvas_data(input.state, &seen) else {
            self.look = None;
            self.drawn = None;
            return self.nothing_selected(ui, input, asks);
        };
        self.preview = None;
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
        let room = Room::of(ui);
        if room == Room::Enough || !self.repairing.is_on() {
            let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 6));
            Panel::bottom("canvas caption").resizable(false).frame(frame).show(ui, |ui| {
                self.caption(ui, &data, selection);
            });
        }
        self.lineage_panel(ui, input, &data, selection, thumbnails);
        self.repair_panels(ui, input, selection, (data.compared.is_some(), room), thumbnails, asks);
        self.picture(ui, input, &data, thumbnails, asks);
    }

    /// What is looked at: the selected image, or a candidate in its place.
    fn seen(&mut self, input: &PanelInput<'_>, selection: &Selection) -> Selection {
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
        Panel::bottom("canvas lineage").resizable(true).default_size(188.0).frame(frame).show(ui, |ui| {
            let nodes = lineage_nodes(input.state, &data.image, discarded);
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
        let has_keys = image_view::has_focus(ui.ctx()) && !ui.ctx().text_edit_focused();
        if has_keys && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::M)) {
            if input.may(CommandKind::StartRepair).is_yes() {
                self.repairing.toggle();
            }
        }
        let palette = theme::palette(ui.style());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 6));
        let candidates = candidates(input.state, &image.sha256);
        (self.region, self.frame) = (None, None);
        if !self.repairing.is_on() && candidates.is_empty() {
            return;
        }
        if self.repairing.is_on() {
            self.repairing.prepare(ui.ctx(), input, image);
            if has_keys {
                self.repairing.keys(ui, input, image, asks);
            }
            // A candidate is judged without the tools where there is no room for both.
            let judges = self.repairing.shows_candidate() && room == Room::Little;
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
        if !candidates.is_empty() {
            Panel::bottom("candidates").resizable(false).frame(frame).show(ui, |ui| {
                self.repairing.strip(ui, input, image.sha256, &candidates, thumbnails, asks);
            });
        }
    }

    fn is_mirrored(&self) -> bool {
        match &self.look {
            Some(look) => look.view == FreshView::Mirrored,
            None => self.mirrored && !self.repairing.is_on(),
        }
    }

    fn is_drawn(&self, image: &Sha256) -> bool {
        self.drawn.is_some_and(|(drawn, _)| drawn == *image)
    }

    /// Whether what is drawn now is what the pass asks for.
    fn counts(&self) -> bool {
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

    fn picture(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        data: &CanvasData,
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) {
        let mirrored = self.is_mirrored();
        let key = |image| PictureKey { image, mirrored };
        let stored = || Pixels::Stored(input.images.clone());
        let first_key = key(data.image);
        self.shelf.ask(ui.ctx(), first_key, stored);
        // A pass shows one image at a time.
        let second_key = data.compared.as_ref().filter(|_| self.look.is_none()).map(|(image, _)| key(*image));
        if let Some(key) = second_key {
            self.shelf.ask(ui.ctx(), key, stored);
        }
        self.report_changed(input, data.image, first_key, asks);
        let Some(mut first) = self.shelf.take(first_key) else {
            return self.not_there(ui, input, data, first_key, thumbnails);
        };
        let mut second = second_key.and_then(|key| Some((key, self.shelf.take(key)?)));
        // The view falls back to one picture where it gets no second one; it shall not while that is only being read.
        let compare = self.view.compare;
        let reads_second = second.is_none() && second_key.is_some_and(|key| self.shelf.broken(key).is_none());
        let events = self.view_of(ui, input, data, &mut first, second.as_mut().map(|(_, picture)| picture));
        if reads_second {
            self.view.compare = compare;
        }
        self.shelf.put_back(first_key, first);
        if let Some((key, picture)) = second {
            self.shelf.put_back(key, picture);
        }
        self.take_events(ui, data.image, events, asks);
        self.report_seen(input, data.image, asks);
    }

    fn view_of(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        data: &CanvasData,
        first: &mut PictureTexture,
        second: Option<&mut PictureTexture>,
    ) -> Vec<ViewEvent> {
        let mirrored = self.is_mirrored();
        let area = ui.available_rect_before_wrap();
        let (size, extent) = (first.size(), [area.width(), area.height()]);
        if self.drawn.is_some_and(|(_, drawn)| drawn != size) && self.look.is_none() {
            self.view.camera.fit();
        }
        self.drawn = Some((data.image, size));
        if let Some(at) = self.look_at.take() {
            let scale = self.view.camera.scale(size, extent).max(1.0 / ui.pixels_per_point());
            self.view.camera.zoom = Zoom::Factor(scale);
            self.view.camera.centre = PinTalk::turned(at, mirrored);
        }
        let shown = self.pins.shown(&data.image, ui.ctx().cumulative_frame_nr());
        let pins: Vec<Pin> = shown.iter().map(|pin| Pin { at: PinTalk::turned(pin.at, mirrored), ..*pin }).collect();
        let names = PictureNames { first: &data.name, second: data.compared.as_ref().map_or("", |(_, name)| name) };
        let scale = self.view.camera.scale(size, extent);
        let masked = self.masked_image(data);
        self.hold_tool(&masked);
        self.follow_frame(ui, size, area);
        if let Some(second) = second.as_deref() {
            self.repairing.take_difference(ui.ctx(), &masked, [&*first, second]);
        }
        let in_image = |at: [f32; 2], camera: &Camera| {
            let place = camera.image_from_ui(at, size, extent);
            [place[0] * size[0], place[1] * size[1]]
        };
        let half = extent.map(|side| side / 2.0);
        let from = in_image(half.map(|side| -side), &self.view.camera);
        let to = in_image(half, &self.view.camera);
        let seen = seen_pixels(from, to, size);
        self.repairing.follow_mask(ui.ctx(), &masked, seen, scale);
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| area.contains(*at));
        let pointer = pointer.map(|at| in_image((at - area.center()).into(), &self.view.camera));
        let sketch = self.repairing.sketch(&masked, pointer);
        let overlay = self.repairing.overlay(&sketch, self.region, size);
        let pictures = Pictures { first, second, names, overlay, pins: &pins };
        // While the key is held the picture before stands there.
        let held = pictures.second.is_some()
            && image_view::has_focus(ui.ctx())
            && !ui.ctx().text_edit_focused()
            && ui.input(|input| input.key_down(Key::Backslash));
        let compare = self.view.compare;
        if held {
            self.view.compare = Compare::Flicker { shows_second: true };
        }
        let events = image_view::show(ui, &mut self.view, pictures);
        if held {
            self.view.compare = compare;
        }
        self.paint_frame(ui, size, area);
        for event in &events {
            match event {
                ViewEvent::Drew(trace) => self.repairing.drew(ui.ctx(), input, &masked, *trace, scale, first),
                ViewEvent::BrushDragged(points) => self.repairing.dragged_brush(*points),
                _ => {}
            }
        }
        // What was drawn is told around the picture too.
        if !sketch.is_empty() || !events.is_empty() {
            ui.ctx().request_repaint();
        }
        self.percent = Some(scale * ui.pixels_per_point() * 100.0);
        if let (true, Some(look)) = (self.counts(), &mut self.look) {
            let half = extent.map(|side| side / 2.0);
            let from = self.view.camera.image_from_ui(half.map(|side| -side), size, extent);
            let to = self.view.camera.image_from_ui(half, size, extent);
            let is_hidden = ui.input(|input| input.viewport().minimized == Some(true));
            if !is_hidden && !look.is_done() {
                look.watch(ui.input(|input| input.stable_dt), from, to);
                ui.ctx().request_repaint();
            }
        }
        events
    }

    /// The image whose mask is shown: the one that is repaired, also while a candidate stands in its place.
    fn masked_image(&self, data: &CanvasData) -> Sha256 {
        match (&self.repairing.shows_candidate(), &data.compared) {
            (true, Some((parent, _))) => *parent,
            _ => data.image,
        }
    }

    /// The drawing tool is held while masks are worked on, unless a pin is set or a colour taken.
    fn hold_tool(&mut self, masked: &Sha256) {
        let draws = self.repairing.draws(masked) && self.look.is_none();
        self.view.tool = match (self.view.tool, draws) {
            (ViewTool::Look, true) => ViewTool::Draw,
            (ViewTool::Draw, false) => ViewTool::Look,
            (tool, _) => tool,
        };
    }

    fn take_events(&mut self, ui: &Ui, image: Sha256, events: Vec<ViewEvent>, asks: &mut Vec<PanelAsk>) {
        let mirrored = self.is_mirrored();
        for event in events {
            match event {
                ViewEvent::PinPlaced(at) => {
                    let wanted = self.pins.wanted.take().filter(|wanted| wanted.image == image);
                    let at = PinTalk::turned(at, mirrored);
                    self.pins.placed.push(PlacedPin { image, item: wanted.map(|wanted| wanted.item), at });
                    asks.push(PanelAsk::Reveal(PanelKind::Checklist));
                }
                ViewEvent::PinPressed(number) => {
                    self.pins.pressed = Some(number);
                    asks.push(PanelAsk::Reveal(PanelKind::Checklist));
                }
                ViewEvent::Drew(_) | ViewEvent::BrushDragged(_) => {}
                ViewEvent::ColourPicked(srgb) => {
                    let [red, green, blue] = srgb;
                    ui.ctx().copy_text(format!("#{red:02x}{green:02x}{blue:02x}"));
                    self.picked = Some(srgb);
                }
            }
        }
        if self.view.tool != ViewTool::Pin {
            self.pins.wanted = None;
        }
    }

    /// The image is reported as seen once it really was, and only then.
    fn report_seen(&mut self, input: &PanelInput<'_>, image: Sha256, asks: &mut Vec<PanelAsk>) {
        let Some(view) = self.look.as_ref().filter(|look| look.is_done()).map(|look| look.view) else { return };
        let now = (image, view, input.state.seq());
        let command = Command::ReportSeen { image, view };
        if self.reported != Some(now) && input.would(&command).is_yes() {
            self.reported = Some(now);
            asks.push(PanelAsk::decide(command));
        }
    }

    /// One changed pixel voids a clearance: a file that is not what its name says is reported, once.
    fn report_changed(&mut self, input: &PanelInput<'_>, image: Sha256, key: PictureKey, asks: &mut Vec<PanelAsk>) {
        let Some(found) = self.shelf.broken(key).and_then(|broken| broken.found) else { return };
        let command = Command::ReportChangedFile { image, found };
        if !self.changed.contains(&image) && input.would(&command).is_yes() {
            self.changed.push(image);
            asks.push(PanelAsk::decide(command));
        }
    }

    /// While the picture is read its small one stands in for it; where it cannot be read, that is said.
    fn not_there(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        data: &CanvasData,
        key: PictureKey,
        thumbnails: &mut Thumbnails,
    ) {
        if let Some(broken) = self.shelf.broken(key) {
            if show_broken(ui, broken) {
                self.shelf.forget(data.image);
                thumbnails.forget(data.image);
            }
            return;
        }
        show_stand_in(ui, &self.view.camera, key, &input.source(data.image), data.size, thumbnails);
    }
}

/// The pixels of a picture between two places of it, as far as it has them.
fn seen_pixels(from: [f32; 2], to: [f32; 2], size: [f32; 2]) -> PixelRect {
    let edge = |at: f32, most: f32| at.clamp(0.0, most) as u32;
    let (x, y) = (edge(from[0].floor(), size[0]), edge(from[1].floor(), size[1]));
    let (right, bottom) = (edge(to[0].ceil(), size[0]), edge(to[1].ceil(), size[1]));
    PixelRect { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) }
}
