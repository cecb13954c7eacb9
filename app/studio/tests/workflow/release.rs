use kento_studio::Sha256;
use kento_studio::library::Checklist;
use kento_studio::workflow::*;

use crate::studio::*;

fn release(images: &[Sha256]) -> Command {
    let subject = || "Red boat".to_owned();
    let one =
        |image: &Sha256| ReleaseRequest { image: *image, file_sha256: *image, subject: subject(), disclosure: None };
    Command::ReleaseImages { images: images.iter().map(one).collect() }
}

#[test]
fn only_a_cleared_image_is_released() {
    let (mut studio, image) = Studio::submitted();
    assert_eq!(studio.refused(&jo(), release(&[image])), "no image is cleared: only the review gate clears an image");
    studio.clear(&ravi(), image);
    let other = studio.run_images(1)[1];
    let said = studio.refused(&jo(), release(&[other]));
    assert!(said.ends_with("is not cleared: only the review gate clears an image for release"), "{said}");
    assert_eq!(studio.refused(&jo(), release(&[])), "no image is chosen: choose a cleared one");
    assert_eq!(studio.refused(&jo(), release(&[image, image])), "an image is chosen twice: choose each once");
}

#[test]
fn a_release_has_alt_text_and_a_name_that_ties_it_to_recipe_and_brief() {
    let (mut studio, image) = Studio::cleared();
    let request = |subject: &str| {
        let (subject, disclosure) = (subject.to_owned(), Some("made with AI".to_owned()));
        Command::ReleaseImages { images: vec![ReleaseRequest { image, file_sha256: image, subject, disclosure }] }
    };
    let said = studio.refused(&jo(), request("港"));
    assert_eq!(said, "\"港\" cannot stand in a file name: write the subject with letters and digits");
    let records = studio.ok(&jo(), request("Red boat"));
    let Action::ImageReleased { name, card, alt_text, disclosure, approval, .. } = &records[0].action else { panic!() };
    assert_eq!(name, "spring-harbour_harbour-flat-r1_red-boat_7_01.png");
    assert_eq!((card.as_ref(), alt_text.as_str()), (Some(&card_ref(1)), "A red boat on a calm sea."));
    assert_eq!((disclosure.as_deref(), *approval), (Some("made with AI"), Approval::Independent));
    assert!(studio.state.cleared().is_empty());
}

#[test]
fn names_of_one_batch_do_not_collide() {
    let (mut studio, first, second) = Studio::kept();
    // The second row differs in its seed; an edit of the first has the first's name but for the number.
    studio.ok(&mara(), edit(first, sha(500)));
    for image in [first, second, sha(500)] {
        studio.ok(&mara(), alt(image));
        studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
        studio.clear(&ravi(), image);
    }
    studio.ok(&ravi(), release(&[first, second, sha(500)]));
    let name = |image| studio.state.image(&image).unwrap().released.as_ref().unwrap().name.clone();
    assert_eq!(name(first), "spring-harbour_harbour-flat-r1_red-boat_7_01.png");
    assert_eq!(name(second), "spring-harbour_harbour-flat-r1_red-boat_8_01.png");
    assert_eq!(name(sha(500)), "spring-harbour_harbour-flat-r1_red-boat_7_02.png");
}

#[test]
fn what_was_cleared_is_what_is_released() {
    let (studio, image) = Studio::cleared();
    let (subject, disclosure) = ("boat".to_owned(), None);
    let changed = ReleaseRequest { image, file_sha256: sha(500), subject, disclosure };
    let said = studio.refused(&jo(), Command::ReleaseImages { images: vec![changed] });
    assert!(said.contains("one changed pixel voids a clearance, submit it again"), "{said}");
}

#[test]
fn a_release_stands() {
    let (mut studio, image) = Studio::cleared();
    studio.ok(&jo(), release(&[image]));
    let stands = "is released already as spring-harbour_harbour-flat-r1_red-boat_7_01.png: its record stands";
    assert!(studio.refused(&mara(), alt(image)).ends_with(stands));
    assert!(studio.refused(&ravi(), Command::VetoImage { image, reason: "late".to_owned() }).ends_with(stands));
    let said = studio.refused(&mara(), Command::WithdrawCull { image });
    assert!(said.ends_with("is released: its cull decision stands"), "{said}");
    assert!(studio.refused(&mara(), Command::SubmitForReview { image, list: ReviewList::Full }).ends_with(stands));
}

#[test]
fn another_alt_text_voids_the_clearance_because_the_gate_judged_it() {
    let (mut studio, image) = Studio::cleared();
    assert_eq!(studio.ok(&mara(), alt(image)).len(), 1, "the same text changes nothing");
    assert!(studio.state.is_cleared(&image) && studio.state.image(&image).unwrap().has_clearance());
    let other = Command::WriteAltText { image, text: "A boat.".to_owned() };
    let records = studio.ok(&mara(), other);
    assert_eq!(records[1].action, Action::ClearanceVoided { image, found: image });
    assert!(!studio.state.is_cleared(&image) && !studio.state.image(&image).unwrap().has_clearance());
    let told = format!("the alt text of {} changed: its clearance is void", image.auto_v2());
    assert_eq!(studio.state.log().last().unwrap().text, told);
    let said = studio.refused(&jo(), release(&[image]));
    assert_eq!(said, "no image is cleared: only the review gate clears an image");
    studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    studio.clear(&ravi(), image);
    studio.ok(&jo(), release(&[image]));
}

#[test]
fn another_alt_text_voids_the_first_of_two_clearances_and_no_open_review() {
    let (mut studio, image) = crate::gate::at_gate_with(Stakes::Regulated);
    let mended = Command::WriteAltText { image, text: "A red boat.".to_owned() };
    assert_eq!(studio.ok(&ravi(), mended).len(), 1, "while nobody has cleared it the text may still be mended");
    studio.clear(&ravi(), image);
    let other = Command::WriteAltText { image, text: "A boat.".to_owned() };
    assert_eq!(studio.ok(&ravi(), other).len(), 2);
    assert!(matches!(studio.state.image(&image).unwrap().review().unwrap().outcome, Some(Outcome::Voided { .. })));
}

#[test]
fn an_image_without_alt_text_is_not_cleared() {
    let (mut studio, image, _) = Studio::kept();
    studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    studio.judge_all(&ravi(), image);
    let clear = Command::ClearImage { image };
    let rule = format!("{} has no alt text: write it first", image.auto_v2());
    assert_eq!(studio.refused(&ravi(), clear.clone()), rule);
    let empty = Command::WriteAltText { image, text: " ".to_owned() };
    assert_eq!(studio.refused(&mara(), empty), "the alt text is empty: write it");
    studio.ok(&mara(), alt(image));
    studio.ok(&ravi(), clear);
    studio.ok(&jo(), release(&[image]));
}

/// An older project: it was cleared without an alt text.
#[test]
fn a_cleared_image_without_alt_text_goes_through_the_gate_again_with_one() {
    let (studio, image) = Studio::cleared();
    let is_older = |record: &&Record| !matches!(record.action, Action::AltTextWritten { .. });
    let records: Vec<Record> = studio.records.iter().filter(is_older).cloned().collect();
    let mut studio = Studio { state: crate::replay::replayed(&records), records, now: studio.now };
    assert!(studio.state.is_cleared(&image), "what was cleared stays cleared");
    let said = studio.refused(&jo(), release(&[image]));
    let rule = "has no alt text: write what a person who cannot see it should know, and submit it again";
    assert!(said.ends_with(rule), "{said}");
    studio.ok(&mara(), alt(image));
    studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    studio.clear(&ravi(), image);
    studio.ok(&jo(), release(&[image]));
}

#[test]
fn another_alt_text_during_a_review_is_judged_anew() {
    let (mut studio, image, _) = Studio::kept();
    let list = Checklist { version: 2, ..checklist("review-full", &["hands", ALT_TEXT_ITEM]) };
    studio.ok(&jo(), Command::AdoptChecklist { checklist: list });
    studio.ok(&mara(), alt(image));
    studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    for item in ["hands", ALT_TEXT_ITEM] {
        studio.ok(&ravi(), crate::gate::judge(image, item, pass()));
    }
    assert_eq!(studio.ok(&mara(), alt(image)).len(), 1, "the same text changes nothing");
    let other = Command::WriteAltText { image, text: "A boat.".to_owned() };
    let records = studio.ok(&mara(), other);
    let item = ALT_TEXT_ITEM.to_owned();
    assert_eq!(records[1].action, Action::VerdictsDropped { image, item });
    let told = format!("what alt-text judges of {} changed: judge it anew", image.auto_v2());
    assert_eq!(studio.state.log().last().unwrap().text, told);
    let clear = Command::ClearImage { image };
    let said = studio.refused(&ravi(), clear.clone());
    assert_eq!(said, "1 of the items are not judged yet: judge \"alt-text is right\"");
    studio.ok(&ravi(), crate::gate::judge(image, ALT_TEXT_ITEM, pass()));
    studio.ok(&ravi(), clear);
    assert_eq!(crate::replay::replayed(&studio.records), studio.state);
}

#[test]
fn a_text_that_was_changed_before_that_rule_leaves_its_verdict_as_it_was() {
    let (mut studio, image) = Studio::submitted();
    let judged = Action::ItemJudged { image, item: ALT_TEXT_ITEM.to_owned(), verdict: pass() };
    let written = Action::AltTextWritten { image, text: "A boat.".to_owned() };
    for (seq, action) in (studio.state.seq() + 1..).zip([judged, written]) {
        let record = Record { action, ..studio.records.last().unwrap().clone() };
        studio.state.fold(seq, &record);
    }
    let known = studio.state.image(&image).unwrap();
    assert_eq!(known.alt_text, "A boat.");
    assert!(known.open_review().unwrap().verdict(ALT_TEXT_ITEM).is_some());
}
