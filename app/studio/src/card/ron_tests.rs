use std::fs::File;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::card_examples::{any_card, approval, card, lock, proof};
use crate::library::{MOST_BYTES, RonRefusal, read_ron};

/// A bad file is refused at once; the slowest of them takes a few milliseconds.
const AT_ONCE: Duration = Duration::from_millis(500);

#[track_caller]
fn refused<T: crate::library::RonForm + std::fmt::Debug>(text: &str) -> RonRefusal {
    let begin = Instant::now();
    let refusal = from_ron::<T>(text).unwrap_err();
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    refusal
}

#[track_caller]
fn edited(text: &str, from: &str, to: &str) -> String {
    let edited = text.replacen(from, to, 1);
    assert_ne!(edited, text, "{from} is not in {text}");
    edited
}

#[test]
fn the_form_is_written_to_be_read_by_people() {
    let text = to_ron(&card()).unwrap();
    for line in ["(", "    schema: 1,", "    name: \"red-sun\",", "        subject: \"a (red sun:1.2)\","] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(text.ends_with(")\n") && text.lines().count() < 100, "{text}");
}

#[test]
fn unknown_fields_are_refused_by_name_and_line() {
    let text = to_ron(&card()).unwrap();
    let refusal = refused::<RecipeCard>(&edited(&text, "    seed: 7,", "    seed: 7,\n    luck: 3,"));
    let line = text.lines().position(|line| line == "    seed: 7,").unwrap() + 2;
    assert_eq!(
        refusal.to_string(),
        format!(
            "this recipe card has the field \"luck\" at line {line}, which this version of Kento does not know: remove it"
        )
    );
    // Inside skeleton, recipe, build and task.
    for inner in ["subject: \"", "steps: 20", "commit: \"", "kind: \"text-to-image\""] {
        let refusal = refused::<RecipeCard>(&edited(&text, inner, &format!("luck: 3, {inner}")));
        assert!(matches!(&refusal, RonRefusal::UnknownField { field, .. } if field == "luck"), "{refusal}");
    }
}

#[test]
fn another_schema_is_refused_by_number() {
    let text = to_ron(&card()).unwrap();
    let refusal = refused::<RecipeCard>(&edited(&text, "schema: 1", "schema: 2")).to_string();
    assert_eq!(
        refusal,
        "this recipe card cannot be read at line 2: this was written with schema 2, and this version of Kento reads schema 1"
    );
    let locked = to_ron(&lock(card())).unwrap();
    assert!(refused::<LockedRecipe>(&edited(&locked, "schema: 1", "schema: 2")).to_string().contains("schema 2"));
}

#[test]
fn a_text_that_nests_10000_deep_is_refused() {
    let text = to_ron(&card()).unwrap();
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    for value in [deep("[", "]"), deep("(", ")"), deep("{1:", "}"), deep("Some(", ")"), "[".repeat(10_000)] {
        // Inside an enum with a tag every value is read before its kind is known.
        let nested = edited(&text, "kind: \"text-to-image\"", &format!("strength: {value}, kind: \"text-to-image\""));
        assert!(matches!(refused::<RecipeCard>(&nested), RonRefusal::TooDeep { .. }));
        assert!(matches!(refused::<RecipeCard>(&value), RonRefusal::Form { .. } | RonRefusal::TooDeep { .. }));
        refused::<LockedRecipe>(&value);
    }
    let comment = format!("{}(", "/*".repeat(10_000));
    refused::<RecipeCard>(&comment);
    let nested = edited(&text, "kind: \"text-to-image\"", &format!("strength: {}, kind: \"x\"", deep("[", "]")));
    assert!(
        refused::<RecipeCard>(&nested).to_string().starts_with("this recipe card nests more than 128 values at line")
    );
}

#[test]
fn a_text_of_more_than_a_mebibyte_is_refused_before_it_is_read() {
    let mut text = to_ron(&card()).unwrap();
    text.push_str(&" ".repeat(MOST_BYTES as usize - text.len()));
    assert_eq!(from_ron::<RecipeCard>(&text).unwrap(), card());
    text.push(' ');
    assert_eq!(
        refused::<RecipeCard>(&text).to_string(),
        "this recipe card has 1048577 bytes and at most 1048576 are read: it is not one that Kento wrote"
    );
    let mut long = card();
    long.axes = vec![VariationAxis {
        kind: AxisKind::Subject,
        values: (0..6).map(|n| format!("{n}{}", "x".repeat(190_000))).collect(),
    }];
    assert_eq!(long.check(), Ok(()));
    assert!(matches!(to_ron(&long), Err(RonRefusal::TooLarge { .. })), "what is written can be read");
}

#[test]
fn a_file_of_100_megabytes_is_refused_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.ron");
    File::create(&path).unwrap().set_len(100_000_000).unwrap();
    let begin = Instant::now();
    let refusal = read_ron::<RecipeCard>(&path).unwrap_err();
    assert!(begin.elapsed() < AT_ONCE);
    assert_eq!(
        refusal.to_string(),
        format!(
            "this recipe card has 100000000 bytes and at most 1048576 are read: it is not one that Kento wrote: {}",
            path.display()
        )
    );
}

#[test]
fn what_is_no_readable_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_ron::<RecipeCard>(folder.path()).unwrap_err().refusal, RonRefusal::NoFile { kind: "recipe card" });
    let missing = read_ron::<RecipeCard>(&folder.path().join("none.ron")).unwrap_err();
    assert!(matches!(missing.refusal, RonRefusal::Unreadable { .. }));
    let path = folder.path().join("card.ron");
    std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(read_ron::<RecipeCard>(&path).unwrap_err().refusal, RonRefusal::NoText { kind: "recipe card" });
    std::fs::write(&path, to_ron(&card()).unwrap()).unwrap();
    assert_eq!(read_ron::<RecipeCard>(&path).unwrap(), card());
}

#[test]
fn a_locked_card_that_was_edited_by_hand_is_refused() {
    let text = to_ron(&lock(card())).unwrap();
    let after = |from: &str, to: &str| refused::<LockedRecipe>(&edited(&text, from, to)).to_string();
    assert!(after("over blue mountains\",\n", "over hills\",\n").contains("the prompt is not the text of its slots"));
    for (from, to) in [
        ("seed: 7,", "seed: 8,"),
        ("steps: 20,", "steps: 21,"),
        ("commit: \"0123abc\"", "commit: \"0123abd\""),
        ("bytes: 21759048", "bytes: 21759049"),
    ] {
        assert!(
            after(from, to).contains("a locked card is never edited, so revise it and prove the new revision"),
            "{to}"
        );
    }
    let hash = |byte: u8| crate::card_examples::hash(byte).to_string();
    assert!(after(&hash(0xa1), &hash(0xa2)).contains("other pixels than the Hero"));
    assert!(after(&hash(0xa0), &hash(0xa2)).contains("approved another image"));
    assert!(after("comparison: identical", "comparison: similar(ssimulacra2: 95.0)").contains("prove the card again"));
    assert!(after("by: \"Ada Director\"", "by: \" \"").contains("a person's name is empty"));
}

#[test]
fn a_locked_card_without_a_part_of_its_proof_is_refused() {
    let text = to_ron(&lock(card())).unwrap();
    for field in ["request", "hero", "hero_pixels", "again_pixels", "comparison", "proved_at", "by"] {
        let line = text.lines().find(|line| line.trim_start().starts_with(&format!("{field}: "))).unwrap();
        let refusal = refused::<LockedRecipe>(&edited(&text, &format!("{line}\n"), ""));
        assert!(
            matches!(&refusal, RonRefusal::MissingField { field: missing, .. } if missing == field),
            "{field}: {refusal}"
        );
    }
    let short = edited(&text, &crate::card_examples::hash(0xa1).to_string(), "a1a1");
    assert!(refused::<LockedRecipe>(&short).to_string().contains("64 hexadecimal digits"));
    assert!(matches!(refused::<LockedRecipe>(&to_ron(&card()).unwrap()), RonRefusal::UnknownField { .. }));
}

#[test]
fn a_locked_card_of_an_older_numerics_revision_still_opens_and_can_be_revised() {
    let mut old = card();
    old.recipe.tool.numerics = 9;
    let mut proof = proof(&old);
    proof.hero_fingerprint.tool.numerics = 9;
    proof.again_fingerprint.tool.numerics = 9;
    let parts = (&old, &proof, &approval());
    let json = serde_json::json!({ "schema": 1, "card": parts.0, "proof": parts.1, "approval": parts.2 });
    let locked: LockedRecipe = serde_json::from_value(json).unwrap();
    assert_eq!(from_ron::<LockedRecipe>(&to_ron(&locked).unwrap()).unwrap(), locked);
    assert!(matches!(locked.rows(), Err(AxisRefusal::Row(_))), "but nothing is rendered from it");
    assert_eq!(locked.revise("new numerics").check_form(), Ok(()));
}

#[test]
fn a_card_of_either_kind_is_told_by_its_form() {
    let (draft, locked) = (to_ron(&card()).unwrap(), to_ron(&lock(card())).unwrap());
    assert_eq!(AnyCard::from_ron(&draft).unwrap(), AnyCard::Draft(Box::new(card())));
    assert_eq!(AnyCard::from_ron(&locked).unwrap(), AnyCard::Locked(Box::new(lock(card()))));
    assert_eq!(AnyCard::from_ron(&locked).unwrap().card(), &card());
    let refusal = |text: &str| AnyCard::from_ron(text).unwrap_err().to_string();
    assert!(refusal(&edited(&draft, "seed: 7", "luck: 7")).starts_with("this recipe card has the field \"luck\""));
    assert!(
        refusal(&edited(&draft, "steps: 20", "steps: 0")).starts_with("this recipe card breaks a rule: steps must")
    );
    assert!(refusal(&edited(&locked, "seed: 7", "luck: 7")).starts_with("this locked recipe card has the field"));
    assert!(refusal(&edited(&locked, "seed: 7", "seed: 8")).starts_with("this locked recipe card cannot be read"));
    assert!(refusal("").starts_with("this recipe card cannot be read at line 1"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.ron");
    std::fs::write(&path, locked).unwrap();
    assert!(matches!(AnyCard::read(&path), Ok(AnyCard::Locked(_))));
    assert!(matches!(AnyCard::read(folder.path()).unwrap_err().refusal, RonRefusal::NoFile { .. }));
}

proptest! {
    #[test]
    fn cards_round_trip(card in any_card()) {
        prop_assert_eq!(card.check(), Ok(()));
        let text = to_ron(&card).unwrap();
        prop_assert_eq!(&from_ron::<RecipeCard>(&text).unwrap(), &card);
        let json = serde_json::to_string(&card).unwrap();
        prop_assert_eq!(&serde_json::from_str::<RecipeCard>(&json).unwrap(), &card);
    }

    #[test]
    fn locked_cards_round_trip(card in any_card()) {
        let mut proof = proof(&card);
        proof.hero_fingerprint.dtype = card.recipe.dtype;
        proof.again_fingerprint.dtype = card.recipe.dtype;
        let locked = card.lock(proof, approval()).unwrap();
        prop_assert_eq!(&from_ron::<LockedRecipe>(&to_ron(&locked).unwrap()).unwrap(), &locked);
        let json = serde_json::to_string(&locked).unwrap();
        prop_assert_eq!(&serde_json::from_str::<LockedRecipe>(&json).unwrap(), &locked);
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in "\\PC*") {
        prop_assert!(from_ron::<RecipeCard>(&text).is_err());
        prop_assert!(from_ron::<LockedRecipe>(&text).is_err());
    }

    #[test]
    fn a_cut_or_changed_file_is_refused_or_a_card(at in 0_usize..2000, byte in any::<char>()) {
        let text = to_ron(&lock(card())).unwrap();
        let at = at % text.len();
        prop_assert!(from_ron::<LockedRecipe>(&text[..at]).is_err());
        let changed = format!("{}{byte}{}", &text[..at], &text[at + 1..]);
        if let Ok(locked) = from_ron::<LockedRecipe>(&changed) {
            prop_assert_eq!(locked.card().check_form(), Ok(()));
        }
    }
}
