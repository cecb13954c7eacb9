//! Scenarios of the governed workflow, each test named after the rule of workflow.md that it shows.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod brief;
mod budget;
mod candidates;
mod finish;
mod gate;
mod jobs;
mod judging;
mod left_out;
mod lock;
mod numbers;
mod permissions;
mod project;
mod random;
mod random_commands;
mod release;
mod replay;
mod roles;
mod sprint;
mod studio;
mod views;
mod volume;
