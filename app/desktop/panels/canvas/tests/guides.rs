//! Own guides: kept for each image, moved with the pointer, every step taken back.

use eframe::egui::{Key, Modifiers, Pos2};

use super::super::CanvasPanel;
use super::{Desk, World};
use crate::widgets::image_view::Pulled;

/// A desk with rulers and a guide 64 pixels from the top of the picture.
fn with_a_guide() -> Desk {
    let mut desk = Desk::new(World::new());
    show_rulers(&mut desk);
    pull(&mut desk, 64.0);
    assert_eq!(lines(&desk), [Pulled::Level(64.0)]);
    desk
}

fn show_rulers(desk: &mut Desk) {
    desk.press("Rulers, guides and turning");
    desk.press("Rulers");
    desk.key(Key::Escape);
    // The keyboard is the picture's again.
    let at = desk.spot(200.0, 200.0);
    desk.click_at(at);
}

fn pull(desk: &mut Desk, y: f32) {
    let (from, to) = (desk.spot(128.0, 0.0), desk.spot(128.0, y));
    let ruler = desk.picture().top() - 6.0;
    desk.drag(Pos2::new(from.x, ruler), to);
}

fn lines(desk: &Desk) -> Vec<Pulled> {
    desk.world().canvas.composing.lines().to_vec()
}

fn keys(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.harness.key_press_modifiers(modifiers, key);
    desk.steps(3);
}

#[test]
fn guides_are_there_again_on_their_image_and_on_what_is_made_of_it() {
    let mut desk = Desk::new(World::new());
    let (edited, parent) = (desk.world().selection.image.unwrap(), desk.world().sample.picture(1));
    desk.world_mut().selection.image = Some(parent);
    desk.until("it is looked at", |desk| desk.world().canvas.drawn.is_some_and(|(image, _)| image == parent));
    show_rulers(&mut desk);
    pull(&mut desk, 64.0);
    // Opened again: nothing of the panel is left but what it has written.
    desk.world_mut().canvas = CanvasPanel::default();
    desk.until("they are read", |desk| desk.world().canvas.composing.own() == 1);
    // An edit begins with those of its parent, and what is done to them is its own.
    desk.world_mut().selection.image = Some(edited);
    desk.until("the edit has them too", |desk| {
        desk.world().canvas.drawn.is_some_and(|(image, _)| image == edited) && desk.world().canvas.composing.own() == 1
    });
    show_rulers(&mut desk);
    pull(&mut desk, 100.0);
    assert_eq!(lines(&desk), [Pulled::Level(64.0), Pulled::Level(100.0)]);
    desk.world_mut().canvas = CanvasPanel::default();
    desk.until("it has its own", |desk| desk.world().canvas.composing.own() == 2);
    desk.world_mut().selection.image = Some(parent);
    desk.until("its parent has one", |desk| desk.world().canvas.composing.own() == 1);
}

#[test]
fn a_guide_is_moved_and_taken_away_with_the_pointer_and_every_step_is_taken_back() {
    let mut desk = with_a_guide();
    let (from, to) = (desk.spot(60.0, 64.0), desk.spot(60.0, 100.0));
    let centre = desk.world().canvas.view.camera.centre;
    desk.drag(from, to);
    assert_eq!(lines(&desk), [Pulled::Level(100.0)]);
    assert_eq!(desk.world().canvas.view.camera.centre, centre, "the picture did not move");
    let beside = Pos2::new(to.x, desk.picture().top() - 6.0);
    desk.drag(to, beside);
    assert!(lines(&desk).is_empty(), "let go on the ruler it is gone");
    let at = desk.spot(200.0, 200.0);
    desk.click_at(at);
    for expected in [vec![Pulled::Level(100.0)], vec![Pulled::Level(64.0)], Vec::new()] {
        keys(&mut desk, Modifiers::COMMAND, Key::Z);
        assert_eq!(lines(&desk), expected);
    }
    keys(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    keys(&mut desk, Modifiers::COMMAND, Key::Y);
    assert_eq!(lines(&desk), [Pulled::Level(100.0)]);
    desk.press("Rulers, guides and turning");
    desk.press("Undo on own guides");
    assert_eq!(lines(&desk), [Pulled::Level(64.0)]);
}

#[test]
fn a_brush_paints_over_a_guide_and_leaves_it_where_it_is() {
    let mut desk = with_a_guide();
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    let (from, to) = (desk.spot(60.0, 64.0), desk.spot(120.0, 90.0));
    desk.drag(from, to);
    assert!(!desk.says("0.0 % masked"), "the brush has painted");
    assert_eq!(lines(&desk), [Pulled::Level(64.0)]);
}

#[test]
fn a_turned_view_has_rulers_that_give_lines_of_the_picture() {
    let mut desk = Desk::new(World::new());
    show_rulers(&mut desk);
    (0..6).for_each(|_| desk.key(Key::Num6));
    assert!(desk.world().context.ends_with("turned 90°"), "{}", desk.world().context);
    assert!(desk.says("Ruler at the top, counting rows: drag a guide out of it"));
    // A quarter turn to the right: what is pulled down is a column of the picture.
    let to = desk.spot(40.0, 128.0);
    let ruler = desk.picture().top() - 6.0;
    desk.drag(Pos2::new(to.x, ruler), to);
    assert_eq!(lines(&desk), [Pulled::Upright(40.0)]);
    let line = desk.spot(40.0, 200.0);
    assert_ne!(desk.colour(line), [100, 120, 100], "it is seen on the picture");
    desk.keep("canvas-rulers-turned");
}

#[test]
fn a_damaged_file_of_guides_is_told_and_the_masks_are_as_they_were() {
    let world = World::new();
    let image = world.selection.image.unwrap();
    let folder = world.project.images().masks_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{image}.guides"));
    std::fs::write(&file, "{\"schema\":1,").unwrap();
    let mut desk = Desk::new(world);
    desk.until("it is told", |desk| desk.says("The file with the guides of this picture was damaged"));
    desk.press("Understood: guides");
    assert!(!desk.says("was damaged"));
    let aside = folder.join(format!("{image}.guides.damaged"));
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "{\"schema\":1,");
    show_rulers(&mut desk);
    pull(&mut desk, 64.0);
    desk.until("the new one is saved", |_| file.exists());
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
}
