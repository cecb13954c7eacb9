use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use kento_studio::project::{DiskFs, DocumentName, SettingsFolder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Who works on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Me {
    pub schema: kento_studio::SchemaV1,
    pub name: String,
}

/// Whether the tour was taken or passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TourSeen {
    pub schema: kento_studio::SchemaV1,
    pub seen: bool,
}

/// A person's settings: read before the window stands, written by a thread. A file that cannot be understood is told and left
/// as it is, so that a person can mend it.
pub(super) struct Settings {
    folder: Option<SettingsFolder>,
    /// Names of files that were not understood.
    damaged: Vec<String>,
    problems: (Sender<String>, Receiver<String>),
    writer: Option<Writer>,
}

struct Writer {
    work: Sender<Box<dyn FnOnce() + Send>>,
    thread: JoinHandle<()>,
}

/// Problems that are kept until they are told; the same one comes again with the next try.
const MOST_PROBLEMS: usize = 8;

impl Settings {
    /// Settings in a folder; nothing is read or written where there is none.
    pub fn new(folder: Option<&Path>) -> Self {
        let folder = folder.map(|folder| SettingsFolder::new(Arc::new(DiskFs), folder));
        Self { folder, damaged: Vec::new(), problems: bounded(MOST_PROBLEMS), writer: None }
    }

    /// Whether anything is kept at all.
    pub fn are_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// What is kept under a name, or the default.
    pub fn load<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        let Some((folder, document)) = self.folder.as_ref().zip(name.parse::<DocumentName>().ok()) else {
            return T::default();
        };
        folder.load(&document).unwrap_or_else(|error| {
            self.damaged.push(name.to_owned());
            self.problems.0.try_send(error.to_string()).ok();
            T::default()
        })
    }

    /// Keeps something under a name, soon; in the order of the calls.
    pub fn save<T: Serialize + Clone + Send + 'static>(&mut self, name: &str, value: &T) {
        let Some((folder, document)) = self.folder.clone().zip(name.parse::<DocumentName>().ok()) else { return };
        if self.damaged.iter().any(|damaged| damaged == name) {
            return;
        }
        let (value, problems) = (value.clone(), self.problems.0.clone());
        let save = move || {
            if let Err(error) = folder.save(&document, &value) {
                problems.try_send(error.to_string()).ok();
            }
        };
        match self.writer() {
            // Fails only when the thread has ended, and it ends with this.
            Some(writer) => drop(writer.work.send(Box::new(save))),
            None => drop(self.problems.0.try_send("the system gives no thread to save the settings".to_owned())),
        }
    }

    /// What went wrong since the last call, one sentence each.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.problems.1.try_iter().collect()
    }

    fn writer(&mut self) -> Option<&Writer> {
        if self.writer.is_none() {
            let (work, todo) = unbounded::<Box<dyn FnOnce() + Send>>();
            let run = move || todo.into_iter().for_each(|save| save());
            let thread = thread::Builder::new().name("settings".to_owned()).spawn(run).ok()?;
            self.writer = Some(Writer { work, thread });
        }
        self.writer.as_ref()
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        if let Some(Writer { work, thread }) = self.writer.take() {
            drop(work);
            if thread.join().is_err() {
                log::error!("the thread settings panicked");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_loaded_and_a_damaged_file_is_told_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let me = Me { name: "Mika Tanaka".to_owned(), ..Me::default() };
        let mut settings = Settings::new(Some(folder.path()));
        assert_eq!(settings.load::<Me>("me"), Me::default());
        settings.save("me", &Me { name: "Earlier".to_owned(), ..Me::default() });
        settings.save("me", &me);
        drop(settings);
        let mut settings = Settings::new(Some(folder.path()));
        assert_eq!(settings.load::<Me>("me"), me);
        assert!(settings.take_problems().is_empty());

        let file = folder.path().join("me.ron");
        std::fs::write(&file, "(schema: 1, nom: 3)").unwrap();
        let mut settings = Settings::new(Some(folder.path()));
        assert_eq!(settings.load::<Me>("me"), Me::default());
        let problems = settings.take_problems();
        assert!(problems.len() == 1 && problems[0].contains("me.ron"), "{problems:?}");
        settings.save("me", &me);
        drop(settings);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "(schema: 1, nom: 3)");
    }

    #[test]
    fn what_cannot_be_saved_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("in the way"), "a file").unwrap();
        let mut settings = Settings::new(Some(&folder.path().join("in the way")));
        settings.save("me", &Me::default());
        let Settings { problems, writer, .. } = &mut settings;
        let Writer { work, thread } = writer.take().unwrap();
        drop(work);
        thread.join().unwrap();
        assert_eq!(problems.1.try_iter().count(), 1);
    }
}
