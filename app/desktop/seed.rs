//! Seeds for people who do not care which.

use std::hash::{BuildHasher as _, RandomState};

/// A random seed of 32 bits, so that it is short and that no tool rounds it.
pub fn random() -> u64 {
    // The standard library's hasher is seeded by the operating system.
    RandomState::new().hash_one(std::process::id()) & 0xffff_ffff
}
