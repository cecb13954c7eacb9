use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::Harness;
use kento_finishing::region::BoxLimits;

use super::{BoxDrag, BoxEvent, BoxPlace, PixelBox, follow, paint};
use crate::widgets::image_view::{
    Heat, ImageView, Overlay, PictureNames, PictureTexture, Pictures, TraceStep, ViewEvent, ViewTool, show,
};

/// A picture of 64x64 under a box, with the brush in the hand.
struct Scene {
    view: ImageView,
    picture: Option<PictureTexture>,
    shown: PixelBox,
    before: [i64; 4],
    drag: BoxDrag,
    done: Vec<BoxEvent>,
    strokes: usize,
    places: Option<[Pos2; 4]>,
}

fn scene() -> Harness<'static, Scene> {
    let limits = BoxLimits { holds: [20, 20, 30, 30], within: [0, 0, 64, 64], least: 8, most: 8192 };
    let edges = [10, 10, 50, 50];
    let mut view = ImageView::default();
    view.toggle(ViewTool::Draw);
    let scene = Scene {
        view,
        picture: None,
        shown: PixelBox { edges, limits, outset: 0.0 },
        before: edges,
        drag: BoxDrag::default(),
        done: Vec::new(),
        strokes: 0,
        places: None,
    };
    let builder =
        Harness::builder().with_step_dt(0.05).with_size([500.0, 460.0]).with_context_setup(crate::theme::apply);
    let mut harness = builder.build_ui_state(
        |ui, scene: &mut Scene| {
            let Scene { view, picture, shown, drag, .. } = scene;
            let grey = || PictureTexture::from_rgb(ui.ctx(), 64, 64, &[90; 64 * 64 * 3]).unwrap();
            let first = picture.get_or_insert_with(grey);
            let (area, camera, size) = (ui.available_rect_before_wrap(), view.camera, first.size());
            let place = BoxPlace { camera: &camera, size, area };
            let tools = *view;
            let done = follow(ui, drag, shown, place, |at| !tools.has_tools_at(at.into()));
            view.yields = drag.grip().is_some();
            let names = PictureNames { first: "the boat", second: "" };
            let pictures = Pictures {
                first,
                second: None,
                names,
                mix: None,
                overlay: Overlay::default(),
                heat: Heat::Unasked,
                live: None,
                pins: &[],
            };
            let events = show(ui, view, pictures);
            paint(ui, &ui.painter_at(area), drag, shown, place);
            let begins = |event: &&ViewEvent| matches!(event, ViewEvent::Drew(trace) if trace.step == TraceStep::Begin);
            scene.strokes += events.iter().filter(begins).count();
            for event in &done {
                match event {
                    BoxEvent::Dragged(edges) => scene.shown.edges = *edges,
                    BoxEvent::GivenUp => scene.shown.edges = scene.before,
                    BoxEvent::Done => scene.before = scene.shown.edges,
                    BoxEvent::Reset => scene.shown.edges = [16, 16, 40, 40],
                }
            }
            scene.done.extend(done);
            scene.places = Some(place.corners(scene.shown.edges));
        },
        scene,
    );
    harness.run_ok();
    harness
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

/// Presses at a place, goes to another and stays there.
fn hold(harness: &mut Harness<'static, Scene>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run_ok();
    harness.event(button(from, true));
    harness.run_ok();
    harness.event(Event::PointerMoved(to));
    harness.run_ok();
}

fn let_go(harness: &mut Harness<'static, Scene>, at: Pos2) {
    harness.event(button(at, false));
    harness.run_ok();
}

/// Points of the window to a pixel of the picture.
fn scale(harness: &Harness<'static, Scene>) -> f32 {
    let [left_top, right_top, ..] = harness.state().places.unwrap();
    (right_top.x - left_top.x) / 40.0
}

#[test]
fn a_corner_is_dragged_as_far_as_the_mask_and_the_picture_and_the_brush_stays_still() {
    let mut harness = scene();
    let (corner, scale) = (harness.state().places.unwrap()[2], scale(&harness));
    let to = corner + eframe::egui::vec2(6.0, -8.0) * scale;
    hold(&mut harness, corner, to);
    let_go(&mut harness, to);
    assert_eq!(harness.state().shown.edges, [10, 10, 56, 42]);
    assert_eq!(harness.state().done.last(), Some(&BoxEvent::Done));
    let corner = harness.state().places.unwrap()[2];
    hold(&mut harness, corner, pos2(0.0, 0.0));
    assert_eq!(harness.state().shown.edges, [10, 10, 30, 30], "around what is masked");
    let_go(&mut harness, pos2(0.0, 0.0));
    assert_eq!(harness.state().strokes, 0);
}

#[test]
fn escape_gives_the_drag_up_and_inside_the_box_the_brush_paints() {
    let mut harness = scene();
    let [left_top, _, right_bottom, _] = harness.state().places.unwrap();
    // The line between two handles moves the box.
    let line = left_top + (right_bottom - left_top) * eframe::egui::vec2(0.25, 0.0);
    let to = line + eframe::egui::vec2(0.0, 3.0) * scale(&harness);
    hold(&mut harness, line, to);
    assert_eq!(harness.state().shown.edges, [10, 13, 50, 53]);
    harness.key_press(Key::Escape);
    harness.run_ok();
    assert_eq!(harness.state().shown.edges, [10, 10, 50, 50]);
    let_go(&mut harness, to);
    assert_eq!((harness.state().done.last(), harness.state().strokes), (Some(&BoxEvent::GivenUp), 0));
    let middle = left_top.lerp(right_bottom, 0.5);
    hold(&mut harness, middle, middle + eframe::egui::vec2(9.0, 0.0));
    let_go(&mut harness, middle);
    assert_eq!(harness.state().strokes, 1);
    assert_eq!(harness.state().shown.edges, [10, 10, 50, 50]);
}

#[test]
fn a_stroke_that_comes_over_the_box_goes_on_and_a_double_click_on_it_frees_it() {
    let mut harness = scene();
    let [left_top, _, right_bottom, _] = harness.state().places.unwrap();
    let middle = left_top.lerp(right_bottom, 0.5);
    hold(&mut harness, middle, right_bottom);
    let_go(&mut harness, right_bottom);
    assert_eq!((harness.state().shown.edges, harness.state().strokes), ([10, 10, 50, 50], 1));
    harness.hover_at(left_top);
    harness.run_ok();
    // In a row, because every pause lets time pass.
    [true, false, true, false].into_iter().for_each(|pressed| harness.event(button(left_top, pressed)));
    harness.run_ok();
    assert_eq!(harness.state().done.last(), Some(&BoxEvent::Reset));
    assert_eq!(harness.state().strokes, 1);
}
