//! The inverse of the regularised incomplete beta function: quantiles of the beta distribution.

/// The `p`-quantile of the beta distribution with parameters `a` and `b`, both positive, for `p` in [0, 1]; what
/// `scipy.stats.beta.ppf` computes, to about 1e-14.
pub(super) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return p.clamp(0.0, 1.0);
    }
    // Bisection never fails and the function is monotone; 1100 halvings reach the smallest f64 and it ends when they meet.
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if regularised(middle, a, b) < p { low = middle } else { high = middle }
    }
}

/// The regularised incomplete beta function I_x(a, b) for 0 < x < 1.
fn regularised(x: f64, a: f64, b: f64) -> f64 {
    // The continued fraction converges fast on this side of the mean; the other side is its mirror image.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - regularised(1.0 - x, b, a);
    }
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - ln_beta) / a;
    front / continued_fraction(x, a, b)
}

/// Abramowitz and Stegun 26.5.8 by the modified Lentz algorithm.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const MAX_TERMS: usize = 300;
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for term in 1..=MAX_TERMS {
        let m = (term / 2) as f64;
        let numerator = if term % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 / nonzero(1.0 + numerator * d);
        c = nonzero(1.0 + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_scipys() {
        // scipy.stats.beta.ppf(p, a, b)
        for (p, a, b, expected) in [
            (1e-06, 0.6, 0.6, 1.8558824624053043e-10),
            (0.02, 0.6, 0.6, 0.002732982024577027),
            (0.25, 0.6, 0.6, 0.17568037865269498),
            (0.5, 0.6, 0.6, 0.5000000000000001),
            (0.9, 0.6, 0.6, 0.9604155944112192),
            (0.999, 0.6, 0.6, 0.9999814412614826),
            (0.3, 2.0, 5.0, 0.18180347131894917),
        ] {
            let quantile = beta_quantile(p, a, b);
            assert!(
                (quantile - expected).abs() <= 1e-13 * f64::max(expected, 1e-3),
                "p = {p}: {quantile} is not {expected}"
            );
        }
    }

    #[test]
    fn the_uniform_distribution_is_its_own_quantile() {
        for p in [0.0, 1e-9, 0.25, 0.5, 0.75, 1.0] {
            assert!((beta_quantile(p, 1.0, 1.0) - p).abs() < 1e-14);
        }
    }
}
