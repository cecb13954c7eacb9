use kento_studio::workflow::*;

use crate::studio::*;

#[test]
fn the_fold_of_the_replayed_log_is_the_state() {
    let (studio, _) = Studio::cleared();
    assert_eq!(replayed(&studio.records), studio.state);
}

/// Folds records that went through their form on disk.
pub fn replayed(records: &[Record]) -> State {
    let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let mut state = State::default();
    for (seq, line) in (1..).zip(&lines) {
        state.fold(seq, &serde_json::from_str(line).unwrap());
    }
    state
}

#[test]
fn the_form_on_disk_is_stable() {
    let studio = Studio::started();
    let line = serde_json::to_string(&studio.records[1]).unwrap();
    assert_eq!(
        line,
        r#"{"schema":1,"role":"director","by":"Jo","at":"2026-11-21T09:00:00Z","action":{"action":"role-taken","from":null,"to":"director"}}"#
    );
    let image = sha(1);
    let cull = CullDecision::Reject { reason: RejectReason::OffBrief, note: "a car".to_owned() };
    let action = Action::Culled { image, cull, supersedes: Some(7) };
    let expected = format!(
        r#"{{"action":"culled","image":"{image}","cull":{{"reject":{{"reason":"off-brief","note":"a car"}}}},"supersedes":7}}"#
    );
    assert_eq!(serde_json::to_string(&action).unwrap(), expected);
}

#[test]
fn a_record_with_an_unknown_field_action_or_schema_is_refused() {
    let (studio, _) = Studio::cleared();
    for record in &studio.records {
        let line = serde_json::to_string(record).unwrap();
        for (from, to) in [
            ("{\"schema\":1,\"role\"", "{\"schema\":2,\"role\""),
            ("{\"schema\":1,\"role\"", "{\"luck\":1,\"schema\":1,\"role\""),
            ("\"action\":{\"action\":", "\"action\":{\"luck\":1,\"action\":"),
            ("\"action\":{\"action\":\"", "\"action\":{\"action\":\"un-"),
        ] {
            let changed = line.replacen(from, to, 1);
            assert_ne!(changed, line);
            assert!(serde_json::from_str::<Record>(&changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn names_of_people_on_disk_pass_the_same_checks() {
    let studio = Studio::started();
    let line = serde_json::to_string(&studio.records[1]).unwrap().replace("\"Jo\"", "\"  \"");
    assert!(serde_json::from_str::<Record>(&line).is_err());
}

/// Every action by its name on disk.
pub const ACTIONS: [&str; 51] = [
    "project-started",
    "role-taken",
    "settings-changed",
    "checklist-adopted",
    "document-reviewed",
    "brief-written",
    "brief-completed",
    "stage-skipped",
    "stage-resumed",
    "sprint-started",
    "jobs-queued",
    "jobs-requeued",
    "image-generated",
    "job-failed",
    "job-cancelled",
    "moodboard-proposed",
    "moodboard-ranked",
    "direction-approved",
    "direction-withdrawn",
    "draft-saved",
    "hero-approved",
    "proof-passed",
    "proof-failed",
    "recipe-locked",
    "recipe-unlocked",
    "recipe-paused",
    "volume-run-started",
    "culled",
    "cull-withdrawn",
    "repair-overruled",
    "edit-recorded",
    "artefacts-checked",
    "handed-to-editor",
    "iterations-asked",
    "iterations-granted",
    "alt-text-written",
    "review-submitted",
    "fresh-eyes-began",
    "fresh-eyes-saw",
    "item-judged",
    "image-cleared",
    "image-sent-back",
    "image-vetoed",
    "clearance-voided",
    "image-released",
    "input-added",
    "project-reviewed",
    "template-promoted",
    "negative-entry-added",
    "hand-off-problem-noted",
    "candidates-mixed",
];

/// The name on disk of what was done.
pub fn action_name(record: &Record) -> String {
    serde_json::to_value(&record.action).unwrap()["action"].as_str().unwrap().to_owned()
}

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/records-1.jsonl");

#[test]
fn every_action_of_schema_1_is_read_and_written_as_it_was() {
    let text = std::fs::read_to_string(FIXTURE).unwrap();
    let mut state = State::default();
    let mut seen = Vec::new();
    for (seq, line) in (1..).zip(text.lines()) {
        let record: Record = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
        seen.push(action_name(&record));
        state.fold(seq, &record);
    }
    seen.sort();
    let mut all = ACTIONS.to_vec();
    all.sort_unstable();
    assert_eq!(seen, all, "one line for each action");
    assert_eq!(state.seq(), all.len() as u64);
}

/// Writes the fixture anew: one line for each action, from the scenarios and the fixed random runs. Only for a new schema:
/// `cargo test -p kento-studio --test workflow write_the_fixture -- --ignored`.
#[test]
#[ignore = "writes the fixture of a new schema"]
fn write_the_fixture() {
    let mut promoted = Studio::ran();
    for image in promoted.run_images(1) {
        promoted.ok(&mara(), Command::Keep { image });
    }
    promoted.ok(&mara(), Command::PromoteTemplate { card: card_ref(1), reason: "all kept".to_owned() });
    let mut lines = std::collections::BTreeMap::new();
    let rare = [promoted.records, crate::candidates::mixed()];
    for record in rare.into_iter().chain(crate::random::fixed_runs()).flatten() {
        let line = serde_json::to_string(&record).unwrap();
        // The shortest one of each, so that the file can be read.
        let known: &mut String = lines.entry(action_name(&record)).or_insert_with(|| line.clone());
        if line.len() < known.len() {
            *known = line;
        }
    }
    let lines: Vec<String> = ACTIONS.iter().map(|action| lines[*action].clone()).collect();
    std::fs::write(FIXTURE, lines.join("\n") + "\n").unwrap();
}

/// Deciding became stricter since these were written; folding did not.
#[test]
fn records_from_before_a_rule_still_tell_their_project() {
    let (mut studio, image) = crate::gate::at_gate_with(Stakes::Client);
    studio.clear(&ravi(), image);
    studio.ok(&ravi(), Command::WriteAltText { image, text: "A boat.".to_owned() });
    let is_older = |record: &&Record| {
        // Without the skips, and with the alt text written late and the clearance still there.
        !matches!(record.action, Action::StageSkipped { .. } | Action::ClearanceVoided { .. })
    };
    let older: Vec<Record> = studio.records.iter().filter(is_older).cloned().collect();
    assert_eq!(older.len(), studio.records.len() - 3);
    let state = replayed(&older);
    assert!(state.is_cleared(&image) && !state.image(&image).unwrap().alt_text.is_empty());
    let by = jo();
    let request = ReleaseRequest { image, file_sha256: image, subject: "boat".to_owned(), disclosure: None };
    assert!(would(&state, &Command::ReleaseImages { images: vec![request] }, &by, studio.now).is_yes());
}
