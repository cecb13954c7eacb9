use eframe::egui::{EventFilter, Id, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::data::{Sheet, SheetEvent, SheetState, Tile, TileState};
use super::keys;
use super::places::{Arrangement, Places};
use super::tile::{self, Touch};
use crate::theme::{self, icons};
use crate::widgets::thumbnails::{Thumbnail, Thumbnails};

/// Space between tiles, in points.
const TILE_GAP: f32 = 6.0;
/// Space around the sheet for the outline of a selected tile.
const EDGE: f32 = 4.0;

/// Draws the sheet into what is free, with its own scroll bar. What the user did, in order.
pub fn show(ui: &mut Ui, sheet: &Sheet, state: &mut SheetState, thumbnails: &mut Thumbnails) -> Vec<SheetEvent> {
    state.fit(sheet.len());
    let mut events = Vec::new();
    let is_strip = state.arrangement == Arrangement::Strip;
    let area = if is_strip { ScrollArea::horizontal() } else { ScrollArea::vertical() };
    // The outline of a selected tile stands in the margin of the panel, so that the pictures stand in line with what is above them.
    let place = ui.available_rect_before_wrap().expand2(vec2(EDGE, 0.0));
    let mut within = ui.new_child(UiBuilder::new().max_rect(place));
    area.id_salt(&sheet.name).auto_shrink([false, is_strip]).show_viewport(&mut within, |ui, viewport| {
        // The width without the scroll bar is known before anything is drawn, so tiles never jump.
        let [width, height] = [viewport.width() - 2.0 * EDGE, viewport.height() - 2.0 * EDGE];
        if state.fits_rows && state.arrangement == Arrangement::Rows {
            state.tile_side = Places::side_for_sheet(sheet, [width, height], TILE_GAP);
        } else if state.fits_rows {
            state.tile_side = Places::side_for_flow(sheet.len(), [width, height], TILE_GAP, state.least_side);
        }
        let places = Places::new(sheet, state.arrangement, width, state.side(), TILE_GAP);
        let [all_width, all_height] = places.size();
        let size = vec2(if is_strip { all_width } else { viewport.width() - 2.0 * EDGE }, all_height);
        let (area, back) = ui.allocate_exact_size(size + 2.0 * vec2(EDGE, EDGE), Sense::click());
        let origin = area.min + vec2(EDGE, EDGE);
        let count = sheet.len();
        let plural = if count == 1 { "" } else { "s" };
        back.widget_info(|| WidgetInfo::labeled(Role::List, true, format!("{}, {count} picture{plural}", sheet.name)));
        if back.clicked() {
            back.request_focus();
        }
        let zoomed = if back.contains_pointer() { ui.input(|input| input.zoom_delta()) } else { 1.0 };
        if zoomed != 1.0 {
            state.zoom(zoomed);
        }
        state.has_focus = back.has_focus();
        if state.has_focus {
            let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(back.id, arrows));
            keys::take(ui, sheet, state, &places, &mut events);
        }
        labels(ui, sheet, state, &places, origin, viewport);
        let shown = viewport.expand(state.side() / 2.0).translate(vec2(-EDGE, -EDGE));
        let seen: Vec<usize> = places.seen([shown.left(), shown.top()], [shown.right(), shown.bottom()]).collect();
        let mut sheet_ui = SheetUi { sheet, state, thumbnails, places: &places, origin, back, events: &mut events };
        for place in seen {
            sheet_ui.tile(ui, place);
        }
        sheet_ui.drop_mark(ui);
        if state.shows_cursor {
            state.shows_cursor = false;
            if let Some([x, y]) = places.of(state.cursor) {
                let rect = Rect::from_min_size(origin + vec2(x, y), vec2(state.side(), state.side()));
                ui.scroll_to_rect(rect.expand(EDGE), None);
            }
        }
    });
    let taken = within.min_rect();
    let (min, max) = (taken.min + vec2(EDGE, 0.0), taken.max - vec2(EDGE, 0.0));
    ui.advance_cursor_after_rect(Rect::from_min_max(min, max));
    events
}

/// What drawing one tile needs.
struct SheetUi<'a> {
    sheet: &'a Sheet,
    state: &'a mut SheetState,
    thumbnails: &'a mut Thumbnails,
    places: &'a Places,
    origin: eframe::egui::Pos2,
    back: Response,
    events: &'a mut Vec<SheetEvent>,
}

impl SheetUi<'_> {
    fn tile(&mut self, ui: &mut Ui, place: usize) {
        let (Some(tile), Some([x, y])) = (self.sheet.tile(place), self.places.of(place)) else { return };
        let side = self.state.side();
        let rect = Rect::from_min_size(self.origin + vec2(x, y), vec2(side, side));
        // Not one by one with the tabulator key: the whole sheet is one stop, and arrows lead on.
        let sense = if self.sheet.can_be_sorted { Sense::CLICK | Sense::DRAG } else { Sense::CLICK };
        let response = ui.interact(rect, self.id(place), sense);
        let is_selected = self.state.selected.contains(&place);
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_selected, tile.spoken()));
        let thumbnail = match &tile.picture {
            Some((image, source)) => self.thumbnails.get(*image, side * ui.pixels_per_point(), source),
            None => Thumbnail::Waiting,
        };
        let touch = Touch {
            is_selected,
            is_cursor: self.back.has_focus() && self.state.cursor == place,
            is_hovered: response.hovered(),
            is_dragged: response.dragged(),
        };
        tile::paint(ui.painter(), rect, tile, &thumbnail, touch, theme::palette(ui.style()));
        self.pointer(ui, place, &response);
        told(response, tile, &thumbnail);
        if tile.state.can_be_retried() {
            self.retry(ui, place, rect, tile);
        }
    }

    /// The button on a tile that was given up. A click beside it only selects.
    fn retry(&mut self, ui: &Ui, place: usize, tile_rect: Rect, tile: &Tile) {
        let rect = tile::retry_rect(tile_rect);
        let response = ui.interact(rect, self.id(place).with("retry"), Sense::CLICK);
        let name = format!("Try again: {}", tile.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        tile::paint_retry(ui.painter(), rect, response.hovered(), theme::palette(ui.style()));
        if response.clicked() {
            self.events.push(SheetEvent::Retried(place));
        }
        response.on_hover_text(name);
    }

    fn pointer(&mut self, ui: &Ui, place: usize, response: &Response) {
        if response.double_clicked() {
            self.events.push(SheetEvent::Opened(place));
        } else if response.clicked() {
            self.back.request_focus();
            let modifiers = ui.input(|input| input.modifiers);
            if modifiers.shift {
                self.state.select_to(place);
            } else if modifiers.command {
                self.state.toggle(place);
            } else {
                self.state.select(place);
            }
            self.events.push(SheetEvent::Selected);
        }
        if response.drag_stopped()
            && let Some(to) = self.target(ui).filter(|to| *to != place)
        {
            self.events.push(SheetEvent::Moved { from: place, to });
        }
    }

    /// The tile that a dragged one would take the place of.
    fn target(&self, ui: &Ui) -> Option<usize> {
        let pointer = ui.input(|input| input.pointer.latest_pos())? - self.origin;
        self.places.nearest([pointer.x, pointer.y])
    }

    /// A line where the dragged tile would go, and the tile below the pointer.
    fn drop_mark(&self, ui: &Ui) {
        let Some(dragged) = ui.ctx().dragged_id().filter(|_| self.sheet.can_be_sorted) else { return };
        let Some(from) = (0..self.sheet.len()).find(|place| self.id(*place) == dragged) else { return };
        let (Some(to), Some(pointer)) = (self.target(ui), ui.input(|input| input.pointer.latest_pos())) else { return };
        let Some([x, y]) = self.places.of(to) else { return };
        let side = self.state.side();
        let x = if to > from { x + side + TILE_GAP / 2.0 } else { x - TILE_GAP / 2.0 };
        let at = self.origin + vec2(x, y);
        let colors = theme::palette(ui.style());
        ui.painter().rect_filled(
            Rect::from_center_size(pos2(at.x, at.y + side / 2.0), vec2(2.0, side)),
            1.0,
            colors.accent,
        );
        let name = self.sheet.tile(from).map(|tile| tile.name.clone()).unwrap_or_default();
        let note = pointer + vec2(theme::GROUP_GAP, theme::GROUP_GAP);
        let text = format!("{} {name}", icons::GRIP);
        let text = ui.painter().layout_no_wrap(text, theme::note_font(), colors.on_scrim);
        // It floats over other pictures.
        let back = Rect::from_min_size(note, text.size()).expand2(vec2(theme::GRID, 2.0));
        ui.painter().rect_filled(back, theme::picture_rounding(), colors.scrim);
        ui.painter().galley(note, text, colors.on_scrim);
    }

    fn id(&self, place: usize) -> Id {
        self.back.id.with(place)
    }
}

fn labels(ui: &Ui, sheet: &Sheet, state: &SheetState, places: &Places, origin: eframe::egui::Pos2, viewport: Rect) {
    const WIDTH: f32 = 74.0;
    let colors = theme::palette(ui.style());
    for (row, top) in places.labels_seen(viewport.top(), viewport.bottom()) {
        let galley = ui.painter().layout(sheet.rows[row].label.clone(), theme::note_font(), colors.secondary, WIDTH);
        let y = origin.y + top + ((state.side() - galley.size().y) / 2.0).max(0.0);
        let clip = Rect::from_min_size(pos2(origin.x, origin.y + top), vec2(WIDTH, state.side()));
        ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).galley(pos2(origin.x, y), galley, colors.text);
    }
}

/// What the pointer is told about a tile.
fn told(response: Response, tile: &Tile, thumbnail: &Thumbnail) {
    const AGAIN: &str = "Enter or its button tries again";
    let more = match (&tile.state, thumbnail) {
        (TileState::Rejected { reason }, _) => Some(format!("{} {reason}", icons::FAIL)),
        (TileState::Failed { cause }, _) => Some(format!("{} {cause}\n{AGAIN}", icons::WARNING)),
        (TileState::Cancelled { cause }, _) => Some(format!("{} cancelled: {cause}\n{AGAIN}", icons::BLOCKED)),
        (_, Thumbnail::Broken(why)) => Some(format!("{} {why}", icons::WARNING)),
        (TileState::Queued, _) => Some("waits in the queue".to_owned()),
        _ => None,
    };
    if let Some(more) = more {
        response.on_hover_text(format!("{}\n{more}", tile.name));
    }
}
