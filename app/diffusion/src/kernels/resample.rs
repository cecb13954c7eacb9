//! Nearest-neighbour enlargement, as diffusers' `Upsample2D` does it.

use burn::tensor::Tensor;
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use rayon::prelude::*;

use super::flex;

/// Enlarges to `size` = `[height, width]` by repeating the nearest source pixel (torch's `mode="nearest"`).
///
/// # Shapes
///
/// - x: `[batch, channels, height, width]`
/// - output: `[batch, channels, size[0], size[1]]`
pub fn upsample_nearest(x: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let [out_height, out_width] = size;
    if !flex::applies(&x) {
        if out_height == 2 * height && out_width == 2 * width {
            return x
                .reshape([batch * channels, height, 1, width, 1])
                .expand([batch * channels, height, 2, width, 2])
                .reshape([batch, channels, out_height, out_width]);
        }
        return interpolate(x, InterpolateOptions::new(InterpolateMode::Nearest).with_output_size(size));
    }
    let x = flex::contiguous(x);
    let source = flex::elements(&x);
    let mut output = vec![0.0f32; batch * channels * out_height * out_width];
    let columns: Vec<usize> = (0..out_width).map(|c| c * width / out_width).collect();
    output.par_chunks_mut(out_height * out_width).zip(source.par_chunks(height * width)).for_each(|(out, plane)| {
        let mut previous = None;
        for row in 0..out_height {
            let from = row * height / out_height;
            let start = row * out_width;
            if previous == Some(from) {
                out.copy_within(start - out_width..start, start);
            } else {
                let src = &plane[from * width..(from + 1) * width];
                for (o, c) in out[start..start + out_width].iter_mut().zip(&columns) {
                    *o = src[*c];
                }
            }
            previous = Some(from);
        }
    });
    flex::from_vec(output, [batch, channels, out_height, out_width])
}
