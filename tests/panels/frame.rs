//! The frame and the widgets by accessible label: what a press, a key or a drag does.

use eframe::egui::{self, Event, Key, Modifiers, MouseWheelUnit, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kento::frame::{FrameEvent, LayoutNode, PanelKind, Region, WindowFrame, WindowLayout};
use kento::theme::{self, ActingRole, ThemeChoice};
use kento::widgets::Allowed;
use kento::widgets::contact_sheet::{self, Arrangement, Sheet, SheetEvent, SheetState};
use kento::widgets::image_view::{Compare, ViewEvent, Zoom};
use kento::widgets::thumbnails::Thumbnails;

use crate::gallery::{Scene, harness, settle};
use crate::raster::Raster;
use crate::sample;

const WIDE: [f32; 2] = [1600.0, 1000.0];

fn scene() -> Scene {
    Scene::new(ActingRole::Operator, ThemeChoice::Dark)
}

fn open(scene: Scene) -> Harness<'static, Scene> {
    harness(scene, WIDE, &Raster::default())
}

fn accent(harness: &Harness<'_, Scene>) -> egui::Color32 {
    theme::palette(&harness.ctx.global_style()).accent
}

#[test]
fn the_role_switch_gives_the_window_another_accent_by_press_and_by_key() {
    let mut harness = open(scene());
    let operator = accent(&harness);
    harness.get_by_label("Operator, Mara");
    harness.get_by_label("Reviewer").click();
    harness.run_ok();
    assert_eq!(harness.state().events, [FrameEvent::RoleAsked(ActingRole::Reviewer)]);
    assert_ne!(accent(&harness), operator);
    harness.get_by_label("Reviewer, Mara");
    // A focused segment is pressed by the space bar.
    harness.get_by_label("Director").focus();
    harness.run_ok();
    harness.key_press(Key::Space);
    harness.run_ok();
    assert_eq!(harness.state().data.role, ActingRole::Director);
    harness.key_press(Key::F7);
    harness.run_ok();
    assert_eq!(harness.state().data.role, ActingRole::Operator);
    assert_eq!(accent(&harness), operator);
}

#[test]
fn a_role_that_is_not_allowed_says_why_and_is_not_given() {
    let mut scene = scene();
    scene.data.roles[2] = Allowed::No("a second person is needed".to_owned());
    let mut harness = open(scene);
    harness.get_by_label("Reviewer, not possible: a second person is needed").click();
    harness.key_press(Key::F8);
    harness.run_ok();
    assert_eq!(harness.state().events, []);
    // The key says why, too.
    let said: Vec<&str> = harness.state().frame.toasts.kept().map(|toast| toast.text.as_str()).collect();
    assert_eq!(said, ["Not as Reviewer: a second person is needed"]);
}

#[test]
fn a_stage_opens_what_it_asks_for() {
    let mut harness = open(scene());
    assert!(harness.query_by_label("Begins when").is_none());
    harness.get_by_label("Lock-in pass, current").click();
    harness.run_ok();
    for text in ["Begins when", "A direction is approved", "The recipe is proved and locked", "Missing now"] {
        harness.get_by_label(text);
    }
    harness.get_by_label("The Director approves the Hero");
    // A press beside it closes it.
    harness.get_by_label("Kento").click();
    harness.run_ok();
    assert!(harness.query_by_label("Begins when").is_none());
    for stage in ["Brief, done", "Fix-and-finish, skipped", "Release, blocked", "Volume run, to come"] {
        harness.get_by_label(stage);
    }
}

#[test]
fn the_palette_finds_takes_and_closes() {
    let mut harness = open(scene());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_ok();
    harness.get_by_label("Search for a command").type_text("lightth");
    harness.run_ok();
    harness.get_by_label("Window: Light theme");
    assert!(harness.query_by_label("Go to: Canvas").is_none());
    harness.key_press(Key::Enter);
    harness.run_ok();
    assert_eq!(harness.state().frame.layout().theme, ThemeChoice::Light);
    assert_eq!(harness.state().events, [FrameEvent::LayoutChanged]);
    assert!(harness.query_by_label("Search for a command").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_ok();
    // Up from the first line is the last one, which the list scrolls to.
    harness.key_press(Key::ArrowUp);
    harness.run_ok();
    let last = harness.get_by_label("Help: Keyboard shortcuts").rect();
    let query = harness.get_by_label("Search for a command").rect();
    assert!(last.top() > query.bottom() && last.bottom() < query.bottom() + 330.0, "{last:?} {query:?}");
    harness.key_press(Key::Escape);
    harness.run_ok();
    assert!(harness.query_by_label("Search for a command").is_none());
}

#[test]
fn the_keys_are_listed_and_the_interface_zooms() {
    let mut harness = open(scene());
    harness.key_press(Key::F1);
    harness.run_ok();
    harness.get_by_label("Search for a command");
    harness.get_by_label("Close the shortcuts").click();
    harness.run_ok();
    assert!(harness.query_by_label("Close the shortcuts").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    harness.run_ok();
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 1e-4);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    harness.run_ok();
    assert!((harness.ctx.zoom_factor() - 1.0).abs() < 1e-4);
}

#[test]
fn a_disabled_button_says_why() {
    let mut scene = scene();
    scene.frame = WindowFrame::new(WindowLayout::default(), ActingRole::Operator);
    let mut harness = harness(scene, [1280.0, 800.0], &Raster::default());
    let button = harness.get_by_label("Approve hero, not possible: needs the Director");
    assert!(button.accesskit_node().is_disabled());
    button.click();
    harness.run_ok();
    assert_eq!(harness.state().contents.pressed, None);
}

#[test]
fn a_line_that_was_dragged_is_remembered_for_this_role_only() {
    let mut harness = open(scene());
    let canvas = |harness: &Harness<'_, Scene>| harness.get_by_label("Fill the window with Canvas").rect().right();
    let before = canvas(&harness);
    let line = egui::pos2(before + f32::from(theme::MARGIN) + 0.5, 500.0);
    harness.hover_at(line);
    harness.run_ok();
    harness.drag_at(line);
    harness.run_ok();
    harness.hover_at(line + vec2(-60.0, 0.0));
    harness.run_ok();
    harness.drop_at(line + vec2(-60.0, 0.0));
    harness.run_ok();
    let after = canvas(&harness);
    assert!((before - after - 60.0).abs() < 3.0, "{before} {after}");
    assert!(harness.state().events.contains(&FrameEvent::LayoutChanged));

    let saved = harness.state().frame.layout().to_ron().unwrap();
    let layout = WindowLayout::from_ron(&saved).unwrap();
    assert!(matches!(&layout.roles[&ActingRole::Operator].wide, LayoutNode::Row(panels) if panels.len() == 4));
    let mut again = scene();
    again.frame = WindowFrame::new(layout, ActingRole::Operator);
    let mut again = open(again);
    assert!((canvas(&again) - after).abs() < 1.0);
    again.key_press(Key::F6);
    again.run_ok();
    assert!((canvas(&again) - after).abs() > 20.0, "the Director's panels are where they were");
}

#[test]
fn a_panel_that_claims_all_room_leaves_the_layout_as_it_was() {
    let mut harness = open(scene());
    harness.get_by_label("Fill the window with Checklist").click();
    harness.run_ok();
    let before = harness.state().frame.layout().clone();
    harness.state_mut().contents.claims = Some(PanelKind::ConceptGrid);
    harness.run_ok();
    let place = harness.state().frame.place_of(Region::Panel(PanelKind::ConceptGrid)).unwrap();
    assert_eq!([place.width(), place.height()], [WIDE[0], WIDE[1] - theme::TOP_BAR_HEIGHT - theme::BOTTOM_BAR_HEIGHT]);
    assert!(harness.query_by_label("Show all panels").is_none(), "there is no header");
    harness.state_mut().contents.claims = None;
    harness.run_ok();
    // What filled the window before fills it again.
    assert!(harness.state().frame.place_of(Region::Panel(PanelKind::Checklist)).is_some());
    assert!(harness.state().frame.place_of(Region::Panel(PanelKind::ConceptGrid)).is_none());
    assert_eq!(*harness.state().frame.layout(), before);
    // Who goes to another panel wants to see it.
    harness.state_mut().contents.claims = Some(PanelKind::ConceptGrid);
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run_ok();
    assert_eq!(harness.state().contents.claims, None);
    assert!(harness.state().frame.place_of(Region::Panel(PanelKind::Canvas)).is_some());
}

#[test]
fn a_header_fills_the_window_and_goes_back() {
    let mut harness = open(scene());
    harness.get_by_label("Fill the window with Checklist").click();
    harness.run_ok();
    assert!(harness.query_by_label("Subject").is_none());
    harness.get_by_label("Show all panels").click();
    harness.run_ok();
    harness.get_by_label("Subject");
    // The same by two presses on the title.
    let title = harness.get_by_label("Checklist").rect().center();
    harness.event(Event::PointerMoved(title));
    // The press before must be long ago, or this would be three in a row.
    harness.run_steps(60);
    for pressed in [true, false, true, false] {
        let button = egui::PointerButton::Primary;
        harness.event(Event::PointerButton { pos: title, button, pressed, modifiers: Modifiers::NONE });
        harness.step();
    }
    harness.run_ok();
    assert!(harness.query_by_label("Subject").is_none());
}

#[test]
fn projects_and_devices_hang_below_their_names() {
    let mut harness = open(scene());
    harness.get_by_label("Project Harbour Days").click();
    harness.run_ok();
    harness.get_by_label("Winterkatalog").click();
    harness.run_ok();
    harness.get_by_label("Device and model: RTX 4060 · f16 · starter 1.0").click();
    harness.run_ok();
    harness.get_by_label("Open another model…").click();
    harness.run_ok();
    assert_eq!(harness.state().events, [FrameEvent::RecentProjectAsked(0), FrameEvent::DevicesAsked]);
}

#[test]
fn narrow_windows_have_tabs_in_pairs_and_keys_reveal_what_is_behind() {
    let mut harness = harness(scene(), [1280.0, 800.0], &Raster::default());
    assert!(harness.query_by_label("Pass: Proportions").is_none());
    harness.get_by_label("Checklist").click();
    harness.run_ok();
    harness.get_by_label("Pass: Proportions");
    assert!(harness.query_by_label("Concept grid, 24 pictures").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    harness.run_ok();
    harness.get_by_label("Concept grid, 24 pictures");
}

#[test]
fn the_queue_moves_and_cancels() {
    let mut harness = open(scene());
    let queue = "Queue: Volume test 3 of 8, 61 %, step 12 of 20 · 0.9 s left · then 4 jobs, 22 s";
    harness.get_by_label(queue).click();
    harness.run_ok();
    harness.get_by_label("Earlier: Volume test 5 of 8").click();
    harness.get_by_label("Earlier: Volume test 4 of 8, not possible: it is the next one").click();
    harness.get_by_label("Cancel Volume test 3 of 8").click();
    harness.run_ok();
    assert_eq!(harness.state().events, [FrameEvent::EarlierAsked(5), FrameEvent::CancelAsked(3)]);
}

#[test]
fn an_answer_is_given_and_taken_back_and_a_fail_wants_a_note() {
    let mut harness = open(scene());
    let answer = |harness: &Harness<'_, Scene>| harness.state().contents.groups[1].rows[1].answer;
    harness.get_by_label("Fail: Proportions").click();
    harness.run_ok();
    assert_eq!(answer(&harness), kento::widgets::Answer::Fail);
    harness.get_by_label("Place a pin for Proportions");
    harness.get_by_label("Note on Proportions").focus();
    harness.run_ok();
    harness.get_by_label("Note on Proportions").type_text("too long");
    harness.run_ok();
    assert_eq!(harness.state().contents.groups[1].rows[1].note, "too long");
    harness.get_by_label("Fail: Proportions").click();
    harness.run_ok();
    assert_eq!(answer(&harness), kento::widgets::Answer::Open);
}

#[test]
fn the_picture_zooms_at_the_pointer_compares_and_takes_pins() {
    let mut harness = open(scene());
    let picture = harness.get_by_label("Hero r3").rect();
    harness.hover_at(picture.center());
    harness.run_ok();
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: Vec2::new(0.0, 120.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    harness.event(wheel);
    harness.run_ok();
    assert!(matches!(harness.state().contents.view.camera.zoom, Zoom::Factor(_)));
    harness.get_by_label("Whole picture").click();
    harness.run_ok();
    assert_eq!(harness.state().contents.view.camera.zoom, Zoom::Fit);
    harness.get_by_label("Side by side").click();
    harness.run_ok();
    assert_eq!(harness.state().contents.view.compare, Compare::SideBySide);
    harness.get_by_label("One picture").click();
    harness.run_ok();
    harness.get_by_label("Pin 1").click();
    harness.run_ok();
    harness.get_by_label("Set a pin").click();
    harness.run_ok();
    harness.get_by_label("Hero r3").click();
    harness.run_ok();
    harness.get_by_label("Pick a colour").click();
    harness.run_ok();
    harness.get_by_label("Hero r3").click();
    harness.run_ok();
    let events = &harness.state().contents.view_events;
    assert!(matches!(events[2], ViewEvent::ColourPicked(_)), "{events:?}");
    assert_eq!(events[0], ViewEvent::PinPressed(1));
    assert!(matches!(events[1], ViewEvent::PinPlaced([x, y]) if (x - 0.5).abs() < 0.06 && (y - 0.5).abs() < 0.01));
}

/// A sheet alone.
struct SheetOnly {
    sheet: Sheet,
    state: SheetState,
    thumbnails: Option<Thumbnails>,
    events: Vec<SheetEvent>,
}

fn sheet_only(sheet: Sheet, arrangement: Arrangement, side: f32, size: [f32; 2]) -> Harness<'static, SheetOnly> {
    let state = SheetOnly { sheet, state: SheetState::new(arrangement, side), thumbnails: None, events: Vec::new() };
    let builder = Harness::builder().with_size(Vec2::from(size)).with_context_setup(theme::apply);
    let mut harness = builder.build_ui_state(
        |ui, only: &mut SheetOnly| {
            let ctx = ui.ctx().clone();
            let thumbnails = only.thumbnails.get_or_insert_with(|| Thumbnails::new(&ctx, 16).unwrap());
            thumbnails.listen(&ctx);
            only.events.extend(contact_sheet::show(ui, &only.sheet, &mut only.state, thumbnails));
        },
        state,
    );
    harness.run_ok();
    harness
}

#[test]
fn the_contact_sheet_is_worked_by_keyboard_alone() {
    let mut harness = sheet_only(sample::sheet(), Arrangement::Rows, 60.0, [600.0, 400.0]);
    // One stop for the tabulator, then arrows.
    harness.key_press(Key::Tab);
    harness.run_ok();
    assert!(harness.get_by_label("Concept grid, 24 pictures").is_focused());
    for key in [Key::ArrowRight, Key::ArrowDown] {
        harness.key_press(key);
        harness.run_ok();
    }
    assert_eq!(harness.state().state.cursor, 7);
    harness.key_press(Key::Num2);
    harness.key_press(Key::K);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    harness.run_ok();
    harness.key_press(Key::C);
    harness.key_press(Key::X);
    harness.key_press(Key::Enter);
    harness.key_press(Key::End);
    harness.run_ok();
    let told: Vec<&SheetEvent> =
        harness.state().events.iter().filter(|event| **event != SheetEvent::Selected).collect();
    assert_eq!(
        told,
        [
            &SheetEvent::Ranked(7, Some(2)),
            &SheetEvent::Kept(7),
            &SheetEvent::Compared(7, 8),
            &SheetEvent::Rejected(8),
            &SheetEvent::Opened(8),
        ]
    );
    assert_eq!(harness.state().state.cursor, 23);
}

#[test]
fn a_tile_is_chosen_by_press_and_tells_its_state() {
    let mut harness = sheet_only(sample::sheet(), Arrangement::Rows, 60.0, [600.0, 400.0]);
    harness.get_by_label("Flat vector 4, rejected: too dark for print").click();
    harness.run_ok();
    assert_eq!(harness.state().state.cursor, 3);
    harness.get_by_label("Flat vector 1, rank 1").click_modifiers(Modifiers::SHIFT);
    harness.run_ok();
    assert_eq!(harness.state().state.selected.iter().copied().collect::<Vec<_>>(), [0, 1, 2, 3]);
    harness.get_by_label("Blueprint 6, failed: the device ran out of memory").click();
    harness.run_ok();
    assert_eq!(harness.state().events.last(), Some(&SheetEvent::Selected), "a click alone starts nothing again");
    harness.get_by_label_contains("Try again: Blueprint 6").click();
    harness.run_ok();
    assert_eq!(harness.state().events.last(), Some(&SheetEvent::Retried(17)));
    harness.get_by_label("Watercolour 5, 60 % made");
    harness.get_by_label("Watercolour 6, queued");
}

#[test]
fn a_moodboard_is_sorted_by_dragging() {
    let mut harness = open(scene());
    settle(&mut harness);
    let names = |harness: &Harness<'_, Scene>| -> Vec<Option<u8>> {
        harness.state().contents.moodboard.rows[0].tiles.iter().map(|tile| tile.rank).collect()
    };
    assert_eq!(names(&harness), [Some(1), Some(2), Some(3), Some(4)]);
    let at = |harness: &Harness<'_, Scene>, label: &str| {
        harness
            .get_all_by_label(label)
            .map(|node| node.rect())
            .max_by(|a, b| a.top().total_cmp(&b.top()))
            .unwrap()
            .center()
    };
    let from = at(&harness, "Flat vector 1, rank 1");
    let to = at(&harness, "Woodcut ink 3, rank 3");
    harness.hover_at(from);
    harness.run_ok();
    harness.drag_at(from);
    harness.run_ok();
    for part in [0.3, 0.7, 1.0] {
        harness.hover_at(from + (to - from) * part);
        harness.run_ok();
    }
    harness.drop_at(to);
    harness.run_ok();
    assert_eq!(names(&harness), [Some(2), Some(3), Some(1), Some(4)]);
}

/// Only what is seen is drawn. How long a frame takes is printed, not judged: `-- --nocapture thousand`.
#[test]
fn of_a_thousand_tiles_only_those_that_are_seen_are_drawn() {
    let mut harness = sheet_only(sample::thousand(), Arrangement::Flow, 72.0, [1280.0, 800.0]);
    for _ in 0..100 {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let drawn = harness.get_all_by_label_contains("Volume ").count();
    assert!((100..260).contains(&drawn), "{drawn}");
    let mut millis: Vec<f64> = (0..120)
        .map(|frame| {
            harness.hover_at(egui::pos2(300.0, 300.0));
            harness.event(Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: Vec2::new(0.0, if frame % 40 < 30 { -90.0 } else { 200.0 }),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            });
            let began = std::time::Instant::now();
            harness.step();
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    println!("a frame with 1,000 tiles: p50 {:.2} ms, p99 {:.2} ms", millis[60], millis[118]);
}
