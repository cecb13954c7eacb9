//! Every operation of the drive fails once; every byte of the file is cut or changed.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::disk::Disk;
use super::drive::{Drive, DriveFile};
use super::{ImageKey, MaskId, MaskStore, NamedMask, Repair, Saved, StoreError, Visibility};
use crate::mask::{Brush, Combine, Mask, MaskError, Stroke};

const IMAGE: ImageKey = ImageKey { sha256: [7; 32], size: [300, 200] };

/// Which operations fail.
#[derive(Debug, Default)]
struct Plan {
    done: usize,
    fail_at: Option<usize>,
    fails_on: bool,
}

#[derive(Debug, Clone, Default)]
struct BadDrive(Arc<Mutex<Plan>>);

#[derive(Debug)]
struct BadFile(Box<dyn DriveFile>, BadDrive);

impl BadDrive {
    fn act(&self) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        plan.done += 1;
        let now = plan.done - 1;
        if plan.fail_at.is_some_and(|at| now == at || plan.fails_on && now > at) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Drive for BadDrive {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DriveFile>> {
        self.act()?;
        Ok(Box::new(BadFile(Disk.open(path)?, self.clone())))
    }

    /// Fails after it was done: the worst case, as nobody knows.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)?;
        self.act()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        Disk.remove(path)
    }
}

impl DriveFile for BadFile {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.1.act()?;
        self.0.read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.1.act() {
            self.0.append(&bytes[..bytes.len() * 2 / 3])?;
            return Err(error);
        }
        self.0.append(bytes)
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.1.act()?;
        self.0.cut(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.1.act()?;
        self.0.sync()
    }
}

/// A drive in memory where there is one: nothing here depends on what fsync costs.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn open(path: &Path) -> MaskStore {
    MaskStore::open(path, IMAGE).unwrap().store
}

/// What a copy of the file holds, as after a crash at this moment.
fn on_drive(path: &Path) -> Vec<NamedMask> {
    let copy = path.with_extension("copy");
    std::fs::copy(path, &copy).unwrap();
    let masks = open(&copy).masks().to_vec();
    std::fs::remove_file(&copy).unwrap();
    masks
}

fn painted(mask: &Mask, at: [f32; 2]) -> Mask {
    Stroke::begin(mask.clone(), Brush { radius: 40.0, hardness: 0.4, opacity: 0.8 }, Combine::Add, at, 1.0).finish()
}

/// Step `i` of a piece of work in which everything happens.
fn work(store: &mut MaskStore, i: usize) -> Saved {
    let ids: Vec<MaskId> = store.masks().iter().map(|mask| mask.id).collect();
    let paint = |store: &MaskStore, at| painted(&store.get(ids[0]).unwrap().mask, at);
    match i {
        0 => store.add("Hand", Mask::new(IMAGE.size).unwrap()).unwrap().1,
        1 => store.update(ids[0], &paint(store, [50.0, 60.0])).unwrap(),
        2 => store.add("Sky", Mask::full(IMAGE.size).unwrap()).unwrap().1,
        3 => store.update(ids[0], &paint(store, [200.0, 160.0])).unwrap(),
        4 => store.rename(ids[0], "Left hand").unwrap(),
        5 => store.update(ids[0], &store.get(ids[0]).unwrap().mask.inverted()).unwrap(),
        6 => store.move_to(ids[1], 0).unwrap(),
        7 => store.set_visibility(ids[1], Visibility::Hidden).unwrap(),
        8 => store.remove(ids[0]).unwrap(),
        _ => {
            let blank = Mask::new(IMAGE.size).unwrap();
            store.update(ids[0], &painted(&blank, [120.0 + i as f32, 90.0])).unwrap()
        }
    }
}

const STEPS: usize = 10;

#[test]
fn whatever_operation_fails_nothing_that_was_saved_is_lost_and_the_work_goes_on() {
    let folder = folder();
    for fails_on in [false, true] {
        for fail_at in 0.. {
            let path = folder.path().join(format!("{fails_on}-{fail_at}.masks"));
            let drive = BadDrive::default();
            *drive.0.lock().unwrap() = Plan { done: 0, fail_at: Some(fail_at), fails_on };
            let opened = MaskStore::open_on(Box::new(drive.clone()), &path, IMAGE);
            let mut store = match opened {
                Ok(opened) => opened.store,
                Err(error) => {
                    assert_eq!(error, StoreError::DriveFull { path: path.clone() });
                    drive.0.lock().unwrap().fail_at = None;
                    MaskStore::open_on(Box::new(drive.clone()), &path, IMAGE).unwrap().store
                }
            };
            (store.compact_above, store.small) = (0, 0);
            // Every state since the last one that was saved for certain.
            let mut possible = vec![store.masks().to_vec()];
            let (mut said, mut was_failing) = (0, false);
            for i in 0..STEPS {
                let saved = work(&mut store, i);
                let now = store.masks().to_vec();
                match saved {
                    Saved::OnDrive => {
                        possible.clear();
                        was_failing = false;
                    }
                    Saved::Failed(error) => {
                        assert!(error.to_string().contains("the drive is full"), "{error}");
                        assert!(!was_failing, "it was said already");
                        (said, was_failing) = (said + 1, true);
                    }
                    Saved::Waiting => assert!(was_failing),
                }
                assert_eq!(store.is_saved(), !was_failing);
                possible.push(now);
                assert!(possible.contains(&on_drive(&path)), "step {i}, operation {fail_at}");
            }
            assert!(said <= 1 + usize::from(!fails_on), "{said} times");
            let is_over = drive.0.lock().unwrap().done <= fail_at;
            drive.0.lock().unwrap().fail_at = None;
            assert!(store.retry().is_on_drive() && store.is_saved());
            assert_eq!(on_drive(&path), store.masks());
            // And what comes afterwards is saved too.
            assert!(work(&mut store, STEPS).is_on_drive());
            let masks = store.masks().to_vec();
            drop(store);
            assert_eq!(open(&path).masks(), masks);
            if is_over {
                assert!(fail_at > 28, "only {fail_at} operations failed");
                break;
            }
        }
    }
}

/// A file after all steps, its states, and how long it was after each.
fn written(path: &Path) -> (Vec<u8>, Vec<(usize, Vec<NamedMask>)>) {
    let mut store = open(path);
    let mut states = vec![(std::fs::metadata(path).unwrap().len() as usize, Vec::new())];
    for i in 0..STEPS {
        assert!(work(&mut store, i).is_on_drive());
        states.push((std::fs::metadata(path).unwrap().len() as usize, store.masks().to_vec()));
    }
    drop(store);
    (std::fs::read(path).unwrap(), states)
}

#[test]
fn a_torn_end_costs_the_last_change_only() {
    let folder = folder();
    let path = folder.path().join("a.masks");
    let (bytes, states) = written(&path);
    for length in (0..bytes.len()).step_by(7).chain(states.iter().map(|state| state.0)) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let opened = MaskStore::open(&path, IMAGE).unwrap();
        let whole = states.iter().rev().find(|state| state.0 <= length);
        assert_eq!(opened.store.masks(), whole.map_or(&[][..], |state| &state.1), "{length} bytes");
        let is_whole = states.iter().any(|state| state.0 == length) || length < states[0].0;
        assert_eq!(opened.repair, if is_whole { Repair::None } else { Repair::TornEnd }, "{length} bytes");
        drop(opened);
        assert_eq!(MaskStore::open(&path, IMAGE).unwrap().repair, Repair::None);
    }
}

#[test]
fn damage_in_the_middle_is_noticed_and_everything_else_is_there() {
    let folder = folder();
    let path = folder.path().join("a.masks");
    let (bytes, states) = written(&path);
    let last = &states[STEPS].1;
    for at in (0..bytes.len()).step_by(11) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        std::fs::write(&path, &damaged).unwrap();
        match MaskStore::open(&path, IMAGE) {
            Err(StoreError::NotMasks { .. }) => assert!(at < states[0].0),
            Err(error) => panic!("{error}"),
            Ok(opened) if at >= states[STEPS - 1].0 => {
                assert_eq!(opened.repair, Repair::TornEnd);
                assert_eq!(opened.store.masks(), states[STEPS - 1].1);
            }
            Ok(opened) => {
                let Repair::Damaged { copy } = opened.repair else { panic!("byte {at} was not noticed") };
                assert_eq!(std::fs::read(copy).unwrap(), damaged);
                // The mask that was painted last is there, at most without what the damaged frame had.
                assert!(opened.store.get(last[0].id).is_some(), "byte {at}");
                let masks = opened.store.masks().to_vec();
                drop(opened.store);
                let again = MaskStore::open(&path, IMAGE).unwrap();
                assert_eq!((again.repair, again.store.masks()), (Repair::None, &masks[..]));
            }
        }
    }
}

#[test]
fn a_file_that_is_mostly_overtaken_is_written_anew() {
    let folder = folder();
    let path = folder.path().join("a.masks");
    let mut store = open(&path);
    let (id, _) = store.add("Hand", Mask::new(IMAGE.size).unwrap()).unwrap();
    let (gone, _) = store.add("Gone", Mask::new(IMAGE.size).unwrap()).unwrap();
    assert!(store.remove(gone).unwrap().is_on_drive());
    let (mut longest, mut was_cut) = (0, false);
    for i in 0..400_u16 {
        let mask = painted(&Mask::new(IMAGE.size).unwrap(), [f32::from(i % 300), f32::from(i % 200)]);
        assert!(store.update(id, &mask).unwrap().is_on_drive());
        let length = std::fs::metadata(&path).unwrap().len();
        was_cut |= length < longest;
        longest = length.max(longest);
    }
    assert!(was_cut && longest < 400_000, "{longest} bytes");
    let masks = store.masks().to_vec();
    drop(store);
    let mut store = open(&path);
    assert_eq!(store.masks(), masks);
    assert!(!path.with_file_name("a.masks.new").exists());
    assert!(store.add("New", Mask::new(IMAGE.size).unwrap()).unwrap().0 > gone, "an id is given out again");
}

#[test]
fn what_does_not_belong_together_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("a.masks");
    let (bytes, _) = written(&path);
    let refused = |image: ImageKey| MaskStore::open(&path, image).unwrap_err();
    assert_eq!(refused(ImageKey { sha256: [8; 32], ..IMAGE }), StoreError::OtherImage { path: path.clone() });
    let other = refused(ImageKey { size: [200, 300], ..IMAGE });
    assert_eq!(other, StoreError::OtherSize { size: [300, 200], image: [200, 300], path: path.clone() });
    assert!(matches!(refused(ImageKey { size: [0, 300], ..IMAGE }), StoreError::Mask(MaskError::Size { .. })));
    let held = open(&path);
    assert_eq!(refused(IMAGE), StoreError::InUse { path: path.clone() });
    drop(held);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);

    let foreign = folder.path().join("b.png");
    for content in [&b"\x89PNG and more"[..], &[0; 100], b"KENTOMSX"] {
        std::fs::write(&foreign, content).unwrap();
        assert_eq!(MaskStore::open(&foreign, IMAGE).unwrap_err(), StoreError::NotMasks { path: foreign.clone() });
        assert_eq!(std::fs::read(&foreign).unwrap(), content);
    }
    let mut newer = bytes[..super::frame::HEADER].to_vec();
    newer[8] = 9;
    let checksum = crc32fast::hash(&newer[..super::frame::HEADER - 4]).to_le_bytes();
    newer[super::frame::HEADER - 4..].copy_from_slice(&checksum);
    std::fs::write(&foreign, &newer).unwrap();
    let refused = MaskStore::open(&foreign, IMAGE).unwrap_err();
    assert_eq!(refused, StoreError::NewerFormat { version: 9, path: foreign });
    let nowhere = MaskStore::open(&folder.path().join("no").join("a"), IMAGE).unwrap_err();
    assert!(matches!(nowhere, StoreError::Drive { .. }), "{nowhere}");
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let folder = folder();
    let mut store = open(&folder.path().join("a.masks"));
    let blank = Mask::new(IMAGE.size).unwrap();
    for name in ["", "  ", "two\nlines", &"a".repeat(81)] {
        assert_eq!(store.add(name, blank.clone()).unwrap_err(), StoreError::Name { most: 80 });
    }
    let other = Mask::new([3, 3]).unwrap();
    assert!(matches!(store.add("Hand", other.clone()).unwrap_err(), StoreError::Mask(_)));
    let (id, _) = store.add(" Händ 手 ", blank.clone()).unwrap();
    assert_eq!(store.get(id).unwrap().name, "Händ 手");
    assert!(matches!(store.update(id, &other).unwrap_err(), StoreError::Mask(_)));
    assert!(store.rename(id, "\0").is_err());
    assert!(store.remove(id).unwrap().is_on_drive());
    assert_eq!(store.remove(id).unwrap_err(), StoreError::Unknown { id });
    assert_eq!(store.update(id, &blank).unwrap_err(), StoreError::Unknown { id });
    assert_eq!(store.move_to(id, 0).unwrap_err(), StoreError::Unknown { id });
    assert_eq!(store.set_visibility(id, Visibility::Hidden).unwrap_err(), StoreError::Unknown { id });
    for _ in 0..MaskStore::MOST_MASKS {
        assert!(store.add("Again", blank.clone()).unwrap().1.is_on_drive());
    }
    assert_eq!(store.add("Again", blank).unwrap_err(), StoreError::TooMany { most: MaskStore::MOST_MASKS });
}

proptest! {
    /// Whatever stands in a frame with a right checksum, opening neither panics nor refuses.
    #[test]
    fn any_content_of_a_frame_is_survived(
        contents in prop::collection::vec(prop::collection::vec(prop_oneof![0..9_u8, any::<u8>()], 0..60), 0..6),
        between in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let folder = folder();
        let path = folder.path().join("a.masks");
        let mut bytes = super::frame::header(IMAGE);
        for content in &contents {
            bytes.extend(super::frame::frame(content));
            bytes.extend(&between);
        }
        std::fs::write(&path, &bytes).unwrap();
        let opened = MaskStore::open(&path, IMAGE).unwrap();
        let masks = opened.store.masks().to_vec();
        drop(opened);
        let again = open(&path);
        prop_assert_eq!(again.masks(), masks);
    }
}
