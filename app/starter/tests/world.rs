//! The world holds what it promises: determinism, held-out combinations, visible subjects, honest captions.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use kento_starter::caption;
use kento_starter::measure;
use kento_starter::palette::Colour;
use kento_starter::random::Random;
use kento_starter::scene::{Composition, Scene};
use kento_starter::setting::Place;
use kento_starter::shards;
use kento_starter::style::Style;
use kento_starter::subjects::Subject;
use std::collections::{BTreeSet, HashSet};

fn scene(subject: Subject, style: Style) -> Scene {
    Scene {
        subject,
        colour: Colour::Red,
        place: Place::Plain,
        place_colour: Some(Colour::White),
        composition: Composition::Centred,
        style,
        seed: 11,
    }
}

#[test]
fn the_issue_s_counts_are_met() {
    assert!(
        Subject::ALL.len() >= 24
            && Colour::ALL.len() == 12
            && Place::ALL.len() >= 8
            && Composition::ALL.len() >= 6
            && Style::ALL.len() >= 6
    );
    let distinct: HashSet<_> = Subject::ALL.iter().map(|s| s.name()).collect();
    assert_eq!(distinct.len(), Subject::ALL.len());
}

#[test]
fn the_same_seed_gives_the_same_scenes_and_pixels() {
    let (a, b) = (shards::scenes(3, 12, false), shards::scenes(3, 12, false));
    assert_eq!(a, b);
    for scene in &a {
        assert_eq!(kento_starter::render(scene, 64), kento_starter::render(scene, 64));
    }
    assert_ne!(a, shards::scenes(4, 12, false));
    assert_eq!(a[..5], shards::scenes(3, 5, false)[..]);
}

#[test]
fn training_never_sees_a_held_out_combination() {
    assert!(shards::scenes(1, 20_000, false).iter().all(|s| !s.is_held_out()));
    let held = shards::scenes(1, 300, true);
    assert!(held.iter().all(Scene::is_held_out));
    let subjects: HashSet<_> = held.iter().map(|s| s.subject).collect();
    assert_eq!(subjects.len(), Subject::ALL.len(), "every subject is examined");
    let mut all = 0;
    let mut out = 0;
    for subject in Subject::ALL {
        for colour in Colour::ALL {
            for style in Style::ALL {
                all += 1;
                out += usize::from(Scene { colour, ..scene(subject, style) }.is_held_out());
            }
        }
    }
    assert!((8..=12).contains(&(out * 100 / all)), "{out} of {all}");
    let demo = Scene { colour: Colour::Red, ..scene(Subject::Sun, Style::FlatVector) };
    assert!(!demo.is_held_out(), "the product's demo prompt is trained on");
}

#[test]
fn every_subject_shows_in_every_style() {
    for subject in Subject::ALL {
        for style in Style::ALL {
            let with = kento_starter::render(&scene(subject, style), 64);
            // The same picture without the subject: the drawing's ground and setting alone.
            let mut bare = scene(subject, style).draw();
            bare.shapes.retain(|shape| !shape.tone.is_subject());
            let mut random = Random::new(11 ^ 0x5717);
            let main = Colour::Red.rgb().jitter(&mut random, 6.0);
            let without = style.print(&bare, main, &mut random, 64);
            let changed = with
                .chunks_exact(3)
                .zip(without.chunks_exact(3))
                .filter(|(a, b)| a.iter().zip(*b).any(|(p, q)| p.abs_diff(*q) > 24))
                .count();
            assert!(changed > 60, "{subject:?} in {style:?} changes only {changed} of 4096 pixels");
        }
    }
}

#[test]
fn every_place_is_more_than_its_ground() {
    for place in Place::ALL.into_iter().filter(|&p| p != Place::Plain) {
        let picture =
            kento_starter::render(&Scene { place, place_colour: None, ..scene(Subject::Star, Style::FlatVector) }, 64);
        let colours: BTreeSet<[u8; 3]> = picture.chunks_exact(3).map(|p| [p[0] / 16, p[1] / 16, p[2] / 16]).collect();
        assert!(colours.len() >= 4, "{place:?} has {} colours", colours.len());
    }
}

#[test]
fn the_styles_differ_at_a_glance() {
    let pictures: Vec<Vec<u8>> =
        Style::ALL.iter().map(|&style| kento_starter::render(&scene(Subject::House, style), 64)).collect();
    for (i, a) in pictures.iter().enumerate() {
        for (j, b) in pictures.iter().enumerate().skip(i + 1) {
            let mean = a.iter().zip(b).map(|(p, q)| f64::from(p.abs_diff(*q))).sum::<f64>() / a.len() as f64;
            // Paper cut-out and flat vector share their colours; the shadows alone tell them apart.
            assert!(mean > 3.0, "{:?} and {:?} differ by {mean:.1} only", Style::ALL[i], Style::ALL[j]);
        }
    }
}

#[test]
fn the_subject_stands_where_the_composition_says() {
    for composition in Composition::ALL {
        for subject in [Subject::Heart, Subject::Apple, Subject::Star] {
            for seed in 0..4 {
                let scene = Scene { composition, seed, ..scene(subject, Style::FlatVector) };
                let middle = measure::middle_of(&kento_starter::render(&scene, 64), 64, Colour::Red);
                let (x, _) = composition.frame();
                assert!(
                    middle.is_some_and(|m| (m - x).abs() < 0.09),
                    "{subject:?} {composition:?}: {middle:?} for {x}"
                );
            }
        }
    }
}

#[test]
fn measured_colour_finds_the_paint() {
    for colour in Colour::ALL {
        let ground = if colour == Colour::White { Colour::Navy } else { Colour::White };
        let scene = Scene { colour, place_colour: Some(ground), ..scene(Subject::Heart, Style::FlatVector) };
        let drawing = scene.draw();
        assert_eq!(measure::colour_at(&kento_starter::render(&scene, 64), 64, drawing.centre, drawing.half), colour);
    }
}

#[test]
fn captions_are_true_varied_and_in_the_vocabulary() {
    let words: HashSet<String> = caption::vocabulary().into_iter().collect();
    let mut random = Random::new(5);
    let mut distinct = HashSet::new();
    let mut partial = 0;
    for scene in shards::scenes(9, 800, false) {
        let text = caption::phrase(&scene, &mut random);
        assert!(scene.colour.words().iter().any(|w| text.contains(w)), "{text}");
        assert!(scene.subject.words().iter().any(|w| text.contains(w)), "{text}");
        assert!(!text.contains("  ") && !text.contains(", ,") && !text.ends_with([' ', ',']), "{text:?}");
        for word in text.split([' ', ',']).filter(|w| !w.is_empty()) {
            assert!(words.contains(word), "{word:?} of {text:?} is not in the vocabulary");
        }
        partial += usize::from(!text.contains(','));
        distinct.insert(text);
    }
    assert!(distinct.len() > 720, "only {} different captions of 800", distinct.len());
    assert!(partial > 20, "only {partial} captions leave composition and style out");
}

#[test]
fn the_demo_prompt_is_a_sentence_of_the_grammar() {
    let scene =
        Scene { place: Place::Mountains, place_colour: Some(Colour::Blue), ..scene(Subject::Sun, Style::FlatVector) };
    assert!(scene.is_sound());
    assert_eq!(caption::plain(&scene), "a red sun over blue mountains, centred, flat vector illustration");
    let mut random = Random::new(1);
    let seen = (0..4000)
        .any(|_| caption::phrase(&scene, &mut random) == "a red sun over blue mountains, flat vector illustration");
    assert!(seen);
}

#[test]
fn shards_are_what_the_trainer_reads() {
    let folder = tempfile::tempdir().unwrap();
    shards::write(folder.path(), 2, 10, 32, 3, true).unwrap();
    let bytes = std::fs::read(folder.path().join("images.npy")).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + header) % 64, 0);
    assert_eq!(bytes.len(), 10 + header + 10 * 32 * 32 * 3);
    let captions: Vec<Vec<String>> =
        serde_json::from_slice(&std::fs::read(folder.path().join("captions.json")).unwrap()).unwrap();
    assert!(captions.len() == 10 && captions.iter().all(|c| c.len() == 3));
    let report =
        measure::measure_files(&folder.path().join("images.npy"), &folder.path().join("attributes.json")).unwrap();
    assert_eq!(report.pictures, 10);
    std::fs::write(folder.path().join("images.npy"), &bytes[..bytes.len() - 5]).unwrap();
    let cut = measure::measure_files(&folder.path().join("images.npy"), &folder.path().join("attributes.json"));
    assert!(cut.is_err_and(|e| e.to_string().contains("cut short")));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let error = shards::write(&file.join("below"), 2, 1, 32, 1, false).unwrap_err().to_string();
    assert!(error.contains("below"), "{error}");
}
