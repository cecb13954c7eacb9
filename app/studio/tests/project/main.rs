//! The project folder under everything that can happen to it: kills, power cuts, full and failing drives, changed
//! files, second windows and odd names.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod faults;
mod folder;
mod kill;
mod lock;
mod paths;
mod power_cut;
mod settings;
mod sim_fs;
mod tamper;

use jiff::Timestamp;
use kento_studio::Sha256;
use kento_studio::project::{DocumentName, NamedFiles, Owner};
use serde::{Deserialize, Serialize};

/// A record, as far as the project folder is concerned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
    images: Vec<Sha256>,
}

fn note(text: impl Into<String>) -> Note {
    Note { text: text.into(), images: Vec::new() }
}

/// The files that a note promises: evidence where its text says so with an ending, otherwise images.
fn named(note: &Note) -> NamedFiles {
    match note.text.strip_prefix("evidence ") {
        None => NamedFiles { images: note.images.clone(), ..NamedFiles::default() },
        Some(ending) => {
            let evidence = note.images.iter().map(|sha256| (*sha256, ending.to_owned())).collect();
            NamedFiles { evidence, ..NamedFiles::default() }
        }
    }
}

fn now() -> Timestamp {
    "2026-11-21T09:30:00Z".parse().unwrap()
}

fn kento() -> Owner {
    Owner::this_process("Kento", now())
}

fn name(text: &str) -> DocumentName {
    text.parse().unwrap()
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// An error is one sentence that says what to do.
#[track_caller]
fn assert_sentence(text: &str) {
    assert!(text.len() > 20 && !text.contains('\n'), "{text:?}");
    assert!(text.contains(": "), "it does not say what to do: {text:?}");
}
