//! Parity with diffusers: each folder holds the script that made its fixtures, the fixtures, and the tests that read them.
//!
//! The reference figures and how to remake everything are in `README.md` beside this file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod misfits;
mod models;
mod noise;
mod pipelines;
mod prompts;
mod schedulers;
mod single_file;
mod stamps;
mod support;
mod tokenizer;
