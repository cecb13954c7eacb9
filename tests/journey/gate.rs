//! From a keeper to a cleared image: artefact checklist, alt text, submission, and the review gate with a second person.

use crate::making::{REVIEWER, act_as};
use crate::person::{PATIENCE, Person};
use crate::{MAKER, PROJECT, SECOND};
use kento::frame::PanelKind;

/// Items of the shipped lists.
const ARTEFACTS: usize = 11;
/// See [`ARTEFACTS`].
const REVIEWED: usize = 26;
/// What the maker of a submitted image is told.
const WAITS: &str = "You made this image. Only another person, or a fresh-eyes pass in 20 min, may clear it.";
/// How the name of the button begins that passes an item.
const PASS: &str = "Pass: ";

/// The Operator looks for artefacts, describes the picture and hands it on.
pub fn finish_and_submit(person: &mut Person) {
    let kept: Vec<String> = person.names_that_begin("1: ");
    let [keeper] = kept.as_slice() else { panic!("one first picture of the run, not {kept:?}") };
    assert!(keeper.ends_with(", kept"), "{keeper}");
    person.click(keeper);
    person.go_to(PanelKind::Checklist);
    let items = person.names_that_begin(PASS);
    assert_eq!(items.len(), ARTEFACTS, "{}", person.told());
    for (done, item) in items.iter().enumerate() {
        person.click(item);
        person.wait_for(&format!("artefact gate · {} of {ARTEFACTS}", done + 1));
    }
    person.fill("Alt text", "A red boat by the sea in calm light");
    person.click("Save alt text");
    person.click("Submit for review");
    person.wait_for("You made this image. Only another person, or");
}

/// Who made the image is told why somebody else has to look, and can clear nothing.
pub fn the_maker_clears_nothing(person: &mut Person) {
    act_as(person, REVIEWER, MAKER);
    person.go_to(PanelKind::Checklist);
    person.wait_for(WAITS);
    assert!(!person.can_press("Clear for release"), "{}", person.told());
    let items = person.names_that_begin(PASS);
    assert_eq!(items.len(), REVIEWED);
    for item in items {
        assert!(item.contains(", not possible: "), "the maker could tick {item:?}");
    }
}

/// Whoever works alone looks at the image anew, mirrored and at 100 %, before the first tick.
pub fn the_maker_looks_with_fresh_eyes(person: &mut Person) {
    act_as(person, REVIEWER, MAKER);
    person.go_to(PanelKind::Checklist);
    person.wait_for("You made this image. Only another person, or a fresh-eyes pass, may clear it.");
    assert!(person.names_that_begin(PASS).iter().all(|item| item.contains(", not possible: ")), "{}", person.told());
    person.click("Begin with 1 image");
    person.wait_for("All seen. The first tick counts now; a clearance is marked as self-approval.");
    judge_and_clear(person);
    person.wait_for(&format!("Cleared by {MAKER} as self-approval."));
}

/// Another person takes the seat at the same window, judges item by item and clears.
pub fn a_second_person_clears(person: &mut Person) {
    person.click(&format!("Project {PROJECT}"));
    person.click(&format!("Acting as {MAKER}: switch person…"));
    person.fill("Somebody new", SECOND);
    person.click("Act");
    // Whoever is new begins as Director, and is Reviewer only by taking that hat.
    person.wait_for(&format!("Director, {SECOND}"));
    let has_joined = |person: &Person| !person.sees("has no role in this project");
    person.wait_until(&format!("{SECOND} to be in the project"), PATIENCE, has_joined);
    assert!(!person.can_press("Clear for release"), "{}", person.told());
    act_as(person, REVIEWER, SECOND);
    person.go_to(PanelKind::Checklist);
    judge_and_clear(person);
    person.wait_for(&format!("Cleared by {SECOND}. A Director or a Reviewer releases it."));
}

/// Every item has its verdict, and what needs evidence has a note, before anything is cleared.
fn judge_and_clear(person: &mut Person) {
    let items = person.names_that_begin(PASS);
    assert_eq!(items.len(), REVIEWED);
    for (done, item) in items.iter().enumerate() {
        let text = item.strip_prefix(PASS).unwrap_or(item);
        let judged = format!("review, full · stakes: client · {} of {REVIEWED}", done + 1);
        person.click(item);
        let note = format!("Note on {text}");
        // What needs evidence is recorded with it, and not before.
        let asks = |person: &Person| person.sees(&judged) || person.sees(&note);
        person.wait_until(&format!("a verdict or a note on {text:?}"), PATIENCE, asks);
        if person.sees(&note) {
            person.fill(&note, "measured: within the brief, nothing else applies");
            person.click(&format!("Save: {text}"));
        }
        assert!(done + 1 == REVIEWED || !person.can_press("Clear for release"), "cleared with open items");
        person.wait_for(&judged);
    }
    person.click("Clear for release");
}
