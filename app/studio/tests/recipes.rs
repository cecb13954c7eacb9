//! Every file in `recipes/`: it opens, keeps its rules, and is written as Kento writes it.
//!
//! `KENTO_REFRESH=1 cargo test -p kento-studio --test recipes` writes the files again in Kento's own form, with the starter
//! model in `assets/starter` on every draft card. A locked card is never written again: it is proved again.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::date;
use kento_studio::card::{AnyCard, LockedRecipe, RecipeCard, Slot, rows};
use kento_studio::library::{
    Checklist, NegativeLibrary, RonForm, SkeletonExamples, StyleLibrary, WorkflowDocument, from_ron, read_ron, to_ron,
};
use kento_studio::{JobId, ModelFile, ModelReference, Sha256};
use sha2::Digest as _;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn recipes(path: &str) -> PathBuf {
    root().join("recipes").join(path)
}

fn refresh() -> bool {
    std::env::var_os("KENTO_REFRESH").is_some()
}

/// Opens a file, and refuses one that Kento would write otherwise.
#[track_caller]
fn open<T: RonForm + PartialEq + std::fmt::Debug>(path: &Path) -> T {
    let form: T = read_ron(path).unwrap_or_else(|refusal| panic!("{refusal}"));
    let written = to_ron(&form).unwrap();
    assert_eq!(from_ron::<T>(&written).unwrap(), form, "{}", path.display());
    if fs::read_to_string(path).unwrap() != written {
        assert!(refresh(), "Kento writes {} otherwise: run this test with KENTO_REFRESH=1", path.display());
        fs::write(path, written).unwrap();
    }
    form
}

/// A shipped card, draft or locked.
fn cards() -> Vec<(PathBuf, RecipeCard)> {
    let entries = fs::read_dir(recipes("cards")).unwrap().map(|entry| entry.unwrap().path());
    // The PNG beside a locked card is its Hero.
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|name| name == "ron")).collect();
    paths.sort();
    let open_card = |path: PathBuf| {
        let card = match AnyCard::read(&path).unwrap_or_else(|refusal| panic!("{refusal}")) {
            AnyCard::Draft(_) => open::<RecipeCard>(&path),
            AnyCard::Locked(_) => open::<LockedRecipe>(&path).card().clone(),
        };
        (path, card)
    };
    paths.into_iter().map(open_card).collect()
}

/// The starter model by content, as `app/desktop/model.rs` lists it: weights, configurations and vocabularies in the
/// folder and one level below, and the licence that its README declares.
static STARTER: LazyLock<ModelReference> = LazyLock::new(|| {
    let folder = root().join("assets/starter");
    let mut files = Vec::new();
    let mut folders = vec![(folder.clone(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() && prefix.is_empty() {
                folders.push((path, format!("{name}/")));
            } else if name.ends_with(".safetensors")
                || ModelReference::SMALL_FILES.iter().any(|small| path.ends_with(small))
            {
                let bytes = fs::read(&path).unwrap();
                let sha256 = Sha256(sha2::Sha256::digest(&bytes).into());
                files.push(ModelFile { path: name, bytes: bytes.len() as u64, sha256 });
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let licence = readme.lines().find_map(|line| line.strip_prefix("license: ")).map(str::to_owned);
    ModelReference { name: "starter".to_owned(), files, licence }
});

#[test]
fn six_cards_of_the_starter_model() {
    let cards = cards();
    assert_eq!(cards.len(), 6);
    for (path, card) in &cards {
        assert_eq!(card.check(), Ok(()), "{}", path.display());
        assert_eq!(path.file_stem().unwrap().to_string_lossy(), card.name.as_str(), "a card's file has its name");
        let recipe = &card.recipe;
        assert_eq!((recipe.width, recipe.height), (128, 128), "the side that the starter model was trained at");
        assert_eq!(card.request(JobId(1)).check(), Ok(()));
        assert!((8..=64).contains(&rows(card).unwrap().len()), "{}: a volume run for one sitting", card.name);
    }
}

#[test]
fn the_cards_name_the_starter_model_that_ships() {
    assert!(STARTER.principal_file().is_some_and(|file| file.path.starts_with("unet/")));
    let mut outdated = Vec::new();
    for (path, mut card) in cards() {
        if card.recipe.model == *STARTER {
            continue;
        }
        if refresh() && read_ron::<RecipeCard>(&path).is_ok() {
            card.recipe.model = STARTER.clone();
            fs::write(&path, to_ron(&card).unwrap()).unwrap();
        } else {
            outdated.push(path.display().to_string());
        }
    }
    let files: Vec<String> =
        STARTER.files.iter().map(|file| format!("{} {:>9} {}", file.sha256, file.bytes, file.path)).collect();
    assert!(
        outdated.is_empty(),
        "these cards name another starter model; run this test with KENTO_REFRESH=1 (drafts), or prove them again (locked):\n{}\nassets/starter is, licence {:?}:\n{}",
        outdated.join("\n"),
        STARTER.licence,
        files.join("\n")
    );
}

#[test]
fn the_cards_use_the_shipped_libraries() {
    let (styles, negatives) = libraries();
    for (_, card) in cards() {
        let style = styles.style(card.style.as_deref().unwrap()).unwrap();
        assert_eq!(card.skeleton.style, style.text, "{}", card.name);
        assert_eq!(negatives.compose(&card.negative.from).unwrap(), card.negative, "{}", card.name);
        assert_eq!(card.negative, negatives.prompt(style.negative.as_deref().unwrap()).unwrap(), "{}", card.name);
    }
}

fn libraries() -> (StyleLibrary, NegativeLibrary) {
    (open(&recipes("styles.ron")), open(&recipes("negatives.ron")))
}

#[test]
fn styles_and_their_negative_sets() {
    let (styles, negatives) = libraries();
    assert!(styles.styles.len() >= 8);
    assert_eq!(styles.check_against(&negatives), Ok(()));
    for (_, card) in cards() {
        for style in &styles.styles {
            let mut styled = card.clone();
            style.apply_to(&mut styled, &negatives).unwrap();
            assert_eq!(styled.check(), Ok(()), "{} on {}", style.name, card.name);
        }
    }
    for set in &negatives.sets {
        assert!(!set.entries.is_empty(), "{}", set.name);
        assert!(set.entries.iter().all(|entry| entry.suppresses.ends_with('.')), "{}", set.name);
    }
}

/// Words in the quoted texts of the starter world's grammar.
fn words_of_the_starter_world() -> BTreeSet<String> {
    let files = ["caption.rs", "palette.rs", "subjects/mod.rs"].map(|file| root().join("app/starter/src").join(file));
    let mut words = BTreeSet::new();
    for text in files.map(|file| fs::read_to_string(file).unwrap()) {
        let quoted = text.split('"').skip(1).step_by(2);
        words.extend(quoted.flat_map(words_of));
    }
    assert!(words.len() > 150 && words.contains("risograph") && words.contains("lighthouse"), "{}", words.len());
    words
}

/// Words without weights.
fn words_of(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| !(letter.is_alphabetic() || letter == '-'));
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_prompt_speaks_the_language_of_the_starter_model() {
    let known = words_of_the_starter_world();
    let (styles, negatives) = libraries();
    let examples: SkeletonExamples = open(&recipes("skeleton-examples.ron"));
    let mut texts: Vec<String> = Slot::ALL.into_iter().flat_map(|slot| examples.of(slot).to_vec()).collect();
    texts.extend(styles.styles.iter().map(|style| style.text.clone()));
    texts.extend(negatives.sets.iter().flat_map(|set| &set.entries).map(|entry| entry.text.clone()));
    for (_, card) in cards() {
        texts.extend(rows(&card).unwrap().into_iter().map(|row| row.request.recipe.prompt));
    }
    let unknown: BTreeSet<String> =
        texts.iter().flat_map(|text| words_of(text)).filter(|word| !known.contains(word)).collect();
    assert!(unknown.is_empty(), "the starter model was not trained on {unknown:?}");
}

#[test]
fn examples_for_every_slot() {
    let examples: SkeletonExamples = open(&recipes("skeleton-examples.ron"));
    let count = |slot| examples.of(slot).len();
    assert_eq!(count(Slot::Subject), 26, "one for each subject of the starter world");
    assert_eq!(count(Slot::Composition), 8, "every composition of the starter world");
    assert_eq!(count(Slot::Style), 7, "every style that the starter world draws");
    assert!(examples.subject.iter().any(|example| example.contains(":1.2)")), "one example shows a weight");
    let (styles, _) = libraries();
    for style in &examples.style {
        assert!(styles.styles.iter().any(|found| found.text == *style), "{style}");
    }
}

#[test]
fn the_three_checklists() {
    let [gate, full, short] = ["artefact-gate", "review-full", "review-short"].map(|name| {
        let list: Checklist = open(&recipes(&format!("checklists/{name}.ron")));
        assert_eq!(list.name, name);
        list
    });
    let ids = |list: &Checklist| list.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>();
    assert_eq!(
        ids(&gate),
        [
            "hands",
            "faces",
            "eyes",
            "teeth",
            "reflections",
            "background-text",
            "jewellery",
            "lighting-and-shadows",
            "warped-edges",
            "duplicated-elements",
            "mask-seams"
        ]
    );
    assert_eq!(ids(&full)[..gate.items.len()], ids(&gate), "the review looks at everything that the gate looks at");
    let groups = |list: &Checklist| list.groups().iter().map(|(group, _)| (*group).to_owned()).collect::<Vec<_>>();
    let expected = ["Visual", "Brand and accuracy", "Legal", "Content", "Accessibility", "Disclosure", "Logged"]
        .map(str::to_owned);
    assert_eq!(groups(&full), expected);
    assert_eq!(groups(&short), expected, "the short list leaves no subject out");
    assert!(short.items.len() < full.items.len() / 2);
    let measured: Vec<&str> =
        full.items.iter().filter(|item| item.needs_evidence).map(|item| item.id.as_str()).collect();
    assert_eq!(measured, ["palette", "clearances", "input-images", "contrast"]);
}

#[test]
fn the_workflow_document() {
    let document: WorkflowDocument = open(&recipes("workflow.ron"));
    assert!(!document.overdue(date(2026, 11, 21)) && document.overdue(date(2099, 1, 1)));
    let numbers = &document.numbers;
    assert!(numbers.sprint_variations.contains(24) && !numbers.sprint_variations.contains(14));
    assert!(numbers.sprint_styles.contains(4) && !numbers.moodboard_candidates.contains(6));
    assert_eq!((numbers.keep_one_in, numbers.repair_mask_one_in, numbers.repeats_that_pause), (4, 3, 3));
    assert_eq!((numbers.fresh_eyes_minutes, numbers.regulated_reviewers), (20, 2));
    assert_eq!(document.tracked.len(), 4);
    assert_eq!(document.handoff.len(), 5, "a new team member gets five things");
    assert_eq!(document.stage("brief").unwrap().action.len(), 8);
    // The sentences for people and the numbers for the rules say the same.
    let sprint = document.stage("concept-sprint").unwrap().action[0].clone();
    assert_eq!(sprint, "15 to 30 cheap variations across 3 to 5 distinct styles.");
    assert!(document.solo.contains(&format!("a pause of {} minutes", numbers.fresh_eyes_minutes)));
}

#[test]
fn nothing_else_lies_in_recipes() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut folders = vec![recipes("")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                if path.extension().is_some_and(|name| name == "png") {
                    let card: LockedRecipe = read_ron(&path.with_extension("ron")).unwrap();
                    let sha256 = Sha256(sha2::Sha256::digest(fs::read(&path).unwrap()).into());
                    assert_eq!(sha256, card.proof().hero, "{} is not its card's Hero", path.display());
                    continue;
                }
                let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
                *found.entry(folder).or_default() += 1;
                assert_eq!(path.extension().unwrap(), "ron", "{}", path.display());
            }
        }
    }
    let expected = [("cards", 6), ("checklists", 3), ("recipes", 4)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(found, BTreeMap::from(expected), "a file that no test opens: open it here");
}
