//! The picture itself: read, drawn, drawn on, and what its events mean.

use eframe::egui::{Id, Key, Ui, UiBuilder};
use kento_finishing::PixelRect;
use kento_studio::Sha256;
use kento_studio::workflow::{Command, CompositionGuides, JobPurpose};

use super::composing::Turn;
use super::data::CanvasData;
use super::pins::{PinTalk, PlacedPin};
use super::shelf::{HeatKey, PictureKey, Pixels};
use super::stand_in::{show_broken, show_stand_in};
use super::ui::CanvasPanel;
use crate::desk::{PanelAsk, PanelInput, Running};
use crate::frame::PanelKind;
use crate::region::place_of;
use crate::widgets::image_view::{
    self, Camera, Compare, Heat, HeatMap, Live, Overlay, PictureNames, PictureTexture, Pictures, Pin, Pulled,
    RulerEvent, Rulers, Sight, ViewEvent, ViewTool, Zoom,
};
use crate::widgets::thumbnails::Thumbnails;

/// What is drawn beside the picture itself.
struct Beside<'a> {
    second: Option<&'a mut PictureTexture>,
    /// What the picture is being mixed with.
    mixed: Option<&'a PictureTexture>,
    heat: Heat<'a>,
    live: Option<Live<'a>>,
}

/// A part of the picture that a running repair makes anew: left, top, right and bottom in pixels.
struct Region<'a> {
    part: [f32; 4],
    running: &'a Running,
}

impl CanvasPanel {
    /// Draws the picture into all that is free, with rulers where they are wanted.
    pub(super) fn picture(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        data: &CanvasData,
        thumbnails: &mut Thumbnails,
        asks: &mut Vec<PanelAsk>,
    ) {
        let area = ui.available_rect_before_wrap();
        // A pass shows the picture alone, and upright; beside another one it stands in a part of the room.
        let is_alone = self.look.is_none() && self.view.compare != Compare::SideBySide;
        let rulers = (self.composing.has_rulers() && is_alone).then(|| Rulers::of(area));
        let room = rulers.map_or(area, |rulers| rulers.picture);
        // An id of its own: what stands around the picture comes and goes, and the picture keeps the keyboard.
        let place = UiBuilder::new().max_rect(room).scope_id(Id::unique("picture of the canvas"));
        ui.scope_builder(place, |ui| {
            self.picture_within(ui, input, data, thumbnails, asks);
        });
        let (Some(rulers), Some((_, size))) = (rulers, self.drawn) else { return };
        let event = rulers.show(ui, &self.view.camera, size);
        // Guides are kept as places of the picture as it is.
        let is_mirrored = self.is_mirrored();
        let of_picture = |pulled| match pulled {
            Pulled::Upright(x) if is_mirrored => Pulled::Upright(size[0] - x),
            other => other,
        };
        self.composing.take(event.map(|event| match event {
            RulerEvent::Pulling(pulled) => RulerEvent::Pulling(of_picture(pulled)),
            RulerEvent::Let(pulled) => RulerEvent::Let(of_picture(pulled)),
        }));
    }

    fn picture_within(
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
        let mixed_key = self.repairing.mixed_with().map(key);
        if let Some(key) = mixed_key {
            self.shelf.ask(ui.ctx(), key, stored);
        }
        self.report_changed(input, data.image, first_key, asks);
        let Some(mut first) = self.shelf.take(first_key) else {
            return self.not_there(ui, input, data, first_key, thumbnails);
        };
        let mut second = second_key.and_then(|key| Some((key, self.shelf.take(key)?)));
        let mixed = mixed_key.and_then(|key| Some((key, self.shelf.take(key)?)));
        // The view falls back to one picture where it gets no second one; it shall not while that is only being read.
        let compare = self.view.compare;
        let reads_second = second.is_none() && second_key.is_some_and(|key| self.shelf.broken(key).is_none());
        let heat_key = second.as_ref().map(|(key, _)| HeatKey { picture: first_key, other: key.image });
        let heat_key = heat_key.filter(|_| compare == Compare::Difference);
        let mut heat = heat_key.map(|key| self.heat(ui, key, &first, second.as_ref().map(|(_, picture)| picture)));
        let region = self.region_that_runs(input, data, mirrored, first.size());
        let mut preview = region.as_ref().and_then(|region| self.region_preview(ui, region, mirrored));
        let beside = Beside {
            second: second.as_mut().map(|(_, picture)| picture),
            mixed: mixed.as_ref().map(|(_, picture)| picture),
            heat: match &mut heat {
                None => Heat::Unasked,
                Some(None) => Heat::Measuring,
                Some(Some(Ok(map))) => Heat::Ready(map),
                Some(Some(Err(why))) => Heat::Impossible(why),
            },
            live: region.as_ref().map(|Region { part, running }| Live {
                picture: preview.as_mut().map(|(_, picture)| picture),
                part: *part,
                fraction: running.fraction,
                detail: &running.detail,
            }),
        };
        let events = self.view_of(ui, input, data, &mut first, beside);
        if reads_second {
            self.view.compare = compare;
        }
        self.shelf.put_back(first_key, first);
        for (key, picture) in second.into_iter().chain(preview).chain(mixed) {
            self.shelf.put_back(key, picture);
        }
        if let (Some(key), Some(Some(heat))) = (heat_key, heat) {
            self.shelf.put_back_heat(key, heat);
        }
        self.take_events(ui, data.image, events, asks);
        self.report_seen(input, data.image, asks);
    }

    /// The heat map of two pictures, or why there is none; nothing while it is measured.
    fn heat(
        &mut self,
        ui: &Ui,
        key: HeatKey,
        first: &PictureTexture,
        second: Option<&PictureTexture>,
    ) -> Option<Result<HeatMap, String>> {
        let second = second?;
        if first.size() != second.size() {
            return Some(Err(other_size(first.size(), second.size())));
        }
        self.shelf.ask_heat(ui.ctx(), key, first.difference_later(second));
        self.shelf.take_heat(key)
    }

    /// Where a repair of this image runs now.
    fn region_that_runs<'a>(
        &self,
        input: &PanelInput<'a>,
        data: &CanvasData,
        mirrored: bool,
        size: [f32; 2],
    ) -> Option<Region<'a>> {
        input.running.iter().find_map(|(id, running)| {
            let job = input.state.job(*id)?;
            let JobPurpose::Repair { parent, .. } = &job.purpose else { return None };
            let region = job.request.task.region().filter(|_| *parent == data.image)?;
            Some(Region { part: part_of(region, mirrored, size), running })
        })
    }

    /// Its latest preview that is read, with its key.
    fn region_preview(&mut self, ui: &Ui, region: &Region<'_>, mirrored: bool) -> Option<(PictureKey, PictureTexture)> {
        let (name, data, size) = region.running.preview.as_ref()?;
        let key = PictureKey { image: *name, mirrored };
        self.shelf.ask(ui.ctx(), key, || Pixels::Rgb { size: *size, data: data.clone() });
        let shown =
            [Some(key), self.preview].into_iter().flatten().find_map(|key| Some((key, self.shelf.take(key)?)))?;
        self.preview = Some(shown.0);
        Some(shown)
    }

    fn view_of(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        data: &CanvasData,
        first: &mut PictureTexture,
        beside: Beside<'_>,
    ) -> Vec<ViewEvent> {
        let Beside { second, mixed, heat, live } = beside;
        let mirrored = self.is_mirrored();
        let area = ui.available_rect_before_wrap();
        let (size, extent) = (first.size(), [area.width(), area.height()]);
        if self.drawn.is_some_and(|(_, drawn)| drawn != size) && self.look.is_none() {
            self.view.camera.fit();
        }
        self.drawn = Some((data.image, size));
        self.drawn_in = Some(ui.ctx().cumulative_frame_nr());
        match (&self.look, self.composing.take_turn()) {
            (Some(_), _) => self.view.camera.degrees = 0.0,
            (None, Some(Turn::By(degrees))) => self.view.camera.turn_at([0.0, 0.0], degrees, size, extent),
            (None, Some(Turn::Upright)) => self.view.camera.upright(size, extent),
            (None, None) => {}
        }
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
        let of_masked =
            input.state.image(&masked).map_or(size.map(|side| side as u32), |known| [known.width, known.height]);
        self.composing.look_at(ui.ctx(), &input.images.masks_folder(), (masked, of_masked), || {
            input.state.lineage(&masked).into_iter().skip(1).collect()
        });
        self.follow_guides(ui, size, area);
        if let Some(second) = second.as_deref() {
            self.repairing.take_difference(ui.ctx(), &masked, [&*first, second]);
        }
        let in_image = |at: [f32; 2], camera: &Camera| {
            let place = camera.image_from_ui(at, size, extent);
            [place[0] * size[0], place[1] * size[1]]
        };
        let [left, top, right, bottom] = self.view.camera.seen(size, extent);
        let seen = seen_pixels([left * size[0], top * size[1]], [right * size[0], bottom * size[1]], size);
        self.repairing.follow_mask(ui.ctx(), &masked, seen, scale);
        if let Some(mixed) = mixed {
            let sight = Sight { seen, scale: scale * ui.pixels_per_point() };
            self.repairing.follow_mix(ui.ctx(), &masked, [&*first, mixed], sight);
        }
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| area.contains(*at));
        let pointer = pointer.map(|at| in_image((at - area.center()).into(), &self.view.camera));
        let sketch = self.repairing.sketch(&masked, pointer);
        let guides = match &self.look {
            None if self.composing.chosen().is_some() => self.composing.guides(&composition(input), size, mirrored),
            None => self.composing.guides(&CompositionGuides::default(), size, mirrored),
            Some(_) => Vec::new(),
        };
        let overlay = Overlay { guides: &guides, ..self.repairing.overlay(&sketch, self.region, size) };
        let mix = self.repairing.shown_mix(mixed);
        let pictures = Pictures { first, second, names, mix, overlay, heat, live, pins: &pins };
        // While the key is held the picture before stands there.
        let held = pictures.second.is_some()
            && !ui.ctx().text_edit_focused()
            && ui.input(|input| input.key_down(Key::Backslash));
        let compare = self.view.compare;
        let before = (self.view.camera.zoom, self.view.camera.degrees);
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
        let percent = Some(scale * ui.pixels_per_point() * 100.0);
        let after = (self.view.camera.zoom, self.view.camera.degrees);
        if self.percent != percent || before != after {
            // The header tells it, and was drawn before.
            ui.ctx().request_repaint();
        }
        self.percent = percent;
        if let (true, Some(look)) = (self.counts(), &mut self.look) {
            let [left, top, right, bottom] = self.view.camera.seen(size, extent);
            let is_hidden = ui.input(|input| input.viewport().minimized == Some(true));
            // Turned, less of it is seen than its bounds say.
            if !is_hidden && !look.is_done() && self.view.camera.degrees == 0.0 {
                look.watch(ui.input(|input| input.stable_dt), [left, top], [right, bottom]);
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
        let now = Some((image, input.state.seq()));
        if self.changed != now && input.would(&command).is_yes() {
            self.changed = now;
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

/// What the brief says about composition.
pub(super) fn composition(input: &PanelInput<'_>) -> CompositionGuides {
    input.state.brief().map(|known| CompositionGuides::of(&known.brief)).unwrap_or_default()
}

/// Why two pictures have no difference.
fn other_size([width, height]: [f32; 2], [other_width, other_height]: [f32; 2]) -> String {
    format!(
        "this picture is {width}×{height} and the one before {other_width}×{other_height} pixels: the difference is \
         measured between pictures of one size"
    )
}

/// Left, top, right and bottom of a region in pixels of the picture as it is seen.
fn part_of(region: &kento_studio::Region, mirrored: bool, [width, _]: [f32; 2]) -> [f32; 4] {
    let [left, top, right, bottom] = place_of(region);
    if mirrored { [width - right, top, width - left, bottom] } else { [left, top, right, bottom] }
}

#[cfg(test)]
mod tests {
    use kento_studio::{CropBox, Fill, Margins, Region, Softness};

    use super::*;

    #[test]
    fn a_region_stands_in_the_picture_where_it_is_put_back() {
        let crop = CropBox { x: 20, y: 30, width: 100, height: 50 };
        let region = Region { crop, fill: Fill::Original, blend: 8, soft: Softness::Hard, extend: None };
        assert_eq!(part_of(&region, false, [512.0, 512.0]), [20.0, 30.0, 120.0, 80.0]);
        assert_eq!(part_of(&region, true, [512.0, 512.0]), [392.0, 30.0, 492.0, 80.0]);
        let added = Margins { left: 64, top: 40, right: 0, bottom: 0 };
        let wider = Region { extend: Some(added), ..region };
        assert_eq!(part_of(&wider, false, [512.0, 512.0]), [-44.0, -10.0, 56.0, 40.0]);
    }

    #[test]
    fn pictures_of_two_sizes_are_told_apart_in_one_sentence() {
        let said = other_size([640.0, 512.0], [512.0, 512.0]);
        assert!(
            said.starts_with("this picture is 640×512 and the one before 512×512 pixels: the difference"),
            "{said}"
        );
        assert!(said.ends_with("measured between pictures of one size"), "{said}");
    }
}
