//! Branch-free scalar functions that the compiler turns into vector code inside [`vectorised`].

use pulp::{Arch, Simd, WithSimd};

/// Runs `operation` compiled for the best instruction set of this processor (AVX-512, AVX2 or the baseline).
#[inline(always)]
pub(crate) fn vectorised<F: FnOnce()>(operation: F) {
    struct Operation<F>(F);
    impl<F: FnOnce()> WithSimd for Operation<F> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _simd: S) {
            (self.0)();
        }
    }
    Arch::new().dispatch(Operation(operation));
}

/// e^x in f32 with a relative error below 2e-7 over the normal range; 0 below -87, finite at +88 and above.
///
/// Cody-Waite reduction and a degree-6 polynomial (Cephes `expf`).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // 1.5 * 2^23: adding it rounds to the nearest integer and leaves that integer in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let clamped = x.clamp(-87.0, 88.0);
    let shifted = clamped.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-0.693_359_4, clamped);
    let r = n.mul_add(2.121_944_4e-4, r);
    let mut p = 1.987_569_1e-4f32;
    p = p.mul_add(r, 1.398_199_9e-3);
    p = p.mul_add(r, 8.333_452e-3);
    p = p.mul_add(r, 4.166_579_6e-2);
    p = p.mul_add(r, 1.666_666_5e-1);
    p = p.mul_add(r, 0.5);
    let y = (p * r).mul_add(r, r) + 1.0;
    let power = f32::from_bits(shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { y * power }
}

/// x * sigmoid(x).
#[inline(always)]
pub(crate) fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// x * sigmoid(1.702 x), OpenAI's approximation of GELU.
#[inline(always)]
pub(crate) fn quick_gelu(x: f32) -> f32 {
    x / (1.0 + exp(-1.702 * x))
}

/// x * Phi(x) with the error function, absolute error below 3e-7 of max(1, |x|) (Abramowitz and Stegun 7.1.26).
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    let z = x * std::f32::consts::FRAC_1_SQRT_2;
    let a = z.abs();
    let t = 1.0 / 0.327_591_1f32.mul_add(a, 1.0);
    let mut p = 1.061_405_4f32;
    p = p.mul_add(t, -1.453_152);
    p = p.mul_add(t, 1.421_413_7);
    p = p.mul_add(t, -0.284_496_74);
    p = p.mul_add(t, 0.254_829_6);
    let tail = p * t * exp(-a * a);
    let erf = (1.0 - tail).copysign(z);
    0.5 * x * (1.0 + erf)
}

/// Lanes of the reductions: four AVX-512 registers of f32, because one addition takes as long as four can start.
const LANES: usize = 64;

/// The sum of `function` over `values`, in [`LANES`] partial sums whose order is fixed, so that it is reproducible.
#[inline(always)]
pub(crate) fn sum_by(values: &[f32], function: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let chunks = values.chunks_exact(LANES);
    let tail = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += function(*value);
        }
    }
    let mut sum = lanes.iter().sum::<f32>();
    for value in tail {
        sum += function(*value);
    }
    sum
}

/// The largest of `values`; negative infinity for none.
#[inline(always)]
pub(crate) fn max(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = values.chunks_exact(LANES);
    let tail = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    lanes.iter().chain(tail).fold(f32::NEG_INFINITY, |a, b| a.max(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error of the polynomial functions against f64, in the units their docs promise.
    #[test]
    fn functions_keep_their_promised_accuracy() {
        for i in -8700..8800 {
            let x = i as f32 / 100.0;
            let want = f64::from(x).exp();
            assert!((f64::from(exp(x)) / want - 1.0).abs() < 2e-7, "exp({x})");
        }
        for i in -2000..2000 {
            let x = i as f32 / 100.0;
            let xd = f64::from(x);
            let scale = xd.abs().max(1.0);
            let erf = libm::erf(xd / std::f64::consts::SQRT_2);
            assert!((f64::from(gelu(x)) - 0.5 * xd * (1.0 + erf)).abs() < 3e-7 * scale, "gelu({x})");
            assert!((f64::from(silu(x)) - xd / (1.0 + (-xd).exp())).abs() < 3e-7 * scale, "silu({x})");
        }
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert!(exp(1000.0).is_finite());
    }
}
