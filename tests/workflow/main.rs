//! The workflow through the real program: `kento demo` with the starter model, and what may be said about the project that it
//! leaves. The rules themselves are tested beside them, in `app/studio`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod candidates;
mod elsewhere;
mod repair;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Output};
use std::sync::OnceLock;

use kento::studio::StudioProject;
use kento_studio::PersonName;
use kento_studio::library::{NegativeEntry, NegativeLibrary, from_ron};
use kento_studio::workflow::Command;

fn kento(arguments: &[&str]) -> Output {
    process::Command::new(env!("CARGO_BIN_EXE_kento")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The demo project, made once for all tests; each test that changes something works in a copy.
fn demo() -> &'static Path {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    DEMO.get_or_init(|| {
        // Kept until the next run: whoever looks for a mistake wants to open it.
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workflow");
        if place.exists() {
            fs::remove_dir_all(&place).unwrap();
        }
        fs::create_dir_all(&place).unwrap();
        let folder = place.join("harbour.kento");
        // Two steps are enough for the workflow; nobody looks at these pictures.
        let output = kento(&["demo", folder.to_str().unwrap(), "--steps", "2", "--device", "cpu"]);
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
        assert!(stdout(&output).contains("3 cleared by Sam Okafor"), "{}", stdout(&output));
        folder
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn copied() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("copy.kento");
    copy(demo(), &folder);
    (place, folder)
}

fn locked_card(project: &Path) -> PathBuf {
    project.join("recipes/harbour-flat-r1.ron")
}

#[test]
fn the_demo_goes_from_a_brief_to_cleared_images() {
    let folder = demo();
    let shown = kento(&["project", "show", folder.to_str().unwrap()]);
    assert!(shown.status.success(), "{}", stderr(&shown));
    let text = stdout(&shown);
    for line in ["Harbour days", "card harbour-flat-r1: locked", "36 images, 3 keepers, 3 cleared"] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
    let checked = kento(&["project", "check", folder.to_str().unwrap()]);
    assert!(checked.status.success(), "{}{}", stdout(&checked), stderr(&checked));
    assert!(stdout(&checked).contains("sound: "), "{}", stdout(&checked));
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_sample_that_ships_is_sound_and_small_and_stays_as_it_is() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/harbour.kento");
    let before = files(&sample);
    for name in ["lock", "owner.ron", "cache"] {
        assert!(!sample.join(name).exists(), "{name} is shipped: make the sample with tests/sample.sh");
    }
    let bytes: u64 = before.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes < 4 << 20, "{bytes} bytes");
    let checked = kento(&["project", "check", sample.to_str().unwrap()]);
    assert!(checked.status.success(), "{}{}", stdout(&checked), stderr(&checked));
    let shown = stdout(&kento(&["project", "show", sample.to_str().unwrap()]));
    assert!(shown.contains("locked") && shown.contains("3 cleared"), "{shown}");
    assert_eq!(files(&sample), before, "looking at it leaves nothing behind");
}

#[test]
fn a_second_demo_into_the_same_folder_is_refused() {
    let again = kento(&["demo", demo().to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("is here already"), "{}", stderr(&again));
}

#[test]
fn a_stranger_reproduces_the_hero_from_the_card_alone() {
    let place = tempfile::tempdir().unwrap();
    let card = place.path().join("card.ron");
    fs::copy(locked_card(demo()), &card).unwrap();
    let verified = kento(&["verify", card.to_str().unwrap(), "--device", "cpu"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
    assert!(stdout(&verified).contains("harbour-flat-r1 reproduces: identical"), "{}", stdout(&verified));
}

#[test]
fn a_card_that_somebody_changed_does_not_verify() {
    let place = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(locked_card(demo())).unwrap();
    for (what, from, to) in [
        ("the seed", "seed: 1000", "seed: 1001"),
        ("the prompt", "a red boat, by the sea", "a red boat, by a lake"),
        ("the numerics revision", "numerics: 2", "numerics: 99"),
        ("a field", "seed: 1000", "seed: 1000, sharpness: 3"),
    ] {
        assert!(text.contains(from), "{from} is not in the card");
        let card = place.path().join("card.ron");
        fs::write(&card, text.replace(from, to)).unwrap();
        let verified = kento(&["verify", card.to_str().unwrap(), "--device", "cpu"]);
        assert_eq!(verified.status.code(), Some(1), "{what}: {}", stdout(&verified));
        assert_eq!(stderr(&verified).trim().lines().count(), 1, "{what}: {}", stderr(&verified));
    }
}

#[test]
fn another_model_than_the_cards_own_is_named_by_hash() {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/starter");
    let text = fs::read_to_string(locked_card(demo())).unwrap();
    let at = text.find("unet/diffusion_pytorch_model.safetensors").unwrap();
    let hash = at + text[at..].find("sha256: \"").unwrap() + 9;
    let wanted = &text[hash..hash + 10];

    // Under the same name one file differs; under another name the whole model is missing.
    let place = tempfile::tempdir().unwrap();
    for (name, says) in [("starter", "model_index.json has the hash"), ("other", "is not on this machine")] {
        let model = place.path().join(name);
        copy(&starter, &model);
        let index = fs::read_to_string(model.join("model_index.json")).unwrap();
        fs::write(model.join("model_index.json"), index + "\n").unwrap();
        let card = locked_card(demo());
        let arguments = ["verify", card.to_str().unwrap(), "--model", model.to_str().unwrap(), "--device", "cpu"];
        let verified = kento(&arguments);
        assert_eq!(verified.status.code(), Some(1), "{}", stdout(&verified));
        let error = stderr(&verified);
        assert!(error.contains(says) && error.contains(wanted), "{name}: {error}");
    }
}

#[test]
fn check_names_tampering_and_damage() {
    let (_place, folder) = copied();
    let log = folder.join("records.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replacen("Harbour days", "Harbour daze", 1)).unwrap();
    let checked = kento(&["project", "check", folder.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(1), "{}", stdout(&checked));
    assert!(stdout(&checked).contains("line"), "{}", stdout(&checked));
    fs::write(&log, text).unwrap();

    let images = folder.join("images");
    let shelf = fs::read_dir(&images).unwrap().next().unwrap().unwrap().path();
    let image = fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&image).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&image, bytes).unwrap();
    let checked = kento(&["project", "check", folder.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(1), "{}", stdout(&checked));
}

#[test]
fn rebuild_writes_the_same_documents_from_the_records() {
    let (_place, folder) = copied();
    let before = fs::read_to_string(locked_card(&folder)).unwrap();
    fs::remove_file(locked_card(&folder)).unwrap();
    fs::create_dir_all(folder.join("cache/anything")).unwrap();
    let rebuilt = kento(&["project", "rebuild", folder.to_str().unwrap()]);
    assert!(rebuilt.status.success(), "{}", stderr(&rebuilt));
    assert_eq!(fs::read_to_string(locked_card(&folder)).unwrap(), before);
    assert!(!folder.join("cache/anything").exists());
}

#[test]
fn a_failure_that_the_library_takes_in_is_in_its_file() {
    let (_place, folder) = copied();
    let mut project = StudioProject::open(&folder, PersonName::new("Mara Lind").unwrap()).unwrap().project;
    let rejected = project.state().images().values().find(|image| image.is_rejected()).unwrap().sha256;
    let negatives = kento::shipped::negatives().unwrap();
    let set = negatives.sets[0].name.clone();
    let (name, text) = ("stray-letters".to_owned(), "stray letters".to_owned());
    let entry =
        NegativeEntry { name, text, suppresses: "letters nobody asked for".to_owned(), evidence: vec![rejected] };
    project.decide(&Command::AddNegativeEntry { set: set.clone(), entry: entry.clone() }).unwrap();
    assert_eq!(project.take_problems(), Vec::<String>::new());
    project.close().unwrap();

    let file = folder.join("libraries/kento-negatives.ron");
    let written = fs::read_to_string(&file).unwrap();
    let library: NegativeLibrary = from_ron(&written).unwrap();
    assert_eq!(library.set(&set).unwrap().entries.last(), Some(&entry));
    assert_eq!(library.version, negatives.version + 1);
    let path = folder.to_str().unwrap();
    assert!(kento(&["project", "check", path]).status.success());
    fs::write(&file, "nothing of a library").unwrap();
    let checked = kento(&["project", "check", path]);
    assert!(!checked.status.success() && stdout(&checked).contains("negatives"), "{}", stdout(&checked));
    assert!(kento(&["project", "rebuild", path]).status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), written);
}

#[test]
fn what_is_no_project_is_refused_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    for (path, sentence) in
        [(place.path().join("nothing"), "there is nothing here"), (place.path().to_owned(), "no project.ron")]
    {
        let shown = kento(&["project", "show", path.to_str().unwrap()]);
        assert_eq!(shown.status.code(), Some(1));
        assert!(stderr(&shown).contains(sentence), "{}", stderr(&shown));
    }
}

fn shipped(card: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes/cards").join(card)
}

/// The guard of [`kento_studio::NUMERICS_REVISION`]: a change that gives other pixels than this must raise it.
#[test]
fn three_cards_give_the_pixels_that_this_numerics_revision_gave() {
    /// Other processors add up in another order; that moves a byte by one at most.
    const MOST_DIFFERENCE: u8 = 1;
    let place = tempfile::tempdir().unwrap();
    for name in ["green-cactus-flat", "red-lighthouse-woodcut", "yellow-moon-paper"] {
        let (card, hero) = (place.path().join("locked.ron"), place.path().join("hero.png"));
        let paths = [shipped(&format!("{name}.ron")), hero.clone(), card];
        let [from, hero_path, card] = paths.each_ref().map(|path| path.to_str().unwrap());
        let locked =
            kento(&["lock", from, "--approved-by", "a test", "--device", "cpu", "--hero", hero_path, "--out", card]);
        assert!(locked.status.success(), "{name}: {}", stderr(&locked));
        let golden = image::open(shipped(&format!("{name}.png"))).unwrap().to_rgb8();
        let now = image::open(&hero).unwrap().to_rgb8();
        assert_eq!(golden.dimensions(), now.dimensions());
        let difference = golden.iter().zip(now.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(
            difference <= MOST_DIFFERENCE,
            "{name} differs by {difference}: raise NUMERICS_REVISION and lock the shipped cards again"
        );
    }
}

#[test]
fn the_other_shipped_cards_verify() {
    for name in ["pink-heart-neon", "red-sun-risograph", "white-boat-watercolour"] {
        let verified = kento(&["verify", shipped(&format!("{name}.ron")).to_str().unwrap(), "--device", "cpu"]);
        assert!(verified.status.success(), "{name}: {}", stderr(&verified));
    }
}
