//! Every storage operation with a fault at its first, second, third … file operation until it gets through, once and
//! for good (after SQLite's I/O error tests).

use std::path::Path;
use std::sync::Arc;

use kento_studio::Sha256;
use kento_studio::project::{
    Access, DocumentKind, OpenMode, Overwrite, Project, RecentProjects, SettingsFolder, check, rebuild, save_copy,
};
use sha2::Digest as _;

use crate::sim_fs::{Fault, Plan, SimFs};
use crate::{Note, Numbers, assert_sentence, kento, name, named, note, now};

const PROJECT: &str = "/tea.kento";
const COPY: &str = "/copy.kento";
const NEW: &str = "/new.kento";

type Opened = Option<Project<Note>>;
type Act = fn(&SimFs, &mut Opened) -> Result<(), String>;

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn arc(fs: &SimFs) -> Arc<SimFs> {
    Arc::new(fs.clone())
}

/// The project, opened for writing if it is not.
fn open<'a>(fs: &SimFs, project: &'a mut Opened) -> Result<&'a mut Project<Note>, String> {
    if project.as_ref().is_none_or(|project| project.access() != Access::Write) {
        *project = None;
        let opened = Project::open(arc(fs), Path::new(PROJECT), OpenMode::Write(kento())).map_err(text)?;
        if let Access::ReadOnly(reason) = opened.project.access() {
            return Err(text(reason));
        }
        *project = Some(opened.project);
    }
    Ok(project.as_mut().unwrap())
}

const OPERATIONS: [(&str, Act); 19] = [
    ("open", |fs, project| open(fs, project).map(drop)),
    ("create", |fs, _| match Project::<Note>::create(arc(fs), Path::new(NEW), "New", now(), kento()) {
        // It was created, and only opening it for writing failed; or a second try finds the first one's.
        Err(error) => match Project::<Note>::open(arc(fs), Path::new(NEW), OpenMode::Write(kento())) {
            Ok(opened) if opened.project.access() == Access::Write => Ok(()),
            _ => Err(text(error)),
        },
        Ok(_) => Ok(()),
    }),
    ("create with a first decision", |fs, _| {
        let first = [note("started"), note("hat taken")];
        match Project::<Note>::create_with(arc(fs), Path::new(NEW), "New", now(), kento(), &first) {
            Ok(_) => Ok(()),
            // As above; what is there has its decision.
            Err(error) => match Project::<Note>::open(arc(fs), Path::new(NEW), OpenMode::Write(kento())) {
                Ok(opened) if opened.project.access() == Access::Write && opened.entries.len() == 2 => Ok(()),
                _ => Err(text(error)),
            },
        }
    }),
    ("append one record", |fs, project| open(fs, project)?.append(&[note("one")]).map(drop).map_err(text)),
    ("append three records", |fs, project| {
        let long = "x".repeat(700);
        open(fs, project)?.append(&[note("a"), note(long), note("c")]).map(drop).map_err(text)
    }),
    ("append across a checkpoint", |fs, project| {
        let decision: Vec<Note> = (0..40).map(|i| note(format!("many {i}"))).collect();
        open(fs, project)?.append(&decision).map(drop).map_err(text)
    }),
    ("save a new image", |fs, project| open(fs, project)?.put_image(&[7; 2000]).map(drop).map_err(text)),
    ("save an image that is there", |fs, project| open(fs, project)?.put_image(b"image one").map(drop).map_err(text)),
    ("save new evidence", |fs, project| open(fs, project)?.evidence().put(&[8; 900], "pdf").map(drop).map_err(text)),
    ("save evidence that is there", |fs, project| {
        open(fs, project)?.evidence().put(b"a licence", "pdf").map(drop).map_err(text)
    }),
    ("save a new document", |fs, project| {
        let save = open(fs, project)?.save_document(DocumentKind::Recipe, &name("new"), "(1)", Overwrite::Refuse);
        save.map_err(text)
    }),
    ("replace a document", |fs, project| {
        let save = open(fs, project)?.save_document(DocumentKind::Brief, &name("tea"), "(2)", Overwrite::Replace);
        save.map_err(text)
    }),
    ("checkpoint", |fs, project| open(fs, project)?.checkpoint().map_err(text)),
    ("close", |fs, project| {
        open(fs, project)?;
        project.take().map_or(Ok(()), |project| project.close().map_err(text))
    }),
    ("save a copy", |fs, _| {
        let fs: Arc<dyn kento_studio::project::Fs> = arc(fs);
        save_copy(&fs, Path::new(PROJECT), Path::new(COPY)).map(drop).map_err(text)
    }),
    ("rebuild the cache", |fs, project| {
        *project = None;
        rebuild::<Note>(arc(fs), Path::new(PROJECT), kento(), |_, cache, entries| {
            Ok(cache.put(&name("index"), &name("count"), entries.len().to_string().as_bytes())?)
        })
        .map_err(text)
    }),
    ("save settings", |fs, _| {
        let settings = SettingsFolder::new(arc(fs), Path::new("/home/kento"));
        let mut recent: RecentProjects = settings.load(&name("recent")).map_err(text)?;
        recent.remember(Path::new(PROJECT), "Tea", now());
        settings.save(&name("recent"), &recent).map_err(text)
    }),
    ("make safe", |fs, project| open(fs, project)?.make_safe().map_err(text)),
    ("check", |fs, _| {
        let report = check(arc(fs), Path::new(PROJECT), named, |_, _, _| None).map_err(text)?;
        if report.is_sound() { Ok(()) } else { Err(text(report.findings.iter().find(|f| f.is_fault()).unwrap())) }
    }),
];

/// A project with three decisions, an interrupted fourth, an image, documents and left-overs of a killed process.
fn base() -> SimFs {
    let fs = SimFs::new();
    let mut project = Project::create(arc(&fs), Path::new(PROJECT), "Tea", now(), kento()).unwrap();
    let image = project.put_image(b"image one").unwrap().sha256;
    project.append(&[Note { text: "first".to_owned(), images: vec![image] }]).unwrap();
    project.evidence().put(b"a licence", "pdf").unwrap();
    project.append(&[note("second"), note("third")]).unwrap();
    project.checkpoint().unwrap();
    project.save_document(DocumentKind::Brief, &name("tea"), "(1)", Overwrite::Replace).unwrap();
    project.append(&[note("fourth")]).unwrap();
    project.cache().unwrap().put(&name("index"), &name("old"), b"1").unwrap();
    drop(project);
    fs.edit(&Path::new(PROJECT).join("records.jsonl"), |bytes| bytes.extend_from_slice(b"{\"seq\":5,\"pr"));
    use kento_studio::project::Fs as _;
    fs.create_new(&Path::new(PROJECT).join("images/.kento-1-1.tmp")).unwrap();
    fs
}

/// Everything that a person would miss if it were gone.
fn describe(fs: &SimFs, mode: &OpenMode) -> String {
    let mut lines = Vec::new();
    for folder in [PROJECT, COPY, NEW] {
        use kento_studio::project::Fs as _;
        if fs.metadata(Path::new(folder)).is_err() {
            lines.push(format!("{folder} is not there"));
            continue;
        }
        let opened = Project::<Note>::open(arc(fs), Path::new(folder), mode.clone()).unwrap();
        let project = opened.project;
        match (mode, project.access()) {
            (OpenMode::Write(_), Access::Write) | (OpenMode::Read, Access::ReadOnly(_)) => {}
            (_, access) => panic!("{folder}: {access:?}"),
        }
        let notes: Vec<&str> = opened.entries.iter().map(|entry| entry.record.text.as_str()).collect();
        lines.push(format!("{folder} {} {notes:?}", project.manifest().name));
        for sha256 in project.images().list().unwrap().images {
            lines.push(format!("  image {sha256} of {} bytes", project.images().get(sha256).unwrap().len()));
        }
        let licence = Sha256(sha2::Sha256::digest(b"a licence").into());
        lines.push(format!(
            "  evidence of {} bytes",
            project.evidence().get(licence, "pdf").map_or(0, |bytes| bytes.len())
        ));
        for kind in DocumentKind::ALL {
            for name in project.documents(kind).unwrap().names {
                lines.push(format!("  {kind} {name} {:?}", project.read_document(kind, &name).unwrap()));
            }
        }
    }
    let settings = SettingsFolder::new(arc(fs), Path::new("/home/kento"));
    lines.push(format!("{:?}", settings.load::<RecentProjects>(&name("recent")).unwrap()));
    lines.join("\n")
}

/// The file that the rebuilt cache consists of.
fn cached(fs: &SimFs) -> Option<Vec<u8>> {
    let opened = Project::<Note>::open(arc(fs), Path::new(PROJECT), OpenMode::Write(kento())).unwrap();
    opened.project.cache().unwrap().get(&name("index"), &name("count")).unwrap()
}

#[test]
fn a_fault_at_any_operation_leaves_the_old_state_or_the_new_one_and_trying_again_works() {
    let base = base();
    let before = describe(&base.copied(), &OpenMode::Read);
    let write = OpenMode::Write(kento());
    let mut numbers = Numbers(3);
    let (mut runs, mut failures) = (0, 0);
    for (operation, act) in OPERATIONS {
        let healthy = base.copied();
        act(&healthy, &mut None).unwrap();
        let after = describe(&healthy.copied(), &OpenMode::Read);
        let cache_after = cached(&healthy.copied());
        for fault in [Fault::DriveFull, Fault::DriveFails, Fault::NotAllowed, Fault::ShortWrite, Fault::Interrupted] {
            for (forever, is_open) in [(false, false), (false, true), (true, false), (true, true)] {
                for at in 1.. {
                    let context =
                        format!("{operation}, open: {is_open}: {fault:?} at operation {at}, for good: {forever}");
                    let fs = base.copied();
                    let mut project = None;
                    if is_open {
                        open(&fs, &mut project).unwrap();
                    }
                    fs.plan(Some(Plan { at, fault, forever }));
                    let result = act(&fs, &mut project);
                    let is_past_the_end = fs.operations() < at;
                    fs.plan(None);
                    runs += 1;
                    let state = describe(&fs.copied(), &OpenMode::Read);
                    match &result {
                        Ok(()) => assert_eq!(state, after, "{context}"),
                        Err(error) => {
                            failures += 1;
                            assert_sentence(error);
                            assert!(state == before || state == after, "{context}\n{error}\n{state}");
                            assert_ne!(fault, Fault::ShortWrite, "{context}: a short write is no error");
                        }
                    }
                    // The same for who opens it after a kill, and after a power cut.
                    assert_eq!(describe(&fs.copied(), &write), state, "{context}");
                    let cut = describe(&fs.after_power_cut(&mut numbers), &write);
                    assert!(cut == after || result.is_err() && cut == before, "{context}\n{cut}");
                    let again = act(&fs, &mut project);
                    let twice = operation.starts_with("append") && result.is_ok();
                    // If only the confirmation of a copy's name failed, and for good, the copy is there and whole.
                    if operation == "save a copy" && state == after {
                        assert!(again.unwrap_err().starts_with("something of this name is here already"), "{context}");
                    } else {
                        again.unwrap_or_else(|error| panic!("{context}, tried again: {error}"));
                    }
                    drop(project);
                    if !twice {
                        assert_eq!(describe(&fs.copied(), &write), after, "{context}, tried again");
                        assert_eq!(cached(&fs.copied()), cache_after, "{context}, tried again");
                        let cut = describe(&fs.after_power_cut(&mut numbers), &write);
                        assert_eq!(cut, after, "{context}, tried again, and then a power cut");
                    }
                    if is_past_the_end {
                        break;
                    }
                }
            }
        }
    }
    println!("{runs} runs with a fault, {failures} of them refused");
    assert!(failures * 3 > runs, "{failures} failures in {runs} runs");
}

#[test]
fn a_failed_fsync_is_never_tried_again_on_the_same_file() {
    let fs = base();
    let mut project = None;
    open(&fs, &mut project).unwrap();
    let project = project.as_mut().unwrap();
    // Metadata, open, write, fsync.
    fs.plan(Some(Plan { at: 4, fault: Fault::DriveFails, forever: false }));
    let error = project.append(&[note("lost")]).unwrap_err().to_string();
    assert!(error.contains("confirm that it saved") && error.contains("everything before it is"), "{error}");
    fs.plan(None);
    project.append(&[note("kept")]).unwrap();
    // A retry on the same file would leave zeros where `lost` was: the simulated drive forgets like Linux.
    let mut numbers = Numbers(5);
    for _ in 0..20 {
        let state = describe(&fs.after_power_cut(&mut numbers), &OpenMode::Write(kento()));
        assert!(state.contains(r#"["first", "second", "third", "fourth", "kept"]"#), "{state}");
    }
}

#[test]
fn a_log_that_could_not_be_put_right_says_so_until_it_is() {
    use kento_studio::project::LogHealth;
    let fs = base();
    let mut project = None;
    open(&fs, &mut project).unwrap();
    let project = project.as_mut().unwrap();
    assert_eq!(*project.health(), LogHealth::Safe);
    fs.plan(Some(Plan { at: 3, fault: Fault::DriveFails, forever: true }));
    project.append(&[note("lost")]).unwrap_err();
    let LogHealth::NotSafelySaved(reason) = project.health() else { panic!("{:?}", project.health()) };
    assert_sentence(&reason.to_string());
    project.append(&[note("lost too")]).unwrap_err();
    assert_ne!(*project.health(), LogHealth::Safe);
    fs.plan(None);
    project.make_safe().unwrap();
    assert_eq!(*project.health(), LogHealth::Safe);
    project.append(&[note("kept")]).unwrap();
    assert!(describe(&fs.copied(), &OpenMode::Read).contains(r#""fourth", "kept"]"#));
}

#[test]
fn a_full_drive_is_named_with_what_was_to_be_written() {
    let fs = base();
    let mut project = None;
    open(&fs, &mut project).unwrap();
    let project = project.as_mut().unwrap();
    fs.plan(Some(Plan { at: 1, fault: Fault::DriveFull, forever: true }));
    let image = project.put_image(&[9; 4321]).unwrap_err().to_string();
    let expected =
        "the drive is full and 4321 bytes were to be written: free some space there and try again: /tea.kento/";
    assert!(image.contains(expected) || image.contains("the drive is full: free some space"), "{image}");
    let record = project.append(&[note("x")]).unwrap_err().to_string();
    assert!(
        record.starts_with("this decision is not saved, and everything before it is: the drive is full"),
        "{record}"
    );
    // The space that the half-written decision took was given back at once.
    assert_eq!(*project.health(), kento_studio::project::LogHealth::Safe);
}
