//! A log that somebody or something changed.

use std::path::Path;
use std::sync::Arc;

use kento_studio::Sha256;
use kento_studio::project::{ChainFault, Head, LogEntry, RecordLog, Scan, scan};
use proptest::prelude::*;

use crate::sim_fs::SimFs;
use crate::{Note, Numbers, assert_sentence, note};

const LOG: &str = "/records.jsonl";

/// Bytes of a log with these decisions, and its head after each.
fn log_of(decisions: &[Vec<Note>]) -> (Vec<u8>, Vec<Head>) {
    let fs = Arc::new(SimFs::new());
    let mut log = RecordLog::open(fs.clone(), Path::new(LOG), Head::EMPTY).unwrap().log;
    let heads = decisions.iter().map(|decision| log.append(decision).unwrap()).collect();
    let mut bytes = Vec::new();
    fs.edit(Path::new(LOG), |content| bytes = content.clone());
    (bytes, heads)
}

fn some_log(numbers: &mut Numbers) -> (Vec<u8>, Vec<Head>) {
    let decisions: Vec<Vec<Note>> = (0..8)
        .map(|i| {
            let count = 1 + numbers.below(4);
            (0..count).map(|j| note(format!("{i} {j} ÄÖ \"{}\"", numbers.next()))).collect()
        })
        .collect();
    log_of(&decisions)
}

fn texts(entries: &[LogEntry<Note>]) -> Vec<&str> {
    entries.iter().map(|entry| entry.record.text.as_str()).collect()
}

/// The first line in which two logs differ, from 1. A line that lacks only its line feed, with nothing after it, is
/// whole.
fn first_difference(old: &[u8], new: &[u8]) -> u64 {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let lines = old[..same].iter().filter(|byte| **byte == b'\n').count() as u64;
    if same == new.len() && old[same] == b'\n' { lines + 2 } else { lines + 1 }
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// One random change that leaves another file, with a name for it.
fn change(old: &[u8], numbers: &mut Numbers) -> (&'static str, Vec<u8>) {
    let mut all = lines(old);
    let line = numbers.below(all.len());
    let at = numbers.below(old.len());
    match numbers.below(8) {
        0 | 1 => {
            let mut bytes = old.to_vec();
            bytes[at] ^= 1 << numbers.below(8);
            ("a flipped bit", bytes)
        }
        2 => {
            all.remove(line);
            ("a deleted line", all.concat())
        }
        3 => {
            let other = (line + 1 + numbers.below(all.len() - 1)) % all.len();
            all.swap(line, other);
            ("swapped lines", all.concat())
        }
        // Without its last byte alone the log is still whole, which has its own test.
        4 => ("a truncation", old[..at.min(old.len() - 2)].to_vec()),
        5 => {
            let copy = all[line].clone();
            all.insert(line, copy);
            ("a doubled line", all.concat())
        }
        6 => {
            let end = (at + 1 + numbers.below(40)).min(old.len());
            ("deleted bytes", [&old[..at], &old[end..]].concat())
        }
        _ => {
            let count = 1 + numbers.below(40);
            ("inserted bytes", [&old[..at], &numbers.bytes(count), &old[at..]].concat())
        }
    }
}

#[test]
fn every_change_of_a_saved_log_is_found_and_its_first_line_named() {
    let mut numbers = Numbers(1);
    let mut runs = 0;
    while runs < 2000 {
        let (old, heads) = some_log(&mut numbers);
        let whole: Scan<Note> = scan(&old, *heads.last().unwrap());
        assert_eq!(whole.fault, None);
        for _ in 0..50 {
            let (kind, new) = change(&old, &mut numbers);
            if new == old[..old.len() - 1] {
                continue;
            }
            runs += 1;
            let line = first_difference(&old, &new);
            let found: Scan<Note> = scan(&new, *heads.last().unwrap());
            let fault = found.fault.unwrap_or_else(|| panic!("{kind} in line {line} was not found"));
            assert_eq!(fault.line(), line, "{kind}: {fault}");
            assert!(fault.is_tampering());
            assert_eq!(found.torn, None, "{kind} in line {line} was called torn");
            assert_sentence(&fault.to_string());
            assert!(fault.to_string().contains(&format!("line {line}")), "{fault}");
            assert!(texts(&whole.entries).starts_with(&texts(&found.entries)), "{kind} in line {line}");
            assert!(found.entries.iter().all(|entry| entry.seq < line), "{kind} in line {line}");
        }
    }
}

#[test]
fn a_history_that_was_written_anew_with_right_checks_is_found_too() {
    let notes = |word: &str| (0..6).map(|i| vec![note(format!("{word} {i}"))]).collect::<Vec<_>>();
    let (_, heads) = log_of(&notes("approved"));
    let (forged, forged_heads) = log_of(&notes("rejected"));
    let found: Scan<Note> = scan(&forged, heads[5]);
    let expected = ChainFault::Replaced { line: 6, expected: heads[5].sha256, found: forged_heads[5].sha256 };
    assert_eq!(found.fault, Some(expected));
    // One forged line with a right check, in a genuine log: the line after it gives it away.
    let (genuine, _) = log_of(&notes("approved"));
    let mut one = lines(&genuine);
    one[2] = {
        let (log, _) = log_of(&[vec![note("approved 0")], vec![note("approved 1")], vec![note("rejected 2")]]);
        lines(&log)[2].clone()
    };
    let found: Scan<Note> = scan(&one.concat(), Head::EMPTY);
    assert_eq!(found.fault.as_ref().map(ChainFault::line), Some(3), "{:?}", found.fault);
    assert_eq!(texts(&found.entries), ["approved 0", "approved 1"]);
}

#[test]
fn a_torn_end_is_never_called_tampering() {
    let mut numbers = Numbers(2);
    let (old, heads) = some_log(&mut numbers);
    let whole: Scan<Note> = scan(&old, Head::EMPTY);
    let decision_ends: Vec<u64> = heads.iter().map(|head| head.seq).collect();
    for length in 0..old.len() {
        // Cut, with zeros after it where blocks were not written, and with the rest of the decision after those.
        let begins_last_decision = length as u64 >= {
            let all = lines(&old);
            let before = decision_ends[decision_ends.len() - 2] as usize;
            all[..before].iter().map(Vec::len).sum::<usize>() as u64
        };
        let mut torn = vec![old[..length].to_vec(), [&old[..length], &[0; 77]].concat()];
        if begins_last_decision && length + 20 < old.len() {
            torn.push([&old[..length], &[0; 20], &old[length + 20..]].concat());
        }
        for bytes in torn {
            let found: Scan<Note> = scan(&bytes, Head::EMPTY);
            assert_eq!(found.fault, None, "{length}");
            assert!(found.head.seq == 0 || decision_ends.contains(&found.head.seq), "{length}: half a decision");
            assert!(texts(&whole.entries).starts_with(&texts(&found.entries)));
            assert_eq!(found.entries.len() as u64, found.head.seq);
            let is_clean = found.bytes == bytes.len() as u64;
            assert_eq!(found.torn.is_some(), !is_clean, "{length}");
        }
    }
    // The line feed alone is missing: nothing is lost.
    let found: Scan<Note> = scan(&old[..old.len() - 1], *heads.last().unwrap());
    assert!(found.lacks_line_feed && found.fault.is_none());
    assert_eq!(found.entries.len(), whole.entries.len());
}

#[test]
fn damage_behind_the_checkpoint_is_a_change_when_later_decisions_follow() {
    let mut numbers = Numbers(3);
    for _ in 0..300 {
        let (old, heads) = some_log(&mut numbers);
        let checkpoint = heads[numbers.below(4)];
        // A flipped bit in a line that is not of the last decision, while the last one is torn as well.
        let all = lines(&old);
        let in_earlier = all[..heads[6].seq as usize].iter().map(Vec::len).sum::<usize>();
        let at = numbers.below(in_earlier);
        let mut bytes = old[..old.len() - 1 - numbers.below(20)].to_vec();
        bytes[at] ^= 1 << numbers.below(7);
        let line = first_difference(&old, &bytes);
        let found: Scan<Note> = scan(&bytes, checkpoint);
        // Then the two decisions have become one that is torn, or one that has a zero.
        let was_last_line_feed = at + 1 == in_earlier || bytes[at] == 0;
        assert!(
            found.fault.as_ref().is_some_and(|fault| fault.line() == line) || was_last_line_feed,
            "line {line}: {:?} {:?}",
            found.fault,
            found.torn
        );
    }
}

#[test]
fn a_record_of_a_newer_kento_is_not_called_tampering() {
    let fs = Arc::new(SimFs::new());
    let mut log = RecordLog::open(fs.clone(), Path::new(LOG), Head::EMPTY).unwrap().log;
    log.append(&[serde_json::json!({"text": "old", "images": []})]).unwrap();
    log.append(&[serde_json::json!({"text": "new", "images": [], "mood": 5})]).unwrap();
    let error = RecordLog::<Note>::open(fs, Path::new(LOG), log.head()).unwrap_err().to_string();
    assert!(
        error.starts_with("line 2 of records.jsonl is intact, but this version of Kento cannot read it"),
        "{error}"
    );
    assert!(error.contains("unknown field `mood`"), "{error}");
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let fs = Arc::new(SimFs::new());
    let mut log = RecordLog::<f64>::open(fs.clone(), Path::new(LOG), Head::EMPTY).unwrap().log;
    log.append(&[1.5]).unwrap();
    let error = log.append(&[2.5, f64::NAN]).unwrap_err().to_string();
    assert!(error.starts_with("this decision cannot be written down"), "{error}");
    let mut log = RecordLog::<String>::open(Arc::new(SimFs::new()), Path::new(LOG), Head::EMPTY).unwrap().log;
    assert!(log.append(&["x".repeat(17 << 20)]).unwrap_err().to_string().contains("make its texts shorter"));
    assert_eq!(log.head(), Head::EMPTY);
    assert_eq!(log.append(&[]).unwrap(), Head::EMPTY);
}

#[test]
fn another_program_that_writes_to_the_log_is_noticed() {
    let fs = Arc::new(SimFs::new());
    let mut log = RecordLog::open(fs.clone(), Path::new(LOG), Head::EMPTY).unwrap().log;
    log.append(&[note("mine")]).unwrap();
    fs.edit(Path::new(LOG), |bytes| bytes.extend_from_slice(b"theirs\n"));
    let error = log.append(&[note("mine too")]).unwrap_err().to_string();
    assert!(error.starts_with("records.jsonl was changed by another program while it was open"), "{error}");
}

#[test]
fn the_form_on_disk_is_this() {
    let (bytes, heads) = log_of(&[vec![note("a"), note("b")]]);
    let text = String::from_utf8(bytes).unwrap();
    let zeros = "0".repeat(64);
    let first = r#"{"seq":1,"prev":"ZEROS","last":false,"record":{"text":"a","images":[]},"check":"f7f40bea4b309a6d"}"#;
    let first = first.replace("ZEROS", &zeros);
    assert_eq!(text.lines().next(), Some(first.as_str()));
    assert!(text.lines().nth(1).unwrap().starts_with(r#"{"seq":2,"prev":""#), "{text}");
    assert!(text.ends_with("\"}\n") && text.lines().count() == 2);
    assert_eq!(heads[0].seq, 2);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_records_come_back_as_they_were(
        decisions in prop::collection::vec(prop::collection::vec((any::<String>(), any::<[u8; 32]>()), 1..4), 0..6),
    ) {
        let notes = |decision: &Vec<(String, [u8; 32])>| -> Vec<Note> {
            decision.iter().map(|(text, hash)| Note { text: text.clone(), images: vec![Sha256(*hash)] }).collect()
        };
        let decisions: Vec<Vec<Note>> = decisions.iter().map(notes).collect();
        let (bytes, heads) = log_of(&decisions);
        let found: Scan<Note> = scan(&bytes, heads.last().copied().unwrap_or(Head::EMPTY));
        prop_assert_eq!(found.fault, None);
        prop_assert_eq!(found.torn, None);
        let read: Vec<Note> = found.entries.into_iter().map(|entry| entry.record).collect();
        prop_assert_eq!(read, decisions.concat());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), seq in 0_u64..3) {
        let found: Scan<Note> = scan(&bytes, Head { seq, sha256: Sha256([1; 32]) });
        prop_assert!(found.entries.is_empty());
        prop_assert!(found.fault.is_some() || found.torn.is_some() || bytes.is_empty() && seq == 0);
    }
}
