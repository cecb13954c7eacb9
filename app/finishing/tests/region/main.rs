//! Regions that are cut out, made anew and put back: what must stay, what must not be seen, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bytes_stay;
mod refusals;
mod scenes;
mod seams;
mod smooth;
