use super::cephes;
use super::mt19937::Mt19937;

/// `torch.randn(.., generator=torch.Generator("cpu"), dtype=torch.float32)` for contiguous tensors.
///
/// Source: `aten/src/ATen/native/cpu/DistributionTemplates.h` (`normal_fill_AVX2`) and `ATen/core/DistributionsHelper.h`.
#[derive(Debug, Clone)]
pub(super) struct TorchCpu {
    engine: Mt19937,
    /// The second number of a scalar Box-Muller pair. PyTorch keeps it in the generator, so it survives calls of any size.
    next_normal: Option<f64>,
}

const BLOCK: usize = 16;

impl TorchCpu {
    /// Only the low 32 bits of `seed` count, as in `at::mt19937`.
    pub(super) fn new(seed: u64) -> Self {
        Self { engine: Mt19937::new(seed as u32), next_normal: None }
    }

    pub(super) fn randn(&mut self, len: usize) -> Vec<f32> {
        if len < BLOCK {
            return (0..len).map(|_| self.scalar_normal() as f32).collect();
        }
        let mut values: Vec<f32> = (0..len).map(|_| self.uniform()).collect();
        let (blocks, rest) = values.as_chunks_mut::<BLOCK>();
        blocks.iter_mut().for_each(box_muller);
        if !rest.is_empty() {
            // A last part that is not a whole block: PyTorch draws the last 16 uniforms anew, overwriting finished numbers.
            let tail = values.last_chunk_mut::<BLOCK>().expect("len >= BLOCK");
            for value in tail.iter_mut() {
                *value = self.uniform();
            }
            box_muller(tail);
        }
        values
    }

    /// A number in [0, 1) with 24 bits.
    fn uniform(&mut self) -> f32 {
        const UNIT: f32 = 1.0 / (1 << 24) as f32;
        (self.engine.random() & 0x00ff_ffff) as f32 * UNIT
    }

    /// A number in [0, 1) with 53 bits.
    fn uniform64(&mut self) -> f64 {
        const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.engine.random64() & ((1 << 53) - 1)) as f64 * UNIT
    }

    /// `at::normal_distribution<double>`: pairs, the cosine first, the sine at the next call.
    fn scalar_normal(&mut self) -> f64 {
        if let Some(normal) = self.next_normal.take() {
            return normal;
        }
        let u1 = self.uniform64();
        let u2 = self.uniform64();
        let radius = (-2.0 * libm::log1p(-u2)).sqrt();
        let theta = std::f64::consts::TAU * u1;
        self.next_normal = Some(radius * libm::sin(theta));
        radius * libm::cos(theta)
    }
}

/// Turns 16 uniform numbers into 16 normal ones: lane j gives the radius, lane j + 8 the angle.
fn box_muller(block: &mut [f32; BLOCK]) {
    for lane in 0..BLOCK / 2 {
        let radius = (-2.0 * cephes::ln(1.0 - block[lane])).sqrt();
        let (sin, cos) = cephes::sin_cos(std::f32::consts::TAU * block[lane + BLOCK / 2]);
        block[lane] = radius * cos;
        block[lane + BLOCK / 2] = radius * sin;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_numbers_of_seed_0_are_pytorchs() {
        // torch.randn(16, generator=torch.Generator().manual_seed(0)), printed with four digits.
        let expected = [
            -1.1258, -1.1524, -0.2506, -0.4339, 0.8487, 0.6920, -0.3160, -2.1152, 0.3223, -1.2633, 0.3500, 0.3081,
            0.1198, 1.2377, 1.1168, -0.2473,
        ];
        let values = TorchCpu::new(0).randn(16);
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() < 5.1e-5, "{value} is not {expected}");
        }
    }

    #[test]
    fn the_high_half_of_the_seed_does_not_matter() {
        assert_eq!(TorchCpu::new(7).randn(20), TorchCpu::new(7 | (1 << 40)).randn(20));
    }

    #[test]
    fn the_second_number_of_a_pair_waits_for_the_next_small_call() {
        let mut split = TorchCpu::new(3);
        let first = split.randn(1);
        split.randn(16);
        let after_a_block = split.randn(1);
        let whole = TorchCpu::new(3).randn(2);
        assert_eq!([first[0], after_a_block[0]], whole[..]);
    }
}
