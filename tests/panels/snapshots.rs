//! Pictures of the window as it was when somebody last looked at it. What no longer looks like its snapshot fails, and the picture and
//! the differing pixels lie in `target/snapshots`. After a change that is meant: look at those, then write them anew with
//! `KENTO_SNAPSHOTS=write cargo test --workspace --test panels gallery`.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

/// What has a snapshot; everything else that the gallery draws is only drawn.
const SNAPSHOTS: [&str; 5] =
    ["frame-1280-dark-operator", "frame-1280-light-reviewer", "frame-1280-dark-director", "queue", "shortcuts"];
/// How much a channel may differ: another processor rounds the edges of letters differently.
const TOLERANCE: u8 = 24;
/// The share of pixels that may differ by more.
const MOST_DIFFERENT: f64 = 0.000_5;

/// Compares a picture with its snapshot, where it has one.
pub fn compare(image: &RgbImage, name: &str) {
    if !SNAPSHOTS.contains(&name) {
        return;
    }
    let path = folder().join(format!("{name}.png"));
    if std::env::var("KENTO_SNAPSHOTS").is_ok_and(|word| word == "write") {
        std::fs::create_dir_all(folder()).unwrap();
        image.save(path).unwrap();
        return;
    }
    let expected = image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_rgb8();
    if let Err(difference) = same(&expected, image) {
        let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/snapshots");
        std::fs::create_dir_all(&found).unwrap();
        image.save(found.join(format!("{name}.png"))).unwrap();
        difference.map.save(found.join(format!("{name}-difference.png"))).unwrap();
        panic!("{name} {}; see {}", difference.why, found.display());
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/panels/snapshots")
}

struct Difference {
    why: String,
    map: RgbImage,
}

fn same(expected: &RgbImage, found: &RgbImage) -> Result<(), Difference> {
    if expected.dimensions() != found.dimensions() {
        let why = format!("is {:?} and was {:?}", found.dimensions(), expected.dimensions());
        return Err(Difference { why, map: found.clone() });
    }
    let mut map = RgbImage::new(found.width(), found.height());
    let mut different = 0;
    for ((before, now), mark) in expected.pixels().zip(found.pixels()).zip(map.pixels_mut()) {
        if before.0.iter().zip(now.0).any(|(before, now)| before.abs_diff(now) > TOLERANCE) {
            different += 1;
            *mark = Rgb([255, 255, 255]);
        }
    }
    let share = f64::from(different) / f64::from(found.width() * found.height());
    if share <= MOST_DIFFERENT {
        return Ok(());
    }
    Err(Difference { why: format!("looks different in {:.2} % of its pixels", share * 100.0), map })
}

#[test]
fn a_snapshot_tells_a_moved_word_from_a_rounded_edge() {
    let plain = RgbImage::from_pixel(100, 100, Rgb([60, 60, 60]));
    let mut rounded = plain.clone();
    rounded.pixels_mut().for_each(|pixel| pixel.0[0] += TOLERANCE);
    assert!(same(&plain, &rounded).is_ok());
    let mut moved = plain.clone();
    (0..6).for_each(|x| moved.put_pixel(x, 0, Rgb([200, 60, 60])));
    assert_eq!(same(&plain, &moved).unwrap_err().why, "looks different in 0.06 % of its pixels");
    assert!(same(&plain, &RgbImage::new(99, 100)).is_err());
}
