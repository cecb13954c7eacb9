//! Point-wise activations.

use burn::tensor::Tensor;
use burn::tensor::activation;
use rayon::prelude::*;

use super::{flex, simd};

/// Elements per parallel piece: large enough to pay for the hand-over, small enough to stay in the L2 cache.
const PIECE: usize = 1 << 15;

/// A point-wise activation function, under the names that config.json uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x * sigmoid(x); "silu", "swish".
    Silu,
    /// x * Phi(x) with the error function; "gelu".
    Gelu,
    /// x * sigmoid(1.702 x); "quick_gelu".
    QuickGelu,
    /// max(x, 0); "relu".
    Relu,
    /// x * tanh(softplus(x)); "mish".
    Mish,
}

impl Activation {
    /// The activation that config.json calls `name`; `None` for one that no Stable Diffusion model uses.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "silu" | "swish" => Self::Silu,
            "gelu" => Self::Gelu,
            "quick_gelu" => Self::QuickGelu,
            "relu" => Self::Relu,
            "mish" => Self::Mish,
            _ => return None,
        })
    }

    /// Applies the activation to every element.
    pub fn forward<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        let on_cpu = flex::applies(&x);
        let function: fn(&mut [f32]) = match self {
            Self::Silu if on_cpu => |piece| map(piece, simd::silu),
            Self::Gelu if on_cpu => |piece| map(piece, simd::gelu),
            Self::QuickGelu if on_cpu => |piece| map(piece, simd::quick_gelu),
            Self::Silu => return activation::silu(x),
            Self::Gelu => return activation::gelu(x),
            Self::QuickGelu => return x.clone() * activation::sigmoid(x.mul_scalar(1.702)),
            Self::Relu => return activation::relu(x),
            Self::Mish => return activation::mish(x),
        };
        let shape = x.dims();
        let mut values = flex::into_vec(x);
        values.par_chunks_mut(PIECE).for_each(function);
        flex::from_vec(values, shape)
    }
}

#[inline(always)]
fn map(piece: &mut [f32], function: impl Fn(f32) -> f32) {
    simd::vectorised(
        #[inline(always)]
        || {
            for value in piece.iter_mut() {
                *value = function(*value);
            }
        },
    );
}

/// The gated activation of diffusers' `GEGLU`: the first half of the last axis times GELU of the second half.
///
/// # Shapes
///
/// - x: `[batch, tokens, 2 * inner]`
/// - output: `[batch, tokens, inner]`
pub fn geglu(x: Tensor<3>) -> Tensor<3> {
    let [batch, tokens, width] = x.dims();
    let inner = width / 2;
    if !flex::applies(&x) {
        let gate = x.clone().narrow(2, inner, inner);
        return x.narrow(2, 0, inner) * activation::gelu(gate);
    }
    let x = flex::contiguous(x);
    let source = flex::elements(&x);
    let mut output = vec![0.0f32; batch * tokens * inner];
    let rows = (PIECE / inner.max(1)).max(1);
    output.par_chunks_mut(rows * inner).zip(source.par_chunks(rows * width)).for_each(|(out, src)| {
        simd::vectorised(
            #[inline(always)]
            || {
                for (out, src) in out.chunks_exact_mut(inner).zip(src.chunks_exact(width)) {
                    let (hidden, gate) = src.split_at(inner);
                    for ((o, h), g) in out.iter_mut().zip(hidden).zip(gate) {
                        *o = h * simd::gelu(*g);
                    }
                }
            },
        );
    });
    flex::from_vec(output, [batch, tokens, inner])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::flex::into_vec;
    use burn::tensor::Device;

    #[test]
    fn geglu_equals_burns_operations() {
        let x: Vec<f32> = (0..2 * 3 * 10).map(|i| (i as f32 * 0.37).sin() * 4.0).collect();
        let x = flex::from_vec(x, [2, 3, 10]);
        assert_eq!(x.device(), Device::flex());
        let want = x.clone().narrow(2, 0, 5) * activation::gelu(x.clone().narrow(2, 5, 5));
        for (a, b) in into_vec(geglu(x)).iter().zip(into_vec(want)) {
            assert!((a - b).abs() < 2e-6, "{a} against {b}");
        }
    }
}
