//! Creating, opening, checking and copying projects; what is refused, and with which sentence.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kento_studio::Sha256;
use kento_studio::project::{
    Access, DiskFs, DocumentKind, EvidenceError, Finding, FoundImage, Fs, ImageError, OpenMode, Overwrite, Project,
    ReadOnlyReason, check, rebuild, save_copy,
};

use crate::sim_fs::{Fault, Plan, SimFs};
use crate::{Note, assert_sentence, kento, name, named, note, now};

fn disk() -> Arc<dyn Fs> {
    Arc::new(DiskFs)
}

fn create(folder: &Path) -> Project<Note> {
    Project::create(disk(), folder, "Tea", now(), kento()).unwrap()
}

fn refusal(folder: &Path) -> String {
    let error = Project::<Note>::open(disk(), folder, OpenMode::Write(kento())).unwrap_err().to_string();
    assert_sentence(&error);
    assert!(error.contains(&format!(": {}", folder.display())), "{error}");
    error
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A closed project with an image that a record names, and its place.
fn sound_project() -> (tempfile::TempDir, PathBuf, Sha256) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("tea.kento");
    let mut project = create(&folder);
    let image = project.put_image(b"pixels").unwrap().sha256;
    project.append(&[Note { text: "made".to_owned(), images: vec![image] }]).unwrap();
    project.append(&[note("kept"), note("approved")]).unwrap();
    project.save_document(DocumentKind::Brief, &name("tea"), "(1)", Overwrite::Replace).unwrap();
    project.close().unwrap();
    (place, folder, image)
}

fn findings(folder: &Path) -> Vec<String> {
    let problem = |_: DocumentKind, _: &kento_studio::project::DocumentName, text: &str| {
        ron::from_str::<(u32,)>(text).err().map(|error| error.to_string())
    };
    let report = check(disk(), folder, named, problem).unwrap();
    assert_eq!(report.is_sound(), !report.findings.iter().any(Finding::is_fault));
    report.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_new_project_has_its_folders_and_nothing_else() {
    let (_place, folder, image) = sound_project();
    assert_eq!(names(&folder), ["briefs", "images", "libraries", "lock", "project.ron", "recipes", "records.jsonl"]);
    let digits = image.to_string();
    assert!(folder.join("images").join(&digits[..2]).join(format!("{}.png", &digits[2..])).is_file());
    let manifest = std::fs::read_to_string(folder.join("project.ron")).unwrap();
    assert!(manifest.starts_with("(\n    schema: 1,\n    name: \"Tea\",\n    id: \""), "{manifest}");
    assert!(manifest.contains("created: \"2026-11-21T09:30:00Z\"") && manifest.contains("seq: 3"), "{manifest}");
    assert_eq!(findings(&folder), Vec::<String>::new());
    let other = create(&folder.with_file_name("other.kento"));
    assert!(!manifest.contains(other.manifest().id.as_str()), "no two projects have one id");
}

#[test]
fn a_project_appears_with_its_first_decision_or_not_at_all() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("tea.kento");
    let huge = note("x".repeat(17 << 20));
    let error = Project::create_with(disk(), &folder, "Tea", now(), kento(), &[huge]).unwrap_err().to_string();
    assert!(error.starts_with("this decision takes "), "{error}");
    assert_eq!(names(place.path()), Vec::<String>::new(), "nothing is left behind");
    let first = [note("started"), note("hat taken")];
    let mut project = Project::create_with(disk(), &folder, "Tea", now(), kento(), &first).unwrap();
    assert_eq!((project.head().seq, project.manifest().head.seq), (2, 2));
    project.append(&[note("next")]).unwrap();
    project.close().unwrap();
    let opened = Project::<Note>::open(disk(), &folder, OpenMode::Read).unwrap();
    let texts: Vec<&str> = opened.entries.iter().map(|entry| entry.record.text.as_str()).collect();
    assert_eq!(texts, ["started", "hat taken", "next"]);
    assert_eq!(findings(&folder), Vec::<String>::new());
}

#[test]
fn what_is_no_project_is_refused_with_a_clear_sentence() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    assert!(refusal(&path("absent")).starts_with("there is nothing here: check the name"));
    std::fs::write(path("file"), "x").unwrap();
    assert!(refusal(&path("file")).starts_with("this is not a folder: open the project's folder"));
    assert!(refusal(&path("file").join("below")).starts_with("this is not a folder"));
    std::fs::create_dir(path("empty")).unwrap();
    assert!(refusal(&path("empty")).starts_with("this folder has no project.ron, so it is no project"));
    assert_eq!(names(&path("empty")), Vec::<String>::new(), "looking at a folder leaves nothing in it");
    for taken in ["file", "empty"] {
        let error = Project::<Note>::create(disk(), &path(taken), "Tea", now(), kento()).unwrap_err().to_string();
        assert!(error.starts_with("something of this name is here already: choose another name"), "{error}");
    }
    for wrong in ["", "  ", "a\nb", "a\0", &"x".repeat(201)] {
        let error = Project::<Note>::create(disk(), &path("new"), wrong, now(), kento()).unwrap_err().to_string();
        assert!(error.contains("choose another name"), "{error}");
    }
    let error = Project::<Note>::create(disk(), &path("no/such/parent"), "Tea", now(), kento()).unwrap_err();
    assert_sentence(&error.to_string());
    assert_eq!(names(place.path()), ["empty", "file"]);
}

#[test]
fn a_hand_edited_or_newer_manifest_is_refused_with_a_clear_sentence() {
    let (_place, folder, _) = sound_project();
    let path = folder.join("project.ron");
    let good = std::fs::read_to_string(&path).unwrap();
    let deep = format!("(schema: 1, name: {}", "[".repeat(10_000));
    let huge = " ".repeat(100_000);
    for (text, expected) in [
        (good.replace("schema: 1", "schema: 2"), "this project has schema 2 and this version of Kento reads schema 1"),
        (good.replace("schema: 1,", "schema: 7, mood: \"new\","), "this project has schema 7"),
        (good.replace("schema: 1,", "schema: 1, mood: 1,"), "project.ron cannot be understood"),
        (good.replace("2026-11-21", "2026-13-99"), "project.ron cannot be understood"),
        (good.replace("seq: 3", "seq: -3"), "project.ron cannot be understood"),
        (good.replacen("id: \"", "id: \"x", 1), "32 lower-case hexadecimal digits"),
        (String::new(), "project.ron cannot be understood"),
        (deep, "project.ron cannot be understood"),
        (huge, "at most 65536 are expected"),
    ] {
        std::fs::write(&path, &text).unwrap();
        let error = refusal(&folder);
        assert!(error.contains(expected), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    std::fs::write(&path, b"\xff\xfe").unwrap();
    assert!(refusal(&folder).contains("project.ron cannot be understood"));
    std::fs::write(&path, good).unwrap();
    assert_eq!(findings(&folder), Vec::<String>::new());
}

#[test]
fn a_changed_log_opens_read_only_up_to_the_change_and_is_never_repaired() {
    let (_place, folder, _) = sound_project();
    let path = folder.join("records.jsonl");
    let good = std::fs::read_to_string(&path).unwrap();
    let line_2 = |text: &str| good.replacen("kept", text, 1);
    for (text, expected, entries) in [
        (line_2("gone"), "line 2 of records.jsonl was changed after it was saved", 1),
        (good.lines().skip(1).map(|line| format!("{line}\n")).collect(), "line 1 of records.jsonl has the number 2", 0),
        (good.replace('\n', "\r\n"), "line 1 of records.jsonl is not a record", 0),
        (good[..good.len() - 50].to_owned(), "records.jsonl ends before line 3, but project.ron knows that 3 lines", 1),
        (String::new(), "records.jsonl ends before line 1", 0),
        (format!("{good}\n"), "line 4 of records.jsonl is not a record", 3),
    ] {
        std::fs::write(&path, &text).unwrap();
        let opened = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap();
        let Access::ReadOnly(reason) = opened.project.access() else { panic!("{expected}") };
        let banner = reason.to_string();
        assert_sentence(&banner);
        assert!(banner.starts_with("the project is open for reading only: ") && banner.contains(expected), "{banner}");
        assert_eq!(opened.entries.len(), entries, "{expected}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "it is left as it is");
        drop(opened);
        assert!(findings(&folder)[0].contains(expected));
        assert!(save_copy(&disk(), &folder, &folder.with_file_name("copy")).unwrap().fault.is_some());
        assert_eq!(std::fs::read_to_string(folder.with_file_name("copy").join("records.jsonl")).unwrap(), text);
        std::fs::remove_dir_all(folder.with_file_name("copy")).unwrap();
    }
    std::fs::File::options().write(true).open(&path).unwrap().set_len(5 << 30).unwrap();
    assert!(refusal(&folder).starts_with("this file is too large to read (5368709120 bytes"));
    std::fs::remove_file(&path).unwrap();
    let opened = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap();
    assert!(opened.entries.is_empty() && opened.project.access() != Access::Write);
    assert!(!path.exists());
}

#[test]
fn a_torn_end_is_repaired_reported_and_skipped_by_readers() {
    let (_place, folder, _) = sound_project();
    let path = folder.join("records.jsonl");
    let good = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&good, &b"{\"seq\":4,\"prev\":\"ab"[..]].concat()).unwrap();
    assert_eq!(
        findings(&folder),
        ["line 4 of records.jsonl was never completely saved, and its 19 bytes are left out"]
    );
    let reader = Project::<Note>::open(disk(), &folder, OpenMode::Read).unwrap();
    assert!(reader.torn.is_some() && reader.entries.len() == 3);
    assert_ne!(std::fs::read(&path).unwrap(), good);
    let mut opened = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap();
    assert_eq!(opened.torn.unwrap().text, "{\"seq\":4,\"prev\":\"ab");
    assert_eq!(std::fs::read(&path).unwrap(), good);
    opened.project.append(&[note("four")]).unwrap();
    drop(opened.project);
    // Only the line feed is missing: the record was saved.
    let four = std::fs::read(&path).unwrap();
    std::fs::write(&path, &four[..four.len() - 1]).unwrap();
    let opened = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap();
    assert_eq!(opened.entries.len(), 4);
    assert_eq!(std::fs::read(&path).unwrap(), four);
}

#[test]
fn images_are_found_by_content_and_damage_is_named() {
    let (_place, folder, image) = sound_project();
    let project = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap().project;
    let again = project.put_image(b"pixels").unwrap();
    assert_eq!((again.sha256, again.found), (image, FoundImage::Same));
    let path = project.images().path(image);
    // Each single flipped bit is found.
    for bit in 0..6 * 8 {
        let mut bytes = b"pixels".to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&path, bytes).unwrap();
        let error = project.images().get(image).unwrap_err();
        assert!(matches!(error, ImageError::Damaged { .. }));
        assert_sentence(&error.to_string());
    }
    assert_eq!(project.images().verify().unwrap().len(), 1);
    assert_eq!(findings(&folder).len(), 1);
    assert_eq!(save_copy(&disk(), &folder, &folder.with_file_name("c")).unwrap().damaged, [image]);
    assert_eq!(project.put_image(b"pixels").unwrap().found, FoundImage::Damaged);
    assert_eq!(project.images().get(image).unwrap(), b"pixels", "saving it again mends it");
    std::fs::remove_file(&path).unwrap();
    let missing = project.images().get(image).unwrap_err();
    assert!(matches!(missing, ImageError::Missing { .. }));
    assert_eq!(findings(&folder), [missing.to_string()]);
    assert_eq!(project.images().list().unwrap().images, []);
}

#[test]
fn evidence_is_found_by_its_content_and_a_changed_one_is_named() {
    let (_place, folder, _) = sound_project();
    let mut project = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap().project;
    let licence = project.evidence().put(b"a licence", "pdf").unwrap();
    assert_eq!(project.evidence().put(b"a licence", "pdf").unwrap(), licence, "twice is once");
    let path = project.evidence().path(licence, "pdf");
    assert_eq!(findings(&folder), [format!("this does not belong to the project: {}", path.display())]);
    project.append(&[Note { text: "evidence pdf".to_owned(), images: vec![licence] }]).unwrap();
    assert_eq!(findings(&folder), Vec::<String>::new());
    assert_eq!(project.evidence().get(licence, "pdf").unwrap(), b"a licence");
    save_copy(&disk(), &folder, &folder.with_file_name("copy.kento")).unwrap();
    assert_eq!(findings(&folder.with_file_name("copy.kento")), Vec::<String>::new());
    std::fs::write(&path, b"another licence").unwrap();
    let changed = project.evidence().get(licence, "pdf").unwrap_err();
    assert!(matches!(changed, EvidenceError::Damaged { .. }));
    assert_sentence(&changed.to_string());
    assert_eq!(findings(&folder), [changed.to_string()]);
    assert_eq!(project.evidence().put(b"a licence", "pdf").unwrap(), licence, "adding it again mends it");
    assert_eq!(findings(&folder), Vec::<String>::new());
    std::fs::remove_file(&path).unwrap();
    let missing = project.evidence().get(licence, "pdf").unwrap_err();
    assert!(matches!(missing, EvidenceError::Missing { .. }));
    assert_eq!(findings(&folder), [missing.to_string()]);
    drop(project);
    let project = Project::<Note>::open(disk(), &folder, OpenMode::Read).unwrap().project;
    let refused = project.evidence().put(b"more", "pdf").unwrap_err();
    assert!(matches!(refused, EvidenceError::ReadOnly(_)));
    assert_sentence(&refused.to_string());
}

#[test]
fn a_check_names_what_is_wrong_and_what_does_not_belong() {
    let (_place, folder, _) = sound_project();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    std::fs::write(folder.join("recipes/Card (2).ron"), "(1)").unwrap();
    std::fs::write(folder.join("recipes/broken.ron"), "(x)").unwrap();
    std::fs::write(folder.join("recipes/binary.ron"), b"\xff").unwrap();
    std::fs::write(folder.join("recipes/large.ron"), vec![b' '; 100 << 20]).unwrap();
    std::fs::write(folder.join("images/thumbs.db"), "x").unwrap();
    let project = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap().project;
    let orphan = project.put_image(b"orphan").unwrap().sha256;
    let found = findings(&folder).join("\n");
    for expected in [
        "the recipe card binary cannot be used: this file is not UTF-8 text",
        "the recipe card broken cannot be used: 1:",
        "the recipe card large cannot be used: this file is too large to read (104857600 bytes, and at most 1048576",
        "this does not belong to the project: ",
        "Card (2).ron",
        "thumbs.db",
        "notes.txt",
        &format!("image {orphan} is named by no record"),
    ] {
        assert!(found.contains(expected), "{expected}\n{found}");
    }
    assert_eq!(found.lines().count(), 7, "{found}");
}

#[test]
fn documents_are_whole_bounded_and_locked_ones_stay() {
    let (_place, folder, _) = sound_project();
    let project = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap().project;
    let (kind, card) = (DocumentKind::Recipe, name("card-r1"));
    assert_eq!(project.read_document(kind, &card).unwrap(), None);
    project.save_document(kind, &card, "(1)", Overwrite::Refuse).unwrap();
    project.save_document(kind, &card, "(1)", Overwrite::Refuse).unwrap();
    let error = project.save_document(kind, &card, "(2)", Overwrite::Refuse).unwrap_err().to_string();
    assert!(error.starts_with("a document named card-r1 exists already and has another content"), "{error}");
    assert_eq!(project.read_document(kind, &card).unwrap().as_deref(), Some("(1)"));
    project.save_document(kind, &card, "(2)", Overwrite::Replace).unwrap();
    assert_eq!(project.read_document(kind, &card).unwrap().as_deref(), Some("(2)"));
    let error = project.save_document(kind, &card, &"x".repeat(2 << 20), Overwrite::Replace).unwrap_err().to_string();
    assert!(error.starts_with("a document may have 1048576 bytes and card-r1 has 2097152"), "{error}");
    assert_eq!(project.documents(kind).unwrap().names, [card]);
    // Its masks are in it.
    let (kind, finished, masks) = (DocumentKind::Finished, name("cup"), "x".repeat(2 << 20));
    for overwrite in [Overwrite::Refuse, Overwrite::Refuse, Overwrite::Replace] {
        project.save_document(kind, &finished, &masks, overwrite).unwrap();
    }
    assert_eq!(project.read_document(kind, &finished).unwrap(), Some(masks));
}

#[test]
fn a_copy_is_a_project_of_its_own_without_cache_and_lock() {
    let (place, folder, image) = sound_project();
    let mut project = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap().project;
    project.cache().unwrap().put(&name("thumbs"), &name("a"), b"x").unwrap();
    project.append(&[note("while it is open")]).unwrap();
    let copy = place.path().join("copy.kento");
    let report = save_copy(&disk(), &folder, &copy).unwrap();
    assert_eq!((report.files, report.damaged.len(), report.fault.is_none()), (4, 0, true));
    assert_eq!(names(&copy), ["briefs", "images", "libraries", "project.ron", "recipes", "records.jsonl"]);
    let opened = Project::<Note>::open(disk(), &copy, OpenMode::Write(kento())).unwrap();
    assert_eq!((opened.project.access(), opened.entries.len()), (Access::Write, 4));
    assert_eq!(opened.project.manifest().id, project.manifest().id);
    assert_eq!(opened.project.images().get(image).unwrap(), b"pixels");
    let error = save_copy(&disk(), &folder, &copy).unwrap_err().to_string();
    assert!(error.starts_with("something of this name is here already"), "{error}");
    let error = save_copy(&disk(), &folder, &folder.join("images/copy")).unwrap_err().to_string();
    assert!(error.starts_with("a copy cannot lie inside its own project"), "{error}");
}

#[test]
fn a_deleted_cache_is_built_again_as_it_was() {
    let (_place, folder, _) = sound_project();
    let build = || {
        rebuild::<Note>(disk(), &folder, kento(), |_, cache, entries| {
            for entry in entries {
                cache.put(&name("index"), &name(&entry.seq.to_string()), entry.record.text.as_bytes())?;
            }
            Ok(())
        })
        .unwrap();
        let files = names(&folder.join("cache/index"));
        files.iter().map(|file| std::fs::read_to_string(folder.join("cache/index").join(file)).unwrap()).collect()
    };
    let first: Vec<String> = build();
    assert_eq!(first, ["made", "kept", "approved"]);
    std::fs::write(folder.join("cache/index/stale"), "x").unwrap();
    assert_eq!(build(), first);
    std::fs::remove_dir_all(folder.join("cache")).unwrap();
    assert_eq!(build(), first);
}

#[test]
fn a_folder_that_cannot_be_written_opens_for_reading_and_can_be_copied() {
    let fs = SimFs::new();
    let folder = Path::new("/tea.kento");
    let mut project = Project::create(Arc::new(fs.clone()), folder, "Tea", now(), kento()).unwrap();
    project.append(&[note("kept")]).unwrap();
    project.close().unwrap();
    fs.plan(Some(Plan { at: 1, fault: Fault::NotAllowed, forever: true }));
    let opened = Project::<Note>::open(Arc::new(fs.clone()), folder, OpenMode::Write(kento())).unwrap();
    let Access::ReadOnly(reason) = opened.project.access() else { panic!("it cannot be written") };
    assert!(matches!(reason, ReadOnlyReason::NotWritable(_)));
    let banner = reason.to_string();
    assert_sentence(&banner);
    assert!(banner.contains("open for reading only and you can save a copy elsewhere: you may not lock"), "{banner}");
    assert_eq!(opened.entries[0].record, note("kept"));
    let error = Project::<Note>::create(Arc::new(fs.clone()), Path::new("/new"), "N", now(), kento()).unwrap_err();
    assert!(error.to_string().starts_with("you may not write here"), "{error}");
    fs.plan(None);
    let fs: Arc<dyn Fs> = Arc::new(fs);
    save_copy(&fs, folder, Path::new("/copy.kento")).unwrap();
}

#[cfg(unix)]
#[test]
fn a_folder_without_write_permission_opens_for_reading() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_place, folder, image) = sound_project();
    std::fs::remove_file(folder.join("lock")).unwrap();
    let allow = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    let may_write_anyway = std::fs::write(folder.join("probe"), "x").is_ok();
    let opened = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap();
    // The administrator may write everywhere; for everybody else the folder is closed.
    match opened.project.access() {
        Access::Write => assert!(may_write_anyway),
        Access::ReadOnly(reason) => {
            assert!(!may_write_anyway);
            assert!(matches!(reason, ReadOnlyReason::NotWritable(_)), "{reason}");
        }
    }
    assert_eq!(opened.entries.len(), 3);
    assert_eq!(opened.project.images().get(image).unwrap(), b"pixels");
    allow(0o755);
}

#[test]
fn order_is_by_number_whatever_the_clock_says() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("tea.kento");
    let clocks = ["2026-11-21T09:30:00Z", "2025-11-21T09:30:00Z", "1970-01-01T00:00:00Z", "2036-03-30T01:30:00Z"];
    create(&folder).close().unwrap();
    for (i, clock) in clocks.iter().enumerate() {
        let owner = kento_studio::project::Owner::this_process("Kento", clock.parse().unwrap());
        let mut project = Project::<Note>::open(disk(), &folder, OpenMode::Write(owner)).unwrap().project;
        project.append(&[note(format!("{i} at {clock}"))]).unwrap();
        project.close().unwrap();
    }
    let entries = Project::<Note>::open(disk(), &folder, OpenMode::Read).unwrap().entries;
    let texts: Vec<String> = entries.into_iter().map(|entry| entry.record.text).collect();
    let expected: Vec<String> = clocks.iter().enumerate().map(|(i, clock)| format!("{i} at {clock}")).collect();
    assert_eq!(texts, expected);
}

#[test]
fn a_project_of_schema_1_opens_in_every_later_version() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("tea.kento");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/project/schema-1/tea.kento");
    let reader = Project::<Note>::open(disk(), &fixture, OpenMode::Read).unwrap();
    assert_eq!(reader.project.access(), Access::ReadOnly(ReadOnlyReason::Asked));
    assert_eq!(save_copy(&disk(), &fixture, &folder).unwrap().files, 4);
    let mut opened = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap();
    assert_eq!(opened.project.access(), Access::Write);
    let texts: Vec<&str> = opened.entries.iter().map(|entry| entry.record.text.as_str()).collect();
    assert_eq!(texts, ["made", "kept", "approved"]);
    assert_eq!(opened.project.manifest().created, now());
    assert_eq!(opened.project.manifest().id.as_str(), "7".repeat(32));
    opened.project.append(&[note("continued")]).unwrap();
    drop(opened);
    assert_eq!(findings(&folder), Vec::<String>::new());
}

#[test]
fn many_threads_save_images_at_once() {
    let (_place, folder, _) = sound_project();
    let project = Project::<Note>::open(disk(), &folder, OpenMode::Write(kento())).unwrap().project;
    let threads: Vec<_> = (0..8_u8)
        .map(|thread| {
            let store = project.images().clone();
            // Two threads save the same images.
            std::thread::spawn(move || (0..10).map(|i| store.put(&[thread / 2, i]).unwrap().sha256).collect::<Vec<_>>())
        })
        .collect();
    let saved: Vec<Sha256> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    for sha256 in saved {
        project.images().get(sha256).unwrap();
    }
    let list = project.images().list().unwrap();
    assert_eq!((list.images.len(), list.strays.len()), (41, 0));
    let left_over = names(&folder.join("images")).into_iter().any(|name| name.starts_with(".kento-"));
    assert!(!left_over);
}
