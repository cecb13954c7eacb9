//! Group and layer normalisation, fused with the activation that follows.

use burn::tensor::{DType, Tensor};
use rayon::prelude::*;

use super::{Activation, flex, simd};

/// Group normalisation over `groups` groups of channels, then `activation` where given.
///
/// Statistics are taken in f32 whatever the dtype of `x`: f16 sums overflow in real networks.
///
/// # Shapes
///
/// - x: `[batch, channels, height, width]`
/// - weight, bias: `[channels]`
/// - output: as x
///
/// # Panics
///
/// If `groups` does not divide the channels: a network that was built from a configuration never asks for that.
pub fn group_norm(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    groups: usize,
    epsilon: f64,
    activation: Option<Activation>,
) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    assert!(groups > 0 && channels.is_multiple_of(groups), "{groups} groups do not divide {channels} channels");
    if !flex::applies(&x) {
        let dtype = x.dtype();
        let y = x.cast(DType::F32).reshape([batch, groups, channels / groups * height * width]);
        let y = normalise_last(y, epsilon).reshape([batch, channels, height, width]);
        let y = y * weight.cast(DType::F32).reshape([1, channels, 1, 1])
            + bias.cast(DType::F32).reshape([1, channels, 1, 1]);
        let y = match activation {
            Some(activation) => activation.forward(y),
            None => y,
        };
        return y.cast(dtype);
    }
    let (weight, bias) = (flex::contiguous(weight), flex::contiguous(bias));
    let (weight, bias) = (flex::elements(&weight), flex::elements(&bias));
    let x = flex::contiguous(x);
    let source = flex::elements(&x);
    let plane = height * width;
    let per_group = channels / groups;
    let mut output = vec![0.0f32; source.len()];
    output.par_chunks_mut(per_group * plane).zip(source.par_chunks(per_group * plane)).enumerate().for_each(
        |(index, (out, src))| {
            let first_channel = index % groups * per_group;
            let (mean, scale) = statistics(src, epsilon);
            for (c, (out, src)) in out.chunks_exact_mut(plane).zip(src.chunks_exact(plane)).enumerate() {
                let a = scale * weight[first_channel + c];
                let b = bias[first_channel + c] - mean * a;
                match activation {
                    None => write(out, src, |v| v.mul_add(a, b)),
                    Some(Activation::Silu) => write(out, src, |v| simd::silu(v.mul_add(a, b))),
                    Some(_) => write(out, src, |v| v.mul_add(a, b)),
                }
            }
        },
    );
    let y = flex::from_vec(output, [batch, channels, height, width]);
    match activation {
        None | Some(Activation::Silu) => y,
        Some(other) => other.forward(y),
    }
}

/// Layer normalisation over the last axis.
///
/// # Shapes
///
/// - x: `[..., width]`
/// - weight, bias: `[width]`
/// - output: as x
pub fn layer_norm<const D: usize>(x: Tensor<D>, weight: Tensor<1>, bias: Tensor<1>, epsilon: f64) -> Tensor<D> {
    let shape = x.dims();
    let width = shape[D - 1];
    if !flex::applies(&x) {
        let dtype = x.dtype();
        let rows = shape.iter().product::<usize>() / width.max(1);
        let y = normalise_last(x.cast(DType::F32).reshape([1, rows, width]), epsilon);
        let y = y * weight.cast(DType::F32).reshape([1, 1, width]) + bias.cast(DType::F32).reshape([1, 1, width]);
        return y.reshape(shape).cast(dtype);
    }
    let (weight, bias) = (flex::contiguous(weight), flex::contiguous(bias));
    let (weight, bias) = (flex::elements(&weight), flex::elements(&bias));
    let x = flex::contiguous(x);
    let source = flex::elements(&x);
    let mut output = vec![0.0f32; source.len()];
    output.par_chunks_mut(width).with_min_len(32).zip(source.par_chunks(width)).for_each(|(out, src)| {
        let (mean, scale) = statistics(src, epsilon);
        simd::vectorised(
            #[inline(always)]
            || {
                for (((o, v), w), b) in out.iter_mut().zip(src).zip(weight).zip(bias) {
                    *o = ((v - mean) * scale).mul_add(*w, *b);
                }
            },
        );
    });
    flex::from_vec(output, shape)
}

/// Mean and 1 / sqrt(variance + epsilon) in two passes, summed in blocks so that long rows lose no precision.
fn statistics(values: &[f32], epsilon: f64) -> (f32, f32) {
    const BLOCK: usize = 4096;
    let count = values.len() as f64;
    let mut mean = 0.0f64;
    let mut variance = 0.0f64;
    simd::vectorised(
        #[inline(always)]
        || {
            for block in values.chunks(BLOCK) {
                mean += f64::from(simd::sum_by(block, |v| v));
            }
            mean /= count;
            let centre = mean as f32;
            for block in values.chunks(BLOCK) {
                variance += f64::from(simd::sum_by(block, |v| (v - centre) * (v - centre)));
            }
        },
    );
    (mean as f32, (1.0 / (variance / count + epsilon).sqrt()) as f32)
}

#[inline(always)]
fn write(out: &mut [f32], src: &[f32], function: impl Fn(f32) -> f32) {
    simd::vectorised(
        #[inline(always)]
        || {
            for (o, v) in out.iter_mut().zip(src) {
                *o = function(*v);
            }
        },
    );
}

fn normalise_last(x: Tensor<3>, epsilon: f64) -> Tensor<3> {
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().powi_scalar(2).mean_dim(2);
    centred / variance.add_scalar(epsilon).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::flex::into_vec;

    fn wave<const D: usize>(shape: [usize; D], frequency: f32) -> Tensor<D> {
        let len = shape.iter().product();
        flex::from_vec((0..len).map(|i| (i as f32 * frequency).sin() * 3.0 + 5.0).collect(), shape)
    }

    #[test]
    fn group_norm_equals_the_composite_of_burns_operations() {
        let (x, w, b) = (wave([2, 12, 5, 7], 0.13), wave([12], 0.7), wave([12], 1.1));
        let composite = normalise_last(x.clone().reshape([2, 4, 3 * 35]), 1e-5).reshape([2, 12, 5, 7])
            * w.clone().reshape([1, 12, 1, 1])
            + b.clone().reshape([1, 12, 1, 1]);
        let composite = burn::tensor::activation::silu(composite);
        let got = group_norm(x, w, b, 4, 1e-5, Some(Activation::Silu));
        for (a, b) in into_vec(got).iter().zip(into_vec(composite)) {
            assert!((a - b).abs() < 2e-5, "{a} against {b}");
        }
    }

    #[test]
    #[should_panic(expected = "32 groups do not divide 48 channels")]
    fn groups_that_do_not_divide_the_channels_are_no_silent_error() {
        group_norm(wave([1, 48, 2, 2], 0.13), wave([48], 0.7), wave([48], 1.1), 32, 1e-5, None);
    }

    #[test]
    fn layer_norm_equals_the_composite_of_burns_operations() {
        let (x, w, b) = (wave([2, 9, 40], 0.31), wave([40], 0.7), wave([40], 1.1));
        let composite = normalise_last(x.clone(), 1e-5) * w.clone().reshape([1, 1, 40]) + b.clone().reshape([1, 1, 40]);
        for (a, b) in into_vec(layer_norm(x, w, b, 1e-5)).iter().zip(into_vec(composite)) {
            assert!((a - b).abs() < 2e-5, "{a} against {b}");
        }
    }
}
