//! Seeded Gaussian noise, drawn on the CPU and uploaded: the same numbers on every machine and for every device.
//!
//! The order of the draws is part of a picture's identity. One call of [`NoiseGenerator::randn`] stands for one call of
//! `torch.randn`, so a pipeline that draws in diffusers' order gets diffusers' noise.

mod cephes;
mod mt19937;
mod philox;
mod torch_cpu;

use serde::{Deserialize, Serialize};

use philox::Philox;
use torch_cpu::TorchCpu;

/// Which generator of PyTorch the noise imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseSource {
    /// `torch.Generator("cpu")`: what diffusers' examples, ComfyUI and A1111's "CPU" setting draw. Bit for bit that of an
    /// x86-64 machine with AVX2. Only the low 32 bits of the seed matter, as in PyTorch.
    #[default]
    TorchCpu,
    /// The Philox 4x32-10 generator of CUDA: A1111's "NV" setting and stable-diffusion.cpp's `--rng cuda`. All 64 bits of the seed matter.
    Philox,
}

/// A seeded stream of standard normal numbers.
#[derive(Debug, Clone)]
pub struct NoiseGenerator(Stream);

#[derive(Debug, Clone)]
enum Stream {
    TorchCpu(Box<TorchCpu>),
    Philox(Philox),
}

impl NoiseGenerator {
    /// Starts the stream of `seed`, as `torch.Generator(..).manual_seed(seed)` does.
    pub fn new(source: NoiseSource, seed: u64) -> Self {
        Self(match source {
            NoiseSource::TorchCpu => Stream::TorchCpu(Box::new(TorchCpu::new(seed))),
            NoiseSource::Philox => Stream::Philox(Philox::new(seed)),
        })
    }

    /// Draws `len` standard normal numbers with one call of `torch.randn` in float32.
    ///
    /// `randn(32)` is not `randn(16)` twice: PyTorch's blocks and, for Philox, the call counter make each call its own unit.
    pub fn randn(&mut self, len: usize) -> Vec<f32> {
        match &mut self.0 {
            Stream::TorchCpu(stream) => stream.randn(len),
            Stream::Philox(stream) => stream.randn(len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_in_kebab_case() {
        assert_eq!(serde_json::to_string(&NoiseSource::TorchCpu).unwrap(), "\"torch-cpu\"");
        assert_eq!(serde_json::from_str::<NoiseSource>("\"philox\"").unwrap(), NoiseSource::Philox);
    }

    #[test]
    fn the_same_seed_gives_the_same_stream_and_another_seed_another() {
        for source in [NoiseSource::TorchCpu, NoiseSource::Philox] {
            let draw = |seed| {
                let mut generator = NoiseGenerator::new(source, seed);
                (generator.randn(17), generator.randn(5))
            };
            assert_eq!(draw(1), draw(1));
            assert_ne!(draw(1), draw(2));
            let (first, second) = draw(1);
            assert_ne!(first[..5], second[..], "the second call must go on, not start again");
        }
    }
}
