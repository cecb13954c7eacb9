use std::sync::Arc;

use eframe::egui::{
    Align, Area, EventFilter, Frame, Galley, Id, Key, Layout, Margin, Modifiers, Order, Popup, Pos2, Rect, Response,
    RichText, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, TextStyle, TextWrapMode, Ui, UiBuilder, Vec2,
    WidgetInfo, WidgetText, pos2, vec2,
};

use super::ActionButton;
use crate::theme::{self, Palette};

/// One step of a tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TourCard<'a> {
    /// Which step it is, from 1 on.
    pub step: usize,
    /// How many there are.
    pub of: usize,
    /// In a few words.
    pub title: &'a str,
    /// Two or three sentences.
    pub text: &'a str,
}

/// What somebody pressed on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TourEvent {
    /// The step before.
    Back,
    /// The next step.
    Next,
    /// No more of it.
    End,
}

/// Which edge of the card the thing it speaks of lies at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Left,
    Right,
    Top,
    Bottom,
}

/// Width of the card, in points.
const WIDTH: f32 = 320.0;
/// Space between the card's edge and its words.
const PAD: f32 = 16.0;
/// Space between the card and what it speaks of: the beak stands in it.
const DISTANCE: f32 = 12.0;
/// Height of the bars that say how far the tour is.
const PROGRESS: f32 = 3.0;

/// Draws a line in the accent around what is spoken of. It covers nothing and takes no press.
pub fn show_outline(ui: &Ui, place: Rect) {
    let stroke = Stroke::new(2.0, theme::palette(ui.style()).accent);
    ui.painter().rect_stroke(place, theme::control_rounding(), stroke, StrokeKind::Inside);
}

/// Draws the card beside what it speaks of, above the panels and below everything that opens over them. `takes_focus` gives the
/// keyboard to its main button. What was pressed.
pub fn show_tour_card(ui: &mut Ui, card: &TourCard<'_>, about: Rect, takes_focus: bool) -> Option<TourEvent> {
    let colors = theme::palette(ui.style());
    let screen = ui.ctx().content_rect().shrink(theme::GAP);
    let width = WIDTH.min(screen.width());
    let words = Words::of(ui, card, vec2(width, screen.height()) - Vec2::splat(2.0 * PAD));
    let (place, edge) = place(about, vec2(width, words.height()), screen);
    let id = Id::unique("tour card");
    let area = Area::new(id).order(Order::Middle).fixed_pos(place.min).movable(false);
    let shown = area.show(ui.ctx(), |ui| {
        let edge_line = Stroke::new(1.0, colors.hint);
        let frame = Frame::new().fill(colors.header).stroke(edge_line).corner_radius(theme::group_rounding());
        // The line of a frame stands outside its margin.
        let inner = Margin::same(PAD as i8 - 1);
        let event = frame.inner_margin(inner).show(ui, |ui| words.show(ui, card, takes_focus)).inner;
        if let Some(edge) = edge {
            beak(ui, ui.min_rect(), edge, about, colors);
        }
        event
    });
    let name = format!("Tour, {} of {}: {}", card.step, card.of, card.title);
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Group, true, &name));
    shown.inner.or_else(|| keys(ui, card))
}

/// What stands on the card, laid out before it is drawn so that its place is known in the first frame.
struct Words {
    title: Arc<Galley>,
    text: Arc<Galley>,
    width: f32,
    /// Height of the part of the text that is seen: all of it, unless the window is lower than the card.
    seen: f32,
}

impl Words {
    fn of(ui: &Ui, card: &TourCard<'_>, room: Vec2) -> Self {
        let lay = |text: &str, font| {
            let text = WidgetText::from(RichText::new(text).font(font).color(theme::palette(ui.style()).text));
            text.into_galley(ui, Some(TextWrapMode::Wrap), room.x, TextStyle::Body)
        };
        let (title, text) = (lay(card.title, theme::title_font()), lay(card.text, theme::body_font()));
        let seen = text.size().y;
        let words = Self { title, text, width: room.x, seen };
        let lacking = (words.height() - 2.0 * PAD - room.y).max(0.0);
        Self { seen: (seen - lacking).max(0.0), ..words }
    }

    fn height(&self) -> f32 {
        let lines = PROGRESS + theme::SMALL_CONTROL_HEIGHT + self.title.size().y + self.seen;
        lines + theme::CONTROL_HEIGHT + 2.0 * theme::GAP + theme::GRID + theme::GROUP_GAP + 2.0 * PAD
    }

    fn show(self, ui: &mut Ui, card: &TourCard<'_>, takes_focus: bool) -> Option<TourEvent> {
        ui.set_width(self.width);
        ui.spacing_mut().item_spacing = vec2(theme::GAP, 0.0);
        progress(ui, card);
        ui.add_space(theme::GAP);
        let secondary = theme::palette(ui.style()).secondary;
        ui.allocate_ui(vec2(self.width, theme::SMALL_CONTROL_HEIGHT), |ui| {
            let text = format!("{} of {}", card.step, card.of);
            ui.label(RichText::new(text).font(theme::note_font()).color(secondary));
        });
        ui.add_space(theme::GRID);
        ui.label(self.title);
        ui.add_space(theme::GAP);
        if self.seen < self.text.size().y {
            ScrollArea::vertical()
                .max_height(self.seen)
                .min_scrolled_height(self.seen)
                .show(ui, |ui| ui.label(self.text));
        } else {
            ui.label(self.text);
        }
        ui.add_space(theme::GROUP_GAP);
        buttons(ui, card, self.width, takes_focus)
    }
}

/// One bar for each step, those that were seen in the accent.
fn progress(ui: &mut Ui, card: &TourCard<'_>) {
    let colors = theme::palette(ui.style());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), PROGRESS), Sense::hover());
    let width = (rect.width() - theme::GRID * (card.of - 1) as f32) / card.of as f32;
    for step in 0..card.of {
        let left = rect.left() + step as f32 * (width + theme::GRID);
        let bar = Rect::from_min_size(pos2(left, rect.top()), vec2(width, PROGRESS));
        let color = if step < card.step { colors.accent } else { theme::pressed(colors) };
        ui.painter().rect_filled(bar, PROGRESS / 2.0, color);
    }
}

fn buttons(ui: &mut Ui, card: &TourCard<'_>, width: f32, takes_focus: bool) -> Option<TourEvent> {
    let mut event = None;
    let is_last = card.step == card.of;
    let press = |ui: &mut Ui, button: ActionButton, means: TourEvent, event: &mut Option<TourEvent>| {
        let response = button.respond(ui);
        keep_arrows(ui, &response);
        if response.clicked() {
            *event = Some(means);
        }
        response
    };
    ui.allocate_ui_with_layout(vec2(width, theme::CONTROL_HEIGHT), Layout::right_to_left(Align::Center), |ui| {
        let (main, means) = if is_last {
            (ActionButton::primary("End tour").keys("Esc"), TourEvent::End)
        } else {
            (ActionButton::primary("Next").keys("→"), TourEvent::Next)
        };
        let main = press(ui, main, means, &mut event);
        if takes_focus {
            main.request_focus();
        }
        if card.step > 1 {
            press(ui, ActionButton::plain("Back").keys("←"), TourEvent::Back, &mut event);
        }
    });
    if !is_last {
        let end = ActionButton::quiet("End tour").keys("Esc");
        // The words stand at the card's margin, and the button around them, which is not seen, over it.
        let at =
            pos2(ui.min_rect().left() - ui.spacing().button_padding.x, ui.min_rect().bottom() - theme::CONTROL_HEIGHT);
        let place = Rect::from_min_size(at, vec2(end.width(ui), theme::CONTROL_HEIGHT));
        press(&mut ui.new_child(UiBuilder::new().max_rect(place)), end, TourEvent::End, &mut event);
    }
    event
}

/// Arrows and Escape are the tour's while one of its buttons has the keyboard.
fn keep_arrows(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| {
            memory.set_focus_lock_filter(response.id, filter);
            memory.data.insert_temp(Id::unique("tour focus"), response.id);
        });
    }
}

/// The keys of the card, while it or nothing has the keyboard and nothing stands open above it.
fn keys(ui: &Ui, card: &TourCard<'_>) -> Option<TourEvent> {
    let is_own = ui.memory_mut(|memory| {
        let own = memory.data.get_temp::<Id>(Id::unique("tour focus"));
        let is_own = memory.focused().is_none() || memory.focused() == own;
        // A field gives the keyboard away in the frame in which it takes Enter or Escape.
        let was_own = memory.data.get_temp_mut_or(Id::unique("tour had focus"), true);
        std::mem::replace(was_own, is_own) && is_own && memory.top_modal_layer().is_none()
    });
    if !is_own || Popup::is_any_open(ui.ctx()) {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Escape) {
        return Some(TourEvent::End);
    }
    let nobody_has_it = ui.memory(|memory| memory.focused().is_none());
    // A button that has the keyboard is pressed by Enter itself.
    if pressed(Key::ArrowRight) || nobody_has_it && pressed(Key::Enter) {
        return (card.step < card.of).then_some(TourEvent::Next);
    }
    (pressed(Key::ArrowLeft) && card.step > 1).then_some(TourEvent::Back)
}

/// A place of this size beside `about` that lies on the screen, and the edge at which `about` then is; none where there is no room
/// beside it, and the card lies over its lower right corner.
fn place(about: Rect, size: Vec2, screen: Rect) -> (Rect, Option<Edge>) {
    let beside = (about.top() + theme::HEADER_HEIGHT).min(screen.bottom() - size.y).max(screen.top());
    let below = (about.center().x - size.x / 2.0).min(screen.right() - size.x).max(screen.left());
    let tried = [
        (pos2(about.right() + DISTANCE, beside), Edge::Left),
        (pos2(about.left() - DISTANCE - size.x, beside), Edge::Right),
        (pos2(below, about.bottom() + DISTANCE), Edge::Top),
        (pos2(below, about.top() - DISTANCE - size.y), Edge::Bottom),
    ];
    let fits = |(at, _): &(Pos2, Edge)| screen.contains_rect(Rect::from_min_size(*at, size));
    match tried.into_iter().find(fits) {
        Some((at, edge)) => (Rect::from_min_size(at, size), Some(edge)),
        None => {
            let corner = about.intersect(screen).max - size - vec2(DISTANCE, DISTANCE);
            let at = corner.min(screen.max - size).max(screen.min);
            (Rect::from_min_size(at, size), None)
        }
    }
}

/// The small triangle that points from the card to what it speaks of.
fn beak(ui: &Ui, card: Rect, edge: Edge, about: Rect, colors: &Palette) {
    const HALF: f32 = 7.0;
    const REACH: f32 = 7.0;
    let line = Stroke::new(1.0, colors.hint);
    let along_y = (card.top() + 28.0).clamp(about.top() + HALF, (about.bottom() - HALF).max(about.top() + HALF));
    let y = along_y.clamp(card.top() + 2.0 * HALF, card.bottom() - 2.0 * HALF);
    let x = about.center().x.clamp(card.left() + 2.0 * HALF, card.right() - 2.0 * HALF);
    // From the card's line outwards, one point over it so that no line is left between the two.
    let (tip, one, other) = match edge {
        Edge::Left => {
            (pos2(card.left() - REACH, y), pos2(card.left() + 1.0, y - HALF), pos2(card.left() + 1.0, y + HALF))
        }
        Edge::Right => {
            (pos2(card.right() + REACH, y), pos2(card.right() - 1.0, y - HALF), pos2(card.right() - 1.0, y + HALF))
        }
        Edge::Top => (pos2(x, card.top() - REACH), pos2(x - HALF, card.top() + 1.0), pos2(x + HALF, card.top() + 1.0)),
        Edge::Bottom => {
            (pos2(x, card.bottom() + REACH), pos2(x - HALF, card.bottom() - 1.0), pos2(x + HALF, card.bottom() - 1.0))
        }
    };
    // The area clips at the card's edge.
    let painter = ui.painter().with_clip_rect(ui.ctx().content_rect());
    painter.add(Shape::convex_polygon(vec![one, tip, other], colors.header, Stroke::NONE));
    painter.line_segment([one, tip], line);
    painter.line_segment([tip, other], line);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Vec2 = vec2(320.0, 220.0);

    fn screen(width: f32, height: f32) -> Rect {
        Rect::from_min_size(Pos2::ZERO, vec2(width, height))
    }

    #[test]
    fn the_card_stands_beside_what_it_speaks_of_where_there_is_room() {
        let screen = screen(1280.0, 800.0);
        let left = Rect::from_min_max(pos2(0.0, 48.0), pos2(760.0, 756.0));
        let right = Rect::from_min_max(pos2(760.0, 48.0), pos2(1280.0, 756.0));
        let strip = Rect::from_min_max(pos2(0.0, 0.0), pos2(1280.0, 48.0));
        let foot = Rect::from_min_max(pos2(0.0, 600.0), pos2(1280.0, 756.0));
        for (about, edge) in [(left, Edge::Left), (right, Edge::Right), (strip, Edge::Top), (foot, Edge::Bottom)] {
            let (card, found) = place(about, SIZE, screen);
            assert_eq!(found, Some(edge), "{about:?}");
            assert!(screen.contains_rect(card) && !card.intersects(about), "{card:?}");
        }
    }

    #[test]
    fn where_there_is_no_room_it_still_lies_on_the_screen() {
        for (width, height) in [(900.0, 640.0), (720.0, 520.0), (427.0, 267.0), (340.0, 240.0)] {
            let screen = screen(width, height).shrink(theme::GAP);
            let all = Rect::from_min_max(pos2(0.0, 48.0), pos2(width, height - 44.0));
            let (card, edge) = place(all, SIZE, screen);
            assert!(edge.is_none() && screen.contains_rect(card), "{card:?} on {screen:?}");
        }
    }
}
