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
