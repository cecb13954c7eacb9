use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kento_studio::card::HeldPicture;
use kento_studio::library::Checklist;
use kento_studio::project::{
    Access, DiskFs, DocumentKind, DocumentName, Fs, Head, ImageStore, OpenMode, OpenedProject, Overwrite, Owner,
    Project, ProjectError, ReadOnlyReason, TornTail,
};
use kento_studio::workflow::{Action, Actor, Command, DocumentStatus, Record, Role, State, decide};
use kento_studio::{PersonName, Sha256, library};

use super::{StudioError, held_picture};
use crate::{input_image, shipped};

/// A project that is open, with its state and the person who acts.
#[derive(Debug)]
pub struct StudioProject {
    project: Project<Record>,
    state: Arc<State>,
    actor: Actor,
    /// What went wrong beside decisions that were saved.
    problems: Vec<String>,
}

/// A project just opened, with what opening it found.
#[derive(Debug)]
pub struct Opened {
    /// The project.
    pub project: StudioProject,
    /// A decision that was never confirmed as saved and was cut off.
    pub torn: Option<TornTail>,
}

impl StudioProject {
    /// Creates a project folder with the project's start in it. Its founder acts as Director. In a folder whose project was never
    /// begun it begins now.
    ///
    /// # Errors
    /// When the folder exists or cannot be written, or a rule refuses the start; then nothing is left behind.
    pub fn create(folder: &Path, person: PersonName, start: Command) -> Result<Self, StudioError> {
        Self::create_on(Arc::new(DiskFs), folder, person, start)
    }

    /// The same through any file system; tests let one fail.
    pub(super) fn create_on(
        fs: Arc<dyn Fs>,
        folder: &Path,
        person: PersonName,
        start: Command,
    ) -> Result<Self, StudioError> {
        let name = match &start {
            Command::StartProject { name, .. } => name.clone(),
            _ => return Err(StudioError::NoStart),
        };
        let actor = Actor { person, role: Role::Director };
        let now = Timestamp::now();
        let records = decide(&State::default(), &start, &actor, now)?;
        let owner = || Owner::this_process(actor.person.as_str(), now);
        let project = match Project::create_with(Arc::clone(&fs), folder, &name, now, owner(), &records) {
            Err(taken @ ProjectError::AlreadyThere { .. }) => {
                begin_late(&fs, folder, owner(), &records)?.ok_or(taken)?
            }
            created => created?,
        };
        let mut studio = Self { project, state: Arc::new(State::default()), actor, problems: Vec::new() };
        studio.take_in(0, &records);
        Ok(studio)
    }

    /// Opens a project. Where it cannot be written it opens for reading; [`StudioProject::access`] says why.
    ///
    /// # Errors
    /// When there is no project, this version cannot read it, or its records do not tell a project.
    pub fn open(folder: &Path, person: PersonName) -> Result<Opened, StudioError> {
        let owner = Owner::this_process(person.as_str(), Timestamp::now());
        Self::open_for(folder, person, OpenMode::Write(owner))
    }

    /// Opens a project to look at it; nothing in the folder is touched.
    ///
    /// # Errors
    /// As [`StudioProject::open`].
    pub fn read(folder: &Path, person: PersonName) -> Result<Opened, StudioError> {
        Self::open_for(folder, person, OpenMode::Read)
    }

    fn open_for(folder: &Path, person: PersonName, mode: OpenMode) -> Result<Opened, StudioError> {
        let opened = Project::<Record>::open(Arc::new(DiskFs), folder, mode)?;
        if is_never_begun(&opened) {
            return Err(StudioError::NeverBegun { path: folder.to_owned() });
        }
        let mut state = State::default();
        for entry in &opened.entries {
            state.fold(entry.seq, &entry.record);
        }
        let role = state.role_of(&person).unwrap_or(Role::Director);
        let actor = Actor { person, role };
        let project = Self { project: opened.project, state: Arc::new(state), actor, problems: Vec::new() };
        Ok(Opened { project, torn: opened.torn })
    }

    /// Decides a command, saves its records, and takes them into the state. When this returns `Ok` the decision is on the
    /// drive.
    ///
    /// # Errors
    /// When a rule refuses it or it cannot be saved; then nothing has changed.
    pub fn decide(&mut self, command: &Command) -> Result<Head, StudioError> {
        // Somebody new to the project takes a first hat by acting under it.
        if let (Command::SwitchRole { to }, None) = (command, self.state.role_of(&self.actor.person)) {
            self.actor.role = *to;
        }
        let records = decide(&self.state, command, &self.actor, Timestamp::now())?;
        if records.is_empty() {
            return Ok(self.project.head());
        }
        let before = self.project.head().seq;
        let head = self.project.append(&records)?;
        self.take_in(before, &records);
        Ok(head)
    }

    /// Takes saved records into the state, behind so many others, and writes the files beside the log.
    fn take_in(&mut self, before: u64, records: &[Record]) {
        let state = Arc::make_mut(&mut self.state);
        for (seq, record) in (before + 1..).zip(records) {
            state.fold(seq, record);
        }
        if let Some(role) = self.state.role_of(&self.actor.person) {
            self.actor.role = role;
        }
        for record in records {
            // The decision stands whether or not the file beside the log can be written.
            if let Err(error) = self.write_documents(&record.action) {
                self.problems
                    .push(format!("{error}; the decision is saved, and kento project rebuild writes its files"));
            }
        }
    }

    fn write_documents(&self, action: &Action) -> Result<(), StudioError> {
        for (kind, name, text) in documents_of(action, &self.state, self.project.images())? {
            self.project.save_document(kind, &name, &text, Overwrite::Replace)?;
        }
        Ok(())
    }

    /// What went wrong since the last call although the decisions were saved, one sentence each.
    pub fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// Saves an image and gives the hash that names it.
    ///
    /// # Errors
    /// When it is not saved.
    pub fn put_image(&self, bytes: &[u8]) -> Result<Sha256, StudioError> {
        Ok(self.project.put_image(bytes)?.sha256)
    }

    /// Saves the file that a command brings with it: evidence as evidence, everything else as an image.
    ///
    /// # Errors
    /// When it is not saved.
    pub fn put_file_of(&self, command: &Command, bytes: &[u8]) -> Result<(), StudioError> {
        match command {
            Command::AddEvidence { file } => drop(self.project.evidence().put(bytes, &file.ending())?),
            _ => drop(self.put_image(bytes)?),
        }
        Ok(())
    }

    /// The state, as it was after the last saved decision.
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Who acts, and as what.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Lets another person act from now on.
    pub fn act_as(&mut self, person: PersonName) {
        let role = self.state.role_of(&person).unwrap_or(Role::Director);
        self.actor = Actor { person, role };
    }

    /// Whether the project can be changed.
    pub fn access(&self) -> Access {
        self.project.access()
    }

    /// The folder and everything in it.
    pub fn project(&self) -> &Project<Record> {
        &self.project
    }

    /// Writes the checkpoint and frees the folder.
    ///
    /// # Errors
    /// When the checkpoint cannot be written; every decision is saved all the same.
    pub fn close(self) -> Result<(), StudioError> {
        Ok(self.project.close()?)
    }
}

/// Whether a project has no record at all: earlier versions could end between the folder and its start. A log that cannot be trusted
/// is another matter.
fn is_never_begun(opened: &OpenedProject<Record>) -> bool {
    opened.entries.is_empty() && !matches!(opened.project.access(), Access::ReadOnly(ReadOnlyReason::Log(_)))
}

/// Begins the project of a folder that has none of its records yet. None where something else is there.
fn begin_late(
    fs: &Arc<dyn Fs>,
    folder: &Path,
    owner: Owner,
    records: &[Record],
) -> Result<Option<Project<Record>>, StudioError> {
    let open = |mode| Project::<Record>::open(Arc::clone(fs), folder, mode).ok().filter(is_never_begun);
    // Looked at first: opening somebody's project for writing would repair it on the way.
    if open(OpenMode::Read).is_none() {
        return Ok(None);
    }
    let Some(OpenedProject { mut project, .. }) = open(OpenMode::Write(owner)) else { return Ok(None) };
    project.append(records)?;
    Ok(Some(project))
}

/// Name of the project's negative-prompt library in `libraries/`.
pub const NEGATIVES: &str = "kento-negatives";
/// Name of the workflow document there.
pub const WORKFLOW: &str = "kento-workflow";
/// How the names of its checklists there begin.
pub const CHECKLIST: &str = "kento-checklist-";

/// A file beside the log: what it is, its name and what it says.
pub type Document = (DocumentKind, DocumentName, String);

/// The files that stand beside the log for an action, so that people and other programs can read them: briefs, locked cards, the
/// workflow document, the negative-prompt library and the checklists, and for an accepted repair the card that makes the finished
/// image again. `state` is the project after the action, or later.
///
/// # Errors
/// When one cannot be written as text, or its name can be no file's.
pub fn documents_of(action: &Action, state: &State, images: &ImageStore) -> Result<Vec<Document>, StudioError> {
    let one: Document = match action {
        Action::ProjectStarted { checklists, .. } => {
            let workflow = workflow_document(state)?.map(|text| of_library(WORKFLOW, text));
            return workflow.into_iter().chain(checklists.iter().map(of_checklist)).collect();
        }
        Action::DocumentReviewed { .. } => {
            return workflow_document(state)?.map(|text| of_library(WORKFLOW, text)).into_iter().collect();
        }
        Action::BriefWritten { brief, .. } => (DocumentKind::Brief, brief.name.parse()?, library::to_ron(&**brief)?),
        Action::RecipeLocked { recipe } => {
            let bare = (**recipe).clone();
            let seen = held(recipe.proof().hero, images).and_then(|hero| bare.clone().with_hero(hero).ok());
            let text = library::to_ron(&seen.unwrap_or(bare))?;
            (DocumentKind::Recipe, recipe.card_ref().to_string().parse()?, text)
        }
        Action::RepairAccepted { image } => match state.finished_card(image, |mask| Ok(images.get(*mask)?)) {
            Ok(mut card) => {
                let made: Vec<Sha256> = card.in_order().map(|made| made.sha256()).collect();
                card.pictures = made.into_iter().filter_map(|made| held(made, images)).collect();
                (DocumentKind::Finished, image.to_string().parse()?, library::to_ron(&card)?)
            }
            // What was made by hand, or began with a picture from outside, has no card, and is finished all the same.
            Err(StudioError::Finished(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        },
        // The whole library as it is offered from now on, for people to read and take along.
        Action::NegativeEntryAdded { .. } => {
            of_library(NEGATIVES, library::to_ron(&shipped::negatives_with(state.library_additions())?)?)?
        }
        Action::ChecklistAdopted { checklist } => of_checklist(checklist)?,
        _ => return Ok(Vec::new()),
    };
    Ok(vec![one])
}

/// The look of an image of the project, for its card. A card is whole without it; only another device then needs the image itself.
fn held(image: Sha256, images: &ImageStore) -> Option<HeldPicture> {
    let pixels = input_image::read_rgb(&images.path(image)).map_err(|error| error.to_string());
    let held = pixels.and_then(|read| match read.reference.sha256 == image {
        true => held_picture::hold(image, &read.pixels),
        false => Err("its file was changed".to_owned()),
    });
    held.map_err(|problem| log::warn!("a card goes without the look of {image}: {problem}")).ok()
}

fn of_library(name: &str, text: String) -> Result<Document, StudioError> {
    Ok((DocumentKind::Library, name.parse()?, text))
}

fn of_checklist(list: &Checklist) -> Result<Document, StudioError> {
    of_library(&format!("{CHECKLIST}{}", list.name), library::to_ron(list)?)
}

/// The workflow document as the project keeps it, as text; none before the project began.
fn workflow_document(state: &State) -> Result<Option<String>, StudioError> {
    let Some(DocumentStatus { owner, next_review, reviews }) = state.document() else { return Ok(None) };
    let document = shipped::workflow_document()?.of_project(owner.clone(), *next_review, *reviews);
    Ok(Some(library::to_ron(&document)?))
}

#[cfg(test)]
pub(crate) use tests::start as start_for_tests;

#[cfg(test)]
mod tests {
    use kento_studio::library::{WorkflowDocument, read_ron};
    use kento_studio::workflow::ProjectSettings;

    use super::*;

    /// Begins a project with the shipped checklists.
    pub(crate) fn start() -> Command {
        Command::StartProject {
            name: "Harbour Days".to_owned(),
            settings: ProjectSettings::default(),
            checklists: shipped::checklists().unwrap(),
            document_owner: "Mara".parse().unwrap(),
            next_review: "2027-05-01".parse().unwrap(),
        }
    }

    #[test]
    fn a_folder_whose_project_was_never_begun_is_begun_by_creating_it_again() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("harbour.kento");
        let person = || "Mara".parse().unwrap();
        let owner = Owner::this_process("Mara", Timestamp::now());
        drop(Project::<Record>::create(Arc::new(DiskFs), &folder, "Harbour", Timestamp::now(), owner).unwrap());
        let said = StudioProject::open(&folder, person()).unwrap_err().to_string();
        assert!(said.starts_with("this project was never begun: create a project here"), "{said}");
        let project = StudioProject::create(&folder, person(), start()).unwrap();
        assert_eq!(project.state().project().unwrap().name, "Harbour Days");
        assert_eq!((project.actor().role, project.state().seq()), (Role::Director, 2));
        project.close().unwrap();
        let said = StudioProject::create(&folder, person(), start()).unwrap_err().to_string();
        assert!(said.starts_with("something of this name is here already"), "{said}");
        assert_eq!(StudioProject::open(&folder, person()).unwrap().project.state().seq(), 2);
    }

    #[test]
    fn the_workflow_document_and_the_checklists_are_in_the_project() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("harbour.kento");
        let mut project = StudioProject::create(&folder, "Mara".parse().unwrap(), start()).unwrap();
        assert_eq!(project.take_problems(), [""; 0]);
        let document = || read_ron::<WorkflowDocument>(&folder.join("libraries/kento-workflow.ron")).unwrap();
        let shipped_version = shipped::workflow_document().unwrap().version;
        assert_eq!((document().owner.as_str(), document().version), ("Mara", shipped_version));
        assert_eq!(document().review_by.to_string(), "2027-05-01");
        for list in shipped::checklists().unwrap() {
            let path = folder.join(format!("libraries/kento-checklist-{}.ron", list.name));
            assert_eq!(read_ron::<Checklist>(&path).unwrap(), list);
        }
        let review =
            Command::ReviewDocument { owner: "Ravi".parse().unwrap(), next_review: "2999-01-01".parse().unwrap() };
        project.decide(&review).unwrap();
        assert_eq!(project.take_problems(), [""; 0]);
        assert_eq!((document().owner.as_str(), document().version), ("Ravi", shipped_version + 1));
        assert_eq!(document().review_by.to_string(), "2999-01-01");
    }
}
