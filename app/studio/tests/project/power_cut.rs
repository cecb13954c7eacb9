//! The power fails at every file operation of a session; what a person was told is saved is there afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kento_studio::Sha256;
use kento_studio::project::{Access, DocumentKind, OpenMode, Overwrite, Project, check};

use crate::sim_fs::{Fault, Plan, SimFs};
use crate::{Note, Numbers, kento, name, named, now};

const PROJECT: &str = "/tea.kento";

/// What the program said is saved.
#[derive(Default)]
struct Confirmed {
    created: bool,
    notes: Vec<String>,
    /// The decision that was being saved.
    attempted: Vec<String>,
    images: Vec<Sha256>,
    documents: BTreeMap<usize, usize>,
}

/// Works until the drive is gone.
fn session(fs: &SimFs, seed: u64, confirmed: &mut Confirmed) -> Option<()> {
    let mut numbers = Numbers(seed);
    let folder = Path::new(PROJECT);
    let mut project = Project::<Note>::create(Arc::new(fs.clone()), folder, "Tea", now(), kento()).ok()?;
    confirmed.created = true;
    for round in 0..12 {
        let image = if round == 2 { b"the killed one's".to_vec() } else { numbers.bytes(100 + round * 300) };
        let sha256 = project.put_image(&image).ok()?.sha256;
        confirmed.images.push(sha256);
        let count = 1 + numbers.below(4);
        let decision: Vec<Note> = (0..count)
            .map(|i| {
                let padding = "y".repeat(numbers.below(900));
                Note { text: format!("{round}-{i} {padding}"), images: vec![sha256] }
            })
            .collect();
        confirmed.attempted = decision.iter().map(|note| note.text.clone()).collect();
        project.append(&decision).ok()?;
        confirmed.notes.append(&mut confirmed.attempted);
        let text = format!("({round})");
        project.save_document(DocumentKind::Brief, &name("tea"), &text, Overwrite::Replace).ok()?;
        confirmed.documents.insert(0, round);
        if numbers.below(4) == 0 {
            project.checkpoint().ok()?;
        }
        if numbers.below(5) == 0 {
            project.close().ok()?;
            project = Project::open(Arc::new(fs.clone()), folder, OpenMode::Write(kento())).ok()?.project;
        }
    }
    Some(())
}

#[test]
fn what_was_confirmed_survives_a_power_cut_at_any_moment() {
    let mut states = 0;
    for seed in 0..4 {
        let whole = SimFs::new();
        session(&whole, seed, &mut Confirmed::default()).unwrap();
        let operations = whole.operations();
        for at in 1..=operations {
            let fs = SimFs::new();
            fs.plan(Some(Plan { at, fault: Fault::DriveFails, forever: true }));
            let mut confirmed = Confirmed::default();
            session(&fs, seed, &mut confirmed);
            fs.plan(None);
            for cut in 0..3 {
                let mut numbers = Numbers(seed * 1_000_000 + at * 10 + cut);
                let mut after = if cut == 2 {
                    // First only the program is killed, and the next one shows what it finds.
                    let killed = fs.copied();
                    show_and_close(&killed, &mut confirmed);
                    killed.after_power_cut(&mut numbers)
                } else {
                    fs.after_power_cut(&mut numbers)
                };
                if cut == 1 {
                    // The power fails again while the project is opened.
                    let second = 1 + numbers.below(30) as u64;
                    after.plan(Some(Plan { at: second, fault: Fault::DriveFails, forever: true }));
                    let mode = OpenMode::Write(kento());
                    Project::<Note>::open(Arc::new(after.clone()), Path::new(PROJECT), mode).ok();
                    after = after.after_power_cut(&mut numbers);
                }
                verify(after, &confirmed, &format!("seed {seed}, operation {at}, cut {cut}"));
                states += 1;
            }
        }
    }
    println!("{states} states after a power cut");
    assert!(states >= 2000, "{states}");
}

/// What is shown in an open project counts as saved.
fn show_and_close(fs: &SimFs, confirmed: &mut Confirmed) {
    let mode = OpenMode::Write(kento());
    let Ok(opened) = Project::<Note>::open(Arc::new(fs.clone()), Path::new(PROJECT), mode) else { return };
    assert_eq!(opened.project.access(), Access::Write);
    confirmed.created = true;
    if opened.entries.len() > confirmed.notes.len() {
        confirmed.notes.append(&mut confirmed.attempted);
    }
    assert_eq!(opened.entries.len(), confirmed.notes.len());
    // It works on, in folders that the killed one may have made and not confirmed.
    let mut project = opened.project;
    for image in [&b"the killed one's"[..], b"another"] {
        confirmed.images.push(project.put_image(image).unwrap().sha256);
    }
    project.append(&[crate::note("after the kill")]).unwrap();
    confirmed.notes.push("after the kill".to_owned());
    confirmed.attempted.clear();
    if confirmed.notes.len().is_multiple_of(2) {
        project.close().unwrap();
    }
}

#[track_caller]
fn verify(fs: SimFs, confirmed: &Confirmed, context: &str) {
    let fs = Arc::new(fs);
    let folder = Path::new(PROJECT);
    let opened = match Project::<Note>::open(fs.clone(), folder, OpenMode::Write(kento())) {
        Ok(opened) => opened,
        Err(error) => return assert!(!confirmed.created, "{context}: {error}"),
    };
    let project = &opened.project;
    assert_eq!(project.access(), Access::Write, "{context}");
    let notes: Vec<&str> = opened.entries.iter().map(|entry| entry.record.text.as_str()).collect();
    let (kept, more) = notes.split_at_checked(confirmed.notes.len()).unwrap_or_else(|| panic!("{context}: {notes:?}"));
    assert_eq!(kept, confirmed.notes, "{context}");
    assert!(more.is_empty() || more == confirmed.attempted, "{context}: half a decision: {more:?}");
    for sha256 in &confirmed.images {
        project.images().get(*sha256).unwrap_or_else(|error| panic!("{context}: {error}"));
    }
    let document = project.read_document(DocumentKind::Brief, &name("tea")).unwrap();
    if let Some(round) = confirmed.documents.get(&0) {
        let text = document.unwrap();
        assert!(text == format!("({round})") || text == format!("({})", round + 1), "{context}: {text}");
    }
    drop(opened);
    let report = check(fs, folder, named, |_, _, _| None).unwrap();
    assert!(report.is_sound(), "{context}: {:?}", report.findings);
}
