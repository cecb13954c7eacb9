//! Projects in folders with odd names.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use kento_studio::project::{Access, DiskFs, Fs, OpenMode, Project, RecentProjects, SettingsFolder, save_copy};

use crate::{Note, kento, name, note, now};

fn odd_names() -> Vec<OsString> {
    let mut names: Vec<OsString> = [
        "🍵 tea 😀.kento",
        "Ünïcödé ファイル.kento",
        "e\u{301} decomposed.kento",
        "\u{202e}right to left.kento",
        "' \" ; $(rm) & `x`.kento",
        "-rf.kento",
        "%41 %s {}.kento",
        "no ending",
    ]
    .map(OsString::from)
    .to_vec();
    names.push(format!("{}.kento", "long".repeat(60)).into());
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        names.push(OsString::from_vec(b"not \xff\xfe text.kento".to_vec()));
        names.push("trailing space ".into());
        names.push("line\nfeed\\back:slash?*.kento".into());
    }
    names
}

#[test]
fn a_project_works_under_any_name() {
    let place = tempfile::tempdir().unwrap();
    let fs: Arc<dyn Fs> = Arc::new(DiskFs);
    let names = odd_names();
    let settings = SettingsFolder::new(fs.clone(), &place.path().join("settings/kento"));
    for (i, odd) in names.iter().enumerate() {
        let folder = place.path().join(odd);
        let mut project = Project::<Note>::create(fs.clone(), &folder, "Tea", now(), kento()).unwrap();
        let image = project.put_image(b"pixels").unwrap().sha256;
        project.append(&[note("kept")]).unwrap();
        project.close().unwrap();
        let copies = place.path().join(format!("copies {i}"));
        std::fs::create_dir(&copies).unwrap();
        let copy = copies.join(odd);
        assert_eq!(save_copy(&fs, &folder, &copy).unwrap().files, 3);
        for folder in [&folder, &copy] {
            let opened = Project::<Note>::open(fs.clone(), folder, OpenMode::Write(kento())).unwrap();
            assert_eq!(opened.project.access(), Access::Write, "{odd:?}");
            assert_eq!(opened.entries[0].record, note("kept"));
            assert_eq!(opened.project.images().get(image).unwrap(), b"pixels");
        }
        let mut recent: RecentProjects = settings.load(&name("recent")).unwrap();
        recent.remember(&folder, "Tea", now());
        settings.save(&name("recent"), &recent).unwrap();
    }
    let recent: RecentProjects = settings.load(&name("recent")).unwrap();
    let found: Vec<_> = recent.list().iter().rev().map(|project| project.folder.path().unwrap()).collect();
    let expected: Vec<_> = names.iter().map(|odd| place.path().join(odd)).collect();
    assert_eq!(found, expected);
    if cfg!(unix) {
        assert_eq!(names.len(), 12);
    }
}

#[test]
fn a_project_can_be_reached_by_a_relative_path_and_through_a_link() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("tea.kento");
    Project::<Note>::create(Arc::new(DiskFs), &folder, "Tea", now(), kento()).unwrap().close().unwrap();
    #[cfg(unix)]
    {
        let link = place.path().join("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        let opened = Project::<Note>::open(Arc::new(DiskFs), &link, OpenMode::Write(kento())).unwrap();
        assert_eq!(opened.project.access(), Access::Write);
        // The lock is the project's, not the name's.
        let second = Project::<Note>::open(Arc::new(DiskFs), &folder, OpenMode::Write(kento())).unwrap();
        assert_ne!(second.project.access(), Access::Write);
    }
    let dotted = folder.join("..").join(".").join("tea.kento");
    let opened = Project::<Note>::open(Arc::new(DiskFs), Path::new(&dotted), OpenMode::Write(kento())).unwrap();
    assert_eq!(opened.project.access(), Access::Write);
}

#[cfg(unix)]
#[test]
fn a_link_in_a_project_leads_no_write_outside() {
    let place = tempfile::tempdir().unwrap();
    let (folder, outside) = (place.path().join("tea.kento"), place.path().join("outside"));
    let mut project = Project::<Note>::create(Arc::new(DiskFs), &folder, "Tea", now(), kento()).unwrap();
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("target"), "untouched").unwrap();
    let link = |name: &str, target: &Path| std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
    for name in ["briefs", "images"] {
        std::fs::remove_dir(folder.join(name)).unwrap();
        link(name, &outside);
    }
    use kento_studio::project::{DocumentKind, Overwrite};
    let error = project.put_image(b"pixels").unwrap_err().to_string();
    assert!(error.contains("a file or a link has the name of this folder"), "{error}");
    project.save_document(DocumentKind::Brief, &name("tea"), "(1)", Overwrite::Replace).unwrap_err();
    // A link in the place of a file is replaced, not followed.
    link("recipes/card.ron", &outside.join("target"));
    project.save_document(DocumentKind::Recipe, &name("card"), "(1)", Overwrite::Replace).unwrap();
    project.append(&[note("x")]).unwrap();
    project.checkpoint().unwrap();
    let names: Vec<_> = std::fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["target"]);
    assert_eq!(std::fs::read(outside.join("target")).unwrap(), b"untouched");
}
