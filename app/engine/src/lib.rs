//! The process that owns the compute device: typed protocol, server loop over `kento-diffusion`, client handle.
//!
//! The window and the command line start this executable a second time with the argument `engine` and talk to it through
//! pipes. A lost device, an exhausted memory, a driver crash or a malicious checkpoint ends that child and never the program
//! that started it. This crate knows no window and no workflow rule; it must never decide what is generated.

pub mod client;
pub mod frame;
mod os_path;
pub mod protocol;
pub mod server;
