//! The command line, a contract that scripts rely on: results on stdout, errors as one sentence on stderr.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped with Ctrl-C (as the shell reports it for other programs).

mod args;
mod bench;
mod demo;
pub(crate) mod devices;
mod flops;
mod generate;
mod lock;
mod memory_loop;
mod models;
mod output;
mod process;
mod progress_bar;
mod project;
mod repair;
mod seams;
mod session;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::input_image::InputImage;
use crate::{build_info, caches, logging};
use args::{Args, Command};
pub use progress_bar::duration;

/// Runs the command that the arguments name, or `window` when they name none.
pub fn run(window: impl FnOnce(Option<PathBuf>) -> Result<(), String>) -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            // Help that nobody reads, because the pipe is closed, is no failure.
            error.print().ok();
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(&CliError::Usage(one_sentence(&error.render().to_string()))),
    };
    logging::start();
    // Every command that opens a device itself, and the engine process above all.
    if let Some(folder) = caches::folder() {
        kento_diffusion::device::keep_caches_in(&folder.join("kernels"));
    }
    let done = match args.command {
        None => window(None).map_err(CliError::Failed),
        Some(Command::Open { folder }) => window(Some(folder)).map_err(CliError::Failed),
        Some(Command::Generate(args)) => generate::run(&args),
        Some(Command::Repair(args)) => repair::run(&args),
        Some(Command::Models(args)) => models::run(&args),
        Some(Command::Devices(args)) => devices::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Demo(args)) => demo::run(&args),
        Some(Command::Lock(args)) => lock::run(&args),
        Some(Command::Project(args)) => project::run(&args),
        Some(Command::Verify(args)) => verify::run(&args),
        Some(Command::Seams(args)) => seams::run(&args),
        Some(Command::Engine) => return engine(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Why a command did not do what it should, in one sentence.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CliError {
    /// The arguments contradict themselves or the rules; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The arguments are fine and it failed; exit code 1.
    #[error("{0}")]
    Failed(String),
    /// Ctrl-C; exit code 130.
    #[error("stopped")]
    Stopped,
}

impl CliError {
    fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }
}

fn fail(error: &CliError) -> ExitCode {
    eprintln!("kento: {error}");
    ExitCode::from(match error {
        CliError::Failed(_) => 1,
        CliError::Usage(_) => 2,
        CliError::Stopped => 130,
    })
}

/// Prints one line of results. A closed pipe is a failure like a full disk: somebody wanted the result.
fn print(line: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| CliError::Failed(format!("the result cannot be printed: {error}")))
}

fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    print(&serde_json::to_string(value).map_err(CliError::failed)?)
}

/// Tells what was converted in a picture that somebody named.
fn tell_notices(image: &InputImage) {
    for notice in &image.notices {
        eprintln!("kento: note: {notice}");
    }
}

/// The engine process: what `kento-engine`'s client starts.
fn engine() -> ExitCode {
    let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
    let exit =
        kento_engine::server::serve::<kento_engine::server::DiffusionPipelines>(stdin, stdout, build_info::tool());
    ExitCode::from(exit as u8)
}

/// clap's message without its usage text, on one line.
fn one_sentence(message: &str) -> String {
    let lines = message.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let sentence = lines.collect::<Vec<_>>().join(" ");
    let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence);
    format!("{sentence}; kento --help says what is possible")
}
