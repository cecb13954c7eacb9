//! The Operator repairs a keeper: brush, lasso, two candidates, one accepted, and its card makes it again.

use eframe::egui::{Key, Rect};
use kento::frame::PanelKind;

use crate::person::{ENGINE_PATIENCE, PATIENCE, Person};

/// How the text ends that says how much is masked.
const MASKED: &str = "% masked";

/// Masks a corner of the selected picture with a brush and a lasso, has two candidates made, looks at them and accepts the second.
pub fn repair_a_keeper(person: &mut Person) {
    look_at_the_keeper(person);
    person.click("Mask and repair");
    person.wait_for("0.0 % masked");
    let picture = picture(person);
    let at = |x: f32, y: f32| picture.lerp_inside(eframe::egui::vec2(x, y));
    person.drag(&[at(0.5, 0.5), at(0.6, 0.55), at(0.7, 0.5)]);
    person.wait_until("the brush masks something", PATIENCE, |person| masked(person) > 0.0);
    let brushed = masked(person);
    person.click("Lasso");
    // Away from the tools, which float at the upper left.
    person.drag(&[at(0.5, 0.7), at(0.9, 0.7), at(0.9, 0.95), at(0.5, 0.95)]);
    person.wait_until("the lasso adds to it", PATIENCE, |person| masked(person) > brushed);
    let both = masked(person);
    person.click("Undo on the mask");
    person.wait_until("the lasso is undone", PATIENCE, |person| masked(person) == brushed);
    person.click("Redo on the mask");
    person.wait_until("the lasso is there again", PATIENCE, |person| masked(person) == both);

    person.fill("Prompt of the repair", "a clear sky");
    person.fill_number("Pictures to choose from; each is an iteration", 2);
    person.click("Make 2 candidates");
    person.wait_until("both candidates are made", ENGINE_PATIENCE, |person| {
        person.can_press("Candidate 1") && person.can_press("Candidate 2")
    });
    person.click("Candidate 2");
    person.key(Key::Backslash);
    // Where the candidate differs from the picture that it may stand for, and how far.
    person.click("Heat map of the difference");
    person.wait_for("of 255");
    person.click("One picture");
    person.click("Accept");
    person.wait_until("the accepted one is looked at", PATIENCE, |person| !person.can_press("Candidate 2"));
    person.wait_for_idle_engine();
    person.click("Mask and repair");
    person.go_to(PanelKind::ConceptGrid);
    // What was kept shows what became of it.
    let shows_it = |person: &Person| person.names_that_begin("1: ").iter().any(|name| name.contains(", repaired"));
    person.wait_until("the tile shows the accepted one", PATIENCE, shows_it);
}

/// Selects the first picture of the run in the grid and goes to the canvas.
pub fn look_at_the_keeper(person: &mut Person) {
    let kept: Vec<String> = person.names_that_begin("1: ");
    let [keeper] = kept.as_slice() else { panic!("one first picture of the run, not {kept:?}") };
    person.click(keeper);
    person.go_to(PanelKind::Canvas);
}

fn picture(person: &Person) -> Rect {
    let canvas = person.place_of_picture();
    let side = canvas.width().min(canvas.height()) * 0.5;
    Rect::from_center_size(canvas.center() + eframe::egui::vec2(20.0, 0.0), [side, side].into())
}

fn masked(person: &Person) -> f64 {
    let texts = person.texts_that_end(MASKED);
    let text = texts.first().map(String::as_str).unwrap_or("0.0 % masked");
    text.trim_end_matches(MASKED).trim().parse().unwrap()
}
