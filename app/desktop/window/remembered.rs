use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::Context;

use crate::frame::WindowLayout;
use crate::whole_file::WholeFile;

/// The layout of the window on disk. It is read before the window opens and written by a thread, a moment after the last change.
pub(super) struct Remembered {
    file: Option<PathBuf>,
    /// What is still to be written, and since when.
    waiting: Option<(WindowLayout, Instant)>,
    failures: Receiver<String>,
    outbox: Sender<String>,
}

/// How long nothing must change before it is written: while a line is dragged it changes with every frame.
const PATIENCE: Duration = Duration::from_millis(700);
/// A layout has a few hundred bytes.
const MOST_BYTES: u64 = 64 << 10;

impl Remembered {
    /// Nothing is read or written without a file.
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        let (outbox, failures) = bounded(4);
        Self { file, waiting: None, failures, outbox }
    }

    /// What was kept; none where nothing was.
    pub(super) fn read(&mut self) -> Result<Option<WindowLayout>, String> {
        let Some(path) = &self.file else { return Ok(None) };
        let text = match bounded_text(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("the layout of the window cannot be read: {error}: {}", path.display())),
        };
        WindowLayout::from_ron(&text).map(Some).map_err(|mistake| format!("{mistake}: {}", path.display()))
    }

    /// Says that the layout is another one.
    pub(super) fn change(&mut self, ctx: &Context, layout: &WindowLayout) {
        if self.file.is_some() {
            self.waiting = Some((layout.clone(), Instant::now()));
            ctx.request_repaint_after(PATIENCE);
        }
    }

    /// Writes what has waited long enough. Why an earlier one could not be written. To be called once a frame; never waits.
    pub(super) fn tick(&mut self) -> Option<String> {
        if self.waiting.as_ref().is_some_and(|(_, since)| since.elapsed() >= PATIENCE)
            && let (Some((layout, _)), Some(path)) = (self.waiting.take(), self.file.clone())
        {
            let outbox = self.outbox.clone();
            let work = move || {
                if let Err(why) = write(&layout, &path) {
                    // Nobody listens any more when the window is gone, and a full channel has the same to say already.
                    outbox.try_send(why).ok();
                }
            };
            if let Err(error) = std::thread::Builder::new().name("window-layout".to_owned()).spawn(work) {
                return Some(format!("the system gives no thread to save the layout: {error}"));
            }
        }
        self.failures.try_recv().ok()
    }

    /// Writes at once, because the window closes.
    pub(super) fn write_now(&mut self) {
        if let (Some((layout, _)), Some(path)) = (self.waiting.take(), &self.file)
            && let Err(why) = write(&layout, path)
        {
            log::warn!("{why}");
        }
    }
}

fn bounded_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

fn write(layout: &WindowLayout, path: &Path) -> Result<(), String> {
    let text = layout.to_ron().map_err(|error| format!("the layout of the window cannot be written: {error}"))?;
    let put = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = WholeFile::beside(path)?;
        file.write(text.as_bytes())?;
        file.finish()
    };
    put().map_err(|error| format!("the layout of the window cannot be saved: {error}: {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{ActingRole, ThemeChoice};

    #[test]
    fn a_layout_is_kept_and_a_damaged_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings/window.ron");
        let mut remembered = Remembered::new(Some(path.clone()));
        assert_eq!(remembered.read(), Ok(None));
        let mut layout = WindowLayout { theme: ThemeChoice::Light, zoom: 1.5, ..WindowLayout::default() };
        layout.of(ActingRole::Reviewer).hidden.clear();
        remembered.change(&Context::default(), &layout);
        assert_eq!(remembered.tick(), None);
        assert!(!path.exists());
        remembered.write_now();
        assert_eq!(remembered.read(), Ok(Some(layout)));
        std::fs::write(&path, "(schema: 1, colour: 3)").unwrap();
        let why = remembered.read().unwrap_err();
        assert!(why.contains("the usual one is used") && why.ends_with("window.ron"), "{why}");
    }
}
