//! The two Python scripts of `train/` as subcommands: evaluation and training need PyTorch and diffusers, which Rust has no part in.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// A script of `train/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Measures a trained folder on held-out scenes.
    Evaluate,
    /// Trains a folder from nothing, or goes on.
    Train,
}

/// Why a script was not run, in one sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The source tree that this program was built from is gone.
    #[error(
        "the scripts are not where this program was built: build starter again in a checkout of Kento, or name its folder \
         app/starter/train in KENTO_TRAIN: {path}",
        path = path.display()
    )]
    NoScript {
        /// Where the script should be.
        path: PathBuf,
    },
    /// No Python starts.
    #[error(
        "{python} cannot be started ({source}): install Python 3.11 or newer, or name one in KENTO_PYTHON",
        python = python.display()
    )]
    NoPython {
        /// What the system says.
        source: io::Error,
        /// The program that was tried.
        python: PathBuf,
    },
    /// Python starts and does not work.
    #[error("{python} fails ({status}): name a Python 3.11 or newer in KENTO_PYTHON", python = python.display())]
    BrokenPython {
        /// How it ended.
        status: std::process::ExitStatus,
        /// The program.
        python: PathBuf,
    },
    /// Packages are missing.
    #[error(
        "{python} has no {missing}: run {python} -m pip install -r {requirements}, or name a Python that has them in KENTO_PYTHON",
        python = python.display(),
        requirements = requirements.display()
    )]
    NoPackages {
        /// The program.
        python: PathBuf,
        /// Their names, with commas.
        missing: String,
        /// The file that lists them.
        requirements: PathBuf,
    },
    /// This program does not know where it is.
    #[error("the system does not say where this program is ({0}): run train/evaluate.py or train/train.py by hand")]
    NoOwnPath(io::Error),
}

impl Script {
    /// The script that a subcommand names.
    pub fn of(subcommand: &str) -> Option<Self> {
        match subcommand {
            "evaluate" => Some(Self::Evaluate),
            "train" => Some(Self::Train),
            _ => None,
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate.py",
            Self::Train => "train.py",
        }
    }

    /// Runs the script with these arguments and, before them, `--starter` with this program's own path: a `--starter` among the
    /// arguments comes later and wins. The script's exit code is that of this program; on Unix the script takes this process's
    /// place, so that a signal meant for a training of hours reaches it.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub fn run(self, arguments: impl IntoIterator<Item = OsString>) -> Result<ExitCode, ScriptError> {
        let folder = std::env::var_os("KENTO_TRAIN")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("train"), PathBuf::from);
        let script = folder.join(self.file());
        if !script.is_file() {
            return Err(ScriptError::NoScript { path: script });
        }
        let python = PathBuf::from(std::env::var_os("KENTO_PYTHON").unwrap_or_else(|| "python3".into()));
        check_packages(&python, &folder)?;
        let own_path = std::env::current_exe().map_err(ScriptError::NoOwnPath)?;
        let mut command = Command::new(&python);
        command.arg(&script).arg("--starter").arg(own_path).args(arguments);
        become_it(command).map_err(|source| ScriptError::NoPython { source, python })
    }
}

/// What the scripts import that Python does not bring.
const PACKAGES: [&str; 6] = ["torch", "diffusers", "transformers", "safetensors", "numpy", "PIL"];

/// Asks Python for the packages without importing them, which takes seconds: a missing one would be told in a page of traceback.
fn check_packages(python: &Path, folder: &Path) -> Result<(), ScriptError> {
    let look = "import sys, importlib.util as u; print(*(p for p in sys.argv[1:] if u.find_spec(p) is None), sep=', ')";
    let no_python = |source| ScriptError::NoPython { source, python: python.to_owned() };
    let output = Command::new(python).args(["-c", look]).args(PACKAGES).output().map_err(no_python)?;
    if !output.status.success() {
        return Err(ScriptError::BrokenPython { status: output.status, python: python.to_owned() });
    }
    let missing = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if missing.is_empty() {
        return Ok(());
    }
    let (python, requirements) = (python.to_owned(), folder.join("requirements.txt"));
    Err(ScriptError::NoPackages { python, missing, requirements })
}

/// Turns this process into the command; returns only when it cannot be started.
#[cfg(unix)]
fn become_it(mut command: Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// Runs the command to its end and hands its exit code on.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
