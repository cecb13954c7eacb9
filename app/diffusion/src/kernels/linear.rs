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
    let [to_stride, from_stride] = [0, 1].map(|axis| weight.layout().strides()[axis].unsigned_abs());
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
