//! Two-dimensional convolution.
//!
//! On the CPU a k x k convolution is k*k matrix products `W[ky, kx] x X shifted by (ky, kx)` added up in the destination:
//! no im2col buffer is ever made. For wide pictures the shifted operand is a view of the zero-padded input; for narrow ones
//! (or a stride) its rows are copied, with all pictures of the batch in one product. Large 3x3 convolutions take the fewer
//! products of `winograd`.

use burn::tensor::Tensor;
use burn::tensor::module::conv2d as burn_conv2d;
use burn::tensor::ops::ConvOptions;
use rayon::prelude::*;

use super::flex;
use super::gemm::{MatMut, MatRef, Threads, Write, matmul};
use super::winograd;

/// Output columns that one task of the view path computes: keeps its destination in the L2 cache.
const TILE_COLUMNS: usize = 1024;
/// Narrower pictures take the copying path: the padding columns that the view path computes for nothing would cost more.
const VIEW_MIN_WIDTH: usize = 24;

/// Zeros put around the input before the convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conv2dPadding {
    /// The same number on all four sides.
    Same(usize),
    /// One row below and one column to the right, as the VAE's encoder pads before its stride-2 convolutions.
    BottomRight,
}

impl Conv2dPadding {
    /// (before, total) zeros along each axis.
    fn amounts(self) -> (usize, usize) {
        match self {
            Self::Same(n) => (n, 2 * n),
            Self::BottomRight => (0, 1),
        }
    }
}

/// Convolution without groups or dilation.
///
/// # Shapes
///
/// - x: `[batch, channels_in, height, width]`
/// - weight: `[channels_out, channels_in, kernel, kernel]`
/// - bias: `[channels_out]`
/// - output: `[batch, channels_out, (height + padding - kernel) / stride + 1, likewise]`
pub fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: usize,
    padding: Conv2dPadding,
) -> Tensor<4> {
    if !flex::applies(&x) {
        let (before, total) = padding.amounts();
        let mut options = ConvOptions::new([stride; 2], [0; 2], [1; 2], 1);
        options.padding = [(before, total - before); 2];
        return burn_conv2d(x, weight, bias, options);
    }
    let bias = bias.map(flex::contiguous);
    let bias = bias.as_ref().map(flex::elements);
    let shape = Shape::new(x.dims(), weight.dims(), stride, padding);
    let weight = flex::primitive(weight);
    let strides: Vec<usize> = weight.layout().strides().iter().map(|s| s.unsigned_abs()).collect();
    let strides = [strides[0], strides[1], strides[2], strides[3]];
    let x = flex::contiguous(x);
    let source = flex::elements(&x);
    let output = flex::with_weight(&weight, |data| {
        let weight = Weight { data, strides };
        if shape.kernel == 1 && stride == 1 && shape.pad == (0, 0) {
            pointwise(&shape, source, &weight, bias)
        } else if winograd::applies(&shape) {
            winograd::convolve(&shape, source, &weight, bias)
        } else if stride == 1 && shape.width >= VIEW_MIN_WIDTH {
            shifted_views(&shape, source, &weight, bias)
        } else {
            shifted_copies(&shape, source, &weight, bias)
        }
    });
    flex::from_vec(output, [shape.batch, shape.channels_out, shape.out_height, shape.out_width])
}

pub(super) struct Shape {
    pub batch: usize,
    pub channels_in: usize,
    pub channels_out: usize,
    pub height: usize,
    pub width: usize,
    pub kernel: usize,
    pub stride: usize,
    /// (before, total)
    pub pad: (usize, usize),
    pub out_height: usize,
    pub out_width: usize,
}

impl Shape {
    pub fn new(x: [usize; 4], weight: [usize; 4], stride: usize, padding: Conv2dPadding) -> Self {
        let [batch, channels_in, height, width] = x;
        let [channels_out, weight_in, kernel, _] = weight;
        assert_eq!(channels_in, weight_in, "channels of the input and of the convolution");
        let pad = padding.amounts();
        Self {
            batch,
            channels_in,
            channels_out,
            height,
            width,
            kernel,
            stride,
            pad,
            out_height: (height + pad.1 - kernel) / stride + 1,
            out_width: (width + pad.1 - kernel) / stride + 1,
        }
    }
}

/// A weight in any memory order; the loader puts `[ky][kx][out][in]` in memory, which packs fastest.
pub(super) struct Weight<'a> {
    pub data: &'a [f32],
    pub strides: [usize; 4],
}

impl Weight<'_> {
    /// The `[channels_out, channels_in]` matrix at one position of the kernel.
    fn at(&self, shape: &Shape, ky: usize, kx: usize) -> MatRef<'_> {
        MatRef {
            data: &self.data[ky * self.strides[2] + kx * self.strides[3]..],
            rows: shape.channels_out,
            cols: shape.channels_in,
            row_stride: self.strides[0],
            col_stride: self.strides[1],
        }
    }

    /// The weights of all input channels for one output channel at one position of the kernel.
    pub fn copy_row(&self, channel_out: usize, ky: usize, kx: usize, out: &mut [f32]) {
        let start = channel_out * self.strides[0] + ky * self.strides[2] + kx * self.strides[3];
        if self.strides[1] == 1 {
            out.copy_from_slice(&self.data[start..start + out.len()]);
        } else {
            for (to, from) in out.iter_mut().zip(self.data[start..].iter().step_by(self.strides[1])) {
                *to = *from;
            }
        }
    }
}

fn pointwise(shape: &Shape, source: &[f32], weight: &Weight, bias: Option<&[f32]>) -> Vec<f32> {
    let plane = shape.height * shape.width;
    let mut output = vec![0.0f32; shape.batch * shape.channels_out * plane];
    if let Some(bias) = bias {
        output.par_chunks_mut(plane).enumerate().for_each(|(i, out)| out.fill(bias[i % shape.channels_out]));
    }
    let pairs = output.chunks_mut(shape.channels_out * plane).zip(source.chunks(shape.channels_in * plane));
    for (out, src) in pairs {
        matmul(
            MatMut { data: out, rows: shape.channels_out, cols: plane, row_stride: plane },
            weight.at(shape, 0, 0),
            MatRef { data: src, rows: shape.channels_in, cols: plane, row_stride: plane, col_stride: 1 },
            if bias.is_some() { Write::Add } else { Write::Replace },
            Threads::All,
        );
    }
    output
}

/// Stride 1: the operand of each product is a window into the padded planes.
fn shifted_views(shape: &Shape, source: &[f32], weight: &Weight, bias: Option<&[f32]>) -> Vec<f32> {
    let row = shape.width + shape.pad.1;
    let padded_plane = (shape.height + shape.pad.1) * row;
    let mut padded = vec![0.0f32; shape.batch * shape.channels_in * padded_plane];
    padded.par_chunks_mut(padded_plane).zip(source.par_chunks(shape.height * shape.width)).for_each(|(out, src)| {
        for (y, line) in src.chunks_exact(shape.width).enumerate() {
            let start = (y + shape.pad.0) * row + shape.pad.0;
            out[start..start + shape.width].copy_from_slice(line);
        }
    });

    let rows_per_tile = (TILE_COLUMNS / row).max(1);
    let tiles_per_picture = shape.out_height.div_ceil(rows_per_tile);
    let tiles: Vec<Vec<f32>> = (0..shape.batch * tiles_per_picture)
        .into_par_iter()
        .map(|index| {
            let picture = index / tiles_per_picture;
            let first_row = index % tiles_per_picture * rows_per_tile;
            let rows = rows_per_tile.min(shape.out_height - first_row);
            // The last row stops at its last real column: the window of the last kernel position ends there.
            let columns = (rows - 1) * row + shape.out_width;
            let planes = &padded[picture * shape.channels_in * padded_plane..];
            let mut tile = vec![0.0f32; shape.channels_out * columns];
            for ky in 0..shape.kernel {
                for kx in 0..shape.kernel {
                    matmul(
                        MatMut { data: &mut tile, rows: shape.channels_out, cols: columns, row_stride: columns },
                        weight.at(shape, ky, kx),
                        MatRef {
                            data: &planes[(first_row + ky) * row + kx..],
                            rows: shape.channels_in,
                            cols: columns,
                            row_stride: padded_plane,
                            col_stride: 1,
                        },
                        if (ky, kx) == (0, 0) { Write::Replace } else { Write::Add },
                        Threads::One,
                    );
                }
            }
            tile
        })
        .collect();
    drop(padded);

    let plane = shape.out_height * shape.out_width;
    let mut output = vec![0.0f32; shape.batch * shape.channels_out * plane];
    output.par_chunks_mut(plane).enumerate().for_each(|(index, out)| {
        let (picture, channel) = (index / shape.channels_out, index % shape.channels_out);
        let offset = bias.map_or(0.0, |bias| bias[channel]);
        for (y, line) in out.chunks_exact_mut(shape.out_width).enumerate() {
            let tile = &tiles[picture * tiles_per_picture + y / rows_per_tile];
            let columns = tile.len() / shape.channels_out;
            let start = channel * columns + y % rows_per_tile * row;
            for (o, v) in line.iter_mut().zip(&tile[start..start + shape.out_width]) {
                *o = v + offset;
            }
        }
    });
    output
}

/// Any stride, small pictures: the operand of each product is copied, the whole batch side by side.
fn shifted_copies(shape: &Shape, source: &[f32], weight: &Weight, bias: Option<&[f32]>) -> Vec<f32> {
    let in_plane = shape.height * shape.width;
    let plane = shape.out_height * shape.out_width;
    let columns = shape.batch * plane;
    let mut product = vec![0.0f32; shape.channels_out * columns];
    let mut operand = vec![0.0f32; shape.channels_in * columns];
    for ky in 0..shape.kernel {
        for kx in 0..shape.kernel {
            operand.par_chunks_mut(columns).enumerate().for_each(|(channel, out)| {
                for (picture, out) in out.chunks_exact_mut(plane).enumerate() {
                    let src = &source[(picture * shape.channels_in + channel) * in_plane..][..in_plane];
                    for (y, line) in out.chunks_exact_mut(shape.out_width).enumerate() {
                        copy_row(shape, src, (y * shape.stride + ky, kx), line);
                    }
                }
            });
            matmul(
                MatMut { data: &mut product, rows: shape.channels_out, cols: columns, row_stride: columns },
                weight.at(shape, ky, kx),
                MatRef { data: &operand, rows: shape.channels_in, cols: columns, row_stride: columns, col_stride: 1 },
                if (ky, kx) == (0, 0) { Write::Replace } else { Write::Add },
                Threads::All,
            );
        }
    }
    let mut output = vec![0.0f32; shape.batch * shape.channels_out * plane];
    output.par_chunks_mut(plane).enumerate().for_each(|(index, out)| {
        let (picture, channel) = (index / shape.channels_out, index % shape.channels_out);
        let offset = bias.map_or(0.0, |bias| bias[channel]);
        for (o, v) in out.iter_mut().zip(&product[channel * columns + picture * plane..][..plane]) {
            *o = v + offset;
        }
    });
    output
}

/// Fills `line` with every `stride`-th element of the padded row `from.0`, beginning at padded column `from.1`.
fn copy_row(shape: &Shape, plane: &[f32], from: (usize, usize), line: &mut [f32]) {
    let before = shape.pad.0;
    let Some(y) = from.0.checked_sub(before).filter(|y| *y < shape.height) else {
        line.fill(0.0);
        return;
    };
    let row = &plane[y * shape.width..(y + 1) * shape.width];
    for (x, value) in line.iter_mut().enumerate() {
        *value = match (x * shape.stride + from.1).checked_sub(before) {
            Some(x) if x < shape.width => row[x],
            _ => 0.0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::flex::into_vec;

    fn wave<const D: usize>(shape: [usize; D], frequency: f32) -> Tensor<D> {
        let len = shape.iter().product();
        flex::from_vec((0..len).map(|i| (i as f32 * frequency).sin()).collect(), shape)
    }

    /// Every path against burn's own convolution, on odd sizes, strides, both paddings and a permuted weight.
    #[test]
    fn every_path_equals_burns_convolution() {
        for (height, width) in [(5, 7), (9, 24), (31, 40), (3, 65)] {
            for (kernel, stride, padding) in [
                (1, 1, Conv2dPadding::Same(0)),
                (3, 1, Conv2dPadding::Same(1)),
                (3, 2, Conv2dPadding::Same(1)),
                (3, 2, Conv2dPadding::BottomRight),
            ] {
                let x = wave([2, 6, height, width], 0.17);
                let weight = wave([10, 6, kernel, kernel], 0.29);
                let bias = wave([10], 0.9);
                let (padded, amount) = match padding {
                    Conv2dPadding::Same(n) => (x.clone(), n),
                    Conv2dPadding::BottomRight => (x.clone().pad((0, 1, 0, 1), 0.0), 0),
                };
                let want = burn_conv2d(
                    padded,
                    weight.clone(),
                    Some(bias.clone()),
                    ConvOptions::new([stride; 2], [amount; 2], [1; 2], 1),
                );
                let reordered = flex::from_vec(into_vec(weight.clone().permute([2, 3, 0, 1])), [kernel, kernel, 10, 6])
                    .permute([2, 3, 0, 1]);
                for weight in [weight, reordered] {
                    let got = conv2d(x.clone(), weight, Some(bias.clone()), stride, padding);
                    assert_eq!(got.dims(), want.dims());
                    for (a, b) in into_vec(got).iter().zip(into_vec(want.clone())) {
                        assert!((a - b).abs() < 2e-5, "{height}x{width} k{kernel} s{stride}: {a} against {b}");
                    }
                }
            }
        }
    }
}
