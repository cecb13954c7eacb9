//! The command line as scripts see it: the real executable, its engine process and a tiny Stable Diffusion model.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bad_input;
mod generate;
mod information;
mod interrupt;
mod repair;
mod support;
