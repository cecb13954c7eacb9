//! What is attached, asked for and comes back from elsewhere.

use kento_studio::library::ChecklistItem;
use kento_studio::workflow::{EditKind, EvidenceFile};

use super::*;

#[test]
fn an_image_of_the_project_is_evidence() {
    let mut desk = Desk::new(at_gate(), [900.0, 800.0], ThemeChoice::Dark);
    let (image, short) = (desk.image(), sha(15).auto_v2());
    desk.press("Pass: licence is right");
    assert!(desk.harness.query_by_label_contains("Save: licence is right, not possible: ").is_some());
    desk.press("Attach evidence to licence is right");
    desk.keep("checklist-evidence");
    desk.press(&format!("Attach {short} · sprint 1"));
    let remove = format!("Remove the evidence {short} from licence is right");
    desk.press(&remove);
    assert!(desk.harness.query_by_label(&remove).is_none());
    desk.press("Attach evidence to licence is right");
    desk.press(&format!("Attach {short} · sprint 1"));
    desk.press("Save: licence is right");
    let review = desk.state().image(&image).unwrap().review().unwrap();
    assert_eq!(review.verdict("licence").unwrap().verdict.evidence, [sha(15)]);
    desk.says("1 piece of evidence:");
    desk.says(&format!("Copy where {short} · sprint 1 lies"));
    assert!(desk.harness.query_by_label("Attach evidence to licence is right").is_none());
}

#[test]
fn a_document_of_this_computer_is_evidence_once_the_project_has_it() {
    let mut desk = Desk::new(at_gate(), [900.0, 800.0], ThemeChoice::Dark);
    let (image, file) = (desk.image(), sha(900));
    desk.press("Pass: licence is right");
    desk.press("Attach evidence to licence is right");
    desk.press("A file of this computer… for licence is right");
    assert_eq!(desk.world().others.last(), Some(&PanelAsk::ChooseEvidence));
    // The desk has read what was chosen, and the project does not have it yet.
    desk.world().checklist.attach_evidence(file);
    desk.steps(3);
    let remove = format!("Remove the evidence {} from licence is right", file.auto_v2());
    assert!(desk.harness.query_by_label(&remove).is_none());
    let added = EvidenceFile { sha256: file, file_name: "licence.pdf".to_owned(), bytes: 4 };
    desk.world().sample.ok(&ravi(), Command::AddEvidence { file: added });
    desk.steps(3);
    assert!(desk.harness.query_by_label(&remove).is_some());
    desk.says("file \"licence.pdf\"");
    desk.press("Save: licence is right");
    let review = desk.state().image(&image).unwrap().review().unwrap();
    assert_eq!(review.verdict("licence").unwrap().verdict.evidence, [file]);
    desk.says("Copy where");
}

/// Image 1 is kept, and the Operator looks at it.
fn kept() -> World {
    World::new(mara(), |pictures| {
        let mut sample = Sample::sprinted_with(pictures);
        sample.ok(&mara(), Command::Keep { image: sample.picture(1) });
        sample
    })
}

#[test]
fn a_keeper_goes_to_an_editor_and_comes_back() {
    let mut desk = Desk::new(kept(), [900.0, 1400.0], ThemeChoice::Dark);
    let image = desk.image();
    desk.press("Hand to an editor…");
    assert!(desk.harness.query_by_label_contains("Hand over, not possible: ").is_some());
    desk.write("Who edits it", "Ana");
    desk.write("Why a person must", "the client's logo");
    desk.keep("checklist-hand-over");
    desk.press("Hand over");
    let with = desk.state().image(&image).unwrap().hand_off.clone().unwrap();
    assert_eq!((with.editor.as_str(), with.reason.as_str()), ("Ana", "the client's logo"));
    desk.says("With Ana: the client's logo");
    assert!(desk.harness.query_by_label_contains("Hand to an editor…").is_none());
    desk.press("Take in an edited file…");
    assert!(desk.harness.query_by_label_contains("Choose the file…, not possible: ").is_some());
    desk.write("What was done", "logo set");
    desk.press("Choose the file…");
    let Some(PanelAsk::ChooseEdited(of, edit)) = desk.world().others.last().cloned() else { panic!("not asked") };
    assert_eq!((of, edit.kind, edit.note.as_str()), (image, EditKind::HumanEdit, "logo set"));
}

#[test]
fn what_an_editor_has_can_be_taken_back_unedited() {
    let mut desk = Desk::new(kept(), [900.0, 1400.0], ThemeChoice::Dark);
    let image = desk.image();
    let hand = Command::HandToEditor { image, editor: "Ana".parse().unwrap(), reason: "the logo".to_owned() };
    desk.world().sample.ok(&mara(), hand);
    desk.steps(3);
    desk.press("More: Take it back unedited…");
    desk.press("Take it back unedited…");
    assert!(desk.harness.query_by_label_contains("Take it back, not possible: ").is_some());
    desk.write("Why it is taken back", "Ana has no time");
    desk.press("Take it back");
    assert_eq!(desk.state().image(&image).unwrap().hand_off, None);
    desk.steps(3);
    assert!(desk.harness.query_by_label_contains("Take it back unedited…").is_none());
    desk.says("Hand to an editor…");
}

#[test]
fn the_palette_is_measured_into_the_note() {
    let world = World::new(ravi(), |pictures| {
        let mut sample = Sample::sprinted_with(pictures);
        let mut checklist = sample.state.checklist("review-full").unwrap().clone();
        checklist.version += 1;
        let like = checklist.items[2].clone();
        checklist.items.push(ChecklistItem { id: "palette".to_owned(), text: "palette is right".to_owned(), ..like });
        sample.ok(&ravi(), Command::AdoptChecklist { checklist });
        sample.keep_and_submit(sample.picture(1));
        sample
    });
    let mut desk = Desk::new(world, [900.0, 900.0], ThemeChoice::Dark);
    let image = desk.image();
    assert!(desk.harness.query_by_label("Measure: licence is right").is_none(), "nothing measures a licence");
    desk.press("Pass: palette is right");
    desk.press("Measure: palette is right");
    desk.until("the figure is there", |world| world.checklist.has_unsaved());
    desk.steps(3);
    desk.keep("checklist-measured");
    desk.press("Save: palette is right");
    let review = desk.state().image(&image).unwrap().review().unwrap();
    let note = review.verdict("palette").unwrap().verdict.note.clone();
    assert!(
        note.starts_with("measured: ") && note.contains("(#e5534b ") && note.contains("most of the rest is #"),
        "{note}"
    );
}

#[test]
fn a_file_that_changes_while_it_is_looked_at_is_not_cleared() {
    let world = World::new(ravi(), |pictures| {
        let mut sample = Sample::sprinted_with(pictures);
        sample.keep_and_submit(sample.picture(1));
        sample.judge_all(&ravi(), sample.picture(1));
        sample
    });
    let mut desk = Desk::new(world, [900.0, 800.0], ThemeChoice::Dark);
    let image = desk.image();
    desk.until("the picture is drawn", |world| world.contexts[0].ends_with(" %"));
    let path = desk.world().project.images().path(image);
    let good = std::fs::read(&path).unwrap();
    std::fs::write(&path, boat([0, 0, 0])).unwrap();
    let seq = desk.state().seq();
    desk.press("Clear for release");
    desk.until("the file was read", |world| world.checklist.failure.is_some());
    desk.steps(2);
    desk.says("was changed after it was saved");
    assert!(!desk.state().is_cleared(&image) && desk.state().seq() == seq, "other pixels than those seen were cleared");
    std::fs::write(&path, good).unwrap();
    desk.press("Clear for release");
    desk.until("cleared", |world| world.sample.state.is_cleared(&world.sample.picture(1)));
}

#[test]
fn a_changed_file_is_said_and_voids_the_clearance() {
    let world = World::new(mara(), |pictures| {
        let mut sample = Sample::sprinted_with(pictures);
        sample.keep_and_submit(sample.picture(1));
        sample.judge_all(&ravi(), sample.picture(1));
        sample.ok(&ravi(), Command::ClearImage { image: sample.picture(1) });
        sample
    });
    let path = world.project.images().path(world.sample.picture(1));
    std::fs::write(path, boat([0, 0, 0])).unwrap();
    let mut desk = Desk::new(world, [900.0, 800.0], ThemeChoice::Dark);
    let image = desk.image();
    desk.until("the clearance is void", |world| !world.sample.state.is_cleared(&world.sample.picture(1)));
    desk.says("This picture cannot be shown");
    desk.says("one changed pixel voids a clearance");
    desk.steps(2);
    let hash = image.to_string();
    desk.says(&format!("restore images/{}/{}.png from a backup, or render it again", &hash[..2], &hash[2..]));
    desk.says("Submit for review, not possible: its file is another picture now: restore it from a backup");
    let seq = desk.state().seq();
    desk.press("Read it again");
    desk.steps(20);
    assert_eq!(desk.state().seq(), seq);
    desk.keep("canvas-broken");
    assert!(
        decide(desk.state(), &Command::ClearImage { image }, &ravi(), "2026-11-22T00:00:00Z".parse().unwrap()).is_err()
    );
}
