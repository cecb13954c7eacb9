//! A stroke is never lost by what is done with the keyboard while the pointer is still pressed.

use eframe::egui::{Key, Pos2};
use kento_studio::workflow::Actor;

use super::super::CanvasPanel;
use super::{Covered, Desk, World};
use crate::panels::checklist::{jo, mara};

/// A desk where masks are worked on, and where a stroke begins and stands now.
fn masking() -> (Desk, [Pos2; 2]) {
    let mut desk = Desk::new(World::new());
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    let stroke = [desk.spot(100.0, 128.0), desk.spot(160.0, 140.0)];
    desk.begin_stroke(stroke[0], stroke[1]);
    assert!(desk.world().canvas.view.is_drawing(), "the stroke is being made");
    (desk, stroke)
}

/// Whether something is masked, once the masks are read.
#[track_caller]
fn assert_masked(desk: &mut Desk) {
    desk.until("the masks are there", |desk| desk.says("% masked"));
    assert!(!desk.says("0.0 % masked"), "what was drawn so far is kept");
}

#[test]
fn a_stroke_is_on_the_drive_when_another_panel_takes_the_canvas_place() {
    let (mut desk, [_, to]) = masking();
    desk.world_mut().covered = Covered::Hidden;
    desk.steps(3);
    assert!(!desk.world().canvas.view.is_drawing());
    desk.let_go(to);
    // Nothing of the panel is left but what it has written.
    desk.world_mut().canvas = CanvasPanel::default();
    desk.world_mut().covered = Covered::Nothing;
    desk.until("the picture is read", |desk| desk.world().canvas.drawn.is_some());
    desk.press("Mask and repair");
    assert_masked(&mut desk);
}

#[test]
fn a_stroke_ends_where_it_was_when_the_command_palette_takes_the_keyboard() {
    let (mut desk, [from, to]) = masking();
    desk.world_mut().covered = Covered::Palette;
    desk.steps(3);
    assert!(!desk.world().canvas.view.is_drawing());
    desk.let_go(to);
    desk.world_mut().covered = Covered::Nothing;
    assert_masked(&mut desk);
    // It is one step.
    desk.press("Undo on the mask");
    desk.until("it is undone", |desk| desk.says("0.0 % masked"));
    desk.drag(from, to);
    assert_masked(&mut desk);
}

#[test]
fn a_stroke_is_kept_when_masking_ends_by_its_key_or_another_role_acts() {
    let (mut desk, [_, to]) = masking();
    desk.key(Key::M);
    assert!(!desk.world().canvas.repairing.is_on() && !desk.world().canvas.view.is_drawing());
    desk.let_go(to);
    desk.press("Mask and repair");
    assert_masked(&mut desk);

    let act_as = |desk: &mut Desk, actor: Actor| {
        desk.world_mut().actor = actor;
        desk.steps(3);
    };
    let (mut desk, [_, to]) = masking();
    act_as(&mut desk, jo());
    assert!(!desk.world().canvas.repairing.is_on(), "masks are the Operator's");
    desk.let_go(to);
    act_as(&mut desk, mara());
    desk.press("Mask and repair");
    assert_masked(&mut desk);
}
