use eframe::egui::{
    Align2, CursorIcon, Painter, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::camera::Zoom;
use super::data::{Compare, ImageView, PictureNames, Pin, ViewEvent, ViewTool};
use super::heat::Heat;
use super::live::Live;
use super::mix_layer::ShownMix;
use super::overlay::Overlay;
use super::picture::PictureTexture;
use super::pixel_grid::{self, PixelGrid};
use super::plane::Plane;
use super::{draw, keys, strip};
use crate::theme;
use crate::widgets::marks;

/// What is shown.
pub struct Pictures<'a> {
    /// The picture.
    pub first: &'a mut PictureTexture,
    /// The one it is compared with.
    pub second: Option<&'a mut PictureTexture>,
    /// Their names.
    pub names: PictureNames<'a>,
    /// What the first is being mixed with: it stands in the place of the first.
    pub mix: Option<ShownMix<'a>>,
    /// What lies over the first.
    pub overlay: Overlay<'a>,
    /// Where the two differ.
    pub heat: Heat<'a>,
    /// What is made anew in the first.
    pub live: Option<Live<'a>>,
    /// Findings on the first.
    pub pins: &'a [Pin],
}

/// Points of the wheel that turn the picture by a degree: a notch is about 5.
const POINTS_PER_DEGREE: f32 = 10.0;

/// Draws the view into all that is free.
pub fn show(ui: &mut Ui, view: &mut ImageView, mut pictures: Pictures<'_>) -> Vec<ViewEvent> {
    let area = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(area, Sense::click_and_drag());
    let has_second = pictures.second.is_some();
    if !has_second {
        view.compare = Compare::Single;
    }
    let colors = theme::palette(ui.style());
    ui.painter().rect_filled(area, 0.0, colors.window);
    let size = pictures.first.size();
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, pictures.names.first));
    let views = views(area, view.compare);
    let pane = pane_below(&views, &response);
    if std::mem::take(&mut view.wants_focus) {
        response.request_focus();
    }
    if response.clicked() {
        response.request_focus();
    }
    steer(ui, view, &response, pane, size);
    let set = keys::take(ui, view, &response, pane, size, has_second);
    let traces = draw::take(ui, view, &response, views[0], size);

    let painter = ui.painter_at(area);
    let first = view.compare != Compare::Flicker { shows_second: true };
    let scale = view.camera.scale(size, views[0].size().into()) * ui.pixels_per_point();
    // They stand above every line, so they are drawn last.
    let mut captions: Vec<(Rect, String)> = Vec::new();
    match (view.compare, pictures.second.as_deref_mut()) {
        (Compare::Single, _) | (_, None) => picture(&painter, views[0], view, pictures.first, scale),
        (Compare::SideBySide, Some(second)) => {
            picture(&painter.with_clip_rect(views[0]), views[0], view, pictures.first, scale);
            picture(&painter.with_clip_rect(views[1]), views[1], view, second, scale);
            painter.vline(views[0].right(), area.y_range(), theme::line(colors));
            captions
                .extend([(views[0], pictures.names.first.to_owned()), (views[1], pictures.names.second.to_owned())]);
        }
        (Compare::Flicker { .. }, Some(second)) => {
            picture(&painter, views[0], view, if first { pictures.first } else { second }, scale);
            let name = if first { pictures.names.first } else { pictures.names.second };
            captions.push((views[0], name.to_owned()));
        }
        (Compare::Difference, Some(_)) => {
            let shown = if let Heat::Ready(map) = &mut pictures.heat { &mut map.picture } else { &mut *pictures.first };
            picture(&painter, views[0], view, shown, scale);
            let PictureNames { first, second } = pictures.names;
            captions.push((views[0], format!("difference of {first} and {second}")));
        }
        (Compare::Slider { at }, Some(second)) => {
            let x = area.left() + area.width() * at;
            let (left, right) = area.split_left_right_at_x(x);
            picture(&painter.with_clip_rect(left), views[0], view, pictures.first, scale);
            picture(&painter.with_clip_rect(right), views[0], view, second, scale);
            slider(ui, view, area, at);
            captions.extend([(left, pictures.names.first.to_owned()), (right, pictures.names.second.to_owned())]);
        }
    }
    let plane = Plane::of(&view.camera, views[0], size);
    if let (Some(mix), Some(part)) = (pictures.mix, shows_first(view.compare, area, views[0])) {
        mix.layer.paint(&painter.with_clip_rect(part), &plane);
    }
    let pointer = response.hover_pos().filter(|_| view.tool == ViewTool::Draw && !view.yields);
    let over_first = painter.with_clip_rect(views[0]);
    // A heat map is looked at without the colour of a mask, and what is made anew stands in the picture alone.
    let shows_heat = view.compare == Compare::Difference && matches!(pictures.heat, Heat::Ready(_));
    let shows_live = view.compare == Compare::Single;
    if !shows_heat {
        pictures.overlay.paint_mask(&over_first, &plane, size);
    }
    if let Some(live) = pictures.live.as_mut().filter(|_| shows_live) {
        live.paint(&over_first, &plane, ui.pixels_per_point());
    }
    if view.grid == PixelGrid::Shown {
        let seen = view.camera.seen(size, views[0].size().into());
        pixel_grid::paint(&over_first, &plane, size, seen, ui.pixels_per_point());
    }
    pictures.overlay.paint_lines(&over_first, &plane, pointer, colors);
    if let Some(live) = pictures.live.as_ref().filter(|_| shows_live) {
        live.frame(ui, &over_first, &plane);
    }
    for (pane, name) in &captions {
        caption(&painter.with_clip_rect(*pane), *pane, name, colors);
    }
    if view.compare == Compare::Difference {
        pictures.heat.legend(ui, area);
    }
    let mut events: Vec<ViewEvent> = traces.into_iter().map(ViewEvent::Drew).collect();
    if view.tool == ViewTool::Draw && response.dragged_by(PointerButton::Secondary) && response.drag_delta().x != 0.0 {
        events.push(ViewEvent::BrushDragged(response.drag_delta().x));
    }
    pins(ui, view, views[0], size, pictures.pins, &mut events);
    let pointed = response.interact_pointer_pos().filter(|_| response.clicked()).map(|pointer| {
        let from_centre = (pointer - pane.center()).into();
        view.camera.image_from_ui(from_centre, size, pane.size().into())
    });
    use_tool(ui, view, set.or(pointed), pictures.first, &mut events);
    if response.has_focus() {
        ui.painter().rect_stroke(area, 0.0, theme::ring(theme::palette(ui.style())), StrokeKind::Inside);
        crosshair(&painter, view, views[0], size, colors);
    }
    readout(ui, view, &response, pane, &pictures, area);
    strip::show(ui, view, area, has_second);
    events
}

/// Draws one picture into all that is free, without tools: the wheel, dragging and a double click show it larger and smaller, and, where
/// `has_keys`, the keys that do so. It never has the keyboard.
pub fn show_plain(ui: &mut Ui, view: &mut ImageView, picture_shown: &mut PictureTexture, name: &str, has_keys: bool) {
    let area = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(area, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    ui.painter().rect_filled(area, 0.0, theme::palette(ui.style()).window);
    let size = picture_shown.size();
    steer(ui, view, &response, area, size);
    if has_keys {
        keys::zoom(ui, &mut view.camera, size, area.size().into());
    }
    let scale = view.camera.scale(size, area.size().into()) * ui.pixels_per_point();
    picture(&ui.painter_at(area), area, view, picture_shown, scale);
}

/// Where pictures stand: one place, or two beside each other.
fn views(area: Rect, compare: Compare) -> Vec<Rect> {
    match compare {
        Compare::SideBySide => <[Rect; 2]>::from(area.split_left_right_at_fraction(0.5)).to_vec(),
        _ => vec![area],
    }
}

/// The part of the view in which the first picture is seen.
fn shows_first(compare: Compare, area: Rect, pane: Rect) -> Option<Rect> {
    match compare {
        Compare::Single | Compare::SideBySide | Compare::Flicker { shows_second: false } => Some(pane),
        Compare::Slider { at } => Some(area.split_left_right_at_x(area.left() + area.width() * at).0),
        Compare::Flicker { shows_second: true } | Compare::Difference => None,
    }
}

fn pane_below(views: &[Rect], response: &Response) -> Rect {
    let pointer = response.hover_pos().or(response.interact_pointer_pos());
    views.iter().copied().find(|view| pointer.is_some_and(|at| view.contains(at))).unwrap_or(views[0])
}

fn steer(ui: &Ui, view: &mut ImageView, response: &Response, pane: Rect, size: [f32; 2]) {
    let extent: [f32; 2] = pane.size().into();
    if let Some(degrees) = draw::turned(ui, view, response, pane) {
        view.camera.turn_at([0.0, 0.0], degrees, size, extent);
    } else if draw::is_hand(ui, view, response) {
        view.camera.pan(response.drag_delta().into(), size, extent);
    }
    if response.double_clicked() && view.tool == ViewTool::Look && !view.yields {
        match view.camera.zoom {
            Zoom::Fit => view.camera.one_to_one(ui.pixels_per_point()),
            Zoom::Factor(_) => view.camera.fit(),
        }
    }
    if let Some(pointer) = response.hover_pos() {
        let (scrolled, pinched) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let at = (pointer - pane.center()).into();
        let by = pinched * (scrolled.y / 200.0).exp();
        if by != 1.0 {
            view.camera.zoom_at(at, by, size, extent);
        }
        // With Shift the wheel goes sideways.
        if scrolled.x != 0.0 && ui.input(|input| input.modifiers.shift) {
            view.camera.turn_at(at, -scrolled.x / POINTS_PER_DEGREE, size, extent);
        }
    }
    let icon = match (view.tool, response.dragged()) {
        (ViewTool::Draw, true) if draw::is_hand(ui, view, response) => CursorIcon::Grabbing,
        (ViewTool::Pin | ViewTool::Pick | ViewTool::Draw, _) => CursorIcon::Crosshair,
        (ViewTool::Look, true) => CursorIcon::Grabbing,
        (ViewTool::Look, false) => CursorIcon::Default,
    };
    response.clone().on_hover_and_drag_cursor(icon);
}

fn picture(painter: &Painter, pane: Rect, view: &ImageView, picture: &mut PictureTexture, scale: f32) {
    picture.paint(painter, &Plane::of(&view.camera, pane, picture.size()), scale);
}

fn spot(view: &ImageView, pane: Rect, size: [f32; 2], at: [f32; 2]) -> Pos2 {
    pane.center() + Vec2::from(view.camera.ui_from_image(at, size, pane.size().into()))
}

fn caption(painter: &Painter, pane: Rect, name: &str, colors: &theme::Palette) {
    let text = painter.layout_no_wrap(name.to_owned(), theme::note_font(), colors.on_scrim);
    let at = pos2(pane.center().x - text.size().x / 2.0, pane.top() + theme::GAP + 2.0);
    let back = Rect::from_min_size(at, text.size()).expand2(vec2(theme::GAP, 3.0));
    painter.rect_filled(back, theme::picture_rounding(), colors.scrim);
    painter.galley(at, text, colors.on_scrim);
}

fn slider(ui: &Ui, view: &mut ImageView, area: Rect, at: f32) {
    const GRAB: f32 = 12.0;
    let colors = theme::palette(ui.style());
    let x = area.left() + area.width() * at;
    let grip = Rect::from_center_size(pos2(x, area.center().y), vec2(GRAB, area.height()));
    let response = ui.interact(grip, ui.unique_id().with("compare slider"), Sense::drag());
    let percent = f64::from((at * 100.0).round());
    response.widget_info(|| WidgetInfo::slider(true, percent, "Line between the two pictures, percent from the left"));
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        view.compare = Compare::slider((pointer.x - area.left()) / area.width());
    }
    if let Some(by) = keys::slid(ui, &response) {
        view.compare = Compare::slider(at + by);
    }
    response.clone().on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    let edge = if response.has_focus() { colors.accent } else { colors.on_scrim };
    ui.painter().vline(x, area.y_range(), Stroke::new(1.5, edge));
    ui.painter().circle(pos2(x, area.center().y), 7.0, colors.scrim, Stroke::new(1.5, edge));
}

fn pins(ui: &Ui, view: &ImageView, pane: Rect, size: [f32; 2], pins: &[Pin], events: &mut Vec<ViewEvent>) {
    let colors = theme::palette(ui.style());
    for pin in pins {
        let at = spot(view, pane, size, pin.at);
        if !pane.contains(at) {
            continue;
        }
        let rect = Rect::from_center_size(at, vec2(18.0, 18.0));
        let response = ui.interact(rect, ui.unique_id().with(("pin", pin.number)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Pin {}", pin.number)));
        let edge = if response.hovered() || response.has_focus() { colors.accent } else { colors.on_scrim };
        marks::pin(&ui.painter_at(pane), at, pin.number, edge, colors.fail_mark, colors.on_mark);
        if response.clicked() {
            events.push(ViewEvent::PinPressed(pin.number));
        }
    }
}

/// Does what the tool is for at a place, from 0 to 1 on both axes, where there is a picture.
fn use_tool(
    ui: &Ui,
    view: &mut ImageView,
    at: Option<[f32; 2]>,
    picture: &PictureTexture,
    events: &mut Vec<ViewEvent>,
) {
    let Some((at, (_, srgb))) = at.and_then(|at| Some((at, picture.pixel(at)?))) else { return };
    events.push(match view.tool {
        ViewTool::Look | ViewTool::Draw => return,
        ViewTool::Pick => ViewEvent::ColourPicked(srgb),
        ViewTool::Pin => ViewEvent::PinPlaced(at),
    });
    view.tool = ViewTool::Look;
    ui.ctx().request_repaint();
}

/// Where Enter sets the pin or takes the colour.
fn crosshair(painter: &Painter, view: &ImageView, pane: Rect, size: [f32; 2], colors: &theme::Palette) {
    const ARM: f32 = 12.0;
    let Some(at) = view.crosshair else { return };
    let at = spot(view, pane, size, at);
    for (width, color) in [(3.0, colors.scrim), (1.0, colors.on_scrim)] {
        painter.hline(at.x - ARM..=at.x + ARM, at.y, Stroke::new(width, color));
        painter.vline(at.x, at.y - ARM..=at.y + ARM, Stroke::new(width, color));
    }
}

/// Column, row and colour of the pixel below the pointer, at the lower left; where a heat map is seen, also how far the two differ there.
fn readout(ui: &Ui, view: &ImageView, response: &Response, pane: Rect, pictures: &Pictures<'_>, area: Rect) {
    let Some(pointer) = response.hover_pos() else { return };
    let from_centre = (pointer - pane.center()).into();
    let at = view.camera.image_from_ui(from_centre, pictures.first.size(), pane.size().into());
    let Some(([x, y], first)) = pictures.first.pixel(at) else { return };
    let mix = pictures.mix.filter(|_| view.compare != Compare::Difference);
    let mixed = mix.and_then(|mix| Some(mix.layer.pixel([x, y], first, mix.second.pixel(at)?.1)));
    let srgb = mixed.unwrap_or(first);
    let colors = theme::palette(ui.style());
    let [red, green, blue] = srgb;
    let mut text = format!("{x}, {y}   {red:3} {green:3} {blue:3}   #{red:02x}{green:02x}{blue:02x}");
    if let (Compare::Difference, Heat::Ready(_), Some(second)) = (view.compare, &pictures.heat, &pictures.second)
        && let Some((_, other)) = second.pixel(at)
    {
        let apart = srgb.iter().zip(other).map(|(one, other)| one.abs_diff(other)).max().unwrap_or(0);
        text = format!("{x}, {y}   differs by {apart:3}   #{red:02x}{green:02x}{blue:02x}");
    }
    let galley = ui.painter().layout_no_wrap(text, theme::small_mono_font(), colors.on_scrim);
    let corner = area.left_bottom() + vec2(theme::GAP, -theme::GAP);
    let back = Rect::from_min_max(corner - vec2(0.0, 20.0), corner + vec2(galley.size().x + 32.0, 0.0));
    ui.painter().rect_filled(back, theme::picture_rounding(), colors.scrim);
    let well = Rect::from_min_size(back.min + vec2(6.0, 4.0), vec2(12.0, 12.0));
    ui.painter().rect_filled(well, 1.0, theme::shown(srgb));
    let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), back.shrink2(vec2(24.0, 0.0)));
    ui.painter().galley(place.min, galley, colors.on_scrim);
}
