//! Kill -9 at random moments while decisions and images are saved.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use kento_studio::Sha256;
use kento_studio::project::{Access, DiskFs, DocumentKind, OpenMode, Overwrite, Project, check};

use crate::{Note, Numbers, kento, name, named, now};

const PROJECTS: u64 = 10;
const KILLS_PER_PROJECT: u64 = 20;
const FOLDER: &str = "KENTO_TEST_KILL_FOLDER";

/// Not a test: the process that is killed. It says on its standard output what is saved.
#[test]
#[ignore = "started by the tests that kill it"]
fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).unwrap();
    };
    let mode = OpenMode::Write(kento());
    let opened = Project::<Note>::open(Arc::new(DiskFs), Path::new(&folder), mode).unwrap();
    let mut project = opened.project;
    if let Access::ReadOnly(reason) = project.access() {
        return say(format!("\nrefused {reason}\n"));
    }
    say("\nready\n".to_owned());
    let mut numbers = Numbers(u64::from(std::process::id()) << 32 | project.head().seq);
    loop {
        let size = 200 + numbers.below(20_000);
        let sha256 = project.put_image(&numbers.bytes(size)).unwrap().sha256;
        let count = 1 + numbers.below(3);
        let decision: Vec<Note> = (0..count)
            .map(|i| {
                let padding = numbers.below(600);
                Note { text: format!("{i} of {count} {}", "z".repeat(padding)), images: vec![sha256] }
            })
            .collect();
        let head = project.append(&decision).unwrap();
        say(format!("saved {} {}\n", head.seq, head.sha256));
        if numbers.below(3) == 0 {
            let text = format!("({})", head.seq);
            project.save_document(DocumentKind::Brief, &name("tea"), &text, Overwrite::Replace).unwrap();
        }
        if numbers.below(3) == 0 {
            project.checkpoint().unwrap();
        }
    }
}

pub fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::the_process_that_is_killed", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Reads what the process says until a line begins like this.
pub fn wait_for(out: &mut impl std::io::BufRead, beginning: &str) -> String {
    let mut line = String::new();
    while !line.starts_with(beginning) {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the process ended without saying {beginning}");
    }
    line
}

#[test]
fn no_confirmed_decision_is_lost_and_every_project_opens() {
    // A kill loses nothing that the system has, so a drive in memory is as good, and there is more to interrupt in 20
    // ms.
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut numbers = Numbers(now().as_second() as u64);
    let mut confirmed = 0;
    for project in 0..PROJECTS {
        confirmed += kill_again_and_again(&place.path().join(format!("{project}.kento")), &mut numbers);
    }
    println!("{} kills, {confirmed} decisions confirmed, 0 lost", PROJECTS * KILLS_PER_PROJECT);
    assert!(confirmed >= PROJECTS, "the machine is too slow for this test: {confirmed} decisions");
}

/// Gives how many decisions were confirmed.
fn kill_again_and_again(folder: &Path, numbers: &mut Numbers) -> u64 {
    Project::<Note>::create(Arc::new(DiskFs), folder, "Tea", now(), kento()).unwrap().close().unwrap();
    let mut confirmed = 0;
    let mut confirmed_in_all = 0;
    for kill in 0..KILLS_PER_PROJECT {
        let mut child = start(folder);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // Every fourth is killed while it starts and opens the project, the others at work.
        if kill % 4 != 0 {
            wait_for(&mut out, "ready");
        }
        std::thread::sleep(Duration::from_micros(numbers.next() % 20_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut last = None;
        for line in out.split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8(line).unwrap();
            assert!(!line.starts_with("refused"), "kill {kill}: the lock of a killed process was not freed: {line}");
            let mut words = line.split(' ');
            if let (Some("saved"), Some(seq), Some(hash), None) =
                (words.next(), words.next(), words.next(), words.next())
                && let (Ok(seq), Ok(sha256)) = (seq.parse::<u64>(), hash.parse::<Sha256>())
            {
                last = Some((seq, sha256));
                confirmed_in_all += 1;
            }
        }
        let opened = Project::<Note>::open(Arc::new(DiskFs), folder, OpenMode::Write(kento())).unwrap();
        assert_eq!(opened.project.access(), Access::Write, "kill {kill}");
        let entries = &opened.entries;
        if let Some((seq, sha256)) = last {
            assert_eq!(entries[seq as usize - 1].sha256, sha256, "kill {kill}");
            confirmed = seq as usize;
        }
        assert!(entries.len() >= confirmed, "kill {kill}: {confirmed} were confirmed and {} are there", entries.len());
        let decision = &entries[entries.len().saturating_sub(3)..];
        for sha256 in decision.iter().flat_map(|entry| &entry.record.images) {
            opened.project.images().get(*sha256).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        }
        // Half a decision is none.
        let is_whole = |entry: &&Note| {
            entry.text.split(' ').nth(2).is_some_and(|of| {
                entry.text.split(' ').next().unwrap().parse::<usize>().unwrap() + 1 == of.parse::<usize>().unwrap()
            })
        };
        assert!(entries.last().map(|entry| &entry.record).iter().all(is_whole), "kill {kill}");
        confirmed = confirmed.max(entries.len());
        opened.project.close().unwrap();
    }
    let report = check(Arc::new(DiskFs), folder, named, |_, _, _| None).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert!(report.findings.iter().all(|finding| matches!(finding, kento_studio::project::Finding::Orphan(_))));
    confirmed_in_all
}
