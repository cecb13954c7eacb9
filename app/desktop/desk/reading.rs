//! Files that somebody chose or dropped: read beside everything else, because a large one takes its time.

use std::path::PathBuf;
use std::thread;

use kento_studio::Sha256;
use kento_studio::workflow::{Command, CommandKind, Edit};

use super::colours::colours_of;
use super::new_file::{FileRead, NewEdited, NewEvidence, NewInput};
use super::{Desk, Notice};
use crate::studio::Request;
use crate::widgets;
use crate::widgets::toasts::ToastKind;

impl Desk {
    /// Reads a picture and offers its colours to the brief.
    pub fn take_colours_of(&mut self, picture: PathBuf) -> Option<Notice> {
        self.if_allowed(CommandKind::WriteBrief, move || FileRead::Colours(colours_of(&picture)))
    }

    /// Reads a picture and makes it an input of the project.
    pub fn take_input(&mut self, picture: PathBuf, licence: String) -> Option<Notice> {
        self.read(move || FileRead::Input(NewInput::read(&picture, &licence).map(Box::new)))
    }

    /// Reads a file and adds it as evidence.
    pub fn take_evidence(&mut self, file: PathBuf) -> Option<Notice> {
        self.if_allowed(CommandKind::AddEvidence, move || FileRead::Evidence(NewEvidence::read(&file).map(Box::new)))
    }

    /// Reads the file that an image became in another program and records the edit.
    pub fn take_edited(&mut self, file: PathBuf, image: Sha256, edit: Edit) -> Option<Notice> {
        let read = move || FileRead::Edited(NewEdited::read(&file, image, edit).map(Box::new));
        self.if_allowed(CommandKind::RecordEdit, read)
    }

    fn if_allowed(&mut self, kind: CommandKind, file: impl FnOnce() -> FileRead + Send + 'static) -> Option<Notice> {
        match self.may(kind).reason() {
            Some(reason) => Some(Notice::Toast(ToastKind::Refused, reason.to_owned())),
            None => self.read(file),
        }
    }

    fn read(&mut self, file: impl FnOnce() -> FileRead + Send + 'static) -> Option<Notice> {
        let (sender, context) = (self.files.0.clone(), self.context.clone());
        let read = move || {
            // Fails only when the project was closed meanwhile.
            sender.send(file()).ok();
            context.request_repaint();
        };
        let spawned = thread::Builder::new().name("file".to_owned()).spawn(read);
        let why = |error| format!("the system gives no thread to read the file: {error}");
        spawned.err().map(|error| Notice::Toast(ToastKind::Failed, why(error)))
    }

    /// Does with a file that was read what it was read for.
    pub(super) fn take_read(&mut self, read: FileRead) -> Option<Notice> {
        match read {
            FileRead::Colours(Ok(offered)) => {
                self.offered = Some(offered);
                // They are offered in the brief, which a recipe may stand before.
                self.panels.brief.choose(true);
                None
            }
            FileRead::Edited(Ok(edited)) => {
                self.tell_converted(&edited.notices);
                self.selection.image = Some(edited.result.sha256);
                let (png, command) = edited.command();
                self.store(png, command, "The edited file goes into the project as the next version".to_owned())
            }
            FileRead::Input(Ok(input)) => {
                self.tell_converted(&input.notices);
                let (image, file_name) = (input.image.sha256, input.file_name.clone());
                let (png, command) = input.command();
                self.selection.image = Some(image);
                self.store(png, command, format!("{file_name} goes into the project as an input"))
            }
            FileRead::Evidence(Ok(evidence)) => {
                let NewEvidence { file, bytes } = *evidence;
                self.panels.checklist.attach_evidence(file.sha256);
                if self.state().evidence().contains_key(&file.sha256) {
                    // Whoever chose it again wants it attached, not a lecture.
                    return None;
                }
                let told = format!("{} goes into the project as evidence", file.file_name);
                self.store(bytes, Command::AddEvidence { file }, told)
            }
            FileRead::Colours(Err(why))
            | FileRead::Input(Err(why))
            | FileRead::Evidence(Err(why))
            | FileRead::Edited(Err(why)) => Some(Notice::Toast(ToastKind::Refused, why)),
        }
    }

    /// Nothing is converted without a word.
    fn tell_converted(&mut self, sentences: &[String]) {
        let toast = |sentence: &String| Notice::Toast(ToastKind::Done, format!("{}.", widgets::sentence(sentence)));
        self.notices.extend(sentences.iter().map(toast));
    }

    /// Saves a file with the command that records it.
    fn store(&mut self, bytes: Vec<u8>, command: Command, told: String) -> Option<Notice> {
        let done = Notice::Toast(ToastKind::Done, told);
        self.send(|ticket| Request::Store(ticket, vec![bytes], Box::new(command))).or(Some(done))
    }
}
