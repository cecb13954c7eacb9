//! What projects leave for one another, outside of all of them: templates, styles and negative prompts against failures, one RON file
//! each in the user's folder for data. Files are read and written by threads; a file that cannot be understood is told and left as it is.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::Context;
use kento_studio::SchemaV1;
use kento_studio::library::{self, NegativeLibrary, NegativeSet, RonForm, Style, StyleLibrary, Template};
use kento_studio::workflow::{LibraryAddition, slug};

use super::projects::{Chosen, Projects};
use crate::whole_file::WholeFile;
use crate::widgets::toasts::ToastKind;

/// Most files of a kind that are read; more are no list to choose from.
const MOST_FILES: usize = 200;
/// The folders of the three kinds.
const TEMPLATES: &str = "templates";
const NEGATIVES: &str = "negatives";
const STYLES: &str = "styles";
/// Most damaged files that are told of at once.
const MOST_TOLD: usize = 3;

/// See the module.
pub(super) struct Shared {
    folder: Option<PathBuf>,
    left: Left,
    news: (Sender<News>, Receiver<News>),
}

/// What was left, as it was read last.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Left {
    /// Recipes to begin cards as.
    pub templates: Vec<Template>,
    /// Entries for the negative-prompt library.
    pub negatives: Vec<LibraryAddition>,
    /// Entries for the style library.
    pub styles: Vec<Style>,
}

/// What a thread did.
enum News {
    Read(Left),
    Told(ToastKind, String),
}

impl Shared {
    /// What lies in a folder, which need not exist yet; nothing is read or kept where there is none.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, left: Left::default(), news: unbounded() }
    }

    /// What was read last.
    pub fn left(&self) -> &Left {
        &self.left
    }

    /// Reads the folder, soon.
    pub fn read(&self, context: &Context) {
        if let Some(folder) = self.folder.clone() {
            self.beside(context, move |news| read_into(&folder, news));
        }
    }

    /// Keeps a template for every project, soon.
    pub fn keep(&self, context: &Context, template: Template) {
        self.put(context, move |folder| keep(folder, &template));
    }

    /// Keeps an entry of the negative-prompt library for every project, soon. `project` is the one that found it.
    pub fn keep_negative(&self, context: &Context, addition: LibraryAddition, project: String) {
        self.put(context, move |folder| keep_negative(folder, &addition, &project));
    }

    /// Keeps a style for every project, soon.
    pub fn keep_style(&self, context: &Context, style: Style) {
        self.put(context, move |folder| keep_style(folder, &style));
    }

    fn put(&self, context: &Context, put: impl FnOnce(&Path) -> Result<PathBuf, String> + Send + 'static) {
        let Some(folder) = self.folder.clone() else {
            let text = "this user has no folder for what projects share: save a template as a file".to_owned();
            self.news.0.send(News::Told(ToastKind::Failed, text)).ok();
            return;
        };
        self.beside(context, move |news| {
            let (kind, text) = match put(&folder) {
                Ok(path) => (ToastKind::Done, format!("Every project is offered it from now on: {}", path.display())),
                Err(why) => (ToastKind::Failed, why),
            };
            news.send(News::Told(kind, text)).ok();
            read_into(&folder, news);
        });
    }

    /// What threads did since the last call: what lies there, where it was read again, and what is to be told.
    pub fn listen(&mut self) -> (Option<&Left>, Vec<(ToastKind, String)>) {
        let (mut is_new, mut told) = (false, Vec::new());
        while let Ok(news) = self.news.1.try_recv() {
            match news {
                News::Read(left) => (self.left, is_new) = (left, true),
                News::Told(kind, text) => told.push((kind, text)),
            }
        }
        (is_new.then_some(&self.left), told)
    }

    fn beside(&self, context: &Context, work: impl FnOnce(&Sender<News>) + Send + 'static) {
        let (news, context) = (self.news.0.clone(), context.clone());
        let run = move || {
            work(&news);
            context.request_repaint();
        };
        if let Err(error) = thread::Builder::new().name("shared".to_owned()).spawn(run) {
            let text = format!("the system gives no thread to read what projects share: {error}");
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
    let (left, problems) = read(folder);
    let more = problems.len().saturating_sub(MOST_TOLD);
    for problem in problems.into_iter().take(MOST_TOLD) {
        news.send(News::Told(ToastKind::Failed, problem)).ok();
    }
    if more > 0 {
        let text = format!("{more} more files cannot be read: {}", folder.display());
        news.send(News::Told(ToastKind::Failed, text)).ok();
    }
    news.send(News::Read(left)).ok();
}

/// Everything that was left, by name of its file, and what is wrong with the other files, one sentence each.
fn read(folder: &Path) -> (Left, Vec<String>) {
    let mut problems = Vec::new();
    let templates = read_kind(&folder.join(TEMPLATES), &mut problems);
    let libraries: Vec<NegativeLibrary> = read_kind(&folder.join(NEGATIVES), &mut problems);
    let sets = libraries.into_iter().flat_map(|library| library.sets);
    let negatives = sets.flat_map(|NegativeSet { name, entries, .. }| {
        entries.into_iter().map(move |entry| LibraryAddition { set: name.clone(), entry })
    });
    let negatives = negatives.collect();
    let libraries: Vec<StyleLibrary> = read_kind(&folder.join(STYLES), &mut problems);
    let styles = libraries.into_iter().flat_map(|library| library.styles).collect();
    (Left { templates, negatives, styles }, problems)
}

/// Every file of a folder that holds one form each.
fn read_kind<T: RonForm>(folder: &Path, problems: &mut Vec<String>) -> Vec<T> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.push(format!("what projects share cannot be read ({error}): {}", folder.display()));
            return Vec::new();
        }
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "ron")).collect();
    paths.sort();
    if paths.len() > MOST_FILES {
        let (count, folder) = (paths.len(), folder.display());
        problems.push(format!("there are {count} files and {MOST_FILES} are offered, delete some: {folder}"));
    }
    let mut forms = Vec::new();
    for path in paths.into_iter().take(MOST_FILES) {
        match library::read_ron(&path) {
            Ok(form) => forms.push(form),
            Err(refusal) => problems.push(refusal.to_string()),
        }
    }
    forms
}

/// Writes a template into the folder. It replaces itself with newer counts, and never another one.
fn keep(folder: &Path, template: &Template) -> Result<PathBuf, String> {
    let path = folder.join(TEMPLATES).join(format!("{}.ron", file_stem(template)));
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
    write_into(template, path)
}

/// Writes an entry of the negative-prompt library into the folder. The images that show the failure are those of every project
/// that kept it.
fn keep_negative(folder: &Path, addition: &LibraryAddition, project: &str) -> Result<PathBuf, String> {
    let LibraryAddition { set, entry } = addition;
    let path = folder.join(NEGATIVES).join(format!("{set}-{}.ron", entry.name));
    let mut kept: NegativeLibrary = match path.exists() {
        true => library::read_ron(&path).map_err(|refusal| refusal.to_string())?,
        false => {
            let purpose = format!("kept from {}", project.trim());
            let sets = vec![NegativeSet { name: set.clone(), purpose, entries: Vec::new() }];
            NegativeLibrary { schema: SchemaV1, version: 1, sets }
        }
    };
    kept.add_from_review(set, entry.clone()).map_err(|refusal| format!("{refusal}, or delete: {}", path.display()))?;
    write_into(&kept, path)
}

/// Writes a style into the folder; never over another one.
fn keep_style(folder: &Path, style: &Style) -> Result<PathBuf, String> {
    let path = folder.join(STYLES).join(format!("{}.ron", style.name));
    let library = StyleLibrary { schema: SchemaV1, version: 1, styles: vec![style.clone()] };
    if path.exists() {
        let known: StyleLibrary = library::read_ron(&path).map_err(|refusal| refusal.to_string())?;
        if known != library {
            return Err(format!("another style {} is kept already, delete it first: {}", style.name, path.display()));
        }
    }
    write_into(&library, path)
}

/// Writes a form into a folder that may have to be made first.
fn write_into<T: RonForm>(form: &T, path: PathBuf) -> Result<PathBuf, String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("the folder cannot be made ({error}): {}", folder.display()))?;
    }
    write(form, &path)?;
    Ok(path)
}

fn write<T: RonForm>(form: &T, path: &Path) -> Result<(), String> {
    let text = library::to_ron(form).map_err(|refusal| refusal.to_string())?;
    let put = || {
        let mut file = WholeFile::beside(path)?;
        file.write(text.as_bytes())?;
        file.finish()
    };
    put().map_err(|error| format!("the {} is not saved ({error}), choose another place: {}", T::KIND, path.display()))
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
        let folder = folder.path().join("data");
        assert_eq!(read(&folder), (Left::default(), Vec::new()), "a folder that nobody made holds nothing");
        let path = keep(&folder, &template()).unwrap();
        assert_eq!(path, folder.join("templates/calm-posters-green-cactus-flat-r1.ron"));
        let newer = Template { kept: 4, ..template() };
        keep(&folder, &newer).unwrap();
        assert_eq!(read(&folder).0, Left { templates: vec![newer.clone()], ..Left::default() });
        // Another project whose name makes the same file name.
        let other = Template { project: "calm posters".to_owned(), ..template() };
        let why = keep(&folder, &other).unwrap_err();
        assert!(why.starts_with("another template green-cactus-flat-r1 of \"calm posters\" is kept already"), "{why}");
        assert_eq!(read(&folder), (Left { templates: vec![newer], ..Left::default() }, Vec::new()));
    }

    #[test]
    fn a_damaged_template_is_told_and_the_others_are_offered() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), &template()).unwrap();
        let text = library::to_ron(&template()).unwrap();
        let inside = folder.path().join("templates");
        std::fs::write(inside.join("b.ron"), text.replacen("schema: 1,", "schema: 1, colour: 3,", 1)).unwrap();
        std::fs::write(inside.join("c.ron"), text.replacen("seed: 67", "seed: 68", 1)).unwrap();
        std::fs::write(inside.join("notes.txt"), "not a template").unwrap();
        let (left, problems) = read(folder.path());
        assert_eq!(left.templates, [template()]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("the field \"colour\"") && problems[0].ends_with("b.ron"), "{problems:?}");
        assert!(problems[1].contains("never edited") && problems[1].ends_with("c.ron"), "{problems:?}");
    }

    #[test]
    fn a_failure_is_kept_with_the_evidence_of_every_project_that_saw_it() {
        let folder = tempfile::tempdir().unwrap();
        let addition = |text: &str, image: u8| LibraryAddition {
            set: "clean-shapes".to_owned(),
            entry: kento_studio::library::NegativeEntry {
                name: "stray-letters".to_owned(),
                text: text.to_owned(),
                suppresses: "stray text".to_owned(),
                evidence: vec![kento_studio::Sha256([image; 32])],
            },
        };
        let path = keep_negative(folder.path(), &addition("stray letters", 1), "Harbour Days").unwrap();
        assert_eq!(path, folder.path().join("negatives/clean-shapes-stray-letters.ron"));
        keep_negative(folder.path(), &addition("stray letters", 2), "Calm Posters").unwrap();
        let why = keep_negative(folder.path(), &addition("writing", 3), "Tea").unwrap_err();
        assert!(why.contains("stray-letters") && why.ends_with(&format!("or delete: {}", path.display())), "{why}");
        let (left, problems) = read(folder.path());
        assert_eq!((left.negatives.len(), problems), (1, Vec::new()));
        assert_eq!(left.negatives[0].set, "clean-shapes");
        let images: Vec<u8> = left.negatives[0].entry.evidence.iter().map(|image| image.0[0]).collect();
        assert_eq!((left.negatives[0].entry.text.as_str(), images), ("stray letters", vec![1, 2]));
    }

    #[test]
    fn the_style_of_a_card_is_kept_and_offered_behind_those_that_ship() {
        let folder = tempfile::tempdir().unwrap();
        let card = template().recipe.card().clone();
        let style = Style::of_card(&card, "As green-cactus-flat-r1 of Calm Posters.".to_owned());
        assert_eq!(
            (style.text.as_str(), style.negative.as_deref()),
            ("flat vector illustration", Some("clean-shapes"))
        );
        let path = keep_style(folder.path(), &style).unwrap();
        assert_eq!(path, folder.path().join("styles/green-cactus-flat.ron"));
        keep_style(folder.path(), &style).unwrap();
        let other = Style { text: "a linocut".to_owned(), ..style.clone() };
        assert!(keep_style(folder.path(), &other).unwrap_err().starts_with("another style green-cactus-flat is kept"));
        let (left, problems) = read(folder.path());
        assert_eq!((left.styles.clone(), problems), (vec![style.clone()], Vec::new()));
        let mut libraries = crate::desk::Libraries::shipped().unwrap();
        let shipped = libraries.styles.styles.len();
        let stranger = Style { negative: Some("no-such-set".to_owned()), name: "stranger".to_owned(), ..style.clone() };
        libraries.add_styles(vec![style.clone(), stranger]);
        assert_eq!((libraries.styles.styles.len(), libraries.styles.styles.last()), (shipped + 1, Some(&style)));
        // A card that takes it gets slot, negative prompt and settings.
        let mut taken = kento_studio::card::RecipeCard { skeleton: Default::default(), ..card.clone() };
        taken.recipe.steps = 3;
        style.apply_to(&mut taken, &libraries.negatives).unwrap();
        assert_eq!((taken.skeleton.style.as_str(), taken.recipe.steps), (style.text.as_str(), card.recipe.steps));
        let nameless = Style { text: String::new(), ..style };
        assert!(keep_style(&folder.path().join("new"), &nameless).unwrap_err().contains("text"));
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
        let mut shared = Shared::new(Some(folder.path().to_owned()));
        shared.keep(&Context::default(), template());
        let (mut is_told, mut is_read) = (false, false);
        for _ in 0..400 {
            let (left, told) = shared.listen();
            is_read |= left.is_some_and(|left| left.templates.len() == 1);
            is_told |= told.iter().any(|(kind, _)| *kind == ToastKind::Done);
            if is_told && is_read {
                return;
            }
            thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("told: {is_told}, read: {is_read}");
    }
}
