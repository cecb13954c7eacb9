//! Fully connected layers.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::flex;
use super::gemm::{MatMut, MatRef, Threads, Write, matmul};

/// x W^T + b with the weight as checkpoints store it.
///
/// # Shapes
///
/// - x: `[..., d_input]`
/// - weight: `[d_output, d_input]`
/// - bias: `[d_output]`
/// - output: `[..., d_output]`
pub fn linear<const D: usize>(x: Tensor<D>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<D> {
    let mut shape = x.dims();
    let d_input = shape[D - 1];
    let [d_output, _] = weight.dims();
    let rows = shape.iter().product::<usize>() / d_input.max(1);
    shape[D - 1] = d_output;
    if !flex::applies(&x) {
        let y = x.reshape([rows, d_input]).matmul(weight.transpose());
        let y = match bias {
            Some(bias) => y + bias.unsqueeze(),
            None => y,
        };
        return y.reshape(shape);
    }
    let x = flex::contiguous(x);
    let weight = flex::primitive(weight);
    let mut output = vec![0.0f32; rows * d_output];
    let write = match bias {
        None => Write::Replace,
        Some(bias) => {
            let bias = flex::contiguous(bias);
            let bias = flex::elements(&bias);
            output.par_chunks_mut(d_output).with_min_len(64).for_each(|row| row.copy_from_slice(bias));
            Write::Add
        }
    };
    let [to_stride, from_stride] = strides(&weight);
    flex::with_weight(&weight, |weight| {
        matmul(
            MatMut { data: &mut output, rows, cols: d_output, row_stride: d_output },
            MatRef { data: flex::elements(&x), rows, cols: d_input, row_stride: d_input, col_stride: 1 },
            MatRef { data: weight, rows: d_input, cols: d_output, row_stride: from_stride, col_stride: to_stride },
            write,
            Threads::All,
        );
    });
    flex::from_vec(output, shape)
}

/// The pixels of a picture through a fully connected layer: `linear(picture as tokens)` without a transposed copy.
///
/// # Shapes
///
/// - x: `[batch, d_input, height, width]`
/// - weight: `[d_output, d_input]`, bias: `[d_output]`
/// - output: `[batch, height * width, d_output]`
pub fn picture_to_tokens(x: Tensor<4>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<3> {
    let [batch, d_input, height, width] = x.dims();
    let tokens = height * width;
    if !flex::applies(&x) {
        return linear(x.reshape([batch, d_input, tokens]).swap_dims(1, 2), weight, bias);
    }
    let [d_output, _] = weight.dims();
    let bias = bias.map(flex::contiguous);
    let x = flex::contiguous(x);
    let weight = flex::primitive(weight);
    let [to_stride, from_stride] = strides(&weight);
    let mut output = vec![0.0f32; batch * tokens * d_output];
    if let Some(bias) = &bias {
        let bias = flex::elements(bias);
        output.par_chunks_mut(d_output).with_min_len(64).for_each(|row| row.copy_from_slice(bias));
    }
    flex::with_weight(&weight, |weight| {
        let pairs = output.chunks_mut(tokens * d_output).zip(flex::elements(&x).chunks(d_input * tokens));
        for (out, source) in pairs {
            matmul(
                MatMut { data: out, rows: tokens, cols: d_output, row_stride: d_output },
                MatRef { data: source, rows: tokens, cols: d_input, row_stride: 1, col_stride: tokens },
                MatRef { data: weight, rows: d_input, cols: d_output, row_stride: from_stride, col_stride: to_stride },
                if bias.is_some() { Write::Add } else { Write::Replace },
                Threads::All,
            );
        }
    });
    flex::from_vec(output, [batch, tokens, d_output])
}

/// Tokens through a fully connected layer, as the pixels of a picture of `size` = `[height, width]`: the way back.
///
/// # Shapes
///
/// - x: `[batch, height * width, d_input]`
/// - weight: `[d_output, d_input]`, bias: `[d_output]`
/// - output: `[batch, d_output, height, width]`
pub fn tokens_to_picture(x: Tensor<3>, weight: Tensor<2>, bias: Option<Tensor<1>>, size: [usize; 2]) -> Tensor<4> {
    let [batch, tokens, d_input] = x.dims();
    let [height, width] = size;
    let [d_output, _] = weight.dims();
    if !flex::applies(&x) {
        return linear(x, weight, bias).swap_dims(1, 2).reshape([batch, d_output, height, width]);
    }
    let bias = bias.map(flex::contiguous);
    let x = flex::contiguous(x);
    let weight = flex::primitive(weight);
    let [to_stride, from_stride] = strides(&weight);
    let mut output = vec![0.0f32; batch * d_output * tokens];
    if let Some(bias) = &bias {
        let bias = flex::elements(bias);
        output.par_chunks_mut(tokens).enumerate().for_each(|(i, plane)| plane.fill(bias[i % d_output]));
    }
    flex::with_weight(&weight, |weight| {
        let pairs = output.chunks_mut(d_output * tokens).zip(flex::elements(&x).chunks(tokens * d_input));
        for (out, source) in pairs {
            matmul(
                MatMut { data: out, rows: d_output, cols: tokens, row_stride: tokens },
                MatRef { data: weight, rows: d_output, cols: d_input, row_stride: to_stride, col_stride: from_stride },
                MatRef { data: source, rows: d_input, cols: tokens, row_stride: 1, col_stride: d_input },
                if bias.is_some() { Write::Add } else { Write::Replace },
                Threads::All,
            );
        }
    });
    flex::from_vec(output, [batch, d_output, height, width])
}

/// Distance in memory between the outputs and between the inputs of a weight.
fn strides(weight: &burn_flex::FlexTensor) -> [usize; 2] {
    [0, 1].map(|axis| weight.layout().strides()[axis].unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::flex::{from_vec, into_vec};

    fn wave<const D: usize>(shape: [usize; D], frequency: f32) -> Tensor<D> {
        let len = shape.iter().product();
        from_vec((0..len).map(|i| (i as f32 * frequency).sin()).collect(), shape)
    }

    fn assert_close<const D: usize>(got: Tensor<D>, want: Tensor<D>) {
        assert_eq!(got.dims(), want.dims());
        for (a, b) in into_vec(got).iter().zip(into_vec(want)) {
            assert!((a - b).abs() < 1e-5, "{a} against {b}");
        }
    }

    /// All three against burn's own matrix product and transposition.
    #[test]
    fn every_layer_equals_burns_operations() {
        let (weight, bias) = (wave([7, 5], 0.37), wave([7], 0.9));
        let plain = |x: Tensor<3>| x.matmul(weight.clone().transpose().unsqueeze()) + bias.clone().unsqueeze();
        let tokens = wave([2, 12, 5], 0.21);
        assert_close(linear(tokens.clone(), weight.clone(), Some(bias.clone())), plain(tokens.clone()));
        let picture = wave([2, 5, 3, 4], 0.21);
        assert_close(
            picture_to_tokens(picture.clone(), weight.clone(), Some(bias.clone())),
            plain(picture.reshape([2, 5, 12]).swap_dims(1, 2)),
        );
        assert_close(
            tokens_to_picture(tokens.clone(), weight.clone(), Some(bias.clone()), [3, 4]),
            plain(tokens).swap_dims(1, 2).reshape([2, 7, 3, 4]),
        );
    }
}
