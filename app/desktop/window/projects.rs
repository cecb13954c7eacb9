//! Projects from the window's side: which ones were open, who works here, choosing a folder, beginning a new one.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::{Context, Frame, Modal, Ui};
use jiff::{Timestamp, ToSpan as _};
use kento_studio::library::{self, Checklist, Template};
use kento_studio::project::RecentProjects;
use kento_studio::workflow::{Command, Edit, ProjectSettings, slug};
use kento_studio::{PersonName, Sha256};

use super::settings::{Me, Settings, TourSeen};
use crate::shipped;
use crate::theme;
use crate::whole_file::WholeFile;
use crate::widgets::toasts::ToastKind;
use crate::widgets::{ActionButton, Allowed, field_label};

/// Days until a new project's workflow document is to be reviewed.
const REVIEW_AFTER_DAYS: i64 = 90;

/// What somebody chose in a dialog of the system.
pub(super) enum Chosen {
    Project(PathBuf),
    NewPlace(PathBuf),
    Model(PathBuf),
    Picture(PathBuf),
    Input(PathBuf),
    Evidence(PathBuf),
    Edited(PathBuf, Sha256, Edit),
    Checklist(Checklist),
    Template(Box<Template>),
    Told(ToastKind, String),
    Nothing,
}

/// What was chosen since the last frame.
#[derive(Default)]
pub(super) struct Listened {
    /// A project to open, or why it cannot be.
    pub wanted: Option<Result<Wanted, String>>,
    /// The path of a model.
    pub model: Option<PathBuf>,
    /// A picture whose colours are wanted.
    pub picture: Option<PathBuf>,
    /// A picture that becomes an input of the project.
    pub input: Option<PathBuf>,
    /// A file that supports verdicts.
    pub evidence: Option<PathBuf>,
    /// The file that an image became in another program, and what was done.
    pub edited: Option<(PathBuf, Sha256, Edit)>,
    /// A checklist to be adopted.
    pub checklist: Option<Checklist>,
    /// A template that every project is to be offered.
    pub template: Option<Box<Template>>,
    /// How reading or writing what was chosen went.
    pub told: Option<(ToastKind, String)>,
}

/// A project that is to be opened, or begun when there is a first command.
pub(super) struct Wanted {
    pub folder: PathBuf,
    /// Who opens it; none where nobody has said who works here.
    pub person: Option<PersonName>,
    pub start: Option<Command>,
}

/// See the module.
pub(super) struct Projects {
    settings: Settings,
    recent: RecentProjects,
    me: Me,
    /// Where new projects go unless somebody chooses another place.
    usual_place: Option<PathBuf>,
    tour: TourSeen,
    chosen: (Sender<Chosen>, Receiver<Chosen>),
    /// Whether a dialog of the system is open; two at once confuse everybody.
    is_choosing: bool,
    new: Option<NewProject>,
    /// The form that was sent, in case the project cannot be begun.
    sent: Option<NewProject>,
}

/// The form for a new project.
#[derive(Default)]
struct NewProject {
    name: String,
    place: Option<PathBuf>,
    was_shown: bool,
}

impl Projects {
    /// Reads what is remembered in a folder for settings; nothing is remembered where there is none. New projects go to the usual
    /// place, or into the user's documents. Who works here is, unless remembered, `person` or whom the system names.
    pub fn remembered(folder: Option<&Path>, usual_place: Option<PathBuf>, person: Option<String>) -> Self {
        let mut settings = Settings::new(folder);
        let (recent, tour): (RecentProjects, TourSeen) = (settings.load("recent"), settings.load("tour"));
        let mut me: Me = settings.load("me");
        if me.name.is_empty() {
            let of_system = || ["USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
            me.name = person.or_else(of_system).unwrap_or_default();
        }
        let usual_place = usual_place.or_else(documents);
        Self { settings, recent, me, usual_place, tour, chosen: bounded(4), is_choosing: false, new: None, sent: None }
    }

    /// Names of the recent projects, the latest first.
    pub fn recent_names(&self) -> Vec<String> {
        let list = self.recent.list();
        let is_alone = |name: &str| list.iter().filter(|project| project.name == name).count() == 1;
        let shown = list.iter().map(|project| {
            let folder = project.folder.path().filter(|_| !is_alone(&project.name));
            let folder = folder.and_then(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
            folder.map_or_else(|| project.name.clone(), |folder| format!("{} · {folder}", project.name))
        });
        shown.collect()
    }

    /// Whether a project was open before.
    pub fn has_recent(&self) -> bool {
        !self.recent.list().is_empty()
    }

    /// The place of a folder in the list of recent projects.
    pub fn recent_place(&self, folder: &Path) -> Option<usize> {
        self.recent.list().iter().position(|project| project.folder.path().is_some_and(|path| path == folder))
    }

    /// A recent project by its place in the list.
    ///
    /// # Errors
    /// One sentence when the path cannot be used.
    pub fn recent(&self, place: usize) -> Result<Wanted, String> {
        let folder = self.recent.list().get(place).and_then(|project| project.folder.path());
        let folder = folder.ok_or("this project's path cannot be used on this machine: open its folder instead")?;
        Ok(self.open(folder))
    }

    /// A project in a folder.
    pub fn open(&self, folder: PathBuf) -> Wanted {
        Wanted { folder, person: self.person().ok(), start: None }
    }

    /// Puts a project first among the recent ones.
    pub fn remember(&mut self, folder: &Path, name: &str) {
        self.recent.remember(folder, name, Timestamp::now());
        self.settings.save("recent", &self.recent);
        self.settings.save("me", &self.me);
    }

    /// Whether somebody is here for the first time. Where nothing can be remembered, nobody is: he would be asked every time.
    pub fn offers_tour(&self) -> bool {
        self.settings.are_kept() && self.recent.list().is_empty() && !self.tour.seen
    }

    /// Remembers that the tour was taken or passed over.
    pub fn tour_was_seen(&mut self) {
        if !std::mem::replace(&mut self.tour.seen, true) {
            self.settings.save("tour", &self.tour);
        }
    }

    /// What went wrong with the settings since the last call, one sentence each.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.settings.take_problems()
    }

    /// Who works here.
    ///
    /// # Errors
    /// One sentence when nobody is named.
    pub fn person(&self) -> Result<PersonName, String> {
        PersonName::new(self.me.name.as_str()).map_err(|_| "write your name: it stands on every record".to_owned())
    }

    /// Remembers who works here.
    pub fn call_me(&mut self, name: &PersonName) {
        self.me.name = name.to_string();
        self.settings.save("me", &self.me);
    }

    /// Lets somebody choose a project's folder.
    pub fn choose_project(&mut self, context: &Context) {
        self.choose(context, || {
            let dialog = rfd::FileDialog::new().set_title("Open a project: a folder whose name ends in .kento");
            dialog.pick_folder().map(Chosen::Project)
        });
    }

    /// Lets somebody choose a model: a single file. A diffusers folder goes in by dropping it onto the window.
    pub fn choose_model(&mut self, context: &Context) {
        self.choose(context, || {
            let dialog = rfd::FileDialog::new().set_title("Open a model").add_filter("Model", &["safetensors"]);
            dialog.pick_file().map(Chosen::Model)
        });
    }

    /// Lets somebody choose a picture whose colours are wanted.
    pub fn choose_picture(&mut self, context: &Context) {
        self.choose(context, || {
            let pictures = ["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp"];
            let dialog = rfd::FileDialog::new().set_title("Take the colours of a picture");
            dialog.add_filter("Picture", &pictures).pick_file().map(Chosen::Picture)
        });
    }

    /// Lets somebody choose a picture that becomes an input of the project.
    pub fn choose_input(&mut self, context: &Context) {
        self.choose(context, || {
            let pictures = ["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp"];
            let dialog = rfd::FileDialog::new().set_title("Add an input image");
            dialog.add_filter("Picture", &pictures).pick_file().map(Chosen::Input)
        });
    }

    /// Lets somebody choose a file that supports verdicts, of any kind.
    pub fn choose_evidence(&mut self, context: &Context) {
        self.choose(context, || {
            let documents = ["pdf", "txt", "md", "eml", "docx", "odt", "png", "jpg", "jpeg"];
            let dialog = rfd::FileDialog::new().set_title("Attach a file as evidence");
            let dialog = dialog.add_filter("Document", &documents).add_filter("Any file", &["*"]);
            dialog.pick_file().map(Chosen::Evidence)
        });
    }

    /// Lets somebody choose the file that an image became in another program.
    pub fn choose_edited(&mut self, context: &Context, image: Sha256, edit: Edit) {
        self.choose(context, move || {
            let pictures = ["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp"];
            let dialog = rfd::FileDialog::new().set_title("Take in an edited file").add_filter("Picture", &pictures);
            dialog.pick_file().map(|path| Chosen::Edited(path, image, edit))
        });
    }

    /// Lets somebody choose the file of a checklist, and reads it.
    pub fn choose_checklist(&mut self, context: &Context) {
        self.choose(context, || {
            let dialog = rfd::FileDialog::new().set_title("Adopt a checklist").add_filter("Checklist", &["ron"]);
            dialog.pick_file().map(|path| read_checklist(&path))
        });
    }

    /// Lets somebody choose where a checklist is saved, and writes it.
    pub fn save_checklist(&mut self, context: &Context, checklist: Checklist) {
        self.choose(context, move || {
            let dialog = rfd::FileDialog::new().set_title("Save the checklist").add_filter("Checklist", &["ron"]);
            let path = dialog.set_file_name(format!("{}.ron", checklist.name)).save_file();
            path.map(|path| write_checklist(&checklist, &path))
        });
    }

    pub(super) fn choose(&mut self, context: &Context, dialog: impl FnOnce() -> Option<Chosen> + Send + 'static) {
        if std::mem::replace(&mut self.is_choosing, true) {
            return;
        }
        let (sender, context) = (self.chosen.0.clone(), context.clone());
        let run = move || {
            sender.send(dialog().unwrap_or(Chosen::Nothing)).ok();
            context.request_repaint();
        };
        if thread::Builder::new().name("dialog".to_owned()).spawn(run).is_err() {
            self.is_choosing = false;
        }
    }

    /// Opens the form for a new project.
    pub fn begin_new(&mut self) {
        self.new.get_or_insert_default();
    }

    /// Opens the form as it was sent, because the project could not be begun.
    pub fn begin_again(&mut self) {
        self.new = self.new.take().or_else(|| self.sent.take());
    }

    /// What was chosen since the last call.
    pub fn listen(&mut self) -> Listened {
        let mut listened = Listened::default();
        while let Ok(chosen) = self.chosen.1.try_recv() {
            self.is_choosing = false;
            match chosen {
                Chosen::Nothing => {}
                Chosen::Project(folder) => listened.wanted = Some(Ok(self.open(folder))),
                Chosen::Model(path) => listened.model = Some(path),
                Chosen::Picture(path) => listened.picture = Some(path),
                Chosen::Input(path) => listened.input = Some(path),
                Chosen::Evidence(path) => listened.evidence = Some(path),
                Chosen::Edited(path, image, edit) => listened.edited = Some((path, image, edit)),
                Chosen::Checklist(checklist) => listened.checklist = Some(checklist),
                Chosen::Template(template) => listened.template = Some(template),
                Chosen::Told(kind, text) => listened.told = Some((kind, text)),
                Chosen::NewPlace(place) => {
                    if let Some(new) = &mut self.new {
                        new.place = Some(place);
                    }
                }
            }
        }
        listened
    }

    /// Draws the form for a new project, if it is open. What was asked for with it.
    pub fn show(&mut self, ui: &mut Ui) -> Option<Result<Wanted, String>> {
        let mut new = self.new.take()?;
        let (mut wanted, mut is_open, mut browse) = (None, true, false);
        let frame = Frame::popup(ui.style()).inner_margin(theme::GROUP_GAP);
        let modal = Modal::new(eframe::egui::Id::unique("new project")).frame(frame);
        let response = modal.show(ui.ctx(), |ui| {
            ui.set_width(theme::POPOVER_WIDTH);
            ui.heading("New project");
            ui.add_space(theme::GAP);
            let label = field_label(ui, "Name", "as people call the job");
            let name = eframe::egui::TextEdit::singleline(&mut new.name).desired_width(f32::INFINITY);
            let field = ui.add(name).labelled_by(label.id);
            if !std::mem::replace(&mut new.was_shown, true) {
                field.request_focus();
            }
            ui.add_space(theme::GAP);
            let label = field_label(ui, "Your name", "it stands on every record");
            let my_name = eframe::egui::TextEdit::singleline(&mut self.me.name).desired_width(f32::INFINITY);
            let my_field = ui.add(my_name).labelled_by(label.id);
            let entered = (field.lost_focus() || my_field.lost_focus())
                && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
            ui.add_space(theme::GAP);
            let place = new.place.clone().or_else(|| self.usual_place.clone());
            let folder = place.zip(folder_name(&new.name)).map(|(place, name)| place.join(name));
            let shown = folder.as_ref().map(|folder| folder.display().to_string());
            field_label(ui, "Folder", if shown.is_none() { "named after the project" } else { "" });
            ui.add(eframe::egui::Label::new(shown.as_deref().unwrap_or(" ")).wrap());
            ui.add_space(theme::GROUP_GAP);
            let ready = match (&folder, new.name.trim().is_empty(), self.person()) {
                (_, true, _) => Allowed::No("the project has no name yet".to_owned()),
                (_, _, Err(why)) => Allowed::No(why),
                (None, _, _) => Allowed::No("the name needs a letter or a digit".to_owned()),
                _ => Allowed::Yes,
            };
            ui.horizontal(|ui| {
                let is_ready = ready.is_yes();
                let begin = ActionButton::primary("Begin").allowed(ready).show(ui);
                if (begin || entered && is_ready)
                    && let Some(folder) = folder
                {
                    wanted = Some(self.start(&new.name, folder));
                    is_open = false;
                }
                browse = ActionButton::plain("Another place…").show(ui);
                if ActionButton::plain("Cancel").show(ui) {
                    is_open = false;
                }
            });
        });
        if is_open && !response.should_close() {
            self.new = Some(new);
        } else if wanted.is_some() {
            self.sent = Some(new);
        }
        if browse {
            let context = ui.ctx().clone();
            self.choose(&context, || rfd::FileDialog::new().pick_folder().map(Chosen::NewPlace));
        }
        wanted
    }

    fn start(&self, name: &str, folder: PathBuf) -> Result<Wanted, String> {
        let person = self.person()?;
        let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let start = Command::StartProject {
            name: name.trim().to_owned(),
            settings: ProjectSettings::default(),
            checklists: shipped::checklists().map_err(|refusal| refusal.to_string())?,
            document_owner: person.clone(),
            next_review: today.saturating_add(REVIEW_AFTER_DAYS.days()),
        };
        Ok(Wanted { folder, person: Some(person), start: Some(start) })
    }
}

fn read_checklist(path: &Path) -> Chosen {
    match library::read_ron(path) {
        Ok(checklist) => Chosen::Checklist(checklist),
        Err(refusal) => Chosen::Told(ToastKind::Refused, refusal.to_string()),
    }
}

fn write_checklist(checklist: &Checklist, path: &Path) -> Chosen {
    let text = library::to_ron(checklist).map_err(|refusal| refusal.to_string());
    let written = text.and_then(|text| {
        let write = || {
            let mut file = WholeFile::beside(path)?;
            file.write(text.as_bytes())?;
            file.finish()
        };
        write()
            .map_err(|error| format!("the checklist is not saved ({error}), choose another place: {}", path.display()))
    });
    match written {
        Ok(_) => {
            let next = checklist.version.saturating_add(1);
            let text = format!("Saved. Change it, count its version up to {next} and adopt it: {}", path.display());
            Chosen::Told(ToastKind::Done, text)
        }
        Err(why) => Chosen::Told(ToastKind::Failed, why),
    }
}

/// Where new projects go unless somebody chooses another place.
pub(super) fn documents() -> Option<PathBuf> {
    let dirs = directories::UserDirs::new()?;
    Some(dirs.document_dir().unwrap_or(dirs.home_dir()).join("Kento"))
}

fn folder_name(name: &str) -> Option<String> {
    let slug = slug(name);
    (!slug.is_empty()).then(|| format!("{slug}.kento"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checklist_goes_into_a_file_and_comes_back_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review-full.ron");
        let list = shipped::checklists().unwrap().remove(0);
        let Chosen::Told(ToastKind::Done, told) = write_checklist(&list, &path) else { panic!("it was not saved") };
        assert!(told.contains(&format!("version up to {}", list.version + 1)), "{told}");
        let Chosen::Checklist(read) = read_checklist(&path) else { panic!("it was not read") };
        assert_eq!(read, list);

        std::fs::write(&path, "(schema: 1, name: \"x\"").unwrap();
        let Chosen::Told(ToastKind::Refused, told) = read_checklist(&path) else { panic!("it was taken") };
        assert!(told.contains("checklist") && told.ends_with("review-full.ron"), "{told}");
        let nowhere = folder.path().join("no/such/place.ron");
        let Chosen::Told(ToastKind::Failed, told) = write_checklist(&list, &nowhere) else { panic!("it was saved") };
        assert!(told.contains("choose another place"), "{told}");
    }

    #[test]
    fn projects_of_one_name_are_told_apart_by_their_folders() {
        let folder = tempfile::tempdir().unwrap();
        let mut projects = Projects::remembered(Some(folder.path()), None, None);
        for (path, name) in [("/work/tea.kento", "Tea"), ("/work/a.kento", "Spring"), ("/work/b.kento", "Spring")] {
            projects.remember(Path::new(path), name);
        }
        assert_eq!(projects.recent_names(), ["Spring · b.kento", "Spring · a.kento", "Tea"]);
        assert_eq!(projects.recent_place(Path::new("/work/a.kento")), Some(1));
        assert_eq!(projects.recent_place(Path::new("/work/c.kento")), None);
    }

    #[test]
    fn the_tour_is_offered_until_it_was_seen_or_a_project_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let again = || Projects::remembered(Some(folder.path()), None, None);
        let mut projects = again();
        assert!(projects.offers_tour());
        drop(projects);
        projects = again();
        assert!(projects.offers_tour(), "looking at the window is not taking the tour");
        projects.tour_was_seen();
        assert!(!projects.offers_tour());
        drop(projects);
        assert!(!again().offers_tour());

        let folder = tempfile::tempdir().unwrap();
        let mut projects = Projects::remembered(Some(folder.path()), None, None);
        projects.remember(Path::new("/work/tea.kento"), "Tea");
        assert!(!projects.offers_tour());
        assert!(!Projects::remembered(None, None, None).offers_tour(), "it would be offered every time");
    }
}
