//! The queue on a drive that is full, or nearly: it waits instead of rendering what nobody can keep.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kento_engine::client::ClientEvent;
use kento_engine::protocol::{EngineEvent, JobTimings, Pixels};
use kento_studio::JobId;
use kento_studio::card::CardRef;
use kento_studio::project::{DiskFs, Fs, FsFile, FsMetadata, HeldLock};
use kento_studio::workflow::{Command, JobStatus, Role};

use super::super::workbench_tests::{asked_for_a_proof, bench_on};
use super::{Happened, Side, Workbench};
use crate::panels::lock_panel::fingerprint;

/// The machine's file system, on which no write of more than so many bytes finds room.
#[derive(Debug, Clone)]
struct Drive {
    room: Arc<AtomicUsize>,
}

const ENOUGH: usize = usize::MAX;
/// Room for the record of a failure, and not for a picture.
const LITTLE: usize = 8 << 10;

impl Drive {
    fn new() -> Self {
        Self { room: Arc::new(AtomicUsize::new(ENOUGH)) }
    }

    fn leaves(&self, room: usize) {
        self.room.store(room, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct DriveFile {
    file: Box<dyn FsFile>,
    drive: Drive,
}

impl io::Write for DriveFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.drive.room.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl FsFile for DriveFile {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

impl Fs for Drive {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FsFile>> {
        Ok(Box::new(DriveFile { file: DiskFs.create_new(path)?, drive: self.clone() }))
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn FsFile>> {
        Ok(Box::new(DriveFile { file: DiskFs.open_append(path)?, drive: self.clone() }))
    }

    fn cut(&self, path: &Path, bytes: u64) -> io::Result<()> {
        DiskFs.cut(path, bytes)
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn io::Read + Send>> {
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

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        DiskFs.sync_folder(folder)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn HeldLock>>> {
        DiskFs.try_lock(path)
    }
}

/// A bench on such a drive, whose engine is known. Its program is nowhere, so a proof that is begun fails at once.
fn bench(drive: &Drive, place: &Path) -> (Workbench, CardRef) {
    let (mut bench, card) = bench_on(Arc::new(drive.clone()), place);
    bench.fingerprint = Some(fingerprint());
    (bench, card)
}

fn asked_for_a_hero(bench: &mut Workbench, card: &CardRef) -> JobId {
    bench.decide(&Command::RenderHero { card: card.clone() }).unwrap();
    JobId(bench.project().state().next_job().0 - 1)
}

/// The engine finishes a job with a picture that no compression makes small.
fn finish(bench: &mut Workbench, job: JobId) -> Vec<Happened> {
    let size = bench.project().state().job(job).unwrap().request.recipe.clone();
    let mut state = 1_u32;
    let data = (0..size.width * size.height * 3).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let image = Pixels { width: size.width, height: size.height, channels: 3, data: data.collect() };
    let finished =
        EngineEvent::Finished { job, image, timings: JobTimings { total_secs: 1.5, ..JobTimings::default() } };
    bench.hear(Side::Queue, ClientEvent::Engine(finished))
}

/// Why a result could not be saved, where that is all that happened beside the job's going back into the queue.
fn not_saved(happened: &[Happened], of: JobId) -> &str {
    match happened {
        [Happened::PutBack(job), Happened::NotSaved(why)] if *job == of => why,
        other => panic!("something else happened: {other:?}"),
    }
}

fn status(bench: &Workbench, job: JobId) -> &JobStatus {
    &bench.project().state().job(job).unwrap().status
}

#[test]
fn on_a_full_drive_the_queue_waits_until_a_decision_is_saved() {
    let (place, drive) = (tempfile::tempdir().unwrap(), Drive::new());
    let (mut bench, card) = bench(&drive, place.path());
    let hero = asked_for_a_hero(&mut bench, &card);
    drive.leaves(0);
    let happened = finish(&mut bench, hero);
    let why = not_saved(&happened, hero);
    assert!(why.starts_with("the drive is full and ") && why.contains("free some space there and try again"), "{why}");
    assert!(why.ends_with("; the queue waits until a decision can be saved again"), "{why}");
    // The job still waits, and is not begun again.
    for _ in 0..3 {
        assert!(bench.give_work().is_empty());
        assert_eq!((bench.queue(), status(&bench, hero)), (vec![hero], &JobStatus::Queued));
    }
    // A decision that cannot be saved changes nothing about that.
    let decision = Command::SwitchRole { to: Role::Reviewer };
    bench.decide(&decision).unwrap_err();
    assert!(bench.give_work().is_empty());
    assert_eq!(bench.queue(), [hero]);

    drive.leaves(ENOUGH);
    bench.decide(&decision).unwrap();
    assert!(bench.give_work().is_empty(), "what happens can be saved");
    assert!(bench.submitted.contains(&hero), "the queue goes on");
}

#[test]
fn a_picture_that_finds_no_room_holds_the_queue_where_a_record_would_find_it() {
    let (place, drive) = (tempfile::tempdir().unwrap(), Drive::new());
    let (mut bench, card) = bench(&drive, place.path());
    let proof = asked_for_a_proof(&mut bench, &card);
    let hero = asked_for_a_hero(&mut bench, &card);
    let seq = bench.project().state().seq();
    drive.leaves(LITTLE);
    let happened = finish(&mut bench, hero);
    assert!(not_saved(&happened, hero).starts_with("the drive is full and "));
    assert_eq!((status(&bench, hero), bench.project().state().seq()), (&JobStatus::Queued, seq), "it did not fail");
    // What waits behind it is not rendered in vain.
    assert!(bench.give_work().is_empty());
    assert_eq!(status(&bench, proof), &JobStatus::Queued);

    drive.leaves(ENOUGH);
    bench.try_again();
    assert!(matches!(&finish(&mut bench, hero)[..], [Happened::ImageSaved { job, .. }] if *job == hero));
    bench.give_work();
    assert!(matches!(status(&bench, proof), JobStatus::Failed { .. }), "the queue goes on");
}
