//! What else the Operator does on the canvas: drags the box, mixes two candidates, extends the picture, has it varied.

use eframe::egui::{Pos2, Vec2, vec2};
use kento::frame::PanelKind;
use kento::widgets::image_view::Camera;

use crate::person::{ENGINE_PATIENCE, PATIENCE, Person};
use crate::repair::look_at_the_keeper;

/// Side of the journey's pictures in pixels.
const SIDE: f32 = 64.0;
const ACT: &str = "What is made of the picture";

/// Does all that on the keeper whose mask and waiting candidate `repair_a_keeper` left.
pub fn drag_mix_extend_and_vary(person: &mut Person) {
    look_at_the_keeper(person);
    // The grid shows what stands for the picture now; its candidates are those of the picture before.
    let links = person.names_that_begin("");
    let before =
        links.iter().find(|name| name.split(' ').nth(1) == Some("Hero")).expect("a link to the picture before");
    person.click(before);
    person.click("Mask and repair");
    person.wait_for("% masked");
    person.wait_for("Box automatic");
    let masked = person.texts_that_end("% masked");

    // The box is as large as the picture: its right handle stands on the picture's right edge.
    let edge = on_picture(person, [1.0, 0.5]);
    person.drag(&[edge, edge - vec2(6.0, 0.0), edge - vec2(12.0, 0.0)]);
    person.wait_for("Box chosen");
    assert_eq!(person.texts_that_end("% masked"), masked, "the brush did not paint");
    person.click("Box chosen");
    person.click("Follow the mask again");
    person.wait_for("Box automatic");

    person.fill_number("Pictures to choose from; each is an iteration", 1);
    person.click("Repair");
    person.wait_for_control("Candidate 2", ENGINE_PATIENCE);
    person.click("Candidate 1");
    person.click("Mix");
    person.click("candidate 2 instead");
    // It is looked at before it is made, with what the mask of the repair covers.
    person.wait_for("Paint where candidate 2 shows");
    person.click("Make the mix");
    person.wait_for_control("Candidate 3", PATIENCE);
    person.wait_for("mix of ");
    person.click("Accept");
    person.wait_until("the mix is looked at", PATIENCE, |person| !person.can_press("Candidate 3"));

    choose(person, "Extend the picture");
    let edge = on_picture(person, [1.0, 0.5]) + vec2(9.0, 0.0);
    person.drag(&[edge, edge + vec2(20.0, 0.0), edge + vec2(40.0, 0.0)]);
    person.wait_until("the picture is to grow", PATIENCE, |person| !person.sees(&format!("becomes {SIDE}×{SIDE}")));
    make_one_and_accept(person, "Extend");

    choose(person, "Vary subtly");
    make_one_and_accept(person, "Vary");
    person.wait_for_idle_engine();
    person.click("Mask and repair");
    person.go_to(PanelKind::ConceptGrid);
}

fn make_one_and_accept(person: &mut Person, button: &str) {
    person.fill_number("Pictures to choose from; each is an iteration", 1);
    person.click(button);
    person.wait_for_control("Candidate 1", ENGINE_PATIENCE);
    person.click("Candidate 1");
    person.click("Accept");
    person.wait_until("the accepted one is looked at", PATIENCE, |person| !person.can_press("Candidate 1"));
}

fn choose(person: &mut Person, act: &str) {
    person.click(ACT);
    person.click(act);
}

/// Where a place of the fitted picture, from 0 to 1 on both axes, is seen.
fn on_picture(person: &Person, at: [f32; 2]) -> Pos2 {
    let area = person.place_of_picture();
    area.center() + Vec2::from(Camera::default().ui_from_image(at, [SIDE, SIDE], area.size().into()))
}
