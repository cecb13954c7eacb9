//! Two candidates that are looked at together while the mask is painted, before anything is made of them.

use eframe::egui::Key;
use kento_studio::workflow::Command;
use kento_studio::{CropBox, Sha256};

use super::{Desk, World, png};
use crate::desk::PanelAsk;

const RED: [u8; 3] = [200, 40, 40];
const BLUE: [u8; 3] = [40, 60, 210];

/// A repair with a red and a blue candidate.
fn with_candidates() -> (World, [Sha256; 2]) {
    let mut world = World::new();
    let job = world.repaired(CropBox { x: 128, y: 144, width: 96, height: 96 });
    let two = [RED, BLUE].map(|colour| world.project.put_image(&png(|_, _| colour)).unwrap().sha256);
    for (n, image) in (job.0..).zip(two) {
        world.sample.pictures.insert(u32::try_from(n).unwrap(), image);
    }
    world.sample.render();
    (world, two)
}

#[test]
fn a_mix_is_seen_while_its_mask_is_painted_and_made_of_what_was_seen() {
    let (world, two) = with_candidates();
    let mut desk = Desk::new(world);
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    desk.press("Candidate 1");
    desk.until("it is looked at", |desk| desk.world().canvas.drawn.is_some_and(|(image, _)| image == two[0]));
    desk.press("Mix");
    desk.press("candidate 2 instead");
    assert!(desk.says("Paint where candidate 2 shows"));
    assert!(desk.says("Make the mix, not possible: paint where the second candidate shall show"));

    // The second one shows below a stroke that is not ended yet, and only there.
    let (from, to, beside) = (desk.spot(90.0, 128.0), desk.spot(190.0, 128.0), desk.spot(90.0, 220.0));
    desk.begin_stroke(from, to);
    desk.until("the second one is read and shows", |desk| desk.seen(from) == BLUE);
    assert!(desk.world().canvas.view.is_drawing());
    assert_eq!(desk.seen(beside), RED);
    desk.let_go(to);
    // What is masked is told below the picture, which stands elsewhere for that.
    let (from, beside) = (desk.spot(90.0, 128.0), desk.spot(90.0, 220.0));
    assert_eq!([desk.colour(from), desk.colour(beside)], [BLUE, RED]);
    desk.keep("canvas-mix");
    assert!(desk.world().asks.is_empty(), "nothing is recorded before it is made");

    desk.press("Make the mix");
    desk.until("its files are there", |desk| !desk.world().asks.is_empty());
    let [PanelAsk::Store(files, command)] = desk.world().asks.as_slice() else { panic!("{:?}", desk.world().asks) };
    let Command::MixCandidates { first, second, .. } = command.as_ref() else { panic!("{command:?}") };
    assert_eq!([*first, *second], two);
    let made = image::load_from_memory(&files[1]).unwrap().into_rgb8();
    assert_eq!([made.get_pixel(90, 128).0, made.get_pixel(90, 220).0], [BLUE, RED]);

    // Looked at alone again it is as it was.
    desk.press("Leave the mix");
    let from = desk.spot(90.0, 128.0);
    assert_eq!(desk.colour(from), RED);
}

#[test]
fn escape_gives_up_the_stroke_first_and_the_mix_then() {
    let (world, two) = with_candidates();
    let mut desk = Desk::new(world);
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    desk.press("Candidate 2");
    desk.press("Mix");
    desk.press("candidate 1 instead");
    desk.until("the second is shown", |desk| desk.world().canvas.drawn.is_some_and(|(image, _)| image == two[1]));
    let (from, to) = (desk.spot(90.0, 128.0), desk.spot(190.0, 128.0));
    desk.begin_stroke(from, to);
    desk.key(Key::Escape);
    assert!(!desk.world().canvas.view.is_drawing() && desk.says("Paint where candidate 1 shows"));
    desk.let_go(to);
    desk.key(Key::Escape);
    assert!(!desk.says("Paint where") && desk.world().canvas.repairing.shows_candidate());
    desk.key(Key::Escape);
    assert!(!desk.world().canvas.repairing.shows_candidate());
    assert!(desk.says("0.0 % masked"), "the stroke was given up");
}
