//! Kento: the window, or the command that the arguments name.

use std::process::ExitCode;

/// Steps of a UNet allocate and free gigabytes in pieces of megabytes; the system's allocator gives them back to the kernel each time,
/// which then clears every page again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kento::cli::run(kento::window::open)
}
