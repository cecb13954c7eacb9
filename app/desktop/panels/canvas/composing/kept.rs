use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::Context;
use kento_studio::{SchemaV1, Sha256};
use serde::{Deserialize, Serialize};

use super::own::OwnGuides;
use crate::whole_file::WholeFile;
use crate::widgets::image_view::Pulled;

/// The own guides of the project's images on the drive, beside their masks: nobody's decision, and no record. One named thread reads and
/// writes them, so that no frame waits; what was sent is written before this is gone.
#[derive(Default)]
pub struct KeptGuides {
    writer: Option<Writer>,
}

struct Writer {
    work: Option<Sender<Work>>,
    answers: Receiver<GuidesAnswer>,
    thread: Option<JoinHandle<()>>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum GuidesAnswer {
    /// The guides of an image, as they were kept.
    Opened(Sha256, OwnGuides),
    /// Something is not as it should be with guides, in one sentence.
    Told(String),
}

/// What is done with the guides of an image.
pub struct Work {
    /// Which image.
    pub image: Sha256,
    /// Where the project keeps masks.
    pub folder: PathBuf,
    /// What.
    pub what: GuidesWork,
}

/// What is done with guides.
pub enum GuidesWork {
    /// Read them.
    Open {
        /// Width and height of the image in pixels.
        size: [u32; 2],
        /// What the image was made from, nearest first: it has the guides of the first that has some, until it has its own.
        ancestors: Vec<Sha256>,
    },
    /// They are these now.
    Save(OwnGuides),
}

/// Reads and writes that may wait.
const WAITING: usize = 256;
/// A larger file is none of Kento's.
const MOST_BYTES: u64 = 1 << 20;
/// A guide is never farther from the corner of the picture than this, in pixels.
const FURTHEST: f32 = 1e6;

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GuidesFile {
    schema: SchemaV1,
    size: [u32; 2],
    guides: Vec<KeptGuide>,
}

/// One guide in it, in pixels of the picture.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptGuide {
    Level(f32),
    Upright(f32),
}

/// Why a file gives no guides.
enum Unread {
    /// It is not what this program writes.
    Damaged,
    /// The drive does not give it.
    Drive(io::Error),
}

impl KeptGuides {
    /// Has something read or written.
    ///
    /// # Errors
    /// One sentence when the thread does not keep up or there is none.
    pub fn send(&mut self, ctx: &Context, work: Work) -> Result<(), String> {
        if self.writer.is_none() {
            self.writer = Some(Writer::start(ctx.clone())?);
        }
        let behind = || "the drive does not keep up, so the last guide is not saved yet: wait a moment";
        let sender = self.writer.as_ref().and_then(|writer| writer.work.as_ref()).ok_or_else(behind)?;
        sender.try_send(work).map_err(|_| behind().to_owned())
    }

    /// What came of it since the last call.
    pub fn answers(&self) -> Vec<GuidesAnswer> {
        self.writer.as_ref().map(|writer| writer.answers.try_iter().collect()).unwrap_or_default()
    }
}

impl Writer {
    fn start(ctx: Context) -> Result<Self, String> {
        let (work, incoming) = bounded::<Work>(WAITING);
        let (outgoing, answers) = bounded(2 * WAITING);
        let run = move || {
            let mut unread = BTreeSet::new();
            for work in incoming {
                for answer in done(&mut unread, work) {
                    // Nobody reads any more while the project is being closed.
                    outgoing.try_send(answer).ok();
                    ctx.request_repaint();
                }
            }
        };
        let thread = thread::Builder::new().name("canvas-guides".to_owned()).spawn(run);
        let thread = thread.map_err(|error| format!("the system gives no thread to save guides: {error}"))?;
        Ok(Self { work: Some(work), answers, thread: Some(thread) })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.work = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log::warn!("the thread that saves guides ended early");
        }
    }
}

/// Does it. `unread` has the images whose file could not be read and still lies there: it is not written over.
fn done(unread: &mut BTreeSet<Sha256>, Work { image, folder, what }: Work) -> Vec<GuidesAnswer> {
    match what {
        GuidesWork::Open { size, ancestors } => open(unread, image, &folder, size, &ancestors),
        GuidesWork::Save(_) if unread.contains(&image) => Vec::new(),
        GuidesWork::Save(guides) => match save(&path_of(&folder, image), &folder, &guides) {
            Ok(()) => Vec::new(),
            Err(error) => vec![GuidesAnswer::Told(format!(
                "The guides of this picture are not saved ({error}): make room or give rights to the folder: {}",
                folder.display()
            ))],
        },
    }
}

fn open(
    unread: &mut BTreeSet<Sha256>,
    image: Sha256,
    folder: &Path,
    size: [u32; 2],
    ancestors: &[Sha256],
) -> Vec<GuidesAnswer> {
    let mut answers = Vec::new();
    let mut guides = OwnGuides::of(size, Vec::new());
    for one in std::iter::once(&image).chain(ancestors) {
        let path = path_of(folder, *one);
        match read(&path) {
            Ok(None) => continue,
            // What was extended has other pixels in the same places.
            Ok(Some(kept)) if kept.size() != size && *one != image => continue,
            Ok(Some(kept)) if kept.size() == size => guides = kept,
            Ok(Some(_)) | Err(Unread::Damaged) => match set_aside(&path) {
                Ok(aside) => answers.push(GuidesAnswer::Told(format!(
                    "The file with the guides of this picture was damaged, so it has none of them now: pull them out of \
                     the rulers again. The file as it was: {}",
                    aside.display()
                ))),
                Err(error) => {
                    unread.insert(*one);
                    answers.push(GuidesAnswer::Told(not_read(&error, &path)));
                }
            },
            Err(Unread::Drive(error)) => {
                unread.insert(*one);
                answers.push(GuidesAnswer::Told(not_read(&error, &path)));
            }
        }
        break;
    }
    answers.insert(0, GuidesAnswer::Opened(image, guides));
    answers
}

fn not_read(error: &io::Error, path: &Path) -> String {
    format!(
        "The guides of this picture cannot be read and are not saved until they can be ({error}): give rights to the \
         file and open the project again: {}",
        path.display()
    )
}

fn path_of(folder: &Path, image: Sha256) -> PathBuf {
    folder.join(format!("{image}.guides"))
}

/// The guides in a file; none where there is no file.
fn read(path: &Path) -> Result<Option<OwnGuides>, Unread> {
    let bytes = match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Unread::Drive(error)),
        Ok(known) if known.len() > MOST_BYTES => return Err(Unread::Damaged),
        Ok(_) => std::fs::read(path).map_err(Unread::Drive)?,
    };
    let file: GuidesFile = serde_json::from_slice(&bytes).map_err(|_| Unread::Damaged)?;
    let line = |kept: &KeptGuide| {
        let (at, line) = match kept {
            KeptGuide::Level(y) => (*y, Pulled::Level(*y)),
            KeptGuide::Upright(x) => (*x, Pulled::Upright(*x)),
        };
        (at.abs() <= FURTHEST).then_some(line)
    };
    let lines: Option<Vec<Pulled>> = file.guides.iter().map(line).collect();
    Ok(Some(OwnGuides::of(file.size, lines.ok_or(Unread::Damaged)?)))
}

fn save(path: &Path, folder: &Path, guides: &OwnGuides) -> io::Result<()> {
    let kept = |line: &Pulled| match line {
        Pulled::Level(y) => KeptGuide::Level(*y),
        Pulled::Upright(x) => KeptGuide::Upright(*x),
    };
    let guides =
        GuidesFile { schema: SchemaV1, size: guides.size(), guides: guides.lines().iter().map(kept).collect() };
    std::fs::create_dir_all(folder)?;
    let mut file = WholeFile::beside(path)?;
    file.write(&serde_json::to_vec(&guides)?)?;
    file.finish()
}

/// Gives a damaged file a name under which it stays. That name.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let numbered = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(if n == 1 { ".damaged".to_owned() } else { format!(".damaged{n}") });
        PathBuf::from(name)
    };
    let free = (1..).map(numbered).find(|aside| !aside.exists()).ok_or(io::ErrorKind::AlreadyExists)?;
    std::fs::rename(path, &free)?;
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: [u32; 2] = [64, 48];

    fn sha(n: u8) -> Sha256 {
        Sha256([n; 32])
    }

    fn opened(folder: &Path, image: u8, ancestors: &[u8]) -> (Vec<Pulled>, Vec<String>) {
        let ancestors = ancestors.iter().map(|n| sha(*n)).collect();
        let what = GuidesWork::Open { size: SIZE, ancestors };
        let answers = done(&mut BTreeSet::new(), Work { image: sha(image), folder: folder.to_owned(), what });
        let (mut lines, mut told) = (Vec::new(), Vec::new());
        for answer in answers {
            match answer {
                GuidesAnswer::Opened(of, guides) => {
                    assert_eq!((of, guides.size()), (sha(image), SIZE));
                    lines = guides.lines().to_vec();
                }
                GuidesAnswer::Told(text) => told.push(text),
            }
        }
        (lines, told)
    }

    #[test]
    fn guides_are_there_again_and_an_edit_begins_with_those_of_its_parent() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("masks");
        let (ctx, mut kept) = (Context::default(), KeptGuides::default());
        let [level, upright] = [Pulled::Level(12.0), Pulled::Upright(-3.0)];
        let mut save = |image: u8, size, lines: &[Pulled]| {
            let what = GuidesWork::Save(OwnGuides::of(size, lines.to_vec()));
            kept.send(&ctx, Work { image: sha(image), folder: folder.clone(), what }).unwrap();
        };
        save(1, SIZE, &[level]);
        save(1, SIZE, &[level, upright]);
        save(2, SIZE, &[]);
        save(3, [9, 9], &[level]);
        drop(kept);
        assert_eq!(opened(&folder, 1, &[]), (vec![level, upright], Vec::new()));
        assert_eq!(opened(&folder, 7, &[6, 1]).0, [level, upright], "the nearest that has some");
        assert!(opened(&folder, 7, &[2, 1]).0.is_empty(), "somebody took them away");
        assert_eq!(opened(&folder, 7, &[3, 1]).0, [level, upright], "one of another size is passed over");
        assert_eq!(opened(&folder, 9, &[]), (Vec::new(), Vec::new()), "there were never any");
    }

    #[test]
    fn a_damaged_file_is_told_and_kept_as_it_was_and_other_guides_are_untouched() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let path = path_of(folder, sha(1));
        let good = r#"{"schema":1,"size":[64,48],"guides":[{"level":3.0}]}"#;
        std::fs::write(path_of(folder, sha(2)), good).unwrap();
        let far = r#"{"schema":1,"size":[64,48],"guides":[{"level":1e9}]}"#;
        let other_size = r#"{"schema":1,"size":[64,49],"guides":[]}"#;
        let later = r#"{"schema":2,"size":[64,48],"guides":[]}"#;
        for (n, bad) in ["{\"schema\":1,", far, other_size, later].into_iter().enumerate() {
            std::fs::write(&path, bad).unwrap();
            let (lines, told) = opened(folder, 1, &[2]);
            assert!(lines.is_empty(), "{bad}");
            let [said] = told.as_slice() else { panic!("{told:?}") };
            let (_, aside) = said.split_once("The file as it was: ").unwrap();
            let end = if n == 0 { ".guides.damaged".to_owned() } else { format!(".guides.damaged{}", n + 1) };
            assert!(aside.ends_with(&end), "{aside}");
            assert_eq!(std::fs::read_to_string(aside).unwrap(), bad);
            assert!(!path.exists());
        }
        assert_eq!(opened(folder, 2, &[]).0, [Pulled::Level(3.0)]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_never_written_over() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        // A folder of that name is there and gives no bytes.
        std::fs::create_dir(path_of(folder, sha(1))).unwrap();
        let mut unread = BTreeSet::new();
        let mut work = |what| done(&mut unread, Work { image: sha(1), folder: folder.to_owned(), what });
        let answers = work(GuidesWork::Open { size: SIZE, ancestors: Vec::new() });
        let [GuidesAnswer::Opened(..), GuidesAnswer::Told(why)] = answers.as_slice() else { panic!("{answers:?}") };
        assert!(why.starts_with("The guides of this picture cannot be read and are not saved until they can be"));
        assert_eq!(work(GuidesWork::Save(OwnGuides::of(SIZE, vec![Pulled::Level(1.0)]))), []);
        assert!(path_of(folder, sha(1)).is_dir());
        // A folder that cannot be made is told.
        let file = folder.join("file");
        std::fs::write(&file, "x").unwrap();
        let what = GuidesWork::Save(OwnGuides::of(SIZE, Vec::new()));
        let answers = done(&mut BTreeSet::new(), Work { image: sha(5), folder: file.join("masks"), what });
        let [GuidesAnswer::Told(why)] = answers.as_slice() else { panic!("{answers:?}") };
        assert!(why.starts_with("The guides of this picture are not saved ("), "{why}");
    }
}
