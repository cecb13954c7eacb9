//! What waits for the person who acts, in the role that they have. It draws nothing: the frame's drawer does.

mod data;
#[cfg(test)]
mod tests;

pub use data::{Target, Waiting, waiting};
