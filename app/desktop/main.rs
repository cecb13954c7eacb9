//! Kento: the window, or the command that the arguments name.

use std::process::ExitCode;

fn main() -> ExitCode {
    kento::cli::run(kento::window::open)
}
