use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::chain::{ChainFault, Head, TornTail};
use super::folder::is_part_of_a_project;
use super::lock::is_lock_file;
use super::whole_file::TEMPORARY_PREFIX;
use super::{
    Access, DiskAction, DiskError, DocumentKind, DocumentName, EvidenceError, Fs, ImageError, OpenMode, Project,
    ProjectError, ReadOnlyReason,
};
use crate::Sha256;

/// Everything that a check of a project found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// End of the log, up to where it can be trusted.
    pub head: Head,
    /// How many images were read.
    pub images: usize,
    /// How many documents were read.
    pub documents: usize,
    /// How many pieces of evidence were read.
    pub evidence: usize,
    /// What is wrong or worth knowing, in the order log, documents, images, evidence, folder.
    pub findings: Vec<Finding>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        !self.findings.iter().any(Finding::is_fault)
    }
}

/// The files that one record promises.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedFiles {
    /// Images by hash.
    pub images: Vec<Sha256>,
    /// Evidence by hash, with the ending of the file's name.
    pub evidence: Vec<(Sha256, String)>,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The log cannot be trusted.
    Log(ChainFault),
    /// The end of the log was never confirmed as saved.
    Torn(TornTail),
    /// A document is not what Kento writes.
    Document {
        /// Its kind.
        kind: DocumentKind,
        /// Its name.
        name: DocumentName,
        /// What is wrong with it.
        problem: String,
    },
    /// An image is damaged, or a record names one that is missing.
    Image(ImageError),
    /// A piece of evidence that a record names is damaged or missing.
    Evidence(EvidenceError),
    /// An image that no record names: saved just before the program ended, or left by a decision that was refused.
    Orphan(Sha256),
    /// A file or folder that does not belong to a project.
    Stray(PathBuf),
    /// A folder that could not be listed.
    Unreadable(DiskError),
}

impl Finding {
    /// Whether something is wrong, and not only worth knowing.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Log(_) | Self::Document { .. } | Self::Image(_) | Self::Evidence(_) | Self::Unreadable(_) => true,
            Self::Torn(_) | Self::Orphan(_) | Self::Stray(_) => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log(fault) => fault.fmt(formatter),
            Self::Torn(torn) => torn.fmt(formatter),
            Self::Document { kind, name, problem } => write!(formatter, "the {kind} {name} cannot be used: {problem}"),
            Self::Image(error) => error.fmt(formatter),
            Self::Evidence(error) => error.fmt(formatter),
            Self::Orphan(sha256) => write!(formatter, "image {sha256} is named by no record: keep it or delete it"),
            Self::Stray(path) => write!(formatter, "this does not belong to the project: {}", path.display()),
            Self::Unreadable(error) => error.fmt(formatter),
        }
    }
}

/// Verifies the whole project without changing anything: the chain, every document with `document_problem`, every image
/// by its hash, and that every image and every piece of evidence is there that a record names (`files_of`).
///
/// # Errors
/// When there is no project, or this version cannot read it.
pub fn check<P: Serialize + DeserializeOwned>(
    fs: Arc<dyn Fs>,
    folder: &Path,
    mut files_of: impl FnMut(&P) -> NamedFiles,
    mut document_problem: impl FnMut(DocumentKind, &DocumentName, &str) -> Option<String>,
) -> Result<CheckReport, ProjectError> {
    let opened = Project::<P>::open(fs.clone(), folder, OpenMode::Read)?;
    let project = &opened.project;
    let mut findings = Vec::new();
    if let Access::ReadOnly(ReadOnlyReason::Log(fault)) = project.access() {
        findings.push(Finding::Log(fault));
    }
    findings.extend(opened.torn.map(Finding::Torn));

    let mut documents = 0;
    for kind in DocumentKind::ALL {
        let list = project.documents(kind)?;
        for name in list.names {
            documents += 1;
            let problem = match project.read_document(kind, &name) {
                Ok(text) => document_problem(kind, &name, &text.unwrap_or_default()),
                Err(error) => Some(error.to_string()),
            };
            findings.extend(problem.map(|problem| Finding::Document { kind, name, problem }));
        }
        findings.extend(list.strays.into_iter().map(Finding::Stray));
    }

    let named: Vec<NamedFiles> = opened.entries.iter().map(|entry| files_of(&entry.record)).collect();
    let needed: BTreeSet<Sha256> = named.iter().flat_map(|files| files.images.iter().copied()).collect();
    let store = project.images();
    let list = store.list()?;
    for sha256 in &list.images {
        findings.extend(store.get(*sha256).err().map(Finding::Image));
        if !needed.contains(sha256) {
            findings.push(Finding::Orphan(*sha256));
        }
    }
    for sha256 in needed {
        if list.images.binary_search(&sha256).is_err() {
            findings.push(Finding::Image(ImageError::Missing { sha256, path: store.path(sha256) }));
        }
    }
    findings.extend(list.strays.into_iter().map(Finding::Stray));
    let evidence: BTreeSet<&(Sha256, String)> = named.iter().flat_map(|files| &files.evidence).collect();
    let store = project.evidence();
    for (sha256, ending) in &evidence {
        findings.extend(store.get(*sha256, ending).err().map(Finding::Evidence));
    }
    let meant = evidence.iter().map(|(sha256, ending)| store.path(*sha256, ending)).collect();
    findings.extend(store.strays(&meant).into_iter().map(Finding::Stray));
    match fs.list(folder) {
        Ok(names) => {
            let strays = names.into_iter().filter(|name| {
                let name = name.to_string_lossy();
                !is_part_of_a_project(&name) && !is_lock_file(&name) && !name.starts_with(TEMPORARY_PREFIX)
            });
            findings.extend(strays.map(|name| Finding::Stray(folder.join(name))));
        }
        Err(error) => findings.push(Finding::Unreadable(DiskError::new(DiskAction::Read, folder, &error))),
    }
    Ok(CheckReport { head: project.head(), images: list.images.len(), documents, evidence: evidence.len(), findings })
}
