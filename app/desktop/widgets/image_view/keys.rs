use eframe::egui::{Context, EventFilter, Id, Key, Modifiers, Rect, Response, Ui};

use super::camera::{Camera, Zoom};
use super::data::{Compare, ImageView, ViewTool};

/// Share of the view that an arrow key moves the picture by.
const PAN_SHARE: f32 = 0.25;
/// Points that an arrow key moves the crosshair by; with Shift it is one pixel of the picture.
const CROSSHAIR_STEP: f32 = 12.0;
/// Share of the view that an arrow key moves the line between two pictures by.
const SLIDER_STEP: f32 = 0.02;
/// Degrees that one press turns the picture by.
pub const TURN_STEP: f32 = 15.0;
/// The zoom of one press.
const ZOOM_STEP: f32 = 1.25;
/// Places of a picture end just before 1.
const LAST: f32 = 0.999_99;

fn focus_key() -> Id {
    Id::unique("image view with the keyboard")
}

/// Whether a view of a picture had the keyboard when it was drawn last.
pub fn has_focus(ctx: &Context) -> bool {
    let frame = ctx.data(|data| data.get_temp::<u64>(focus_key()));
    frame.is_some_and(|frame| frame + 1 >= ctx.cumulative_frame_nr())
}

/// Takes the keys of this frame, while the view has the keyboard. The place where the tool is used now.
pub(super) fn take(
    ui: &Ui,
    view: &mut ImageView,
    response: &Response,
    pane: Rect,
    size: [f32; 2],
    has_second: bool,
) -> Option<[f32; 2]> {
    let draws = view.tool == ViewTool::Draw;
    if draws || view.tool == ViewTool::Look {
        view.crosshair = None;
    }
    if !response.has_focus() {
        return None;
    }
    let frame = ui.ctx().cumulative_frame_nr();
    ui.ctx().data_mut(|data| data.insert_temp(focus_key(), frame));
    letters(ui, view, has_second);
    turns(ui, &mut view.camera, size, pane.size().into());
    let has_tool = !matches!(view.tool, ViewTool::Look | ViewTool::Draw);
    // Escape gives up what a tool does, and its keys go on.
    let escape = has_tool || draws;
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, escape, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let extent: [f32; 2] = pane.size().into();
    zoom(ui, &mut view.camera, size, extent);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let fine = arrows_of(ui, Modifiers::SHIFT);
    let coarse = arrows_of(ui, Modifiers::NONE);
    if !has_tool {
        let by: [f32; 2] = std::array::from_fn(|axis| -(coarse[axis] + fine[axis]) * extent[axis] * PAN_SHARE);
        if by != [0.0, 0.0] {
            view.camera.pan(by, size, extent);
        }
        return None;
    }
    if pressed(Key::Escape) {
        view.tool = ViewTool::Look;
        return None;
    }
    let scale = view.camera.scale(size, extent);
    let middle = match view.camera.zoom {
        Zoom::Fit => [0.5, 0.5],
        Zoom::Factor(_) => view.camera.image_from_ui([0.0, 0.0], size, extent),
    };
    let before = view.crosshair.unwrap_or(middle);
    let (coarse, fine) = (view.camera.turned_back(coarse), view.camera.turned_back(fine));
    let points: [f32; 2] = std::array::from_fn(|axis| coarse[axis] * CROSSHAIR_STEP / scale + fine[axis]);
    let at = std::array::from_fn(|axis| (before[axis] + points[axis] / size[axis]).clamp(0.0, LAST));
    view.crosshair = Some(at);
    keep_in_sight(&mut view.camera, at, size, extent);
    pressed(Key::Enter).then_some(at)
}

/// The keys that show the picture larger, smaller and whole.
pub(super) fn zoom(ui: &Ui, camera: &mut Camera, size: [f32; 2], extent: [f32; 2]) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    for (key, by) in [(Key::Plus, ZOOM_STEP), (Key::Equals, ZOOM_STEP), (Key::Minus, 1.0 / ZOOM_STEP)] {
        if pressed(key) {
            camera.zoom_at([0.0, 0.0], by, size, extent);
        }
    }
    if pressed(Key::F) {
        camera.fit();
    }
}

fn letters(ui: &Ui, view: &mut ImageView, has_second: bool) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Num0) {
        view.camera.fit();
    }
    if pressed(Key::Num1) {
        view.camera.one_to_one(ui.pixels_per_point());
    }
    if pressed(Key::P) {
        view.toggle(ViewTool::Pin);
    }
    if pressed(Key::I) {
        view.toggle(ViewTool::Pick);
    }
    let mut compare = |key, on: Compare| {
        if has_second && pressed(key) {
            view.compare = match (view.compare, on) {
                (Compare::Flicker { shows_second }, Compare::Flicker { .. }) => {
                    Compare::Flicker { shows_second: !shows_second }
                }
                (now, on) if std::mem::discriminant(&now) == std::mem::discriminant(&on) => Compare::Single,
                (_, on) => on,
            };
        }
    };
    compare(Key::D, Compare::SideBySide);
    compare(Key::S, Compare::slider(0.5));
    compare(Key::B, Compare::Flicker { shows_second: true });
    compare(Key::H, Compare::Difference);
}

/// The keys that turn the picture.
fn turns(ui: &Ui, camera: &mut Camera, size: [f32; 2], extent: [f32; 2]) {
    let times = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as f32;
    let steps = times(Key::Num6) - times(Key::Num4);
    if steps != 0.0 {
        camera.turn_at([0.0, 0.0], steps * TURN_STEP, size, extent);
    }
    if times(Key::Num5) > 0.0 {
        camera.upright(size, extent);
    }
}

/// How often the arrows were pressed, to the right and down.
fn arrows_of(ui: &Ui, modifiers: Modifiers) -> [f32; 2] {
    let times = |key| ui.input_mut(|input| input.count_and_consume_key(modifiers, key)) as f32;
    [times(Key::ArrowRight) - times(Key::ArrowLeft), times(Key::ArrowDown) - times(Key::ArrowUp)]
}

/// Moves the picture as far as a place of it is outside of the view.
fn keep_in_sight(camera: &mut Camera, at: [f32; 2], size: [f32; 2], extent: [f32; 2]) {
    let seen = camera.ui_from_image(at, size, extent);
    let beyond: [f32; 2] = std::array::from_fn(|axis| {
        let half = extent[axis] / 2.0;
        seen[axis] - seen[axis].clamp(-half, half)
    });
    if beyond != [0.0, 0.0] {
        camera.pan(beyond.map(|axis| -axis), size, extent);
    }
}

/// How far the arrows move the line between two pictures, while it has the keyboard.
pub(super) fn slid(ui: &Ui, response: &Response) -> Option<f32> {
    if !response.has_focus() {
        return None;
    }
    let arrows = EventFilter { horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let [by, _] = arrows_of(ui, Modifiers::NONE);
    (by != 0.0).then_some(by * SLIDER_STEP)
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::super::camera::Zoom;
    use super::super::data::{PictureNames, TraceStep, ViewEvent};
    use super::super::heat::Heat;
    use super::super::overlay::Overlay;
    use super::super::picture::PictureTexture;
    use super::super::ui::{Pictures, show};
    use super::*;

    #[derive(Default)]
    struct Scene {
        view: ImageView,
        pictures: Option<[PictureTexture; 2]>,
        events: Vec<ViewEvent>,
    }

    /// Two grey pictures of 64x64.
    fn harness(view: ImageView) -> Harness<'static, Scene> {
        let mut harness = Harness::builder().with_context_setup(crate::theme::apply).build_ui_state(
            |ui, scene: &mut Scene| {
                let grey = |grey: u8| PictureTexture::from_rgb(ui.ctx(), 64, 64, &[grey; 64 * 64 * 3]).unwrap();
                let [first, second] = scene.pictures.get_or_insert_with(|| [10, 200].map(grey));
                let names = PictureNames { first: "the boat", second: "the boat before" };
                let (overlay, heat, live) = (Overlay::default(), Heat::Unasked, None);
                let mix = None;
                let pictures = Pictures { first, second: Some(second), names, mix, overlay, heat, live, pins: &[] };
                scene.events.extend(show(ui, &mut scene.view, pictures));
            },
            Scene { view, ..Scene::default() },
        );
        harness.run_ok();
        harness
    }

    fn focus(harness: &mut Harness<'static, Scene>, name: &str) {
        harness.get_by_label(name).focus();
        harness.run_ok();
    }

    fn press(harness: &mut Harness<'static, Scene>, key: Key) {
        harness.key_press(key);
        harness.run_ok();
    }

    #[test]
    fn the_picture_is_moved_and_zoomed_by_keys() {
        let mut harness = harness(ImageView::default());
        press(&mut harness, Key::Num1);
        assert_eq!(harness.state().view.camera, Camera::default(), "only with the keyboard");
        focus(&mut harness, "the boat");
        press(&mut harness, Key::Num1);
        press(&mut harness, Key::Plus);
        assert_eq!(harness.state().view.camera.zoom, Zoom::Factor(1.25));
        press(&mut harness, Key::Minus);
        assert_eq!(harness.state().view.camera.zoom, Zoom::Factor(1.0));
        press(&mut harness, Key::ArrowRight);
        press(&mut harness, Key::ArrowUp);
        assert_eq!(harness.state().view.camera.centre, [1.0, 0.0]);
        assert!(harness.get_by_label("the boat").is_focused());
        press(&mut harness, Key::Num0);
        assert_eq!(harness.state().view.camera, Camera::default());
    }

    #[test]
    fn the_line_between_two_pictures_is_moved_by_keys_and_told_in_percent() {
        const LINE: &str = "Line between the two pictures, percent from the left";
        let mut harness = harness(ImageView { compare: Compare::slider(0.5), ..ImageView::default() });
        let told = |harness: &Harness<'static, Scene>| harness.get_by_label(LINE).accesskit_node().numeric_value();
        assert_eq!(told(&harness), Some(50.0));
        focus(&mut harness, LINE);
        press(&mut harness, Key::ArrowRight);
        press(&mut harness, Key::ArrowRight);
        assert_eq!(told(&harness), Some(54.0));
        (0..60).for_each(|_| press(&mut harness, Key::ArrowLeft));
        assert_eq!(told(&harness), Some(2.0));
    }

    #[test]
    fn enter_uses_the_tool_at_the_crosshair() {
        let mut harness = harness(ImageView::default());
        focus(&mut harness, "the boat");
        press(&mut harness, Key::P);
        press(&mut harness, Key::ArrowLeft);
        press(&mut harness, Key::ArrowDown);
        press(&mut harness, Key::Enter);
        let [ViewEvent::PinPlaced([x, y])] = harness.state().events[..] else { panic!("no pin") };
        assert!((0.4..0.5).contains(&x) && (0.5..0.6).contains(&y), "{x} {y}");
        press(&mut harness, Key::I);
        press(&mut harness, Key::Enter);
        assert_eq!(harness.state().events[1..], [ViewEvent::ColourPicked([10; 3])]);
        press(&mut harness, Key::P);
        press(&mut harness, Key::Escape);
        press(&mut harness, Key::Enter);
        assert_eq!((harness.state().view.tool, harness.state().events.len()), (ViewTool::Look, 2));
    }

    #[test]
    fn the_picture_is_turned_by_keys_and_stands_upright_again() {
        let mut harness = harness(ImageView::default());
        press(&mut harness, Key::Num6);
        assert_eq!(harness.state().view.camera.degrees, 0.0, "only with the keyboard");
        focus(&mut harness, "the boat");
        (0..3).for_each(|_| press(&mut harness, Key::Num6));
        press(&mut harness, Key::Num4);
        assert_eq!(harness.state().view.camera.degrees, 30.0);
        press(&mut harness, Key::F);
        assert_eq!(harness.state().view.camera.degrees, 30.0, "the whole picture, as it is turned");
        press(&mut harness, Key::Num5);
        assert_eq!(harness.state().view.camera, Camera::default());
    }

    #[test]
    fn a_colour_is_taken_and_a_line_drawn_where_the_pointer_is_on_a_turned_picture() {
        let mut harness = harness(ImageView { tool: ViewTool::Draw, ..ImageView::default() });
        let middle = harness.get_by_label("the boat").rect().center();
        harness.state_mut().view.camera.zoom = Zoom::Factor(2.0);
        harness.state_mut().view.camera.degrees = 90.0;
        // The window's right is the picture's top.
        let at = middle + eframe::egui::vec2(20.0, 8.0);
        harness.hover_at(at);
        harness.run_ok();
        harness.drag_at(at);
        harness.run_ok();
        let Some(ViewEvent::Drew(trace)) = harness.state().events.first() else { panic!("nothing is drawn") };
        let [x, y] = trace.at_in_image;
        assert!((x - 36.0).abs() < 0.01 && (y - 22.0).abs() < 0.01, "{x} {y}");
        harness.drop_at(at);
        harness.run_ok();
    }

    #[test]
    fn a_line_ends_where_it_was_when_the_window_or_the_tool_goes_and_only_escape_gives_it_up() {
        let lost = |lose: fn(&mut Harness<'static, Scene>)| {
            let mut harness = harness(ImageView { tool: ViewTool::Draw, ..ImageView::default() });
            let at = harness.get_by_label("the boat").rect().center();
            harness.hover_at(at);
            harness.run_ok();
            harness.drag_at(at);
            harness.run_ok();
            harness.hover_at(at + eframe::egui::vec2(30.0, 0.0));
            harness.run_ok();
            assert!(harness.state().view.is_drawing());
            lose(&mut harness);
            harness.run_ok();
            assert!(!harness.state().view.is_drawing());
            let traces = harness.state().events.iter().filter_map(|event| match event {
                ViewEvent::Drew(trace) => Some(*trace),
                _ => None,
            });
            traces.collect::<Vec<_>>()
        };
        let losses: [fn(&mut Harness<'static, Scene>); 2] = [
            |harness| harness.event(eframe::egui::Event::WindowFocused(false)),
            |harness| harness.state_mut().view.tool = ViewTool::Look,
        ];
        for lose in losses {
            let traces = lost(lose);
            let [first, .., moved, last] = traces.as_slice() else { panic!("{traces:?}") };
            assert_eq!(
                [first, moved, last].map(|trace| trace.step),
                [TraceStep::Begin, TraceStep::Move, TraceStep::End]
            );
            assert_eq!(last.at_in_image, moved.at_in_image);
        }
        let given_up = lost(|harness| harness.key_press(Key::Escape));
        assert_eq!(given_up.last().map(|trace| trace.step), Some(TraceStep::Cancel));
    }
}
