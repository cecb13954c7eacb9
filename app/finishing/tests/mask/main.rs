//! Masks against references that look at every pixel one by one.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod files;
mod kill;
mod morphology;
mod reference;
mod selections;
mod shapes;
mod strokes;
mod tiles;
