//! Noise against PyTorch, bit for bit, and against A1111's NV noise.

use kento_diffusion::noise::{NoiseGenerator, NoiseSource};

use crate::support::{Fixture, folder};

const SEEDS: [u64; 6] = [0, 1, 42, u32::MAX as u64, (1 << 32) + 5, (1 << 63) + 11];

/// A1111's noise comes from numpy's `log` and `sin` in f64, which may differ from libm's in the last bit; rounded to f32 that
/// is at most one unit in the last place of a number below 8.
const PHILOX_TOLERANCE: f32 = 5e-7;

fn drawn(source: NoiseSource, seed: u64, sizes: &[i64]) -> Vec<f32> {
    let mut generator = NoiseGenerator::new(source, seed);
    sizes.iter().flat_map(|size| generator.randn(*size as usize)).collect()
}

#[test]
fn torch_cpu_noise_is_pytorchs_bit_for_bit() {
    let fixture = Fixture::read(&folder("noise/fixtures/io.safetensors"));
    let sizes = fixture.integers("sizes");
    for seed in SEEDS {
        let expected = fixture.floats(&format!("torch-cpu.{seed}"));
        let actual = drawn(NoiseSource::TorchCpu, seed, &sizes);
        assert_eq!(actual.len(), expected.len());
        let unequal = actual.iter().zip(&expected).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        println!("parity: torch-cpu noise of seed {seed}: {unequal} of {} values differ", expected.len());
        assert_eq!(unequal, 0, "seed {seed}");
    }
}

#[test]
fn philox_noise_is_that_of_a1111() {
    let fixture = Fixture::read(&folder("noise/fixtures/io.safetensors"));
    let sizes = fixture.integers("sizes");
    for seed in SEEDS {
        let expected = fixture.floats(&format!("philox.{seed}"));
        let actual = drawn(NoiseSource::Philox, seed, &sizes);
        assert_eq!(actual.len(), expected.len());
        let largest = actual.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("parity: philox noise of seed {seed}: largest difference {largest:.1e}");
        assert!(largest <= PHILOX_TOLERANCE, "seed {seed}: {largest}");
    }
}
