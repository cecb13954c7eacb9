/// The counter-based generator Philox 4x32-10 (Salmon et al., 2011) laid out as one CUDA thread per element.
///
/// Source: A1111's `modules/rng_philox.py` and stable-diffusion.cpp's `rng_philox.hpp`. PyTorch on a GPU agrees up to about
/// one million elements; beyond that its kernels give several elements to one thread.
#[derive(Debug, Clone)]
pub(super) struct Philox {
    key: [u32; 2],
    /// Number of `randn` calls so far.
    call: u32,
}

const ROUNDS: usize = 10;

impl Philox {
    pub(super) fn new(seed: u64) -> Self {
        Self { key: [seed as u32, (seed >> 32) as u32], call: 0 }
    }

    pub(super) fn randn(&mut self, len: usize) -> Vec<f32> {
        let call = self.call;
        self.call = call.wrapping_add(1);
        (0..len).map(|element| box_muller(self.random([call, 0, element as u32, 0]))).collect()
    }

    /// Four random words for one counter.
    fn random(&self, mut counter: [u32; 4]) -> [u32; 4] {
        let mut key = self.key;
        for round in 0..ROUNDS {
            if round > 0 {
                key = [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)];
            }
            let first = u64::from(counter[0]) * 0xd251_1f53;
            let second = u64::from(counter[2]) * 0xcd9e_8d57;
            counter = [
                (second >> 32) as u32 ^ counter[1] ^ key[0],
                second as u32,
                (first >> 32) as u32 ^ counter[3] ^ key[1],
                first as u32,
            ];
        }
        counter
    }
}

/// The sine half of a Box-Muller pair. The constants are rounded to f32 and the arithmetic is f64, as in A1111's numpy code.
fn box_muller(words: [u32; 4]) -> f32 {
    const TWO_POW_32_INV: f64 = 2.328_306_4e-10_f32 as f64;
    const TWO_POW_32_INV_2PI: f64 = 1.462_918_1e-9_f32 as f64;
    let u = f64::from(words[0]) * TWO_POW_32_INV + TWO_POW_32_INV / 2.0;
    let v = f64::from(words[1]) * TWO_POW_32_INV_2PI + TWO_POW_32_INV_2PI / 2.0;
    ((-2.0 * libm::log(u)).sqrt() * libm::sin(v)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_zero_key_zero_block_is_random123s() {
        // kat_vectors of the Random123 distribution: philox4x32 10, all zeros.
        assert_eq!(Philox::new(0).random([0; 4]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    }

    #[test]
    fn the_all_ones_block_is_random123s() {
        assert_eq!(Philox::new(u64::MAX).random([u32::MAX; 4]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    }

    #[test]
    fn the_first_numbers_of_seed_0_are_those_of_a1111() {
        let expected = [-0.924_662_59, -0.425_344_15, -2.643_845_7, 0.145_183_88];
        for (value, expected) in Philox::new(0).randn(12).iter().zip(expected) {
            assert!((value - expected as f32).abs() < 1e-6, "{value} is not {expected}");
        }
    }
}
