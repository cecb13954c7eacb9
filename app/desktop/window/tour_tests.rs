//! The tour in the frame by label and key, with panels that stand for the real ones.

use std::path::Path;

use eframe::egui::{self, Event, Key, Modifiers, Rect, Ui, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::tour::Tour;
use crate::desk::Sight;
use crate::frame::{
    Criterion, FrameData, PanelContents, PanelKind, Region, Stage, StageState, WindowFrame, WindowLayout,
};
use crate::theme::{self, ActingRole};

const TITLES: [&str; 4] = [
    "Everything starts with one sentence",
    "Breadth first, then one direction",
    "A recipe locks when it is proved",
    "Somebody else clears it",
];
const PANELS: [PanelKind; 4] =
    [PanelKind::LockPanel, PanelKind::ConceptGrid, PanelKind::LockPanel, PanelKind::Checklist];

struct Window {
    frame: WindowFrame,
    tour: Tour,
    data: FrameData,
    sight: Option<Sight>,
    typed: String,
}

struct Panels<'a> {
    typed: &'a mut String,
}

impl PanelContents for Panels<'_> {
    fn context(&self, _: PanelKind) -> String {
        String::new()
    }

    fn actions(&mut self, _: &mut Ui, _: PanelKind) {}

    fn show(&mut self, ui: &mut Ui, panel: PanelKind) {
        if panel == PanelKind::Canvas {
            ui.text_edit_singleline(self.typed).accessible_name("Note");
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        if let Some(sight) = self.tour.prepare(&ctx, &mut self.frame, self.data.role) {
            self.sight = Some(sight);
        }
        self.frame.show(ui, &self.data, &mut Panels { typed: &mut self.typed }, &[], &[]);
        self.tour.show(ui, &self.frame);
    }
}

fn stage(name: &str) -> Stage {
    Stage {
        name: name.to_owned(),
        state: StageState::Done,
        entry: Criterion { text: String::new(), is_met: true },
        action: String::new(),
        exit: Vec::new(),
        missing: Vec::new(),
    }
}

fn window(role: ActingRole, size: [f32; 2]) -> Harness<'static, Window> {
    let folder = Path::new("/sample.kento");
    let mut tour = Tour::default();
    tour.wait_for(folder.to_owned());
    assert!(tour.project_is_open(folder));
    let data = FrameData { role, stages: ["Brief", "Concept sprint"].map(stage).to_vec(), ..FrameData::default() };
    let frame = WindowFrame::new(WindowLayout::default(), role);
    let builder = Harness::builder().with_size(Vec2::from(size)).with_step_dt(1.0 / 60.0);
    let mut harness = builder.build_eframe(|creation| {
        theme::apply(&creation.egui_ctx);
        Window { frame, tour, data, sight: None, typed: String::new() }
    });
    harness.run();
    harness
}

/// The step that is shown, from 0 on.
fn step(harness: &Harness<'_, Window>) -> Option<usize> {
    (0..4).find(|i| harness.query_by_label(&format!("Tour, {} of 4: {}", i + 1, TITLES[*i])).is_some())
}

fn press(harness: &mut Harness<'_, Window>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

fn key(harness: &mut Harness<'_, Window>, key: Key) {
    harness.key_press(key);
    harness.run();
}

#[test]
fn four_steps_by_label_each_with_its_panel_in_sight_at_every_size_and_role() {
    for size in [[1280.0, 800.0], [900.0, 640.0], [2560.0, 1440.0]] {
        for role in ActingRole::ALL {
            let mut harness = window(role, size);
            let screen = Rect::from_min_size(egui::Pos2::ZERO, Vec2::from(size));
            for (i, panel) in PANELS.into_iter().enumerate() {
                assert_eq!(step(&harness), Some(i), "{role:?} at {size:?}");
                harness.get_by_label(TITLES[i]);
                harness.get_by_label(&format!("{} of 4", i + 1));
                let card = harness.get_by_label(&format!("Tour, {} of 4: {}", i + 1, TITLES[i])).rect();
                assert!(screen.contains_rect(card), "{card:?} is not on a screen of {size:?}");
                for label in ["Back", "Next", "End tour"] {
                    let button = harness.query_by_label(label).map(|button| button.rect());
                    assert!(
                        button.is_none_or(|button| card.contains_rect(button)),
                        "{label} of {button:?} in {card:?}"
                    );
                }
                let place = harness.state().frame.place_of(Region::Panel(panel));
                let place = place.unwrap_or_else(|| panic!("{panel:?} is hidden for {role:?} at {size:?}"));
                assert!(place.width() > 100.0 && screen.expand(1.0).contains_rect(place), "{place:?}");
                let sight = [Some(Sight::Brief), Some(Sight::Moodboard), Some(Sight::Recipe), Some(Sight::Recipe)][i];
                assert_eq!(harness.state().sight, sight);
                if i < 3 {
                    press(&mut harness, "Next");
                }
            }
            assert!(harness.query_by_label("Next").is_none());
            for i in (0..3).rev() {
                press(&mut harness, "Back");
                assert_eq!(step(&harness), Some(i));
            }
            assert!(harness.query_by_label("Back").is_none());
            press(&mut harness, "End tour");
            assert_eq!(step(&harness), None);
        }
    }
}

#[test]
fn arrows_enter_and_escape_go_through_the_tour() {
    let mut harness = window(ActingRole::Director, [1280.0, 800.0]);
    // The main button has the keyboard, so nobody has to look for it.
    for i in 1..4 {
        key(&mut harness, if i == 2 { Key::ArrowRight } else { Key::Enter });
        assert_eq!(step(&harness), Some(i));
    }
    key(&mut harness, Key::ArrowRight);
    assert_eq!(step(&harness), Some(3), "the last step stays until it is ended");
    for i in (0..3).rev() {
        key(&mut harness, Key::ArrowLeft);
        assert_eq!(step(&harness), Some(i));
    }
    key(&mut harness, Key::ArrowLeft);
    assert_eq!(step(&harness), Some(0));
    key(&mut harness, Key::Escape);
    assert_eq!(step(&harness), None);
}

#[test]
fn enter_ends_the_tour_at_its_last_step() {
    let mut harness = window(ActingRole::Operator, [900.0, 640.0]);
    for _ in 0..3 {
        key(&mut harness, Key::Enter);
    }
    assert_eq!(step(&harness), Some(3));
    key(&mut harness, Key::Enter);
    assert_eq!(step(&harness), None);
}

#[test]
fn who_works_beside_the_tour_is_not_disturbed() {
    let mut harness = window(ActingRole::Director, [2560.0, 1440.0]);
    harness.get_by_label("Note").focus();
    harness.run();
    harness.event(Event::Text("calm".to_owned()));
    for pressed in [Key::ArrowLeft, Key::ArrowRight, Key::Enter] {
        harness.get_by_label("Note").focus();
        harness.run();
        key(&mut harness, pressed);
        assert_eq!(step(&harness), Some(0), "{pressed:?}");
    }
    assert_eq!(harness.state().typed, "calm");
    // The list of keys closes first.
    harness.key_press(Key::F1);
    harness.run();
    key(&mut harness, Key::Escape);
    assert_eq!(step(&harness), Some(0));
}

#[test]
fn another_role_stands_its_panels_anew_and_the_step_stays_in_sight() {
    let mut harness = window(ActingRole::Director, [1280.0, 800.0]);
    for _ in 0..3 {
        press(&mut harness, "Next");
    }
    for role in [ActingRole::Operator, ActingRole::Reviewer, ActingRole::Director] {
        harness.state_mut().data.role = role;
        harness.run();
        assert!(harness.state().frame.place_of(Region::Panel(PanelKind::Checklist)).is_some(), "{role:?}");
        assert_eq!(step(&harness), Some(3));
    }
    // A role is put on by its key, and the card keeps the keyboard.
    key(&mut harness, Key::ArrowLeft);
    assert_eq!(step(&harness), Some(2));
    key(&mut harness, Key::ArrowRight);
    // Somebody who looks behind another tab keeps the card, and the tab.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run();
    assert!(harness.state().frame.place_of(Region::Panel(PanelKind::Checklist)).is_none());
    assert_eq!(step(&harness), Some(3));
}

#[test]
fn in_a_window_that_is_lower_than_the_card_its_buttons_are_still_there() {
    let size = [427.0, 200.0];
    let mut harness = window(ActingRole::Director, size);
    let screen = Rect::from_min_size(egui::Pos2::ZERO, Vec2::from(size));
    for label in ["Next", "End tour"] {
        let button = harness.get_by_label(label).rect();
        assert!(screen.contains_rect(button), "{label} at {button:?}");
    }
    press(&mut harness, "Next");
    assert_eq!(step(&harness), Some(1));
}

#[test]
fn the_tour_ends_with_its_project() {
    let mut harness = window(ActingRole::Director, [1280.0, 800.0]);
    assert!(!harness.state_mut().tour.project_is_open(Path::new("/another.kento")));
    harness.run();
    assert_eq!(step(&harness), None);
}
