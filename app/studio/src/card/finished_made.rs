use super::{FinishedStep, MixStep};
use crate::Sha256;

/// One thing that was made on the way to a finished image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FinishedMade<'a> {
    /// An engine made it.
    Step(&'a FinishedStep),
    /// It was put together of two before it.
    Mix(&'a MixStep),
}

impl FinishedMade<'_> {
    /// Hash of the file.
    pub fn sha256(&self) -> Sha256 {
        match self {
            Self::Step(step) => step.sha256,
            Self::Mix(mix) => mix.sha256,
        }
    }

    /// Hash of the decoded pixels.
    pub fn pixels_sha256(&self) -> Sha256 {
        match self {
            Self::Step(step) => step.pixels_sha256,
            Self::Mix(mix) => mix.pixels_sha256,
        }
    }

    /// The images that its pixels come from.
    pub fn made_of(&self) -> Vec<Sha256> {
        match self {
            Self::Step(step) => step.request.task.image().map(|image| image.sha256).into_iter().collect(),
            Self::Mix(mix) => vec![mix.first, mix.second],
        }
    }

    /// Hash of its mask's file.
    pub fn mask(&self) -> Option<Sha256> {
        match self {
            Self::Step(step) => step.mask(),
            Self::Mix(mix) => Some(mix.mask),
        }
    }
}
