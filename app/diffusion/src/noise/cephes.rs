//! `ln`, `sin` and `cos` in f32 with the rounding of PyTorch's AVX2 kernels.
//!
//! PyTorch draws normal numbers through the polynomials of S. Moshier's Cephes library (`logf.c`, `sinf.c`), eight lanes at a
//! time, and its compiler fuses some of the multiplications and additions. The last bit of a result depends on which ones, so
//! each `fma` below stands where the AVX2 build of PyTorch has one; with it all 32 bits agree (tests/parity/noise).

#![allow(clippy::excessive_precision, reason = "the coefficients are Cephes', digit by digit")]

use libm::fmaf as fma;

/// Natural logarithm of `x` in (0, 1].
pub(super) fn ln(x: f32) -> f32 {
    const COEFFICIENTS: [f32; 8] = [
        -1.151_461_031_0e-1,
        1.167_699_874_0e-1,
        -1.242_014_084_6e-1,
        1.424_932_278_7e-1,
        -1.666_805_766_5e-1,
        2.000_071_476_5e-1,
        -2.499_999_399_3e-1,
        3.333_333_117_4e-1,
    ];
    // ln 2 in two parts, so that exponent * high is exact.
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const LN_2_HIGH: f32 = 0.693_359_375;

    // 1. x = fraction * 2^exponent with the fraction in [sqrt(1/2), sqrt(2)), then fraction - 1.
    let bits = x.max(f32::MIN_POSITIVE).to_bits();
    let mut exponent = ((bits >> 23) as i32 - 126) as f32;
    let mut fraction = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000);
    if fraction < std::f32::consts::FRAC_1_SQRT_2 {
        exponent -= 1.0;
        fraction = (fraction - 1.0) + fraction;
    } else {
        fraction -= 1.0;
    }

    // 2. ln(1 + f) = f - f^2 / 2 + f^3 P(f)
    let square = fraction * fraction;
    let mut sum = 7.037_683_629_2e-2_f32;
    for coefficient in COEFFICIENTS {
        sum = fma(sum, fraction, coefficient);
    }
    sum *= fraction;
    sum = fma(sum, square, exponent * LN_2_LOW);
    sum = fma(-square, 0.5, sum);
    fma(exponent, LN_2_HIGH, fraction + sum)
}

/// Sine and cosine of `x` in radians, for 0 <= x < 8192.
pub(super) fn sin_cos(x: f32) -> (f32, f32) {
    // pi / 4 in three parts, negated.
    const MINUS_DP1: f32 = -0.785_156_25;
    const MINUS_DP2: f32 = -2.418_756_5e-4;
    const MINUS_DP3: f32 = -3.774_895e-8;

    // 1. The octant, rounded up to an even one, and the rest of the angle in [-pi/4, pi/4].
    let octant = ((x * (4.0 / std::f32::consts::PI)) as i32 + 1) & !1;
    let octants = octant as f32;
    let mut rest = fma(octants, MINUS_DP1, x);
    rest = fma(octants, MINUS_DP2, rest);
    rest = fma(octants, MINUS_DP3, rest);
    let square = rest * rest;

    // 2. Both polynomials.
    let mut cos = fma(2.443_315_7e-5, square, -1.388_731_6e-3);
    cos = fma(cos, square, 4.166_664_6e-2);
    cos *= square;
    cos = fma(cos, square, -(square * 0.5));
    cos += 1.0;

    let mut sin = fma(-1.951_529_6e-4, square, 8.332_161e-3);
    sin = fma(sin, square, -1.666_665_5e-1);
    sin *= square;
    sin = fma(sin, rest, rest);

    // 3. Octants 2 and 6 exchange the two; the signs follow the quadrant.
    if octant & 2 != 0 {
        (sin, cos) = (cos, sin);
    }
    if octant & 4 != 0 {
        sin = -sin;
    }
    if (octant + 2) & 4 != 0 {
        cos = -cos;
    }
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cephes promises about one unit in the last place of f32 for arguments of this size.
    const TOLERANCE: f64 = 2e-7;

    #[test]
    fn agrees_with_double_precision() {
        for step in 1..=4096 {
            let u = step as f32 / 4096.0;
            let exact = libm::log(f64::from(u));
            assert!((f64::from(ln(u)) - exact).abs() <= TOLERANCE * exact.abs().max(1.0), "ln {u}");
            let angle = std::f32::consts::TAU * (u - 1.0 / 4096.0);
            let (sin, cos) = sin_cos(angle);
            assert!((f64::from(sin) - libm::sin(f64::from(angle))).abs() <= TOLERANCE, "sin {angle}");
            assert!((f64::from(cos) - libm::cos(f64::from(angle))).abs() <= TOLERANCE, "cos {angle}");
        }
    }
}
