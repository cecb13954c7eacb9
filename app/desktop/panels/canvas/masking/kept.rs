use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::Context;
use kento_finishing::mask::{ImageKey, Mask, MaskStore, OpenedMasks, Repair, Saved};
use kento_studio::Sha256;

use crate::widgets::sentence;

/// Changes that may wait for the drive.
const WAITING: usize = 1024;

/// The masks of the project's images on the drive. One named thread reads and writes them, so that no frame waits; what was sent is
/// written before this is gone.
#[derive(Default)]
pub struct KeptMasks {
    writer: Option<Writer>,
}

struct Writer {
    changes: Option<Sender<Change>>,
    answers: Receiver<KeptAnswer>,
    thread: Option<JoinHandle<()>>,
}

/// What is done to the masks of an image.
#[derive(Debug, Clone)]
pub enum MaskChange {
    /// Read them.
    Open {
        /// Width and height of the image in pixels.
        size: [u32; 2],
    },
    /// The mask of this name looks like this now; a new name is a new mask.
    Update {
        /// Its name.
        name: String,
        /// The mask.
        mask: Mask,
    },
    /// The mask of this name is gone.
    Remove {
        /// Its name.
        name: String,
    },
    /// A mask that was removed is there again.
    BringBack {
        /// Its name.
        name: String,
        /// The mask.
        mask: Mask,
        /// How many masks lie below it.
        place: usize,
    },
    /// The mask of this name has another one.
    Rename {
        /// Its name before.
        from: String,
        /// Its name now.
        to: String,
    },
}

struct Change {
    image: Sha256,
    folder: PathBuf,
    what: MaskChange,
    ctx: Context,
}

/// What came of it.
pub enum KeptAnswer {
    /// The masks of an image by name, in their order; none where there were none.
    Opened(Sha256, Vec<(String, Mask)>),
    /// Something is not as it should be with the masks of an image, in one sentence.
    Told(Sha256, String),
    /// The masks of an image are there, and this is to be known of them, in one sentence.
    Noted(Sha256, String),
}

impl KeptMasks {
    /// Sends a change to the drive. `folder` is where the project keeps masks.
    ///
    /// # Errors
    /// One sentence when the thread does not keep up or there is none.
    pub fn send(&mut self, ctx: &Context, folder: &Path, image: Sha256, what: MaskChange) -> Result<(), String> {
        if self.writer.is_none() {
            self.writer = Some(Writer::start()?);
        }
        let behind = || "the drive does not keep up, so the last change of the mask is not saved yet: wait a moment";
        let sender = self.writer.as_ref().and_then(|writer| writer.changes.as_ref()).ok_or_else(behind)?;
        let change = Change { image, folder: folder.to_owned(), what, ctx: ctx.clone() };
        sender.try_send(change).map_err(|_| behind().to_owned())
    }

    /// What came of changes since the last call.
    pub fn answers(&self) -> Vec<KeptAnswer> {
        self.writer.as_ref().map(|writer| writer.answers.try_iter().collect()).unwrap_or_default()
    }
}

impl Writer {
    fn start() -> Result<Self, String> {
        let (changes, incoming) = bounded::<Change>(WAITING);
        let (outgoing, answers) = bounded(WAITING);
        let work = move || {
            let mut stores = HashMap::new();
            for Change { image, folder, what, ctx } in incoming {
                for answer in apply(&mut stores, image, &folder, what) {
                    // Nobody reads any more while the project is being closed.
                    outgoing.try_send(answer).ok();
                    ctx.request_repaint();
                }
            }
        };
        let thread = thread::Builder::new().name("canvas-masks".to_owned()).spawn(work);
        let thread = thread.map_err(|error| format!("the system gives no thread to save masks: {error}"))?;
        Ok(Self { changes: Some(changes), answers, thread: Some(thread) })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.changes = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log::warn!("the thread that saves masks ended early");
        }
    }
}

fn apply(stores: &mut HashMap<Sha256, MaskStore>, image: Sha256, folder: &Path, what: MaskChange) -> Vec<KeptAnswer> {
    let size = match &what {
        MaskChange::Open { size } => Some(*size),
        MaskChange::Update { mask, .. } | MaskChange::BringBack { mask, .. } => Some(mask.size()),
        MaskChange::Remove { .. } | MaskChange::Rename { .. } => None,
    };
    let mut noted = None;
    if let (None, Some(size)) = (stores.get(&image), size) {
        match open(image, folder, size) {
            Ok(OpenedMasks { store, repair }) => {
                stores.insert(image, store);
                if let Repair::Damaged { copy } = repair {
                    noted = Some(KeptAnswer::Noted(image, mended(&copy)));
                }
            }
            // The masks are worked on in memory all the same.
            Err(why) => return vec![KeptAnswer::Told(image, sentence(&why))],
        }
    }
    let answer = stores.get_mut(&image).and_then(|store| change(store, image, what));
    // The masks come first: who waits for them takes anything else as why there are none.
    answer.into_iter().chain(noted).collect()
}

fn open(image: Sha256, folder: &Path, size: [u32; 2]) -> Result<OpenedMasks, String> {
    std::fs::create_dir_all(folder).map_err(|error| {
        format!("masks cannot be saved ({error}): make room or give rights to the folder: {}", folder.display())
    })?;
    let path = folder.join(format!("{image}.masks"));
    MaskStore::open(&path, ImageKey { sha256: image.0, size }).map_err(|error| error.to_string())
}

/// What is told of masks that were damaged and mended.
fn mended(copy: &Path) -> String {
    format!(
        "The file with the masks of this picture was damaged, and what could be read of it is here: look whether they \
         are as you left them. The file as it was: {}",
        copy.display()
    )
}

fn change(store: &mut MaskStore, image: Sha256, what: MaskChange) -> Option<KeptAnswer> {
    let id = |store: &MaskStore, name: &str| store.masks().iter().find(|mask| mask.name == name).map(|mask| mask.id);
    let saved = match what {
        MaskChange::Open { .. } => {
            let masks = store.masks().iter().map(|mask| (mask.name.clone(), mask.mask.clone())).collect();
            return Some(KeptAnswer::Opened(image, masks));
        }
        MaskChange::Update { name, mask } => match id(store, &name) {
            Some(id) => store.update(id, &mask),
            None => store.add(&name, mask).map(|(_, saved)| saved),
        },
        MaskChange::BringBack { name, mask, place } => {
            store.add(&name, mask).and_then(|(id, _)| store.move_to(id, place))
        }
        MaskChange::Remove { name } => store.remove(id(store, &name)?),
        MaskChange::Rename { from, to } => store.rename(id(store, &from)?, &to),
    };
    match saved {
        Ok(Saved::OnDrive | Saved::Waiting) => None,
        Ok(Saved::Failed(error)) | Err(error) => Some(KeptAnswer::Told(image, sentence(&error.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(kept: &KeptMasks) -> KeptAnswer {
        for _ in 0..600 {
            if let Some(answer) = kept.answers().pop() {
                return answer;
            }
            thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("no answer")
    }

    #[test]
    fn masks_are_there_again_when_the_project_is_opened_again() {
        let place = tempfile::tempdir().unwrap();
        let (ctx, folder, image) = (Context::default(), place.path().join("masks"), Sha256([7; 32]));
        let mask = Mask::full([9, 5]).unwrap();
        let mut kept = KeptMasks::default();
        let mut send = |what| kept.send(&ctx, &folder, image, what).unwrap();
        send(MaskChange::Update { name: "edge".to_owned(), mask: mask.clone() });
        send(MaskChange::Update { name: "sky".to_owned(), mask: mask.inverted() });
        send(MaskChange::Rename { from: "edge".to_owned(), to: "left edge".to_owned() });
        send(MaskChange::Remove { name: "sky".to_owned() });
        send(MaskChange::Remove { name: "left edge".to_owned() });
        send(MaskChange::Update { name: "sea".to_owned(), mask: mask.inverted() });
        send(MaskChange::BringBack { name: "left edge".to_owned(), mask: mask.clone(), place: 0 });
        drop(kept);
        let mut kept = KeptMasks::default();
        kept.send(&ctx, &folder, image, MaskChange::Open { size: [9, 5] }).unwrap();
        let KeptAnswer::Opened(of, masks) = wait(&kept) else { panic!("not opened") };
        let expected = vec![("left edge".to_owned(), mask.clone()), ("sea".to_owned(), mask.inverted())];
        assert_eq!((of, masks), (image, expected));
    }

    #[test]
    fn damaged_masks_are_there_as_far_as_they_can_be_read_and_that_is_told_with_the_file_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let (ctx, folder, image) = (Context::default(), place.path().join("masks"), Sha256([7; 32]));
        let mask = Mask::full([9, 5]).unwrap();
        let mut kept = KeptMasks::default();
        for name in ["edge", "sky", "sea"] {
            let update = MaskChange::Update { name: name.to_owned(), mask: mask.clone() };
            kept.send(&ctx, &folder, image, update).unwrap();
        }
        drop(kept);
        let path = folder.join(format!("{image}.masks"));
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let answers = apply(&mut HashMap::new(), image, &folder, MaskChange::Open { size: [9, 5] });
        let [KeptAnswer::Opened(of, masks), KeptAnswer::Noted(about, text)] = answers.as_slice() else {
            panic!("{} answers", answers.len())
        };
        assert_eq!((*of, *about), (image, image));
        assert!((1..=3).contains(&masks.len()), "{} masks", masks.len());
        let (_, copy) = text.split_once("The file as it was: ").unwrap();
        assert_eq!(std::fs::read(copy).unwrap(), bytes);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told_and_nothing_else_happens() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let mut kept = KeptMasks::default();
        let ctx = Context::default();
        kept.send(&ctx, &file.join("masks"), Sha256([1; 32]), MaskChange::Open { size: [4, 4] }).unwrap();
        let KeptAnswer::Told(image, text) = wait(&kept) else { panic!("opened") };
        assert!(image == Sha256([1; 32]) && text.starts_with("Masks cannot be saved"), "{text}");
    }
}
