use eframe::egui::{Align2, Frame, Margin, Panel, Rect, RichText, Sense, Ui, pos2, vec2};
use kento_studio::Sha256;
use kento_studio::workflow::{Command, FreshView};

use super::data::{CanvasData, canvas_data, context, fresh_view};
use super::fresh_look::FreshLook;
use super::pins::{PinTalk, PlacedPin};
use super::shelf::{PictureKey, PictureShelf, Pixels};
use super::stand_in::{show_broken, show_stand_in};
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::PanelKind;
use crate::theme::{self, icons};
use crate::widgets::image_view::{
    self, Compare, ImageView, Overlay, PictureNames, PictureTexture, Pictures, Pin, ViewEvent, ViewTool, Zoom,
};
use crate::widgets::thumbnails::Thumbnails;
use crate::widgets::{ActionButton, Allowed, EmptyState, IconButton, hash_label, show_empty_state};

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
    shelf: PictureShelf,
    mirrored: bool,
    /// Pixels of the screen to one of the picture, in percent, as it was drawn last.
    percent: Option<f32>,
    /// The image that was drawn last with its size: another size is fitted anew.
    drawn: Option<(Sha256, [f32; 2])>,
    look: Option<FreshLook>,
    /// What was reported as seen, and the record after which: once is enough until something new is known.
    reported: Option<(Sha256, FreshView, u64)>,
    /// Images whose changed file was reported.
    changed: Vec<Sha256>,
    /// The preview that was drawn last, until the next one is there.
    preview: Option<PictureKey>,
    picked: Option<[u8; 3]>,
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
        let compare = match (&data.compared, in_pass) {
            (_, true) => during_pass(),
            (Some(_), false) => Allowed::Yes,
            (None, false) => Allowed::No("the image has no parent: choose a second one and press C".to_owned()),
        };
        let flickers = matches!(self.view.compare, Compare::Flicker { .. });
        let before = IconButton::new(icons::FLICKER, "Before and after, in turn").keys("B").on(flickers);
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
        let Some(data) = canvas_data(input.state, selection) else {
            self.look = None;
            self.drawn = None;
            return self.nothing_selected(ui, input, asks);
        };
        self.preview = None;
        self.follow_pass(ui, input, &data);
        let palette = theme::palette(ui.style());
        if let Some(look) = &self.look {
            let text = format!("{}  {}", icons::PROOF, look.advice(self.counts()));
            let frame = Frame::new().fill(palette.accent_wash).inner_margin(Margin::symmetric(theme::MARGIN, 6));
            Panel::top("fresh eyes").resizable(false).show_separator_line(false).frame(frame).show(ui, |ui| {
                ui.label(RichText::new(text).font(theme::body_font()).color(palette.text));
            });
        }
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 6));
        Panel::bottom("canvas caption").resizable(false).frame(frame).show(ui, |ui| {
            self.caption(ui, &data, selection);
        });
        self.picture(ui, input, &data, thumbnails, asks);
    }

    fn is_mirrored(&self) -> bool {
        match &self.look {
            Some(look) => look.view == FreshView::Mirrored,
            None => self.mirrored,
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
        let events = self.view_of(ui, data, &mut first, second.as_mut().map(|(_, picture)| picture));
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
        let pictures = Pictures { first, second, names, overlay: Overlay::default(), pins: &pins };
        let events = image_view::show(ui, &mut self.view, pictures);
        let scale = self.view.camera.scale(size, extent);
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

    /// Nothing is selected: the running job's preview, or what to do next.
    fn nothing_selected(&mut self, ui: &mut Ui, input: &PanelInput<'_>, asks: &mut Vec<PanelAsk>) {
        self.percent = None;
        let running = input.running.values().find(|running| running.preview.is_some());
        if let Some(((name, data, size), running)) = running.and_then(|one| Some((one.preview.as_ref()?, one))) {
            let key = PictureKey { image: *name, mirrored: self.mirrored };
            let pixels = || Pixels::Rgb { size: *size, data: data.clone() };
            self.shelf.ask(ui.ctx(), key, pixels);
            for shown in [Some(key), self.preview].into_iter().flatten() {
                if let Some(mut picture) = self.shelf.take(shown) {
                    live(ui, &mut picture, &running.detail, running.fraction);
                    self.shelf.put_back(shown, picture);
                    self.preview = Some(shown);
                    return;
                }
            }
        }
        let state = match input.running.values().next() {
            Some(running) => EmptyState {
                icon: icons::WAITS,
                title: "An image is being rendered".to_owned(),
                advice: format!("{}. The first preview is shown here.", running.detail),
                buttons: Vec::new(),
            },
            None if input.state.images().is_empty() => EmptyState {
                icon: icons::PICTURES,
                title: "No picture yet".to_owned(),
                advice: "The first ones come from the concept sprint; the one that is selected is shown here, large."
                    .to_owned(),
                buttons: Vec::new(),
            },
            None => EmptyState {
                icon: icons::PICTURES,
                title: "No image is selected".to_owned(),
                advice: "Select a tile of the concept grid: it is shown here, large.".to_owned(),
                buttons: vec![ActionButton::plain("Show the concept grid")],
            },
        };
        if show_empty_state(ui, &state).is_some() {
            asks.push(PanelAsk::Reveal(PanelKind::ConceptGrid));
        }
    }

    /// Hash, size, origin, standing, lineage.
    fn caption(&mut self, ui: &mut Ui, data: &CanvasData, selection: &mut Selection) {
        let palette = theme::palette(ui.style());
        let note = |text: &str| RichText::new(text).font(theme::note_font()).color(palette.secondary);
        ui.spacing_mut().item_spacing = vec2(theme::GAP, 2.0);
        ui.spacing_mut().interact_size.y = theme::GROUP_GAP;
        ui.horizontal_wrapped(|ui| {
            hash_label(ui, "SHA-256 of the file", &data.image.to_string());
            if let Some([width, height]) = data.size {
                ui.label(
                    RichText::new(format!("{width}×{height}")).font(theme::small_mono_font()).color(palette.secondary),
                );
            }
            ui.label(RichText::new(&data.standing).font(theme::strong_note_font()).color(palette.text));
            if let Some(srgb) = self.picked {
                let (rect, _) = ui.allocate_exact_size(vec2(12.0, 10.0), Sense::hover());
                ui.painter().rect_filled(rect, 1.0, theme::shown(srgb));
                let [red, green, blue] = srgb;
                ui.label(note(&format!("#{red:02x}{green:02x}{blue:02x} copied")));
            }
        });
        ui.label(note(&data.origin));
        if data.lineage.is_empty() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(note("made from"));
            for (image, how) in &data.lineage {
                let link = ui.link(note(&format!("{} {how}", image.auto_v2())));
                let link = link.on_hover_text("Select this image");
                if link.clicked() {
                    selection.image = Some(*image);
                }
                ui.label(note("→"));
            }
            ui.label(note("this image"));
        });
    }
}

/// A live preview, as large as it fits, with how far it is.
fn live(ui: &mut Ui, picture: &mut PictureTexture, detail: &str, fraction: f32) {
    let palette = theme::palette(ui.style());
    let area = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(area, Sense::hover());
    response.widget_info(|| {
        eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Image, true, format!("Live preview, {detail}"))
    });
    ui.painter().rect_filled(area, 0.0, palette.window);
    let [width, height] = picture.size();
    let room = area.shrink2(vec2(theme::WIDE_GAP, theme::WIDE_GAP * 2.0));
    let scale = (room.width() / width).min(room.height() / height).max(0.01);
    let rect = Align2::CENTER_CENTER.align_size_within_rect(vec2(width, height) * scale, room);
    picture.paint(&ui.painter_at(area), rect, scale * ui.pixels_per_point());
    let below = rect.left_bottom() + vec2(0.0, theme::GAP);
    let bar = Rect::from_min_size(below, vec2(rect.width(), theme::PROGRESS_HEIGHT));
    ui.painter().rect_filled(bar, 2.0, palette.raised);
    let done = Rect::from_min_size(below, vec2(bar.width() * fraction.clamp(0.0, 1.0), bar.height()));
    ui.painter().rect_filled(done, 2.0, palette.accent);
    let at = bar.left_bottom() + vec2(0.0, theme::GAP);
    ui.painter().text(at, Align2::LEFT_TOP, detail, theme::note_font(), palette.secondary);
}
