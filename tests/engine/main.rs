//! The engine process and its client, tested through real pipes and real processes; [`memory`] with the real engine, all else with
//! a fake one.
//!
//! This program is its own engine: started with the argument `engine` it runs the server loop over [`fake::FakePipelines`],
//! which answers in milliseconds and can be told to crash. It therefore has no libtest main; `cargo test --test engine NAME`
//! runs the tests whose name contains NAME.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fake;
mod memory;
mod pipe;
mod queue;
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

type Test = (&'static str, fn());

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == "engine") {
        return fake::engine(&args[1..]);
    }
    let tests: Vec<Test> = queue::TESTS.iter().chain(pipe::TESTS).chain(memory::TESTS).copied().collect();
    if args.iter().any(|arg| arg == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let chosen =
        tests.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())));
    let mut failed = Vec::new();
    let mut passes = 0;
    for (name, test) in chosen {
        let began = Instant::now();
        let passed = catch_unwind(AssertUnwindSafe(test)).is_ok();
        println!("test {name} ... {} ({:.2} s)", if passed { "ok" } else { "FAILED" }, began.elapsed().as_secs_f64());
        if passed {
            passes += 1;
        } else {
            failed.push(*name);
        }
    }
    // The words of libtest, which tests/run.sh counts.
    let result = if failed.is_empty() { "ok" } else { "FAILED" };
    println!("\ntest result: {result}. {passes} passed; {} failed; 0 ignored", failed.len());
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("failed: {}", failed.join(", "));
    ExitCode::FAILURE
}
