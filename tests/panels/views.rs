//! What each role sees first, and how it brings the rest back.

use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use kento::frame::{Drawer, FrameEvent, NumbersBy, PanelKind, QueueRow, QueueState, Region, WindowFrame, WindowLayout};
use kento::theme::{ActingRole, ThemeChoice};

use crate::gallery::{Scene, harness};
use crate::raster::Raster;

const SIZES: [[f32; 2]; 2] = [[1280.0, 800.0], [1600.0, 1000.0]];

fn open(role: ActingRole, size: [f32; 2]) -> Harness<'static, Scene> {
    harness(Scene::new(role, ThemeChoice::Dark), size, &Raster::default())
}

fn sees(harness: &Harness<'static, Scene>, panel: PanelKind) -> bool {
    harness.state().frame.place_of(Region::Panel(panel)).is_some()
}

fn press(harness: &mut Harness<'static, Scene>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_ok();
}

#[test]
fn a_hidden_panel_comes_back_by_its_key_and_stays_for_this_role() {
    for (role, hidden, key) in [
        (ActingRole::Director, PanelKind::Checklist, Key::Num4),
        (ActingRole::Reviewer, PanelKind::LockPanel, Key::Num2),
    ] {
        for size in SIZES {
            let mut harness = open(role, size);
            assert!(!sees(&harness, hidden), "{role:?} sees {hidden:?} at {size:?}");
            harness.get_by_label("View: 1 panel is hidden");
            harness.key_press_modifiers(Modifiers::COMMAND, key);
            harness.run_ok();
            assert!(sees(&harness, hidden), "{role:?} at {size:?}");
            assert!(harness.state().events.contains(&FrameEvent::LayoutChanged));
            // Another role has its own view, and this one is found again as it was left, also after a restart.
            for other in [ActingRole::Operator, role] {
                harness.state_mut().data.role = other;
                harness.state_mut().contents.role = other;
                harness.run_ok();
            }
            harness.get_by_label("View: all panels are in sight");
            let saved = harness.state().frame.layout().to_ron().unwrap();
            let layout = WindowLayout::from_ron(&saved).unwrap();
            let mut again = Scene::new(role, ThemeChoice::Dark);
            again.frame = WindowFrame::new(layout, role);
            let again = crate::gallery::harness(again, size, &Raster::default());
            again.get_by_label("View: all panels are in sight");
        }
    }
}

#[test]
fn the_view_menu_hides_and_shows_panels_but_never_the_last() {
    let mut harness = open(ActingRole::Operator, SIZES[1]);
    for (place, name) in ["Show Concept grid", "Show Lock panel", "Show Checklist"].into_iter().enumerate() {
        let menu = match place {
            0 => "View: all panels are in sight".to_owned(),
            1 => "View: 1 panel is hidden".to_owned(),
            many => format!("View: {many} panels are hidden"),
        };
        press(&mut harness, &menu);
        press(&mut harness, name);
    }
    assert!(sees(&harness, PanelKind::Canvas) && !sees(&harness, PanelKind::Checklist));
    press(&mut harness, "View: 3 panels are hidden");
    harness.get_by_label("Show Canvas, not possible: it is the only panel in sight: show another one first");
    press(&mut harness, "Usual panels of this role");
    for panel in PanelKind::ALL {
        assert!(sees(&harness, panel), "{panel:?}");
    }
}

#[test]
fn what_is_revealed_in_passing_is_not_remembered() {
    let mut harness = open(ActingRole::Director, SIZES[1]);
    harness.state_mut().frame.reveal(PanelKind::Checklist);
    harness.run_ok();
    assert!(sees(&harness, PanelKind::Checklist));
    assert_eq!(harness.state().frame.layout().roles.get(&ActingRole::Director).map(|view| view.hidden.len()), Some(1));
}

#[test]
fn the_queue_shows_what_the_running_job_has_made() {
    let mut harness = open(ActingRole::Operator, SIZES[1]);
    harness.state_mut().frame.drawer = Some(Drawer::Queue);
    harness.run_ok();
    let running = |row: &&QueueRow| matches!(row.state, QueueState::Running { .. });
    let row = harness.state().data.queue.iter().find(running).cloned().unwrap();
    let preview = harness.get_by_label(&format!("Live preview of {}", row.title)).rect();
    assert!(preview.height() <= kento::theme::CONTROL_HEIGHT, "{preview:?} makes the row higher");
    let all = harness.query_all_by_label_contains("Live preview of").count();
    assert_eq!(all, 1, "a job that waits has nothing to show");
}

#[test]
fn the_numbers_are_told_by_week_by_run_and_by_recipe() {
    let mut harness = open(ActingRole::Operator, SIZES[1]);
    harness.state_mut().frame.drawer = Some(Drawer::Numbers);
    harness.run_ok();
    let number = harness.state().data.numbers[0].clone();
    for (place, by) in NumbersBy::SPLIT.into_iter().enumerate() {
        press(&mut harness, &format!("Numbers: {}", by.label().to_lowercase()));
        let told: Vec<String> = number.bars[place].iter().map(|bar| format!("{} {}", bar.label, bar.text)).collect();
        harness.get_by_label(&format!("{} {}: {}", number.name, by.label().to_lowercase(), told.join(", ")));
    }
}
