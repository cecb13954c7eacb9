//! Cards that were proved on another device: here they give other pixels, and the card alone says how its images should look.

use std::fs;
use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use kento::input_image;
use kento::studio::pixels_sha256;
use kento_studio::card::{HexBytes, LockedRecipe, from_ron};

use crate::{demo, kento, locked_card, stderr, stdout};

/// The demo's card as another device would have locked it, whose Hero's bytes differ from ours by `by` in every 97th place.
fn proved_elsewhere(by: u8) -> String {
    let text = fs::read_to_string(locked_card(demo())).unwrap();
    let card: LockedRecipe = from_ron(&text).unwrap();
    let held = card.hero().expect("a project's card holds its Hero's look");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hero.png");
    fs::write(&path, &held.png.0).unwrap();
    let mut hero = input_image::read_rgb(&path).unwrap().pixels;
    assert_eq!(
        pixels_sha256(&hero),
        card.proof().hero_pixels,
        "the starter's images are small enough to be held whole"
    );
    hero.data.iter_mut().step_by(97).for_each(|byte| *byte = byte.saturating_add(by));
    let mut png = Vec::new();
    let picture = RgbImage::from_raw(hero.width, hero.height, hero.data.clone()).unwrap();
    picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    let hex = |bytes: &[u8]| String::from(HexBytes(bytes.to_vec()));
    text.replace(&hex(&held.png.0), &hex(&png))
        .replace(&card.proof().hero_pixels.to_string(), &pixels_sha256(&hero).to_string())
        .replace("name: \"CPU\"", "name: \"Another GPU\"")
}

/// Verifies a card in a folder where nothing else is.
fn verified(text: &str) -> (Option<i32>, String, String) {
    let place = tempfile::tempdir().unwrap();
    let card = place.path().join("card.ron");
    fs::write(&card, text).unwrap();
    let output = kento(&["verify", card.to_str().unwrap(), "--device", "cpu"]);
    (output.status.code(), stdout(&output), stderr(&output))
}

#[test]
fn a_card_from_another_device_verifies_with_nothing_but_the_card_and_the_model() {
    let (code, said, error) = verified(&proved_elsewhere(1));
    assert_eq!(code, Some(0), "{error}");
    assert!(said.contains("reproduces: cannot be told apart (SSIMULACRA2 "), "{said}");
    assert!(said.contains(" at 128x128)"), "{said}");
    let (code, _, error) = verified(&proved_elsewhere(90));
    assert_eq!(code, Some(1));
    assert!(error.contains("the second render scores ") && error.contains("and 90 is needed"), "{error}");
}

#[test]
fn a_card_from_before_cards_held_a_picture_asks_for_the_heros_png() {
    let text = proved_elsewhere(1);
    let at = text.rfind("    hero: ").unwrap();
    let (code, _, error) = verified(&format!("{})\n", &text[..at]));
    assert_eq!(code, Some(1));
    assert!(error.contains("to compare how alike they look, give the Hero's PNG"), "{error}");
}

#[test]
fn a_card_with_another_images_picture_is_refused() {
    let text = fs::read_to_string(locked_card(demo())).unwrap();
    let card: LockedRecipe = from_ron(&text).unwrap();
    let hero = card.proof().hero.to_string();
    let at = text.rfind(&hero).unwrap();
    let (code, _, error) = verified(&format!("{}{}{}", &text[..at], "0".repeat(64), &text[at + 64..]));
    assert_eq!(code, Some(1));
    assert!(error.contains("the card holds the picture of 0000"), "{error}");
}
