use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kento_studio::card::{FinishedCard, LockedRecipe, RecipeCard};
use kento_studio::library::{self, Checklist, NegativeLibrary, WorkflowDocument};
use kento_studio::project::{DiskFs, DocumentKind, NamedFiles, Overwrite, Owner, check, rebuild};
use kento_studio::workflow::{Action, Brief, Record, StageStatus, State};
use kento_studio::{PersonName, Sha256};

use super::args::{ProjectArgs, ProjectCommand};
use super::{CliError, print};
use crate::studio::{CHECKLIST, NEGATIVES, StudioProject, WORKFLOW, documents_of};

/// `kento project`: looks at a project folder without changing a decision in it.
///
/// # Errors
/// [`CliError::Failed`] when it is no project, or `check` finds something wrong.
pub fn run(args: &ProjectArgs) -> Result<(), CliError> {
    match &args.command {
        ProjectCommand::Show { folder } => show(folder),
        ProjectCommand::Check { folder } => check_folder(folder),
        ProjectCommand::Rebuild { folder } => rebuild_caches(folder),
    }
}

fn open(folder: &Path) -> Result<StudioProject, CliError> {
    let person = PersonName::new("kento project").map_err(CliError::failed)?;
    Ok(StudioProject::read(folder, person).map_err(CliError::failed)?.project)
}

fn show(folder: &Path) -> Result<(), CliError> {
    let studio = open(folder)?;
    let state = studio.state();
    let project = state.project().ok_or_else(|| CliError::Failed("the project has no records yet".to_owned()))?;
    print(&format!("{} · begun by {} · record {}", project.name, project.by, state.seq()))?;
    for status in state.stages() {
        let how = match status.status {
            StageStatus::Done => "done",
            StageStatus::Current => "current",
            StageStatus::Blocked => "blocked",
            StageStatus::Skipped { .. } => "skipped",
        };
        let missing =
            if status.missing.is_empty() { String::new() } else { format!(": {}", status.missing.join("; ")) };
        print(&format!("  {:<16} {how}{missing}", status.stage.to_string()))?;
    }
    for (card, card_state) in state.cards() {
        print(&format!("  card {card}: {}", card_state.status()))?;
    }
    let cleared = state.cleared().len();
    print(&format!("  {} images, {} keepers, {cleared} cleared", state.images().len(), state.keepers().len()))
}

fn check_folder(folder: &Path) -> Result<(), CliError> {
    let report =
        check::<Record>(Arc::new(DiskFs), folder, files_of, |kind, name, text| problem(kind, name.as_str(), text))
            .map_err(CliError::failed)?;
    for finding in &report.findings {
        print(&finding.to_string())?;
    }
    if !report.is_sound() {
        let wrong = report.findings.iter().filter(|finding| finding.is_fault()).count();
        return Err(CliError::Failed(format!("the project has {wrong} faults, see above")));
    }
    print(&format!(
        "sound: {} records in one chain, {} images, {} documents and {} pieces of evidence are what their names say",
        report.head.seq, report.images, report.documents, report.evidence
    ))
}

/// Empties the cache and writes every document that Kento keeps beside the log again from the records.
fn rebuild_caches(folder: &Path) -> Result<(), CliError> {
    let owner = Owner::this_process("kento project", Timestamp::now());
    let mut written = 0;
    rebuild::<Record>(Arc::new(DiskFs), folder, owner, |project, _, entries| {
        let mut state = State::default();
        entries.iter().for_each(|entry| state.fold(entry.seq, &entry.record));
        for entry in entries {
            // A document that cannot be written as text was never accepted as a record.
            let documents = documents_of(&entry.record.action, &state, project.images()).unwrap_or_default();
            for (kind, name, text) in documents {
                project.save_document(kind, &name, &text, Overwrite::Replace)?;
                written += 1;
            }
        }
        Ok(())
    })
    .map_err(CliError::failed)?;
    print(&format!(
        "the cache is empty and fills as it is needed; {written} documents were written again from the records"
    ))
}

/// The files that a record promises.
fn files_of(record: &Record) -> NamedFiles {
    let evidence = match &record.action {
        Action::EvidenceAdded { file } => vec![(file.sha256, file.ending())],
        _ => Vec::new(),
    };
    NamedFiles { images: images_of(&record.action), evidence }
}

fn images_of(action: &Action) -> Vec<Sha256> {
    match action {
        Action::InputAdded { image, .. } => vec![image.sha256],
        Action::ImageGenerated { sha256, .. } => vec![*sha256],
        Action::EditRecorded { result, .. } => vec![result.sha256],
        Action::CandidatesMixed { result, mask, .. } => vec![result.sha256, *mask],
        // The mask of a repair is stored before the repair is asked for.
        Action::JobsQueued { jobs } => jobs.iter().filter_map(|job| job.request.task.mask()).collect(),
        _ => Vec::new(),
    }
}

fn problem(kind: DocumentKind, name: &str, text: &str) -> Option<String> {
    match kind {
        DocumentKind::Brief => library::from_ron::<Brief>(text).err().map(|error| error.to_string()),
        // A card in a project's folder is locked; a draft may lie beside it.
        DocumentKind::Recipe => match library::from_ron::<LockedRecipe>(text) {
            Ok(_) => None,
            Err(locked) => library::from_ron::<RecipeCard>(text).err().map(|_| locked.to_string()),
        },
        DocumentKind::Finished => library::from_ron::<FinishedCard>(text).err().map(|error| error.to_string()),
        DocumentKind::Library if name == NEGATIVES => {
            library::from_ron::<NegativeLibrary>(text).err().map(|error| error.to_string())
        }
        DocumentKind::Library if name == WORKFLOW => {
            library::from_ron::<WorkflowDocument>(text).err().map(|error| error.to_string())
        }
        DocumentKind::Library if name.starts_with(CHECKLIST) => {
            library::from_ron::<Checklist>(text).err().map(|error| error.to_string())
        }
        // What a team keeps beside them is theirs.
        DocumentKind::Library => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::studio::start_for_tests;

    #[test]
    fn the_workflow_document_and_the_checklists_are_written_again_and_checked() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("harbour.kento");
        StudioProject::create(&folder, "Mara".parse().unwrap(), start_for_tests()).unwrap().close().unwrap();
        let names = ["kento-workflow", "kento-checklist-artefact-gate", "kento-checklist-review-full"];
        let files = names.map(|name| folder.join(format!("libraries/{name}.ron")));
        let texts = files.each_ref().map(|file| fs::read_to_string(file).unwrap());
        for file in &files {
            fs::remove_file(file).unwrap();
        }
        rebuild_caches(&folder).unwrap();
        assert_eq!(files.each_ref().map(|file| fs::read_to_string(file).unwrap()), texts);
        check_folder(&folder).unwrap();
        fs::write(&files[0], texts[0].replace("\"Mara\"", "\" \"")).unwrap();
        assert!(check_folder(&folder).unwrap_err().to_string().contains("the project has 1 faults"));
    }
}
