use std::fs;
use std::path::{Path, PathBuf};

use super::CliError;
use crate::whole_file::{WholeFile, free_name};

/// Where images go: one named file, which is replaced if it exists, or a folder, in which nothing is ever replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    File(PathBuf),
    Folder(PathBuf),
}

impl Output {
    /// Decides by the name: an existing folder or a name without extension is a folder, a name that ends in `.png` is a file.
    ///
    /// # Errors
    /// [`CliError::Usage`] for another extension, and for a file when several images are asked for.
    pub fn plan(out: &Path, count: u32) -> Result<Self, CliError> {
        let extension = out.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let ends_as_folder = out.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
        match extension.as_deref() {
            _ if out.is_dir() || ends_as_folder => Ok(Self::Folder(out.to_owned())),
            None => Ok(Self::Folder(out.to_owned())),
            Some("png") if count == 1 => Ok(Self::File(out.to_owned())),
            Some("png") => Err(CliError::Usage(format!(
                "--count {count} makes several images and --out names one file: name a folder instead of {}",
                out.display()
            ))),
            Some(other) => Err(CliError::Usage(format!(
                "images are written as PNG and --out ends in .{other}: end it in .png or name a folder"
            ))),
        }
    }

    /// Finds out, before anything is generated, whether files can be written. A folder that does not exist is created for the trial and
    /// taken away again: a run that fails before its first image leaves nothing.
    ///
    /// # Errors
    /// [`CliError::Failed`] with what the system says.
    pub fn check(&self) -> Result<(), CliError> {
        let tried = match self {
            Self::File(path) => WholeFile::beside(path).map(drop),
            Self::Folder(path) => {
                let is_new = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
                let new: Vec<&Path> = path.ancestors().take_while(is_new).collect();
                let tried = fs::create_dir_all(path);
                let tried = tried.and_then(|()| WholeFile::beside(&path.join("probe.png")).map(drop));
                for folder in new {
                    // One that somebody else has put something into meanwhile stays.
                    fs::remove_dir(folder).ok();
                }
                tried
            }
        };
        tried.map_err(|error| self.refuse(&error))
    }

    /// Writes an image whole or not at all, and gives the path that it got.
    ///
    /// # Errors
    /// [`CliError::Failed`] with what the system says.
    pub fn write(&self, seed: u64, bytes: &[u8]) -> Result<PathBuf, CliError> {
        let path = match self {
            Self::File(path) => path.clone(),
            Self::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|error| self.refuse(&error))?;
                free_name(folder, seed)
            }
        };
        let write = || -> std::io::Result<()> {
            let mut file = WholeFile::beside(&path)?;
            file.write(bytes)?;
            file.finish()
        };
        write().map_err(|error| self.refuse(&error))?;
        Ok(path)
    }

    fn refuse(&self, error: &std::io::Error) -> CliError {
        let (Self::File(path) | Self::Folder(path)) = self;
        CliError::Failed(format!("the image cannot be written ({error}); choose another --out: {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_told_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        assert_eq!(Output::plan(&inside("a.png"), 1), Ok(Output::File(inside("a.png"))));
        assert_eq!(Output::plan(&inside("a.PNG"), 1), Ok(Output::File(inside("a.PNG"))));
        assert_eq!(Output::plan(&inside("out"), 1), Ok(Output::Folder(inside("out"))));
        assert_eq!(Output::plan(folder.path(), 9), Ok(Output::Folder(folder.path().to_owned())));
        assert!(matches!(Output::plan(&inside("a.png"), 2), Err(CliError::Usage(_))));
        assert!(matches!(Output::plan(&inside("a.jpg"), 1), Err(CliError::Usage(_))));
        fs::create_dir(inside("b.png")).unwrap();
        assert_eq!(Output::plan(&inside("b.png"), 2), Ok(Output::Folder(inside("b.png"))));
    }

    #[test]
    fn nothing_in_a_folder_is_replaced_and_the_check_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let output = Output::Folder(folder.path().join("new/deep"));
        output.check().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let first = output.write(7, b"1").unwrap();
        let second = output.write(7, b"2").unwrap();
        assert_eq!(first.file_name().unwrap(), "kento-7.png");
        assert_eq!(second.file_name().unwrap(), "kento-7-2.png");
        assert_eq!(fs::read(first).unwrap(), b"1");
        output.check().unwrap();
        assert_eq!(fs::read_dir(folder.path().join("new/deep")).unwrap().count(), 2, "what was there stays");
        fs::create_dir(folder.path().join("empty")).unwrap();
        Output::Folder(folder.path().join("empty/new")).check().unwrap();
        assert_eq!(fs::read_dir(folder.path().join("empty")).unwrap().count(), 0);
        fs::write(folder.path().join("file"), "x").unwrap();
        let error = Output::File(folder.path().join("file/a.png")).check().unwrap_err();
        assert!(error.to_string().starts_with("the image cannot be written"), "{error}");
    }
}
