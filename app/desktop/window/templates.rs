//! Templates that lie outside every project: one RON file each in the user's folder for data. Files are read and written by
//! threads; a file that cannot be understood is told and left as it is.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::Context;
use kento_studio::library::{self, Template};
use kento_studio::workflow::slug;

use super::projects::{Chosen, Projects};
use crate::whole_file::WholeFile;
use crate::widgets::toasts::ToastKind;

/// Most templates that are read; more are no list to choose from.
const MOST_TEMPLATES: usize = 200;
/// Most damaged files that are told of at once.
const MOST_TOLD: usize = 3;

/// See the module.
pub(super) struct Templates {
    folder: Option<PathBuf>,
    list: Vec<Template>,
    news: (Sender<News>, Receiver<News>),
}

/// What a thread did.
enum News {
    Read(Vec<Template>),
    Told(ToastKind, String),
}

impl Templates {
    /// Templates in a folder, which need not exist yet; nothing is read or kept where there is none.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, list: Vec::new(), news: unbounded() }
    }

    /// The templates as they were read last.
    pub fn list(&self) -> &[Template] {
        &self.list
    }

    /// Reads the folder, soon.
    pub fn read(&self, context: &Context) {
        if let Some(folder) = self.folder.clone() {
            self.beside(context, move |news| read_into(&folder, news));
        }
    }

    /// Keeps a template for every project, soon.
    pub fn keep(&self, context: &Context, template: Template) {
        let Some(folder) = self.folder.clone() else {
            let text = "this user has no folder for templates: save the template as a file".to_owned();
            self.news.0.send(News::Told(ToastKind::Failed, text)).ok();
            return;
        };
        self.beside(context, move |news| {
            let (kind, text) = match keep(&folder, &template) {
                Ok(path) => (ToastKind::Done, format!("Every project is offered it from now on: {}", path.display())),
                Err(why) => (ToastKind::Failed, why),
            };
            news.send(News::Told(kind, text)).ok();
            read_into(&folder, news);
        });
    }

    /// What threads did since the last call: whether the list is another one, and what is to be told.
    pub fn listen(&mut self) -> (Option<&[Template]>, Vec<(ToastKind, String)>) {
        let (mut is_new, mut told) = (false, Vec::new());
        while let Ok(news) = self.news.1.try_recv() {
            match news {
                News::Read(list) => (self.list, is_new) = (list, true),
                News::Told(kind, text) => told.push((kind, text)),
            }
        }
        (is_new.then_some(self.list.as_slice()), told)
    }

    fn beside(&self, context: &Context, work: impl FnOnce(&Sender<News>) + Send + 'static) {
        let (news, context) = (self.news.0.clone(), context.clone());
        let run = move || {
            work(&news);
            context.request_repaint();
        };
        if let Err(error) = thread::Builder::new().name("templates".to_owned()).spawn(run) {
            let text = format!("the system gives no thread to read the templates: {error}");
            self.news.0.send(News::Told(ToastKind::Failed, text)).ok();
        }
    }
}

impl Projects {
    /// Lets somebody choose the file of a template, and reads it.
    pub fn choose_template(&mut self, context: &Context) {
        self.choose(context, || {
            let dialog = rfd::FileDialog::new().set_title("Take in a template").add_filter("Template", &["ron"]);
            dialog.pick_file().map(|path| chosen(&path))
        });
    }

    /// Lets somebody choose where a template is saved, and writes it.
    pub fn save_template(&mut self, context: &Context, template: Template) {
        self.choose(context, move || {
            let dialog = rfd::FileDialog::new().set_title("Save the template").add_filter("Template", &["ron"]);
            let path = dialog.set_file_name(format!("{}.ron", file_stem(&template))).save_file();
            path.map(|path| match write(&template, &path) {
                Ok(()) => Chosen::Told(ToastKind::Done, format!("The template is saved: {}", path.display())),
                Err(why) => Chosen::Told(ToastKind::Failed, why),
            })
        });
    }
}

fn chosen(path: &Path) -> Chosen {
    match library::read_ron(path) {
        Ok(template) => Chosen::Template(Box::new(template)),
        Err(refusal) => Chosen::Told(ToastKind::Refused, refusal.to_string()),
    }
}

fn read_into(folder: &Path, news: &Sender<News>) {
    let (list, problems) = read(folder);
    let more = problems.len().saturating_sub(MOST_TOLD);
    for problem in problems.into_iter().take(MOST_TOLD) {
        news.send(News::Told(ToastKind::Failed, problem)).ok();
    }
    if more > 0 {
        let text = format!("{more} more templates cannot be read: {}", folder.display());
        news.send(News::Told(ToastKind::Failed, text)).ok();
    }
    news.send(News::Read(list)).ok();
}

/// Every template of a folder by name of its file, and what is wrong with the others, one sentence each.
fn read(folder: &Path) -> (Vec<Template>, Vec<String>) {
    let (mut list, mut problems) = (Vec::new(), Vec::new());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (list, problems),
        Err(error) => {
            problems.push(format!("the templates cannot be read ({error}), mend the folder: {}", folder.display()));
            return (list, problems);
        }
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "ron")).collect();
    paths.sort();
    if paths.len() > MOST_TEMPLATES {
        let (count, folder) = (paths.len(), folder.display());
        problems.push(format!("there are {count} templates and {MOST_TEMPLATES} are offered, delete some: {folder}"));
    }
    for path in paths.into_iter().take(MOST_TEMPLATES) {
        match library::read_ron(&path) {
            Ok(template) => list.push(template),
            Err(refusal) => problems.push(refusal.to_string()),
        }
    }
    (list, problems)
}

/// Writes a template into a folder. It replaces itself with newer counts, and never another one.
fn keep(folder: &Path, template: &Template) -> Result<PathBuf, String> {
    let path = folder.join(format!("{}.ron", file_stem(template)));
    if path.exists() {
        let known: Template = library::read_ron(&path).map_err(|refusal| refusal.to_string())?;
        if known.recipe != template.recipe || known.project != template.project {
            let (card, project) = (template.recipe.card_ref(), &template.project);
            return Err(format!(
                "another template {card} of \"{project}\" is kept already, save this one as a file or delete: {}",
                path.display()
            ));
        }
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("the folder for templates cannot be made ({error}): {}", folder.display()))?;
    write(template, &path)?;
    Ok(path)
}

fn write(template: &Template, path: &Path) -> Result<(), String> {
    let text = library::to_ron(template).map_err(|refusal| refusal.to_string())?;
    let put = || {
        let mut file = WholeFile::beside(path)?;
        file.write(text.as_bytes())?;
        file.finish()
    };
    put().map_err(|error| format!("the template is not saved ({error}), choose another place: {}", path.display()))
}

/// `calm-posters-red-sun-r2`: the project may be called anything.
fn file_stem(template: &Template) -> String {
    let project: String = slug(&template.project).chars().take(60).collect();
    let card = template.recipe.card_ref();
    if project.is_empty() { card.to_string() } else { format!("{project}-{card}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped;

    fn template() -> Template {
        Template {
            schema: kento_studio::SchemaV1,
            recipe: shipped::cards().unwrap().remove(0),
            project: "Calm Posters".to_owned(),
            generated: 8,
            kept: 3,
            promoted_by: "Mara".parse().unwrap(),
            promoted_at: "2026-11-21T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_template_is_kept_for_the_next_project_and_never_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("data/templates");
        assert_eq!(read(&folder), (Vec::new(), Vec::new()), "a folder that nobody made holds nothing");
        let path = keep(&folder, &template()).unwrap();
        assert_eq!(path, folder.join("calm-posters-green-cactus-flat-r1.ron"));
        let newer = Template { kept: 4, ..template() };
        keep(&folder, &newer).unwrap();
        assert_eq!(read(&folder), (vec![newer.clone()], Vec::new()));
        // Another project whose name makes the same file name.
        let other = Template { project: "calm posters".to_owned(), ..template() };
        let why = keep(&folder, &other).unwrap_err();
        assert!(why.starts_with("another template green-cactus-flat-r1 of \"calm posters\" is kept already"), "{why}");
        assert_eq!(read(&folder), (vec![newer], Vec::new()));
    }

    #[test]
    fn a_damaged_template_is_told_and_the_others_are_offered() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), &template()).unwrap();
        let text = library::to_ron(&template()).unwrap();
        std::fs::write(folder.path().join("b.ron"), text.replacen("schema: 1,", "schema: 1, colour: 3,", 1)).unwrap();
        std::fs::write(folder.path().join("c.ron"), text.replacen("seed: 67", "seed: 68", 1)).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "not a template").unwrap();
        let (list, problems) = read(folder.path());
        assert_eq!(list, [template()]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("the field \"colour\"") && problems[0].ends_with("b.ron"), "{problems:?}");
        assert!(problems[1].contains("never edited") && problems[1].ends_with("c.ron"), "{problems:?}");
    }

    #[test]
    fn a_file_is_taken_in_or_refused_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.ron");
        write(&template(), &path).unwrap();
        let Chosen::Template(read) = chosen(&path) else { panic!("it was not read") };
        assert_eq!(*read, template());
        std::fs::write(&path, "(schema: 1").unwrap();
        let Chosen::Told(ToastKind::Refused, told) = chosen(&path) else { panic!("it was taken") };
        assert!(told.contains("template") && told.ends_with("template.ron"), "{told}");
        let nowhere = folder.path().join("no/such/place.ron");
        assert!(write(&template(), &nowhere).unwrap_err().contains("choose another place"));
    }

    #[test]
    fn what_is_kept_comes_back_to_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let mut templates = Templates::new(Some(folder.path().to_owned()));
        templates.keep(&Context::default(), template());
        let (mut is_told, mut is_read) = (false, false);
        for _ in 0..400 {
            let (list, told) = templates.listen();
            is_read |= list.is_some_and(|list| list.len() == 1);
            is_told |= told.iter().any(|(kind, _)| *kind == ToastKind::Done);
            if is_told && is_read {
                return;
            }
            thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("told: {is_told}, read: {is_read}");
    }
}
