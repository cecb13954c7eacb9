use eframe::egui::{
    Align, Align2, Frame, Label, Layout, Margin, Panel, ProgressBar, Rect, RichText, Role, Sense, Ui, UiBuilder,
    WidgetInfo, vec2,
};
use kento_studio::Sha256;
use kento_studio::workflow::RejectReason;

use super::Desk;
use super::cull::{self, CullKey, Keyboard};
use super::parts::{line, note};
use super::run::RunUi;
use crate::panels::canvas::{PictureKey, PictureShelf, Pixels, show_broken, show_stand_in};
use crate::panels::concept_grid::data::{CullSummary, FullCull, RunData};
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::{self, Arrangement, SheetEvent, SheetState, TileState};
use crate::widgets::image_view::{self, ImageView};
use crate::widgets::{ActionButton, Allowed, EmptyState, IconButton, show_button_row, show_empty_state};

/// Side of a picture of the filmstrip, and what its outline and scroll bar take.
const FILM_TILE: f32 = 64.0;
const FILM_EDGE: f32 = 22.0;
/// In less height than this there is no filmstrip.
const FILM_FROM: f32 = 460.0;
/// Pictures that are read before they are looked at.
const AHEAD: usize = 3;

/// One picture after the other, each as large as the window.
pub(super) struct FullUi {
    film: SheetState,
    view: ImageView,
    shelf: PictureShelf,
    /// The image that was drawn last, with its size: another size is fitted anew.
    drawn: Option<[f32; 2]>,
    /// Whether somebody looks at what is decided, so that the summary waits.
    looks_back: bool,
    /// Whether the summary was seen in the last frame.
    was_over: bool,
}

impl Default for FullUi {
    fn default() -> Self {
        Self {
            film: SheetState::new(Arrangement::Strip, FILM_TILE),
            view: ImageView::default(),
            shelf: PictureShelf::default(),
            drawn: None,
            looks_back: false,
            was_over: false,
        }
    }
}

impl RunUi {
    /// Draws the cull into the whole window between the bars.
    pub(super) fn show_full(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>) {
        let Some(data) = self.data(ui, desk) else {
            desk.cull.is_full = false;
            return;
        };
        self.full.shelf.listen();
        let next = data.next_undecided(None);
        if std::mem::take(&mut desk.cull.is_new) {
            (self.full.looks_back, self.full.was_over) = (false, false);
            // Whatever had the keyboard is hidden now: the very next key culls.
            self.keyboard = Keyboard::Sheet;
            ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
            self.full.view = ImageView::default();
            let here = Some(self.sheet.cursor).filter(|place| data.waits(*place));
            self.look(desk, &data, here.or(next));
        } else if self.full.was_over && next.is_some() {
            // A picture came after everything was decided, or a decision was taken back.
            self.look(desk, &data, next);
        }
        let has_keys = self.full_keys(ui, desk, &data);
        let cull = FullCull::of(&data, self.sheet.cursor);
        let summary = cull.summary.as_ref().filter(|_| !self.full.looks_back && desk.cull.rejecting.is_none());
        self.full.was_over = summary.is_some();
        let palette = theme::palette(ui.style());
        let has_film = ui.available_height() >= FILM_FROM;
        let bar = Frame::new().fill(palette.header).inner_margin(Margin::symmetric(theme::MARGIN, 0));
        let head = Panel::top("cull head").exact_size(theme::HEADER_HEIGHT).resizable(false).frame(bar);
        match head.show(ui, |ui| show_head(ui, &data, self.sheet.cursor, &cull, summary.is_some())).inner {
            Some(HeadAct::Leave) => desk.cull.toggle_full(),
            Some(HeadAct::Beside) => self.cull_beside(desk, &data),
            None => {}
        }
        if has_film {
            let film = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 0));
            let film = Panel::bottom("cull film").exact_size(FILM_TILE + FILM_EDGE).resizable(false).frame(film);
            film.show(ui, |ui| self.film(ui, desk, &data));
        }
        let keys = Frame::new().fill(palette.header).inner_margin(Margin::symmetric(theme::MARGIN, theme::GAP as i8));
        if summary.is_none() {
            Panel::bottom("cull keys").resizable(false).frame(keys).show(ui, |ui| self.key_bar(ui, desk, &data));
        }
        match summary {
            Some(summary) => self.summary(ui, desk, &data, summary),
            None => self.large(ui, desk, &data, &cull, has_keys),
        }
    }

    /// Takes the keys of this frame. Whether nobody else has the keyboard.
    fn full_keys(&mut self, ui: &Ui, desk: &mut Desk<'_, '_>, data: &RunData) -> bool {
        let now = Keyboard::now(ui, &self.full.film);
        let before = std::mem::replace(&mut self.keyboard, now);
        if desk.cull.rejecting.is_some() {
            return false;
        }
        if let Some(key) = cull::key(ui, before, now) {
            self.full_act(desk, data, key);
        }
        let is_free = before == Keyboard::Sheet && now == Keyboard::Sheet;
        if let Some(reason) = is_free.then(|| cull::reason_key(ui)).flatten() {
            self.reject_at_once(desk, data, reason);
        }
        is_free
    }

    fn full_act(&mut self, desk: &mut Desk<'_, '_>, data: &RunData, key: CullKey) {
        match key {
            CullKey::Keep | CullKey::Reject if self.full.was_over => return,
            CullKey::Undo | CullKey::Next | CullKey::Previous => self.full.looks_back = true,
            CullKey::Keep => self.full.looks_back = false,
            CullKey::Reject | CullKey::Leave => {}
        }
        self.act(desk, data, key);
    }

    /// A reason's own key rejects without a question; "other" asks for its note.
    fn reject_at_once(&mut self, desk: &mut Desk<'_, '_>, data: &RunData, reason: RejectReason) {
        let Some(image) = data.pictures.culled(self.sheet.cursor).filter(|_| !self.full.was_over) else { return };
        desk.cull.reject(image);
        if cull::reject_for(desk, reason) {
            self.full.looks_back = false;
            self.go_on(desk, data);
        }
    }

    /// What can be done with the picture, and the reasons, each with its key.
    fn key_bar(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        if desk.cull.rejecting.is_some() {
            if cull::chooser(ui, desk) {
                self.full.looks_back = false;
                self.go_on(desk, data);
            }
            return;
        }
        let may = match data.pictures.culled(self.sheet.cursor) {
            Some(_) if self.full.was_over => {
                Allowed::No("every picture is decided: look through them again".to_owned())
            }
            Some(image) => cull::may_reject(desk, image),
            None => Allowed::No("the picture is not made yet".to_owned()),
        };
        ui.horizontal(|ui| {
            let buttons = [
                ActionButton::primary("Keep").keys("K").icon(icons::PASS).allowed(may.clone()),
                ActionButton::plain("Reject…").keys("X").icon(icons::FAIL).allowed(may.clone()),
                ActionButton::plain("Undo").keys("U or Z").icon(icons::UNDO).allowed(self.may_undo(desk)),
                ActionButton::plain("Previous").keys("←").allowed(self.may_step(data, CullKey::Previous)),
                ActionButton::plain("Next").keys("→").allowed(self.may_step(data, CullKey::Next)),
            ];
            let keys = [CullKey::Keep, CullKey::Reject, CullKey::Undo, CullKey::Previous, CullKey::Next];
            if let Some(pressed) = show_button_row(ui, &buttons) {
                self.full_act(desk, data, keys[pressed]);
            }
            line(ui, "K keeps · a reason's key rejects, X with a note · U takes back · arrows move · + − F zoom");
        });
        ui.add_space(theme::GRID);
        if let Some(reason) = cull::reason_buttons(ui, &may, false) {
            self.reject_at_once(desk, data, reason);
        }
    }

    fn may_undo(&self, desk: &Desk<'_, '_>) -> Allowed {
        let why = || Allowed::No("nothing was decided here yet".to_owned());
        if desk.cull.can_undo(desk.input.state) { Allowed::Yes } else { why() }
    }

    fn may_step(&self, data: &RunData, key: CullKey) -> Allowed {
        let no = |why: &str| Allowed::No(why.to_owned());
        match key {
            CullKey::Previous if self.sheet.cursor == 0 => no("it is the first picture"),
            CullKey::Next if self.sheet.cursor + 1 >= data.rows.len() => no("it is the last picture"),
            _ => Allowed::Yes,
        }
    }

    /// The neighbours.
    fn film(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        let film = &mut self.full.film;
        if film.cursor != self.sheet.cursor || film.selected.is_empty() {
            film.select(self.sheet.cursor);
            // A zoom by nothing brings the tile into sight.
            film.zoom(1.0);
        }
        ui.add_space(theme::GRID);
        for event in contact_sheet::show(ui, &data.pictures.sheet, film, desk.thumbnails) {
            match event {
                SheetEvent::Selected | SheetEvent::Opened(_) => {
                    let place = self.full.film.cursor;
                    self.full.looks_back = true;
                    return self.look(desk, data, Some(place));
                }
                event @ SheetEvent::Retried(_) => {
                    desk.take(&event, &data.pictures, &self.full.film);
                    return;
                }
                _ => {}
            }
        }
    }

    fn large(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData, cull: &FullCull, has_keys: bool) {
        let place = self.sheet.cursor;
        let Some(image) = data.pictures.image(place) else { return not_made(ui, desk, data, place, cull) };
        let stored = || Pixels::Stored(desk.input.images.clone());
        let key = |image: Sha256| PictureKey { image, mirrored: false };
        self.full.shelf.ask(ui.ctx(), key(image), stored);
        for ahead in data.undecided(Some(place)).take(AHEAD).filter_map(|place| data.pictures.image(place)) {
            self.full.shelf.ask(ui.ctx(), key(ahead), stored);
        }
        if let Some(mut picture) = self.full.shelf.take(key(image)) {
            if self.full.drawn.replace(picture.size()).is_some_and(|size| size != picture.size()) {
                self.full.view.camera.fit();
            }
            let name = format!("Picture {}, {}", cull.name, cull.status);
            image_view::show_plain(ui, &mut self.full.view, &mut picture, &name, has_keys);
            self.full.shelf.put_back(key(image), picture);
        } else if let Some(broken) = self.full.shelf.broken(key(image)) {
            if show_broken(ui, broken) {
                self.full.shelf.forget(image);
                desk.thumbnails.forget(image);
            }
        } else {
            let size = desk.input.state.image(&image).map(|known| [known.width, known.height]);
            let source = desk.input.source(image);
            show_stand_in(ui, &self.full.view.camera, key(image), &source, size, desk.thumbnails);
        }
    }

    fn summary(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData, summary: &CullSummary) {
        let palette = theme::palette(ui.style());
        let area = ui.available_rect_before_wrap();
        ui.painter().rect_filled(area, 0.0, palette.window);
        let width = theme::MEASURE.min(area.width() - 2.0 * theme::WIDE_GAP);
        let rows = summary.reasons.len() as f32 * (theme::note_font().size + theme::GAP + theme::GRID);
        let height = (rows + 190.0).min(area.height() - theme::WIDE_GAP);
        let place = Align2::CENTER_CENTER.align_size_within_rect(vec2(width, height), area);
        ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("summary"), |ui| {
            let frame = Frame::new().fill(palette.panel).stroke(theme::line(palette));
            let frame = frame.corner_radius(theme::group_rounding()).inner_margin(theme::GROUP_GAP);
            frame.show(ui, |ui| {
                ui.label(RichText::new(&summary.title).font(theme::title_font()));
                ui.label(RichText::new(&summary.kept).font(theme::empty_state_font()));
                note(ui, &summary.expected);
                summary.notes.iter().for_each(|text| drop(note(ui, text)));
                summary.reasons.iter().for_each(|reason| show_reason(ui, reason));
                ui.add_space(theme::GAP);
                let buttons = [
                    ActionButton::primary("Back to the panels").keys("Esc"),
                    ActionButton::plain("Look through them again"),
                    ActionButton::plain("Undo the last").keys("U or Z").allowed(self.may_undo(desk)),
                ];
                match show_button_row(ui, &buttons) {
                    Some(0) => desk.cull.toggle_full(),
                    Some(1) => {
                        self.full.looks_back = true;
                        self.look(desk, data, Some(0));
                    }
                    Some(_) => self.full_act(desk, data, CullKey::Undo),
                    None => {}
                }
            });
        });
        ui.advance_cursor_after_rect(area);
    }
}

/// What the bar above the picture was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeadAct {
    /// Back to all panels.
    Leave,
    /// To cull beside the other panels.
    Beside,
}

/// Which picture of which run, how far the cull is, and the ways out.
fn show_head(ui: &mut Ui, data: &RunData, place: usize, cull: &FullCull, is_over: bool) -> Option<HeadAct> {
    let palette = theme::palette(ui.style());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let back = IconButton::new(icons::RESTORE, "Leave the cull, back to all panels").keys("Esc or F9");
        let is_left = back.show_sized(ui, theme::WIDE_GAP);
        let beside = IconButton::new(icons::COLUMNS, "Cull beside the other panels");
        let is_beside = beside.show_sized(ui, theme::WIDE_GAP);
        let bar = ProgressBar::new(cull.fraction)
            .desired_width(theme::PROGRESS_WIDTH.min(ui.available_width() * 0.2))
            .desired_height(theme::PROGRESS_HEIGHT)
            .corner_radius(2)
            .fill(palette.accent);
        ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Decided"));
        ui.add(Label::new(RichText::new(&cull.progress).font(theme::strong_font())));
        ui.add_space(theme::GAP);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let secondary = |text: &str| RichText::new(text).color(palette.secondary);
            ui.label(RichText::new("Cull").font(theme::strong_font()));
            ui.add(Label::new(secondary(&data.title)).truncate());
            if !is_over {
                let tile = data.pictures.sheet.tile(place);
                let color = match tile.map(|tile| (&tile.state, tile.is_kept)) {
                    Some((_, true)) => palette.pass,
                    Some((TileState::Rejected { .. } | TileState::Failed { .. }, _)) => palette.fail_text,
                    _ => palette.secondary,
                };
                ui.add(Label::new(RichText::new(&cull.name)).truncate());
                ui.add(Label::new(RichText::new(&cull.status).color(color)).truncate());
            }
        });
        match (is_left, is_beside) {
            (true, _) => Some(HeadAct::Leave),
            (false, true) => Some(HeadAct::Beside),
            (false, false) => None,
        }
    })
    .inner
}

/// The live preview of a picture that is being made, or that it is still to be made.
fn not_made(ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData, place: usize, cull: &FullCull) {
    let tile = data.pictures.sheet.tile(place);
    if let Some((name, source)) = tile.and_then(|tile| tile.picture.as_ref()) {
        let key = PictureKey { image: *name, mirrored: false };
        return show_stand_in(ui, &Default::default(), key, source, None, desk.thumbnails);
    }
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, theme::palette(ui.style()).window);
    let state = EmptyState {
        icon: icons::WAITS,
        title: "This picture is not made yet".to_owned(),
        advice: cull.status.clone(),
        buttons: Vec::new(),
    };
    show_empty_state(ui, &state);
}

/// A reason, how often it was given, and that as a bar.
fn show_reason(ui: &mut Ui, (reason, count, share): &(String, u32, f32)) {
    const NAME: f32 = 96.0;
    let palette = theme::palette(ui.style());
    let size = vec2(ui.available_width(), theme::note_font().size + theme::GRID);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let spoken = format!("{reason}: {count} rejected");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    let painter = ui.painter_at(rect);
    let left = rect.left_center();
    painter.text(left, Align2::LEFT_CENTER, reason, theme::note_font(), palette.secondary);
    let right = rect.right_center();
    painter.text(right, Align2::RIGHT_CENTER, count.to_string(), theme::note_font(), palette.text);
    let room = Rect::from_min_max(left + vec2(NAME, -2.0), right + vec2(-theme::WIDE_GAP, 2.0));
    painter.rect_filled(room, 2.0, palette.raised);
    painter.rect_filled(room.with_max_x(room.left() + room.width() * share), 2.0, palette.secondary);
}
