//! Two windows, one project.

use std::ffi::OsString;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use kento_studio::project::{
    Access, DiskFs, Fs, FsFile, FsMetadata, HeldLock, OpenMode, Project, ProjectError, ReadOnlyReason,
};

use crate::kill::{start, wait_for};
use crate::{Note, assert_sentence, kento, note, now};

fn open(fs: Arc<dyn Fs>, folder: &Path) -> Project<Note> {
    Project::open(fs, folder, OpenMode::Write(kento())).unwrap().project
}

fn new_project(place: &Path) -> std::path::PathBuf {
    let folder = place.join("tea.kento");
    Project::<Note>::create(Arc::new(DiskFs), &folder, "Tea", now(), kento()).unwrap().close().unwrap();
    folder
}

#[test]
fn the_second_window_is_read_only_and_says_who_has_the_project() {
    let place = tempfile::tempdir().unwrap();
    let folder = new_project(place.path());
    let mut child = start(&folder);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    wait_for(&mut out, "saved");
    for _ in 0..20 {
        let opened = Project::<Note>::open(Arc::new(DiskFs), &folder, OpenMode::Write(kento())).unwrap();
        let mut second = opened.project;
        let Access::ReadOnly(ReadOnlyReason::HeldBy(Some(owner))) = second.access() else { panic!("{second:?}") };
        assert_eq!((owner.person.as_str(), owner.pid, owner.since), ("Kento", child.id(), now()));
        assert!(!opened.entries.is_empty());
        let error = second.append(&[note("lost")]).unwrap_err().to_string();
        assert_sentence(&error);
        let expected =
            format!("Kento on {} (process {}, since 2026-11-21T09:30:00Z) has it open", owner.host, owner.pid);
        assert!(error.contains(&expected), "{error}");
        assert_sentence(&second.put_image(b"lost").unwrap_err().to_string());
        assert_sentence(&second.checkpoint().unwrap_err().to_string());
        assert!(second.cache().is_err() && second.make_safe().is_err());
        second.close().unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let third = open(Arc::new(DiskFs), &folder);
    assert_eq!(third.access(), Access::Write, "kill -9 frees the project");
    // In one process as well, and a third window after the second.
    for _ in 0..2 {
        assert!(matches!(open(Arc::new(DiskFs), &folder).access(), Access::ReadOnly(ReadOnlyReason::HeldBy(Some(_)))));
    }
    assert!(folder.join("owner.ron").exists());
    drop(third);
    assert!(!folder.join("owner.ron").exists());
    let reader = Project::<Note>::open(Arc::new(DiskFs), &folder, OpenMode::Read).unwrap().project;
    assert_eq!(reader.access(), Access::ReadOnly(ReadOnlyReason::Asked));
    assert_eq!(open(Arc::new(DiskFs), &folder).access(), Access::Write, "a reader keeps nobody out");
}

#[test]
fn two_writers_that_try_a_thousand_times_each_lose_nothing() {
    let place = tempfile::tempdir().unwrap();
    let folder = new_project(place.path());
    let writer = |who: usize| {
        let folder = folder.clone();
        move || {
            let (mut saved, mut refused) = (0, 0);
            for i in 0..1000 {
                let mut project = open(Arc::new(Unsynced), &folder);
                match project.append(&[note(format!("{who} {i}"))]) {
                    Ok(_) => saved += 1,
                    Err(ProjectError::ReadOnly(ReadOnlyReason::HeldBy(_))) => refused += 1,
                    Err(error) => panic!("{error}"),
                }
            }
            (saved, refused)
        }
    };
    let threads = [std::thread::spawn(writer(0)), std::thread::spawn(writer(1))];
    let results = threads.map(|thread| thread.join().unwrap());
    let saved: usize = results.iter().map(|(saved, _)| saved).sum();
    let refused: usize = results.iter().map(|(_, refused)| refused).sum();
    assert_eq!(saved + refused, 2000);
    let opened = Project::<Note>::open(Arc::new(DiskFs), &folder, OpenMode::Write(kento())).unwrap();
    assert_eq!(opened.project.access(), Access::Write);
    assert_eq!(opened.entries.len(), saved, "every confirmed decision is there once");
    println!("two writers: {saved} decisions saved, {refused} refused");
    assert!(saved > 0);
}

/// The real drive without waiting for it: real locks, and thousands of decisions in a second.
#[derive(Debug)]
struct Unsynced;

#[derive(Debug)]
struct UnsyncedFile(Box<dyn FsFile>);

impl Fs for Unsynced {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FsFile>> {
        Ok(Box::new(UnsyncedFile(DiskFs.create_new(path)?)))
    }
    fn open_append(&self, path: &Path) -> io::Result<Box<dyn FsFile>> {
        Ok(Box::new(UnsyncedFile(DiskFs.open_append(path)?)))
    }
    fn cut(&self, path: &Path, bytes: u64) -> io::Result<()> {
        DiskFs.cut(path, bytes)
    }
    fn open_read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        DiskFs.open_read(path)
    }
    fn metadata(&self, path: &Path) -> io::Result<FsMetadata> {
        DiskFs.metadata(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        DiskFs.list(folder)
    }
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        DiskFs.create_folder(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        DiskFs.rename(from, to)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        DiskFs.remove_file(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        DiskFs.remove_folder(path)
    }
    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }
    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn HeldLock>>> {
        DiskFs.try_lock(path)
    }
}

impl io::Write for UnsyncedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl FsFile for UnsyncedFile {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}
